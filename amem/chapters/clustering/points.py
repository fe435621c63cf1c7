"""What is clustered, and what is drawn by chance: data points for a start, normal numbers."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from amem.datasets import load, standardised

Labels = NDArray[np.int64]
"""The number of a cluster for every point."""


def points_of(set: str, device: str) -> Tensor:
    """The points of a set, every feature of mean 0 and variance 1."""
    return standardised(load(set).features).to(device)


def starts(points: Tensor, p: int, rngs: Sequence[torch.Generator]) -> Tensor:
    """p different data points for each generator."""
    chosen = torch.stack([torch.randperm(len(points), generator=rng)[:p] for rng in rngs])
    return points[chosen.to(points.device)]


def normal(rng: torch.Generator, device: str, *shape: int) -> Tensor:
    """Independent numbers of mean 0 and variance 1."""
    return torch.randn(*shape, generator=rng, dtype=torch.float64).to(device)

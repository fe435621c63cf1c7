"""What is clustered, and what is drawn by chance: data points for a start, normal numbers."""

from collections.abc import Sequence
from contextlib import suppress

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from amem.datasets import load, standardised

Labels = NDArray[np.int64]
"""The number of a cluster for every point."""


def had(sets: Sequence[str]) -> list[str]:
    """Those of the sets that can be had here: one that must be fetched and cannot be is left out of a table."""
    found: list[str] = []
    for set in sets:
        with suppress(ConnectionError):
            load(set)
            found.append(set)
    return found


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

"""Planted Gaussian clusters, and how well what was found agrees with them."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from sklearn.metrics import adjusted_rand_score
from torch import Tensor

from amem.experiment import Config
from amem.seeds import generator


@dataclass(frozen=True, kw_only=True)
class Planted(Config):
    """Synthetic mixtures: so many clusters, points of unit variance around their means, and draws of all of it."""

    clusters: int = 8
    points: int = 600
    seeds: int = 10


def planted(
    config: Planted, n: int, seed: int, spread: float = 10.0
) -> tuple[Float[Tensor, "count n"], Int[Tensor, " count"]]:
    """Points of unit variance about clusters whose means have the standard deviation `spread`; and their clusters."""
    rng = generator("new_memories", "planted", n, spread, seed)
    means = spread * torch.randn(config.clusters, n, generator=rng, dtype=torch.float64)
    clusters = torch.randint(config.clusters, (config.points,), generator=rng)
    return means[clusters] + torch.randn(config.points, n, generator=rng, dtype=torch.float64), clusters


def scored(truth: Any, found: Any) -> dict[str, float]:
    """How many memories there are, and their adjusted Rand index with the truth."""
    found = np.asarray(found)
    return {"memories": float(len(np.unique(found))), "ari": float(adjusted_rand_score(np.asarray(truth), found))}

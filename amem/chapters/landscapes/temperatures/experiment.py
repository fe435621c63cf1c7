"""The fixed points of the modern Hopfield network at every β."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from torch import Tensor
from torch.nn.functional import normalize

from amem import measures
from amem.dynamics import attend, run
from amem.energies import LogSumExp
from amem.experiment import Config, experiment
from amem.patterns import jitter, sphere
from amem.seeds import generator
from amem.sweep import grid, sweep


def betas(number: int) -> tuple[float, ...]:
    """Evenly spaced on a logarithmic axis from a thousandth to ten, to three digits."""
    return tuple(float(f"{10**exponent:.3g}") for exponent in np.linspace(-3, 1, number))


@dataclass(frozen=True, kw_only=True)
class Clustered(Config):
    """Clusters of so many patterns; their spread and the noise of cues, a coordinate."""

    clusters: int = 10
    size: int = 5
    spread: float = 0.24
    noise: float = 0.2
    betas: tuple[float, ...] = betas(21)


@dataclass(frozen=True, kw_only=True)
class Free(Config):
    """Patterns without clusters."""

    p: int = 50
    noise: float = 0.5
    betas: tuple[float, ...] = (0.05, 0.1, 0.25, 0.5, 1.0)


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """Patterns on the sphere of squared radius M² in n dimensions, drawn so many times."""

    seed: int = 0
    n: int = 64
    radius_squared: int = 63
    clustered: Clustered = Clustered()
    free: Free = Free()
    draws: int = 2


@experiment(quick=Numbers(), full=Numbers(clustered=Clustered(betas=betas(41)), draws=10))
def temperatures(config: Numbers) -> pd.DataFrame:
    """The modern Hopfield network at every β: which averages its fixed points are, how far off, and its energy."""
    seeds = range(config.draws)
    points = grid(patterns=["clustered"], beta=config.clustered.betas, seed=seeds)
    points += grid(patterns=["free"], beta=config.free.betas, seed=seeds)
    return sweep(fixed_points, points, config)


def fixed_points(config: Numbers, patterns: str, beta: float, seed: int) -> dict[str, object]:
    """Median and deciles of the effective number of memories, mean distances over the radius, energies over 2M²."""
    stored, centres, cues = _on_sphere(config, patterns, seed)
    radius = math.sqrt(config.radius_squared)
    update = attend(stored, beta)
    path = run(update, cues, steps=100, keep_every=1)
    assert path.kept is not None
    fixed = run(update, path.state, steps=5000, tolerance=1e-9).state
    number = measures.effective_number((beta * fixed @ stored.T).softmax(-1))
    energy = LogSumExp(stored, beta)(path.kept) / (2 * config.radius_squared)
    low, middle, high = number.quantile(number.new_tensor([0.1, 0.5, 0.9])).tolist()
    return {
        "effective": middle,
        "effective_low": low,
        "effective_high": high,
        "one_step": float(measures.distance(path.kept[1], stored).mean()) / radius,
        "to_pattern": float(measures.distance(fixed, stored).mean()) / radius,
        "to_cluster": float(measures.distance(fixed, centres).mean()) / radius,
        "to_all": float(measures.distance(fixed, stored.mean(0).expand_as(fixed)).mean()) / radius,
        "energy_lowest": float(energy[1:].min()),
        "energy_highest": float(energy[1:].max()),
        "energy_rise": float(energy.diff(dim=0).max()),
    }


def _on_sphere(config: Numbers, kind: str, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Patterns, the mean of each one's cluster (itself where there are no clusters) and noisy cues."""
    rng = generator("landscapes", "temperatures", config.seed, kind, seed)
    n, radius = config.n, math.sqrt(config.radius_squared)

    def drawn(p: int) -> Tensor:
        return sphere(p, n, rng, radius=radius, device=config.device, dtype=torch.float64)

    if kind == "free":
        stored = drawn(config.free.p)
        return stored, stored, jitter(stored, config.free.noise, rng)
    clusters = config.clustered
    middles = drawn(clusters.clusters).repeat_interleave(clusters.size, 0)
    spread = jitter(middles, clusters.spread, rng)
    stored = radius * normalize(spread, dim=-1)
    means = stored.unflatten(0, (clusters.clusters, clusters.size)).mean(1)
    return stored, means.repeat_interleave(clusters.size, 0), jitter(stored, clusters.noise, rng)

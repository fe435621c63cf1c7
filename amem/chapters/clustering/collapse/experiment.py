"""How far memories end apart, around the critical β."""

from dataclasses import dataclass

import pandas as pd
import torch
from torch import Tensor

from amem.chapters.clustering.points import had, normal, points_of, starts
from amem.chapters.clustering.terms import SMALL
from amem.datasets import load
from amem.energies.assignment import gaussian_log_joint
from amem.experiment import Config, experiment
from amem.learning.collapse import collapse_beta
from amem.learning.elbo import expectation_maximisation, fit_elbo
from amem.seeds import generator
from amem.sweep import Row, grid, sweep


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """β in units of β_c: `ratios` from near the mean, with a first spread in standard deviations of the data, and
    `apart_ratios` from data points. rate: of Adam. outlier: where it lies, in standard deviations of the others.
    """

    seed: int = 0
    ratios: tuple[float, ...] = (0.6, 0.8, 0.9, 0.95, 0.97, 0.99, 1.01, 1.03, 1.05, 1.1, 1.2, 1.4, 1.7, 2.0)
    spread: float = 1e-3
    updates: int = 500
    rate: float = 0.05
    apart_sets: tuple[str, ...] = (*SMALL, "digits")
    apart_ratios: tuple[float, ...] = (0.3, 0.5, 0.8, 0.95, 1.05)
    apart_seeds: int = 2
    apart_updates: int = 300
    outlier: float = 20.0


@experiment(
    quick=Numbers(),
    full=Numbers(
        ratios=(
            *(0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.96, 0.97, 0.98, 0.99, 1.0, 1.01, 1.02, 1.03, 1.04, 1.05, 1.07),
            *(1.1, 1.15, 1.2, 1.3, 1.4, 1.5, 1.7, 2.0),
        ),
        updates=3000,
        apart_sets=(*SMALL, "digits", "ecoli", "image_segmentation"),
        apart_ratios=(0.3, 0.5, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0, 1.05, 1.2),
        apart_seeds=5,
        apart_updates=1000,
    ),
)
def collapse(config: Numbers) -> pd.DataFrame:
    """How far memories end apart, against β/β_c: rows of start "mean" begin a little apart around the mean of the data,
    those of start "data" on data points.

    spread: the largest distance between two memories after all updates. gain: the loss per point of all memories on the
    mean, less the loss found. used: memories that hold points, among which rounding decides if they lie in one place.
    Rows of source "theory" hold β_c itself.
    """
    near = grid(start=["mean"], set=SMALL, model=["EM", "CLAM+ELBO"])
    far = grid(start=["data"], set=["outlier", *had(config.apart_sets)], model=["EM"])
    return sweep(separate, [*far, *near], config)


def separate(config: Numbers, start: str, set: str, model: str) -> list[Row]:
    """As many memories as classes, equal weights, β fixed; for the points with an outlier two."""
    points = _with_outlier(config) if set == "outlier" else points_of(set, config.device)
    critical, p = collapse_beta(points), 2 if set == "outlier" else load(set).classes
    known = config.ratios if start == "mean" else config.apart_ratios
    ratios = torch.tensor(known, dtype=torch.float64, device=config.device)
    if set == "outlier":
        seeds, begin = 1, points[[len(points) // 2, -1]][None]
    elif start == "data":
        seeds = config.apart_seeds
        begin = starts(points, p, [generator("clustering", "apart", config.seed, set, seed) for seed in range(seeds)])
    else:
        rng = generator("clustering", "collapse", config.seed, set)
        seeds, begin = 1, config.spread * normal(rng, config.device, 1, p, points.shape[1])
    begin, beta = begin.repeat(len(ratios), 1, 1, 1), (ratios * critical)[:, None].expand(-1, seeds)
    if model == "EM":
        updates = config.apart_updates if start == "data" else config.updates
        found = expectation_maximisation(points, begin, beta, updates=updates)
    else:
        updates = config.updates // 2
        found = fit_elbo(points, begin, beta, rate=config.rate, updates=updates, weighted=False)
    spread = torch.cdist(found.memories, found.memories).amax((-2, -1))
    alone = gaussian_log_joint(points, points.mean(0).expand(*begin.shape[:2], 1, -1), beta)[..., 0].mean(-1)
    holders = gaussian_log_joint(points, found.memories, beta).argmax(-1)
    rows = [
        {
            "source": "simulation",
            "seed": seed,
            "beta": ratio * critical,
            "ratio": ratio,
            "spread": float(spread[place, seed]),
            "gain": float(-alone[place, seed] - found.loss[place, seed]),
            "used": len(holders[place, seed].unique()) if spread[place, seed] > 0.1 else 1,
        }
        for place, ratio in enumerate(known)
        for seed in range(seeds)
    ]
    theory = {"source": "theory", "seed": 0, "beta": critical, "ratio": 1.0, "spread": 0.0, "gain": 0.0, "used": 1}
    return [*rows, theory]


def _with_outlier(config: Numbers) -> Tensor:
    """On a line: a hundred points as a normal distribution has them, and one far away."""
    levels = (torch.arange(100, dtype=torch.float64, device=config.device) + 0.5) / 100
    return torch.cat([torch.special.ndtri(levels), levels.new_tensor([config.outlier])])[:, None]

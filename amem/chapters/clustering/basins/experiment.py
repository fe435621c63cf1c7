"""The unit square, divided among fixed memories."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch

from amem.chapters.clustering.rounding import rounded
from amem.dynamics import mean_shift, run
from amem.dynamics.assignment import attract, nearest
from amem.experiment import Config, experiment
from amem.sweep import Row, grid, sweep


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """Memories in the unit square, a grid of so many points a side; maps at `betas`, fractions at `curve` too."""

    memories: tuple[tuple[float, float], ...] = (
        *((0.12, 0.22), (0.26, 0.34), (0.18, 0.78), (0.45, 0.6), (0.6, 0.74), (0.66, 0.2), (0.84, 0.34), (0.86, 0.86)),
    )
    betas: tuple[float, ...] = (30.0, 90.0, 500.0)
    points: int = 61
    curve: tuple[float, ...] = tuple(float(f"{10**exponent:.3g}") for exponent in np.linspace(1, 4, 10))


@experiment(
    quick=Numbers(),
    full=Numbers(curve=tuple(float(f"{10**exponent:.3g}") for exponent in np.linspace(1, 4, 25))),
)
def basins(config: Numbers) -> pd.DataFrame:
    """The unit square divided among fixed memories: by where CLAM ends, and by which memory is nearest.

    Rows of kind "memory", "grid" (ends: the memory nearest to where the point comes to rest; nearest: to the point
    itself) and "differs": the fraction of the square on which the two differ, at rest and after ten steps of 0.1.
    """
    betas = sorted({*config.betas, *config.curve})
    return sweep(divide, grid(beta=betas), config)


def divide(config: Numbers, beta: float) -> list[Row]:
    memories = torch.tensor(config.memories, dtype=torch.float64, device=config.device)
    axis = (torch.arange(config.points, dtype=torch.float64, device=config.device) + 0.5) / config.points
    plane = torch.cartesian_prod(axis, axis)
    rested = run(mean_shift(memories, beta**-0.5), plane, steps=20_000, tolerance=1e-7)
    scale = torch.tensor(beta, dtype=torch.float64, device=config.device)
    stepped = nearest(attract(plane, memories, scale, step=0.1, steps=10), memories)
    ends, own = nearest(rested.state, memories), nearest(plane, memories)
    blank = {"x": math.nan, "y": math.nan, "ends": -1, "nearest": -1, "differs": math.nan}
    rows: list[Row] = [
        {"kind": kind, **blank, "differs": float((labels != own).double().mean()), "unfinished": unfinished}
        for kind, labels, unfinished in (
            ("at rest", ends, int((~rested.converged).sum())),
            ("ten steps", stepped, 0),
        )
    ]
    if beta in config.betas:
        rows += [
            {"kind": kind, **blank, "x": rounded(x), "y": rounded(y), "ends": end, "nearest": near, "unfinished": 0}
            for kind, places, to, by in (
                ("memory", memories, nearest(memories, memories), nearest(memories, memories)),
                ("grid", plane, ends, own),
            )
            for (x, y), end, near in zip(places.tolist(), to.tolist(), by.tolist(), strict=True)
        ]
    return rows

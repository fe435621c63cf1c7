"""Where mean shift rests between two points, against their distance."""

from dataclasses import dataclass

import pandas as pd
import torch

from amem.dynamics import mean_shift, run
from amem.experiment import Config, experiment
from amem.sweep import grid, sweep
from amem.theory import kde


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """Distances in units of h, two of them close to either side of the 2 at which the modes part."""

    distances: tuple[float, ...] = (*(round(1.05 + 0.1 * step, 2) for step in range(31)), 1.998, 2.002)
    rest: float = 1e-12
    steps: int = 20_000


@experiment(quick=Numbers(), full=Numbers())
def two_points(config: Numbers) -> pd.DataFrame:
    """How far from the midpoint mean shift comes to rest, started on either of two points, against their distance."""
    return sweep(separate, grid(distance=sorted(config.distances)), config)


def separate(config: Numbers, distance: float) -> dict[str, object]:
    """Where mean shift rests on the line through two points, measured from the midpoint, and where it should; h = 1."""
    points = torch.tensor([[-distance / 2], [distance / 2]], dtype=torch.float64, device=config.device)
    rest = run(mean_shift(points, 1.0), points, steps=config.steps, tolerance=config.rest).state
    return {"left": float(rest[0]), "right": float(rest[1]), "predicted": kde.two_point_mode(distance, 1.0)}

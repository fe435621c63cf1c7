"""The energy of a dozen points in the plane at several bandwidths."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import torch
from torch import Tensor

from amem import patterns
from amem.dynamics import mean_shift, run
from amem.energies import GaussianKDE
from amem.experiment import Config, experiment
from amem.seeds import generator
from amem.sweep import grid, sweep


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """The bandwidths, and the side of the grid on which the energy is drawn."""

    bandwidths: tuple[float, ...] = (0.12, 0.4, 1.2)
    side: int = 61


@experiment(quick=Numbers(), full=Numbers())
def wells(config: Numbers) -> pd.DataFrame:
    """The energy of twelve points in the plane at several bandwidths, with mean-shift paths and the modes they reach.

    Rows of kind "energy" lie on a grid, "point" are the memories, "path" the steps of one start each, "mode" the places
    where paths end. step counts the rows of a kind, or of a path.
    """
    return sweep(landscape, grid(bandwidth=config.bandwidths), config)


def landscape(config: Numbers, bandwidth: float) -> list[Mapping[str, object]]:
    """The rows of one bandwidth."""
    corners = _around(3) + _around(4)[:, None] * 0.35
    points = patterns.jitter(corners.reshape(-1, 2), 0.06, generator("kde_capacity", "wells")).to(config.device)
    starts = torch.cat([points, 1.7 * _around(24).to(config.device)])
    axis = torch.linspace(-1.8, 1.8, config.side, dtype=torch.float64, device=config.device)
    paths = run(mean_shift(points, bandwidth), starts, steps=1000, keep_every=1, tolerance=1e-9)
    assert paths.kept is not None
    places = [
        ("energy", 0, torch.cartesian_prod(axis, axis)),
        ("point", 0, points),
        ("mode", 0, paths.state.round(decimals=5).unique(dim=0)),
        *(("path", path, paths.kept[: steps + 1, path]) for path, steps in enumerate(paths.steps.tolist())),
    ]
    energy = GaussianKDE(points, bandwidth)
    return [
        {"kind": kind, "path": path, "step": step, "x": x, "y": y, "energy": height}
        for kind, path, place in places
        for step, ((x, y), height) in enumerate(zip(place.tolist(), energy(place).tolist(), strict=True))
    ]


def _around(number: int) -> Tensor:
    """Points evenly spaced on the unit circle, the first on top."""
    angles = math.pi / 2 + torch.arange(number, dtype=torch.float64) * 2 * math.pi / number
    return torch.stack([angles.cos(), angles.sin()], -1)

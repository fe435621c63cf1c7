"""Tokens that attend to one another layer after layer."""

import math
from dataclasses import dataclass

import pandas as pd
import torch
from torch import Tensor

from amem import patterns
from amem.dynamics import run
from amem.dynamics.sphere import mode_seeking
from amem.energies.sphere import SphericalMixture, VonMisesFisher
from amem.experiment import Config, experiment
from amem.measures import distinct
from amem.seeds import generator
from amem.sweep import Row, grid, sweep


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """Tokens on the ordinary sphere, their concentrations as keys, and the layers they pass."""

    tokens: int = 40
    kappas: tuple[float, ...] = (2.0, 8.0, 32.0)
    layers: int = 50


@experiment(quick=Numbers(), full=Numbers())
def merging(config: Numbers) -> pd.DataFrame:
    """Tokens that attend to one another layer after layer, keys at rest or moving along: how many groups are left, and
    with keys at rest where each token is."""
    points = grid(keys=("at rest", "moving along"), kappa=config.kappas)
    return sweep(_merging_cell, points, config)


def _merging_cell(config: Numbers, keys: str, kappa: float) -> list[Row]:
    rng = generator("hypersphere", "merging", config.tokens)
    centres = patterns.sphere(5, 3, rng, radius=1.0, device="cpu", dtype=torch.float64)
    spread = VonMisesFisher(centres[torch.arange(config.tokens) % 5], torch.tensor(12.0).double())
    start = spread.sample(generator=rng)

    def mixture(tokens: Tensor) -> SphericalMixture:
        same = torch.zeros(len(tokens), dtype=torch.float64)
        return SphericalMixture(tokens, same + kappa, same)

    def layer(state: Tensor) -> Tensor:
        return mode_seeking(mixture(state if keys == "moving along" else start))(state)

    kept = run(layer, start, steps=config.layers, keep_every=1).kept
    assert kept is not None
    rows: list[Row] = []
    nowhere: dict[str, object] = {"token": -1, **dict.fromkeys(("x", "y", "z", "log_density"), math.nan)}
    for time, states in enumerate(kept):
        here = {"layer": time, "distinct": distinct(states, 1e-2)}
        rows.append({"what": "layer", **here, **nowhere})
        if keys == "at rest":
            for token, (place, density) in enumerate(zip(states, mixture(start).log_density(states), strict=True)):
                where = dict(zip("xyz", place.tolist(), strict=True))
                rows.append({"what": "token", **here, "token": token, **where, "log_density": float(density)})
    return rows

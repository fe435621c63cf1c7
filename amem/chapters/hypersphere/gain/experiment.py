"""Gains that differ from feature to feature, and the concentrations they make."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from amem.chapters.hypersphere.heads import random_tokens
from amem.energies.heads import Norm, Projection, pre_norm_heads
from amem.experiment import Config, experiment
from amem.seeds import generator
from amem.sweep import Row, grid, sweep


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """Standard deviations of log γ, and the heads of this width on which they act."""

    spreads: tuple[float, ...] = (0.0, 0.1, 0.3, 0.6)
    width: int = 64
    keys: int = 64


@experiment(quick=Numbers(), full=Numbers(keys=512))
def gain(config: Numbers) -> pd.DataFrame:
    """What a gain that differs from feature to feature does to the sphere, and to the keys' concentrations."""
    return sweep(_gain_cell, grid(spread=config.spreads), config)


def _gain_cell(config: Numbers, spread: float) -> list[Row]:
    rng = generator("hypersphere", "gain", config.width, config.keys)
    tilt = torch.randn(config.width, generator=rng, dtype=torch.float64)
    gamma = (spread * (tilt - tilt.mean()) / tilt.std()).exp()
    square = torch.randn(2, 1, config.width, config.width, generator=rng, dtype=torch.float64)
    rotations, nothing = torch.linalg.qr(square)[0], torch.zeros(1, config.width, dtype=torch.float64)
    query, key = (Projection(rotation, nothing) for rotation in rotations)
    tokens = random_tokens(config.keys, config.width, rng)

    def concentrations(gain: Tensor) -> Tensor:
        norm = Norm(gain, torch.zeros_like(gain), 0.0, centred=False)
        scale = 1 / math.sqrt(config.width)
        return pre_norm_heads(norm, query, key, tokens, scale=scale, causal=False).concentrations[0]

    kappa, equal = concentrations(gamma), concentrations(torch.ones_like(gamma))
    tripled = concentrations(3 * torch.ones_like(gamma)) / equal
    rows: list[Row] = [
        {"what": "key", "angle": math.nan, "x": math.nan, "y": math.nan, "kappa": float(k), "tripled": float(t)}
        for k, t in zip(kappa, tripled, strict=True)
    ]
    # the slice through the features of the largest and of the smallest gain
    for angle in np.linspace(0, 2 * np.pi, 181):
        x, y = gamma.max().item() * math.cos(angle), gamma.min().item() * math.sin(angle)
        rows.append({"what": "slice", "angle": angle, "x": x, "y": y, "kappa": math.nan, "tripled": math.nan})
    return rows

"""Memories and agreement against the concentration and against the sharpness, beside two other algorithms."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch

from amem.chapters.new_memories.averages import averages
from amem.chapters.new_memories.networks import networks
from amem.chapters.new_memories.planted import Planted, planted, scored
from amem.experiment import Config, experiment
from amem.learning.dp_means import online_dp_means
from amem.learning.peers import variational_mixture
from amem.sweep import Row, grid, sweep


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """Planted clusters of which so many points are shown, steps of each knob, and draws for the slow mixture."""

    planted: Planted
    points: int = 300
    steps: int = 9
    mixtures: int = 2


@experiment(
    quick=Numbers(planted=Planted(seeds=5)),
    full=Numbers(planted=Planted(seeds=10), points=600, steps=17, mixtures=3),
)
def knobs(config: Numbers) -> pd.DataFrame:
    """Memories and agreement against α at β = 1 and against β at α = 1, beside DP-means and a variational mixture."""
    return sweep(turn, grid(knob=("alpha", "beta"), algorithm=("network", "DP-means", "mixture")), config)


def turn(config: Numbers, knob: str, algorithm: str) -> list[Row]:
    """One knob of one algorithm over its range: means over seeds, and standard errors."""
    few = algorithm == "mixture"
    lowest, highest = (-6, 6) if knob == "alpha" else (-1.5, 1.5)
    values = (10 ** np.linspace(lowest, highest, 5 if few else config.steps)).tolist()
    seeds = range(config.mixtures if few else config.planted.seeds)
    drawn = [planted(config.planted, 5, seed, spread=3.0) for seed in seeds]
    runs = [(value, seed) for value in values for seed in seeds]
    alpha = [value if knob == "alpha" else 1.0 for value, _ in runs]
    beta = [value if knob == "beta" else 1.0 for value, _ in runs]
    points = torch.stack([drawn[seed][0][: config.points] for _, seed in runs]).to(config.device)
    found: Any
    if algorithm == "network":
        found = networks(5, config.device, alpha=alpha, beta=beta, rho=1 / 9).learn(points).argmax(-1).cpu()
    elif algorithm == "DP-means":
        # the same distance at which to make the first memories
        apart = [(5 * math.log1p(9 * b) - 2 * math.log(a)) / b for a, b in zip(alpha, beta, strict=True)]
        found = online_dp_means(points, points.new_tensor(apart).clamp_min(0)).labels.cpu()
    else:
        found = [
            variational_mixture(run, 3 * config.planted.clusters, seed, alpha=a, variance=1 / b)
            for run, a, b, (_, seed) in zip(points, alpha, beta, runs, strict=True)
        ]
    rows = [
        {"value": value, **scored(drawn[seed][1][: config.points], labels)}
        for (value, seed), labels in zip(runs, found, strict=True)
    ]
    return [{**row, "true": config.planted.clusters} for row in averages(rows, ["value"], ["memories", "ari"])]

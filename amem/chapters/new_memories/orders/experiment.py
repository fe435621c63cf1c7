"""How many memories the same points make in other orders."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import torch

from amem import datasets
from amem.chapters.new_memories.networks import networks
from amem.chapters.new_memories.planted import Planted, planted, scored
from amem.experiment import Config, experiment
from amem.seeds import generator
from amem.sweep import Row, grid, sweep


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """Planted clusters, of which the first 300 points of one draw are shown in so many orders."""

    planted: Planted = field(default_factory=Planted)
    permutations: int = 60


@experiment(quick=Numbers(), full=Numbers(permutations=500))
def orders(config: Numbers) -> pd.DataFrame:
    """How many memories the same points make in other orders, after one pass and after five: how often each number.

    Rows of kind "count" say how often; "mean" rows hold the averages over permutations and their spread.
    """
    return sweep(permute, grid(data=("planted", "iris"), passes=(1, 5)), config)


def permute(config: Numbers, data: str, passes: int) -> list[Row]:
    """Random orders of one data set, side by side."""
    if data == "planted":
        points, truth = planted(config.planted, 2, 0)
        points, truth, beta, rho = points[:300], truth[:300], 1.0, 0.01
    else:
        labelled = datasets.load(data)
        points, truth, beta, rho = datasets.standardised(labelled.features), labelled.labels, 2.0, 1.0
    rng = generator("new_memories", "orders", data)
    orders = torch.stack([torch.randperm(len(points), generator=rng) for _ in range(config.permutations)])
    network = networks(points.shape[1], config.device, alpha=[1.0] * len(orders), beta=beta, rho=rho)
    labels = network.learn(points[orders].to(config.device), passes).argmax(-1).cpu()
    found = [scored(truth[order], label) for order, label in zip(orders, labels, strict=True)]
    each = {name: np.array([row[name] for row in found]) for name in ("memories", "ari")}
    rows: list[Row] = [
        {"kind": "count", "memories": float(number), "share": float((each["memories"] == number).mean())}
        for number in range(1, int(each["memories"].max()) + 1)
    ]
    spread = {f"{name}_mean": float(values.mean()) for name, values in each.items()}
    spread |= {f"{name}_std": float(values.std(ddof=1)) for name, values in each.items()}
    return [*rows, {"kind": "mean", "true": float(len(truth.unique())), **spread}]

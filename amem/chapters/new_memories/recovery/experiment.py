"""Memories made on planted clusters, with the Gaussians' normalisers and without."""

import numpy as np
import pandas as pd
import torch

from amem.chapters.new_memories.networks import networks
from amem.chapters.new_memories.planted import Planted, planted, scored
from amem.experiment import experiment
from amem.sweep import Row, grid, sweep


@experiment(quick=Planted(), full=Planted())
def recovery(config: Planted) -> pd.DataFrame:
    """Memories made, and agreement with what was planted, with the Gaussians' normalisers and without."""
    return sweep(recover, grid(n=(2, 5, 10, 20, 50), normalised=(True, False)), config)


def recover(config: Planted, n: int, normalised: bool) -> list[Row]:
    """One pass over planted clusters in n dimensions, all seeds at once."""
    drawn = [planted(config, n, seed) for seed in range(config.seeds)]
    network = networks(n, config.device, alpha=[1.0] * len(drawn), beta=1.0, rho=0.01, normalised=normalised)
    labels = network.learn(torch.stack([points for points, _ in drawn]).to(config.device)).argmax(-1).cpu()
    found = [scored(truth, label) for (_, truth), label in zip(drawn, labels, strict=True)]
    middle = {name: float(np.median([row[name] for row in found])) for name in ("memories", "ari")}
    rows = [*({"kind": "run", "seed": seed, **row} for seed, row in enumerate(found)), {"kind": "median", **middle}]
    return [{**row, "true": config.clusters} for row in rows]

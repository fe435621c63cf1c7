"""Agreement with the classes against β."""

from dataclasses import dataclass

import pandas as pd
import torch
from sklearn import metrics

from amem.chapters.clustering.points import points_of
from amem.chapters.clustering.training import Training, chance, fit
from amem.datasets import load
from amem.experiment import experiment
from amem.learning.collapse import collapse_beta
from amem.sweep import Row, grid, sweep


@dataclass(frozen=True, kw_only=True)
class Numbers(Training):
    """β of the book's unit; "CLAM, longer" is trained for `longer` updates."""

    sets: tuple[str, ...] = ("iris", "wine")
    betas: tuple[float, ...] = (0.05, 0.1, 0.2, 0.4, 0.8, 2.0, 5.0, 15.0)
    seeds: int = 4
    longer: int = 500


@experiment(
    quick=Numbers(),
    full=Numbers(
        betas=(0.03, 0.05, 0.07, 0.1, 0.14, 0.2, 0.28, 0.4, 0.55, 0.8, 1.1, 2.0, 3.0, 5.0, 8.0, 15.0, 30.0),
        seeds=10,
        longer=2000,
    ),
)
def sharpness(config: Numbers) -> pd.DataFrame:
    """The adjusted Rand index against β, each model trained anew at each β; beta_c is the set's critical β.

    "CLAM, longer" is trained for more updates, only below β_c.
    """
    models = ["CLAM, longer", "CLAM", "CLAM, masked", "CLAM+ELBO"]
    return sweep(sharpen, grid(set=config.sets, model=models), config)


def sharpen(config: Numbers, set: str, model: str) -> list[Row]:
    """Every β with the same starts and, if there are any, masks."""
    points, labels = points_of(set, config.device), load(set).labels.numpy()
    seeds, betas = config.seeds, config.betas
    if model == "CLAM, longer":
        betas = tuple(value for value in betas if value < collapse_beta(points))
    starts, masks = chance("sharpness", set, points, load(set).classes, seeds, config)
    start = starts.repeat(len(betas), 1, 1, 1)
    beta = torch.tensor(betas, dtype=torch.float64, device=config.device)[:, None].expand(-1, seeds)
    updates = config.longer if model == "CLAM, longer" else config.updates
    found, assigned = fit(model, points, start, beta, masks, config, updates)
    return [
        {
            "beta": value,
            "beta_c": collapse_beta(points),
            "seed": seed,
            "ari": float(metrics.adjusted_rand_score(labels, assigned[place, seed])),
            "loss": float(found.loss[place, seed]),
        }
        for place, value in enumerate(betas)
        for seed in range(seeds)
    ]

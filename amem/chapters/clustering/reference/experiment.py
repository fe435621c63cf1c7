"""Every model at one sensible setting."""

import math
from dataclasses import dataclass, field

import pandas as pd
import torch

from amem.chapters.clustering.baselines import BASELINES
from amem.chapters.clustering.points import Labels, had, points_of
from amem.chapters.clustering.restaurants import Restaurants, seated
from amem.chapters.clustering.scores import scores
from amem.chapters.clustering.terms import SMALL
from amem.chapters.clustering.training import Training, chance, fit
from amem.datasets import load
from amem.experiment import experiment
from amem.sweep import Row, grid, sweep


@dataclass(frozen=True, kw_only=True)
class Numbers(Training):
    """CLAM and CLAM+ELBO at one β of the book's unit; a silhouette is that of `shown` points."""

    beta: float = 1.0
    sets: tuple[str, ...] = SMALL
    seeds: int = 5
    restaurants: Restaurants = field(default_factory=Restaurants)
    shown: int = 300


@experiment(
    quick=Numbers(),
    full=Numbers(
        sets=(*SMALL, "digits", "zoo", "ecoli", "libras_movement", "image_segmentation"),
        seeds=10,
    ),
)
def reference(config: Numbers) -> pd.DataFrame:
    """Every model at one sensible setting, as many memories as classes, on all points: a row a seed.

    CLAM+CRP+ELBO has a row for each α and β too, and VI-DP-GMM three components a class.
    """
    models = ["CLAM", "CLAM, masked", "CLAM+ELBO", "CLAM+CRP+ELBO", *BASELINES]
    return sweep(compare, grid(set=had(config.sets), model=models), config)


def compare(config: Numbers, set: str, model: str) -> list[Row]:
    points, p, seeds = points_of(set, config.device), load(set).classes, config.seeds
    known: list[tuple[int, float, float, float, Labels]] = []
    if model == "CLAM+CRP+ELBO":
        known = seated("reference", set, points, seeds, config.seed, config.restaurants)
    elif model in BASELINES:
        components = 3 * p if model == "VI-DP-GMM" else p
        known = [
            (seed, math.nan, math.nan, math.nan, BASELINES[model](points, components, seed)) for seed in range(seeds)
        ]
    else:
        start, masks = chance("reference", set, points, p, seeds, config)
        beta = torch.full((seeds,), config.beta, dtype=torch.float64, device=config.device)
        found, assigned = fit(model, points, start, beta, masks, config, config.updates)
        known = [(seed, math.nan, float(beta[seed]), float(found.loss[seed]), assigned[seed]) for seed in range(seeds)]
    return [
        {
            "seed": seed,
            "alpha": alpha,
            "beta": beta,
            "loss": loss,
            **scores(set, points, labels, seed=config.seed, shown=config.shown),
        }
        for seed, alpha, beta, loss, labels in known
    ]

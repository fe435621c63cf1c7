"""Every model at every setting."""

import math
from dataclasses import dataclass, field

import pandas as pd
import torch
from torch import Tensor

from amem.chapters.clustering.baselines import BASELINES
from amem.chapters.clustering.points import Labels, had, points_of, starts
from amem.chapters.clustering.restaurants import Restaurants, seated
from amem.chapters.clustering.scores import scores
from amem.chapters.clustering.terms import SMALL
from amem.datasets import load
from amem.dynamics.assignment import attract, nearest, settle
from amem.energies.assignment import gaussian_log_joint
from amem.experiment import Config, experiment
from amem.learning.clam import fit_clam
from amem.learning.collapse import collapse_beta
from amem.learning.elbo import fit_elbo
from amem.seeds import generator
from amem.sweep import Row, grid, sweep


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """β in units of β_c, learning rates, steps of unit total length, memories in units of the classes.

    sample: points that the models which learn by gradients train on. A silhouette is that of `shown` points.
    """

    seed: int = 0
    sets: tuple[str, ...] = (*SMALL, "digits")
    ratios: tuple[float, ...] = (3.0, 30.0)
    rates: tuple[float, ...] = (0.01, 0.1)
    steps: tuple[int, ...] = (2,)
    sizes: tuple[float, ...] = (0.3, 1.0, 2.0)
    seeds: int = 3
    sample: int = 256
    updates: int = 100
    restaurants: Restaurants = field(default_factory=Restaurants)
    shown: int = 300


@experiment(
    quick=Numbers(),
    full=Numbers(
        sets=(*SMALL, "digits", "zoo", "ecoli", "libras_movement", "image_segmentation"),
        ratios=(1.0, 3.0, 10.0, 30.0, 100.0),
        rates=(0.001, 0.01, 0.1),
        steps=(2, 10),
        seeds=10,
    ),
)
def benchmark(config: Numbers) -> pd.DataFrame:
    """Seven scores for every model, set, size and setting: a row a fit.

    classes: of the set; p: memories offered. ratio, rate, steps: β/β_c, learning rate and steps of the dynamics;
    alpha, beta: of the restaurant. The models that learn by gradients train on a sample of the points and are scored on
    all.
    """
    points: list[Row] = []
    for name in had(config.sets):
        sizes = sorted({max(1, round(size * load(name).classes)) for size in config.sizes})
        points += grid(set=[name], model=["CLAM", "CLAM+ELBO", *BASELINES], p=sizes)
        points += grid(set=[name], model=["CLAM+CRP+ELBO"], p=[0])
    return sweep(score, points, config)


def score(config: Numbers, set: str, model: str, p: int) -> list[Row]:
    points = points_of(set, config.device)
    blank = {"ratio": math.nan, "rate": math.nan, "steps": 0, "alpha": math.nan, "beta": math.nan}
    if model == "CLAM+CRP+ELBO":
        fits = seated("benchmark", set, points, config.seeds, config.seed, config.restaurants)
        known = [
            ({**blank, "seed": seed, "alpha": alpha, "beta": beta}, labels) for seed, alpha, beta, _, labels in fits
        ]
    elif model in BASELINES:
        known = [({**blank, "seed": seed}, BASELINES[model](points, p, seed)) for seed in range(config.seeds)]
    else:
        known = [
            ({**blank, **setting}, labels)
            for steps in config.steps
            for setting, labels in _swept(config, set, model, points, p, steps)
        ]
    return [
        {"classes": load(set).classes, **setting, **scores(set, points, labels, seed=config.seed, shown=config.shown)}
        for setting, labels in known
    ]


def _swept(
    config: Numbers, set: str, model: str, points: Tensor, p: int, steps: int
) -> list[tuple[dict[str, object], Labels]]:
    """All β, rates and seeds at once, in single precision, each seed with its sample of the points and its starts."""
    rngs = [generator("clustering", "benchmark", config.seed, set, p, seed) for seed in range(config.seeds)]
    sample = torch.stack([starts(points, min(config.sample, len(points)), [rng])[0] for rng in rngs]).float()
    axes = (len(config.ratios), len(config.rates), config.seeds)
    start = sample[:, :p].expand(*axes, p, points.shape[1])  # a sample is in random order
    critical = collapse_beta(points)
    beta = critical * torch.tensor(config.ratios, device=config.device)[:, None, None].expand(axes)
    rate = torch.tensor(config.rates, device=config.device)[None, :, None].expand(axes)
    everything = points.float()
    if model == "CLAM":
        step = 1 / steps
        found = fit_clam(sample, start, beta, rate=rate, updates=config.updates, step=step, steps=steps)
        ends = attract(everything.expand(*axes, *points.shape), found.memories, beta, step=step, steps=steps)
        labels = nearest(ends, found.memories)
    else:
        step = p / steps
        found = fit_elbo(sample, start, beta, rate=rate, updates=config.updates, step=step, steps=steps)
        joint = gaussian_log_joint(everything, found.memories, found.beta, found.log_weights)
        labels = settle(joint, step=step, steps=steps).argmax(-1)
    assigned = labels.cpu().numpy()
    return [
        ({"ratio": ratio, "rate": rate, "steps": steps, "seed": seed}, assigned[i, j, seed])
        for i, ratio in enumerate(config.ratios)
        for j, rate in enumerate(config.rates)
        for seed in range(config.seeds)
    ]

"""One change at a time."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch
from sklearn import metrics
from torch import Tensor

from amem.chapters.clustering.points import Labels, normal, points_of, starts
from amem.chapters.clustering.rounding import rounded
from amem.chapters.clustering.terms import SMALL, VARIANTS
from amem.chapters.clustering.training import Training
from amem.datasets import load, standardised
from amem.dynamics.assignment import attract, nearest
from amem.energies.assignment import gaussian_log_joint
from amem.experiment import experiment
from amem.learning.clam import fit_clam
from amem.learning.collapse import collapse_beta
from amem.learning.elbo import fit_elbo
from amem.learning.masks import bernoulli_masks
from amem.learning.peers import k_means_from
from amem.seeds import generator
from amem.sweep import Row, grid, sweep


@dataclass(frozen=True, kw_only=True)
class Numbers(Training):
    """Round clouds in the plane, one of them small, beside sets. ratio: β/β_c. longer: updates of "…, longer"."""

    centres: tuple[tuple[float, float], ...] = ((-2.0, -1.2), (2.0, -1.2), (-0.2, 2.0), (0.3, -0.2))
    sizes: tuple[int, ...] = (120, 90, 60, 30)
    spread: float = 0.5
    ratio: float = 10.0
    seeds: int = 4
    sets: tuple[str, ...] = ("clouds", *SMALL)
    longer: int = 400


@experiment(quick=Numbers(), full=Numbers(seeds=10))
def variants(config: Numbers) -> pd.DataFrame:
    """What the knobs of CLAM and CLAM+ELBO do, as many memories as classes, β in units of β_c: a row a seed.

    Rows of kind "fit" (width: the β at which the likelihood of the mixture found is highest), and, of clouds in the
    plane, "memory" (those of the lowest loss over the seeds) and "point".
    """
    return sweep(vary, grid(set=config.sets, variant=VARIANTS), config)


OPTIONS: dict[str, dict[str, Any]] = {
    "K-means": {},
    "CLAM": {},
    "CLAM, T = 1": {"step": 1.0, "steps": 1},
    "CLAM, T = 3": {"step": 1 / 3, "steps": 3},
    "CLAM, T = 30": {"step": 1 / 30, "steps": 30},
    "CLAM, weighted": {"weighted": True},
    "CLAM, spherical": {"spherical": True},
    "CLAM, masked: mean": {},
    "CLAM, masked: least": {},
    "CLAM, masked: greatest": {},
    "CLAM+ELBO": {},
    "CLAM+ELBO, equal weights": {"weighted": False},
    "CLAM+ELBO, learned β": {"learn_beta": True},
    "CLAM+ELBO, learned β, longer": {"learn_beta": True},
}
"""What differs from `fit_clam` and `fit_elbo`; after a colon what hidden entries begin as, of all points' values."""


def vary(config: Numbers, set: str, variant: str) -> list[Row]:
    shown, classes = _clouds(config) if set == "clouds" else (points_of(set, config.device), load(set).labels.numpy())
    options, p, seeds = OPTIONS[variant], int(classes.max()) + 1, config.seeds
    points = torch.nn.functional.normalize(shown, dim=-1) if options.get("spherical") else shown
    rngs = [generator("clustering", "variants", config.seed, set, seed) for seed in range(seeds)]
    begin = starts(points, p, rngs)
    beta = torch.full((seeds,), config.ratio * collapse_beta(points), dtype=torch.float64, device=config.device)
    training: dict[str, Any] = {
        "rate": config.rate,
        "updates": config.longer if variant.endswith("longer") else config.updates,
        **options,
    }
    width = beta.new_full((seeds,), math.nan)
    if variant == "K-means":
        memories, loss, assigned = k_means_from(points, begin)
    elif variant.startswith("CLAM+ELBO"):
        found = fit_elbo(points, begin, beta, **training)
        memories, loss, beta = found.memories, found.loss, found.beta
        joint = gaussian_log_joint(points, memories, beta, found.log_weights)
        distances = torch.cdist(points.expand(seeds, *points.shape), memories).square()
        width, assigned = points.numel() / (joint.softmax(-1) * distances).sum((-2, -1)), joint.argmax(-1)
    else:
        if hidden := variant.partition(": ")[2]:
            count, n = points.shape
            training["masks"] = bernoulli_masks(count, n, config.mask, rngs[:1], device=config.device)
            values = {"mean": points.mean(0), "least": points.amin(0), "greatest": points.amax(0)}
            training["hidden_value"] = values[hidden]
        found = fit_clam(points, begin, beta, **training)
        memories, loss = found.memories, found.loss
        motion = {"step": options.get("step", 0.1), "steps": options.get("steps", 10)}
        everything = points.expand(seeds, *points.shape)
        assigned = nearest(attract(everything, memories, beta, log_weights=found.log_weights, **motion), memories)
    blank = {"seed": 0, **dict.fromkeys(("beta", "width", "loss", "ari", "x", "y"), math.nan)}
    rows: list[Row] = [
        {
            **blank,
            "kind": "fit",
            "seed": seed,
            "beta": float(beta[seed]),
            "width": float(width[seed]),
            "loss": float(loss[seed]),
            "ari": rounded(metrics.adjusted_rand_score(classes, assigned[seed].cpu().numpy())),
        }
        for seed in range(seeds)
    ]
    if set == "clouds":
        kinds = {"memory": memories[int(loss.argmin())], **({"point": shown} if variant == "K-means" else {})}
        rows += [
            {**blank, "kind": kind, "x": rounded(x), "y": rounded(y)}
            for kind, places in kinds.items()
            for x, y in places.tolist()
        ]
    return rows


def _clouds(config: Numbers) -> tuple[Tensor, Labels]:
    """Round clouds of different sizes in the plane, standardised, and which each point is of."""
    rng, classes = (
        generator("clustering", "clouds", config.seed),
        np.repeat(range(len(config.centres)), config.sizes),
    )
    centres = torch.tensor(config.centres, dtype=torch.float64, device=config.device)
    scattered = centres[classes] + config.spread * normal(rng, config.device, len(classes), 2)
    return standardised(scattered), classes

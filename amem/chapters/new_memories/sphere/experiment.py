"""Normalised mutual information on streams of von Mises–Fisher clusters, with the published slips and without."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from sklearn.metrics import normalized_mutual_info_score
from torch import Tensor

from amem import patterns
from amem.chapters.new_memories.averages import averages, leads, over_dimensions
from amem.chapters.new_memories.weighing import aliased, kernels
from amem.energies.sphere import VonMisesFisher
from amem.experiment import Config, experiment
from amem.learning import conjugate
from amem.learning.kernels import Kernel, constant
from amem.learning.streams import DynamicalRestaurant
from amem.seeds import generator, numpy_generator
from amem.sweep import Row, grid, sweep
from amem.theory import restaurant


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """Points in n dimensions, for each concentration α of the restaurant and κ of the clusters.

    rate, frequency: of the kernels that fade and of the one that swings.
    """

    points: int = 120
    n: tuple[int, ...] = (10,)
    alphas: tuple[float, ...] = (2.5, 7.5, 15.0)
    kappas: tuple[float, ...] = (25.0, 100.0, 1000.0)
    seeds: int = 4
    rate: float = 0.05
    frequency: float = 0.15


@experiment(quick=Numbers(), full=Numbers(points=300, n=(10, 30), seeds=3))
def sphere(config: Numbers) -> pd.DataFrame:
    """Normalised mutual information with planted von Mises–Fisher clusters, for streams drawn from the restaurant.

    With the published forms of likelihood and oscillator. Rows of kind "score" average over seeds and κ, "mean" rows
    over dimensions too; "lead" rows hold the mean difference of two algorithms on the same streams, and its standard
    error.
    """
    return over_dimensions(sweep(turn_around, grid(kernel=list(kernels(1, 1)), n=config.n), config))


def turn_around(config: Numbers, kernel: str, n: int) -> list[Row]:
    """One kernel and dimension: all α, κ and seeds at once."""
    chosen = kernels(config.rate, config.frequency)[kernel]
    past, count = chosen.matrix(np.arange(config.points)), config.points
    cases = [(alpha, kappa, seed) for alpha in config.alphas for kappa in config.kappas for seed in range(config.seeds)]
    truths: list[NDArray[np.int64]] = []
    drawn: list[Tensor] = []
    for alpha, kappa, seed in cases:
        name = ("sphere", kernel, n, alpha, kappa, seed)
        truths.append(restaurant.seatings(past, alpha, 1, numpy_generator("new_memories", *name))[0])
        rng = generator("new_memories", *name, "points")
        means = patterns.sphere(count, n, rng, radius=1.0, device="cpu", dtype=torch.float64)
        law = VonMisesFisher(means[torch.from_numpy(truths[-1])], torch.full((count,), kappa, dtype=torch.float64))
        drawn.append(law.sample(generator=rng))
    points = torch.stack(drawn).to(config.device)
    alphas, kappas = (points.new_tensor([case[place] for case in cases]) for place in range(2))
    models: dict[str, tuple[Kernel, bool]] = {
        "dynamical": (chosen, True),
        "recursive": (constant(), True),
        "dynamical, no normaliser": (chosen, False),
        "recursive, no normaliser": (constant(), False),
    }
    if kernel == "oscillator":
        models["dynamical, aliased"] = (aliased(chosen), True)
        models["dynamical, as published"] = (aliased(chosen), False)
    found: dict[tuple[Kernel, bool], Tensor] = {}  # with the constant kernel two and two are the same
    for remembers, normalised in dict.fromkeys(models.values()):
        likelihood = conjugate.VonMisesFisher(kappas, normalised)
        network = DynamicalRestaurant(alphas, remembers, likelihood)
        found[remembers, normalised] = network.learn(points).labels
    scores: list[Row] = []
    for name, model in models.items():
        labels = found[model]
        scores += [
            {
                "algorithm": name, "case": place, "alpha": alpha, "memories": float(len(label.unique())),
                "true": truth.max() + 1.0, "nmi": float(normalized_mutual_info_score(truth, label.cpu().numpy())),
            }
            for place, ((alpha, *_), truth, label) in enumerate(zip(cases, truths, labels, strict=True))
        ]  # fmt: skip
    by_alpha = averages(scores, ["algorithm", "alpha"], ["nmi", "memories", "true"])
    return [*({"kind": "score", **row} for row in by_alpha), *leads(scores)]

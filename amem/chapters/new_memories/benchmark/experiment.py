"""Agreement with the classes of small data sets, beside other algorithms."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import torch

from amem import datasets
from amem.chapters.new_memories.networks import networks
from amem.chapters.new_memories.planted import scored
from amem.experiment import Config, experiment
from amem.learning.peers import k_means, variational_mixture
from amem.seeds import generator
from amem.sweep import Row, grid, sweep

BUNDLED = ("iris", "wine", "breast_cancer")
"""The sets on which the network without normalisers is run too: it makes nearly a memory a point."""


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """The sets, orders or starts of each, and starts of the variational mixture, which takes long."""

    sets: tuple[str, ...] = BUNDLED
    seeds: int = 3
    mixtures: int = 3


@experiment(
    quick=Numbers(),
    full=Numbers(
        sets=(*BUNDLED, "digits", "zoo", "ecoli", "libras_movement", "image_segmentation"), seeds=10, mixtures=5
    ),
)
def benchmark(config: Numbers) -> pd.DataFrame:
    """Agreement with the classes of small data sets, standardised; of each setting the median over seeds.

    A set that cannot be had here is left out.
    """
    return sweep(compare, grid(data=config.sets), config)


def compare(config: Numbers, data: str) -> list[Row]:
    """The network over its grid of settings and orders, with the normalisers and without, beside other algorithms.

    A point belongs to the memory that it went to when it was seen; nothing is assigned again at the end of the stream.
    """
    try:
        labelled = datasets.load(data)
    except ConnectionError:
        return []
    points, truth = datasets.standardised(labelled.features), labelled.labels
    rng = generator("new_memories", "benchmark", data)
    orders = [torch.randperm(len(points), generator=rng) for _ in range(config.seeds)]
    cases = [(alpha, beta, order) for alpha in (0.1, 1.0, 10.0) for beta in (0.5, 2.0) for order in orders]
    alphas, betas = [alpha for alpha, _, _ in cases], [beta for _, beta, _ in cases]
    shown = torch.stack([points[order] for *_, order in cases]).to(config.device)
    rows: list[Row] = []
    for normalised in (True, False) if data in BUNDLED else (True,):
        network = networks(
            points.shape[1], config.device, alpha=alphas, beta=betas, rho=1.0,
            normalised=normalised, max_memories=len(points),
        )  # fmt: skip
        labels = network.learn(shown).argmax(-1).cpu()
        found = [
            {"alpha": alpha, "beta": beta, **scored(truth[order], label)}
            for (alpha, beta, order), label in zip(cases, labels, strict=True)
        ]
        name = "network" if normalised else "network, no normaliser"
        rows += [{"algorithm": name, **row} for row in _medians(found)]
    classes = labelled.classes
    others = {
        "variational mixture": (config.mixtures, lambda seed: variational_mixture(points, 3 * classes, seed)),
        "k-means": (config.seeds, lambda seed: k_means(points, classes, seed)),
    }
    for name, (seeds, fit) in others.items():
        found = [{"alpha": 0.0, "beta": 0.0, **scored(truth, fit(seed))} for seed in range(seeds)]
        rows += [{"algorithm": name, **row} for row in _medians(found)]
    return rows


def _medians(rows: Sequence[Row]) -> list[Row]:
    """Of each setting, over its orders or starts."""
    groups: Any = pd.DataFrame(rows).groupby(["alpha", "beta"], sort=False)
    return groups.median().reset_index().to_dict("records")

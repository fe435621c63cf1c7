"""Streams of Gaussian clusters drawn from the dynamical restaurant, and every algorithm that follows them."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from sklearn.metrics import normalized_mutual_info_score
from torch import Tensor

from amem.chapters.new_memories.averages import averages, leads
from amem.chapters.new_memories.weighing import aliased, kernels
from amem.experiment import Config
from amem.learning import conjugate
from amem.learning.dp_means import dp_means, online_dp_means
from amem.learning.kernels import constant
from amem.learning.peers import k_means, variational_mixture
from amem.learning.streams import DynamicalRestaurant
from amem.seeds import numpy_generator
from amem.sweep import Row
from amem.theory import restaurant

Labels = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Streams(Config):
    """So many points in n dimensions, for each concentration, variance of the means, and of the points around them.

    rate, frequency: of the kernels that fade and of the one that swings. mixtures: seeds for the variational mixture.
    """

    points: int = 300
    n: tuple[int, ...] = (3, 9)
    alphas: tuple[float, ...] = (5.0, 15.0, 25.0)
    spreads: tuple[float, ...] = (25.0, 100.0, 1000.0)
    noises: tuple[float, ...] = (5.0,)
    seeds: int = 3
    mixtures: int = 1
    rate: float = 0.05
    frequency: float = 0.15


FULL = Streams(points=400, n=(3, 9, 15), alphas=(5.0, 10.0, 15.0, 20.0, 25.0), noises=(5.0, 10.0))


@dataclass(frozen=True)
class Case:
    """What a stream was drawn with."""

    alpha: float
    spread: float
    noise: float
    seed: int


def follow(config: Streams, kernel: str, n: int) -> list[Row]:
    """One kernel and dimension: all α, variances and seeds at once, by every algorithm.

    Rows of kind "score" average over seeds and variances; "lead" rows hold the mean difference of two algorithms on
    the same streams; "growth" rows follow memories made, as a fraction of the true number at the end of the stream.
    """
    cases = [
        Case(alpha, spread, noise, seed)
        for alpha in config.alphas
        for spread in config.spreads
        for noise in config.noises
        for seed in range(config.seeds)
    ]
    truths, points = _drawn(config, kernel, n, cases)
    scores: list[Row] = []
    growth: list[Row] = []
    moments = np.unique(np.geomspace(1, config.points, 20).round().astype(int))
    for name, place, label in _found(config, kernel, cases, truths, points):
        truth, made = truths[place], _counted(label)
        clusters = truth.max() + 1
        score = normalized_mutual_info_score(truth, label)
        scores.append({
            "algorithm": name, "case": place, "alpha": cases[place].alpha, "nmi": float(score),
            "memories": float(made[-1]), "true": float(clusters),
        })  # fmt: skip
        followed = {"dynamical": {name: made, "true": _counted(truth)}, "recursive": {name: made}}.get(name, {})
        growth += [
            {"algorithm": one, "time": int(moment), "made": float(count[moment - 1] / clusters)}
            for one, count in followed.items()
            for moment in moments
        ]
    by = ["algorithm", "alpha"]
    return [
        *({"kind": "score", **row} for row in averages(scores, by, ["nmi", "memories", "true"])),
        *leads(scores),
        *({"kind": "growth", **row} for row in averages(growth, ["algorithm", "time"], ["made"])),
    ]


def _drawn(
    config: Streams, kernel: str, n: int, cases: list[Case]
) -> tuple[list[Labels], Float[Tensor, "cases count n"]]:
    """Who belongs where, and the points."""
    past = kernels(config.rate, config.frequency)[kernel].matrix(np.arange(config.points))
    truths: list[Labels] = []
    points: list[Tensor] = []
    for case in cases:
        rng = numpy_generator("new_memories", "stream", kernel, n, case.alpha, case.spread, case.noise, case.seed)
        truths.append(restaurant.seatings(past, case.alpha, 1, rng)[0])
        means = math.sqrt(case.spread) * rng.standard_normal((config.points, n))
        noisy = means[truths[-1]] + math.sqrt(case.noise) * rng.standard_normal((config.points, n))
        points.append(torch.from_numpy(noisy))
    return truths, torch.stack(points).to(config.device)


def _found(
    config: Streams, kernel: str, cases: list[Case], truths: list[Labels], points: Float[Tensor, "cases count n"]
) -> Iterator[tuple[str, int, Labels]]:
    """Algorithm, stream and the labels that the one gave the other."""
    chosen = kernels(config.rate, config.frequency)[kernel]
    alphas, spreads, noises = (
        points.new_tensor([getattr(case, name) for case in cases]) for name in ("alpha", "spread", "noise")
    )
    gaussian = conjugate.Gaussian(1 / noises, 1 / spreads)
    most = torch.tensor([truth.max() + 1 for truth in truths], device=config.device)
    threshold = 20 / alphas.log()
    found: dict[str, Any] = {
        "dynamical": DynamicalRestaurant(alphas, chosen, gaussian).learn(points).labels,
        "recursive": DynamicalRestaurant(alphas, constant(), gaussian).learn(points).labels,
        "DP-means": dp_means(points, threshold).labels,
        "DP-means, online": online_dp_means(points, threshold).labels,
        "k-means, online": online_dp_means(points, torch.zeros_like(threshold), most).labels,
        "k-means": [k_means(run, int(k), case.seed) for k, run, case in zip(most, points, cases, strict=True)],
        "alone": np.broadcast_to(np.arange(config.points), points.shape[:2]),
    }
    if kernel == "constant":
        damped = conjugate.Gaussian(1 / noises, 1 / spreads, damped=True)
        found["dynamical, damped"] = DynamicalRestaurant(alphas, chosen, damped).learn(points).labels
    if kernel == "oscillator":
        slipped = aliased(chosen)
        found["dynamical, aliased"] = DynamicalRestaurant(alphas, slipped, gaussian).learn(points).labels
    for name, labels in found.items():
        yield from ((name, place, np.asarray(label)) for place, label in enumerate(labels))
    for place, case in enumerate(cases):
        if case.seed < config.mixtures:
            yield "variational mixture", place, variational_mixture(points[place], 30, case.seed, spherical=True)


def _counted(labels: Labels) -> Labels:
    """How many different labels there have been so far."""
    first = np.zeros(len(labels), dtype=np.int64)
    first[np.unique(labels, return_index=True)[1]] = 1
    return first.cumsum()

"""The score of one who makes every point a cluster, beside what was read off a poster and our runs at its rate."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from sklearn.metrics import normalized_mutual_info_score

from amem.chapters.new_memories.averages import over_dimensions
from amem.chapters.new_memories.chance import numpy_generator
from amem.chapters.new_memories.following import FULL, Streams, follow
from amem.chapters.new_memories.weighing import kernels, weights
from amem.experiment import Config, experiment
from amem.measures import mean_error
from amem.sweep import Row, grid, sweep
from amem.theory import restaurant

POSTER: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "dynamical": {
        "constant": (0.81, 0.76), "exponential": (0.63, 0.70), "oscillator": (0.79, 0.73), "hyperbolic": (0.63, 0.69),
    },
    "k-means": {
        "constant": (0.75, 0.84), "exponential": (0.97, 1.0), "oscillator": (0.79, 0.87), "hyperbolic": (0.92, 0.98),
    },
    "DP-means": {
        "constant": (0.51, 0.70), "exponential": (0.97, 1.0), "oscillator": (0.60, 0.78), "hyperbolic": (0.92, 0.98),
    },
    "variational mixture": {
        "constant": (0.87, 0.63), "exponential": (0.0, 0.0), "oscillator": (0.80, 0.40), "hyperbolic": (0.0, 0.0),
    },
}  # fmt: skip
"""NMI at α = 5 and 25, read off the poster of [schaeffer2022streaming]."""


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """The streams, at the rate of the code and at a fast one; customers and samples of those who all sit alone."""

    streams: Streams = field(default_factory=Streams)
    fast_rate: float = 1.0
    customers: int = 1000
    samples: int = 10


@experiment(quick=Numbers(), full=Numbers(streams=FULL, samples=100))
def alone(config: Numbers) -> pd.DataFrame:
    """How well does one who makes every point a cluster, and which streams did the poster use?

    Rows of kind "alone" are that mutual information, exact for sampled restaurants, at the rate of the code and at the
    fast one; "poster" rows what was read off; "score", "mean" and "lead" rows are those of `stream`, at the fast rate.
    """
    names, ends = list(kernels(1, 1)), _ends(config)
    points = grid(kernel=names, rate=(config.streams.rate, config.fast_rate), alpha=config.streams.alphas)
    fading = grid(kernel=["exponential", "hyperbolic"], rate=[config.fast_rate], n=config.streams.n)
    read = [
        {"kind": "poster", "kernel": kernel, "algorithm": algorithm, "alpha": alpha, "nmi": nmi}
        for algorithm, levels in POSTER.items()
        for kernel, level in levels.items()
        for alpha, nmi in zip(ends, level, strict=True)
    ]
    parts = [sweep(seat_alone, points, config), over_dimensions(sweep(follow_fast, fading, config))]
    return pd.concat([*parts, pd.DataFrame(read)], ignore_index=True)


def seat_alone(config: Numbers, kernel: str, rate: float, alpha: float) -> Row:
    """Mutual information of sampled seatings with as many tables as customers, with its standard error."""
    past = weights(kernels(rate, config.streams.frequency)[kernel], config.customers)
    rng = numpy_generator("alone", kernel, rate, alpha)
    seated = restaurant.seatings(past, alpha, config.samples, rng)
    everybody = np.arange(config.customers)
    nmi, error = mean_error([normalized_mutual_info_score(truth, everybody) for truth in seated])
    return {"kind": "alone", "algorithm": "alone", "nmi": nmi, "nmi_error": error}


def follow_fast(config: Numbers, kernel: str, rate: float, n: int) -> list[Row]:
    """`follow` at another rate, for the smallest and the largest α: its scores and leads."""
    rows = follow(replace(config.streams, rate=rate, alphas=_ends(config)), kernel, n)
    return [row for row in rows if row["kind"] != "growth"]


def _ends(config: Numbers) -> tuple[float, float]:
    return min(config.streams.alphas), max(config.streams.alphas)

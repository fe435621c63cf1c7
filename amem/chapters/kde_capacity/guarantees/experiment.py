"""What theorems A and B promise in published settings."""

import math
from dataclasses import dataclass

import pandas as pd

from amem.chapters.kde_capacity.storing import Storing, spheres, stored
from amem.experiment import experiment
from amem.sweep import sweep
from amem.theory import attention, kde


@dataclass(frozen=True, kw_only=True)
class Numbers(Storing):
    """The probability of failure and the (K, n) of the published examples, and of two more; h = 1."""

    failure: float = 0.001
    cases: tuple[tuple[float, int], ...] = ((3.0, 20), (2.0, 20), (1.0, 50), (1.0, 75))


@experiment(quick=Numbers(), full=Numbers(trials=1024))
def guarantees(config: Numbers) -> pd.DataFrame:
    """What theorems A and B promise in published settings, M = K√(n−1), and whether theorem B's points are stored."""
    points: list[dict[str, object]] = [{"radius_ratio": ratio, "n": n} for ratio, n in config.cases]
    return sweep(measure_guarantee, points, config)


def measure_guarantee(config: Numbers, radius_ratio: float, n: int) -> dict[str, object]:
    """The constant c and the guaranteed numbers of points, and a measurement with as many as theorem B guarantees."""
    radius, failure = radius_ratio * math.sqrt(n - 1), config.failure
    by_b = kde.certified_capacity(n, radius, 1.0, failure)
    draw = spheres(config, int(by_b), n, radius, "guarantees", radius_ratio)
    return {
        "constant": attention.sphere_constant(n, radius_ratio, 1.0, failure),
        "by_a": attention.sphere_capacity(n, radius_ratio, 1.0, failure),
        "by_b": by_b,
        **stored(config, draw, radius, 1.0),
    }

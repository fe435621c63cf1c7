"""The fraction of points stored against their number, and the capacity in each dimension beside theory."""

import math
from dataclasses import dataclass

import pandas as pd

from amem.chapters.kde_capacity.storing import Storing, spheres, stored
from amem.chapters.kde_capacity.thresholds import loads, with_thresholds
from amem.experiment import experiment
from amem.sweep import grid, sweep
from amem.theory import attention, kde


@dataclass(frozen=True, kw_only=True)
class Numbers(Storing):
    """K = M/√n at h = 1, and the n up to which each is measured.

    The next size wants a GPU: n = 24 at K = 1 (p ≈ 5·10⁵) and n = 14 at K = 1.5 (p ≈ 3·10⁵). Theory goes up to
    theory_n; its guarantees are drawn at even odds of failure, the fairest beside a measured one half.
    """

    radius_ratios: tuple[float, ...] = (1.0, 1.5)
    largest_n: tuple[int, ...] = (12, 8)
    theory_n: int = 80
    failure: float = 0.5


@experiment(quick=Numbers(), full=Numbers(trials=1024, largest_n=(20, 12)))
def fraction_stored(config: Numbers) -> pd.DataFrame:
    """The fraction of points stored against their number, and the capacity p₅₀ at which it is one half.

    Rows of source "simulation" hold measured fractions, "threshold" the p₅₀ read off them; of the other sources,
    "mean field" predicts p₅₀, "asymptotic rate" its slope, and "theorem A" and "theorem B" guarantee at least p.
    """
    points: list[dict[str, object]] = []
    theory: list[dict[str, object]] = []
    for ratio, largest in zip(config.radius_ratios, config.largest_n, strict=True):
        for n in range(4, largest + 1, 2):
            expected = kde.mean_field_capacity(n, ratio**2 * n, config.tolerance)
            points += grid(radius_ratio=[ratio], n=[n], p=loads(expected, 16))
        theory += predictions(ratio, config)
    return with_thresholds(sweep(count_stored, points, config), theory, ["radius_ratio", "n"])


def count_stored(config: Numbers, radius_ratio: float, n: int, p: int) -> dict[str, object]:
    """How many of p random points on the sphere of radius K√n are stored at h = 1."""
    radius = radius_ratio * math.sqrt(n)
    return stored(config, spheres(config, p, n, radius, "fraction_stored", radius_ratio), radius, 1.0)


def predictions(ratio: float, config: Numbers) -> list[dict[str, object]]:
    """What theory says of p₅₀ at M = K√n, h = 1; guarantees of fewer than two points, which are none, are left out."""
    rows: list[dict[str, object]] = []
    expected = {n: kde.mean_field_capacity(n, ratio**2 * n, config.tolerance) for n in range(4, config.theory_n + 1, 2)}
    for n, p in expected.items():
        ahead = config.theory_n - n
        capacities = {
            "mean field": p,
            "asymptotic rate": expected[config.theory_n] * math.exp(-kde.critical_rate(ratio**2) * ahead),
            "theorem A": attention.sphere_capacity(n, ratio * math.sqrt(n / (n - 1)), 1.0, config.failure),
            "theorem B": kde.certified_capacity(n, ratio * math.sqrt(n), 1.0, config.failure),
        }
        for source, capacity in capacities.items():
            if capacity >= 2:
                rows.append({"source": source, "radius_ratio": ratio, "n": n, "p": capacity})
    return rows

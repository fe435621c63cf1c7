"""What is said of the critical β."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from amem.book import Claim, numbers, select
from amem.book.tables import median, only
from amem.chapters.clustering.reading import Measure, largest
from amem.chapters.clustering.sources import BRIDGING_OURS
from amem.chapters.clustering.terms import SMALL

CRITICAL = {"iris": 2 * 0.171, "wine": 2 * 0.106, "breast_cancer": 2 * 0.0376}
"""β_c in the book's unit, from the three digits that were computed before."""


def threshold(table: pd.DataFrame, **wanted: object) -> float:
    """β/β_c half-way between the last that leaves memories together and the first that parts them, from near the
    mean.
    """
    rows = select(table, source="simulation", start="mean", **wanted)
    ratio, spread = (rows[name].to_numpy(float) for name in ("ratio", "spread"))
    return float((ratio[spread < 0.1].max() + ratio[spread >= 0.1].min()) / 2)


def _farthest_threshold(table: pd.DataFrame) -> float:
    found = [threshold(table, set=name, model="CLAM+ELBO") for name in SMALL]
    return max(found, key=lambda ratio: abs(ratio - 1))


def _near(ratio: float, pick: Callable[[NDArray[np.float64]], np.float64]) -> Measure:
    return lambda table: float(pick(numbers(table, "spread", source="simulation", start="mean", ratio=ratio)))


def _apart(name: str, ratio: float, *sets: str) -> Measure:
    """A median over starts on data points, the largest of the sets."""

    def measure(table: pd.DataFrame) -> float:
        found = [median(table, name, source="simulation", start="data", ratio=ratio, set=one) for one in sets]
        return largest(found)

    return measure


def _critical(table: pd.DataFrame) -> float:
    """The largest relative distance of a computed β_c from the one computed before."""
    found = {name: only(numbers(table, "beta", set=name, start="mean", source="theory")) for name in SMALL}
    return max(abs(found[name] / known - 1) for name, known in CRITICAL.items())


CLAIMS = [
    Claim(
        "claim-clustering-critical-beta",
        BRIDGING_OURS,
        (0, 0.005),
        _critical,
        says="$\\beta_c$ of standardised iris, wine and breast cancer is 0.342, 0.212 and 0.0752.",
        because="the largest relative distance from numbers of three digits",
    ),
    *(
        Claim(
            f"claim-clustering-threshold-{name.replace('_', '-')}",
            BRIDGING_OURS,
            (0.95, 1.05),
            lambda table, name=name: threshold(table, set=name, model="EM"),
            says="From near the mean of the data, EM's memories collapse below $\\beta_c$ and part above it: "
            f"{name.replace('_', ' ')}.",
            stated=1.0,
            because="in units of $\\beta_c$; near it, all is slow",
        )
        for name in SMALL
    ),
    Claim(
        "claim-clustering-threshold-gradient",
        BRIDGING_OURS,
        (0.95, 1.05),
        _farthest_threshold,
        says="The same holds for CLAM+ELBO, trained by gradients (the set that is farthest off).",
        stated=1.0,
        because="in units of $\\beta_c$; near it, all is slow",
    ),
    Claim(
        "claim-clustering-collapsed",
        BRIDGING_OURS,
        (0, 5e-5),
        _near(0.95, np.max),
        says="At $0.95\\,\\beta_c$ the spread of memories that begin near the mean is 0.0000.",
        because="zero to four decimals, in every set and by both roads",
    ),
    Claim(
        "claim-clustering-parted",
        BRIDGING_OURS,
        (1.2, 10),
        _near(1.05, np.min),
        says="At $1.05\\,\\beta_c$ it is more than 1.2.",
        because="the least of the sets, as the largest distance between two memories",
    ),
    Claim(
        "claim-clustering-apart-small",
        BRIDGING_OURS,
        (0, 5e-5),
        _apart("spread", 0.95, *SMALL),
        says="On these three sets, memories that begin on data points collapse at $0.95\\,\\beta_c$ as well.",
        because="zero to four decimals, the median over starts, in the set where it is largest",
    ),
    Claim(
        "claim-clustering-apart-digits",
        BRIDGING_OURS,
        (1.2, 50),
        _apart("spread", 0.95, "digits"),
        says="The threshold is one of small pushes: on the digits, memories that begin on data points stay apart at "
        "$0.95\\,\\beta_c$ …",
        because="apart means what it means above the threshold; the median over starts",
    ),
    Claim(
        "claim-clustering-apart-better",
        BRIDGING_OURS,
        (1e-3, 1),
        _apart("gain", 0.95, "digits"),
        says="… and explain the digits better than the collapsed memories do.",
        because="nats a point by which the loss is lower, the median over starts; anything above rounding",
    ),
    Claim(
        "claim-clustering-apart-outlier",
        BRIDGING_OURS,
        (19.5, 20.5),
        _apart("spread", 0.5, "outlier"),
        says="With an outlier 20 standard deviations away, a memory stays there at $0.5\\,\\beta_c$.",
        because="the distance between the two memories is that of the outlier from the mean of the others",
    ),
]

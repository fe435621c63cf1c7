"""What is claimed of the gain."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from amem.book import Claim, numbers
from amem.chapters.hypersphere.sources import OURS
from amem.chapters.hypersphere.terms import EXACT, ROUNDING


def _scatter(spread: float) -> Callable[[pd.DataFrame], float]:
    """Standard deviation of log κ over the keys."""
    return lambda table: float(np.log(numbers(table, "kappa", what="key", spread=spread)).std())


def _tripled(table: pd.DataFrame) -> float:
    return float(np.abs(numbers(table, "tripled", what="key") / 9 - 1).max())


CLAIMS = [
    Claim(
        "claim-hypersphere-homogeneous",
        OURS,
        EXACT,
        _scatter(0.0),
        says="Rotations as query and key matrices and equal gains give one $\\kappa$: standard deviation of its"
        " logarithm",
        because=ROUNDING,
    ),
    Claim(
        "claim-hypersphere-gain",
        OURS,
        EXACT,
        _tripled,
        says="A gain that is the same for all features, here 3, only rescales all $\\kappa$, by its square:"
        " largest deviation",
        because=ROUNDING,
    ),
    Claim(
        "claim-hypersphere-ellipsoid",
        OURS,
        (0.03, 0.5),
        _scatter(0.6),
        says="Unequal gains make the mixture inhomogeneous: standard deviation of $\\log\\kappa$ at a spread of 0.6",
        because="κ² is a sum over 64 features with weights that scatter by a factor e^±1.2: some tenths",
    ),
]

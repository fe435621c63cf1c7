"""What is said of the rule-of-thumb estimators, as numbers."""

import numpy as np
import pandas as pd

from amem.book import Claim, numbers, select
from amem.chapters.kde_capacity.sources import DERIVED, OURS
from amem.chapters.kde_capacity.terms import crossing


def off_rule(table: pd.DataFrame) -> float:
    """The largest deviation from the fractions quoted for 3000 points."""
    rows = table.query("cloud == 'sphere' and p == 3000 and n in (4, 6, 8, 10, 15)").sort_values("n")
    return float(np.abs(numbers(rows, "stored") - (0.0, 0.01, 0.45, 0.94, 1.0)).max())


def memorising_dimension(table: pd.DataFrame, cloud: str = "normal", p: int = 3000, stored: float = 0.5) -> float:
    """The dimension from which on a fraction of so many points is stored."""
    rows = select(table, cloud=cloud, p=p).sort_values("n", ascending=False)
    return crossing(numbers(rows, "n"), numbers(rows, "stored"), stored)


CLAIMS = [
    Claim(
        "claim-kde-capacity-scott",
        OURS,
        (0.0, 0.1),
        off_rule,
        says="At Scott's bandwidth the fraction stored of 3000 standardised points is 0.00, 0.01, 0.45, 0.94, 1.00 "
        "in 4, 6, 8, 10, 15 dimensions.",
        because="largest deviation, for points on the sphere of radius $\\sqrt n$; two finite samples of points",
    ),
    Claim(
        "claim-kde-capacity-scott-normal",
        DERIVED,
        (7.0, 9.5),
        memorising_dimension,
        says="Rule-of-thumb estimators memorise normal data above about eight dimensions.",
        because="the dimension at which half of 3000 points are stored, “about eight”",
    ),
]

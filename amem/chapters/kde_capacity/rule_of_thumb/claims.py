"""What is said of the rule-of-thumb estimators, as numbers."""

import numpy as np
import pandas as pd

from amem.book import Claim, numbers
from amem.chapters.kde_capacity.sources import DERIVED, OURS


def off_rule(table: pd.DataFrame) -> float:
    """The largest deviation from the fractions quoted for 3000 points."""
    rows = table.query("cloud == 'sphere' and p == 3000 and n in (4, 6, 8, 10, 15)").sort_values("n")
    return float(np.abs(numbers(rows, "stored") - (0.0, 0.01, 0.45, 0.94, 1.0)).max())


def memorising_dimension(table: pd.DataFrame) -> float:
    """The dimension at which half of 3000 normal points are stored."""
    rows = table.query("cloud == 'normal' and p == 3000").sort_values("n")
    return float(np.interp(0.5, numbers(rows, "stored"), numbers(rows, "n")))


CLAIMS = [
    Claim(
        "claim-kde-capacity-scott",
        OURS,
        (0.0, 0.1),
        off_rule,
        says="At Scott's bandwidth the fraction stored of 3000 standardised points is 0.00, 0.01, 0.45, 0.94, 1.00 "
        "in 4, 6, 8, 10, 15 dimensions.",
        because="largest deviation, for points on the sphere of radius $\\sqrt n$; two samples of a few hundred points",
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

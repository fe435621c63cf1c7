"""What is said of the bandwidth, as numbers."""

import pandas as pd

from amem.book import Claim, numbers, select
from amem.chapters.kde_capacity.sources import RATE
from amem.chapters.kde_capacity.terms import crossing, value


def lost_at(table: pd.DataFrame, n: int, stored: float = 0.5) -> float:
    """The bandwidth up to which a fraction of the points is stored in n dimensions."""
    rows = select(table, source="simulation", n=n).sort_values("bandwidth")
    return crossing(numbers(rows, "bandwidth"), numbers(rows, "stored"), stored)


def predicted(table: pd.DataFrame, n: int) -> float:
    """Where the mean field puts it."""
    return value(table, "bandwidth", source="mean field", n=n)


CLAIMS = [
    Claim(
        "claim-kde-capacity-transition",
        RATE,
        (0.95, 1.05),
        lambda table: lost_at(table, 20) / predicted(table, 20),
        says="In twenty dimensions the bandwidth at which 1000 points on a sphere are lost is the mean field's.",
        because="measured over predicted in 20 dimensions; a step of the grid of bandwidths is 3.5 % of it",
    ),
]

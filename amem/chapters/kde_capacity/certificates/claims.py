"""What is said of the certified points, as numbers."""

import math

import numpy as np

from amem.book import Claim, numbers
from amem.chapters.kde_capacity.sources import DERIVED

CLAIMS = [
    Claim(
        "claim-kde-capacity-certified",
        DERIVED,
        (1.0, 1.0),
        lambda table: float(np.nanmin(numbers(table, "certified_stored"))),
        says="Every point that theorem B certifies is stored.",
        because="a theorem; nearly all points are stored at these loads, so that only a gross mistake would show",
    ),
    Claim(
        "claim-kde-capacity-contraction",
        DERIVED,
        (0.0, 1e-6),
        lambda table: float(np.nanmax(numbers(table, "spread"))),
        says="Mean shift started anywhere in the ball of radius $h^2/R$ about a certified point ends in one point.",
        because="a contraction, followed until steps are shorter than $10^{-10} h$",
    ),
    Claim(
        "claim-kde-capacity-displacement",
        DERIVED,
        (-math.inf, 1e-9),
        lambda table: float(np.nanmax(numbers(table, "excess"))),
        says="The mode of a certified point is no farther from it than $(p-1) R\\, e^{-d(d-2r)/2h^2}$.",
        because="a theorem; the largest excess, and rounding",
    ),
]

"""What is said of the two points, as numbers."""

import pandas as pd

from amem.book import Claim, numbers
from amem.chapters.kde_capacity.sources import DERIVED


def splitting_distance(table: pd.DataFrame) -> float:
    """Halfway between the largest distance with one mode and the smallest with two."""
    distance = numbers(table, "distance")
    apart = numbers(table, "right") - numbers(table, "left") > 0.01
    return float((distance[~apart].max() + distance[apart].min()) / 2)


CLAIMS = [
    Claim(
        "claim-kde-capacity-two-points",
        DERIVED,
        (1.998, 2.002),
        splitting_distance,
        says="Two points have two modes if and only if they are more than $2h$ apart.",
        because="the distances tried on either side",
    ),
]

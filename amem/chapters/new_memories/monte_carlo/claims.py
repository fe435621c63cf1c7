"""How fast sampling should tend to the recursion."""

import numpy as np
import pandas as pd

from amem.book import Claim
from amem.book.tables import along
from amem.chapters.new_memories.sources import MONTE_CARLO


def farthest_slope(table: pd.DataFrame) -> float:
    """The slope of ln squared error against ln samples, the farthest from −1 of all kernels and α."""
    slopes: list[float] = []
    for _, rows in table.groupby(["kernel", "alpha"]):
        samples, found = along(rows, "samples", "found")
        slopes.append(float(np.polyfit(np.log(samples), np.log(found), 1)[0]))
    return max(slopes, key=lambda slope: abs(slope + 1))


CLAIMS = [
    Claim(
        "claim-new-memories-slope",
        MONTE_CARLO,
        (-1.06, -0.94),
        farthest_slope,
        says="The squared error of sampled marginals falls like one over the number of samples (exponent farthest "
        "from −1).",
        because="a line through six sizes, each averaged over repeats",
        stated=-1.0,
    ),
]

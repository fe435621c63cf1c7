"""What is said of CLAM's basins."""

import pandas as pd

from amem.book import Claim, numbers
from amem.book.tables import only
from amem.chapters.clustering.sources import CLAM


def _differs(table: pd.DataFrame) -> float:
    return only(numbers(table, "differs", kind="at rest", beta=table["beta"].max()))


CLAIMS = [
    Claim(
        "claim-clustering-voronoi",
        CLAM,
        (0, 0.002),
        _differs,
        says="The basins of CLAM become Voronoi cells: nothing differs at large $\\beta$.",
        because="a fraction of the grid; a few points may lie on a border",
    ),
]

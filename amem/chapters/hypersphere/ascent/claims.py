"""What is claimed of mode seeking under random heads."""

import pandas as pd

from amem.book import Claim, numbers
from amem.chapters.hypersphere.sources import OURS


def lowest_step(table: pd.DataFrame) -> float:
    """The least change of a token's log-density in one layer."""
    return float(numbers(table, "lowest_step").min())


CLAIMS = [
    Claim(
        "claim-hypersphere-ascent",
        OURS,
        (-1e-12, 1.0),
        lowest_step,
        says="Normalised attention never lowers the density: the lowest step under random heads",
        because="a theorem; log-densities of some tens are rounded at 10⁻¹⁴",
    ),
]

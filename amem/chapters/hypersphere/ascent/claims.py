"""What is claimed of mode seeking under random heads."""

from amem.book import Claim, numbers
from amem.chapters.hypersphere.sources import OURS

CLAIMS = [
    Claim(
        "claim-hypersphere-ascent",
        OURS,
        (-1e-12, 1.0),
        lambda table: float(numbers(table, "lowest_step").min()),
        says="Normalised attention never lowers the density: the lowest step under random heads",
        because="a theorem; log-densities of some tens are rounded at 10⁻¹⁴",
    ),
]

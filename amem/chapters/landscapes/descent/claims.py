"""What is said of the descent of the spin memories, as numbers."""

import numpy as np

from amem.book import Claim, numbers
from amem.chapters.landscapes.sources import DESCENT

CLAIMS = [
    Claim(
        "claim-landscapes-sequential-descent",
        DESCENT,
        (-1, 1e-14),
        lambda table: float(np.nanmax(numbers(table, "rise"))),
        says="Changing one spin after the other never raises the energy: largest rise from sweep to sweep, relative to "
        "the energy.",
        because="rounding; 200 random starts, 50 spins, four memories",
    ),
]

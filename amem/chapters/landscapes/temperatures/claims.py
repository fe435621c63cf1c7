"""What is said of the regimes of attention, as numbers."""

import math
from functools import partial

import numpy as np
import pandas as pd

from amem.book import Claim, numbers
from amem.chapters.landscapes.sources import BOUNDS, CONVERGENCE, REGIMES


def _effective(low: float, high: float, table: pd.DataFrame) -> float:
    """The effective number of memories, averaged over the β in an interval."""
    table = table.sort_values(["beta", "seed"])
    beta, effective = (numbers(table, name, patterns="clustered") for name in ("beta", "effective"))
    return float(effective[(beta >= low) & (beta <= high)].mean())


def _outside_bounds(table: pd.DataFrame) -> float:
    return max(-numbers(table, "energy_lowest").min(), numbers(table, "energy_highest").max() - 1, 0.0)


CLAIMS = [
    Claim(
        "claim-landscapes-energy-bounds",
        BOUNDS,
        (0, 1e-12),
        _outside_bounds,
        says="$0 ≤ E ≤ 2M^2$ along every path of attention: how far outside, over $2M^2$.",
        because="a theorem, up to rounding",
    ),
    Claim(
        "claim-landscapes-attention-descent",
        CONVERGENCE,
        (-1, 1e-12),
        lambda table: float(np.nanmax(numbers(table, "energy_rise"))),
        says="A step of attention never raises the energy, from the cue on: largest rise over $2M^2$.",
        because="a theorem, up to the rounding of $\\beta^{-1}\\ln p$ at small $\\beta$",
    ),
    *(
        Claim(
            f"claim-landscapes-regime-{name}",
            REGIMES,
            expect,
            partial(_effective, *interval),
            says=f"Ten clusters of five: effective number of memories in a fixed point at {where}.",
            because=because,
        )
        for name, where, interval, expect, because in (
            ("global", "$\\beta ≤ 0.02$", (0, 0.02), (49, 50), "the average of all fifty"),
            ("cluster", "$0.2 ≤ \\beta ≤ 0.5$", (0.2, 0.5), (4.5, 5.5), "the average of a cluster of five"),
            ("single", "$\\beta ≥ 4$", (3.9, math.inf), (1, 1.01), "one pattern"),
        )
    ),
]

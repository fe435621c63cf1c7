"""What is said of the recall by the exponential memory, as numbers."""

from functools import partial

import numpy as np
import pandas as pd

from amem.book import Claim, numbers
from amem.chapters.landscapes.sources import ALL_THRESHOLD, ONE_THRESHOLD


def _recall_change(kept: str, rate: float, flipped: float, table: pd.DataFrame) -> float:
    """Recall at the largest size minus recall at the smallest."""
    n, restored, part = (
        numbers(table, name, kept=kept, rate=rate, source="simulation") for name in ("n", "restored", "flipped")
    )
    n, restored = n[np.isclose(part, flipped)], restored[np.isclose(part, flipped)]
    return float(restored[n.argmax()] - restored[n.argmin()])


CLAIMS = [
    Claim(
        "claim-landscapes-recall-below",
        ONE_THRESHOLD,
        (0.1, 1),
        partial(_recall_change, "one pattern", 0.15, 0.2),
        says="A fifth of the bits flipped, $\\alpha$ = 0.15: recall of a given pattern rises with $n$ (largest size "
        "minus smallest).",
        because="below the one-pattern threshold the error vanishes, slowly; above the all-patterns threshold of 0.096 "
        "it need not",
    ),
    *(
        Claim(
            f"claim-landscapes-recall-above-{round(100 * rate):03d}",
            ONE_THRESHOLD,
            (-1, -0.01),
            partial(_recall_change, "one pattern", rate, 0.2),
            says=f"At $\\alpha$ = {rate} it falls (largest size minus smallest).",
            because="above the threshold recall vanishes",
        )
        for rate in (0.22, 0.24, 0.26)
    ),
    Claim(
        "claim-landscapes-recall-all",
        ALL_THRESHOLD,
        (0.05, 1),
        partial(_recall_change, "all patterns", 0.15, 0.1),
        says="A tenth of the bits flipped, $\\alpha$ = 0.15, threshold 0.184: the chance that *all* patterns "
        "are restored in one step rises with $n$ (largest size minus smallest).",
        because="the theorem says that it tends to 1",
    ),
]

"""What is said of the one-step errors, as numbers."""

from functools import partial

import numpy as np
import pandas as pd

from amem.book import Claim, numbers
from amem.chapters.landscapes.sources import ENERGY, GAUSSIAN


def farthest_from_exact(memory: str, table: pd.DataFrame) -> float:
    """The largest number of standard errors between simulation and exact law."""
    return float(np.abs(numbers(table, "deviation", memory=memory, source="simulation")).max())


def farthest_from_gaussian(memory: str, table: pd.DataFrame) -> float:
    """The largest relative distance to the Gaussian limit, for z in [2, 3.3] where at least 300 errors were seen."""
    table = table.sort_values("p")
    found, limit = (
        numbers(table, "error", memory=memory, source=source) for source in ("simulation", "theory, Gaussian limit")
    )
    load, errors = (numbers(table, name, memory=memory, source="simulation") for name in ("load", "errors"))
    counted = (load >= 3.3**-2) & (load <= 2**-2) & (errors >= 300)
    return float(np.abs(found / limit - 1)[counted].max())


TOLERANCE = 0.35  # how one might check a simulation against the limit

CLAIMS = [
    *(
        Claim(
            f"claim-landscapes-exact-{memory}",
            ENERGY,
            (0, 4),
            partial(farthest_from_exact, memory),
            says=f"One-step bit error, {memory} memory: most standard errors between simulation and exact law.",
            because="four standard errors at the worst of eight loads",
        )
        for memory in ("quadratic", "cubic", "quartic")
    ),
    *(
        Claim(
            f"claim-landscapes-gaussian-{memory}",
            GAUSSIAN,
            (0, TOLERANCE),
            partial(farthest_from_gaussian, memory),
            says=f"One-step bit error, {memory} memory, $n$ = 100: largest relative distance to $Q(z)$, $2≤z≤3.3$.",
            because="a tolerance of 35 % on loads with at least 300 observed errors",
            finding=finding,
        )
        for memory, finding in (
            (
                "quadratic",
                "Not the simulation's fault: it follows the exact law. At $p$ = [[p]] it errs [[quadratic]] times as "
                "often as $Q(z)$ says. The limit has $p$ where the cross-talk has $p-1$ terms, and at even $p$ some "
                "fields are zero, which is no error.",
            ),
            ("cubic", ""),
        )
    ),
]

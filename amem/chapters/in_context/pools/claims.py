"""What is claimed of finite pools."""

import math
from collections.abc import Callable
from typing import cast

import pandas as pd

from amem.book import Claim, numbers
from amem.chapters.in_context.sources import OURS


def _pool_gap(pool: int) -> Callable[[pd.DataFrame], float]:
    """NLL with the longest context on new tasks less that on the pool's."""

    def measure(table: pd.DataFrame) -> float:
        last = cast("pd.DataFrame", table[table["n"] == table["n"].max()])
        new, own = (
            numbers(last, "nll", what="mean", pool=pool, where=where)[0] for where in ("new tasks", "tasks of the pool")
        )
        return float(new - own)

    return measure


def _pool_cost(pool: int) -> Callable[[pd.DataFrame], float]:
    """NLL with the longest context on new tasks less that of the network that was never shown a task twice."""

    def measure(table: pd.DataFrame) -> float:
        last = cast("pd.DataFrame", table[(table["n"] == table["n"].max()) & (table["where"] == "new tasks")])
        few, always_new = (numbers(last, "nll", what="mean", pool=number)[0] for number in (pool, 0))
        return float(few - always_new)

    return measure


CLAIMS = [
    Claim(
        "claim-in-context-pool",
        OURS,
        (0.2, math.inf),
        _pool_gap(10),
        says="Taught by ranking on ten mixtures, a network learns those ten: NLL on new tasks less that on the "
        "pool's, longest context",
        because="a fifth of a nat is more than the draw of the tasks",
    ),
    Claim(
        "claim-in-context-pool-cost",
        OURS,
        (0.1, math.inf),
        _pool_cost(10),
        says="and loses on new tasks against one that never saw a task twice: NLL",
        because="a tenth of a nat is half of what networks differ by",
    ),
]

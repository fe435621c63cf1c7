"""What is claimed of finite pools."""

import math

import pandas as pd

from amem.book import Claim
from amem.chapters.in_context.reading import one
from amem.chapters.in_context.sources import OURS
from amem.chapters.in_context.terms import NEW_TASKS, OWN_TASKS


def loss(table: pd.DataFrame, pool: int, where: str) -> float:
    """The NLL with the longest context, mean over seeds."""
    return one(table, "nll", what="mean", pool=pool, where=where, n=table["n"].max())


def _gap(table: pd.DataFrame) -> float:
    """Taught ten mixtures: on new tasks less on those ten."""
    return loss(table, 10, NEW_TASKS) - loss(table, 10, OWN_TASKS)


def cost(table: pd.DataFrame) -> float:
    """On new tasks: taught ten mixtures, less taught none twice."""
    return loss(table, 10, NEW_TASKS) - loss(table, 0, NEW_TASKS)


CLAIMS = [
    Claim(
        "claim-in-context-pool",
        OURS,
        (0.2, math.inf),
        _gap,
        says="Taught by ranking on ten mixtures, a network learns those ten: NLL on new tasks less that on the "
        "pool's, longest context",
        because="a fifth of a nat is more than the draw of the tasks",
    ),
    Claim(
        "claim-in-context-pool-cost",
        OURS,
        (0.1, math.inf),
        cost,
        says="and loses on new tasks against one that never saw a task twice: NLL",
        because="a tenth of a nat is half of what networks differ by",
    ),
]

"""What is said of finite pools."""

from collections.abc import Mapping

import pandas as pd

from amem.book import Statement, exchange, reverse
from amem.chapters.in_context.pools.claims import cost
from amem.chapters.in_context.reading import one, ordered, part, said
from amem.chapters.in_context.terms import NEW_TASKS, OWN_TASKS


def gain(table: pd.DataFrame, pool: int, where: str) -> float:
    """What the longest context takes off the NLL, mean over seeds."""
    none, longest = (one(table, "nll", what="mean", pool=pool, where=where, n=n) for n in (0, table["n"].max()))
    return none - longest


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    return {
        "samples": str(part(config, "network")["pool_samples"]),
        "updates": str(config["updates"]),
        "cost": said(cost(table)),
        "gain": said(gain(table, 10, NEW_TASKS)),
        "gain_new": said(gain(table, 0, NEW_TASKS)),
    }


OWN, FEW, NEW = (
    {"what": "mean", "pool": pool, "where": where} for pool, where in ((10, OWN_TASKS), (10, NEW_TASKS), (0, NEW_TASKS))
)
STATEMENTS = [
    Statement(
        "the curve of the network taught on ten mixtures stays above that of the one taught on ever new ones",
        lambda table: ordered(table, "nll", NEW, FEW),
        exchange("pool", 0, 10),
    ),
    Statement(
        "on its own ten tasks it lies below both",
        lambda table: ordered(table, "nll", OWN, NEW) and ordered(table, "nll", OWN, FEW),
        reverse("nll"),
    ),
    Statement(
        "On new points of those ten it is better than the other on new tasks",
        lambda table: ordered(table, "nll", OWN, NEW),
        reverse("nll"),
    ),
    Statement(
        "and gains less from the context",
        lambda table: 2 * gain(table, 10, NEW_TASKS) < gain(table, 0, NEW_TASKS),
        exchange("pool", 0, 10),
    ),
]

"""What is said of the slips."""

from collections.abc import Mapping

import pandas as pd

from amem.book import Statement, exchange, select
from amem.book import numbers as column
from amem.book.tables import number
from amem.chapters.new_memories.errata.claims import counted, off_hyperbolic

SQUARES = "kernel, as published"


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    odds = {n: number(table, "found", quantity="log10 of added odds", at=n) for n in (2.0, 50.0)}
    meant, last = "occupancy, as meant", config["customers"]
    nats = -column(select(table, name="sphere"), "found")
    return {
        "customers": str(last),
        "odds_first": f"{odds[2.0]:.0f}",
        "odds_last": f"{odds[50.0]:.0f}",
        "counted": f"{number(table, 'found', quantity=meant, at=last):.0f}",
        "square": f"{number(table, 'found', quantity=SQUARES, at=100.0):.2f}",
        "curve": f"{number(table, 'right', quantity=SQUARES, at=100.0):.2f}",
        "sum": f"{number(table, 'found', quantity='sum of all chances', at=8.0):.1f}",
        "nats": f"{nats.max():.0f}",
    }


def squares_below(table: pd.DataFrame) -> bool:
    rows = select(table, quantity=SQUARES)
    return bool((rows["found"] < 0.99 * rows["right"]).all())


CIRCLES = exchange("quantity", SQUARES, "kernel, here")
STATEMENTS = [
    Statement(
        "ends at about half of it",
        lambda table: 0.4 < counted(table) < 0.6,
        exchange("quantity", "occupancy, as meant", "occupancy, aliased"),
    ),
    Statement("with circles on it", lambda table: off_hyperbolic(table) < 0.01, CIRCLES),
    Statement("squares lie below it everywhere", squares_below, CIRCLES),
    Statement(
        "the old ones look better by up to",
        lambda table: bool((column(select(table, name="sphere"), "found") < 0).all()),
        exchange("name", "sphere", "normaliser"),
    ),
]

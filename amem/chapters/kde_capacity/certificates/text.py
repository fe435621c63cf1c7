"""The words on the certified points."""

from collections.abc import Mapping
from typing import cast

import numpy as np
import pandas as pd

from amem.book import Statement, exchange, select
from amem.book import numbers as column
from amem.chapters.kde_capacity.terms import exchange_columns


def beyond(table: pd.DataFrame, one: str, other: str) -> list[list[float]]:
    """By how much one fraction is above another, in each number of dimensions."""
    return [(column(rows, one) - column(rows, other)).tolist() for _, rows in table.groupby("n")]


def no_more(table: pd.DataFrame) -> bool:
    """Theorem A certifies nowhere more than B, and in each setting somewhere fewer."""
    most = [max(more) for more in beyond(table, "by_b", "by_a")]
    return min(most) > 0.1 and min(min(more) for more in beyond(table, "by_b", "by_a")) >= 0


def unseen(table: pd.DataFrame) -> bool:
    """In each setting some number of points of which more are stored than theorem B certifies."""
    return min(max(more) for more in beyond(table, "stored", "by_b")) > 0.01


def at_most(table: pd.DataFrame, name: str) -> list[float]:
    """A column with the most points, from the fewest dimensions on."""
    rows = select(table, p=table["p"].max()).sort_values("n")
    return column(rows, name).tolist()


def fall(table: pd.DataFrame) -> bool:
    """To zero in the fewest dimensions, and the less the more there are."""
    ends = [at_most(table, name) for name in ("by_a", "by_b")]
    return all(end[0] == 0 and bool((np.diff(end) > 0).all()) for end in ends)


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    """The numbers of points, and the least that is stored."""
    p, trials = cast("list[int]", config["p"]), cast("int", config["trials"])
    return {
        "most": f"{max(p)}",
        "fewest_n": f"{table['n'].min()}",
        "one_draw": f"{min(number for number in p if number >= trials)}",
        "least_stored": f"{table['stored'].min():.2f}",
        "on_surface": f"{config['on_surface']}",
        "started": f"{config['started']}",
    }


STATEMENTS = [
    Statement(
        "Every point that theorem B certifies is stored",
        lambda table: bool(np.nanmin(column(table, "certified_stored")) == 1),
        lambda table: table.assign(certified_stored=0.999),
    ),
    Statement("theorem A certifies no more", no_more, exchange_columns("by_a", "by_b")),
    Statement("it certifies fewer points", no_more, exchange_columns("by_a", "by_b")),
    Statement("falls below that of theorem B", no_more, exchange_columns("by_a", "by_b")),
    Statement("neither sees all that are stored", unseen, exchange_columns("stored", "by_b")),
    Statement(
        "nearly all are stored and none is certified",
        lambda t: at_most(t, "stored")[0] > 0.97 and at_most(t, "by_a")[0] == at_most(t, "by_b")[0] == 0,
        exchange_columns("stored", "by_b"),
    ),
    Statement("both fall to zero in the first panel", fall, exchange("n", 8, 24)),
    Statement(
        "the ends lie in one place",
        lambda t: bool(np.nanmax(column(t, "spread")) < 1e-6),
        exchange_columns("spread", "by_b"),
    ),
    Statement(
        "the first step already brings them closer together",
        lambda table: bool(np.nanmax(column(table, "contraction")) < 1),
        exchange_columns("contraction", "certified_stored"),
    ),
]

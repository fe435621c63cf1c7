"""What is said of the order of the points."""

from collections.abc import Callable, Mapping
from typing import cast

import numpy as np
import pandas as pd

from amem.book import Statement, exchange
from amem.book import numbers as column
from amem.book.tables import along, number
from amem.book.text import percent


def share(data: str, passes: int, memories: float, table: pd.DataFrame) -> float:
    return number(table, "share", data=data, passes=passes, memories=memories, kind="count")


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    memories, shares = along(table, "memories", "share", data="iris", passes=1, kind="count")
    return {
        "permutations": str(config["permutations"]),
        "clusters": str(cast("Mapping[str, int]", config["planted"])["clusters"]),
        "seven": percent(share("planted", 1, 7.0, table)),
        "iris_most": f"{memories[shares > 0].max():.0f}",
    }


def falling(data: str, places: tuple[float, ...], table: pd.DataFrame) -> bool:
    """Each of these numbers of memories is rarer than the one before, after one pass and after five."""
    each = [[share(data, passes, place, table) for place in places] for passes in (1, 5)]
    return bool((np.diff(each) < 0).all())


def ratio(name: str, table: pd.DataFrame) -> list[float]:
    """What five passes make of a mean or a spread, as a part of what one pass gives, for each data set."""
    after = [column(table, name, kind="mean", passes=passes) for passes in (1, 5)]
    return (after[1] / after[0]).tolist()


def within(name: str, low: float, high: float) -> Callable[[pd.DataFrame], bool]:
    return lambda table: all(low <= part <= high for part in ratio(name, table))


PASSES = exchange("passes", 1, 5)
STATEMENTS = [
    Statement(
        "seven is the most frequent",
        lambda table: falling("planted", (7.0, 8.0, 9.0, 10.0), table),
        exchange("memories", 7.0, 8.0),
    ),
    Statement(
        "after five passes seven is more frequent",
        lambda table: share("planted", 5, 7.0, table) > share("planted", 1, 7.0, table),
        PASSES,
    ),
    Statement(
        "For iris three is the most frequent, then four, then two",
        lambda table: falling("iris", (3.0, 4.0, 2.0), table),
        exchange("memories", 3.0, 2.0),
    ),
    Statement("Further passes bring the orders together only a little", within("memories_std", 0.7, 0.99), PASSES),
    Statement("help little", within("ari_mean", 1.0, 1.1), PASSES),
    Statement("a memory that has been made is seldom given up", within("memories_mean", 0.9, 1.0), PASSES),
]

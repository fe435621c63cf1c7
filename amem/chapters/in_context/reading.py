"""Numbers read off a table by what its rows say, and not by where they stand, and how they are printed."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from amem.book import numbers, select
from amem.book.text import Change

COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def along(table: pd.DataFrame, axis: str | list[str], name: str, **equal: object) -> NDArray[np.float64]:
    """A column along others, in the rows in which further columns have these values."""
    return numbers(select(table, **equal).sort_values(axis), name)


def within(table: pd.DataFrame, name: str, values: Sequence[object] | NDArray[np.float64]) -> pd.DataFrame:
    """The rows in which a column has one of these values."""
    return cast("pd.DataFrame", table[table[name].isin(list(values))])


def one(table: pd.DataFrame, name: str, **equal: object) -> float:
    """The number in the one row in which other columns have these values.

    Raises ValueError unless there is just one.
    """
    (value,) = numbers(table, name, **equal)
    return float(value)


def pivot(
    table: pd.DataFrame, index: str | list[str], columns: str | list[str], name: str, how: Literal["mean", "min", "sum"]
) -> NDArray[np.float64]:
    """A column over two axes, in their order."""
    return table.pivot_table(index=index, columns=columns, values=name, aggfunc=how).to_numpy(float)


def ordered(table: pd.DataFrame, name: str, *groups: Mapping[str, object], axis: str = "n") -> bool:
    """Whether the means of a column in each group lie above those in the one before, wherever both have rows.

    Raises ValueError if they nowhere have.
    """
    means = [select(table, **group).pivot_table(index=axis, values=name) for group in groups]
    steps = [(upper - lower).dropna().to_numpy(float) for lower, upper in itertools.pairwise(means)]
    if not all(len(step) for step in steps):
        raise ValueError(f"groups: wanted rows at the same {axis}, got {groups}")
    return all(bool((step > 0).all()) for step in steps)


def mirror(column: str) -> Change:
    """A mistake: the values that a column has stand in the opposite order."""

    def mirrored(table: pd.DataFrame) -> pd.DataFrame:
        known, place = np.unique(numbers(table, column), return_inverse=True)
        return table.assign(**{column: known[::-1][place]})

    return mirrored


def exchanged(one: str, other: str) -> Change:
    """A mistake: two columns have each other's name."""
    return lambda table: table.rename(columns={one: other, other: one})


def part(config: Mapping[str, object], name: str) -> Mapping[str, Any]:
    """The numbers of a config within a config."""
    return cast("Mapping[str, Any]", config[name])


def said(value: float, digits: int = 2) -> str:
    """With so many digits after the point and a minus as long as a plus."""
    return f"{value:.{digits}f}".replace("-", "−")


def in_words(count: int) -> str:
    """Up to twelve; in figures above."""
    return COUNTS[count] if count < len(COUNTS) else str(count)

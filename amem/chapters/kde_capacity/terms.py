"""How the chapter's claims and texts read a table, and how a text writes what was read."""

from collections.abc import Iterable
from math import floor, log10, nan

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from amem.book import Statement, numbers
from amem.book.text import Change


def value(table: pd.DataFrame, name: str, **equal: object) -> float:
    """The number in the one row in which other columns have these values; NaN if there is no such row."""
    found = numbers(table, name, **equal)
    return float(found.item()) if len(found) else nan


def crossing(place: NDArray[np.float64], fraction: NDArray[np.float64], at: float = 0.5) -> float:
    """Where a fraction that falls from place to place crosses a height, by interpolation."""
    return float(np.interp(-at, -np.minimum.accumulate(fraction), place))


def exchange_columns(one: str, other: str) -> Change:
    """A mistake: two columns have each other's name."""
    return lambda table: table.rename(columns={one: other, other: one})


def span(found: Iterable[float], digits: int = 1) -> str:
    """From the least to the largest number."""
    found = list(found) or [nan]
    return f"{min(found):.{digits}f} to {max(found):.{digits}f}"


def power(number: float) -> str:
    """A large number as a few digits times a power of ten."""
    exponent = floor(log10(number))
    return f"{number / 10**exponent:.1f} × 10^{exponent}"


AT_REST = Statement(
    "the queries that had not come to rest (none)",
    lambda table: not np.nansum(numbers(table, "unfinished")),
    lambda table: table.assign(unfinished=1),
)

"""What claims and texts of several questions read off a table, how it is written, and mistakes in a table."""

import math
from collections.abc import Callable, Iterable

import numpy as np
import pandas as pd

from amem.book import numbers

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def largest(name: str, **equal: object) -> Callable[[pd.DataFrame], float]:
    """The largest size in a column, over the rows in which other columns have these values."""
    return lambda table: float(np.abs(numbers(table, name, **equal)).max())


def listed(things: Iterable[object]) -> str:
    """1, 2 and 3."""
    *others, last = map(str, things)
    return f"{', '.join(others)} and {last}" if others else last


def power(number: float) -> str:
    """A positive number of two digits with its power of ten: 3.4·10⁻⁷."""
    digits, exponent = f"{number:.1e}".split("e")
    ten = f"10{str(int(exponent)).translate(SUPERSCRIPTS)}"
    return ten if digits == "1.0" else f"{digits}·{ten}"


def decades(ratio: float) -> int:
    """How many whole orders of magnitude."""
    return math.floor(math.log10(ratio))


def negate(column: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """A mistake: a column with the other sign."""
    return lambda table: table.assign(**{column: -table[column]})


def copy(source: str, column: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """A mistake: one column's values stand in another."""
    return lambda table: table.assign(**{column: table[source]})

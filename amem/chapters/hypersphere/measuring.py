"""What claims and texts of several questions read off a table, how it is written, and mistakes in a table."""

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from amem.book import numbers, select

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def largest(name: str, **equal: object) -> Callable[[pd.DataFrame], float]:
    """The largest size in a column, over the rows in which other columns have these values."""
    return lambda table: float(np.abs(numbers(table, name, **equal)).max())


def matrix(table: pd.DataFrame, name: str, down: str, right: str, **equal: object) -> NDArray[np.float64]:
    """A column as a matrix, in the order of two others, over the rows in which others have these values."""
    return select(table, **equal).pivot(index=down, columns=right, values=name).to_numpy(float)


def power(number: float) -> str:
    """A positive number of two digits with its power of ten.

    >>> power(3.38e-7), power(1e5)
    ('3.4·10⁻⁷', '10⁵')
    """
    digits, exponent = f"{number:.1e}".split("e")
    ten = f"10{str(int(exponent)).translate(SUPERSCRIPTS)}"
    return ten if digits == "1.0" else f"{digits}·{ten}"


def floored(number: float) -> str:
    """With one decimal, and no more than it is.

    >>> floored(3.26)
    '3.2'
    """
    return f"{math.floor(10 * number) / 10:.1f}"


def decades(ratio: float) -> int:
    """How many whole orders of magnitude."""
    return math.floor(math.log10(ratio))


def negate(column: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """A mistake: a column with the other sign."""
    return lambda table: table.assign(**{column: -table[column]})


def copy(source: str, column: str) -> Callable[[pd.DataFrame], pd.DataFrame]:
    """A mistake: one column's values stand in another."""
    return lambda table: table.assign(**{column: table[source]})

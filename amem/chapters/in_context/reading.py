"""Numbers read off a table by what its rows say, and not by where they stand."""

from collections.abc import Sequence
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from amem.book import numbers, select


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

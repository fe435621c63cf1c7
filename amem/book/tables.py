"""Rows, columns and numbers read off a table by what its rows say, and not by where they stand."""

from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]


def select(table: pd.DataFrame, **equal: object) -> pd.DataFrame:
    """The rows in which the columns have these values."""
    chosen = np.logical_and.reduce([np.ones(len(table), dtype=bool), *(table[name] == equal[name] for name in equal)])
    return cast("pd.DataFrame", table[chosen])


def numbers(table: pd.DataFrame, name: str, **equal: object) -> Array:
    """A column as numbers, in the rows in which other columns have these values."""
    return np.asarray(select(table, **equal)[name], dtype=float)


def number(table: pd.DataFrame, name: str, **row: object) -> float:
    """The number in the one row in which other columns have these values. Raises ValueError unless there is one."""
    found = numbers(table, name, **row)
    if len(found) != 1:
        raise ValueError(f"table: wanted one row with {row}, got {len(found)}")
    return float(found[0])


def along(table: pd.DataFrame, x: str, y: str, **rows: object) -> tuple[Array, Array]:
    """Two columns in the order of the first, in the rows in which other columns have these values."""
    chosen = select(table, **rows).sort_values(x)
    return numbers(chosen, x), numbers(chosen, y)


def largest(table: pd.DataFrame, name: str, **rows: object) -> float:
    """The largest size of a column's numbers, in the rows in which other columns have these values."""
    return float(np.abs(numbers(table, name, **rows)).max())


def median(table: pd.DataFrame, name: str, **rows: object) -> float:
    """Of a column, in the rows in which other columns have these values."""
    return float(np.median(numbers(table, name, **rows)))


def only(values: object) -> float:
    """The number that all of them are. Raises ValueError if they are not one number."""
    found = np.unique(np.asarray(values, dtype=float))
    if len(found) != 1:
        raise ValueError(f"values: wanted a single number, got {len(found)}")
    return float(found.item())

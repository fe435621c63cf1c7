"""Numbers read off a table by the row that they stand in."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from amem.book import numbers, select

Array = NDArray[np.float64]


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


def percent(part: float) -> str:
    """A part of one in words."""
    return f"{100 * part:.0f} %"


def largest(table: pd.DataFrame, name: str, **rows: object) -> float:
    """The largest size of a column's numbers."""
    return float(np.abs(numbers(table, name, **rows)).max())

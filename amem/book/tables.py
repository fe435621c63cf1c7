"""Rows and columns picked from a table by what they say."""

from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def select(table: pd.DataFrame, **equal: object) -> pd.DataFrame:
    """The rows in which the columns have these values."""
    chosen = np.logical_and.reduce([np.ones(len(table), dtype=bool), *(table[name] == equal[name] for name in equal)])
    return cast("pd.DataFrame", table[chosen])


def numbers(table: pd.DataFrame, name: str, **equal: object) -> NDArray[np.float64]:
    """A column as numbers, in the rows in which other columns have these values."""
    return np.asarray(select(table, **equal)[name], dtype=float)

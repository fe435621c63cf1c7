"""Numbers read off a table."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from amem.book import numbers

Measure = Callable[[pd.DataFrame], float]


def largest(values: object) -> float:
    """The largest of all that are there."""
    return float(np.nanmax(np.asarray(values, dtype=float)))


def least(values: object) -> float:
    """The smallest of all that are there."""
    return float(np.nanmin(np.asarray(values, dtype=float)))


def only(values: object) -> float:
    """The number that all of them are. Raises ValueError if they are not one number."""
    found = np.unique(np.asarray(values, dtype=float))
    if len(found) != 1:
        raise ValueError(f"values: wanted a single number, got {len(found)}")
    return float(found.item())


def median(table: pd.DataFrame, name: str, **wanted: object) -> float:
    """Of a column in the rows in which other columns have these values."""
    return float(np.median(numbers(table, name, **wanted)))

"""Numbers read off a table."""

from collections.abc import Callable

import numpy as np
import pandas as pd

Measure = Callable[[pd.DataFrame], float]


def largest(values: object) -> float:
    """The largest of all that are there."""
    return float(np.nanmax(np.asarray(values, dtype=float)))


def least(values: object) -> float:
    """The smallest of all that are there."""
    return float(np.nanmin(np.asarray(values, dtype=float)))

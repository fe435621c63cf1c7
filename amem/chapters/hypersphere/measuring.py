"""What claims of several questions read off a table."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from amem.book import numbers


def largest(name: str, **equal: object) -> Callable[[pd.DataFrame], float]:
    """The largest size in a column, over the rows in which other columns have these values."""
    return lambda table: float(np.abs(numbers(table, name, **equal)).max())

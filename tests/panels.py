"""Figures read back: the data in a panel beside the rows that it should show."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes


def of(table: pd.DataFrame, **wanted: object) -> pd.DataFrame:
    """The rows in which the columns have these values."""
    return table[np.logical_and.reduce([table[name] == value for name, value in wanted.items()])]


def lines(axes: Axes) -> list[tuple[list[float], list[float]]]:
    """x and y of every line in a panel."""
    return [(np.asarray(line.get_xdata()).tolist(), np.asarray(line.get_ydata()).tolist()) for line in axes.lines]


def has(axes: Axes, rows: pd.DataFrame, x: str, y: str) -> bool:
    """Whether one of the panel's lines is made of exactly these rows."""
    return len(rows) > 0 and (rows[x].tolist(), rows[y].tolist()) in lines(axes)

"""How every figure of the chapter draws a memory, and markers with their intervals."""

import pandas as pd
from matplotlib.axes import Axes

from amem.book.look import BLACK, BLUE, GREEN, ORANGE, PINK

COLOURS = {"quadratic": BLUE, "cubic": ORANGE, "quartic": GREEN, "exponential": PINK, "log-sum-exp": BLACK}
MARKERS = {"quadratic": "o", "cubic": "s", "quartic": "^", "exponential": "D", "log-sum-exp": "v"}


def bars(axes: Axes, rows: pd.DataFrame, x: str, y: str, memory: str, label: str = "") -> None:
    """Markers with the interval from low to high, in the memory's colour and shape."""
    marks(axes, rows, x, y, COLOURS[memory], MARKERS[memory], label)


def marks(axes: Axes, rows: pd.DataFrame, x: str, y: str, colour: str, marker: str, label: str = "") -> None:
    """Markers with the interval from low to high."""
    bars = [rows[y] - rows["low"], rows["high"] - rows[y]]
    axes.errorbar(rows[x], rows[y], bars, color=colour, fmt=marker, markersize=4, capsize=2, label=label)

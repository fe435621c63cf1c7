"""What several figures of the chapter draw alike."""

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from amem.book.look import MARKERS


def shade(n: int) -> tuple[float, float, float, float]:
    """The colour of a dimension, the same in every figure: dark in few, light from two dozen on."""
    return matplotlib.colormaps["viridis"](0.8 * min((n - 4) / 20, 1))


def marker(n: int) -> str:
    """The marker of a dimension, another for the next even one."""
    return MARKERS[n // 2 % len(MARKERS)]


def bars(
    axes: Axes,
    rows: pd.DataFrame,
    x: str,
    y: str,
    low: str = "low",
    high: str = "high",
    *,
    colour: str | tuple[float, ...],
    marker: str,
    linestyle: str = "none",
    alpha: float = 1.0,
    label: str | None = None,
) -> None:
    """Markers with the interval of each."""
    value = rows[y].to_numpy()
    axes.errorbar(
        rows[x].to_numpy(),
        value,
        np.maximum([value - rows[low].to_numpy(), rows[high].to_numpy() - value], 0),
        color=colour,
        marker=marker,
        linestyle=linestyle,
        linewidth=1,
        alpha=alpha,
        label=label,
    )

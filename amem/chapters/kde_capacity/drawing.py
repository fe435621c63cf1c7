"""What several figures of the chapter draw alike."""

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes


def shade(place: int, number: int) -> tuple[float, float, float, float]:
    return matplotlib.colormaps["viridis"](0.8 * place / max(number - 1, 1))


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

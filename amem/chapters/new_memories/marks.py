"""Lines and markers as all figures of the chapter draw them, in the order of what is drawn and not of the rows."""

from typing import NamedTuple, cast

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.container import ErrorbarContainer
from matplotlib.figure import Figure

from amem.book import select
from amem.chapters.new_memories.terms import FORMULAS, KERNELS


class Look(NamedTuple):
    """Colour, marker and line of a thing, and what the legend calls it."""

    colour: str
    marker: str
    line: str
    label: str


def bars(
    axes: Axes, rows: pd.DataFrame, x: str, y: str,
    *, colour: str, marker: str, line: str = "none", label: str | None = None, error: str = "",
) -> ErrorbarContainer:  # fmt: skip
    """Markers with bars of two standard errors, from the column `error`, else `<y>_error`."""
    rows = rows.sort_values(x)
    return axes.errorbar(
        rows[x], rows[y], 2 * rows[error or f"{y}_error"], color=colour, marker=marker, linestyle=line, label=label,
        capsize=2, elinewidth=1, markerfacecolor=colour if marker != "s" else "white",
    )  # fmt: skip


def scores(table: pd.DataFrame, looks: dict[str, Look], limits: tuple[float, float]) -> Figure:
    """Mutual information against α, a panel a kernel, from rows that average over all else."""
    drawing = Figure(figsize=(7, 4.4))
    panels = drawing.subplots(1, 4, sharey=True, sharex=True)
    names: dict[str, ErrorbarContainer] = {}
    for axes, kernel in zip(panels, KERNELS, strict=True):
        for name, (colour, marker, line, label) in looks.items():
            rows = select(table, kind="mean", kernel=kernel, algorithm=name)
            if len(rows):
                names[label] = bars(axes, rows, "alpha", "nmi", colour=colour, marker=marker, line=line)
        axes.set(title=FORMULAS[kernel], ylim=limits, xlabel="$\\alpha$ (dimensionless)")
    panels[0].set_ylabel("mutual information,\nnormalised (dimensionless)")
    handles = cast("list[Artist]", list(names.values()))
    drawing.legend(handles, list(names), loc="outside lower center", ncols=3, fontsize="small")
    return drawing

"""Lines and markers as all figures of the chapter draw them, in the order of what is drawn and not of the rows."""

from collections.abc import Iterable
from typing import Any, NamedTuple, cast

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.container import ErrorbarContainer
from matplotlib.figure import Figure

from amem.book import select
from amem.book.look import AMBER, BLACK, BLUE, COLOURS, GREEN, GREY, LINES, MARKERS, ORANGE, PINK, SKY
from amem.chapters.new_memories.terms import FORMULAS, KERNELS


class Look(NamedTuple):
    """Colour, marker and line of a thing, and what the legend calls it."""

    colour: str
    marker: str
    line: str
    label: str


LOOKS = {
    "network": Look(BLUE, "o", "-", "CLAM+CRP+ELBO"),
    "network, no normaliser": Look(ORANGE, "s", "--", "without normalisers"),
    "dynamical": Look(BLUE, "o", "-", "dynamical restaurant"),
    "dynamical, aliased": Look(BLUE, "x", ":", "dynamical, slip in its oscillator"),
    "dynamical, no normaliser": Look(SKY, "<", "-", "dynamical, no $\\log C_n(\\kappa)$"),
    "dynamical, as published": Look(SKY, "X", ":", "slip, and no $\\log C_n(\\kappa)$"),
    "recursive": Look(ORANGE, "s", "--", "the same with $k = 1$"),
    "recursive, no normaliser": Look(AMBER, ">", "--", "$k = 1$, no $\\log C_n(\\kappa)$"),
    "k-means": Look(GREEN, "^", "-", "k-means"),
    "k-means, online": Look(GREEN, "v", "--", "k-means, online"),
    "DP-means": Look(PINK, "D", "-", "DP-means"),
    "variational mixture": Look(GREY, "P", ":", "variational mixture"),
    "alone": Look(BLACK, ".", ":", "every point a cluster"),
}
"""Of every algorithm, by its name in the tables; the paler of a pair is without a normaliser, dotted is with a slip."""


def ranked(values: Iterable[float]) -> dict[float, tuple[str, str, Any]]:
    """Colour, marker and line of each of several values, by their size. Raises ValueError for too many."""
    ordered = np.unique(list(values)).tolist()
    several = zip(COLOURS, MARKERS, LINES, strict=False)
    return dict(zip(ordered, list(several)[: len(ordered)], strict=True))


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


def scores(table: pd.DataFrame, algorithms: tuple[str, ...], limits: tuple[float, float]) -> Figure:
    """Mutual information against α, a panel a kernel, from rows that average over all else."""
    drawing = Figure(figsize=(7, 4.4))
    panels = drawing.subplots(1, 4, sharey=True, sharex=True)
    names: dict[str, ErrorbarContainer] = {}
    for axes, kernel in zip(panels, KERNELS, strict=True):
        for name in algorithms:
            rows = select(table, kind="mean", kernel=kernel, algorithm=name)
            if len(rows):
                colour, marker, line, label = LOOKS[name]
                names[label] = bars(axes, rows, "alpha", "nmi", colour=colour, marker=marker, line=line)
        axes.set(title=FORMULAS[kernel], ylim=limits, xlabel="$\\alpha$ (dimensionless)")
    panels[0].set_ylabel("mutual information,\nnormalised (dimensionless)")
    handles = cast("list[Artist]", list(names.values()))
    drawing.legend(handles, list(names), loc="outside lower center", ncols=3, fontsize="small")
    return drawing

"""Few mixtures and ever new ones."""

import math

import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure, select
from amem.book.look import BLACK, GREEN, PINK, SKY
from amem.chapters.in_context.styles import OPEN, STYLES, Style
from amem.chapters.in_context.terms import NEW_TASKS, OWN_TASKS, RANKING

OTHERS = (PINK, GREEN, SKY, BLACK)


@figure(
    "fig-in-context-pools",
    caption=r"""From a few mixtures a network learns those mixtures, not to read any. NLL of held-out points against the
        size of the context, for networks taught by ranking on a pool of mixtures with [[samples]] points each or on
        mixtures that are always new, all with [[updates]] updates; on new tasks (filled) and on new points of the
        pool's own tasks (open). Lines join means over networks, bars: 95 % interval over them. Ten mixtures with 1000
        points each are the default of the paper's code (CODE); the comparison is ours.""",
    alt="""Curves of likelihood loss against the number of points shown. On new tasks the curve of the network taught on
        ten mixtures stays above that of the one taught on ever new ones; on its own ten tasks it lies below both.""",
)
def pools(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 3.6))
    axes, means = drawing.add_subplot(), select(table, what="mean").sort_values("n")
    for pool in sorted(map(int, means["pool"].unique()), key=lambda size: size or math.inf):
        style, taught = _style(pool, means), f"{pool} mixtures" if pool else "always new"
        for where, drawn in ((NEW_TASKS, style), (OWN_TASKS, style | OPEN)):
            rows = select(means, pool=pool, where=where)
            if rows.empty:
                continue
            axes.plot(rows["n"], rows["nll"], **drawn, label=f"{taught}, {where}")
            axes.vlines(rows["n"], rows["low"], rows["high"], color=style["color"], linewidth=1, alpha=0.5)
    axes.set(xlabel="points in the context, $n$ (number)", ylabel="NLL of held-out points (nats)")
    drawing.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=3, fontsize="small")
    return drawing


def _style(pool: int, means: pd.DataFrame) -> Style:
    """Always new is what ranking is in the other figures; a pool has a colour of its own."""
    if pool == 0:
        return STYLES[RANKING]
    number = sorted(size for size in means["pool"].unique() if size).index(pool)
    return {"color": OTHERS[number % len(OTHERS)], "marker": "^Dvp"[number % 4], "linestyle": "-"}

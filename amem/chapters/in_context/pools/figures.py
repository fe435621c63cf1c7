"""Few mixtures and ever new ones."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure, select
from amem.book.look import GREEN, ORANGE, PINK, SKY


@figure(
    "fig-in-context-pools",
    caption=r"""From a few mixtures a network learns those mixtures, not to read any. NLL of held-out
        points against the size of the context, for networks taught by ranking on a pool of mixtures with 1000 points
        each or on mixtures that are always new, all with equally many updates; on new tasks (filled) and on new points
        of the pool's own tasks (open). Lines join means over networks, bars: 95 % interval over them. Ten mixtures with
        1000 points each are the default of the paper's code (CODE); the comparison is ours.""",
    alt="""Curves of likelihood loss against the number of points shown. On new tasks the curve of the network taught on
        ten mixtures stays above that of the one taught on ever new ones; on its own ten tasks it lies
        below both.""",
)
def pools(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 3.6))
    axes, means = drawing.add_subplot(), select(table, what="mean")
    sizes = sorted(table["pool"].unique(), key=lambda size: size or np.inf)
    for pool, colour, marker in zip(sizes, (PINK, ORANGE, GREEN, SKY), "^soD", strict=False):
        for where, fill, line in (("new tasks", "full", "-"), ("tasks of the pool", "none", "--")):
            rows = select(means, pool=pool, where=where)
            if rows.empty:
                continue
            taught = f"{pool} mixtures" if pool else "always new"
            axes.plot(
                rows["n"], rows["nll"], color=colour, marker=marker, fillstyle=fill, linestyle=line,
                label=f"{taught}, {where}",
            )  # fmt: skip
            axes.vlines(rows["n"], rows["low"], rows["high"], color=colour, linewidth=1, alpha=0.5)
    axes.set(xlabel="points in the context, $n$ (number)", ylabel="NLL of held-out points (nats)")
    drawing.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=3, fontsize="small")
    return drawing

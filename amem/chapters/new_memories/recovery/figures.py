"""Memories made on planted clusters, drawn."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure, select
from amem.book.tables import number
from amem.chapters.new_memories.marks import LOOKS


@figure(
    "fig-new-memories-recovery",
    caption=r"""With the normalisers of its Gaussians the network counts the clusters; without, it makes memories by
        the hundred. Eight planted clusters of unit variance, means of standard deviation 10, 600 points shown once;
        ten draws (small dots) and their median (large marker). Left: memories made; the line is the truth. Right:
        agreement with the planted clusters. Settings as in a reconstruction of the energy of
        {cite:t}`schaeffer2023probabilistic_lens`, which leaves the normalisers out.""",
    alt="""Left: number of memories on a logarithmic axis against dimension from 2 to 50. Blue circles lie on the
        line at 8, those in two dimensions scatter from 8 to 10; orange squares rise from about forty to almost five
        hundred. Right: the adjusted Rand index; blue circles at one except in two dimensions, where they lie near
        0.9; orange squares fall from 0.6 to 0.2.""",
)
def recovery(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 3.3))
    left, right = drawing.subplots(1, 2)
    dimensions = np.unique(table["n"])
    for normalised, algorithm, name, shift in (
        (True, "network", "with normalisers", -0.09),
        (False, "network, no normaliser", "without", 0.09),
    ):
        colour, marker, _, _ = LOOKS[algorithm]
        for axes, column in ((left, "memories"), (right, "ari")):
            rows = select(table, normalised=normalised, kind="run").sort_values(["n", "seed"])
            at = np.searchsorted(dimensions, rows["n"]) + shift
            axes.plot(at, rows[column], ".", color=colour, markersize=5, alpha=0.5)
            middle = select(table, normalised=normalised, kind="median").sort_values("n")
            at = np.searchsorted(dimensions, middle["n"]) + shift
            axes.plot(at, middle[column], marker, color=colour, markersize=8, markeredgecolor="white", label=name)
    true = number(table.drop_duplicates("true"), "true")
    left.axhline(true, color="black", linewidth=0.9, linestyle="-", zorder=0)
    left.text(len(dimensions) - 0.6, 1.075 * true, f"{true:g} planted", ha="right", va="bottom")
    left.set(yscale="log", ylabel="number of memories", ylim=(5, 1000))
    right.set(ylabel="adjusted Rand index", ylim=(-0.04, 1.05))
    for axes in (left, right):
        axes.set_xticks(range(len(dimensions)), [f"{n}" for n in dimensions])
        axes.set_xlabel("dimension $n$")
    left.legend(loc="upper left")
    return drawing

"""Memories made on planted clusters, drawn."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure, select
from amem.book.tables import number
from amem.chapters.new_memories.marks import LOOKS


@figure(
    "fig-new-memories-recovery",
    caption=r"""From five dimensions on normalisers let the network count the clusters; without, memories come by the
        hundred. [[clusters]] planted clusters of unit variance, means of standard deviation
        10, [[points]] points shown once; [[seeds]] draws (small dots) and their median (large marker). Left: memories
        made; the line is the truth. Right: agreement with the planted clusters. Settings as in a reconstruction of the
        energy of {cite:t}`schaeffer2023probabilistic_lens`, which leaves the normalisers out.""",
    alt="""Left: number of memories on a logarithmic axis against dimension. Large blue circles lie on the line at
        [[clusters]] but for two dimensions, where draws scatter from [[plane_fewest]] to [[plane_most]]; orange squares
        rise from [[without_first]] to [[without_last]]. Right: the adjusted Rand index. Large blue circles lie at one
        but for two dimensions, where they lie at [[plane_agreement]]; orange squares lie below them everywhere, at
        [[without_agreement_first]] in two dimensions and at [[without_agreement_last]] in fifty.""",
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

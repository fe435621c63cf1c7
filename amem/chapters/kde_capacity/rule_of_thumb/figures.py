"""The fraction stored at Scott's bandwidth."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure
from amem.book.look import BLUE, GREEN, ORANGE
from amem.chapters.kde_capacity.drawing import bars


@figure(
    "fig-kde-capacity-rule-of-thumb",
    caption=r"""In many dimensions rule-of-thumb estimators memorise their data. Fraction of standardised points stored
        at Scott's bandwidth $h = p^{-1/(n+4)}$, their mode within $[[tolerance]]\sqrt n$, against the dimension: random
        points on the sphere of radius $\sqrt n$, normal points, and the first $n$ principal components of [[digits]]
        handwritten digits, each scaled to variance one; bars are 95 % intervals. In fifteen dimensions nearly every
        random point, and in thirty nearly every digit, is stored: the modes are the data. (Two points that are close to
        each other may share a mode within that distance; then both count.) Reconstructed.""",
    alt="""Curves of the fraction stored against the dimension from [[smallest_n]] to [[largest_n]] that rise from near
        zero to near one. They cross one half at [[halves]]. The curves of points on a sphere
        rise more steeply than those of normal points, and the curve of the digits rises last.""",
)
def rule_of_thumb(table: pd.DataFrame) -> Figure:
    drawing = Figure()
    axes = drawing.add_subplot()
    for cloud, colour, marker, line in (
        ("sphere", BLUE, "o", "-"),
        ("normal", ORANGE, "s", "--"),
        ("digits", GREEN, "D", "-."),
    ):
        rows = table.query("cloud == @cloud").sort_values("n")
        numbers = np.unique(rows["p"])
        for place, p in enumerate(numbers):
            bars(
                axes,
                rows.query("p == @p"),
                "n",
                "stored",
                colour=colour,
                marker=marker,
                linestyle=line,
                alpha=(place + 1) / len(numbers),
                label=f"{cloud}, $p = {p}$",
            )
    axes.legend(loc="lower right")
    axes.set(xlabel="dimension $n$", ylabel="fraction stored", ylim=(-0.02, 1.03))
    return drawing

"""The fraction stored at Scott's bandwidth."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure
from amem.book.look import BLUE, GREEN, ORANGE
from amem.chapters.kde_capacity.drawing import bars


@figure(
    "fig-kde-capacity-rule-of-thumb",
    caption=r"""Rule-of-thumb estimators memorise their data. Fraction of standardised points stored at Scott's
        bandwidth $h = p^{-1/(n+4)}$, their mode within $0.1\sqrt n$, against the dimension: random points on the
        sphere of radius $\sqrt n$, normal points, and the first $n$ principal components of 1797 handwritten digits,
        each scaled to variance one; bars are 95 % intervals. In fifteen dimensions nearly every random point, and in
        thirty nearly every digit, is stored: the modes are the data. (Two points that are close to each other may share
        a mode within that distance and count, which happens in three dimensions.) Reconstructed.""",
    alt="""S-shaped curves of the fraction stored against the dimension from 3 to 30. For points on a sphere it
        rises steeply from zero at 6 dimensions to nearly one at 11; for normal points it rises around the same place
        but more gently; for the digits later, from 10 to 30 dimensions. More points move the curves a little to the
        right.""",
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

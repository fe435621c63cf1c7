"""Two points."""

import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure
from amem.book.look import BLUE, GREY, ORANGE


@figure(
    "fig-kde-capacity-two-points",
    caption=r"""Two points are two memories only if they are more than two bandwidths apart. Where mean shift
        comes to rest when started on either of two points a distance $d$ apart, measured from their midpoint
        (circles), and the solution of $a = \frac d2 \tanh\frac{ad}{2h^2}$ (line). Dotted: the points themselves. A
        stored point is a mode *near* the point, never the point itself.""",
    alt="""A pitchfork. For distances below 2 h all circles lie at zero, the midpoint; above, they split into two
        branches that approach the dotted lines of the two points. The circles lie on the theoretical
        line.""",
)
def two_points(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 3.6))
    axes = drawing.add_subplot()
    table = table.sort_values("distance")
    for side in (-1, 1):
        axes.plot(table["distance"], side * table["distance"] / 2, ":", color=GREY)
        axes.plot(table["distance"], side * table["predicted"], "-", color=BLUE)
    for column in ("left", "right"):
        axes.plot(table["distance"], table[column], "o", color=ORANGE, markerfacecolor="white")
    axes.axvline(2, color=GREY, linewidth=0.8)
    axes.annotate("$d = 2h$", (2, -1.9), (5, 0), textcoords="offset points", color=GREY)
    axes.text(2.95, 1.62, "the points", color=GREY, ha="right")
    axes.text(3.1, 1.25, "the modes", color=BLUE)
    axes.set_xlabel("distance of the two points, $d/h$ (dimensionless)")
    axes.set_ylabel("offset of the mode from the\nmidpoint, $a/h$ (dimensionless)")
    return drawing

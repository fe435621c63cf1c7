"""The fractions certified."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure
from amem.book.look import BLUE, GREEN, PINK


@figure(
    "fig-kde-capacity-certificates",
    caption=r"""What the theorems can vouch for, point by point. Fraction of $p$ random points on the sphere of
        radius $M = Kh\sqrt n$ that are stored (circles), that meet the condition of theorem B (squares), and that of
        theorem A {cite}`ramsauer2021hopfield` (triangles). Every point that theorem B certifies is stored, and theorem
        A certifies no more. Of [[most]] points in [[fewest_n]] dimensions nearly all are stored and none is certified.
        From [[one_draw]] points on, one draw a mark. Reconstructed.""",
    alt="""Three panels, one for each radius ratio and dimension, with fractions against the number of points on a
        logarithmic axis. The fraction stored stays at [[least_stored]] or more. The fraction certified by theorem A
        falls below that of theorem B; both fall to zero in the first panel, with the fewest dimensions, and least in
        the last, with the most.""",
)
def certificates(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 3.2))
    cases = table.sort_values("p").groupby(["n", "radius_ratio"])
    panels = np.atleast_1d(drawing.subplots(1, len(cases), sharey=True))
    marks = [  # the larger behind, so that all are seen where they coincide
        ("stored", BLUE, "o-", 11, "stored"),
        ("by_b", GREEN, "s--", 7, "theorem B"),
        ("by_a", PINK, "^-.", 3.5, "theorem A"),
    ]
    for axes, (_, rows) in zip(panels, cases, strict=True):
        ratio, n = (np.unique(rows[name]).item() for name in ("radius_ratio", "n"))
        for column, colour, mark, size, name in marks:
            axes.plot(rows["p"], rows[column], mark, color=colour, markersize=size, markerfacecolor="white", label=name)
        axes.set(xscale="log", xlabel="number of points $p$", title=f"$K = {ratio:g}$, $n = {n:g}$", ylim=(-0.05, 1.05))
    panels[0].set_ylabel("fraction of the points")
    panels[-1].legend(loc="lower left")
    return drawing

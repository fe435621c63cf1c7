"""The fraction stored against the bandwidth."""

import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure
from amem.chapters.kde_capacity.drawing import bars, marker, shade


@figure(
    "fig-kde-capacity-bandwidth",
    caption=r"""A narrow kernel remembers nearly every point, a wide one none. Fraction of [[p]] random points on a
        sphere of radius $M$ that are stored, their mode within $[[tolerance]]\,M$, against the bandwidth, in
        [[dimensions]] dimensions; bars are 95 % intervals. Vertical lines: the bandwidth at which the mean field, which
        has no free parameter, puts the capacity at [[p]]. The more dimensions, the sharper the transition and the
        better the prediction. Reconstructed.""",
    alt="""One curve for each dimension, falling as the bandwidth grows from [[swept]] of the radius, the more
        dimensions the more steeply. They cross one half at [[halves]] dimensions. Each meets the vertical dashed line
        of its colour at a fraction of [[heights]] dimensions.""",
)
def bandwidth(table: pd.DataFrame) -> Figure:
    drawing = Figure()
    axes = drawing.add_subplot()
    measured = table.sort_values("bandwidth").query("source == 'simulation'")
    dimensions = sorted(set(measured["n"].tolist()))
    for n in dimensions:
        colour = shade(n)
        rows = measured.query("n == @n")
        bars(axes, rows, "bandwidth", "stored", colour=colour, marker=marker(n), linestyle="-")
        above = rows.query("stored >= 0.5")["bandwidth"].max()
        axes.annotate(f"$n = {n}$", (above, 0.5), (-4, 0), textcoords="offset points", color=colour, ha="right")
        predicted = table.query("source == 'mean field' and n == @n")["bandwidth"].item()
        axes.axvline(predicted, color=colour, linestyle="--")
        if n == dimensions[-1]:
            axes.annotate("mean field", (predicted, 0.92), (5, 0), textcoords="offset points", color=colour)
    axes.set(xlabel="bandwidth over radius, $h/M$ (dimensionless)", ylabel="fraction stored", ylim=(-0.02, 1.03))
    return drawing

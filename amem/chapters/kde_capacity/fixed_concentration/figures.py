"""The capacity at a fixed ratio of radius to bandwidth."""

from itertools import cycle

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure
from amem.book.look import COLOURS, MARKERS
from amem.chapters.kde_capacity.drawing import bars


@figure(
    "fig-kde-capacity-exponential-in-what",
    caption=r"""Exponential in what? At a fixed ratio of radius to bandwidth the capacity heads for a
        limit as the dimension grows. Half of $p_{50}$ points are stored; markers are measured at $\kappa = M^2/h^2$ of
        [[concentrations]]
        (bars: from the last number of which surely more than half are stored to the first of which surely less, at
        95 %), lines are the mean field, dotted lines its limit $n \to \infty$, of order
        $e^{\kappa-1}/\kappa$. Only if $\kappa$ itself grows with the dimension (black, mean field at $\kappa = n$) is
        the number of memories exponential in it. “Exponential in the dimension” {cite}`schaeffer2024bridging`
        therefore needs $M^2/h^2 \propto n$, as for standardised coordinates at a fixed bandwidth.""",
    alt="""Capacity against dimension, both axes logarithmic. Two series of markers, for kappa of [[concentrations]],
        rise and then flatten out. In four dimensions the curves of the mean field lie above them by factors of
        [[too_high]]; from thirty-two dimensions on they lie on the curves. The curves approach horizontal dotted lines
        at [[limits]]. A black dashed curve for kappa equal to n crosses them and keeps rising.""",
)
def exponential_in_what(table: pd.DataFrame) -> Figure:
    drawing = Figure()
    axes = drawing.add_subplot()
    table = table.sort_values("n")
    measured = np.unique(table.query("source == 'threshold'")["concentration"])
    for concentration, colour, marker in zip(measured, cycle(COLOURS), cycle(MARKERS), strict=False):
        series = table[table["concentration"] == concentration]
        for source, line in (("mean field", "-"), ("limit", ":")):
            rows = series[series["source"] == source]
            axes.plot(rows["n"], rows["p"], line, color=colour)
        end = series.query("source == 'limit'").nlargest(1, "n").iloc[0]
        text = rf"$\kappa = {concentration:g}$: limit {end['p']:.0f}"
        axes.annotate(text, (end["n"], end["p"]), (0, 5), textcoords="offset points", color=colour, ha="right")
        bars(axes, series.query("source == 'threshold'"), "n", "p", "p_low", "p_high", colour=colour, marker=marker)
    growing = table.query("source == 'mean field, κ = n' and p < 5e4")
    axes.plot(growing["n"], growing["p"], "--", color="black")
    end = growing.nlargest(1, "n").iloc[0]
    axes.annotate(r"$\kappa = n$: no end", (end["n"], end["p"]), (7, -9), textcoords="offset points")
    axes.set(xscale="log", yscale="log", xlabel="dimension $n$", ylabel="half of so many points are stored, $p_{50}$")
    ticks = [4 * 2**power for power in range(9)]
    axes.set_xticks(ticks, labels=[str(tick) for tick in ticks])
    axes.minorticks_off()
    return drawing

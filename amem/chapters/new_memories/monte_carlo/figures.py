"""How fast sampling tends to the recursion, drawn."""

import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure, select
from amem.chapters.new_memories.marks import bars, ranked
from amem.chapters.new_memories.terms import KERNELS


@figure(
    "fig-new-memories-monte-carlo",
    caption=r"""The recursion is what sampling tends to, and how fast is known too. Squared error, summed over all
        chances $p(c_n = c)$ of [[customers]] customers, of the frequencies in $S$ sampled restaurants, for four kernels
        and four values of $\alpha$ (markers, means of [[repeats]] repeats with bars of two standard errors). Lines:
        $\frac1S\sum_n(1-\sum_c p(c_n = c)^2)$. A wrong prior would bend the markers away from the line. After a figure
        of {cite:t}`schaeffer2022streaming`.""",
    alt="""Squared error against the number of samples on doubly logarithmic axes, four panels, one a kernel. In
        each, markers of four colours lie close to parallel lines that fall by a factor of ten for every tenfold number
        of samples.""",
)
def monte_carlo(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 2.9))
    panels = drawing.subplots(1, 4, sharex=True, sharey=True)
    for alpha, (colour, marker, _) in ranked(table["alpha"]).items():
        for axes, kernel in zip(panels, KERNELS, strict=True):
            rows = select(table, kernel=kernel, alpha=alpha).sort_values("samples")
            axes.plot(rows["samples"], rows["expected"], "-", color=colour)
            label = f"$\\alpha = {alpha:g}$"
            bars(axes, rows, "samples", "found", error="error", colour=colour, marker=marker, label=label)
            axes.set(xscale="log", yscale="log", title=kernel, xlabel="number of samples $S$")
    panels[0].set_ylabel("squared error (dimensionless)")
    drawing.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return drawing

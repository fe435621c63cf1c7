"""Scores on streams, and memories made along them, drawn."""

import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure, select
from amem.book.look import BLACK
from amem.chapters.new_memories.marks import LOOKS, scores
from amem.chapters.new_memories.terms import KERNELS

SHOWN = (
    "dynamical", "dynamical, aliased", "recursive", "k-means", "k-means, online", "DP-means", "alone",
    "variational mixture",
)  # fmt: skip


@figure(
    "fig-new-memories-stream",
    caption=r"""On streams of Gaussian clusters the dynamical restaurant leads. Normalised mutual information with the
        planted clusters against $\alpha$, in which the streams were drawn; one panel a kernel, rates [[rate]] and
        $\omega =$ [[frequency]], averaged over dimensions, variances and seeds (bars: two standard errors). The
        restaurants know $\alpha$, the variances and, in blue, the kernel; k-means, from one start, the number of
        clusters. DP-means has its threshold $20/\ln\alpha$, so low that it scores nearly what one scores who makes
        every point a cluster of its own (black dots). Dotted blue: the oscillator with the published slip. Task and
        baselines of {cite:t}`schaeffer2022streaming`.""",
    alt="""Four panels of normalised mutual information against alpha. In each the blue curve of the dynamical
        restaurant is highest, between [[level_least]] and [[level_most]]; the orange curve with a constant kernel lies
        below it, but in the first panel on it, where the two are the same. K-means lies below blue as well. DP-means
        rises with alpha, near the black dots of every point alone. The variational mixture falls with alpha, most
        steeply for the exponential kernel. In the oscillator's panel the dotted blue curve runs below k-means.""",
)
def stream(table: pd.DataFrame) -> Figure:
    return scores(table, SHOWN, (0.25, 1.0))


@figure(
    "fig-new-memories-growth",
    caption=r"""Memories come with the clusters, and at the end there are more. Memories made so far over the true
        number at the end of the stream, for the same streams: planted (black), made with the right kernel (blue), made
        with the constant one (orange dashed); for the smallest and the largest dimension. At the end [[growth_least]]
        to [[growth_most]] memories have been made with the right kernel for every planted cluster, with all kernels but
        the constant one more in few dimensions, where clusters overlap, than in many. After a figure of
        {cite:t}`schaeffer2022streaming`.""",
    alt="""Eight panels in two rows, one row a dimension and one column a kernel: fraction of clusters made against
        time, on doubly logarithmic axes. Blue curves rise with the black ones and end above them, in all columns but
        the first further above in the row for few dimensions; orange dashed curves lie on the blue ones in the first
        column and end lower in the others.""",
)
def growth(table: pd.DataFrame) -> Figure:
    rows = select(table, kind="growth")
    dimensions = (rows["n"].min(), rows["n"].max())
    drawing = Figure(figsize=(7, 4.0))
    panels = drawing.subplots(2, 4, sharex=True, sharey=True)
    labels = {"true": "planted", "dynamical": "made", "recursive": "made, $k = 1$"}
    for column, kernel in enumerate(KERNELS):
        for row, n in enumerate(dimensions):
            axes = panels[row, column]
            for name, label in labels.items():
                chosen = select(rows, kernel=kernel, n=n, algorithm=name).sort_values("time")
                colour, _, line, _ = LOOKS.get(name, (BLACK, "", "-", ""))
                axes.plot(chosen["time"], chosen["made"], line, color=colour, label=label)
            axes.set(xscale="log", yscale="log")
        panels[0, column].set_title(kernel)
        panels[1, column].set_xlabel("number of points")
    for row, n in enumerate(dimensions):
        panels[row, 0].set_ylabel(f"$n = {n:g}$\nfraction made")
    drawing.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    return drawing

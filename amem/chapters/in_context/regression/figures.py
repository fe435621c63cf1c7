"""Errors of straight lines."""

import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure, select
from amem.book.look import GREY
from amem.chapters.in_context.styles import STYLES
from amem.chapters.in_context.terms import EXACT, EXPECTED, LEAST_SQUARES, OBJECTIVES


@figure(
    "fig-in-context-regression",
    caption=r"""The same idea as regression: show pairs, and the energy over $y$ finds the line. Mean squared error of
        $y$ at a new $x$ against the number of pairs in the context, for lines $y = wx$ with noise; lines join means
        over networks, each with lines of its own (small marks: single ones). Only the $y$ of a negative is drawn or
        moved. Black: the exact Bayesian prediction, which is ridge regression with the right penalty, on the same
        questions, and (grey) its expected error by formula; triangles: least squares, whose error from one pair has no
        mean; dotted: the variance of the noise, below which nothing can go. Data as in the paper's code, in quick
        scaled down. CODE.""",
    alt="""On a logarithmic axis the error of both networks falls with the number of pairs; the exact prediction's lies
        below ranking's and that below contrastive divergence's. Least squares lies far above with one pair and joins
        the black curve.""",
)
def regression(table: pd.DataFrame) -> Figure:
    table = table.sort_values(["seed", "n"])
    drawing = Figure(figsize=(7.0, 3.6))
    axes = drawing.add_subplot()
    means, single = select(table, what="mean"), select(table, what="seed")
    expected = select(means, source=EXPECTED)
    axes.plot(expected["n"], expected["error"], "-", color=GREY, linewidth=3, alpha=0.4, label="expected by formula")
    for source in (*OBJECTIVES, EXACT, LEAST_SQUARES):
        rows, points = select(means, source=source), select(single, source=source)
        axes.plot(rows["n"], rows["error"], **STYLES[source], label=source)
        if source in OBJECTIVES:
            axes.plot(points["n"], points["error"], ".", color=STYLES[source]["color"], markersize=3, alpha=0.7)
    (noise,) = (float(value) ** 2 for value in table["noise"].unique())
    axes.axhline(noise, color="black", linestyle=":", linewidth=1)
    known = table["error"].to_numpy(float)[table["source"] != LEAST_SQUARES]
    axes.set(yscale="log", ylim=(0.6 * noise, 4 * known.max()))  # least squares from one pair lies beyond
    axes.set(xlabel="pairs in the context, $n$ (number)", ylabel="mean squared error of $y$ (length²)")
    axes.legend(loc="upper right", fontsize="small")
    return drawing

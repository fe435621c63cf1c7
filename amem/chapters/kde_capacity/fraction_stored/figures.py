"""The fraction stored against the number of points, and the capacity against the dimension."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from amem.book import figure
from amem.book.look import BLUE, GREEN, GREY, ORANGE, PINK
from amem.chapters.kde_capacity.drawing import bars, marker, shade


@figure(
    "fig-kde-capacity-fraction-stored",
    caption=r"""The more dimensions, the more points a kernel density estimator remembers. Fraction of $p$ random
        points on the sphere of radius $M = h\sqrt{n}$ that are stored, their mode within $[[tolerance]]\,M$, one curve
        for each dimension $n$; bars are 95 % intervals. Triangles on the axis: the number at which the mean field,
        which has no free parameter, loses a typical point. From six dimensions on, every two more move the drop to the
        right by about the same factor, [[steps]]; from four to six it is [[first_step]]. The claim is that of
        {cite:t}`schaeffer2024bridging`, the experiment is reconstructed.""",
    alt="""Falling curves of the fraction stored against the number of points on a logarithmic axis, one for every
        second dimension from [[smallest_n]] to [[largest_n]]. Each lies to the right of the one before, and from eight
        dimensions on each falls more steeply. A triangle on the axis marks the mean-field prediction of each curve,
        within a factor of two of where it crosses one half.""",
)
def fraction_stored(table: pd.DataFrame) -> Figure:
    drawing = Figure()
    axes = drawing.add_subplot()
    table = table.query("radius_ratio == 1").sort_values("p")
    measured = table.query("source == 'simulation'")
    dimensions = sorted(set(measured["n"].tolist()))
    for n in dimensions:
        colour, first = shade(n), n == dimensions[0]
        rows = measured.query("n == @n")
        bars(axes, rows, "p", "stored", colour=colour, marker=marker(n), linestyle="-")
        half = table.query("source == 'threshold' and n == @n")["p"].item()
        axes.annotate(
            f"$n = {n}$" if first else f"${n}$",
            (half, 0.5),
            (-7, -7) if first else (7, 3),
            textcoords="offset points",
            color=colour,
            ha="right" if first else "left",
        )
        predicted = table.query("source == 'mean field' and n == @n")["p"].item()
        axes.plot(predicted, -0.06, "^", color=colour, markersize=8, clip_on=False)
    axes.set(xscale="log", xlabel="number of points $p$ (▲ predicted capacity)", ylabel="fraction stored")
    axes.set_ylim(-0.06, 1.03)
    return drawing


@figure(
    "fig-kde-capacity-growth",
    caption=r"""The capacity is exponential in the dimension, if the radius grows like its square root. Number of
        points $p_{50}$ of which half are stored, at $M = Kh\sqrt{n}$. Left: measured (bars: from the
        last number of which surely more than half are stored to the first of which surely less, at 95 %) beside
        the mean field and beside theorem B, which is safe and far below. Right: $K = 1$ over a wider range (dots:
        measured), with the asymptotic slope $\alpha_c$ {cite}`lucibello2024exponential` drawn through the mean field's
        last value, and with theorem A {cite}`ramsauer2021hopfield`, which begins to promise two points at [[a_begins]]
        dimensions. The guarantees are numbers of which *all* are stored but for a probability of [[failure]] at
        most. Mean field and theorem B are derived in this book.""",
    alt="""Two panels with the number of points on a logarithmic axis against the dimension. Left: measured points
        rise along lines that are nearly straight from six dimensions on: for K = 1 within a factor of two of the
        mean-field curve, for K = 1.5 several times below it at first and then closing in; theorem B lies far below.
        Right: up to [[theory_n]] dimensions, the mean field and the straight asymptotic line rise together to
        [[mean_field_end]], theorem B less steeply to [[b_end]], and theorem A to [[a_end]].""",
)
def growth(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 3.9))
    left, right = drawing.subplots(1, 2)
    table = table.sort_values("n")
    measured = table.query("source == 'threshold'")
    largest, most = measured["n"].max(), measured["p"].max()
    for ratio, colour, shape in ((1.0, BLUE, "o"), (1.5, ORANGE, "s")):
        rows = measured.query("radius_ratio == @ratio")
        bars(left, rows, "n", "p", "p_low", "p_high", colour=colour, marker=shape)
        last = rows.nlargest(1, "n").iloc[0]
        left.annotate(f"$K = {ratio:g}$", (last["n"], last["p"]), (7, -6), textcoords="offset points", color=colour)
        near = table.query("radius_ratio == @ratio and n <= @largest and p <= 20 * @most")
        for source, line in (("mean field", "-"), ("theorem B", "--")):
            rows = near[near["source"] == source]
            left.plot(rows["n"], rows["p"], line, color=colour)
    keys = [
        Line2D([], [], color=GREY, marker="o", linestyle="none", label="measured"),
        Line2D([], [], color=GREY, linestyle="-", label="mean field"),
        Line2D([], [], color=GREY, linestyle="--", label="theorem B"),
    ]
    left.legend(handles=keys, loc="upper left")
    left.set(yscale="log", ylim=(1, 3000 * most), xlim=(3.5, largest + 3), title="what is measured")
    left.set(xlabel="dimension $n$", ylabel="half of so many points are stored, $p_{50}$")
    table = table.query("radius_ratio == 1")
    for source, line, colour, name, place, shift, side in (
        ("mean field", "-", BLUE, "mean field", 0.6, (-7, 0), "right"),
        ("asymptotic rate", ":", "black", r"slope $\alpha_c$", 0.5, (6, -8), "left"),
        ("theorem B", "--", GREEN, "theorem B", 0.7, (-4, 6), "right"),
        ("theorem A", "-.", PINK, "theorem A", 0.99, (0, 8), "right"),
    ):
        rows = table[table["source"] == source]
        right.plot(rows["n"], rows["p"], line, color=colour)
        if len(rows):
            at = rows.iloc[int(place * len(rows))]
            right.annotate(name, (at["n"], at["p"]), shift, textcoords="offset points", color=colour, ha=side)
    rows = table.query("source == 'threshold'")
    right.plot(rows["n"], rows["p"], "o", color=BLUE, markersize=3)
    right.set(yscale="log", ylim=(1, None), xlabel="dimension $n$", title="what is guaranteed, $K = 1$")
    return drawing

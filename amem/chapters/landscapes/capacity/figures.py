"""Capacities."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from amem.book import figure
from amem.book.look import BLACK, GREY
from amem.chapters.landscapes.drawing import COLOURS, MARKERS, bars, marks


@figure(
    "fig-landscapes-capacity",
    caption=r"""Capacity is where one step stops being safe. It is the load at which, in half of the draws,
        that step makes no mistake in any bit; self-coupling is removed. Left: that rate against the load,
        over [[draws]] draws, with 95 % intervals, for one given pattern; lines: exact law, a pattern's bits
        taken as independent. Middle: the thresholds, middles of logistic curves fitted to such rates on a
        grid of loads fixed beforehand, against $n$, with 95 % intervals; solid: exact law, fitted in the same
        way; dotted: $n^{k-1}/(2(2k-3)!!\ln n)$ {cite}`krotov2016dense`. Right: the exponential memory. For
        one given pattern, exact law (solid), $e^{0.675(n-1)}/(2\ln n)$ (dotted, {cite}`chaudhry2023long`) and
        bare $e^{0.675\,n}$ (dashed). For *all* patterns at once, the birthday law $\sqrt{2\ln2\cdot2^n/n}$
        (dash-dotted; solid: fitted as the counts are) and bare $2^{n/2}$ (dashed,
        {cite}`demircigil2017model`). Exact and birthday law are ours, the others the papers'.""",
    alt="""Left: four falling curves, each at a larger load than the one before: quadratic, cubic,
        quartic, exponential. The first three fall from [[powers_start]] to at most [[powers_end]]; the last
        falls least, from [[exponential_start]] to [[exponential_end]]. Middle: on two logarithmic axes three
        rising lines, steeper for higher order; markers at [[powers_over_exact]] times the solid lines' loads
        and at [[powers_over_formula]] times the dotted ones'. Right: on a logarithmic axis two rising rows of
        markers, for one given pattern [[steeper]] times as steep as for all patterns. The markers of the
        latter are at [[all_over_exact]] times their solid line's loads, those of the former at
        [[one_over_exact]] times, and all are at less than half of the dashed lines' loads.""",
)
def capacity(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 3.8))
    left, middle, right = drawing.subplots(1, 3)
    table = table.sort_values(["n", "load"])
    for memory in filter(set(table["memory"]).__contains__, COLOURS):
        rows = table[table["memory"] == memory].query("kept == 'one pattern'")
        largest = rows["n"].max()
        curve = rows[rows["n"] == largest].query("quantity == 'rate'")
        exact = curve.query("source == 'theory, exact'")
        left.plot(exact["load"], exact["rate"], "-", color=COLOURS[memory], linewidth=1)
        label = f"{memory} (left: $n = {largest}$)"
        bars(left, curve.query("source == 'simulation'"), "load", "rate", memory, label)
        _thresholds(right if memory == "exponential" else middle, rows, COLOURS[memory], MARKERS[memory], ":")
    every = table.query("kept == 'all patterns'")
    _thresholds(right, every, BLACK, "v", "-.", "exponential, all patterns")
    for style, label in (
        ("-", "exact law, or birthday law fitted"),
        (":", "the papers' law"),
        ("-.", "birthday law itself"),
        ("--", "the bare rate"),
    ):
        left.plot([], [], style, color=GREY, linewidth=1, label=label)
    left.axhline(0.5, color=BLACK, linewidth=0.6, linestyle="--")
    left.set(xscale="log", xlabel="patterns $p$", ylabel="no wrong bit (fraction of draws)", yticks=[0, 0.5, 1])
    middle.set(xscale="log", yscale="log", xlabel="neurons $n$", ylabel="threshold load (patterns)")
    middle.set_xticks([20, 50, 100, 200], ["20", "50", "100", "200"])
    middle.xaxis.set_minor_formatter("")
    right.set(yscale="log", xlabel="neurons $n$", ylabel="threshold load (patterns)")
    right.set_xticks(np.unique(every["n"]))
    handles = [handle for axes in (left, right) for handle in axes.get_legend_handles_labels()[0]]
    drawing.legend(handles=handles, loc="outside upper center", ncols=3, fontsize=8)
    return drawing


def _thresholds(axes: Axes, rows: pd.DataFrame, colour: str, marker: str, formula: str, label: str = "") -> None:
    fitted = rows.query("quantity == 'threshold'")
    for source, style in (("theory, exact", "-"), ("theory, asymptotic", formula), ("theory, rate alone", "--")):
        line = fitted[fitted["source"] == source]
        axes.plot(line["n"], line["load"], style, color=colour, linewidth=1)
    marks(axes, fitted.query("source == 'simulation'"), "n", "load", colour, marker, label)

"""Recall by the exponential memory."""

from itertools import cycle

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure
from amem.book.look import BLUE, ORANGE
from amem.chapters.landscapes.drawing import marks


@figure(
    "fig-landscapes-exponential-recall",
    caption=r"""One step of the exponential memory repairs a fraction of flipped bits, up to a threshold that
        depends on whom one asks. It holds $e^{\alpha n}+1$ patterns; bars are 95 % intervals. Left, $\alpha$
        = [[rate]]: how often a *given* pattern is restored, against the flipped fraction $\rho$; as
        $n\to\infty$ the curves become the dashed step. Middle: how often *all* patterns are; the step is the
        theorem's threshold {cite}`demircigil2017model`. Right: how often a given pattern is left with a wrong
        bit when a fraction [[flipped]] of its bits was flipped, for several $\alpha$: the error falls with
        $n$ below the one-pattern threshold $\alpha = I($[[overlap]]$)$ = [[one_threshold]] (solid) and rises
        above it (dashed). All [[loads]] loads lie above [[all_threshold]], below which the theorem promises
        that *all* patterns are restored. The all-patterns threshold is the paper's, the one-pattern threshold
        is reconstructed.""",
    alt="""Left and middle: recall falls from one to zero as more bits are flipped, more steeply for
        larger networks, beside dashed steps at [[one_step]] for one pattern and [[all_step]] for all. Right:
        error against the
        number of neurons; solid lines fall, for rates [[rates_below]], and dashed lines rise towards one, for
        [[rates_above]].""",
)
def exponential_recall(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 3.2))
    panels = drawing.subplots(1, 3)
    found, limits = (
        table.query("source == 'simulation'").sort_values(["n", "flipped"]),
        table.query("source != 'simulation'"),
    )
    steps, critical = (
        limits.query("restored == restored"),
        limits.query("restored != restored"),
    )  # NaN differs from itself
    share = np.unique(critical["flipped"]).item()
    swept, sizes = found[found["rate"] == np.unique(steps["rate"]).item()], np.unique(found["n"])
    shades = [f"{shade:.2f}" for shade in np.linspace(0.7, 0, len(sizes))]
    for axes, kept in zip(panels[:2], ("one pattern", "all patterns"), strict=True):
        step = steps.query(f"kept == '{kept}'").sort_values(["flipped", "restored"], ascending=[True, False])
        falls = np.unique(step.query("0 < flipped < 0.5")["flipped"]).item()
        axes.plot(step["flipped"], step["restored"], "--", color=ORANGE, linewidth=1.2)
        axes.text(falls + 0.01, 0.94, f"{falls:.3f}", color=ORANGE, fontsize=8)
        for n, shade, marker in zip(sizes, shades, cycle("os^Dv"), strict=False):
            rows = swept.query(f"n == {n} and kept == '{kept}'")
            axes.plot(rows["flipped"], rows["restored"], "-", color=shade, linewidth=0.8)
            marks(axes, rows, "flipped", "restored", shade, marker, f"{n:.0f}")
        axes.set(xlabel=r"flipped bits $\rho$ (fraction)", xlim=(-0.01, 0.41), title=kept)
    panels[0].set_ylabel("restored in one step (fraction)")
    panels[0].legend(fontsize=8, title="neurons $n$", title_fontsize=8, loc="lower left")
    threshold = critical.query("kept == 'one pattern'")["rate"].item()
    asked = found[np.isclose(found["flipped"], share)].query("kept == 'one pattern'")
    for rate in np.unique(asked["rate"]):
        rows = asked[asked["rate"] == rate]
        wrong = pd.DataFrame({"n": rows["n"], "any": 1 - rows["restored"]})
        wrong["low"], wrong["high"] = 1 - rows["high"], 1 - rows["low"]
        colour, marker, style = (BLUE, "o", "-") if rate < threshold else (ORANGE, "s", "--")
        panels[2].plot(wrong["n"], wrong["any"], linestyle=style, color=colour, linewidth=0.9)
        marks(panels[2], wrong, "n", "any", colour, marker)
        start = wrong.nsmallest(1, "n").iloc[0]
        panels[2].text(start["n"] - 1.5, start["any"], f"{rate:g}", color=colour, fontsize=7, va="center", ha="right")
    panels[2].text(8.5, 1.06, r"$\alpha$", fontsize=8)
    panels[2].set(xlabel="neurons $n$", ylabel="any wrong bit (fraction)", xlim=(8, 63))
    panels[2].set_title(rf"one pattern, $\rho = {share:g}$")
    return drawing

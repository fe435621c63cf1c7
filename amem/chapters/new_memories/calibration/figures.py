"""Ranks and pairs, drawn."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure, select
from amem.book.look import BLUE, SKY
from amem.book.tables import number


@figure(
    "fig-new-memories-calibration",
    caption=r"""A posterior that is right is right on average. [[points]] points from the model itself, [[draws]]
        times. Top: the rank of the true number of memories in its posterior, in ten bins; it must be uniform (line;
        grey, where 99.7 % of counts fall). Bottom: the predicted chance that the last two points share a memory
        against how often they do (bars: 95 %). The exact posterior, by counting all 4140 partitions, passes, and so
        shows that the test is sound. The stream's posterior is nearer to right about the number of memories if
        collapsed, and expects too many as a mean field; about pairs, whose chances it multiplies as if they were
        independent, it is wrong in both forms. CLAM+CRP+ELBO, which gives a single number, cannot pass.
        $\alpha = 3$, means of standard deviation 3. The test is that of {cite:t}`talts2018validating`.""",
    alt="""Four columns: exact, collapsed, mean field, CLAM+CRP+ELBO. Top row, histograms of ten bars: inside the
        grey band for the first, not quite for the second, tilted for the third, and heaped at both ends for the last.
        Bottom row, predicted against observed frequency: near the diagonal for the exact posterior, off it for the
        others, flattest for the last.""",
)
def calibration(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 4.1))
    panels = drawing.subplots(2, 4, sharey="row", sharex="row")
    shown = select(table, alpha=3, spread=3)
    names = {
        "exact": "exact",
        "collapsed": "stream, collapsed",
        "mean field": "stream, mean field",
        "network": "CLAM+CRP+ELBO",
    }
    for column, (name, title) in enumerate(names.items()):
        rows = select(shown, posterior=name)
        ranks, pairs = (select(rows, kind=kind).sort_values("bin") for kind in ("rank", "pair"))
        upper, lower = panels[:, column]
        width = 1 / len(ranks)
        upper.axhspan(number(ranks, "lowest", bin=0), number(ranks, "highest", bin=0), color="#cccccc", zorder=0)
        upper.axhline(width, color="black", linewidth=0.9, linestyle="-")
        upper.bar((ranks["bin"] + 0.5) * width, ranks["share"], 0.9 * width, color=SKY)
        upper.set_title(title)
        upper.set_xlabel("rank of the truth")
        lower.plot((0, 1), (0, 1), "-", color="black", linewidth=0.9)
        bars = np.stack([pairs["was"] - pairs["low"], pairs["high"] - pairs["was"]])
        lower.errorbar(pairs["said"], pairs["was"], bars, fmt="o", color=BLUE, capsize=2, linestyle="none")
        lower.set(xlabel="predicted chance", aspect="equal", xticks=(0, 0.5, 1), yticks=(0, 0.5, 1))
        upper.grid(axis="x", visible=False)
    panels[0, 0].set_ylabel("fraction of draws")
    panels[1, 0].set_ylabel("observed fraction")
    return drawing

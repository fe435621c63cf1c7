"""The picture of the question."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure, select
from amem.book.look import BLUE, colour, marker


@figure(
    "fig-hypersphere-recovery",
    caption="""The sampler follows the law, and EM finds what was planted. Left: mean resultant length of drawn points
        (marks) and $A_n(\\kappa) = I_{n/2}(\\kappa)/I_{n/2-1}(\\kappa)$ (joined by lines), for the dimensions
        [[dimensions]]. Right: concentrations that EM fits to points from mixtures of [[components]] components in [[n]]
        dimensions, relative to the planted ones, one mark for each component and seed, seeds side by side; the band is
        two standard errors (median over seeds) if every point's component were known. The maximisation step solves
        $A_n(\\kappa)=\\bar r$ exactly {cite}`banerjee2005clustering`. A test of our tools, not a claim of the
        paper.""",
    alt="""Left, rising curves of mean length against concentration, one for each of the dimensions [[dimensions]], with
        marks on them. Right, ratios of fitted to planted concentration, from [[low]] to [[high]], most of them inside a
        grey band around one.""",
)
def recovery(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 3.2))
    left, right = drawing.subplots(1, 2)
    drawn, fitted = (select(table, what=what) for what in ("sample", "fit"))
    for number, (n, rows) in enumerate(drawn.sort_values("kappa").groupby("n")):
        left.plot(rows["kappa"], rows["exact"], "-", color=colour(number))
        left.plot(
            rows["kappa"],
            rows["measured"],
            marker(number),
            color=colour(number),
            fillstyle="none",
            label=f"$n={n:.0f}$",
        )
    left.legend(loc="upper left", fontsize="small")
    left.set(xscale="log", xlabel="concentration $\\kappa$", ylabel="mean resultant length (dimensionless)")
    planted = sorted(fitted["planted"].unique())
    for place, kappa in enumerate(planted):
        rows = select(fitted, planted=kappa).sort_values("seed")
        error = 2 * rows["standard_error"].median() / kappa
        right.fill_between((place - 0.35, place + 0.35), 1 - error, 1 + error, color="#cccccc", linewidth=0)
        shift = np.linspace(-0.25, 0.25, len(rows))
        right.plot(place + shift, rows["fitted"] / kappa, "o", color=BLUE, markersize=4)
    right.axhline(1, color="black", linewidth=0.8, linestyle="-")
    right.set_xticks(range(len(planted)), [f"{kappa:g}" for kappa in planted])
    right.set(xlabel="planted concentration", ylabel="fitted / planted (dimensionless)")
    return drawing

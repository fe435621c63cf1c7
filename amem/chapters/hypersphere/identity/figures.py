"""The picture of the question."""

from typing import cast

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure, select
from amem.book.look import BLUE, ORANGE
from amem.chapters.hypersphere.terms import NORMS

SHOWN = 3
"""Heads of each norm whose pairs are drawn."""
LOOKS = dict(zip(NORMS, ((BLUE, "o"), (ORANGE, "s")), strict=True))


@figure(
    "fig-hypersphere-identity",
    caption="""Attention *is* responsibility. Left and middle: each dot is one query and one key of [[heads]] random
        heads ($n$ = [[width]], [[tokens]] tokens, random gain and biases). Its attention weight
        $\\mathrm{softmax}_j(q_i\\cdot k_j/\\sqrt{d})$, with $d$ = [[head_width]] the width of the head, against the
        responsibility $p(j\\mid s_i)$ of its von Mises–Fisher mixture lies on the diagonal, with a largest difference
        of [[gap]], over more than [[decades]] orders of magnitude. Grey: the same with mixing weights $\\pi_j$ made
        uniform, which is *not* what attention computes. Right, in the same colours: the norm's $\\epsilon$ =
        [[epsilon]] holds tokens of small spread $\\tau$ inside the sphere, as $(1+\\epsilon/\\tau^2)^{-1/2}$ says
        (line); pushed out to it, their attention would differ by as much as the lower curves show. Identity by
        {cite:t}`schaeffer2024bridging`; constants reconstructed.""",
    alt="""Two scatter plots on doubly logarithmic axes, one for LayerNorm and one for RMSNorm, in which all coloured
        dots lie on the diagonal while grey ones scatter around it by up to [[off]] orders of magnitude. A third plot
        shows the length of a normalised token, which rises with its spread from [[shortest]] to one, and the residue of
        the identity, which falls from [[residue_first]] to [[residue_last]].""",
)
def identity(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 2.9))
    pairs = select(table, what="pair").sort_values(["draw", "responsibility", "attention", "uniform"])
    epsilon = select(table, what="epsilon").sort_values("spread")
    pairs = cast("pd.DataFrame", pairs[pairs["draw"] < SHOWN])
    least = 10 ** np.floor(np.log10(pairs[["responsibility", "attention", "uniform"]].min().min()))
    for place, (norm, (colour, marker)) in enumerate(LOOKS.items()):
        axes = drawing.add_subplot(1, 3, place + 1)
        rows = select(pairs, norm=norm)
        axes.plot(
            rows["responsibility"], rows["uniform"], marker, color="#bbbbbb", markersize=2.5, label="uniform $\\pi$"
        )
        axes.plot((least, 1), (least, 1), "-", color="black", linewidth=0.8)
        axes.plot(rows["responsibility"], rows["attention"], marker, color=colour, markersize=3.5, label="attention")
        axes.set(
            xscale="log", yscale="log", xlim=(least, 2), ylim=(least, 2), title=norm, xlabel="responsibility $p(j|s)$"
        )
        axes.set(xticks=(1e-6, 1e-3, 1), yticks=(1e-6, 1e-3, 1))
        axes.legend(loc="upper left", handletextpad=0.1, borderpad=0.1, fontsize="small", markerscale=1.5)
        if place == 0:
            axes.set_ylabel("attention weight (dimensionless)")
    axes = drawing.add_subplot(1, 3, 3)
    for norm, (colour, marker) in LOOKS.items():
        rows = select(epsilon, norm=norm)
        axes.plot(
            rows["spread"], rows["length"], marker, color=colour, fillstyle="none" if norm == "RMSNorm" else "full"
        )
        axes.plot(rows["spread"], rows["residue"], marker, color=colour, linestyle=":", markersize=3.5)
        axes.plot(rows["spread"], rows["predicted"], "-", color="black", linewidth=0.8, zorder=0)
    axes.text(0.97, 0.9, "length", transform=axes.transAxes, ha="right", va="top")
    axes.text(0.03, 0.1, "change of\nattention", transform=axes.transAxes, ha="left")
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="spread $\\tau$ of a token",
        title="the norm's $\\epsilon$",
        ylim=(1e-7, 3),
    )
    return drawing

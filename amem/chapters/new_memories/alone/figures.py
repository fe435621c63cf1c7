"""Every point alone beside the poster, drawn."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from amem.book import figure, select
from amem.book.look import BLACK
from amem.chapters.new_memories.marks import LOOKS
from amem.chapters.new_memories.terms import KERNELS


@figure(
    "fig-new-memories-alone",
    caption=r"""The poster's DP-means may have made every point a cluster of its own. Crosses: normalised mutual
        information read off the poster of {cite:t}`schaeffer2022streaming` at the smallest and the largest $\alpha$.
        Black: what one scores who puts [[customers]] customers of the dynamical restaurant each at a table of their
        own, with the rates of the code (dotted, [[slow]]) and at rate one (solid; the constant kernel has no rate, the
        oscillator none that fades). Where the past fades, circles: our runs at rate one, as before in all else. There
        DP-means and k-means come out near where the poster has them. The variational mixture does so too, except with
        the hyperbolic kernel at the smallest $\alpha$, where it scores [[mixture_left]]. The dynamical restaurant
        does not. Markers are moved apart sideways. Reconstructed.""",
    alt="""Four panels of mutual information against alpha, at [[alpha_least]] and [[alpha_most]]. In the first and
        third, pink crosses of the poster's DP-means lie close to the black line of points alone, which rises from
        [[steady_first]] to [[steady_last]]. In the second and fourth, pink and green crosses lie near the solid line
        for rate one, above the dotted one for [[slow]]; grey crosses lie at zero, grey circles below 0.1 but for one at
        [[mixture_left]]. In these two, blue crosses of the poster's restaurant lie between [[poster_least]] and
        [[poster_most]], blue circles of ours at [[ours_least]] and above.""",
)
def alone(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 3.7))
    panels = drawing.subplots(1, 4, sharey=True)
    aside = {"DP-means": 0.0, "k-means": 1.8, "variational mixture": 0.0, "dynamical": -1.8}
    rates = np.unique(select(table, kind="alone")["rate"])
    for axes, kernel in zip(panels, KERNELS, strict=True):
        rows = select(table, kernel=kernel)
        fades = len(select(rows, kind="mean")) > 0
        for rate, line in zip(rates, (":", "-"), strict=True):
            if fades or rate == rates[0]:
                every = select(rows, kind="alone", rate=rate).sort_values("alpha")
                name = f"every point alone, rate {rate:g}"
                axes.plot(every["alpha"], every["nmi"], line if fades else "-", color=BLACK, label=name)
        for algorithm, shift in aside.items():
            read, ours = (
                select(rows, kind=kind, algorithm=algorithm).sort_values("alpha") for kind in ("poster", "mean")
            )
            colour, _, _, name = LOOKS[algorithm]
            axes.plot(read["alpha"] + shift, read["nmi"], "x", color=colour, markersize=6, markeredgewidth=1.8)
            axes.plot(ours["alpha"] + shift, ours["nmi"], "o", color=colour, markerfacecolor="none", label=name)
        axes.set(title=kernel, xlabel="$\\alpha$ (dimensionless)", xlim=(1, 29), ylim=(-0.05, 1.07))
    panels[0].set_ylabel("mutual information,\nnormalised (dimensionless)")
    handles, names = panels[KERNELS.index("exponential")].get_legend_handles_labels()
    shapes = [Line2D([], [], color="black", marker=marker, linestyle="none", fillstyle="none") for marker in "xo"]
    handles, names = [*handles, *shapes], [*names, "read off the poster", "here, rate 1"]
    drawing.legend(handles, names, loc="outside lower center", ncols=3, fontsize="small")
    return drawing

"""What the context is worth."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure, select
from amem.chapters.in_context.styles import OPEN, STYLES
from amem.chapters.in_context.terms import EM, EXACT, KDE, KDE_TEST, NOTHING, OBJECTIVES, TRUTH

SHORTER = {KDE_TEST: "kernel density (test)"}


@figure(
    "fig-in-context-sharpening",
    caption=r"""The more points are shown, the better the energy predicts the next, and the sharper it becomes. Left:
        negative log-likelihood of held-out points, energies normalised on a grid, with one inverse temperature fitted
        to other tasks. Middle: entropy of the normalised energies. Right: their local minima, where the density is at
        least a hundredth of its maximum. Lines join means over trained networks, each with held-out tasks of its own;
        bars: 95 % interval over them, cut off at the edge of the panel; small marks: the single networks. Grey: kernel
        density estimate, bandwidth chosen on other tasks (triangles) or, unfairly, on the test itself (open triangles,
        hidden by the others where both choose the same); mixture fitted by EM (diamonds). Black: the exact Bayesian
        prediction, which nothing beats on average; dotted: the entropy without context, $1+\ln 2\pi(S^2+s^2)$, and the
        values of the true mixtures. Reconstructed; the paper shows no such curves {cite}`schaeffer2024bridging`.""",
    alt="""Left, likelihood loss against context size from none to [[longest]]. Both networks start within [[start]]
        nats of the upper dotted line; ranking lies above the black curve of the exact prediction and below contrastive
        divergence. The kernel estimate begins above both networks and ends below both. Middle, entropies fall in the
        same order. Right, the number of wells: that of the exact prediction rises from one to [[wells_exact]]; ranking
        ends at [[wells_ranking]] and contrastive divergence at [[wells_divergence]], fewer than the true mixtures
        have.""",
)
def sharpening(table: pd.DataFrame) -> Figure:
    table = table.sort_values(["seed", "n"])
    drawing = Figure(figsize=(7.0, 4.0))
    panels = drawing.subplots(1, 3, width_ratios=(1.5, 1, 1))
    columns = dict(zip(("nll", "entropy", "wells"), panels, strict=True))
    means, single = select(table, what="mean"), select(table, what="seed")
    for source in (*OBJECTIVES, EXACT, KDE, KDE_TEST, EM):
        rows, style = select(means, source=source), STYLES[source]
        for column, axes in columns.items():
            if not np.isfinite(rows[column].to_numpy(float)).all():
                continue
            axes.plot(rows["n"], rows[column], **style, markersize=4.5, label=SHORTER.get(source, source))
            if source in OBJECTIVES:
                points = select(single, source=source)
                axes.plot(points["n"], points[column], ".", color=style["color"], markersize=3, alpha=0.7)
        panels[0].vlines(rows["n"], rows["low"], rows["high"], color=style["color"], linewidth=1, alpha=0.6)
    nothing, true = (select(means, source=source) for source in (NOTHING, TRUTH))
    for rows, text in ((nothing, "without context"), (true, "true mixtures")):
        for column, axes in columns.items():
            axes.plot(rows["n"], rows[column], ":", color="black", linewidth=1)
        place = (rows["n"].max(), rows["nll"].mean())
        panels[0].annotate(text, place, (0, 3), textcoords="offset points", ha="right", fontsize="small")
    limits = (true["nll"].mean() - 0.25, nothing["nll"].mean() + 0.6)
    panels[0].set(ylabel="NLL of held-out points (nats)", ylim=limits)
    panels[1].set(ylabel="entropy (nats)", ylim=limits)
    panels[2].set(ylabel="wells (number)", ylim=(0, None))
    for axes in panels:
        axes.set(xlabel="points shown, $n$", xticks=range(0, int(means["n"].to_numpy().max()) + 1, 5))
    handles, labels = panels[0].get_legend_handles_labels()
    drawing.legend(handles, labels, loc="outside upper center", ncols=3, fontsize="small")
    return drawing


@figure(
    "fig-in-context-swap",
    caption=r"""It is the context that does it: shown another task's points, the network predicts badly. NLL of held-out
        points with their own task's context (filled) and with that of another task (open), both at the same inverse
        temperature; dotted: the best that can be done without context. A network that had only learned the marginal
        would not care. Reconstructed.""",
    alt="""Against the number of points shown, from none to the longest context, the two filled curves fall below a
        dotted line, while two open curves, which start with them, rise by at least [[swapped]] nats.""",
)
def swap(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 3.3))
    axes = drawing.add_subplot()
    means = select(table, what="mean").sort_values("n")
    for source in OBJECTIVES:
        rows, style = select(means, source=source), STYLES[source]
        axes.plot(rows["n"], rows["nll"], **style, label=f"{source}, own context")
        axes.plot(rows["n"], rows["swapped"], **(style | OPEN), label=f"{source}, another task's")
    nothing = select(means, source=NOTHING)
    axes.plot(nothing["n"], nothing["nll"], ":", color="black")
    axes.legend(loc="upper left", fontsize="small")
    axes.set(xlabel="points in the context, $n$ (number)", ylabel="NLL of held-out points (nats)")
    axes.set_ylim(top=axes.get_ylim()[1] * 1.02)
    return drawing

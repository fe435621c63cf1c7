"""Networks on their way."""

from typing import cast

import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure, select
from amem.chapters.in_context.styles import OPEN, STYLES
from amem.chapters.in_context.terms import OBJECTIVES, QUOTED


@figure(
    "fig-in-context-training",
    caption=r"""What to watch while it learns: neither a quiet gap nor the rank correlation over the box is proof. Left:
        gap $E_+ - E_-$ between data and negatives, one line for each network. For contrastive divergence a somewhat
        negative, bounded gap is healthy; with a larger step, less noise and a weaker penalty (dashed) it is closer to
        zero, which is no better; for ranking, whose negatives stay where they were drawn, it grows as the energies
        become likelihoods. Middle: NLL with the longest context after some of the updates. Right: rank correlation of
        the energy with the true $-\log p$: near the data (filled, where the density is above a thousandth of its
        maximum) and over the whole box (open), most of which no negative visits. Lines join means over networks, small
        marks are single ones. Reconstructed.""",
    alt="""Left, three bundles of curves: ranking ends at [[ranking_gap]], contrastive divergence at [[gap]], and the
        runs with the large step stay within [[quoted_gap]] of zero. Middle, likelihood losses at some stages: ranking
        lowest, then contrastive divergence, and the large step highest. Right, rank correlations at some stages: near
        the data ranking lies above contrastive divergence, over the whole box it ends below.""",
)
def training(table: pd.DataFrame) -> Figure:
    table = table.sort_values(["seed", "update"])
    drawing = Figure(figsize=(7.0, 3.6))
    left, middle, right = drawing.subplots(1, 3)
    for objective in (*OBJECTIVES, QUOTED):
        rows, style = select(table, objective=objective), STYLES[objective]
        for number, (_, updates) in enumerate(select(rows, what="update").groupby("seed")):
            line = {"color": style["color"], "linestyle": style["linestyle"], "linewidth": 1.2}
            left.plot(updates["update"], updates["gap"], **line, label=None if number else objective)
        stages = select(rows, what="stage")
        for axes, name, drawn in (
            (middle, "nll", style),
            (right, "rank_near", style),
            (right, "rank_box", style | OPEN),
        ):
            if axes is right and objective == QUOTED:
                continue
            mean = cast("pd.DataFrame", stages.groupby("update", as_index=False)[name].mean())
            axes.plot(mean["update"], mean[name], **drawn)
            axes.plot(stages["update"], stages[name], ".", color=style["color"], markersize=3, alpha=0.7)
    left.axhline(0, color="black", linewidth=0.8, linestyle="-")
    left.set(xlabel="updates (number)", ylabel="gap $E_+ - E_-$ (energy)")
    middle.set(xlabel="updates (number)", ylabel="NLL (nats)", xscale="log")
    right.set(xlabel="updates (number)", ylabel="rank correlation with $-\\log p$", xscale="log")
    right.set_ylim(0.2, 1.15)
    right.text(
        0.03, 0.98, "filled: near the data\nopen: whole box", transform=right.transAxes, va="top", fontsize="small"
    )
    handles, labels = left.get_legend_handles_labels()
    drawing.legend(handles, labels, loc="outside upper center", ncols=3, fontsize="small")
    return drawing

"""Gaps and losses over steps and noises."""

from typing import cast

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from amem.book import figure, select
from amem.book.look import COLOURS, GREY, MARKERS
from amem.chapters.in_context.styles import Style
from amem.chapters.in_context.terms import FIXED, SCALED

TITLES = {FIXED: "the same weak penalty $\\lambda$", SCALED: "$\\lambda\\propto\\alpha$"}


@figure(
    "fig-in-context-stability",
    caption=r"""Noise wider than a component runs away under a weak penalty, and costs nothing under a fitting one.
        Contrastive divergence of the network over the sampler's step $\alpha$ and noise $\sigma$ (colours), after
        [[updates]] updates or where the monitor, which allows a gap of [[limit]], stopped it; lines join means over
        networks (open marks), small marks are single ones (crosses: stopped). Left: the penalty $\lambda$ is the same
        small number at every step, the noise wider than the chapter's own. Right: it is scaled with $\alpha$ and is the
        chapter's own at the chapter's step. Top: mean gap $E_+ - E_-$ over the last updates, times $\alpha$. Bottom:
        NLL of held-out points with the longest context. Reconstructed; the paper's own step is $\alpha=3.16$.""",
    alt="""Four panels against the step of the sampler. Top, gaps: on the left they plunge with the step and are marked
        by crosses; on the right the curve of each noise changes by a factor of [[gaps]] at most. Bottom, likelihood
        losses: losses are lower on the right, and lowest for the widest noise.""",
)
def stability(table: pd.DataFrame) -> Figure:
    table = table.assign(halted=table["stopped"] != "").sort_values(["step", "seed"])
    drawing = Figure(figsize=(7.0, 4.9))
    panels = drawing.subplots(2, 2, sharey="row", sharex=True)
    noises, ticks = sorted(table["noise"].unique()), sorted(table["step"].unique())
    for column, (penalty, title) in enumerate(TITLES.items()):
        for number, noise in enumerate(noises):
            colour, marker = COLOURS[number % len(COLOURS)], MARKERS[number % len(MARKERS)]
            rows = select(table, penalty=penalty, noise=noise)
            for axes, value in zip(panels[:, column], ("scaled_gap", "nll"), strict=True):
                middle = cast("pd.DataFrame", rows.groupby("step", as_index=False)[value].mean())
                style: Style = {"marker": marker, "fillstyle": "none", "markersize": 9, "linewidth": 1.2}
                axes.plot(middle["step"], middle[value], "-", color=colour, **style, label=f"$\\sigma = {noise:g}$")
                for halted, sign in ((False, "."), (True, "x")):
                    single = select(rows, halted=halted)
                    axes.plot(single["step"], single[value], sign, color=colour, markersize=6, zorder=3)
        panels[0, column].plot([], [], "x", color=GREY, markersize=6, label="stopped")
        panels[0, column].set(title=title, xscale="log")
        panels[0, column].set_yscale("symlog", linthresh=0.1)
        panels[1, column].set_xlabel("step of the sampler, $\\alpha$ (length²/energy)")
        panels[1, column].set_xticks(ticks, [f"{step:g}" for step in ticks])
        panels[1, column].xaxis.set_minor_locator(NullLocator())
    panels[0, 0].set_ylabel("gap, $\\alpha(E_+-E_-)$ (length²)")
    panels[1, 0].set_ylabel("NLL (nats)")
    handles, labels = panels[0, 1].get_legend_handles_labels()
    drawing.legend(handles, labels, loc="outside upper center", ncols=5, fontsize="small")
    return drawing

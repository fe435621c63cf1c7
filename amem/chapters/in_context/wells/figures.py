"""The curvature of one well."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure, select
from amem.book.look import COLOURS, GREY
from amem.chapters.in_context.styles import Style
from amem.chapters.in_context.terms import COMPONENT, MARGINAL

TITLES = {MARGINAL: "all mixtures together", COMPONENT: "one component"}
CROSSING = "x+1234"
"""Markers that can be seen within a circle."""


@figure(
    "fig-in-context-wells",
    caption=r"""The sampler, not the likelihood, sets the scale of the energy. One quadratic well $E = k\lVert
        x\rVert^2/2$ is taught the variance of Gaussian data by contrastive divergence, with the networks' sampler at
        other noises $\sigma$ and two steps $\alpha$ (marks; they coincide, for the rule knows the energy only as
        $\alpha E$). Lines: the curvature at which negatives reach the data's variance in the given number of steps,
        without free parameter. Dotted: the curvature of the true $-\log p$ at the smaller step. Shaded: noise beyond
        the data's own standard deviation, where no curvature exists; triangles stand where training ended, while
        $\alpha k$ was still growing. Theory and test are ours, the warning about temperature is
        {cite:t}`schaeffer2024bridging`'s topic.""",
    alt="""Two panels of learned curvature against sampler noise, both logarithmic. Marks of two step sizes lie on top
        of each other and on the predicted line, flat for small noise and rising as the noise approaches the standard
        deviation of the data; beyond it, in a shaded region, triangles lie above all of them.""",
)
def wells(table: pd.DataFrame) -> Figure:
    table = table.sort_values(["step", "noise"])
    drawing = Figure(figsize=(7.0, 3.7))
    panels = drawing.subplots(1, 2, sharey=True)
    for axes, (data, title) in zip(panels, TITLES.items(), strict=True):
        rows = select(table, data=data)
        scale, smaller = (float(rows[name].to_numpy().min()) for name in ("scale", "step"))
        line = select(rows, step=smaller)
        axes.plot(line["noise"], line["predicted"], "-", color="black", label="predicted")
        for number, (step, found) in enumerate(rows.groupby("step")):
            style: Style = {"linestyle": "", "color": COLOURS[number % len(COLOURS)], "fillstyle": "none"}
            style["markersize"] = 7 if number == 0 else 5
            rest, marker = found["predicted"].notna(), "o" if number == 0 else CROSSING[(number - 1) % len(CROSSING)]
            label = f"learned, $\\alpha = {step:g}$"
            axes.plot(found["noise"], found["learned"].where(rest), marker=marker, **style, label=label)
            axes.plot(found["noise"], found["learned"].where(~rest), marker="^", **style)
        axes.plot([], [], "^", color=GREY, fillstyle="none", label="still growing")
        label = f"of $-\\log p$, $\\alpha = {smaller:g}$"
        axes.axhline(smaller / scale**2, color=COLOURS[0], linestyle=":", linewidth=1.2, label=label)
        least, widest = (float(f(rows["noise"].to_numpy())) * by for f, by in ((np.min, 0.8), (np.max, 1.2)))
        axes.axvspan(scale, widest, color="#e8e8e8", zorder=0)
        axes.set(xscale="log", yscale="log", xlim=(least, widest), title=f"data: {title}")
        axes.set_xlabel("noise of the sampler, $\\sigma$ (length)")
    panels[0].set_ylabel("curvature learned, $\\alpha k$ (dimensionless)")
    handles, labels = panels[0].get_legend_handles_labels()
    drawing.legend(handles, labels, loc="outside upper center", ncols=5, fontsize="small", columnspacing=1)
    return drawing

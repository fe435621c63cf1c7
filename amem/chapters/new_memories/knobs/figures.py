"""Both knobs, drawn."""

import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure, select
from amem.book.tables import number
from amem.chapters.new_memories.marks import LOOKS, bars


@figure(
    "fig-new-memories-knobs",
    caption=r"""The appetite for new memories is set by two knobs, and the sharpness matters more until the other
        reaches one. Number of memories (top) and agreement with [[clusters]] planted clusters (bottom) against
        $\alpha$ at $\beta = 1$ (left) and against $\beta$ at $\alpha = 1$ (right; the points' true inverse variance is
        1). [[points]] points in five dimensions, means of standard deviation 3. DP-means has the threshold at which
        the network makes its second memory near the origin. The variational mixture sees all data many times, is given
        $\alpha$ and, as a prior only, $1/\beta$; it starts from [[components]] components. Bars are two standard errors
        over draws. Reconstructed.""",
    alt="""Four panels. Against alpha from a millionth to a million, the network's memories rise slowly from
        [[alpha_least]] to [[alpha_one]] at alpha one, then steeply to [[alpha_most]], and its agreement peaks near
        alpha one; DP-means makes more memories at every alpha. Against beta the network's memories rise within three
        decades, from [[beta_least]] to [[beta_most]], with the best agreement close to the true inverse variance. The
        variational mixture stays at the planted number, with an agreement of [[mixture]] or more.""",
)
def knobs(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 4.6))
    panels = drawing.subplots(2, 2, sharex="col", sharey="row")
    looks = {
        "network": LOOKS["network"],
        "DP-means": LOOKS["DP-means"]._replace(label="DP-means, online"),
        "mixture": LOOKS["variational mixture"],
    }
    true = number(table.drop_duplicates("true"), "true")
    for column, (knob, label) in enumerate((("alpha", "$\\alpha$ (dimensionless)"), ("beta", "$\\beta$ (1/length²)"))):
        for name, (colour, marker, line, text) in looks.items():
            rows = select(table, knob=knob, algorithm=name)
            for row, quantity in enumerate(("memories", "ari")):
                bars(panels[row, column], rows, "value", quantity, colour=colour, marker=marker, line=line, label=text)
        panels[0, column].axhline(true, color="black", linewidth=0.9, linestyle="-", zorder=0)
        panels[1, column].set(xscale="log", xlabel=label)
    panels[0, 0].set(yscale="log", ylabel="number of memories")
    panels[1, 0].set(ylabel="adjusted Rand index")
    panels[0, 0].text(1e-6, 1.1 * true, f"{true:g} planted", va="bottom")
    drawing.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    return drawing

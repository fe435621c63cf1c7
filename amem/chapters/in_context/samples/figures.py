"""Where chains end."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from amem.book import figure, select
from amem.book.look import BLUE, GREY, ORANGE, SKY

ENDS = ["start_x", "start_y", "end_x", "end_y"]


@figure(
    "fig-in-context-samples",
    caption=r"""With more context the training's own sampler carries more negatives into the clusters. Top: arrows from
        where the Langevin chains start (grey dots, uniform in a box) to where they end (orange), and the true means
        (crosses) for the first task of the landscape strip without context, with some and with the longest. Bottom: the
        fraction of chains that end within three standard deviations of a true mean, over all held-out tasks (small
        marks: single networks; bars: 95 % interval over them), and the fraction that begins there. A few steps move a
        negative only so far. Layout of the top as in the paper's code (CODE), the measure reconstructed.""",
    alt="""Top, three maps with arrows from grey starting points to orange end points and crosses at the true means:
        without context [[inwards]] of [[chains]] arrows end nearer the middle than they begin, with the longest
        [[nearer]] end nearer a cross. Bottom, the fraction of ends near a true mean grows from [[none]] to [[longest]]
        %, above a flat line of the starts at [[start]].""",
)
def samples(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 5.2))
    grid = drawing.add_gridspec(2, 3, height_ratios=(1.25, 1))
    chains, centres = (select(table, what=what).sort_values(ENDS) for what in ("chain", "centre"))
    sizes = sorted(chains["n"].unique())
    half = float(np.abs(chains[ENDS].to_numpy()).max()) * 1.05
    maps: list[Axes] = []
    for column, n in enumerate((sizes[0], sizes[len(sizes) // 2], sizes[-1])):
        axes, rows = drawing.add_subplot(grid[0, column]), select(chains, n=n)
        maps.append(axes)
        x, y = rows["start_x"].to_numpy(float), rows["start_y"].to_numpy(float)
        across, up = rows["end_x"].to_numpy(float) - x, rows["end_y"].to_numpy(float) - y
        axes.quiver(
            x, y, across, up, angles="xy", scale_units="xy", scale=1, color=SKY, width=0.006, headwidth=5, zorder=1
        )
        axes.plot(rows["start_x"], rows["start_y"], "o", color=GREY, markersize=2.5, label="start")
        axes.plot(rows["end_x"], rows["end_y"], "o", color=ORANGE, markersize=3.5, label="end")
        axes.plot(
            centres["end_x"],
            centres["end_y"],
            "+",
            color="black",
            markersize=10,
            markeredgewidth=1.8,
            label="true mean",
        )
        axes.set(xlim=(-half, half), ylim=(-half, half), aspect="equal", title=f"$n = {n}$")
        axes.set_xlabel("$x_1$ (length)")
        if column == 0:
            axes.set_ylabel("$x_2$ (length)")
    handles, labels = maps[0].get_legend_handles_labels()
    drawing.legend(handles, labels, loc="outside upper center", ncols=3, fontsize="small")
    axes = drawing.add_subplot(grid[1, :])
    means, single = (select(table, what=what).sort_values(["seed", "n"]) for what in ("mean", "seed"))
    bars = (means["high"] - means["within"]).fillna(0)
    axes.errorbar(means["n"], means["within"], bars, fmt="o-", color=BLUE, capsize=2, label="at the end")
    axes.plot(single["n"], single["within"], ".", color=BLUE, markersize=3, alpha=0.7)
    axes.plot(means["n"], means["within_start"], "^--", color=GREY, label="at the start")
    axes.set(xlabel="points in the context, $n$ (number)", ylabel="fraction near a true mean", ylim=(0, None))
    axes.legend(loc="center right")
    return drawing

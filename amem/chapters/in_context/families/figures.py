"""Other shapes."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure, select
from amem.chapters.in_context.maps import bar, colours, crosses, energy_map
from amem.chapters.in_context.styles import STYLES, Style
from amem.chapters.in_context.terms import EXACT, FAMILIES, KDE, KDE_TEST, RANKING

NAMES = {
    RANKING: "ranking network",
    KDE_TEST: "kernels, best bandwidth",
    KDE: "kernels, bandwidth of mixtures",
    EXACT: "exact, for three Gaussians",
}
UNJOINED: Style = {"linestyle": ""}
MARK: dict[str, Style] = {EXACT: {"marker": "P"}}


@figure(
    "fig-in-context-families",
    caption=r"""Shown shapes that it has never met, the network does what a good smoother does. Maps: energies of the
        network that ranking has taught on mixtures of [[components]] Gaussians, given as many points (crosses) as it
        can read from other families of the paper's code, each centred to mean zero; white dots: further points that it
        has not seen. Bottom, side by side for each family: NLL of further points for the network, kernel estimates
        whose bandwidth is the best for the family (open) or for mixtures (filled), and the exact prediction of one who
        is certain of three Gaussians of the right width; means over tasks, bars: 95 % interval over networks and their
        tasks. The families are CODE, the test is ours.""",
    alt="""Eight maps of broad blue basins with black crosses and white dots. Below, marks for each family: the network
        lies above the best kernel estimates on all of them, by [[least]] to [[most]] nats; the exact prediction lies
        below both on three Gaussians, and far above them on six circles, moons and the swiss roll.""",
)
def families(table: pd.DataFrame) -> Figure:
    table = table.sort_values(["x", "y"])
    drawing = Figure(figsize=(7.0, 6.6))
    rows, columns = 2, len(FAMILIES) // 2
    grid = drawing.add_gridspec(rows + 1, columns, height_ratios=(1, 1, 1.15))
    panels = np.array([[drawing.add_subplot(grid[row, column]) for column in range(columns)] for row in range(rows)])
    energies = select(table, what="energy")
    scale = colours(energies)
    for axes, family in zip(panels.flat, FAMILIES, strict=True):
        points = select(table, family=family)
        energy_map(axes, select(points, what="energy"), scale)
        unseen = select(points, what="unseen")
        axes.plot(unseen["x"], unseen["y"], ".", color="white", markersize=2, alpha=0.9, rasterized=True)
        crosses(axes, select(points, what="context"))
        axes.set_title(family)
    bar(drawing, panels, scale)
    axes, means = drawing.add_subplot(grid[rows, :]), select(table, what="mean")
    for number, (source, label) in enumerate(NAMES.items()):
        found = select(means, source=source).set_index("family").loc[list(FAMILIES)]
        places, style = np.arange(len(found)) + 0.16 * (number - 1.5), STYLES[source] | MARK.get(source, {})
        axes.plot(places, found["nll"], **(style | UNJOINED), label=label)
        axes.vlines(places, found["low"], found["high"], color=style["color"], linewidth=1)
    axes.set_xticks(range(len(FAMILIES)), [name.replace(" ", "\n") for name in FAMILIES], fontsize="small")
    axes.set(xlabel="family of the points shown", ylabel="NLL (nats)")
    axes.set_ylim(top=1.4 * means["nll"].to_numpy(float).max())
    axes.legend(loc="upper left", ncols=2, fontsize="small")
    return drawing

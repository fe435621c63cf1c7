"""Wells at three bandwidths."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure, select
from amem.book.look import ORANGE


@figure(
    "fig-kde-capacity-wells",
    caption=r"""One set of points, three bandwidths: a memory, a clustering, an average. Energy $E =
        -h^2\log\sum_\mu e^{-\lVert x-x_\mu\rVert^2/2h^2}$ of [[points]] points in the plane (white dots), dark where
        it is low, with paths of mean shift (white lines) to the modes at which they end (stars). As the kernels widen,
        the wells of single points merge into wells of clusters, and these into one at the mean. Each panel has its
        own scale of energy. Reconstructed.""",
    alt="""Three maps of the plane with the same [[points]] points in three clusters of four, and [[modes]] stars.
        Left, small bandwidth: every point has its own star, and paths from the rim jump to the nearest point. Middle:
        three dark wells, one in each cluster, and the paths from all points of a cluster run to its star. Right: a
        single bowl with one star at the centre, where all paths meet.""",
)
def wells(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 3.25))
    table = table.sort_values("step")
    widths = np.unique(table["bandwidth"])
    panels = np.atleast_1d(drawing.subplots(1, len(widths), sharey=True))
    for axes, width in zip(panels, widths, strict=True):
        rows = select(table, bandwidth=width)
        height = rows.query("kind == 'energy'").pivot(index="y", columns="x", values="energy")
        values = height.to_numpy()
        levels = np.linspace(values.min(), np.quantile(values, 0.9), 19)
        filled = axes.contourf(height.columns, height.index, values, levels, cmap="cividis", extend="max")
        filled.set_rasterized(True)
        lines = axes.contour(height.columns, height.index, values, levels, colors="black", linewidths=0.3, alpha=0.4)
        lines.set_rasterized(True)
        for _, path in rows.query("kind == 'path'").groupby("path"):
            axes.plot(path["x"], path["y"], "-", color="white", linewidth=0.6, alpha=0.75)
        modes, points = rows.query("kind == 'mode'"), rows.query("kind == 'point'")
        axes.plot(modes["x"], modes["y"], "*", color=ORANGE, markeredgecolor="black", markersize=11)
        axes.plot(points["x"], points["y"], "o", color="white", markeredgecolor="black", markersize=3.5)
        axes.set_title(f"$h = {width:g}$: {len(modes)} mode{'s' * (len(modes) > 1)}")
        axes.set(xlabel="$x_1$ (length)", aspect="equal", xticks=[-1, 0, 1], yticks=[-1, 0, 1])
        axes.grid(False)
        bar = drawing.colorbar(filled, ax=axes, location="bottom", label="energy (length²)", shrink=0.8, aspect=15)
        bar.set_ticks([levels[0], levels[-1]], labels=[f"{levels[0]:.2f}", f"{levels[-1]:.2f}"])
    panels[0].set_ylabel("$x_2$ (length)")
    return drawing

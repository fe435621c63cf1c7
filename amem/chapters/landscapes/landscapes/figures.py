"""Maps of energy."""

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from amem.book import figure
from amem.book.look import BLACK, GREY, ORANGE
from amem.chapters.landscapes.terms import ENERGIES

BLUES = ListedColormap(np.linspace((0.30, 0.53, 0.74), (0.97, 0.98, 1.0), 64).tolist())


@figure(
    "fig-landscapes-energies",
    caption=r"""The same six memories under five energies. Dark is low, on each panel's own scale, whose ends
        stand above it. White circles are the memories, black lines descend from a fixed fan of starts, stars
        are where descent ends, orange lines part the basins. The quadratic energy, without self-coupling,
        remembers one direction and its opposite; over real states it falls for ever, and the edge of the
        square stands in for infinity. Log-sum-exp {cite}`ramsauer2021hopfield` goes from one average of
        everything over averages of the close pairs to single memories as $\beta$ grows. At $\beta$ = [[high]]
        the one memory that is shorter than the others has the highest floor. The Epanechnikov energy
        {cite}`hoover2025epanechnikov` is infinite on the blank ground, where nothing is remembered. It keeps
        a memory *exactly* unless another lies within its reach $h$, and adds one that was never stored where
        two reaches overlap. The layout is ours.""",
    alt="""Five square maps of energy. Quadratic: a saddle, whose paths run to two opposite corners.
        Log-sum-exp at beta [[low]]: one bowl with a single star near the centre. At beta [[middle]]: three
        basins, two of them with a star between a pair of memories. At beta [[high]]: six basins with a star
        on every memory. Epanechnikov: round islands on blank ground; stars on four memories, one star between
        the members of the closest pair, and one extra star between the other pair.""",
)
def energies(table: pd.DataFrame) -> Figure:
    table = table.assign(place=table["energy"].map(ENERGIES.index), parameter=table["parameter"].fillna(0))
    panels = [panel for _, panel in table.sort_values("step").groupby(["place", "parameter"])]
    lines = math.ceil((len(panels) + 1) / 3)
    drawing = Figure(figsize=(7, 2.65 * lines))
    grid = drawing.subplots(lines, 3, sharex=True, sharey=True)
    for axes, panel in zip(grid.flat, panels, strict=False):
        _landscape(axes, panel)
    for axes in grid[-1]:
        axes.set_xlabel("$x_1$ (longest memory: 1)")
    for axes in grid[:, 0]:
        axes.set_ylabel("$x_2$ (longest memory: 1)")
    marks = [
        Line2D([], [], color="none", marker="o", markerfacecolor="white", markeredgecolor=BLACK, label="memory"),
        Line2D([], [], color=BLACK, linestyle="-", linewidth=0.7, label="path of descent"),
        Line2D([], [], color="none", marker="*", markerfacecolor=ORANGE, markeredgecolor=BLACK, markersize=11),
        Line2D([], [], color=ORANGE, linestyle="-", linewidth=1.2, label="border of basins"),
    ]
    marks[2].set_label("where paths end")
    for axes in grid.flat[len(panels) :]:
        axes.axis("off")
    grid.flat[-1].legend(handles=marks, loc="center", labelspacing=1.2)
    return drawing


def _landscape(axes: Axes, panel: pd.DataFrame) -> None:
    energy, parameter = panel["energy"].unique().item(), panel["parameter"].unique().item()
    titles = {
        "log-sum-exp": rf"log-sum-exp, $\beta = {parameter:g}$",
        "Epanechnikov": f"Epanechnikov, $h = {parameter:g}$",
    }
    ground = panel.query("kind == 'grid'")
    height, basin = (ground.pivot(index="y", columns="x", values=name) for name in ("value", "item"))
    values = np.ma.masked_invalid(height.to_numpy())
    low, high = float(values.min()), float(np.quantile(values.compressed(), 0.97))
    levels = np.linspace(low, high, 13)
    filled = axes.contourf(height.columns, height.index, values, levels, cmap=BLUES, extend="max")
    filled.set_rasterized(True)
    for item in np.unique(basin):
        inside = (basin == item).to_numpy(dtype=float)
        if item >= 0 and inside.min() == 0:
            axes.contour(height.columns, height.index, inside, [0.5], colors=ORANGE, linewidths=1.2)
    paths = panel.query("kind == 'path'")
    for item in np.unique(paths["item"]):
        path = paths[paths["item"] == item]
        axes.plot(path["x"], path["y"], "-", color=BLACK, linewidth=0.7)
    memories, ends = panel.query("kind == 'memory'"), panel.query("kind == 'attractor'")
    axes.plot(memories["x"], memories["y"], "o", markerfacecolor="white", markeredgecolor=BLACK)
    axes.plot(ends["x"], ends["y"], "*", color=ORANGE, markeredgecolor=BLACK, markersize=9, clip_on=False, zorder=3)
    if np.ma.is_masked(values):
        axes.text(0.72, 1.28, "nothing remembered", ha="center", va="center", fontsize=7, color=GREY)
    axes.set_title(f"{titles.get(energy, energy)}\n", fontsize=9)
    axes.text(0.5, 1.02, f"$E$ from ${low:.2f}$ to ${high:.2f}$", transform=axes.transAxes, ha="center", fontsize=7.5)
    axes.set(aspect="equal", xticks=[-1, 0, 1], yticks=[-1, 0, 1])
    axes.grid(False)

"""The unit square by where CLAM ends, painted."""

import pandas as pd
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

from amem.book import figure, numbers, select
from amem.book.look import BLUE, COLOURS, ORANGE

CELLS = [*COLOURS[:6], "#999999", "#F0E442"]
"""The colour of each memory's basin."""


@figure(
    "fig-clustering-basins",
    caption="""As $\\beta$ grows, the basins of CLAM become Voronoi cells. Maps: [[memories]] fixed memories (dots) in
        the unit square; every place has the colour of the memory at which CLAM comes to rest from there, black lines
        separate the places by nearest memory. At small $\\beta$ several memories share an attractor and their cells
        take one colour. Right: the fraction of the square on which the two answers differ, at rest (circles) and after
        ten steps of 0.1, as in training (squares); after ten steps less of the square differs. Each curve ends where no
        point of the grid differs. After {cite:t}`saha2023clam`; the memories are ours.""",
    alt="""Three squares with black cell borders, painted in [[few]], [[more]] and [[most]] colours. In the first a
        colour covers several cells and its border bulges across the black lines; in the third the colours fill the
        cells, all but [[last]] of the square. On the right two falling curves of the fraction that differs against
        beta, on logarithmic axes.""",
)
def basins(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 2.2))
    table = table.sort_values(["kind", "beta", "x", "y"])
    maps = select(table, kind="grid")
    betas = sorted(maps["beta"].unique())
    if numbers(maps, "ends").max() >= len(CELLS):
        raise ValueError(f"ends: wanted at most {len(CELLS)} memories, which have a colour each, got more")
    panels = drawing.subplots(1, len(betas) + 1, width_ratios=[*[1] * len(betas), 1.35])
    for axes, beta in zip(panels, betas, strict=False):
        rows, memories = select(maps, beta=beta), select(table, kind="memory", beta=beta)
        cells = rows.pivot_table(index="y", columns="x", values=["ends", "nearest"])
        axes.pcolormesh(
            cells["ends"].columns, cells["ends"].index, cells["ends"].to_numpy(), cmap=ListedColormap(CELLS),
            vmin=-0.5, vmax=len(CELLS) - 0.5, alpha=0.75, rasterized=True,
        )  # fmt: skip
        for memory in sorted(memories["nearest"]):
            own = (cells["nearest"] == memory).to_numpy(float)
            axes.contour(
                cells["nearest"].columns, cells["nearest"].index, own, levels=[0.5], colors="black", linewidths=0.7
            )
        axes.plot(memories["x"], memories["y"], "o", color="white", markeredgecolor="black", markersize=5)
        axes.set(xticks=(0, 1), yticks=(0, 1), xlim=(0, 1), ylim=(0, 1), title=f"$\\beta = {beta:g}$")
        axes.set_xlabel("length")
        axes.set_aspect("equal")
        axes.grid(visible=False)
    panels[0].set_ylabel("length (dimensionless)")
    axes = panels[-1]
    for kind, (colour, marker) in {"at rest": (BLUE, "o"), "ten steps": (ORANGE, "s")}.items():
        rows = select(table, kind=kind)
        axes.plot(rows["beta"], rows["differs"].where(rows["differs"] > 0), marker=marker, color=colour, label=kind)
    axes.set(xscale="log", yscale="log", xlabel="$\\beta$ (1/length²)", ylabel="fraction that differs", ylim=(1e-4, 60))
    axes.set_box_aspect(0.85)
    axes.legend(fontsize="small", loc="upper right")
    return drawing

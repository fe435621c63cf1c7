"""The picture of the question."""

from typing import cast

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure, select
from amem.book.look import colour, marker

SHOWN = 8.0
"""The concentration of the keys at rest whose tokens are followed."""


@figure(
    "fig-hypersphere-merging",
    caption="""Attention layers climb the density and merge tokens. On the ordinary sphere [[tokens]] tokens attend to
        one another through layers $s\\leftarrow\\mathrm{normalise}(\\sum_j a_j u_j)$, every key of concentration
        $\\kappa$. Top: the whole sphere in Mollweide's equal-area projection, $\\kappa$ = [[kappa]], keys at rest:
        paths (lines) run from the tokens (dots) to [[modes]] modes (crosses). Bottom left: each token's log-density in
        the mixture of the keys at rest never falls, as it must. Bottom right: how many tokens stay apart (by more than
        0.01), open marks around filled ones where both have as many. With keys that move along with the tokens, as in a
        real stack of layers, they merge sooner, and never end in more groups. Reconstructed; the paper gives no
        experiment {cite}`schaeffer2024bridging`.""",
    alt="""Top, a map of the sphere with dots joined by lines to [[modes]] crosses. Bottom left, [[tokens]] curves of
        log-density against layers that all rise and level off. Bottom right, the number of distinct tokens falls from
        [[tokens]] with the layers: at concentrations [[kappas]] to [[left]] with keys at rest, to [[left_moving]] with
        keys that move along, and always sooner when keys move along.""",
)
def merging(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 6.0))
    grid = drawing.add_gridspec(2, 2, height_ratios=(1.35, 1))
    rest = select(table, what="token", keys="at rest", kappa=SHOWN).sort_values(["token", "layer"])
    world = drawing.add_subplot(grid[0, :], projection="mollweide")
    kappas = sorted(table["kappa"].unique())
    shade = colour(kappas.index(SHOWN))
    last = int(rest["layer"].to_numpy().max())
    for _, path in rest.groupby("token"):
        longitude, latitude = _on_map(path)
        jumps = np.abs(np.diff(longitude, prepend=longitude[0])) > np.pi
        world.plot(np.where(jumps, np.nan, longitude), latitude, "-", color=shade, linewidth=0.8)
    world.plot(*_on_map(select(rest, layer=0)), "o", color="white", markeredgecolor="black", markersize=4)
    world.plot(*_on_map(select(rest, layer=last)), "X", color="black", markersize=8)
    world.set(xticklabels=[], yticklabels=[], title=f"{last} layers, keys at rest, $\\kappa={SHOWN:g}$")
    world.set(xlabel="longitude, −180° to 180°", ylabel="latitude, −90° to 90°")
    climb = drawing.add_subplot(grid[1, 0])
    for _, path in rest.groupby("token"):
        climb.plot(path["layer"] + 1, path["log_density"], "-", color=shade, linewidth=0.6, alpha=0.6)
    climb.set(xscale="log", xlabel="layer + 1", ylabel="log-density of a token (nats)")
    count = drawing.add_subplot(grid[1, 1])
    for number, kappa in enumerate(kappas):
        for keys, line, fill, size in (("at rest", "-", "full", 4), ("moving along", ":", "none", 8)):
            rows = select(table, kappa=kappa, keys=keys, what="layer").sort_values("layer")
            count.plot(rows["layer"] + 1, rows["distinct"], color=colour(number), linestyle=line)
            some = cast("pd.DataFrame", rows[np.isin(rows["layer"], (0, 1, 2, 4, 8, 16, 32, last))])
            label = f"$\\kappa={kappa:g}$" if keys == "at rest" else None
            count.plot(
                some["layer"] + 1,
                some["distinct"],
                marker(number),
                color=colour(number),
                fillstyle=fill,
                markersize=size,
                label=label,
            )
    count.legend(loc="upper center", ncols=3, fontsize="small", borderpad=0.1, handletextpad=0.1, columnspacing=1)
    count.text(0.02, 0.03, "filled: keys at rest\nopen: moving along", transform=count.transAxes, fontsize="small")
    count.set(xscale="log", yscale="log", ylim=(0.3, 120), xlabel="layer + 1", ylabel="distinct tokens")
    for axes in (climb, count):
        axes.set_xticks((1, 2, 5, 10, 20, 50), ("1", "2", "5", "10", "20", "50"))
        axes.minorticks_off()
    count.set_yticks((1, 2, 5, 10, 20, 40), ("1", "2", "5", "10", "20", "40"))
    return drawing


def _on_map(places: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Longitude and latitude of points on the sphere, in radians."""
    x, y, z = places[["x", "y", "z"]].to_numpy(float).T
    return np.arctan2(y, x), np.arcsin(np.clip(z, -1, 1))

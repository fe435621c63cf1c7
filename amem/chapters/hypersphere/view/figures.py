"""The picture of the question."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from amem.book import figure, select
from amem.book.look import colour, darker


@figure(
    "fig-hypersphere-view",
    caption="""A head that normalises before it attends divides a sphere among its keys. LayerNorm of four features puts
        every token on the ordinary sphere, seen here from two sides; nothing else is simplified. The colour of a place
        mixes the keys' colours by the attention that a token there would pay. Numbered squares: the keys' mean
        directions $m_j$, with their mixing weights $\\pi_j$; around each a ring at which its density has fallen to
        $e^{-1/2}$ of its peak, small for a large concentration $\\kappa_j$. Dots: the [[tokens]] tokens. Keys
        [[outshone]] stand in another key's colour: even in their own direction a more concentrated neighbour gets more
        attention, for it has the larger mixing weight too. Random weights, no biases; the picture is ours, the claim is
        {cite:t}`schaeffer2024bridging`'s.""",
    alt="""Two discs, the front and the back of a sphere, painted in [[tokens]] colours that blend into one another
        where regions meet. As many numbered squares, each within a ring of its own colour, bear their weights. Squares
        [[own]] stand in a region of their own colour, squares [[outshone]] in that of a neighbour with a smaller ring.
        White dots are the tokens.""",
)
def view(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 3.75))
    keys = sorted(int(name.removeprefix("share_")) for name in table if name.startswith("share_"))
    colours = np.array([colour(key) for key in keys])
    for place, side in enumerate(("front", "back")):
        axes = drawing.add_subplot(1, 2, place + 1)
        rows = select(table, side=side)
        pixels = select(rows, what="pixel")
        shares = np.stack([pixels.pivot(index="y", columns="x", values=f"share_{key}") for key in keys], -1)
        paint = np.nan_to_num(shares, nan=0.0) @ (0.35 + 0.65 * colours)
        image = np.concatenate([paint, ~np.isnan(shares[..., :1])], -1).clip(0, 1)
        shown = axes.imshow(image, extent=(-1, 1, -1, 1), origin="lower", interpolation="bilinear")
        rim = Circle((0, 0), 1, facecolor="none", edgecolor="black", linewidth=1)
        axes.add_patch(rim)
        shown.set_clip_path(rim)
        for key in keys:
            dark, ring = darker(colour(key)), select(rows, what="ring", label=key).sort_values("step")
            near = ring["z"] >= 0
            axes.plot(ring["x"].where(near), ring["y"].where(near), "-", color=dark, linewidth=1.4)
            (x,), (y,), (z,), (weight,) = select(rows, what="key", label=key)[["x", "y", "z", "weight"]].to_numpy().T
            if z >= 0:
                axes.plot(x, y, "s", color=dark, markeredgecolor="white", markersize=11)
                axes.text(x, y, str(key + 1), color="white", ha="center", va="center", weight="bold", fontsize=8)
                axes.text(x, y - 0.09, f"$\\pi={weight:.2g}$", color="black", ha="center", va="top", fontsize=7)
        tokens = select(rows, what="token").sort_values("label")
        near = tokens["z"] >= 0
        axes.plot(
            tokens["x"].where(near), tokens["y"].where(near), "o", color="white", markeredgecolor="black", markersize=6
        )
        axes.set(xlabel="first coordinate", title=f"{side} of the sphere", xlim=(-1.05, 1.05), ylim=(-1.05, 1.05))
        if place == 0:
            axes.set_ylabel("second coordinate (dimensionless)")
        axes.set_aspect("equal")
        axes.grid(visible=False)
        # from behind, the first coordinate runs to the left
        axes.set_xticks((-1, 0, 1), ("-1", "0", "1") if side == "front" else ("1", "0", "-1"))
        axes.set_yticks((-1, 0, 1))
    return drawing

"""The picture of the question."""

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure, numbers, select


@figure(
    "fig-hypersphere-gain",
    caption="""The gain is an ellipsoid. Left: normalised tokens lie on a sphere, and after the gain $\\gamma$ on an
        ellipsoid of semi-axes $\\sqrt{n}\\,\\gamma_d$; slices through the largest and the smallest of $n$ = [[width]]
        axes, for gains whose logarithm has the standard deviation given above. Right: the keys' concentrations. Query
        and key matrices are rotations here, without biases, so that with equal gains all keys would have one $\\kappa =
        \\sqrt{n}$ (a homogeneous mixture); unequal gains alone make the mixture inhomogeneous. Bars: the middle half,
        white the median; whiskers: all keys. Reconstructed from {cite:t}`schaeffer2024bridging`.""",
    alt="""Left, a circle and [[ellipses]] ellipses with the same centre, ever longer and flatter as the gains differ
        more. Right, concentrations of the keys for the [[spreads]] spreads: all equal at spread zero, then ever wider
        boxes and whiskers, the widest of them the highest.""",
)
def gain(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 3.0))
    left, right = drawing.subplots(1, 2, width_ratios=(1.7, 1))
    spreads = sorted(table["spread"].unique())
    for place, spread in enumerate(spreads):
        colour = matplotlib.colormaps["cividis"](0.85 * place / max(1, len(spreads) - 1))
        rows = select(table, spread=spread)
        ring = select(rows, what="slice").sort_values("angle")
        left.plot(ring["x"], ring["y"], "-", color=colour, linewidth=2, label=f"{spread:g}")
        kappa = np.sort(numbers(rows, "kappa", what="key"))
        box = right.boxplot([kappa], positions=[place], widths=0.5, whis=(0, 100), patch_artist=True)
        box["boxes"][0].set(facecolor=colour, edgecolor="black")
        box["medians"][0].set(color="white", linestyle="-")
        for line in (*box["whiskers"], *box["caps"]):
            line.set(color="black", linestyle="-")
    left.set(xlabel="along the largest gain, in units of $\\sqrt{n}$", ylabel="along the smallest")
    left.set(yticks=(-1, 0, 1), ylim=(-1.2, 1.2))
    left.set_aspect("equal")
    left.legend(
        title="spread of $\\log\\gamma$", ncols=4, loc="lower center", bbox_to_anchor=(0.5, 1.02), columnspacing=1
    )
    right.set(xlabel="spread of $\\log\\gamma$", ylabel="concentration $\\kappa_j$ of the keys", ylim=(0, None))
    right.set_xticks(range(len(spreads)), [f"{spread:g}" for spread in spreads])
    return drawing

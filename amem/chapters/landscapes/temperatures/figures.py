"""The three regimes of attention."""

import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure
from amem.book.look import BLACK, BLUE, GREEN, ORANGE


@figure(
    "fig-landscapes-temperatures",
    caption=r"""The modern Hopfield network has three regimes. They were described by
        {cite}`ramsauer2021hopfield`. Here [[clusters]] clusters of [[size]] patterns each lie on a sphere in
        [[n]] dimensions and are recalled from slightly noisy cues, [[noise]] a coordinate. Left: how many
        memories share a fixed point, $\exp$ of the entropy of its attention weights (median over cues; band:
        first to last decile): all [[stored]], then the [[size]] of a cluster, then one. Middle: mean distance
        from the fixed point to the mean of all patterns, to the mean of the cue's cluster and to the cued
        pattern itself; each regime has its own curve near zero. Right: [[free]] patterns without clusters and
        strong noise, [[free_noise]] a coordinate: distance to the pattern after one step and at the fixed
        point. At $\beta$ = [[lost]] one step is better than many, which end in the average. Curves are means
        over [[draws]] draws. The regimes are the paper's, the settings are reconstructed.""",
    alt="""Left: a staircase from [[stored]] memories up to beta [[all_end]] over [[size]] between
        [[cluster_start]] and [[cluster_end]] to a single one from [[single_start]] on. Middle: the distance to the
        overall mean is near zero at small beta, to the cluster mean in between, to the pattern at large beta.
        Right: at beta [[lost]] the fixed point is [[lost_distance]] radii away from the pattern; at larger
        beta both errors are below [[kept_highest]].""",
)
def temperatures(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 3.1))
    left, middle, right = drawing.subplots(1, 3)
    table = table.sort_values(["beta", "seed"])
    clustered, free = (
        table.query(f"patterns == '{kind}'").drop(columns="patterns").pivot_table(index="beta").reset_index()
        for kind in ("clustered", "free")
    )
    left.fill_between(clustered["beta"], clustered["effective_low"], clustered["effective_high"], color="0.8")
    left.plot(clustered["beta"], clustered["effective"], "-o", color=BLACK, markersize=3)
    left.set(yscale="log", ylabel="memories that share a fixed point", yticks=[1, 5, 50], yticklabels=["1", "5", "50"])
    left.minorticks_off()
    for name, label, colour, style in (
        ("to_all", "all patterns", BLUE, "-o"),
        ("to_cluster", "cluster", ORANGE, "--s"),
        ("to_pattern", "pattern", GREEN, "-.^"),
    ):
        middle.plot(clustered["beta"], clustered[name], style, color=colour, markersize=3, label=label)
    middle.set(ylabel="distance / radius (dimensionless)", ylim=(-0.03, 1.45))
    middle.legend(loc="upper right", fontsize=7.5, title="from fixed point to (mean of)", title_fontsize=7.5)
    right.plot(free["beta"], free["one_step"], "-o", color=BLACK, label="one step")
    right.plot(free["beta"], free["to_pattern"], "--s", color=ORANGE, label="fixed point")
    right.set(yscale="log", ylabel="distance to the pattern / radius")
    right.legend(loc="lower left", fontsize=8)
    for axes in (left, middle, right):
        axes.set(xscale="log", xlabel=r"$\beta$ (with $\|x\|^2 = 63$)")
    return drawing

"""The distance of memories against β, drawn."""

import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure, numbers, select
from amem.book.look import BLACK
from amem.book.tables import only
from amem.chapters.clustering.marks import SETS, name, shown


@figure(
    "fig-clustering-collapse",
    caption="""Below $\\beta_c$ small pushes die out; memories that begin far apart may stay so. Shown is how far apart
        the farthest two memories end. Left: they start [[start]] standard deviations apart around the mean of a
        standardised data set and are trained by expectation–maximisation (filled) or by CLAM+ELBO's gradients (open).
        Below $\\beta_c = 1/\\lambda_{\\max}$ of the covariance (line) all come together; just above it they part. In
        units of $\\beta_c$ three sets with four to thirty features agree on where. Right: the same training from random
        data points (each dot a start, lines through the medians). Iris, wine and breast cancer still collapse; on other
        sets some stay apart below $\\beta_c$, and with an outlier [[outlier]] standard deviations away one of two
        memories stays with it at any $\\beta$ shown. Threshold reconstructed for {cite:t}`schaeffer2024bridging`'s
        model.""",
    alt="""Two panels, largest distance between memories against beta over beta c. Left, three data sets: zero to the
        left of a vertical line at one, then rising to [[far]] or more. Away from the line filled and open markers
        coincide. Right, on a wider scale: three sets at zero up to the line, the digits far above them, at [[digits]],
        from a little below the line on, and a flat row of diamonds at [[outlier]] on both sides of it.""",
)
def collapse(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 3.3))
    near, far = drawing.subplots(1, 2)
    table = table.sort_values(["start", "set", "model", "source", "ratio", "seed"])
    close = select(table, start="mean")
    for set in shown(close["set"], SETS):
        (colour, marker), critical = SETS[set], only(numbers(close, "beta", set=set, source="theory"))
        for model, fill in (("EM", colour), ("CLAM+ELBO", "none")):
            rows = select(close, set=set, model=model, source="simulation")
            label = f"{name(set)}, $\\beta_c$ = {critical:.4f}" if model == "EM" else None
            near.plot(
                rows["ratio"], rows["spread"], marker=marker, color=colour, markerfacecolor=fill, label=label,
                markersize=5 if model == "EM" else 9, linestyle="-" if model == "EM" else "none",
            )  # fmt: skip
    starts = select(table, start="data", source="simulation")
    for set in shown(starts["set"], SETS):
        (colour, marker), rows = SETS[set], select(starts, set=set)
        far.plot(rows["ratio"], rows["spread"], marker, color=colour, markersize=3, alpha=0.6)
        middle = rows.groupby("ratio")["spread"].median()
        far.plot(
            middle.index, middle, marker=marker, color=colour, linestyle="-", linewidth=1, markersize=5,
            label=name(set),
        )  # fmt: skip
    for axes, title in ((near, "from near the mean"), (far, "from data points")):
        axes.axvline(1, color=BLACK, linestyle="--", linewidth=1)
        axes.set(xlabel="$\\beta/\\beta_c$ (dimensionless)", title=title)
        axes.legend(loc="upper left", fontsize="small")
    far.set_ylim(-1, 1.7 * starts["spread"].max())
    far.legend(loc="upper left", fontsize="small", ncols=2, columnspacing=1)
    near.set_ylabel("largest distance of memories\n(standard deviations)")
    return drawing

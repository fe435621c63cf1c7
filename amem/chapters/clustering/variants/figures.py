"""Variants on clouds that can be seen, and on three sets."""

import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure, select
from amem.book.look import ORANGE, SKY
from amem.chapters.clustering.marks import MODELS, SETS, name, shown
from amem.chapters.clustering.terms import VARIANTS


@figure(
    "fig-clustering-variants",
    caption="""Of all these knobs the masks matter most; on the clouds a learned $\\beta$ needs more updates. Above:
        memories (crosses) learned for four clouds of different sizes, the best by its own loss of all starts. Below:
        the adjusted Rand index on these clouds and three data sets, every start (small) and the median (large), with as
        many memories as classes. CLAM has $T$ steps of $1/T$, ten unless said; masks hide entries with chance [[mask]],
        at least one a point, and put the mean, the least or the greatest value of the feature there. $\\beta =
        [[ratio]]\\,\\beta_c$, or learned from there; Adam at rate [[rate]], [[updates]] updates, [[longer]] for the
        last row. Ablations after {cite:t}`saha2023clam`, settings reconstructed.""",
    alt="""Above, four scatter plots of the same four clouds, three around a small one, with four crosses each: one in
        each cloud, except with masks, where crosses lie beside clouds. Below, four panels of dots, a row a variant: in
        most panels a row with masks lies farthest to the left.""",
)
def variants(table: pd.DataFrame) -> Figure:
    table = table.sort_values(["kind", "set", "variant", "seed", "x", "y"])
    fits, points = select(table, kind="fit"), select(table, kind="point")
    sets, rows = shown(fits["set"], SETS), shown(fits["variant"], VARIANTS)
    drawing = Figure(figsize=(7.0, 5.4))
    above, below = drawing.subplots(2, 4, sharey="row", height_ratios=(1, 1.9))
    for axes, variant in zip(
        above, ("K-means", "CLAM", "CLAM, masked: mean", "CLAM+ELBO, learned β, longer"), strict=True
    ):
        memories = select(table, kind="memory", variant=variant)
        axes.plot(points["x"], points["y"], ".", color="#999999", markersize=2, rasterized=True)
        axes.plot(memories["x"], memories["y"], "X", color=_colour(variant), markeredgecolor="white", markersize=8)
        axes.set_title(variant.replace(", ", ",\n", 1), fontsize="small")
        axes.set(aspect="equal", xlabel="first coordinate", xticks=(-1, 0, 1), yticks=(-1, 0, 1))
        axes.grid(visible=False)
    above[0].set_ylabel("second coordinate\n(standard deviations)")
    for axes, set in zip(below, sets, strict=True):
        found = select(fits, set=set)
        for place, variant in enumerate(rows):
            scores = select(found, variant=variant)["ari"]
            axes.plot(scores, [place] * len(scores), ".", color=_colour(variant), markersize=3, alpha=0.6)
            axes.plot(scores.median(), place, "o", color=_colour(variant), markeredgecolor="white", markersize=7)
        axes.set(title=name(set), xlim=(-0.06, 1.06), ylim=(len(rows) - 0.5, -0.5))
        axes.set_xlabel("adjusted\nRand index")
    below[0].set_yticks(range(len(rows)), rows, fontsize="small")
    below[0].set_ylabel("variant")
    return drawing


def _colour(variant: str) -> str:
    if variant.startswith("CLAM+ELBO"):
        return ORANGE
    return SKY if "masked" in variant else MODELS[variant.partition(",")[0]][0]

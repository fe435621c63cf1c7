"""Agreement with the classes against β, drawn."""

import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure, select
from amem.book.look import BLACK, BLUE
from amem.book.tables import only
from amem.chapters.clustering.marks import MODELS, SETS, name, shown


@figure(
    "fig-clustering-sharpness",
    caption="""Below $\\beta_c$ CLAM+ELBO sees a single cluster; CLAM only needs more training. The adjusted Rand index
        (median over seeds, bars from the lower to the upper quartile) of models trained at each $\\beta$ from random
        data points, with as many memories as classes. Line: $\\beta_c$. After [[updates]] updates (filled) CLAM does
        worse at small $\\beta$, but this is a matter of time: after [[longer]] (open) it clusters all the way down.
        Adam at rate [[rate]] on all points, $T = 10$ steps of 0.1; masks hide entries with chance [[mask]], at least
        one a point. Reconstructed.""",
    alt="""Two panels, iris and wine: adjusted Rand index against beta on a logarithmic axis. The orange curve is zero
        left of the dashed line and climbs right of it; the two blue curves of CLAM fall towards small beta, that with
        masks on iris to zero; open blue circles lie above the filled ones at the smallest beta.""",
)
def sharpness(table: pd.DataFrame) -> Figure:
    table = table.sort_values(["set", "model", "beta", "seed"])
    sets = shown(table["set"], SETS)
    drawing = Figure(figsize=(7.0, 2.9))
    panels = drawing.subplots(1, len(sets), sharey=True, squeeze=False)[0]
    models = {name: MODELS[name] for name in ("CLAM", "CLAM, masked", "CLAM+ELBO")} | {"CLAM, longer": (BLUE, "o")}
    for axes, set in zip(panels, sets, strict=True):
        rows = select(table, set=set)
        for model in shown(rows["model"], models):
            colour, marker = models[model]
            found = select(rows, model=model).groupby("beta")["ari"]
            middle, low, high = found.median(), found.quantile(0.25), found.quantile(0.75)
            longer = model == "CLAM, longer"
            axes.errorbar(
                middle.index, middle, [middle - low, high - middle], color=colour, marker=marker,
                linewidth=1, elinewidth=0.8, label="CLAM, trained longer" if longer else model,
                markerfacecolor="white" if longer else colour, markersize=7 if longer else 5,
                linestyle=":" if longer else "-",
            )  # fmt: skip
        axes.axvline(only(rows["beta_c"]), color=BLACK, linestyle="--", linewidth=1)
        axes.set(xscale="log", xlabel="$\\beta$ (1/variance of a feature)", title=name(set))
    panels[0].set_ylabel("adjusted Rand index\n(dimensionless)")
    panels[-1].legend(loc="lower right", fontsize="small")
    return drawing

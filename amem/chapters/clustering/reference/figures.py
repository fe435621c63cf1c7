"""Every model on every set, drawn."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure, select
from amem.chapters.clustering.marks import MODELS, SETS, name, shown


@figure(
    "fig-clustering-reference",
    caption="""At one sensible setting CLAM and CLAM+ELBO do about as K-means does on iris, wine and breast cancer.
        Adjusted Rand index (above) and silhouette of a sample (below) for every seed (small) and their median (large),
        all points, standardised; the models of a set stand side by side. CLAM at $\\beta = [[beta]]$ with and without
        masks, CLAM+ELBO with learned weights; K-means and GMM start once a seed; VI-DP-GMM has three components a
        class; CLAM+CRP+ELBO is not told the number of classes and is shown for all its [[settings]] settings of
        $\\alpha$ and $\\beta$; once the stream has ended, its points are assigned anew. As many memories as classes for
        all others. Setting reconstructed.""",
    alt="""Two rows of dots over the data sets. Above, on iris, wine and breast cancer the black squares of K-means and
        the blue and orange marks of CLAM and CLAM+ELBO lie at nearly the same height, the mixture with full covariances
        higher on iris; the medians of CLAM+CRP+ELBO, green, lie below them, those of the variational mixture, amber,
        lie lower on wine and breast cancer.""",
)
def reference(table: pd.DataFrame) -> Figure:
    table = table.sort_values(["set", "model", "alpha", "beta", "seed"])
    sets = shown(table["set"], SETS)
    places = {set: place for place, set in enumerate(sets)}
    drawing = Figure(figsize=(7.0, 4.6))
    above, below = drawing.subplots(2, 1, sharex=True)
    models = shown(table["model"], MODELS)
    shifts = np.linspace(-0.34, 0.34, len(models))
    for axes, column in ((above, "ari"), (below, "silhouette")):
        for model, shift in zip(models, shifts, strict=True):
            (colour, marker), rows = MODELS[model], select(table, model=model)
            place = rows["set"].map(lambda set: places[set]) + shift
            axes.plot(place, rows[column], marker, color=colour, markersize=2, alpha=0.5)
            middle = rows.assign(place=place).groupby("place")[column].median()
            axes.plot(
                middle.index, middle, marker, color=colour, markersize=6, markeredgecolor="white", markeredgewidth=0.6,
                label=model,
            )  # fmt: skip
        axes.grid(visible=False, axis="x")
        for border in range(1, len(sets)):
            axes.axvline(border - 0.5, color="#dddddd", linewidth=0.8)
    above.set_ylabel("adjusted Rand index\n(dimensionless)")
    below.set_ylabel("silhouette\n(dimensionless)")
    below.set_xticks(range(len(sets)), [name(set, "\n") for set in sets], fontsize="x-small")
    below.set_xlabel("data set")
    drawing.legend(*above.get_legend_handles_labels(), loc="outside upper center", ncols=4, fontsize="small")
    return drawing

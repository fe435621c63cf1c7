"""Scores of every model over all its settings, drawn."""

from typing import cast

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from amem.book import figure, select
from amem.chapters.clustering.marks import MODELS, SETS, name, shown


@figure(
    "fig-clustering-supervised",
    caption="""Over all settings, none tuned, methods overlap: four scores that know the classes. Thin bars hold nine
        tenths of the fits, thick ones the middle half, dots are medians; the methods of a set stand one below the
        other. Settings: $\\beta/\\beta_c$, learning rate and steps for CLAM and CLAM+ELBO, the number of memories for
        all but CLAM+CRP+ELBO, whose $\\alpha$ and $\\beta$ vary instead. After the violins of
        {cite:t}`schaeffer2023probabilistic_lens`, on the sets that the preset names.""",
    alt="""Four panels with a group of six horizontal bars for every data set. Within each group the thick bars overlap.
        On iris, wine and breast cancer all bars but those of CLAM+CRP+ELBO begin at zero, except in the panel of the
        Rand index.""",
)
def supervised(table: pd.DataFrame) -> Figure:
    titles = {
        "rand": "Rand index",
        "ari": "adjusted Rand index",
        "ami": "adjusted mutual information",
        "nmi": "normalised mutual information",
    }
    return _distributions(table, titles, (2, 2))


@figure(
    "fig-clustering-unsupervised",
    caption="""The same fits, seen by three scores that do not know the classes. Calinski–Harabasz (high is good),
        Davies–Bouldin (low is good) and the silhouette of a sample of the points (high is good), bars as in the figure
        before. Fits that put all points into one cluster have silhouette −1 and no other score. After
        {cite:t}`schaeffer2023probabilistic_lens`.""",
    alt="""Three panels with a group of six horizontal bars for every data set. On iris, wine and breast cancer, where
        settings put everything into one cluster, most bars of the silhouette begin at minus one.""",
)
def unsupervised(table: pd.DataFrame) -> Figure:
    titles = {"calinski": "Calinski–Harabasz", "davies": "Davies–Bouldin", "silhouette": "silhouette"}
    drawing = _distributions(table, titles, (1, 3))
    drawing.axes[0].set_xscale("log")
    drawing.axes[0].xaxis.set_minor_formatter(NullFormatter())
    return drawing


def _distributions(table: pd.DataFrame, titles: dict[str, str], shape: tuple[int, int]) -> Figure:
    """For every set a group of bars, one a model: nine tenths, the middle half and the median."""
    sets, models = shown(table["set"], SETS), shown(table["model"], MODELS)
    drawing = Figure(figsize=(7.0, 0.9 + 0.62 * len(sets) * shape[0]))
    panels = drawing.subplots(*shape, sharey=True, squeeze=False).ravel()
    for axes, (column, title) in zip(panels, titles.items(), strict=True):
        for place, set in enumerate(sets):
            for order, model in enumerate(models):
                values = select(table, set=set, model=model)[column].dropna()
                if len(values):
                    _bar(axes, cast("pd.Series", values), place + 0.8 * ((order + 0.5) / len(models) - 0.5), model)
        axes.set(title=title, ylim=(len(sets) - 0.5, -0.5))
        axes.set_xlabel("score (dimensionless)")
        axes.grid(visible=False, axis="y")
        for border in range(1, len(sets)):
            axes.axhline(border - 0.5, color="#dddddd", linewidth=0.8)
    for axes in panels[:: shape[1]]:
        axes.set_yticks(range(len(sets)), [name(set, "\n") for set in sets])
    panels[0].set_ylabel("data set")
    handles = [panels[0].plot([], [], "o-", color=MODELS[model][0], linewidth=3, label=model)[0] for model in models]
    drawing.legend(handles=handles, loc="outside upper center", ncols=6, fontsize="small", handlelength=1.2)
    return drawing


def _bar(axes: Axes, values: pd.Series, height: float, model: str) -> None:
    colour, marker = MODELS[model]
    low, lower, middle, upper, high = values.quantile([0.05, 0.25, 0.5, 0.75, 0.95])
    axes.plot([low, high], [height, height], "-", color=colour, linewidth=0.9, solid_capstyle="butt")
    axes.plot([lower, upper], [height, height], "-", color=colour, linewidth=3.4, solid_capstyle="butt")
    axes.plot(middle, height, marker, color="white", markeredgecolor=colour, markersize=4.2)

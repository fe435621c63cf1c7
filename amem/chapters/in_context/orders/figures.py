"""The spread over orders."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from amem.book import figure, select
from amem.chapters.in_context.styles import STYLES
from amem.chapters.in_context.terms import DIVERGENCE, INVARIANT, RANKING, SHORT

NAMES = {
    DIVERGENCE: "contrastive\ndivergence",
    RANKING: "ranking",
    SHORT: "ranking,\nearly",
    INVARIANT: "invariant,\nearly",
}


@figure(
    "fig-in-context-orders",
    caption=r"""A causal network is not quite blind to the order of its context, an invariant one is. Standard deviation
        over orders in which the same points are shown; one mark for each held-out task, side by side to be seen; bars
        at the median. Left: of the energy, at the point of the plane where it is largest, over the standard deviation
        of the energies in the plane. Right: of the NLL. The two networks on the right of each panel have been taught by
        ranking with equally many updates, fewer than the others; the last one's context points all see one another, so
        that only rounding in single precision is left. Reconstructed.""",
    alt="""Two panels with four columns of marks on logarithmic axes. For the three causal networks the medians are
        [[energy_least]] to [[energy_most]] for energies and [[nll_least]] to [[nll_most]] nats for the likelihood; for
        the invariant one no mark lies above [[invariant]] millionths, which is rounding.""",
)
def orders(table: pd.DataFrame) -> Figure:
    table = table.sort_values("task")
    drawing = Figure(figsize=(7.0, 3.3))
    for axes, column, label in zip(
        drawing.subplots(1, 2),
        ("energy_spread", "spread"),
        ("spread of the energy\nover orders (relative)", "spread of the NLL\nover orders (nats)"),
        strict=True,
    ):
        for place, kind in enumerate(NAMES):
            spread = select(table, kind=kind)[column].to_numpy(float)
            shift = np.linspace(-0.28, 0.28, len(spread))
            axes.plot(place + shift, spread, "o", color=STYLES[kind]["color"], markersize=3.5, alpha=0.8)
            axes.plot((place - 0.35, place + 0.35), [np.median(spread)] * 2, "-", color="black", linewidth=1.5)
        axes.set(yscale="log", ylabel=label, xlabel="network")
        axes.set_xticks(range(len(NAMES)), list(NAMES.values()), fontsize="small")
        axes.yaxis.set_minor_locator(NullLocator())
    return drawing

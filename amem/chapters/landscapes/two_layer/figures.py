"""Four two-layer networks."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure
from amem.book.look import BLUE, ORANGE


@figure(
    "fig-landscapes-two-layer",
    caption=r"""One network, four memories. The two-layer network {cite}`krotov2021large` under four choices of its
        Lagrangians: energy (above) and cosine between the visible neurons' output and the cued memory (below)
        against time. Thirty visible and twelve hidden neurons hold twelve memories of fair coins; a fifth of the
        cue's bits are flipped; $\tau_v = 1$, $\tau_h = 0.3$, Euler steps of 0.002. The energy never rises. In this
        draw three models find the memory; Hopfield's, with the same wiring and the gentlest activation, is overloaded
        and ends elsewhere. The equations are the paper's, the settings are reconstructed.""",
    alt="""Four columns, one a model. Above, every energy falls steeply and then levels off. Below, the overlap
        starts at 0.6 and rises to one in the models A, B and C, within a few tenths of the time unit in A and C; in
        the Hopfield model it rises briefly and then falls to 0.3.""",
)
def two_layer(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 3.6))
    table = table.sort_values("time")
    models = np.unique(table["model"])
    panels = drawing.subplots(2, len(models), sharex=True)
    for (above, below), model in zip(panels.T, models, strict=True):
        rows = table[table["model"] == model]
        above.plot(rows["time"], rows["energy"], "-", color=BLUE)
        below.plot(rows["time"], rows["overlap"], "-", color=ORANGE)
        above.set_title(model, fontsize=9)
        above.tick_params(axis="y", labelsize=7)
        below.set(ylim=(-0.05, 1.05), xlabel=r"time ($\tau_v$)")
    for below in panels[1, 1:]:
        below.set_yticklabels([])
    panels[0, 0].set_ylabel("energy $E$\n(dimensionless)")
    panels[1, 0].set_ylabel("overlap with the\ncued memory (cosine)")
    return drawing

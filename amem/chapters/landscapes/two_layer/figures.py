"""Four two-layer networks."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure
from amem.book.look import BLUE, ORANGE


@figure(
    "fig-landscapes-two-layer",
    caption=r"""One network, four memories. The two-layer network {cite}`krotov2021large` under four choices
        of its Lagrangians: energy (above) and cosine between the visible neurons' output and the cued memory
        (below) against time. It has [[visible]] visible neurons and [[hidden]] hidden ones, one for each
        memory of fair coins; a fraction [[flipped]] of the cue's bits is flipped; $\tau_v$ =
        [[visible_time]], $\tau_h$ = [[hidden_time]], Euler steps of [[euler_step]]. The energy never rises.
        In this draw three models find the memory; Hopfield's, with the same wiring, is overloaded and ends
        elsewhere. The equations are the paper's, the settings are reconstructed.""",
    alt="""Four columns, one a model. Above, every energy falls and then levels off. Below, the overlap
        starts at [[start]] and rises in the models A, B and C to one; it passes 0.9 at time [[dense_found]]
        in A, [[attention_found]] in B and [[sphere_found]] in C. In the Hopfield model it rises briefly, to
        [[hopfield_top]], and then falls to [[hopfield_end]].""",
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

"""How many images are recalled."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure
from amem.chapters.landscapes.drawing import COLOURS, bars
from amem.chapters.landscapes.terms import CUES, IMAGES, RECALLERS


@figure(
    "fig-landscapes-image-recall",
    caption=r"""How many real images a memory holds. The fraction of images that come back from a spoiled cue,
        against the number stored, with 95 % intervals; an image has come back if the answer is closer to it
        than two black-and-white images that differ in [[differing]] of their pixels. Where markers coincide,
        that of the steeper memory is on top. The quadratic memory could hold about nine patterns of fair
        coins in 64 pixels; of [[fewest]] digits, which resemble one another, it recalls [[best]] at most.
        Averaged over the loads, the steeper memory is ahead in every panel. Experiment: ours.""",
    alt="""Six panels: digits above, photographs below; half masked, noisy and blurred cues. With
        [[most]] digits stored the quadratic and the cubic memory recall at most [[low]], the exponential one
        [[digits_exponential]] and log-sum-exp [[digits_log_sum_exp]]. With [[most]] photographs the quadratic
        memory recalls at most [[photographs_quadratic]], the cubic one [[photographs_cubic]], the exponential
        one [[photographs_exponential]] and log-sum-exp [[photographs_log_sum_exp]].""",
)
def image_recall(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 4.3))
    table, loads = table.sort_values("p"), np.unique(table["p"])
    lines = drawing.subplots(len(IMAGES), len(CUES), sharex=True, sharey=True)
    for line, kind in zip(lines, IMAGES, strict=True):
        for axes, cue in zip(line, CUES, strict=True):
            for memory in RECALLERS:
                rows = table.query(f"images == '{kind}' and cue == '{cue}' and memory == '{memory}'")
                axes.plot(rows["p"], rows["recalled"], "-", color=COLOURS[memory], linewidth=0.8)
                bars(axes, rows, "p", "recalled", memory, memory)
        line[0].set_ylabel(f"{kind}\nrecalled (fraction)")
    for axes, cue in zip(lines[0], CUES, strict=True):
        axes.set_title(cue)
    for axes in lines[-1]:
        axes.set(xscale="log", xlabel="stored images $p$")
        axes.set_xticks(loads, [f"{load}" for load in loads], fontsize=8)
        axes.minorticks_off()
    drawing.legend(*lines[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=4)
    return drawing

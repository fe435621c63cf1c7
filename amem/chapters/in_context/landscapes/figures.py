"""Energies, forces and densities over the plane."""

from typing import cast

import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure, select
from amem.book.look import GREY
from amem.chapters.in_context.maps import bar, colours, crosses, density, energy_map, sheet
from amem.chapters.in_context.terms import DIVERGENCE, EXACT, RANKING, TRUTH


@figure(
    "fig-in-context-landscapes",
    caption=r"""One network, fixed weights: the landscape forms around whatever points it is shown. Energy
        $E_\theta(\cdot\mid x_1,\dots,x_n)$ of the network trained by contrastive divergence for the first held-out
        tasks that were drawn, one a row, with the first $n$ points of each as context (crosses). Energies are centred
        to mean zero in each panel (blue: low), lines join equal energies. Last column: the density from which the
        points came, with means from $\mathcal N(0, S^2)$, $S$ = [[spread]]. Layout as in the paper's code. PAPER
        {cite}`schaeffer2024icl_energy`.""",
    alt="""A grid of small maps, one row for each task and one column for each number of points shown. On the left, with
        no context, all rows show the same pale bowl. To the right black crosses accumulate, differently in every row:
        the crosses lie in the blue, and the lowest energy lies lower from each panel to the next. The last column shows
        the separate round spots of the true density.""",
)
def landscapes(table: pd.DataFrame) -> Figure:
    learned = select(table, what="energy", source=DIVERGENCE)
    tasks, sizes = sorted(learned["task"].unique()), sorted(learned["n"].unique())
    drawing = Figure(figsize=(7.0, 0.35 + 1.17 * len(tasks) * 6 / (len(sizes) + 1)))
    panels = drawing.subplots(len(tasks), len(sizes) + 1, squeeze=False)
    scale = colours(learned)
    for row, task in enumerate(tasks):
        context = select(table, what="context", task=task).sort_values("n")
        for column, n in enumerate(sizes):
            axes = panels[row, column]
            energy_map(axes, select(learned, task=task, n=n), scale)
            crosses(axes, cast("pd.DataFrame", context[context["n"] < n]))
            if row == 0:
                axes.set_title(f"$n = {n}$")
        axes = panels[row, -1]
        density(axes, select(table, what="energy", source=TRUTH, task=task))
        if row == 0:
            axes.set_title("true density")
        panels[row, 0].set_ylabel(f"task {task + 1}")
    bar(drawing, panels, scale)
    return drawing


@figure(
    "fig-in-context-field",
    caption=r"""The force grows from a push towards the middle to a pull towards the clusters. Streamlines of $-\nabla_x
        E_\theta(x\mid x_1,\dots,x_n)$ for the first two tasks of the landscape strip, over the same energies; crosses:
        the context. The forces are what the sampler follows, in training and after. Layout as in the paper's code.
        CODE.""",
    alt="""Two rows of maps with arrows. Without context the force points inwards at [[inwards]] % of the places. As
        points are shown, the streamlines bend and end in the basins where the crosses lie.""",
)
def field(table: pd.DataFrame) -> Figure:
    learned = select(table, what="energy", source=DIVERGENCE)
    sizes = sorted(learned["n"].unique())
    tasks = sorted(learned["task"].unique())[:2]
    drawing = Figure(figsize=(7.0, 0.4 + 7.4 / len(sizes) * len(tasks)))
    panels = drawing.subplots(len(tasks), len(sizes), squeeze=False)
    scale = colours(learned)
    for row, task in enumerate(tasks):
        context = select(table, what="context", task=task).sort_values("n")
        for column, n in enumerate(sizes):
            axes, force = panels[row, column], select(table, what="force", task=task, n=n)
            energy_map(axes, select(learned, task=task, n=n), scale)
            x, y, across = sheet(force, "force_x")
            *_, up = sheet(force, "force_y")
            axes.streamplot(x, y, across, up, density=0.75, color="black", linewidth=0.6, arrowsize=0.6)
            crosses(axes, cast("pd.DataFrame", context[context["n"] < n]))
            axes.set(xlim=(x[0], x[-1]), ylim=(y[0], y[-1]))
            if row == 0:
                axes.set_title(f"$n = {n}$")
        panels[row, 0].set_ylabel(f"task {task + 1}")
    bar(drawing, panels, scale)
    return drawing


@figure(
    "fig-in-context-objectives",
    caption=r"""Two ways to learn, the best possible answer and the truth, as densities. The same tasks and the longest
        context (crosses): normalised energies $e^{-\beta E}/Z$ of the networks trained by contrastive divergence and by
        ranking, with $\beta$ fitted to other tasks; the exact Bayesian prediction, which no learner can beat on
        average; the density from which the points came. Each panel has its own scale, from zero to its maximum (number,
        per unit of area). Reconstructed.""",
    alt="""Rows of four maps with the same crosses. In every row the clouds of contrastive divergence are the widest,
        those of ranking narrower, those of the exact prediction narrower still, and those of the truth the
        narrowest.""",
)
def objectives(table: pd.DataFrame) -> Figure:
    energies = select(table, what="energy")
    energies = cast("pd.DataFrame", energies[energies["n"] == energies["n"].max()])
    tasks, sources = sorted(energies["task"].unique())[:3], (DIVERGENCE, RANKING, EXACT, TRUTH)
    drawing = Figure(figsize=(7.0, 5.3))
    panels = drawing.subplots(len(tasks), len(sources), squeeze=False)
    for column, source in enumerate(sources):
        for row, task in enumerate(tasks):
            axes, shown = panels[row, column], select(energies, source=source, task=task)
            density(axes, shown)
            crosses(axes, select(table, what="context", task=task).sort_values("n"))
            axes.text(
                0.03, 0.03, f"{shown['density'].max():.2f}", transform=axes.transAxes, color=GREY, fontsize="small"
            )
            panels[row, 0].set_ylabel(f"task {task + 1}")
        panels[0, column].set_title(source)
    return drawing

"""The pictures of the chapter, each drawn from one experiment's table."""

from typing import cast

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize, PowerNorm
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator
from numpy.typing import NDArray

from amem.book import figure, select

BLUE, ORANGE, GREEN, PINK, SKY, GREY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#666666"
DIVERGENCE, RANKING, QUOTED = "contrastive divergence", "ranking", "large step, little noise"
EXACT, TRUTH = "exact prediction", "true density"
OBJECTIVES = {DIVERGENCE: (BLUE, "o", "-"), RANKING: (ORANGE, "s", "-")}


@figure(
    id="fig-in-context-landscapes",
    experiment="landscapes",
    caption=r"""One network, fixed weights: the landscape forms around whatever points it is shown. Energy
        $E_\theta(\cdot\mid x_1,\dots,x_n)$ of the network trained by contrastive divergence for the first held-out
        tasks that were drawn, one a row, with the first $n$ points of each as context (crosses). Energies are centred
        to mean zero in each panel (blue: low), lines join equal energies. Last
        column: the density from which the points came. Layout as in the paper's code; in the quick preset a
        small network, means from $\mathcal N(0, 2^2)$. PAPER {cite}`schaeffer2024icl_energy`.""",
    alt="""A grid of small maps, one row for each task and one column for each number of points shown. On the left, with
        no context, all rows show the same round pale blue bowl. To the right black crosses accumulate, and dark blue
        basins appear around them, differently in every row: one or two wide ones where the true density in the
        last column has separate round spots.""",
)
def landscapes(table: pd.DataFrame) -> Figure:
    learned = select(table, what="energy", source=DIVERGENCE)
    tasks, sizes = sorted(learned["task"].unique()), sorted(learned["n"].unique())
    drawing = Figure(figsize=(7.0, 0.35 + 1.17 * len(tasks) * 6 / (len(sizes) + 1)))
    panels = drawing.subplots(len(tasks), len(sizes) + 1, squeeze=False)
    scale = _colours(learned)
    for row, task in enumerate(tasks):
        context = select(table, what="context", task=task)
        for column, n in enumerate(sizes):
            axes = panels[row, column]
            _map(axes, select(learned, task=task, n=n), scale)
            _crosses(axes, cast("pd.DataFrame", context[context["n"] < n]))
            if row == 0:
                axes.set_title(f"$n = {n}$")
        axes = panels[row, -1]
        _density(axes, select(table, what="energy", source=TRUTH, task=task))
        if row == 0:
            axes.set_title("true density")
        panels[row, 0].set_ylabel(f"task {task + 1}")
    _bar(drawing, panels, scale)
    return drawing


@figure(
    id="fig-in-context-field",
    experiment="landscapes",
    caption=r"""The force grows from a push towards the middle to a pull towards the clusters. Streamlines of
        $-\nabla_x E_\theta(x\mid x_1,\dots,x_n)$ for the first two tasks of the landscape strip, over
        the same energies; crosses: the context. The forces are what the sampler follows, in training and after. Layout
        as in the paper's code. CODE.""",
    alt="""Two rows of maps with arrows. Without context all arrows run to the centre of the plane. As points are
        shown, the streamlines bend and end in the one or two basins where the crosses lie.""",
)
def field(table: pd.DataFrame) -> Figure:
    learned = select(table, what="energy", source=DIVERGENCE)
    sizes = sorted(learned["n"].unique())
    tasks = sorted(learned["task"].unique())[:2]
    drawing = Figure(figsize=(7.0, 0.4 + 7.4 / len(sizes) * len(tasks)))
    panels = drawing.subplots(len(tasks), len(sizes), squeeze=False)
    scale = _colours(learned)
    for row, task in enumerate(tasks):
        context = select(table, what="context", task=task)
        for column, n in enumerate(sizes):
            axes, force = panels[row, column], select(table, what="force", task=task, n=n)
            _map(axes, select(learned, task=task, n=n), scale)
            x, y, across = _sheet(force, "force_x")
            *_, up = _sheet(force, "force_y")
            axes.streamplot(x, y, across, up, density=0.75, color="black", linewidth=0.6, arrowsize=0.6)
            _crosses(axes, cast("pd.DataFrame", context[context["n"] < n]))
            axes.set(xlim=(x[0], x[-1]), ylim=(y[0], y[-1]))
            if row == 0:
                axes.set_title(f"$n = {n}$")
        panels[row, 0].set_ylabel(f"task {task + 1}")
    _bar(drawing, panels, scale)
    return drawing


@figure(
    id="fig-in-context-objectives",
    experiment="landscapes",
    caption=r"""Two ways to learn, the best possible answer and the truth, as densities. The same tasks and the longest
        context (crosses): normalised energies $e^{-\beta E}/Z$ of the networks trained by contrastive divergence and by
        ranking, with $\beta$ fitted to other tasks; the exact Bayesian prediction, which no learner can beat on
        average; the density from which the points came. Each panel has its own scale, from zero to its maximum
        (number, per unit of area). Reconstructed.""",
    alt="""Rows of four maps with the same crosses. Contrastive divergence gives one or two wide clouds that cover the
        crosses, ranking narrower ones, the exact prediction separate round spots on each cluster, like the truth.""",
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
            _density(axes, shown)
            _crosses(axes, select(table, what="context", task=task))
            axes.text(
                0.03, 0.03, f"{shown['density'].max():.2f}", transform=axes.transAxes, color=GREY, fontsize="small"
            )
            panels[row, 0].set_ylabel(f"task {task + 1}")
        panels[0, column].set_title(source)
    return drawing


@figure(
    id="fig-in-context-sharpening",
    experiment="sharpening",
    caption=r"""The more points are shown, the better the energy predicts the next, and the sharper it becomes. Left:
        negative log-likelihood of held-out points, energies normalised on a grid, with one inverse temperature fitted
        to other tasks. Middle: entropy of the normalised energies. Right: their local minima, where the density is at
        least a hundredth of its maximum. Lines join means over trained networks, each with held-out tasks of its own;
        bars: 95 % interval over them (some of EM's leave the panel); small marks: the single networks. Grey: kernel
        density estimate, bandwidth chosen on other tasks (triangles) or, unfairly, on the test itself (open triangles);
        mixture fitted by EM (diamonds). Black: the exact Bayesian prediction, which nothing beats on average; dotted:
        the entropy without context, $1+\ln 2\pi(S^2+s^2)$, and the values of the true mixtures. Reconstructed; the
        paper shows no such curves {cite}`schaeffer2024bridging`.""",
    alt="""Left, likelihood loss against context size from 0 to 15 or more. Both networks start on the upper dotted
        line; ranking falls along the black curve of the exact prediction at some distance, contrastive divergence falls
        more slowly. The kernel estimate starts far above and crosses both after a few points. Middle, entropies of the
        same sources fall with the context. Right, the number of wells grows from one; that of the exact prediction
        reaches the dotted line of the true mixtures, those of the networks stay below it.""",
)
def sharpening(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 4.0))
    panels = drawing.subplots(1, 3, width_ratios=(1.5, 1, 1))
    columns = dict(zip(("nll", "entropy", "wells"), panels, strict=True))
    means, single = select(table, what="mean"), select(table, what="seed")
    styles = {
        DIVERGENCE: (BLUE, "o", "-", "full"),
        RANKING: (ORANGE, "s", "-", "full"),
        EXACT: ("black", "", "-", "full"),
        "kernel density": (GREY, "^", "--", "full"),
        "kernel density, bandwidth chosen on the test": (GREY, "^", ":", "none"),
        "EM": (GREY, "D", "-.", "full"),
    }
    names = {"kernel density, bandwidth chosen on the test": "kernel density (test)", EXACT: "exact prediction"}
    for source, (colour, marker, line, fill) in styles.items():
        rows = select(means, source=source)
        style = {"color": colour, "marker": marker, "linestyle": line, "fillstyle": fill, "markersize": 4.5}
        for column, axes in columns.items():
            if not np.isfinite(rows[column].to_numpy(float)).all():
                continue
            axes.plot(rows["n"], rows[column], label=names.get(source, source), **style)
            if source in OBJECTIVES:
                points = select(single, source=source)
                axes.plot(points["n"], points[column], ".", color=colour, markersize=3, alpha=0.7)
        panels[0].vlines(rows["n"], rows["low"], rows["high"], color=colour, linewidth=1, alpha=0.6)
    nothing, true = (select(means, source=source) for source in ("no context", TRUTH))
    for rows, text in ((nothing, "without context"), (true, "true mixtures")):
        for column, axes in columns.items():
            axes.plot(rows["n"], rows[column], ":", color="black", linewidth=1)
        place = (rows["n"].max(), rows["nll"].mean())
        panels[0].annotate(text, place, (0, 3), textcoords="offset points", ha="right", fontsize="small")
    limits = (true["nll"].mean() - 0.25, nothing["nll"].mean() + 0.6)
    panels[0].set(ylabel="NLL of held-out points (nats)", ylim=limits)
    panels[1].set(ylabel="entropy (nats)", ylim=limits)
    panels[2].set(ylabel="wells (number)", ylim=(0, None))
    for axes in panels:
        axes.set(xlabel="points shown, $n$", xticks=range(0, int(means["n"].to_numpy().max()) + 1, 5))
    handles, labels = panels[0].get_legend_handles_labels()
    drawing.legend(handles, labels, loc="outside upper center", ncols=3, fontsize="small")
    return drawing


@figure(
    id="fig-in-context-swap",
    experiment="sharpening",
    caption=r"""It is the context that does it: shown another task's points, the network predicts badly. NLL of
        held-out points with their own task's context (filled) and with that of another task (open), both at the same
        inverse temperature; dotted: the best that can be done without context. A network that had only learned the
        marginal would not care. Reconstructed.""",
    alt="""Against the number of points shown, from none to the longest context, two filled curves fall below a dotted
        line while two open curves, which start with them on that line, rise high above it, by several nats in the
        end.""",
)
def swap(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 3.3))
    axes = drawing.add_subplot()
    means = select(table, what="mean")
    for source, (colour, marker, line) in OBJECTIVES.items():
        rows = select(means, source=source)
        axes.plot(rows["n"], rows["nll"], marker=marker, linestyle=line, color=colour, label=f"{source}, own context")
        axes.plot(
            rows["n"],
            rows["swapped"],
            marker=marker,
            linestyle="--",
            fillstyle="none",
            color=colour,
            label=f"{source}, another task's",
        )
    nothing = select(means, source="no context")
    axes.plot(nothing["n"], nothing["nll"], ":", color="black")
    axes.legend(loc="upper left", fontsize="small")
    axes.set(xlabel="points in the context, $n$ (number)", ylabel="NLL of held-out points (nats)")
    axes.set_ylim(top=axes.get_ylim()[1] * 1.02)
    return drawing


@figure(
    id="fig-in-context-samples",
    experiment="samples",
    caption=r"""With more context the training's own sampler carries more negatives into the clusters. Top: arrows from
        where the Langevin chains start (grey dots, uniform in a box) to where they end (orange), and the true means
        (crosses) for the first task of the landscape strip without context, with some and with the
        longest. Bottom: the fraction of chains that end within three standard deviations of a true mean, over all
        held-out tasks (small marks: single networks; bars: 95 % interval over them), and the fraction that begins
        there. A few steps move a negative only so far. Layout of the top as in the paper's code (CODE), the measure
        reconstructed.""",
    alt="""Top, three maps with arrows from grey starting points to orange end points and crosses at the true means:
        without context all arrows run a little towards the middle, with the longest context they run towards the
        crosses. Bottom, a rising curve of the fraction of ends near a true mean, far above a flat line of the
        starts.""",
)
def samples(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 5.2))
    grid = drawing.add_gridspec(2, 3, height_ratios=(1.25, 1))
    chains, centres = select(table, what="chain"), select(table, what="centre")
    sizes = sorted(chains["n"].unique())
    half = float(np.abs(chains[["start_x", "start_y", "end_x", "end_y"]].to_numpy()).max()) * 1.05
    maps: list[Axes] = []
    for column, n in enumerate((sizes[0], sizes[len(sizes) // 2], sizes[-1])):
        axes, rows = drawing.add_subplot(grid[0, column]), select(chains, n=n)
        maps.append(axes)
        x, y = rows["start_x"].to_numpy(float), rows["start_y"].to_numpy(float)
        across, up = rows["end_x"].to_numpy(float) - x, rows["end_y"].to_numpy(float) - y
        axes.quiver(
            x, y, across, up, angles="xy", scale_units="xy", scale=1, color=SKY, width=0.006, headwidth=5, zorder=1
        )
        axes.plot(rows["start_x"], rows["start_y"], "o", color=GREY, markersize=2.5, label="start")
        axes.plot(rows["end_x"], rows["end_y"], "o", color=ORANGE, markersize=3.5, label="end")
        axes.plot(
            centres["end_x"],
            centres["end_y"],
            "+",
            color="black",
            markersize=10,
            markeredgewidth=1.8,
            label="true mean",
        )
        axes.set(xlim=(-half, half), ylim=(-half, half), aspect="equal", title=f"$n = {n}$")
        axes.set_xlabel("$x_1$ (length)")
        if column == 0:
            axes.set_ylabel("$x_2$ (length)")
    handles, labels = maps[0].get_legend_handles_labels()
    drawing.legend(handles, labels, loc="outside upper center", ncols=3, fontsize="small")
    axes = drawing.add_subplot(grid[1, :])
    means, single = select(table, what="mean"), select(table, what="seed")
    bars = (means["high"] - means["within"]).fillna(0)
    axes.errorbar(means["n"], means["within"], bars, fmt="o-", color=BLUE, capsize=2, label="at the end")
    axes.plot(single["n"], single["within"], ".", color=BLUE, markersize=3, alpha=0.7)
    axes.plot(means["n"], means["within_start"], "^--", color=GREY, label="at the start")
    axes.set(xlabel="points in the context, $n$ (number)", ylabel="fraction near a true mean", ylim=(0, None))
    axes.legend(loc="center right")
    return drawing


@figure(
    id="fig-in-context-orders",
    experiment="orders",
    caption=r"""A causal network is not quite blind to the order of its context, an invariant one is. Standard deviation
        over orders in which the same points are shown; one mark for each held-out task, bars at the median. Left: of
        the energy, at the point of the plane where it is largest, over the standard deviation of the energies in the
        plane. Right: of the NLL. The two networks on the right of each panel have been taught by ranking with equally
        many updates, fewer than the others; the last one's context points all see one another, so that only rounding in
        single precision is left. Reconstructed.""",
    alt="""Two panels with four columns of marks on logarithmic axes. For the three causal networks energies move by
        some tenths of their spread over the plane and the likelihood by some hundredths of a nat; for the invariant one
        both move by less than a millionth, which is rounding.""",
)
def orders(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 3.3))
    kinds = list(dict.fromkeys(table["kind"]))
    names = ["contrastive\ndivergence", "ranking", "ranking,\nearly", "invariant,\nearly"]
    for axes, column, label in zip(
        drawing.subplots(1, 2),
        ("energy_spread", "spread"),
        ("spread of the energy\nover orders (relative)", "spread of the NLL\nover orders (nats)"),
        strict=True,
    ):
        for place, (kind, colour) in enumerate(zip(kinds, (BLUE, ORANGE, PINK, GREEN), strict=True)):
            spread = select(table, kind=kind)[column].to_numpy(float)
            shift = np.linspace(-0.28, 0.28, len(spread))
            axes.plot(place + shift, spread, "o", color=colour, markersize=3.5, alpha=0.8)
            axes.plot((place - 0.35, place + 0.35), [np.median(spread)] * 2, "-", color="black", linewidth=1.5)
        axes.set(yscale="log", ylabel=label, xlabel="network")
        axes.set_xticks(range(len(kinds)), names, fontsize="small")
        axes.yaxis.set_minor_locator(NullLocator())
    return drawing


@figure(
    id="fig-in-context-families",
    experiment="families",
    caption=r"""Shown shapes that it has never met, the network does what a good smoother does. Maps:
        energies of the network that ranking has taught on mixtures of three Gaussians, given as many points (crosses)
        as it can read from other families of the paper's code, each centred to mean zero; white dots: further points
        that it has not seen. Bottom: NLL of further points for the network, kernel estimates whose bandwidth is
        the best for the family (filled) or for mixtures (open), and the exact prediction of one who is certain of three
        Gaussians of the right width; means over tasks, bars: 95 % interval over networks and their tasks. The families
        are CODE, the test is ours.""",
    alt="""Eight maps: on every family the blue basins are round and broad; they cover the dots and fill the holes of
        rings and spirals. Below, marks for each family: the network lies a little above the best kernel estimates on
        all of them; the exact prediction lies below both on three Gaussians, and far above them on six circles, moons
        and the swiss roll.""",
)
def families(table: pd.DataFrame) -> Figure:
    names = list(dict.fromkeys(table["family"]))
    drawing = Figure(figsize=(7.0, 6.6))
    rows, columns = 2, len(names) // 2
    grid = drawing.add_gridspec(rows + 1, columns, height_ratios=(1, 1, 1.15))
    panels = np.array([[drawing.add_subplot(grid[row, column]) for column in range(columns)] for row in range(rows)])
    energies = select(table, what="energy")
    scale = _colours(energies)
    for axes, family in zip(panels.flat, names, strict=True):
        points = select(table, family=family)
        _map(axes, select(points, what="energy"), scale)
        unseen = select(points, what="unseen")
        axes.plot(unseen["x"], unseen["y"], ".", color="white", markersize=2, alpha=0.9)
        _crosses(axes, select(points, what="context"))
        axes.set_title(family)
    _bar(drawing, panels, scale)
    axes, means = drawing.add_subplot(grid[rows, :]), select(table, what="mean")
    styles = {
        RANKING: (ORANGE, "s", "full", "ranking network"),
        "kernel density, bandwidth chosen on the test": (GREY, "^", "full", "kernels, best bandwidth"),
        "kernel density": (GREY, "^", "none", "kernels, bandwidth of mixtures"),
        EXACT: ("black", "D", "full", "exact, for three Gaussians"),
    }
    for number, (source, (colour, marker, fill, label)) in enumerate(styles.items()):
        found = select(means, source=source)
        places = np.arange(len(found)) + 0.16 * (number - 1.5)
        axes.plot(places, found["nll"], marker, color=colour, fillstyle=fill, label=label)
        axes.vlines(places, found["low"], found["high"], color=colour, linewidth=1)
    axes.set_xticks(range(len(names)), [name.replace(" ", "\n") for name in names], fontsize="small")
    axes.set(xlabel="family of the points shown", ylabel="NLL (nats)")
    axes.set_ylim(1.5, 1.4 * float(means["nll"].to_numpy(float).max()))
    axes.legend(loc="upper left", ncols=2, fontsize="small")
    return drawing


@figure(
    id="fig-in-context-regression",
    experiment="regression",
    caption=r"""The same idea as regression: show pairs, and the energy over $y$ finds the line. Mean squared error of
        $y$ at a new $x$ against the number of pairs in the context, for lines $y = wx$ with noise; lines join means
        over networks, each with lines of its own (small marks: single ones). Only the $y$ of a negative is drawn or
        moved. Black: the exact Bayesian prediction, which is ridge regression with the right penalty, on the same
        questions, and (grey) its expected error by formula; triangles: least squares, whose error from one pair has no
        mean; dotted: the variance of the noise, below which nothing can go. Data as in the paper's code, scaled down in
        quick. CODE.""",
    alt="""On a logarithmic axis the error of both networks falls with the number of pairs, close to the black
        curve of the exact prediction at first and levelling off a little above it. Least squares lies higher with one
        or two pairs and joins the black curve.""",
)
def regression(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 3.6))
    axes = drawing.add_subplot()
    means, single = select(table, what="mean"), select(table, what="seed")
    expected = select(means, source="expected")
    axes.plot(expected["n"], expected["error"], "-", color=GREY, linewidth=3, alpha=0.4, label="expected by formula")
    styles = {**OBJECTIVES, EXACT: ("black", "", "-"), "least squares": (GREY, "^", "--")}
    for source, (colour, marker, line) in styles.items():
        rows, points = select(means, source=source), select(single, source=source)
        axes.plot(rows["n"], rows["error"], marker=marker, linestyle=line, color=colour, label=source)
        if source in OBJECTIVES:
            axes.plot(points["n"], points["error"], ".", color=colour, markersize=3, alpha=0.7)
    noise = float(table["noise"].to_numpy(float)[0]) ** 2
    axes.axhline(noise, color="black", linestyle=":", linewidth=1)
    known = table["error"].to_numpy(float)[table["source"] != "least squares"]
    axes.set(yscale="log", ylim=(0.6 * noise, 4 * known.max()))  # least squares from one pair lies beyond
    axes.set(xlabel="pairs in the context, $n$ (number)", ylabel="mean squared error of $y$ (length²)")
    axes.legend(loc="upper right", fontsize="small")
    return drawing


@figure(
    id="fig-in-context-wells",
    experiment="wells",
    caption=r"""The sampler, not the likelihood, sets the scale of the energy. One quadratic well $E = k\lVert
        x\rVert^2/2$ is taught the variance of Gaussian data by contrastive divergence, with the networks' sampler at
        other noises $\sigma$ and two steps $\alpha$ (marks; they coincide, for the rule knows the energy only as
        $\alpha E$). Lines: the curvature at which negatives reach the data's variance in the given number of steps,
        without free parameter. Dotted: the curvature of the true $-\log p$ at the smaller step. Shaded: noise beyond
        the data's own standard deviation, where no curvature exists; triangles stand where training ended, while
        $\alpha k$ was still growing. Theory and test are ours, the
        warning about temperature is {cite:t}`schaeffer2024bridging`'s topic.""",
    alt="""Two panels of learned curvature against sampler noise, both logarithmic. Marks of two step sizes lie on top
        of each other and on the predicted line, flat for small noise and rising steeply as the noise approaches the
        standard deviation of the data; beyond it, in a shaded region, triangles lie above all of them.""",
)
def wells(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 3.7))
    panels = drawing.subplots(1, 2, sharey=True)
    for axes, data in zip(panels, ("marginal", "component"), strict=True):
        rows = select(table, data=data)
        scale, smaller = (float(rows[name].to_numpy().min()) for name in ("scale", "step"))
        line = select(rows, step=smaller)
        axes.plot(line["noise"], line["predicted"], "-", color="black", label="predicted")
        for (step, found), colour, marker, size in zip(
            rows.groupby("step"), (BLUE, ORANGE), "ox", (7, 5), strict=False
        ):
            axes.plot(
                found["noise"], found["learned"].where(found["predicted"].notna()), marker, color=colour,
                fillstyle="none", markersize=size, label=f"learned, $\\alpha = {step:g}$",
            )  # fmt: skip
            axes.plot(
                found["noise"], found["learned"].where(found["predicted"].isna()), "^", color=colour,
                fillstyle="none", markersize=size,
            )  # fmt: skip
        axes.plot([], [], "^", color=GREY, fillstyle="none", label="still growing")
        label = f"of $-\\log p$, $\\alpha = {smaller:g}$"
        axes.axhline(smaller / scale**2, color=BLUE, linestyle=":", linewidth=1.2, label=label)
        least, widest = (float(f(rows["noise"].to_numpy())) * by for f, by in ((np.min, 0.8), (np.max, 1.2)))
        axes.axvspan(scale, widest, color="#e8e8e8", zorder=0)
        title = {"marginal": "all mixtures together", "component": "one component"}[data]
        axes.set(xscale="log", yscale="log", xlim=(least, widest), title=f"data: {title}")
        axes.set_xlabel("noise of the sampler, $\\sigma$ (length)")
    panels[0].set_ylabel("curvature learned, $\\alpha k$ (dimensionless)")
    handles, labels = panels[0].get_legend_handles_labels()
    drawing.legend(handles, labels, loc="outside upper center", ncols=5, fontsize="small", columnspacing=1)
    return drawing


@figure(
    id="fig-in-context-stability",
    experiment="stability",
    caption=r"""Noise wider than a component runs away under a weak penalty, and costs nothing under a fitting one.
        Contrastive divergence of the network over the sampler's step $\alpha$ and noise $\sigma$ (colours), after
        equally many updates; lines join means over networks, marks are single ones. Left: the penalty $\lambda$ is the
        same small number at every step, the noise wider than the chapter's own. Right: it is scaled with $\alpha$ and
        is the chapter's own at the chapter's step. Top: mean gap $E_+ - E_-$ over the last updates, times $\alpha$
        (crosses: stopped by the monitor, which allows a gap of −10). Bottom: NLL of held-out points with the longest
        context. Reconstructed; the paper's own step is $\alpha=3.16$.""",
    alt="""Four panels against the step of the sampler. Top, gaps: on the left they plunge with the step and are marked
        by crosses; on the right the curves of each noise are nearly level. Bottom, likelihood losses: on the left high,
        on the right lower, and lowest for the wide noise.""",
)
def stability(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 4.9))
    panels = drawing.subplots(2, 2, sharey="row", sharex=True)
    table, noises = table.assign(halted=table["stopped"] != ""), sorted(table["noise"].unique())
    for column, penalty in enumerate(("fixed", "scaled")):
        for noise, colour, marker in zip(noises, (BLUE, ORANGE, GREEN, PINK), "os^D", strict=False):
            rows = select(table, penalty=penalty, noise=noise)
            for axes, value in zip(panels[:, column], ("scaled_gap", "nll"), strict=True):
                middle = cast("pd.DataFrame", rows.groupby("step", as_index=False)[value].mean())
                label = f"$\\sigma = {noise:g}$"
                axes.plot(middle["step"], middle[value], "-", color=colour, linewidth=1.2, marker=marker, label=label)
                for halted, style in ((False, "."), (True, "x")):
                    single = select(rows, halted=halted)
                    axes.plot(single["step"], single[value], style, color=colour, markersize=6, alpha=0.7)
        title = {"fixed": "the same weak penalty $\\lambda$", "scaled": "$\\lambda\\propto\\alpha$"}[penalty]
        panels[0, column].set(title=title, xscale="log")
        panels[0, column].set_yscale("symlog", linthresh=0.1)
        panels[1, column].set_xlabel("step of the sampler, $\\alpha$ (length²/energy)")
        ticks = sorted(table["step"].unique())
        panels[1, column].set_xticks(ticks, [f"{step:g}" for step in ticks])
        panels[1, column].xaxis.set_minor_locator(NullLocator())
    panels[0, 0].set_ylabel("gap, $\\alpha(E_+-E_-)$ (length²)")
    panels[1, 0].set_ylabel("NLL (nats)")
    handles, labels = panels[0, 1].get_legend_handles_labels()
    drawing.legend(handles, labels, loc="outside upper center", ncols=4, fontsize="small")
    return drawing


@figure(
    id="fig-in-context-pools",
    experiment="pools",
    caption=r"""From a few mixtures a network learns those mixtures, not to read any. NLL of held-out
        points against the size of the context, for networks taught by ranking on a pool of mixtures with 1000 points
        each or on mixtures that are always new, all with equally many updates; on new tasks (filled) and on new points
        of the pool's own tasks (open). Lines join means over networks, bars: 95 % interval over them. Ten mixtures with
        1000 points each are the default of the paper's code (CODE); the comparison is ours.""",
    alt="""Curves of likelihood loss against the number of points shown. On new tasks the curve of the network taught on
        ten mixtures stays above that of the one taught on ever new ones; on its own ten tasks it lies
        below both.""",
)
def pools(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 3.6))
    axes, means = drawing.add_subplot(), select(table, what="mean")
    sizes = sorted(table["pool"].unique(), key=lambda size: size or np.inf)
    for pool, colour, marker in zip(sizes, (PINK, ORANGE, GREEN, SKY), "^soD", strict=False):
        for where, fill, line in (("new tasks", "full", "-"), ("tasks of the pool", "none", "--")):
            rows = select(means, pool=pool, where=where)
            if rows.empty:
                continue
            taught = f"{pool} mixtures" if pool else "always new"
            axes.plot(
                rows["n"], rows["nll"], color=colour, marker=marker, fillstyle=fill, linestyle=line,
                label=f"{taught}, {where}",
            )  # fmt: skip
            axes.vlines(rows["n"], rows["low"], rows["high"], color=colour, linewidth=1, alpha=0.5)
    axes.set(xlabel="points in the context, $n$ (number)", ylabel="NLL of held-out points (nats)")
    drawing.legend(*axes.get_legend_handles_labels(), loc="outside upper center", ncols=3, fontsize="small")
    return drawing


@figure(
    id="fig-in-context-training",
    experiment="training",
    caption=r"""What to watch while it learns: neither a quiet gap nor the rank correlation over the box is proof. Left:
        gap $E_+ - E_-$ between data and
        negatives, one line for each network. For contrastive divergence a somewhat negative, bounded gap is healthy;
        with a larger step, little noise and a weaker penalty (dashed; fewer sampler steps, a lower rate and a tighter
        bound on the gradient, too) it is close to zero, which is no better;
        for ranking, whose negatives stay where they were drawn, it grows as the energies become likelihoods.
        Middle: NLL with the longest context after some of the updates. Right: rank correlation of the energy with the
        true $-\log p$: near the data (filled, where the density is above a thousandth of its
        maximum) and over the whole box (open), most of which no negative visits. Lines join means over networks,
        small marks are single ones. Reconstructed.""",
    alt="""Left, three bundles of curves: ranking falls steadily, contrastive divergence dips and levels
        off at about minus two, the runs with the large step stay at zero. Middle, likelihood losses falling with
        training: ranking lowest, then contrastive divergence, highest the runs with the large step. Right, rank
        correlations at some stages of training: near the data ranking lies above contrastive divergence, over the whole
        box the order is the other way round or unclear.""",
)
def training(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 3.6))
    left, middle, right = drawing.subplots(1, 3)
    ways = {**OBJECTIVES, QUOTED: (GREEN, "^", "--")}
    for objective, (colour, marker, line) in ways.items():
        rows = select(table, objective=objective)
        for seed, updates in select(rows, what="update").groupby("seed"):
            label = objective if seed == 0 else None
            left.plot(updates["update"], updates["gap"], line, color=colour, linewidth=1.2, label=label)
        stages = select(rows, what="stage")
        for axes, name, fill, style in (
            (middle, "nll", "full", line),
            (right, "rank_near", "full", "-"),
            (right, "rank_box", "none", "--"),
        ):
            if axes is right and objective == QUOTED:
                continue
            mean = cast("pd.DataFrame", stages.groupby("update", as_index=False)[name].mean())
            axes.plot(mean["update"], mean[name], marker=marker, linestyle=style, color=colour, fillstyle=fill)
            axes.plot(stages["update"], stages[name], ".", color=colour, markersize=3, alpha=0.7)
    left.axhline(0, color="black", linewidth=0.8, linestyle="-")
    left.set(xlabel="updates (number)", ylabel="gap $E_+ - E_-$ (energy)")
    middle.set(xlabel="updates (number)", ylabel="NLL (nats)", xscale="log")
    right.set(xlabel="updates (number)", ylabel="rank correlation with $-\\log p$", xscale="log")
    right.set_ylim(0.2, 1.15)
    right.text(
        0.03, 0.98, "filled: near the data\nopen: whole box", transform=right.transAxes, va="top", fontsize="small"
    )
    handles, labels = left.get_legend_handles_labels()
    drawing.legend(handles, labels, loc="outside upper center", ncols=3, fontsize="small")
    return drawing


def _sheet(rows: pd.DataFrame, values: str) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    sheet = rows.pivot_table(index="y", columns="x", values=values)
    return sheet.columns.to_numpy(float), sheet.index.to_numpy(float), sheet.to_numpy(float)


def _colours(rows: pd.DataFrame) -> Normalize:
    """A scale about zero, as wide as the energies but for the rare highest."""
    energy = rows["energy"].to_numpy(float)
    widest = max(float(-energy.min()), float(np.quantile(energy, 0.99)))
    return Normalize(-widest, widest)


def _map(axes: Axes, rows: pd.DataFrame, scale: Normalize) -> None:
    x, y, energy = _sheet(rows, "energy")
    extent = (x[0], x[-1], y[0], y[-1])
    axes.imshow(
        energy, cmap="coolwarm", norm=scale, origin="lower", extent=extent, interpolation="bicubic", rasterized=True
    )
    levels = np.linspace(cast("float", scale.vmin), cast("float", scale.vmax), 19)
    axes.contour(x, y, energy, levels, colors="black", linewidths=0.3, linestyles="-", alpha=0.45)
    _bare(axes)


def _density(axes: Axes, rows: pd.DataFrame) -> None:
    x, y, density = _sheet(rows, "density")
    extent = (x[0], x[-1], y[0], y[-1])
    scale = PowerNorm(0.5, vmin=0, vmax=float(density.max()))
    axes.imshow(
        density, cmap="Blues", norm=scale, origin="lower", extent=extent, interpolation="bicubic", rasterized=True
    )
    _bare(axes)
    axes.spines[:].set(visible=True, color="#999999")


def _bare(axes: Axes) -> None:
    axes.set(xticks=[], yticks=[])
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)


def _crosses(axes: Axes, points: pd.DataFrame) -> None:
    axes.plot(points["x"], points["y"], "x", color="black", markersize=3.6, markeredgewidth=1.0)


def _bar(drawing: Figure, panels: NDArray[np.object_], scale: Normalize) -> None:
    drawing.colorbar(
        ScalarMappable(scale, matplotlib.colormaps["coolwarm"]),
        ax=panels,
        location="bottom",
        shrink=0.6,
        aspect=45,
        pad=0.02,
        extend="max",
        label="energy, centred",
    )

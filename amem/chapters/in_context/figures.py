"""The pictures of the chapter, each drawn from one experiment's table."""

from typing import cast

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LogNorm, Normalize, PowerNorm
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter, NullLocator
from numpy.typing import NDArray

from amem.book import figure

BLUE, ORANGE, GREEN, PINK, SKY, GREY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#666666"
DIVERGENCE, RANKING, EXACT, TRUTH = "contrastive divergence", "ranking", "exact prediction", "true density"
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
        basins appear around them, differently in every row, until they resemble the true density in the last
        column, with its separate round wells.""",
)
def landscapes(table: pd.DataFrame) -> Figure:
    learned = _where(table, what="energy", source=DIVERGENCE)
    tasks, sizes = sorted(learned["task"].unique()), sorted(learned["n"].unique())
    drawing = Figure(figsize=(7.0, 0.35 + 1.17 * len(tasks) * 6 / (len(sizes) + 1)))
    panels = drawing.subplots(len(tasks), len(sizes) + 1, squeeze=False)
    scale = _colours(learned)
    for row, task in enumerate(tasks):
        context = _where(table, what="context", task=task)
        for column, n in enumerate(sizes):
            axes = panels[row, column]
            _map(axes, _where(learned, task=task, n=n), scale)
            _crosses(axes, cast("pd.DataFrame", context[context["n"] < n]))
            if row == 0:
                axes.set_title(f"$n = {n}$")
        axes = panels[row, -1]
        _density(axes, _where(table, what="energy", source=TRUTH, task=task))
        if row == 0:
            axes.set_title("true density")
        panels[row, 0].set_ylabel(f"task {task + 1}")
    _bar(drawing, panels, scale)
    return drawing


@figure(
    id="fig-in-context-field",
    experiment="landscapes",
    caption=r"""The force grows from a push towards the middle to a pull towards each cluster. Streamlines of
        $-\nabla_x E_\theta(x\mid x_1,\dots,x_n)$ for the first two tasks of the landscape strip, over
        the same energies; crosses: the context. The forces are what the sampler follows, in training and after. Layout
        as in the paper's code. CODE.""",
    alt="""Two rows of maps with arrows. Without context all arrows run to the centre of the plane. As points are
        shown, the streamlines bend and end in the basins where the crosses lie, one for each cluster.""",
)
def field(table: pd.DataFrame) -> Figure:
    learned = _where(table, what="energy", source=DIVERGENCE)
    sizes = sorted(learned["n"].unique())
    tasks = sorted(learned["task"].unique())[:2]
    drawing = Figure(figsize=(7.0, 0.4 + 7.4 / len(sizes) * len(tasks)))
    panels = drawing.subplots(len(tasks), len(sizes), squeeze=False)
    scale = _colours(learned)
    for row, task in enumerate(tasks):
        context = _where(table, what="context", task=task)
        for column, n in enumerate(sizes):
            axes, force = panels[row, column], _where(table, what="force", task=task, n=n)
            _map(axes, _where(learned, task=task, n=n), scale)
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
    energies = _where(table, what="energy")
    energies = cast("pd.DataFrame", energies[energies["n"] == energies["n"].max()])
    tasks, sources = sorted(energies["task"].unique())[:3], (DIVERGENCE, RANKING, EXACT, TRUTH)
    drawing = Figure(figsize=(7.0, 5.3))
    panels = drawing.subplots(len(tasks), len(sources), squeeze=False)
    for column, source in enumerate(sources):
        for row, task in enumerate(tasks):
            axes, shown = panels[row, column], _where(energies, source=source, task=task)
            _density(axes, shown)
            _crosses(axes, _where(table, what="context", task=task))
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
        to other tasks. Right: entropy of the normalised energies. Lines join means over trained networks, each with
        held-out tasks of its own; small marks: the single networks. Grey: kernel density estimate, bandwidth chosen on
        other tasks (triangles) or, unfairly, on the test itself (open triangles); mixture fitted by EM (diamonds).
        Black: the exact Bayesian prediction, which nothing beats on average; dotted: the entropy without context,
        $1+\ln 2\pi(S^2+s^2)$, and that of the true mixtures. Reconstructed; the paper shows no such curves
        {cite}`schaeffer2024bridging`.""",
    alt="""Left, likelihood loss against context size from 0 to 15 or more. Both networks start on the upper dotted
        line; ranking falls along the black curve of the exact prediction at some distance, contrastive divergence falls
        more slowly. The kernel estimate starts far above and crosses contrastive divergence after a few points. Right,
        entropies of the same sources fall with the context.""",
)
def sharpening(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 3.9))
    left, right = drawing.subplots(1, 2, width_ratios=(1.5, 1))
    means, single = _where(table, what="mean"), _where(table, what="seed")
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
        rows = _where(means, source=source)
        name = names.get(source, source)
        style = {"color": colour, "marker": marker, "linestyle": line, "fillstyle": fill, "markersize": 4.5}
        left.plot(rows["n"], rows["nll"], label=name, **style)
        if source in OBJECTIVES:
            points = _where(single, source=source)
            left.plot(points["n"], points["nll"], ".", color=colour, markersize=3, alpha=0.7)
            right.plot(points["n"], points["entropy"], ".", color=colour, markersize=3, alpha=0.7)
        if np.isfinite(rows["entropy"].to_numpy(float)).all():
            right.plot(rows["n"], rows["entropy"], label=name, **style)
    for source, text in (("no context", "without context"), (TRUTH, "true mixtures")):
        rows = _where(means, source=source)
        for axes, column in ((left, "nll"), (right, "entropy")):
            axes.plot(rows["n"], rows[column], ":", color="black", linewidth=1)
        left.annotate(
            text,
            (rows["n"].max(), rows["nll"].mean()),
            (0, 3),
            textcoords="offset points",
            ha="right",
            fontsize="small",
        )
    floor = _where(means, source=TRUTH)["nll"].mean()
    ceiling = _where(means, source="no context")["nll"].mean()
    left.set(ylabel="NLL of held-out points (nats)", ylim=(floor - 0.25, ceiling + 0.6))
    right.set(ylabel="entropy (nats)", ylim=(floor - 0.25, ceiling + 0.6))
    for axes in (left, right):
        axes.set(xlabel="points in the context, $n$ (number)", xticks=range(0, int(means["n"].to_numpy().max()) + 1, 5))
    handles, labels = left.get_legend_handles_labels()
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
    means = _where(table, what="mean")
    for source, (colour, marker, line) in OBJECTIVES.items():
        rows = _where(means, source=source)
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
    nothing = _where(means, source="no context")
    axes.plot(nothing["n"], nothing["nll"], ":", color="black")
    axes.legend(loc="upper left", fontsize="small")
    axes.set(xlabel="points in the context, $n$ (number)", ylabel="NLL of held-out points (nats)")
    axes.set_ylim(top=axes.get_ylim()[1] * 1.02)
    return drawing


@figure(
    id="fig-in-context-samples",
    experiment="samples",
    caption=r"""With more context the training's own sampler carries more negatives into the clusters. Top: starts of
        the Langevin chains (grey dots, uniform in a box) and their ends (orange), joined by lines, and the true means
        (crosses) for the first task of the landscape strip without context, with some and with the
        longest. Bottom: the fraction of chains that end within three standard deviations of a true mean, over all
        held-out tasks (small marks: single networks; bars: 95 % interval over them), and the fraction that begins
        there. A few steps move a negative only so far. Layout of the top as in the paper's code (CODE), the measure
        reconstructed.""",
    alt="""Top, three maps with lines from grey starting points to orange end points: without context all lines run a
        little towards the middle, with the longest context they gather in a few clusters. Bottom, a rising curve of
        the fraction of ends near a true mean, far above a flat line of the starts.""",
)
def samples(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 5.0))
    grid = drawing.add_gridspec(2, 3, height_ratios=(1.25, 1))
    chains, centres = _where(table, what="chain"), _where(table, what="centre")
    sizes = sorted(chains["n"].unique())
    for column, n in enumerate((sizes[0], sizes[len(sizes) // 2], sizes[-1])):
        axes, rows = drawing.add_subplot(grid[0, column]), _where(chains, n=n)
        axes.plot(rows[["start_x", "end_x"]].T, rows[["start_y", "end_y"]].T, "-", color=SKY, linewidth=0.8)
        axes.plot(rows["start_x"], rows["start_y"], "o", color=GREY, markersize=2.5)
        axes.plot(rows["end_x"], rows["end_y"], "o", color=ORANGE, markersize=3.5)
        axes.plot(centres["end_x"], centres["end_y"], "+", color="black", markersize=9, markeredgewidth=1.6)
        half = float(np.abs(chains[["start_x", "start_y", "end_x", "end_y"]].to_numpy()).max()) * 1.05
        axes.set(xlim=(-half, half), ylim=(-half, half), aspect="equal", title=f"$n = {n}$")
        axes.set_xlabel("$x_1$ (length)")
        if column == 0:
            axes.set_ylabel("$x_2$ (length)")
    axes = drawing.add_subplot(grid[1, :])
    means, single = _where(table, what="mean"), _where(table, what="seed")
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
    caption=r"""A causal network is not quite blind to the order of its context. Standard deviation of the energy, at
        the point of the plane where it is largest, when the same points are shown in other orders, over the standard
        deviation of the energies in the plane; one mark for each held-out task, bars at the median. A network whose
        context points all see one another has no such spread, whatever its weights (here untrained), but for rounding
        in single precision. Reconstructed.""",
    alt="""Three columns of marks on a logarithmic axis. For the two causal networks energies move by some tenths of
        their spread over the plane; for the invariant one by less than a millionth, which is rounding.""",
)
def orders(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 2.9))
    axes = drawing.add_subplot()
    kinds = list(dict.fromkeys(table["kind"]))
    for place, (kind, colour) in enumerate(zip(kinds, (BLUE, ORANGE, GREEN), strict=True)):
        spread = _where(table, kind=kind)["energy_spread"].to_numpy(float)
        shift = np.linspace(-0.28, 0.28, len(spread))
        axes.plot(place + shift, spread, "o", color=colour, markersize=3.5, alpha=0.8)
        axes.plot((place - 0.35, place + 0.35), [np.median(spread)] * 2, "-", color="black", linewidth=1.5)
    axes.set(yscale="log", ylabel="spread of the energy\nover orders (relative)")
    axes.set_xlabel("network, a mark for each task (number)")
    axes.set_xticks(range(len(kinds)), kinds)
    axes.yaxis.set_minor_locator(NullLocator())
    return drawing


@figure(
    id="fig-in-context-families",
    experiment="families",
    caption=r"""Shown shapes it has never met, the network sees Gaussian blobs. Energies of the network that ranking has
        taught on mixtures of three Gaussians, given as many points (crosses) as it can read from other families of
        the paper's code; pale dots: further points that it has not seen. Each panel is centred to mean zero. It
        covers the points, but a ring is filled and a spiral becomes a disc: it has learned a prior, not to be a
        density estimator. The families are CODE, the test is ours.""",
    alt="""Eight maps. For mixtures of three or five Gaussians and sheared ones the blue basins lie on the dots; for
        circles, rectangles, moons and a spiral they form a few round blobs that cover the dots roughly and fill
        their holes.""",
)
def families(table: pd.DataFrame) -> Figure:
    names = list(dict.fromkeys(table["family"]))
    drawing = Figure(figsize=(7.0, 4.0))
    panels = drawing.subplots(2, len(names) // 2, squeeze=False)
    energies = _where(table, what="energy")
    scale = _colours(energies)
    for axes, family in zip(panels.flat, names, strict=True):
        rows = _where(table, family=family)
        _map(axes, _where(rows, what="energy"), scale)
        unseen = _where(rows, what="unseen")
        axes.plot(unseen["x"], unseen["y"], ".", color="white", markersize=2, alpha=0.9)
        _crosses(axes, _where(rows, what="context"))
        axes.set_title(family)
    _bar(drawing, panels, scale)
    return drawing


@figure(
    id="fig-in-context-regression",
    experiment="regression",
    caption=r"""The same idea as regression: show pairs, and the energy over $y$ finds the line. Mean squared error of
        $y$ at a new $x$ against the number of pairs in the context, for lines $y = wx$ with noise (bars: 95 % interval
        over tasks). Only the $y$ of a negative is drawn or moved. Black: the exact Bayesian prediction, which is ridge
        regression with the right penalty, by formula; triangles: least squares, which from one pair may be anywhere;
        dotted: the variance of the noise, below which nothing can go. Data as in the paper's code, scaled down in
        quick. CODE.""",
    alt="""On a logarithmic axis the error of both networks falls with the number of pairs, ranking close to the black
        curve of the exact prediction at first and levelling off above it, contrastive divergence higher. Least squares
        starts high with one pair and joins the black curve.""",
)
def regression(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 3.5))
    axes = drawing.add_subplot()
    exact = _where(table, source=EXACT)
    axes.plot(exact["n"], exact["error"], "-", color="black", label="exact prediction")
    for source, (colour, marker, line) in {**OBJECTIVES, "least squares": (GREY, "^", "--")}.items():
        rows = _where(table, source=source)
        bars = (rows["error"] - rows["low"], rows["high"] - rows["error"])
        bars = np.minimum(bars, 0.9 * rows["error"].to_numpy(float))
        axes.errorbar(
            rows["n"], rows["error"], bars, marker=marker, linestyle=line, color=colour, capsize=2, label=source
        )
    axes.axhline(table["noise"].iloc[0] ** 2, color="black", linestyle=":", linewidth=1)
    noise = table["noise"].to_numpy(float)[0] ** 2
    known = table["error"].to_numpy(float)[table["source"] != "least squares"]
    axes.set(yscale="log", ylim=(0.6 * noise, 4 * known.max()))  # least squares from one pair lies beyond
    axes.set(xlabel="pairs in the context, $n$ (number)", ylabel="mean squared error of $y$")
    axes.legend(loc="upper right", fontsize="small")
    return drawing


@figure(
    id="fig-in-context-wells",
    experiment="wells",
    caption=r"""The sampler, not the likelihood, sets the scale of the energy. One quadratic well $E = k\lVert
        x\rVert^2/2$ is taught the variance of Gaussian data by contrastive divergence, with the networks' sampler at
        other noises $\sigma$ and two steps $\alpha$ (marks; they coincide, for the rule knows the energy only as
        $\alpha E$). Lines: the curvature at which negatives reach the data's variance in the given number of steps,
        without free parameter.
        Dotted: the curvature of the true $-\log p$ at the smaller step. Shaded: noise beyond the data's own standard
        deviation, where no curvature exists and $\alpha k$ grows without bound. Theory and test are ours, the
        warning about temperature is {cite:t}`schaeffer2024bridging`'s topic.""",
    alt="""Two panels of learned curvature against sampler noise, both logarithmic. Marks of two step sizes lie on top
        of each other and on the predicted line, flat for small noise and rising steeply as the noise approaches the
        standard deviation of the data; beyond it, in a shaded region, marks jump up above two.""",
)
def wells(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 3.5))
    panels = drawing.subplots(1, 2, sharey=True)
    for axes, data in zip(panels, ("marginal", "component"), strict=True):
        rows = _where(table, data=data)
        scale, smaller = (float(rows[name].to_numpy().min()) for name in ("scale", "step"))
        line = _where(rows, step=smaller)
        axes.plot(line["noise"], line["predicted"], "-", color="black", label="predicted")
        for (step, found), colour, marker in zip(rows.groupby("step"), (BLUE, ORANGE), "ox", strict=False):
            axes.plot(
                found["noise"], found["learned"], marker, color=colour, fillstyle="none", markersize=6,
                label=f"learned, $\\alpha = {step:g}$",
            )  # fmt: skip
        axes.axhline(smaller / scale**2, color=BLUE, linestyle=":", linewidth=1)
        least, widest = (float(f(rows["noise"].to_numpy())) * by for f, by in ((np.min, 0.8), (np.max, 1.2)))
        axes.axvspan(scale, widest, color="#e8e8e8", zorder=0)
        title = {"marginal": "all mixtures together", "component": "one component"}[data]
        axes.set(xscale="log", yscale="log", xlim=(least, widest), title=f"data: {title}")
        axes.set_xlabel("noise of the sampler, $\\sigma$ (length)")
    panels[0].set_ylabel("curvature learned, $\\alpha k$ (dimensionless)")
    panels[0].legend(loc="upper left", fontsize="small")
    return drawing


@figure(
    id="fig-in-context-stability",
    experiment="stability",
    caption=r"""The step size is a unit of energy: what runs away is a penalty too weak in that unit. Mean gap $E_+ -
        E_-$ of the network over the last fifth of a short training, times $\alpha$, for steps $\alpha$ and noises
        $\sigma$ of the sampler (numbers, and colour). Left: the penalty $\lambda$ is the same small number for all.
        Right: it is scaled with $\alpha$ and is the chapter's own at the chapter's step; then all steps behave much
        alike.
        Small number below: what the longest context takes off the NLL, in nats. A gap that is large and negative means
        that the sampler cannot reach the wells that it is to raise. Reconstructed; the paper's own setting is the
        column $\alpha=3.16$, $\sigma=0.01$.""",
    alt="""Two tables of coloured cells, noise against step size, each cell with two numbers, the scaled gap and the
        gain in likelihood. On the left the top row grows large with the step and the lower rows shrink to zero; on the
        right the numbers of a row are nearly the same.""",
)
def stability(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 3.6))
    panels = drawing.subplots(1, 2, sharey=True)
    scale = LogNorm(0.01, 10)
    for axes, penalty in zip(panels, ("fixed", "scaled"), strict=True):
        rows = _where(table, penalty=penalty)
        gap = rows.pivot_table(index="noise", columns="step", values="scaled_gap")
        gain = rows.pivot_table(index="noise", columns="step", values="gain")
        axes.imshow(gap.abs().clip(lower=0.01), cmap="cividis", norm=scale, origin="lower", aspect="auto")
        for row in range(gap.shape[0]):
            for column in range(gap.shape[1]):
                value = float(gap.iloc[row, column])
                ink = "black" if abs(value) > 0.5 else "white"
                axes.text(column, row + 0.15, f"{value:.2f}", color=ink, ha="center", va="center")
                better = f"{gain.iloc[row, column]:+.2f} nats"
                axes.text(column, row - 0.22, better, color=ink, ha="center", va="center", fontsize="x-small")
        axes.set_xticks(range(gap.shape[1]), [f"{step:g}" for step in gap.columns])
        axes.set_yticks(range(gap.shape[0]), [f"{noise:g}" for noise in gap.index])
        axes.set(xlabel="step of the sampler, $\\alpha$ (1/energy·length²)")
        axes.set_title({"fixed": "the same penalty $\\lambda$", "scaled": "$\\lambda\\propto\\alpha$"}[penalty])
        axes.grid(visible=False)
    panels[0].set_ylabel("noise of the sampler, $\\sigma$ (length)")
    return drawing


@figure(
    id="fig-in-context-training",
    experiment="training",
    caption=r"""What to watch while it learns: the gap, not the rank correlation. Left: gap $E_+ - E_-$ between data and
        negatives, one line for each network. For contrastive divergence a somewhat negative, bounded gap is healthy;
        with a larger step, little noise and a weaker penalty (dashed) it is close to zero, which is no better;
        for ranking, whose negatives stay where they were drawn, it grows as the energies become likelihoods.
        Right: rank correlation of the energy with the true $-\log p$ after some of the
        updates, with the longest context: near the data (filled, where the density is above a thousandth of its
        maximum) and over the whole box (open), most of which no negative visits. Reconstructed.""",
    alt="""Left, two bundles of curves and a single one: ranking falls steadily, contrastive divergence dips and levels
        off at about minus two, the run with the large step stays at zero. Right, rank correlations of both objectives
        at three
        stages of training: near the data ranking lies above contrastive divergence, over the whole box below it.""",
)
def training(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 3.4))
    left, right = drawing.subplots(1, 2, width_ratios=(1.3, 1))
    for objective, (colour, marker, line) in OBJECTIVES.items():
        rows = _where(table, objective=objective)
        for seed, updates in _where(rows, what="update").groupby("seed"):
            label = objective if seed == 0 else None
            left.plot(updates["update"], updates["gap"], line, color=colour, linewidth=1.2, label=label)
        stages = _where(rows, what="stage")
        updates = sorted(stages["update"].unique())
        for name, fill, style in (("rank_near", "full", "-"), ("rank_box", "none", "--")):
            ranks = [_where(stages, update=update)[name].to_numpy(float).mean() for update in updates]
            right.plot(updates, ranks, marker=marker, linestyle=style, color=colour, fillstyle=fill)
    left.axhline(0, color="black", linewidth=0.8, linestyle="-")
    quoted = _where(table, objective="large step, little noise", what="update")
    left.plot(quoted["update"], quoted["gap"], "--", color=GREEN, linewidth=1.2, label="large step, little noise")
    left.legend(loc="upper right", bbox_to_anchor=(1, 0.66), fontsize="small")
    left.set(xlabel="updates (number)", ylabel="gap $E_+ - E_-$ (energy)")
    right.set(xlabel="updates (number)", ylabel="rank correlation with $-\\log p$", xscale="log")
    right.xaxis.set_minor_formatter(NullFormatter())
    ticks = sorted({int(update) for update in _where(table, what="stage")["update"]})
    right.set_xticks(ticks, [f"{tick}" for tick in ticks])
    right.set_ylim(0.2, 1.15)
    right.text(
        0.03, 0.97, "filled: near the data\nopen: whole box", transform=right.transAxes, va="top", fontsize="small"
    )
    return drawing


def _where(table: pd.DataFrame, **columns: object) -> pd.DataFrame:
    """The rows in which the columns have these values."""
    for name, value in columns.items():
        table = cast("pd.DataFrame", table[table[name] == value])
    return table


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

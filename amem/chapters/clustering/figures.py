"""The pictures of the chapter, each drawn from one experiment's table."""

from typing import cast

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from amem.book import COLOURS, figure

BLUE, ORANGE, GREEN, PINK, AMBER, SKY, BLACK = COLOURS
GREY = "#666666"
MODELS = {  # colour and marker
    "K-means": (BLACK, "s"),
    "GMM": (GREY, "D"),
    "VI-DP-GMM": (AMBER, "v"),
    "CLAM": (BLUE, "o"),
    "CLAM, masked": (SKY, "X"),
    "CLAM+ELBO": (ORANGE, "^"),
    "CLAM+CRP+ELBO": (GREEN, "h"),
}
SETS = {"iris": (BLUE, "o"), "wine": (ORANGE, "s"), "breast_cancer": (GREEN, "^")}
CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, 3**0.5 / 2]])


@figure(
    id="fig-clustering-dynamics",
    experiment="dynamics",
    caption="""One input, two memories at work: CLAM moves a point, CLAM+ELBO moves a belief. Left: three memories
        (squares) and the energy of CLAM; from the input (cross) its state runs to a fixed point. The diamond is the
        average of the memories under the posterior of the input, to which CLAM+ELBO's average (triangles, from equal
        belief) comes and where it stays. Middle: what the same states believe, in the triangle of all $(q_1, q_2,
        q_3)$. CLAM *starts* at the posterior and leaves it; CLAM+ELBO, from the centre and from four other beliefs
        (dotted), ends there. Right: each energy above its lowest value falls all the way. $\\beta = 1.6$.
        Reconstructed; the models are {cite:t}`saha2023clam`'s and {cite:t}`schaeffer2024bridging`'s.""",
    alt="""Left, a plane with three squares and contour lines of an energy: a path leaves a cross near the middle and
        runs up to the topmost square, while a short path of triangles ends at a diamond beside the cross. Middle, a
        triangle in which five paths meet in one point, and a sixth leaves that point towards the topmost corner.
        Right, two curves falling on doubly logarithmic axes, that of CLAM after a long shelf.""",
)
def dynamics(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 3.0))
    plane, simplex, levels = drawing.subplots(1, 3, width_ratios=(1.05, 1, 0.95))
    clam, elbo = (_where(table, model=model) for model in ("CLAM", "CLAM+ELBO"))
    cells = _where(clam, kind="grid").pivot_table(index="y", columns="x", values="energy")
    plane.contour(cells.columns, cells.index, cells.to_numpy(), levels=14, colors="#bbbbbb", linewidths=0.7)
    memories, start = _where(clam, kind="memory"), _where(clam, kind="input")
    mean = _where(clam, kind="posterior mean")
    path, belief = _where(clam, kind="path"), _where(elbo, kind="path", item=0)
    plane.plot(memories["x"], memories["y"], "s", color=BLACK, markersize=7)
    plane.plot(path["x"], path["y"], "-", color=BLUE, linewidth=1.2)
    plane.plot(path["x"][::6], path["y"][::6], "o", color=BLUE, markersize=3, linestyle="none")
    plane.plot(belief["x"], belief["y"], "^-", color=ORANGE, markersize=3, linewidth=1)
    plane.plot(mean["x"], mean["y"], "D", color="white", markeredgecolor=BLACK, markersize=6, linestyle="none")
    plane.plot(start["x"], start["y"], "x", color=BLACK, markersize=7, markeredgewidth=1.6, linestyle="none")
    for place, (x, y) in enumerate(zip(memories["x"], memories["y"], strict=True)):
        plane.annotate(f"$\\mu_{place + 1}$", (x, y), (7, -3), textcoords="offset points", va="top")
    plane.set(xlim=(-1.6, 1.7), ylim=(-1.4, 1.7), xlabel="first coordinate", ylabel="second (dimensionless)")
    plane.set_title("the plane")
    plane.grid(visible=False)

    simplex.fill(*CORNERS.T, facecolor="none", edgecolor=BLACK, linewidth=1)
    for corner, (x, y) in enumerate(CORNERS):
        simplex.annotate(
            f"$q_{corner + 1}=1$", (x, y), (0, 5 if y else -4), textcoords="offset points", ha="center",
            va="bottom" if y else "top",
        )  # fmt: skip
    for item, rows in _where(elbo, kind="path").groupby("item"):
        colour, style = (ORANGE, "-") if item == 0 else (ORANGE, ":")
        simplex.plot(*_corners(rows), linestyle=style, color=colour, linewidth=1.2)
        simplex.plot(*_corners(rows.iloc[:1]), "o", color="white", markeredgecolor=ORANGE, markersize=4)
    simplex.plot(*_corners(path), "-", color=BLUE, linewidth=1.4)
    simplex.plot(*_corners(path.iloc[-1:]), "o", color=BLUE, markersize=5)
    simplex.plot(*_corners(start), "x", color=BLACK, markersize=7, markeredgewidth=1.6)
    simplex.set(xlim=(-0.15, 1.15), ylim=(-0.2, 1.05), xticks=(), yticks=(), title="what is believed")
    simplex.set_xlabel("belief (dimensionless)")
    simplex.set_aspect("equal")
    simplex.grid(visible=False)
    for side in ("left", "bottom"):
        simplex.spines[side].set_visible(False)

    for rows, (name, colour, style) in ((path, ("CLAM", BLUE, "-")), (belief, ("CLAM+ELBO", ORANGE, "--"))):
        above = rows.assign(energy=rows["energy"] - rows["energy"].min()).query("time > 0 and energy > 1e-7")
        levels.plot(above["time"], above["energy"], style, color=colour, label=name)
    levels.set(xscale="log", yscale="log", xlabel="time (dimensionless)")
    levels.set_ylabel("energy above its lowest")
    levels.set_title("energies")
    levels.legend(loc="lower left", fontsize="small")
    return drawing


@figure(
    id="fig-clustering-basins",
    experiment="basins",
    caption="""As $\\beta$ grows, the basins of CLAM become Voronoi cells. Maps: eight fixed memories (dots) in the unit
        square; every place has the colour of the memory at which CLAM comes to rest from there, black lines separate
        the places by nearest memory. At small $\\beta$ several memories share an attractor and their cells take one
        colour. Right: the fraction of the square on which the two answers differ, at rest (circles) and after
        ten steps of 0.1, as in training (squares); ten steps cannot go astray far. The circles end where no point of
        the grid differs. After {cite:t}`saha2023clam`; the memories are ours.""",
    alt="""Three squares painted in up to eight colours with black cell borders. In the first, a few colours cover many
        cells; in the second, most cells have a colour of their own with curved borders near the black lines; in the
        third, colours fill the cells exactly. On the right two falling curves of the fraction that differs against
        beta, on a logarithmic axis.""",
)
def basins(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 2.2))
    maps = _where(table, kind="grid")
    betas = sorted(maps["beta"].unique())
    panels = drawing.subplots(1, len(betas) + 1, width_ratios=[*[1] * len(betas), 1.35])
    palette = ListedColormap([*COLOURS[:6], "#999999", "#F0E442"])
    for axes, beta in zip(panels, betas, strict=False):
        rows, memories = _where(maps, beta=beta), _where(table, kind="memory", beta=beta)
        cells = rows.pivot_table(index="y", columns="x", values=["ends", "nearest"])
        axes.pcolormesh(
            cells["ends"].columns, cells["ends"].index, cells["ends"].to_numpy(), cmap=palette, vmin=-0.5, vmax=7.5,
            alpha=0.75, rasterized=True,
        )  # fmt: skip
        for memory in range(len(memories)):
            own = (cells["nearest"] == memory).to_numpy(float)
            axes.contour(
                cells["nearest"].columns, cells["nearest"].index, own, levels=[0.5], colors="black", linewidths=0.7
            )
        axes.plot(memories["x"], memories["y"], "o", color="white", markeredgecolor="black", markersize=5)
        axes.set(xticks=(0, 1), yticks=(0, 1), xlim=(0, 1), ylim=(0, 1), title=f"$\\beta = {beta:g}$")
        axes.set_xlabel("length")
        axes.set_aspect("equal")
        axes.grid(visible=False)
    panels[0].set_ylabel("length (dimensionless)")
    axes = panels[-1]
    for kind, (colour, marker) in {"at rest": (BLUE, "o"), "ten steps": (ORANGE, "s")}.items():
        rows = _where(table, kind=kind)
        axes.plot(rows["beta"], rows["differs"].where(rows["differs"] > 0), marker=marker, color=colour, label=kind)
    axes.set(xscale="log", yscale="log", xlabel="$\\beta$ (1/length²)", ylabel="fraction that differs", ylim=(1e-4, 60))
    axes.set_box_aspect(0.85)
    axes.legend(fontsize="small", loc="upper right")
    return drawing


@figure(
    id="fig-clustering-collapse",
    experiment="collapse",
    caption="""Below $\\beta_c$ nothing is told apart. Memories start a thousandth of a standard deviation apart around
        the mean of a standardised data set and are trained: by expectation–maximisation (filled) or by CLAM+ELBO's
        gradients (open). Shown is how far apart the farthest two end. Below $\\beta_c = 1/\\lambda_{\\max}$ of the
        covariance (line) all come together; just above it they part, steeply. In units of $\\beta_c$ three sets with
        four to thirty features agree on where. Threshold reconstructed for {cite:t}`schaeffer2024bridging`'s
        model.""",
    alt="""Largest distance between memories against beta over beta c for three data sets: exactly zero to the left of
        a vertical line at one, then rising like a square root to three or more at two. Filled and open markers
        coincide.""",
)
def collapse(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 3.2))
    axes = drawing.subplots()
    for name, (colour, marker) in SETS.items():
        critical = _where(table, set=name, source="theory")["beta"].iloc[0]
        for model, fill in (("EM", colour), ("CLAM+ELBO", "none")):
            rows = _where(table, set=name, model=model, source="simulation")
            label = f"{name.replace('_', ' ')}, $\\beta_c$ = {critical:.4f}" if model == "EM" else None
            axes.plot(
                rows["ratio"], rows["spread"], marker=marker, color=colour, markerfacecolor=fill, label=label,
                markersize=5 if model == "EM" else 9, linestyle="-" if model == "EM" else "none",
            )  # fmt: skip
    axes.axvline(1, color=BLACK, linestyle="--", linewidth=1)
    axes.set(xlabel="$\\beta/\\beta_c$ (dimensionless)", ylabel="largest distance of memories\n(standard deviations)")
    axes.legend(loc="upper left")
    return drawing


@figure(
    id="fig-clustering-sharpness",
    experiment="sharpness",
    caption="""How agreement with the classes depends on $\\beta$: CLAM+ELBO falls off a cliff, CLAM down a slope. The
        adjusted Rand index (median over seeds, bars from the lower to the upper quartile) of models trained at each
        $\\beta$, with as many memories as classes. Left of the line, at $\\beta_c$, CLAM+ELBO cannot tell anything
        apart; CLAM, which is trained to reproduce points and not to explain their density, still can for a while.
        Adam at rate 0.05, 120 updates on all points, $T = 10$ steps of 0.1; masks hide entries with chance 0.2.
        Reconstructed.""",
    alt="""Two panels, iris and wine: adjusted Rand index against beta on a logarithmic axis. The orange curve is zero
        left of the dashed line and jumps to its plateau there; the two blue curves rise gradually and reach theirs
        before the line.""",
)
def sharpness(table: pd.DataFrame) -> Figure:
    names = list(dict.fromkeys(table["set"]))
    drawing = Figure(figsize=(7.0, 2.9))
    panels = drawing.subplots(1, len(names), sharey=True, squeeze=False)[0]
    for axes, name in zip(panels, names, strict=True):
        rows = _where(table, set=name)
        for shift, model in zip((0.94, 1.0, 1.06), ("CLAM", "CLAM, masked", "CLAM+ELBO"), strict=True):
            colour, marker = MODELS[model]
            found = _where(rows, model=model).groupby("beta")["ari"]
            middle, low, high = found.median(), found.quantile(0.25), found.quantile(0.75)
            axes.errorbar(
                middle.index * shift, middle, [middle - low, high - middle], color=colour, marker=marker,
                linewidth=1, elinewidth=0.8, label=model,
            )  # fmt: skip
        axes.axvline(rows["beta_c"].iloc[0], color=BLACK, linestyle="--", linewidth=1)
        axes.set(xscale="log", xlabel="$\\beta$ (1/variance of a feature)", title=name)
    panels[0].set_ylabel("adjusted Rand index\n(dimensionless)")
    panels[-1].legend(loc="lower right", fontsize="small")
    return drawing


@figure(
    id="fig-clustering-reference",
    experiment="reference",
    caption="""At one sensible setting and with as many memories as classes, all of them find about the same. Adjusted
        Rand index (above) and silhouette of a sample (below) for every seed (small) and their median (large), all
        points, standardised. CLAM at $\\beta = 1$ with and without masks, CLAM+ELBO with learned weights; K-means and
        GMM start once a seed; VI-DP-GMM has three components a class; CLAM+CRP+ELBO is not told the number of
        classes and is shown for all its six settings of $\\alpha$ and $\\beta$. Setting reconstructed.""",
    alt="""Two rows of dots over the data sets. In each set the black squares of K-means, the blue and orange marks of
        CLAM and CLAM+ELBO lie at nearly the same height; the green marks of CLAM+CRP+ELBO spread from zero to a
        little below them, and the amber ones of the variational mixture lie lower.""",
)
def reference(table: pd.DataFrame) -> Figure:
    names = list(dict.fromkeys(table["set"]))
    drawing = Figure(figsize=(7.0, 4.6))
    above, below = drawing.subplots(2, 1, sharex=True)
    shifts = np.linspace(-0.34, 0.34, len(MODELS))
    for axes, column in ((above, "ari"), (below, "silhouette")):
        for (model, (colour, marker)), shift in zip(MODELS.items(), shifts, strict=True):
            rows = _where(table, model=model)
            place = rows["set"].map(names.index) + shift
            axes.plot(place, rows[column], marker, color=colour, markersize=2, alpha=0.5)
            middle = rows.groupby("set", sort=False)[column].median()
            where = [names.index(name) + shift for name in middle.index]
            axes.plot(
                where, middle, marker, color=colour, markersize=6, markeredgecolor="white", markeredgewidth=0.6,
                label=model,
            )  # fmt: skip
        axes.grid(visible=False, axis="x")
        for border in range(1, len(names)):
            axes.axvline(border - 0.5, color="#dddddd", linewidth=0.8)
    above.set_ylabel("adjusted Rand index\n(dimensionless)")
    below.set_ylabel("silhouette\n(dimensionless)")
    below.set_xticks(range(len(names)), [name.replace("_", "\n") for name in names], fontsize="x-small")
    below.set_xlabel("data set")
    drawing.legend(*above.get_legend_handles_labels(), loc="outside upper center", ncols=4, fontsize="small")
    return drawing


@figure(
    id="fig-clustering-supervised",
    experiment="benchmark",
    caption="""Untuned, no method wins: four scores that know the classes, over all settings and seeds. Thin bars hold
        nine tenths of the fits, thick ones the middle half, dots are medians. Settings, as many as there are and none
        tuned: $\\beta/\\beta_c$, learning rate and steps for CLAM and CLAM+ELBO, the number of memories for all but
        CLAM+CRP+ELBO, whose $\\alpha$ and $\\beta$ vary instead. After the violins of
        {cite:t}`schaeffer2023probabilistic_lens`, on the sets that the preset names.""",
    alt="""Four panels with a group of six horizontal bars for every data set. Within each group the bars overlap
        widely; those of CLAM and CLAM+ELBO lie close together and reach farther down than those of K-means and the
        mixtures. Rand index and the other three scores order the data sets alike.""",
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
    id="fig-clustering-unsupervised",
    experiment="benchmark",
    caption="""The same fits, seen by three scores that do not know the classes. Calinski–Harabasz (high is good),
        Davies–Bouldin (low is good) and the silhouette of a sample of the points (high is good), bars as in
        the figure before. Fits that put all points into one cluster have silhouette −1 and no other
        score. After {cite:t}`schaeffer2023probabilistic_lens`.""",
    alt="""Three panels with a group of six horizontal bars for every data set. The bars overlap within each group;
        those of the silhouette reach down to minus one where settings put everything into one cluster.""",
)
def unsupervised(table: pd.DataFrame) -> Figure:
    titles = {"calinski": "Calinski–Harabasz", "davies": "Davies–Bouldin", "silhouette": "silhouette"}
    drawing = _distributions(table, titles, (1, 3))
    drawing.axes[0].set_xscale("log")
    drawing.axes[0].xaxis.set_minor_formatter(NullFormatter())
    return drawing


@figure(
    id="fig-clustering-errata",
    experiment="errata",
    caption="""Five small corrections, computed. Top left: the log-density of a mixture lies on $-\\beta E$ if its
        covariance is $I/2\\beta$ (in the form $e^{-\\beta\\lVert v-\\mu\\rVert^2}$, here three memories on a line,
        $\\beta=1$), and not if it is $2I/\\beta$. Top right: $\\dot E$ is $-\\frac12\\lVert\\nabla E\\rVert^2$ over
        $\\tau$. Bottom left: one step $v^*$ to the posterior mean is not a fixed point, and CLAM and CLAM+ELBO
        do not believe the same at rest; both differences vanish only as $\\beta$ grows (medians, bars from the lowest
        to the highest tenth of the draws). Bottom right: how often each feature of three sets is hidden by the
        masks of the published code (open) and by independent ones (filled); of iris the former hide nothing.
        Statements from {cite:t}`schaeffer2023probabilistic_lens` and the code of {cite:t}`saha2023clam`.""",
    alt="""Four panels. A curve with three humps on which dots lie, and a flat curve far from them. Circles on the
        line one over tau. Two falling sets of points with long bars against beta. Open markers at zero for the first
        feature and for all features of iris, filled ones near two and three tenths throughout.""",
)
def errata(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 5.2))
    (covariance, time), (fixed, hidden) = drawing.subplots(2, 2)
    for form, (colour, style) in {"Σ = I/2β": (BLUE, "-"), "Σ = 2I/β": (ORANGE, "--"), "−βE": (BLACK, "o")}.items():
        rows = _where(table, kind="covariance", form=form)
        rows = rows.iloc[::5] if form == "−βE" else rows
        mark = {"marker": "o", "linestyle": "none", "markersize": 4} if style == "o" else {"linestyle": style}
        covariance.plot(rows["x"], rows["value"], color=colour, label=form.replace("−βE", "−βE + constant"), **mark)
    covariance.set(xlabel="position (length)", ylabel="log-density (nats)", ylim=(-9, 2.5))
    covariance.legend(loc="lower center", fontsize="small")
    rows = _where(table, kind="time")
    curve = np.linspace(rows["x"].min(), rows["x"].max(), 60)
    time.plot(curve, 1 / curve, "-", color=BLACK, linewidth=0.8)
    time.plot(rows["x"], rows["value"], "o", color=BLUE)
    time.axhline(1, color=ORANGE, linestyle="--")
    time.text(rows["x"].max(), 1.04, "as stated", ha="right", va="bottom", color=ORANGE)
    time.set(xlabel="$\\tau$ (time)", ylabel="$\\dot E\\,/\\,(-\\frac{1}{2}\\|\\nabla E\\|^2)$ (1/time)")
    for kind, (colour, marker, name) in {
        "fixed point": (BLUE, "o", "$\\|T(v^*) - v^*\\|$"),
        "shared": (ORANGE, "s", "distance of beliefs"),
    }.items():
        rows = _where(table, kind=kind)
        middle = rows["value"].clip(lower=1e-10)
        bars = [middle - rows["low"].clip(lower=1e-10), rows["high"] - middle]
        shift = 1.0 if marker == "o" else 1.08
        fixed.errorbar(
            rows["x"] * shift, middle, bars, color=colour, marker=marker, linestyle="none", capsize=2, label=name
        )
    fixed.set(xscale="log", yscale="log", xlabel="published $\\beta$ (1/length²)", ylim=(1e-10, 300))
    fixed.set_xlim(0.8, 30)
    fixed.set_ylabel("difference (dimensionless)")
    fixed.legend(loc="upper right", fontsize="small", ncols=2, columnspacing=1)
    for name, (colour, marker) in SETS.items():
        for form, fill in (("independent", colour), ("published", "none")):
            rows = _where(table, kind="hidden", what=name, form=form)
            label = name.replace("_", " ") if form == "independent" else None
            hidden.plot(
                rows["x"] + 1, rows["value"], marker=marker, color=colour, markerfacecolor=fill, linewidth=0.7,
                linestyle="-" if form == "independent" else ":", markersize=4, label=label,
            )  # fmt: skip
    hidden.set(xlabel="feature (number)", ylabel="fraction of points\nin which it is hidden")
    hidden.legend(fontsize="small", loc="upper right")
    return drawing


def _distributions(table: pd.DataFrame, titles: dict[str, str], shape: tuple[int, int]) -> Figure:
    """For every set a group of bars, one a model: nine tenths, the middle half and the median."""
    names = list(dict.fromkeys(table["set"]))
    models = [model for model in MODELS if model in set(table["model"])]
    drawing = Figure(figsize=(7.0, 0.9 + 0.62 * len(names) * shape[0]))
    panels = drawing.subplots(*shape, sharey=True, squeeze=False).ravel()
    for axes, (column, title) in zip(panels, titles.items(), strict=True):
        for place, name in enumerate(names):
            for order, model in enumerate(models):
                values = _where(table, set=name, model=model)[column].dropna()
                if len(values):
                    _bar(axes, cast("pd.Series", values), place + 0.8 * ((order + 0.5) / len(models) - 0.5), model)
        axes.set(title=title, ylim=(len(names) - 0.5, -0.5))
        axes.set_xlabel("score (dimensionless)")
        axes.grid(visible=False, axis="y")
        for border in range(1, len(names)):
            axes.axhline(border - 0.5, color="#dddddd", linewidth=0.8)
    for axes in panels[:: shape[1]]:
        axes.set_yticks(range(len(names)), [name.replace("_", "\n") for name in names])
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


def _corners(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Beliefs in three memories as places in an equilateral triangle."""
    x, y = rows[["q1", "q2", "q3"]].to_numpy() @ CORNERS[:, 0], rows[["q1", "q2", "q3"]].to_numpy() @ CORNERS[:, 1]
    return pd.Series(x), pd.Series(y)


def _where(table: pd.DataFrame, **wanted: object) -> pd.DataFrame:
    chosen = np.logical_and.reduce([table[name] == value for name, value in wanted.items()])
    return cast("pd.DataFrame", table[chosen])

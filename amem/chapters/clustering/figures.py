"""The pictures of the chapter, each drawn from one experiment's table."""

from typing import cast

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from amem.book import COLOURS, figure, select

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
FAR = {"outlier": (BLACK, "D"), "digits": (PINK, "v"), "ecoli": (AMBER, "P"), "image_segmentation": (SKY, "X")}
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
    clam, elbo = (select(table, model=model) for model in ("CLAM", "CLAM+ELBO"))
    cells = select(clam, kind="grid").pivot_table(index="y", columns="x", values="energy")
    plane.contour(cells.columns, cells.index, cells.to_numpy(), levels=14, colors="#bbbbbb", linewidths=0.7)
    memories, start = select(clam, kind="memory"), select(clam, kind="input")
    mean = select(clam, kind="posterior mean")
    path, belief = select(clam, kind="path"), select(elbo, kind="path", item=0)
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
    for item, rows in select(elbo, kind="path").groupby("item"):
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
    maps = select(table, kind="grid")
    betas = sorted(maps["beta"].unique())
    panels = drawing.subplots(1, len(betas) + 1, width_ratios=[*[1] * len(betas), 1.35])
    palette = ListedColormap([*COLOURS[:6], "#999999", "#F0E442"])
    for axes, beta in zip(panels, betas, strict=False):
        rows, memories = select(maps, beta=beta), select(table, kind="memory", beta=beta)
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
        rows = select(table, kind=kind)
        axes.plot(rows["beta"], rows["differs"].where(rows["differs"] > 0), marker=marker, color=colour, label=kind)
    axes.set(xscale="log", yscale="log", xlabel="$\\beta$ (1/length²)", ylabel="fraction that differs", ylim=(1e-4, 60))
    axes.set_box_aspect(0.85)
    axes.legend(fontsize="small", loc="upper right")
    return drawing


@figure(
    id="fig-clustering-collapse",
    experiment="collapse",
    caption="""Below $\\beta_c$ small pushes die out; memories that begin far apart may stay so. Shown is how far
        apart the farthest two memories end. Left: they start a thousandth of a standard deviation apart around the
        mean of a standardised data set and are trained by expectation–maximisation (filled) or by CLAM+ELBO's
        gradients (open). Below $\\beta_c = 1/\\lambda_{\\max}$ of the covariance (line) all come together; just above
        it they part, steeply. In units of $\\beta_c$ three sets with four to thirty features agree on where. Right:
        the same training from random data points (each dot a start, lines through the medians). Iris, wine and breast
        cancer still collapse; on other sets some stay apart below $\\beta_c$, and with an outlier 20 standard
        deviations away one of two memories stays with it at any $\\beta$ shown. Threshold reconstructed for
        {cite:t}`schaeffer2024bridging`'s model.""",
    alt="""Two panels, largest distance between memories against beta over beta c. Left, three data sets: exactly zero
        to the left of a vertical line at one, then rising like a square root to three or more at two. Filled and open
        markers coincide. Right, on a wider scale: three sets at zero up to the line, the digits at about twelve from a
        little below the line on, and a flat row of diamonds at twenty on both sides of it.""",
)
def collapse(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 3.3))
    near, far = drawing.subplots(1, 2)
    for name, (colour, marker) in SETS.items():
        critical = select(table, set=name, start="mean", source="theory")["beta"].iloc[0]
        for model, fill in (("EM", colour), ("CLAM+ELBO", "none")):
            rows = select(table, start="mean", set=name, model=model, source="simulation")
            label = f"{name.replace('_', ' ')}, $\\beta_c$ = {critical:.4f}" if model == "EM" else None
            near.plot(
                rows["ratio"], rows["spread"], marker=marker, color=colour, markerfacecolor=fill, label=label,
                markersize=5 if model == "EM" else 9, linestyle="-" if model == "EM" else "none",
            )  # fmt: skip
    starts = select(table, start="data", source="simulation")
    for name in dict.fromkeys(starts["set"]):
        (colour, marker), rows = {**SETS, **FAR}[name], select(starts, set=name)
        far.plot(rows["ratio"], rows["spread"], marker, color=colour, markersize=3, alpha=0.6)
        middle = rows.groupby("ratio")["spread"].median()
        far.plot(
            middle.index, middle, marker=marker, color=colour, linestyle="-", linewidth=1, markersize=5,
            label=name.replace("_", " "),
        )  # fmt: skip
    for axes, title in ((near, "from near the mean"), (far, "from data points")):
        axes.axvline(1, color=BLACK, linestyle="--", linewidth=1)
        axes.set(xlabel="$\\beta/\\beta_c$ (dimensionless)", title=title)
        axes.legend(loc="upper left", fontsize="small")
    far.set_ylim(-1, 1.7 * starts["spread"].max())
    far.legend(loc="upper left", fontsize="small", ncols=2, columnspacing=1)
    near.set_ylabel("largest distance of memories\n(standard deviations)")
    return drawing


@figure(
    id="fig-clustering-sharpness",
    experiment="sharpness",
    caption="""Below $\\beta_c$ CLAM+ELBO sees a single cluster; CLAM only needs more training. The adjusted Rand index
        (median over seeds, bars from the lower to the upper quartile) of models trained at each $\\beta$ from random
        data points, with as many memories as classes. Line: $\\beta_c$. After 120 updates (filled) CLAM does ever
        worse towards small $\\beta$, but this is a matter of time: after 2000 (open) it clusters all the way down.
        Adam at rate 0.05 on all points, $T = 10$ steps of 0.1; masks hide entries with chance 0.2. Reconstructed.""",
    alt="""Two panels, iris and wine: adjusted Rand index against beta on a logarithmic axis. The orange curve is zero
        left of the dashed line and jumps to its plateau there; the two blue curves of CLAM fall towards small beta,
        on iris to zero; open blue circles stay near the plateau as far down as beta goes.""",
)
def sharpness(table: pd.DataFrame) -> Figure:
    names = list(dict.fromkeys(table["set"]))
    drawing = Figure(figsize=(7.0, 2.9))
    panels = drawing.subplots(1, len(names), sharey=True, squeeze=False)[0]
    models = {name: MODELS[name] for name in ("CLAM", "CLAM, masked", "CLAM+ELBO")} | {"CLAM, longer": (BLUE, "o")}
    for axes, name in zip(panels, names, strict=True):
        rows = select(table, set=name)
        for shift, (model, (colour, marker)) in zip((0.94, 1.0, 1.06, 1.0), models.items(), strict=True):
            found = select(rows, model=model).groupby("beta")["ari"]
            middle, low, high = found.median(), found.quantile(0.25), found.quantile(0.75)
            longer = model == "CLAM, longer"
            axes.errorbar(
                middle.index * shift, middle, [middle - low, high - middle], color=colour, marker=marker,
                linewidth=1, elinewidth=0.8, label="CLAM, trained longer" if longer else model,
                markerfacecolor="white" if longer else colour, markersize=7 if longer else 5,
                linestyle=":" if longer else "-",
            )  # fmt: skip
        axes.axvline(rows["beta_c"].iloc[0], color=BLACK, linestyle="--", linewidth=1)
        axes.set(xscale="log", xlabel="$\\beta$ (1/variance of a feature)", title=name)
    panels[0].set_ylabel("adjusted Rand index\n(dimensionless)")
    panels[-1].legend(loc="lower right", fontsize="small")
    return drawing


@figure(
    id="fig-clustering-variants",
    experiment="variants",
    caption="""Of all these knobs the masks matter most; a learned $\\beta$ needs more updates. Above: memories
        (crosses) learned for four clouds of different sizes, the best by its own loss of all starts. Below: the
        adjusted Rand index on these clouds and three data sets, every start (small) and the median (large), with as
        many memories as classes. CLAM has $T$ steps of $1/T$, ten unless said; masks hide entries with chance 0.2 and
        put the mean, the least or the greatest value of the feature there. $\\beta = 10\\,\\beta_c$, or learned from
        there; Adam at rate 0.05, 120 updates, 400 for the last row. Ablations after {cite:t}`saha2023clam`, settings
        reconstructed.""",
    alt="""Above, four scatter plots of the same four clouds, three around a small one, with four crosses each: one in
        each cloud, except with masks, where crosses lie beside clouds. Below, four panels of dots, a row a variant:
        most rows end at the same height, those with masks lie lower, lowest where hidden entries get extreme
        values.""",
)
def variants(table: pd.DataFrame) -> Figure:
    names, fits = list(dict.fromkeys(table["set"])), select(table, kind="fit")
    rows = list(dict.fromkeys(fits["variant"]))
    drawing = Figure(figsize=(7.0, 5.4))
    above, below = drawing.subplots(2, 4, sharey="row", height_ratios=(1, 1.9))
    points = select(table, kind="point")
    for axes, variant in zip(
        above, ("K-means", "CLAM", "CLAM, masked: mean", "CLAM+ELBO, learned β, longer"), strict=True
    ):
        memories = select(table, kind="memory", variant=variant)
        axes.plot(points["x"], points["y"], ".", color="#999999", markersize=2)
        axes.plot(memories["x"], memories["y"], "X", color=_colour(variant), markeredgecolor="white", markersize=8)
        axes.set_title(variant.replace(", longer", "").replace("ELBO,", "ELBO,\n").replace("CLAM,", "CLAM,\n"))
        axes.set(aspect="equal", xlabel="first coordinate", xticks=(-1, 0, 1), yticks=(-1, 0, 1))
        axes.grid(visible=False)
    above[0].set_ylabel("second coordinate\n(standard deviations)")
    for axes, name in zip(below, names, strict=True):
        found = select(fits, set=name)
        for place, variant in enumerate(rows):
            scores = select(found, variant=variant)["ari"]
            axes.plot(scores, [place] * len(scores), ".", color=_colour(variant), markersize=3, alpha=0.6)
            axes.plot(scores.median(), place, "o", color=_colour(variant), markeredgecolor="white", markersize=7)
        axes.set(title=name.replace("_", " "), xlim=(-0.06, 1.06), ylim=(len(rows) - 0.5, -0.5))
        axes.set_xlabel("adjusted\nRand index")
    below[0].set_yticks(range(len(rows)), rows, fontsize="small")
    below[0].set_ylabel("variant")
    return drawing


def _colour(variant: str) -> str:
    if variant.startswith("CLAM+ELBO"):
        return ORANGE
    return SKY if "masked" in variant else MODELS[variant.partition(",")[0]][0]


@figure(
    id="fig-clustering-reference",
    experiment="reference",
    caption="""At one sensible setting CLAM and CLAM+ELBO do as K-means does on three sets, and part on others.
        Adjusted Rand index (above) and silhouette of a sample (below) for every seed (small) and their median (large),
        all points, standardised. CLAM at $\\beta = 1$ with and without masks, CLAM+ELBO with learned weights; K-means
        and GMM start once a seed; VI-DP-GMM has three components a class; CLAM+CRP+ELBO is not told the number of
        classes and is shown for all its six settings of $\\alpha$ and $\\beta$; once the stream has ended, its points
        are assigned anew. As many memories as classes for all others. Setting reconstructed.""",
    alt="""Two rows of dots over the data sets. On iris, wine and breast cancer the black squares of K-means and the
        blue and orange marks of CLAM and CLAM+ELBO lie at nearly the same height, the mixture with full covariances
        higher on iris; the green marks of CLAM+CRP+ELBO spread widely below them, and the amber ones of the variational
        mixture lie lower on wine and breast cancer.""",
)
def reference(table: pd.DataFrame) -> Figure:
    names = list(dict.fromkeys(table["set"]))
    drawing = Figure(figsize=(7.0, 4.6))
    above, below = drawing.subplots(2, 1, sharex=True)
    shifts = np.linspace(-0.34, 0.34, len(MODELS))
    for axes, column in ((above, "ari"), (below, "silhouette")):
        for (model, (colour, marker)), shift in zip(MODELS.items(), shifts, strict=True):
            rows = select(table, model=model)
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
    caption="""Over all settings, none tuned, methods overlap: four scores that know the classes. Thin bars hold
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
    caption="""Five slips, computed. *Covariance*: the log-density of a mixture lies on $-\\beta E$ if its covariance
        is $I/2\\beta$ (in the form $e^{-\\beta\\lVert v-\\mu\\rVert^2}$, here three memories on a line, $\\beta=1$),
        and not if it is $2I/\\beta$. *Sign*: the pull towards the memories is $+\\nabla\\log p$. *Time*: $\\dot E$ is
        $-\\frac12\\lVert\\nabla E\\rVert^2$ over $\\tau$. *Fixed point*: one step $v^*$ to the posterior mean is none,
        and so (*beliefs*) CLAM and CLAM+ELBO do not believe the same at rest; both differences vanish only as $\\beta$
        grows (medians, bands from the lowest to the highest tenth of the draws). *Masks*: how often each feature of
        three sets is hidden by those of the published code (open) and by independent ones (filled); of iris the former
        hide nothing. Statements from {cite:t}`schaeffer2023probabilistic_lens` and the code of
        {cite:t}`saha2023clam`.""",
    alt="""Six panels. A curve with three humps on which dots lie, and a flat curve far from them. A wave with dots on
        it and its mirror image, dashed. Circles on the line one over tau, below a dashed level. Two falling curves in
        wide bands against beta. Open markers at zero for the first feature and for all features of iris, filled ones
        near two and three tenths throughout.""",
)
def errata(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 4.9))
    (covariance, sign, time), (fixed, shared, hidden) = drawing.subplots(2, 3)
    line = {"linestyle": "none", "marker": "o", "markersize": 3.5, "color": BLACK}
    for axes, kind, truth, correct, printed, titles in (
        (covariance, "covariance", "−βE", "Σ = I/2β", "Σ = 2I/β", ("covariance", "log-density (nats)")),
        (sign, "force", "2βΣσ(μ − x)", "∇log p", "−∇log p", ("sign", "pull (1/length)")),
    ):
        for form, style in ((correct, {"color": BLUE}), (printed, {"color": ORANGE, "linestyle": "--"}), (truth, line)):
            rows = select(table, kind=kind, form=form).iloc[:: 5 if form == truth else 1]
            label = "−βE + constant" if form == "−βE" else form
            axes.plot(rows["x"], rows["value"], label=label, **style)
        axes.set(title=titles[0], xlabel="position (length)", ylabel=titles[1])
    covariance.set_ylim(-14, 1)
    covariance.legend(loc="lower center", fontsize="x-small")
    sign.set_ylim(-11, 6.5)
    sign.legend(loc="lower center", fontsize="x-small")
    rows = select(table, kind="time")
    curve = np.linspace(rows["x"].min(), rows["x"].max(), 60)
    time.plot(curve, 1 / curve, "-", color=BLUE, linewidth=0.8)
    time.plot(rows["x"], rows["value"], "o", color=BLUE)
    time.axhline(1, color=ORANGE, linestyle="--")
    time.text(rows["x"].max(), 1.04, "as printed", ha="right", va="bottom", color=ORANGE)
    time.set(title="time", xlabel="$\\tau$ (time)")
    time.set_ylabel("$\\dot E\\,/\\,(-\\frac{1}{2}\\|\\nabla E\\|^2)$ (1/time)")
    for axes, kind, title, label in (
        (fixed, "fixed point", "fixed point", "$\\|T(v^*) - v^*\\|$ (length)"),
        (shared, "shared", "beliefs", "distance (dimensionless)"),
    ):
        rows = select(table, kind=kind)
        axes.fill_between(rows["x"], rows["low"], rows["high"], color=BLUE, alpha=0.25, linewidth=0)
        axes.plot(rows["x"], rows["value"], "o-", color=BLUE)
        axes.axhline(0, color=ORANGE, linestyle="--")
        axes.text(rows["x"].max(), -0.01, "as printed", ha="right", va="top", color=ORANGE)
        axes.set(title=title, xscale="log", xlabel="published $\\beta$ (1/length²)", ylabel=label)
        axes.set_ylim(-0.2 * rows["high"].max(), None)
    for name, (colour, marker) in SETS.items():
        for form, fill in (("independent", colour), ("published", "none")):
            rows = select(table, kind="hidden", what=name, form=form)
            label = name.replace("_", " ") if form == "independent" else None
            hidden.plot(
                rows["x"] + 1, rows["value"], marker=marker, color=colour, markerfacecolor=fill, linewidth=0.7,
                linestyle="-" if form == "independent" else ":", markersize=4, label=label,
            )  # fmt: skip
    hidden.set(title="masks", xlabel="feature (number)", ylabel="fraction hidden")
    hidden.legend(fontsize="x-small", loc="upper right")
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
                values = select(table, set=name, model=model)[column].dropna()
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

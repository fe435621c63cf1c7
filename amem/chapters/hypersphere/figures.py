"""The pictures of the chapter, each drawn from one experiment's table."""

from typing import cast

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, Normalize, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from amem.book import figure, select

BLUE, ORANGE, GREEN, PINK, GREY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#666666"
SIX = [BLUE, ORANGE, GREEN, PINK, "#E69F00", "#56B4E9"]
NORMS = {"LayerNorm": (BLUE, "o"), "RMSNorm": (ORANGE, "s")}


@figure(
    id="fig-hypersphere-view",
    experiment="view",
    caption="""A head that normalises before it attends divides a sphere among its keys. LayerNorm of four features puts
        every token on the ordinary sphere, seen here from two sides; nothing else is simplified. The colour of a place
        mixes the keys' colours by the attention that a token there would pay. Numbered squares: the keys' mean
        directions $m_j$, with their mixing weights $\\pi_j$; around each a ring at which its density has fallen by
        $e^{-1/2}$, small for a large concentration $\\kappa_j$. Dots: the six tokens. Keys 2, 3 and 5 stand in another
        key's colour: even in their own direction a more concentrated neighbour gets more attention, for it has the
        larger mixing weight too. Random weights, no biases; the picture is ours, the claim is
        {cite:t}`schaeffer2024bridging`'s.""",
    alt="""Two discs, the front and the back of a sphere, painted in six colours that blend into one another where
        regions meet. Six numbered squares, each in the middle of a ring of its own colour, bear weights from 0.005 to
        0.76. Squares 1, 4 and 6 stand in a region of their own colour; squares 2 and 3 stand in the region of key 1 and
        square 5 in that of key 4, whose rings are smaller. White dots, the tokens, lie in several of the regions.""",
)
def view(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 3.75))
    keys = sum(name.startswith("share_") for name in table)
    colours = np.array([to_rgb(colour) for colour in SIX[:keys]])
    for place, side in enumerate(("front", "back")):
        axes = drawing.add_subplot(1, 2, place + 1)
        rows = select(table, side=side)
        pixels = select(rows, what="pixel")
        size = round(len(pixels) ** 0.5)
        shares = pixels[[f"share_{j}" for j in range(keys)]].to_numpy()
        paint = np.nan_to_num(shares, nan=0.0) @ (0.35 + 0.65 * colours)
        alpha = np.where(np.isnan(shares[:, 0]), 0.0, 1.0)
        image = np.concatenate([paint, alpha[:, None]], axis=1).reshape(size, size, 4).clip(0, 1)
        shown = axes.imshow(image, extent=(-1, 1, -1, 1), origin="lower", interpolation="bilinear")
        rim = Circle((0, 0), 1, facecolor="none", edgecolor="black", linewidth=1)
        axes.add_patch(rim)
        shown.set_clip_path(rim)
        for label in range(keys):
            colour, ring = _darker(SIX[label]), select(rows, what="ring", label=label)
            near = ring["z"] >= 0
            axes.plot(ring["x"].where(near), ring["y"].where(near), "-", color=colour, linewidth=1.4)
            (x,), (y,), (z,), (weight,) = select(rows, what="key", label=label)[["x", "y", "z", "weight"]].to_numpy().T
            if z >= 0:
                axes.plot(x, y, "s", color=colour, markeredgecolor="white", markersize=11)
                axes.text(x, y, str(label + 1), color="white", ha="center", va="center", weight="bold", fontsize=8)
                axes.text(x, y - 0.09, f"$\\pi={weight:.2g}$", color="black", ha="center", va="top", fontsize=7)
        tokens = select(rows, what="token")
        near = tokens["z"] >= 0
        axes.plot(
            tokens["x"].where(near), tokens["y"].where(near), "o", color="white", markeredgecolor="black", markersize=6
        )
        axes.set(xlabel="first coordinate", title=f"{side} of the sphere", xlim=(-1.05, 1.05), ylim=(-1.05, 1.05))
        if place == 0:
            axes.set_ylabel("second coordinate (dimensionless)")
        axes.set_aspect("equal")
        axes.grid(visible=False)
        # from behind, the first coordinate runs to the left
        axes.set_xticks((-1, 0, 1), ("-1", "0", "1") if side == "front" else ("1", "0", "-1"))
        axes.set_yticks((-1, 0, 1))
    return drawing


@figure(
    id="fig-hypersphere-identity",
    experiment="identity",
    caption="""Attention *is* responsibility. Left and middle: each dot is one query and one key of a random head ($n =
        32$, nine tokens, random gain and biases); its attention weight $\\mathrm{softmax}_j(q_i\\cdot k_j/\\sqrt{d})$,
        $d = 8$ the width of the head, against the responsibility $p(j\\mid s_i)$ of its von Mises–Fisher mixture lies
        on the diagonal to the last digit, over many orders of magnitude. Grey: the same with mixing weights $\\pi_j$
        made uniform, which is *not* what attention computes. Right: the norm's $\\epsilon = 10^{-5}$ holds tokens of
        small spread $\\tau$ inside the sphere, as $(1+\\epsilon/\\tau^2)^{-1/2}$ says (line); pushed out to it, their
        attention would differ by as much as the lower curves show. Identity by {cite:t}`schaeffer2024bridging`;
        constants reconstructed.""",
    alt="""Two scatter plots on doubly logarithmic axes, one for LayerNorm and one for RMSNorm, in which all coloured
        dots lie on the diagonal while grey ones scatter around it by up to several orders of magnitude. A third plot
        shows the length of a normalised token falling below one for spreads under a hundredth, and the residue of the
        identity falling from a third to a millionth as the spread grows.""",
)
def identity(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 2.9))
    pairs, epsilon = (select(table, what=what) for what in ("pair", "epsilon"))
    for place, (norm, (colour, marker)) in enumerate(NORMS.items()):
        axes = drawing.add_subplot(1, 3, place + 1)
        rows = pairs[(pairs["norm"] == norm) & (pairs["draw"] < 3)]
        axes.plot(
            rows["responsibility"], rows["uniform"], marker, color="#bbbbbb", markersize=2.5, label="uniform $\\pi$"
        )
        axes.plot((1e-9, 1), (1e-9, 1), "-", color="black", linewidth=0.8)
        axes.plot(rows["responsibility"], rows["attention"], marker, color=colour, markersize=3.5, label="attention")
        axes.set(
            xscale="log", yscale="log", xlim=(1e-7, 2), ylim=(1e-7, 2), title=norm, xlabel="responsibility $p(j|s)$"
        )
        axes.set(xticks=(1e-6, 1e-3, 1), yticks=(1e-6, 1e-3, 1))
        axes.legend(loc="upper left", handletextpad=0.1, borderpad=0.1, fontsize="small", markerscale=1.5)
        if place == 0:
            axes.set_ylabel("attention weight (dimensionless)")
    axes = drawing.add_subplot(1, 3, 3)
    for norm, (colour, marker) in NORMS.items():
        rows = select(epsilon, norm=norm)
        axes.plot(
            rows["spread"], rows["length"], marker, color=colour, fillstyle="none" if norm == "RMSNorm" else "full"
        )
        axes.plot(rows["spread"], rows["residue"], marker, color=colour, linestyle=":", markersize=3.5)
        axes.plot(rows["spread"], rows["predicted"], "-", color="black", linewidth=0.8, zorder=0)
    axes.text(0.97, 0.9, "length", transform=axes.transAxes, ha="right", va="top")
    axes.text(0.03, 0.1, "change of\nattention", transform=axes.transAxes, ha="left")
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="spread $\\tau$ of a token",
        title="the norm's $\\epsilon$",
        ylim=(1e-7, 3),
    )
    return drawing


@figure(
    id="fig-hypersphere-tie",
    experiment="language",
    caption="""Concentration and mixing weight are tied: a sharper key is also chosen more often beforehand. Every dot
        is a key in one head of a character model: its concentration $\\kappa_j$ and its mixing weight $\\log\\pi_j$, on
        the scale where a uniform component has weight 0. Left: random weights, magnified in the inset; middle: the same
        heads after training; right: an equally large model whose $\\kappa_j$ and $\\log\\pi_j$ are separate features,
        after training. Line: $-\\log C_{n-1}(\\kappa)$, the weight that the tie alone gives; what is left over is the
        norm's bias, $c_j$. Colours tell the heads. The tie is {cite:t}`schaeffer2024bridging`'s; the trained models are
        ours.""",
    alt="""Three scatter plots of log mixing weight against concentration. In the first the dots of all heads lie close
        to the origin, and the inset shows all of them on one rising curve. In the second they reach much further up and
        right, in a fan about the curve. In the third they leave the curve and lie in clouds, positive and negative at
        every concentration.""",
)
def tie(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 3.3))
    panels = (
        ("tied", "key, at the start", "random"),
        ("tied", "key, trained", "trained"),
        ("untied", "key, trained", "trained, untied"),
    )
    first = select(table, seed=0)
    shown = [select(first, attention=attention, what=what) for attention, what, _ in panels]
    every = pd.concat(shown).sort_values("kappa")
    left = None
    for place, (rows, (_, _, title)) in enumerate(zip(shown, panels, strict=True)):
        left = axes = drawing.add_subplot(1, 3, place + 1, sharex=left, sharey=left)
        axes.set(title=title, xlabel="concentration $\\kappa_j$", xlim=(0, 1.05 * every["kappa"].max()))
        both = [axes]
        if place == 0:
            axes.set_ylabel("log mixing weight $\\log\\pi_j$ (nats)")
            both.append(axes.inset_axes((0.17, 0.5, 0.78, 0.47)))
            both[1].set(xlim=(0, 1.1 * rows["kappa"].max()), ylim=(-0.05, 1.1 * rows["log_weight"].max()))
            both[1].tick_params(labelsize="x-small")
        for here in both:
            for number, (_, dots) in enumerate(rows.groupby(["block", "head"])):
                marker, colour = "os^DvPX<"[number % 8], SIX[number % 6]
                here.plot(dots["kappa"], dots["log_weight"], marker, color=colour, markersize=2.5, alpha=0.6)
            here.plot(every["kappa"], every["tie"], "-", color="black", linewidth=1.2, zorder=5)
    return drawing


@figure(
    id="fig-hypersphere-gain",
    experiment="gain",
    caption="""The gain is an ellipsoid. Left: normalised tokens lie on a sphere, and after the gain $\\gamma$ on an
        ellipsoid of semi-axes $\\sqrt{n}\\,\\gamma_d$; slices through the largest and the smallest of $n = 64$ axes,
        for gains whose logarithm has the standard deviation given above. Right: the keys' concentrations. Query and key
        matrices are rotations here, so that with equal gains all keys would have one $\\kappa = \\sqrt{n}$ (a
        homogeneous mixture); unequal gains alone make the mixture inhomogeneous. Bars: the middle half; whiskers: all
        keys. Reconstructed from {cite:t}`schaeffer2024bridging`.""",
    alt="""Left, a circle and three ellipses with the same centre, ever longer and flatter as the gains differ more.
        Right, concentrations of the keys for the four spreads: all equal at spread zero, then a box that rises and
        widens until it spans a factor of several at spread one.""",
)
def gain(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 3.0))
    left, right = drawing.subplots(1, 2, width_ratios=(1.7, 1))
    spreads = sorted(table["spread"].unique())
    for place, spread in enumerate(spreads):
        colour = matplotlib.colormaps["cividis"](0.85 * place / (len(spreads) - 1))
        rows = select(table, spread=spread)
        ring = select(rows, what="slice")
        left.plot(ring["x"], ring["y"], "-", color=colour, linewidth=2, label=f"{spread:g}")
        kappa = select(rows, what="key")["kappa"]
        box = right.boxplot([kappa], positions=[place], widths=0.5, whis=(0, 100), patch_artist=True)
        box["boxes"][0].set(facecolor=colour, edgecolor="black")
        box["medians"][0].set(color="white", linestyle="-")
        for line in (*box["whiskers"], *box["caps"]):
            line.set(color="black", linestyle="-")
    left.set(xlabel="along the largest gain, in units of $\\sqrt{n}$", ylabel="along the smallest")
    left.set(yticks=(-1, 0, 1), ylim=(-1.2, 1.2))
    left.set_aspect("equal")
    left.legend(
        title="spread of $\\log\\gamma$", ncols=4, loc="lower center", bbox_to_anchor=(0.5, 1.02), columnspacing=1
    )
    right.set(xlabel="spread of $\\log\\gamma$", ylabel="concentration $\\kappa_j$ of the keys", ylim=(0, None))
    right.set_xticks(range(len(spreads)), [f"{spread:g}" for spread in spreads])
    return drawing


@figure(
    id="fig-hypersphere-merging",
    experiment="merging",
    caption="""Attention layers climb the density and merge tokens. Forty tokens on the ordinary sphere attend to one
        another through layers $s\\leftarrow\\mathrm{normalise}(\\sum_j a_j u_j)$, every key of concentration $\\kappa$.
        Top: the whole sphere in Mollweide's equal-area projection, $\\kappa=8$, keys at rest: paths (lines) run from
        the tokens (dots) to a few modes (crosses). Bottom left: each token's log-density in the mixture of the keys at
        rest never falls, as it must. Bottom right: how many tokens stay apart (by more than 0.01); with keys that move
        along with the tokens, as in a real stack of layers, they merge sooner, and never end in more groups.
        Reconstructed; the paper gives no experiment {cite}`schaeffer2024bridging`.""",
    alt="""Top, a map of the sphere with dots joined by lines to a handful of crosses. Bottom left, forty curves of log
        density against layers that all rise and level off. Bottom right, the number of distinct tokens falls from forty
        with the number of layers: to a few or one at small and middle concentrations, to about ten at the largest, and
        always sooner when keys move along.""",
)
def merging(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 6.0))
    grid = drawing.add_gridspec(2, 2, height_ratios=(1.35, 1))
    rest = select(table, keys="at rest", kappa=8)
    world = drawing.add_subplot(grid[0, :], projection="mollweide")
    last = int(rest["layer"].to_numpy().max())
    for _, path in rest.groupby("token"):
        longitude, latitude = _on_map(path)
        jumps = np.abs(np.diff(longitude, prepend=longitude[0])) > np.pi
        world.plot(np.where(jumps, np.nan, longitude), latitude, "-", color=BLUE, linewidth=0.8)
    world.plot(*_on_map(select(rest, layer=0)), "o", color=ORANGE, markersize=3.5)
    world.plot(*_on_map(select(rest, layer=last)), "X", color="black", markersize=8)
    world.set(xticklabels=[], yticklabels=[], title=f"{last} layers, keys at rest, $\\kappa=8$")
    world.set(xlabel="longitude, −180° to 180°", ylabel="latitude, −90° to 90°")
    climb = drawing.add_subplot(grid[1, 0])
    for _, path in rest.groupby("token"):
        climb.plot(path["layer"] + 1, path["log_density"], "-", color=BLUE, linewidth=0.6, alpha=0.6)
    climb.set(xscale="log", xlabel="layer + 1", ylabel="log-density of a token (nats)")
    count = drawing.add_subplot(grid[1, 1])
    kappas = sorted(table["kappa"].unique())
    for kappa, colour, marker in zip(kappas, (PINK, BLUE, GREEN), "so^", strict=False):
        for keys, line, fill in (("at rest", "-", "full"), ("moving along", ":", "none")):
            rows = select(table, kappa=kappa, keys=keys, token=0)
            count.plot(rows["layer"] + 1, rows["distinct"], color=colour, linestyle=line)
            some = cast("pd.DataFrame", rows[np.isin(rows["layer"], (0, 1, 2, 4, 8, 16, 32, last))])
            label = f"$\\kappa={kappa:g}$" if keys == "at rest" else None
            count.plot(
                some["layer"] + 1, some["distinct"], marker, color=colour, fillstyle=fill, markersize=4.5, label=label
            )
    count.legend(loc="upper center", ncols=3, fontsize="small", borderpad=0.1, handletextpad=0.1, columnspacing=1)
    count.text(0.02, 0.03, "filled: keys at rest\nopen: moving along", transform=count.transAxes, fontsize="small")
    count.set(xscale="log", yscale="log", ylim=(0.3, 120), xlabel="layer + 1", ylabel="distinct tokens")
    for axes in (climb, count):
        axes.set_xticks((1, 2, 5, 10, 20, 50), ("1", "2", "5", "10", "20", "50"))
        axes.minorticks_off()
    count.set_yticks((1, 2, 5, 10, 20, 40), ("1", "2", "5", "10", "20", "40"))
    return drawing


@figure(
    id="fig-hypersphere-untied",
    experiment="language",
    caption="""Does it pay to untie? Left: training loss of a small character model with ordinary attention (tied) and
        of one in which each key's concentration and mixing weight are features of their own, at exactly equal numbers
        of parameters; one line for each seed. The untied ones learn faster and lose the lead. Dashed: the information
        in the text, which no model can go below. Right: loss on unseen text, a mark for each seed; open marks: the same
        models when all mixing weights are made equal, which breaks both. The experiment was suggested by
        {cite:t}`schaeffer2023probabilistic_lens`, who claim no outcome; the models, the generated text and the outcome
        are ours.""",
    alt="""Left, loss against training step for two kinds of model: curves fall from above two nats to a small fraction
        of a nat, still well above the dashed line; those of the untied models fall earlier and meet the others towards
        the end. Right, the final losses for every seed: both kinds close together, and far above them the losses with
        uniform mixing weights.""",
)
def untied(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 3.4))
    left, right = drawing.subplots(1, 2, width_ratios=(1.6, 1))
    information = select(table, what="information")["loss"].mean()
    kinds = {"tied": (BLUE, "o", "-"), "untied": (ORANGE, "s", "--")}
    for place, (kind, (colour, marker, line)) in enumerate(kinds.items()):
        rows = select(table, attention=kind)
        for seed, losses in select(rows, what="training").groupby("seed"):
            left.plot(
                losses["step"], losses["loss"], line, color=colour, linewidth=1.3, label=kind if seed == 0 else None
            )
        for what, fill in (("test", "full"), ("test, uniform weights", "none")):
            final = select(rows, what=what)["loss"]
            spread = np.linspace(-0.2, 0.2, len(final)) if len(final) > 1 else np.zeros(1)
            right.plot(place + spread, final, marker, color=colour, fillstyle=fill, markersize=6)
    for axes in (left, right):
        axes.axhline(information, color="black", linestyle=(0, (2, 2)), linewidth=1)
        axes.set(yscale="log")
        axes.set_yticks((0.1, 0.2, 0.5, 1, 2, 4), ("0.1", "0.2", "0.5", "1", "2", "4"))
        axes.minorticks_off()
    left.text(
        0.02,
        information * 1.04,
        "information in the text",
        transform=left.get_yaxis_transform(),
        va="bottom",
        fontsize="small",
    )
    left.legend(loc="upper right")
    left.set(xlabel="training step", ylabel="loss (nats per character)")
    right.set_xticks((0, 1), ("tied", "untied"))
    right.set(xlim=(-0.6, 1.6), ylabel="loss on unseen text (nats per character)", xlabel="attention")
    right.set_ylim(top=9)
    right.text(0.5, 0.98, "open: uniform $\\pi$", transform=right.transAxes, ha="center", va="top", fontsize="small")
    return drawing


@figure(
    id="fig-hypersphere-accuracy",
    experiment="accuracy",
    caption="""Where the normaliser can be trusted. Error of four ways to compute $\\log C_n(\\kappa)$ in double
        precision against fifty digits, relative to the larger of 1 and $|\\log C_n|$: the lighter, the better; black:
        an error above 1, mostly no number at all (overflow, underflow or a logarithm of zero). The Bessel function
        itself fails to both sides; scaled by $e^{-\\kappa}$ (SciPy's distribution does the same) it still underflows in
        high dimension at small concentration; the textbook's approximation for large $\\kappa$ is right in one corner
        (its black cells away from the others are where $\\log C_n$ passes through zero, so that nothing large divides
        the error). Dashed: $\\kappa = n$. The expansion of this book is right everywhere. The warning is
        {cite:t}`schaeffer2024bridging`'s topic made precise; the map is ours.""",
    alt="""Four maps of error over dimension, 2 to 4096, and concentration, a millionth to a hundred thousand or more.
        The first is light in a lower left region and black elsewhere, the second is black only in the upper left, above
        a curved edge, the third is black at small concentrations and dark but for its lower right corner, and the last
        uniformly light yellow, an error near the machine precision.""",
)
def accuracy(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 5.6))
    panels = {
        "Bessel function": "$\\log I_\\nu(\\kappa)$",
        "scaled Bessel function": "$\\log(e^{-\\kappa}I_\\nu(\\kappa))+\\kappa$, as SciPy",
        "large κ": "large-$\\kappa$ approximation",
        "this book": "uniform expansion, this book",
    }
    shades = matplotlib.colormaps["cividis_r"](np.linspace(0, 0.85, 8))
    colours = ListedColormap(shades).with_extremes(over="black")
    scale, first = Normalize(-16, 0), None
    for place, (method, title) in enumerate(panels.items()):
        first = axes = drawing.add_subplot(2, 2, place + 1, sharex=first, sharey=first)
        rows = select(table, method=method)
        error = rows.pivot_table(index="n", columns="kappa", values="error").clip(lower=1e-16)
        n, kappa = error.index.to_numpy(float), error.columns.to_numpy(float)
        levels = np.log10(error.to_numpy())
        axes.pcolormesh(_edges(kappa), _edges(n), levels, cmap=colours, norm=scale, rasterized=True)
        axes.plot(n, n, "--", color=ORANGE, linewidth=1.5)
        axes.set(xscale="log", yscale="log", title=title, xlim=_edges(kappa)[[0, -1]], ylim=_edges(n)[[0, -1]])
        axes.set_yticks((2, 10, 100, 1000, 4096), ("2", "10", "100", "1000", "4096"))
        axes.minorticks_off()
        axes.grid(visible=False)
        if place % 2 == 0:
            axes.set_ylabel("dimension $n$")
        if place > 1:
            axes.set_xlabel("concentration $\\kappa$ (dimensionless)")
    bar = drawing.colorbar(
        ScalarMappable(scale, colours),
        ax=drawing.axes,
        extend="max",
        shrink=0.8,
        label="relative error (black: above 1, or no number)",
    )
    bar.set_ticks([-16, -12, -8, -4, 0], labels=["$10^{-16}$", "$10^{-12}$", "$10^{-8}$", "$10^{-4}$", "1"])
    return drawing


@figure(
    id="fig-hypersphere-recovery",
    experiment="recovery",
    caption="""The sampler follows the law, and EM finds what was planted. Left: mean resultant length of drawn points
        (marks) and $A_n(\\kappa) = I_{n/2}(\\kappa)/I_{n/2-1}(\\kappa)$ (lines), for four dimensions. Right:
        concentrations that EM fits to points from mixtures of five components in sixteen dimensions, relative to the
        planted ones, one mark for each component and seed; the band is two standard errors if every point's component
        were known. The maximisation step solves $A_n(\\kappa)=\\bar r$ exactly {cite}`banerjee2005clustering`. A test
        of our tools, not a claim of the paper.""",
    alt="""Left, four rising S-shaped curves of mean length against concentration, one for each dimension from 2 to 256,
        with marks on them. Right, ratios of fitted to planted concentration, all between about 0.9 and 1.1 and inside
        or near a grey band around one.""",
)
def recovery(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 3.2))
    left, right = drawing.subplots(1, 2)
    drawn, fitted = (select(table, what=what) for what in ("sample", "fit"))
    for (n, rows), colour, marker in zip(drawn.groupby("n"), SIX, "os^D", strict=False):
        left.plot(rows["kappa"], rows["exact"], "-", color=colour)
        left.plot(rows["kappa"], rows["measured"], marker, color=colour, label=f"$n={n:.0f}$")
    left.legend(loc="upper left", fontsize="small")
    left.set(xscale="log", xlabel="concentration $\\kappa$", ylabel="mean resultant length (dimensionless)")
    planted = sorted(fitted["planted"].unique())
    for place, kappa in enumerate(planted):
        rows = select(fitted, planted=kappa)
        error = 2 * rows["standard_error"].median() / kappa
        right.fill_between((place - 0.35, place + 0.35), 1 - error, 1 + error, color="#cccccc", linewidth=0)
        shift = np.linspace(-0.25, 0.25, len(rows))
        right.plot(place + shift, rows["fitted"] / kappa, "o", color=BLUE, markersize=4)
    right.axhline(1, color="black", linewidth=0.8, linestyle="-")
    right.set_xticks(range(len(planted)), [f"{kappa:g}" for kappa in planted])
    right.set(xlabel="planted concentration", ylabel="fitted / planted (dimensionless)")
    return drawing


def _on_map(places: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Longitude and latitude of points on the sphere, in radians."""
    x, y, z = places[["x", "y", "z"]].to_numpy(float).T
    return np.arctan2(y, x), np.arcsin(np.clip(z, -1, 1))


def _darker(colour: str) -> tuple[float, ...]:
    return tuple(0.7 * part for part in to_rgb(colour))


def _edges(values: np.ndarray) -> np.ndarray:
    """Borders of cells around increasing values, halfway on a logarithmic axis."""
    logs = np.log(values)
    middle = (logs[1:] + logs[:-1]) / 2
    return np.exp(np.concatenate([[2 * logs[0] - middle[0]], middle, [2 * logs[-1] - middle[-1]]]))

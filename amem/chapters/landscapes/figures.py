"""The pictures of the chapter, each drawn from one experiment's table."""

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from amem.book import figure

BLUE, ORANGE, GREEN, PINK, BLACK, GREY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#666666"
COLOURS = {"quadratic": BLUE, "cubic": ORANGE, "quartic": GREEN, "exponential": PINK, "log-sum-exp": BLACK}
MARKERS = {"quadratic": "o", "cubic": "s", "quartic": "^", "exponential": "D", "log-sum-exp": "v"}
BLUES = ListedColormap(np.linspace((0.30, 0.53, 0.74), (0.97, 0.98, 1.0), 64).tolist())


@figure(
    id="fig-landscapes-energies",
    experiment="landscapes",
    caption=r"""The same six memories under five energies. Dark is low, on each panel's own scale, whose ends stand
        above it. White circles are the memories, black lines descend from a fixed fan of starts, stars are where
        they end, orange lines part the basins. The quadratic energy, without self-coupling, remembers one direction
        and its opposite; over real states it falls for ever, and the edge of the square stands in for infinity.
        Log-sum-exp {cite}`ramsauer2021hopfield` goes from one average of everything over averages of clusters to
        single memories as $\beta$ grows; the one memory that is shorter than the others has the highest floor. The
        Epanechnikov energy {cite}`hoover2025epanechnikov` is infinite on the blank ground, where nothing is
        remembered. It keeps a memory *exactly* unless another lies within its reach $h$, and adds one that was never
        stored where two reaches overlap. The layout is ours.""",
    alt="""Five square maps of energy. Quadratic: a saddle, whose paths run to two opposite corners. Log-sum-exp at
        beta 1: one bowl with a single star near the centre. At beta 8: three basins, two of them with a star between
        a pair of memories. At beta 60: six basins with a star on every memory. Epanechnikov: round islands on blank
        ground; stars on four memories, one star between the members of the closest pair, and one extra star between
        the other pair.""",
)
def energies(table: pd.DataFrame) -> Figure:
    names = table["energy"] + table["parameter"].fillna(0).astype(str)
    panels = [table.loc[names == name] for name in names.unique()]
    lines = math.ceil((len(panels) + 1) / 3)
    drawing = Figure(figsize=(7, 2.65 * lines))
    grid = drawing.subplots(lines, 3, sharex=True, sharey=True)
    for axes, panel in zip(grid.flat, panels, strict=False):
        _landscape(axes, panel)
    for axes in grid[-1]:
        axes.set_xlabel("$x_1$ (longest memory: 1)")
    for axes in grid[:, 0]:
        axes.set_ylabel("$x_2$ (longest memory: 1)")
    marks = [
        Line2D([], [], color="none", marker="o", markerfacecolor="white", markeredgecolor=BLACK, label="memory"),
        Line2D([], [], color=BLACK, linestyle="-", linewidth=0.7, label="path of descent"),
        Line2D([], [], color="none", marker="*", markerfacecolor=ORANGE, markeredgecolor=BLACK, markersize=11),
        Line2D([], [], color=ORANGE, linestyle="-", linewidth=1.2, label="border of basins"),
    ]
    marks[2].set_label("where paths end")
    for axes in grid.flat[len(panels) :]:
        axes.axis("off")
    grid.flat[-1].legend(handles=marks, loc="center", labelspacing=1.2)
    return drawing


def _landscape(axes: Axes, panel: pd.DataFrame) -> None:
    energy, parameter = panel["energy"].iloc[0], panel["parameter"].iloc[0]
    titles = {
        "log-sum-exp": rf"log-sum-exp, $\beta = {parameter:g}$",
        "Epanechnikov": f"Epanechnikov, $h = {parameter:g}$",
    }
    ground = panel.query("kind == 'grid'")
    height, basin = (ground.pivot(index="y", columns="x", values=name) for name in ("value", "item"))
    values = np.ma.masked_invalid(height.to_numpy())
    low, high = float(values.min()), float(np.quantile(values.compressed(), 0.97))
    axes.contourf(height.columns, height.index, values, np.linspace(low, high, 13), cmap=BLUES, extend="max")
    for item in np.unique(basin):
        inside = (basin == item).to_numpy(dtype=float)
        if item >= 0 and inside.min() == 0:
            axes.contour(height.columns, height.index, inside, [0.5], colors=ORANGE, linewidths=1.2)
    paths = panel.query("kind == 'path'")
    for item in np.unique(paths["item"]):
        path = paths[paths["item"] == item]
        axes.plot(path["x"], path["y"], "-", color=BLACK, linewidth=0.7)
    memories, ends = panel.query("kind == 'memory'"), panel.query("kind == 'attractor'")
    axes.plot(memories["x"], memories["y"], "o", markerfacecolor="white", markeredgecolor=BLACK)
    axes.plot(ends["x"], ends["y"], "*", color=ORANGE, markeredgecolor=BLACK, markersize=9, clip_on=False, zorder=3)
    if np.ma.is_masked(values):
        axes.text(0.72, 1.28, "nothing remembered", ha="center", va="center", fontsize=7, color=GREY)
    axes.set_title(f"{titles.get(energy, energy)}\n", fontsize=9)
    axes.text(0.5, 1.02, f"$E$ from ${low:.2f}$ to ${high:.2f}$", transform=axes.transAxes, ha="center", fontsize=7.5)
    axes.set(aspect="equal", xticks=[-1, 0, 1], yticks=[-1, 0, 1])
    axes.grid(False)


@figure(
    id="fig-landscapes-one-step-error",
    experiment="one_step_error",
    caption=r"""One wrong bit after one step from a stored pattern. Self-coupling is removed and a tie keeps the bit.
        Left: how often, against the load in the unit that makes the Gaussian limit $Q(z)$, $z =
        1/\sqrt{\text{load}}$ {cite}`krotov2016dense`, one curve for every order. Right: the same, divided by that
        limit; the grey band is ± 35 %. Markers: simulations with 95 % intervals. Lines: the exact law at the same
        $n$ and $p$, which is ours. The simulations lie on the exact law; the Gaussian limit does not. The quadratic
        memory errs down to half as often, memories of higher order more often, for their cross-talk has heavier
        tails. The bars count bits as independent, which those of a draw are not quite.""",
    alt="""Left: wrong bits against load, rising from one in two thousand to one in fifteen; three rows of markers
        lie on three lines close around a dashed Gaussian curve. Right: the ratio to the Gaussian limit. At high load
        all three are near 1; towards low load the quadratic memory falls to one half, out of the grey band, and the
        cubic and the quartic memory rise above 1.""",
)
def one_step_error(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 3.3))
    left, right = drawing.subplots(1, 2)
    ordered = table.sort_values("load")
    limit = ordered.query("source == 'theory, Gaussian limit'")
    left.plot(limit["load"], limit["error"], "--", color=BLACK, linewidth=1, label="Gaussian limit")
    right.axhspan(0.65, 1.35, color="0.9", zorder=0)
    right.axhline(1, color=BLACK, linewidth=1, linestyle="--")
    for memory in table["memory"].unique():
        rows = ordered[ordered["memory"] == memory]
        found, exact = rows.query("source == 'simulation'"), rows.query("source == 'theory, exact'")
        gaussian = np.asarray(rows.query("source == 'theory, Gaussian limit'")["error"])
        for axes, unit in ((left, np.ones_like(gaussian)), (right, gaussian)):
            axes.plot(exact["load"], exact["error"] / unit, "-", color=COLOURS[memory], linewidth=1)
            relative = found.assign(**{name: found[name] / unit for name in ("error", "low", "high")})
            _bars(axes, relative, "load", "error", memory, label=f"{memory}, $n = {rows['n'].max()}$")
    left.set(yscale="log", xlabel="load $p\\,(2k-3)!!/n^{k-1}$, order $k$ (dimensionless)")
    left.set_ylabel("wrong bits (fraction)")
    right.set(xlabel="load (as on the left)", ylabel="wrong bits / Gaussian limit", ylim=(0.35, None))
    left.legend(loc="lower right", fontsize=8)
    return drawing


def _bars(axes: Axes, rows: pd.DataFrame, x: str, y: str, memory: str, label: str = "") -> None:
    """Markers with the interval from low to high, in the memory's colour and shape."""
    _marks(axes, rows, x, y, COLOURS[memory], MARKERS[memory], label)


def _marks(axes: Axes, rows: pd.DataFrame, x: str, y: str, colour: str, marker: str, label: str = "") -> None:
    bars = [rows[y] - rows["low"], rows["high"] - rows[y]]
    axes.errorbar(rows[x], rows[y], bars, color=colour, fmt=marker, markersize=4, capsize=2, label=label)


@figure(
    id="fig-landscapes-capacity",
    experiment="capacity",
    caption=r"""Capacity is where one step stops being safe. It is the load at which, in half of the draws, that step
        makes no mistake in any bit; self-coupling is removed. Left: that rate against the load, with 95 % intervals,
        for one given pattern; lines: exact law, a pattern's bits taken as independent. Middle: the thresholds,
        middles of logistic curves fitted to such rates on a grid of loads fixed beforehand, against $n$, with 95 %
        intervals; solid: exact
        law; dotted: $n^{k-1}/(2(2k-3)!!\ln n)$ {cite}`krotov2016dense`. Right: the exponential memory. For one given
        pattern, exact law (solid), $e^{0.675(n-1)}/(2\ln n)$ (dotted, {cite}`chaudhry2023long`) and bare
        $e^{0.675\,n}$ (dashed). For *all* patterns at once, the birthday law $\sqrt{2\ln2\cdot2^n/n}$ (dotted;
        solid: fitted as the counts are) and bare $2^{n/2}$ (dashed, {cite}`demircigil2017model`). Exact and birthday
        law are ours, the others the papers'.""",
    alt="""Left: four curves fall from one to zero, each at a larger load than the one before: quadratic, cubic,
        quartic, exponential; the last falls most slowly. Middle: on two logarithmic axes three rising lines, steeper
        for higher order; markers lie on the solid lines, one and a half to two times above the dotted ones. Right: on
        a logarithmic axis two rising lines, for one given pattern twice as steep as for all patterns; the markers of
        the latter lie on their solid line, those of the former a tenth to a fifth below it, and all are far below
        the dashed
        lines.""",
)
def capacity(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 3.8))
    left, middle, right = drawing.subplots(1, 3)
    for memory in table["memory"].unique():
        rows = table[table["memory"] == memory].query("kept == 'one pattern'")
        largest = rows["n"].max()
        curve = rows[rows["n"] == largest].query("quantity == 'rate'")
        exact = curve.query("source == 'theory, exact'")
        left.plot(exact["load"], exact["rate"], "-", color=COLOURS[memory], linewidth=1)
        label = f"{memory} (left: $n = {largest}$)"
        _bars(left, curve.query("source == 'simulation'"), "load", "rate", memory, label)
        _thresholds(right if memory == "exponential" else middle, rows, COLOURS[memory], MARKERS[memory])
    every = table.query("kept == 'all patterns'")
    _thresholds(right, every, BLACK, "v", label="exponential, all patterns")
    for style, label in (("-", "exact or birthday law"), (":", "the papers' law"), ("--", "the bare rate")):
        left.plot([], [], style, color=GREY, linewidth=1, label=label)
    left.axhline(0.5, color=BLACK, linewidth=0.6, linestyle="--")
    left.set(xscale="log", xlabel="patterns $p$", ylabel="no wrong bit (fraction of draws)", yticks=[0, 0.5, 1])
    middle.set(xscale="log", yscale="log", xlabel="neurons $n$", ylabel="threshold load (patterns)")
    middle.set_xticks([20, 50, 100, 200], ["20", "50", "100", "200"])
    middle.xaxis.set_minor_formatter("")
    right.set(yscale="log", xlabel="neurons $n$", ylabel="threshold load (patterns)")
    right.set_xticks(np.unique(every["n"]))
    handles = [handle for axes in (left, right) for handle in axes.get_legend_handles_labels()[0]]
    drawing.legend(handles=handles, loc="outside upper center", ncols=3, fontsize=8)
    return drawing


def _thresholds(axes: Axes, rows: pd.DataFrame, colour: str, marker: str, label: str = "") -> None:
    fitted = rows.query("quantity == 'threshold'")
    for source, style in (("theory, exact", "-"), ("theory, asymptotic", ":"), ("theory, rate alone", "--")):
        line = fitted[fitted["source"] == source]
        axes.plot(line["n"], line["load"], style, color=colour, linewidth=1)
    _marks(axes, fitted.query("source == 'simulation'"), "n", "load", colour, marker, label)


@figure(
    id="fig-landscapes-exponential-recall",
    experiment="exponential_recall",
    caption=r"""One step of the exponential memory repairs a fraction of flipped bits, up to a threshold that depends
        on whom one asks. It holds $e^{\alpha n}+1$ patterns; bars are 95 % intervals. Left, $\alpha = 0.15$: how
        often a *given* pattern is restored, against the flipped fraction $\rho$; as $n\to\infty$ the curves become
        the dashed step. Middle: how often *all* patterns are; the step is the theorem's threshold
        {cite}`demircigil2017model`. Right: how often a given pattern is left with a wrong bit when a fifth of its
        bits were flipped, for several $\alpha$: the error falls with $n$ below the one-pattern threshold $\alpha =
        I(0.6) = 0.193$ (solid) and rises above it (dashed). All six loads lie above 0.096, below which the
        theorem promises that *all* patterns are restored. The all-patterns threshold is the paper's, the one-pattern
        threshold is reconstructed.""",
    alt="""Left and middle: recall falls from one to zero as more bits are flipped, more steeply for larger networks,
        around dashed steps at 0.233 for one pattern and 0.134 for all. Right: error against the number of neurons;
        three solid lines, for rates 0.12, 0.15 and 0.18, fall, and three dashed lines, for 0.22, 0.24 and 0.26, rise
        towards one.""",
)
def exponential_recall(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 3.2))
    panels = drawing.subplots(1, 3)
    found, limits = table.query("source == 'simulation'"), table.query("source != 'simulation'")
    steps, critical = (
        limits.query("restored == restored"),
        limits.query("restored != restored"),
    )  # NaN differs from itself
    share = critical["flipped"].iloc[0]
    swept, sizes = found[found["rate"] == steps["rate"].iloc[0]], np.unique(found["n"])
    shades = [f"{shade:.2f}" for shade in np.linspace(0.7, 0, len(sizes))]
    for axes, kept in zip(panels[:2], ("one pattern", "all patterns"), strict=True):
        step = steps.query(f"kept == '{kept}'")
        axes.plot(step["flipped"], step["restored"], "--", color=ORANGE, linewidth=1.2)
        axes.text(step["flipped"].iloc[1] + 0.01, 0.94, f"{step['flipped'].iloc[1]:.3f}", color=ORANGE, fontsize=8)
        for n, shade, marker in zip(sizes, shades, "os^Dv", strict=False):
            rows = swept.query(f"n == {n} and kept == '{kept}'")
            axes.plot(rows["flipped"], rows["restored"], "-", color=shade, linewidth=0.8)
            _marks(axes, rows, "flipped", "restored", shade, marker, f"{n:.0f}")
        axes.set(xlabel=r"flipped bits $\rho$ (fraction)", xlim=(-0.01, 0.41), title=kept)
    panels[0].set_ylabel("restored in one step (fraction)")
    panels[0].legend(fontsize=8, title="neurons $n$", title_fontsize=8, loc="lower left")
    threshold = critical.query("kept == 'one pattern'")["rate"].item()
    asked = found[np.isclose(found["flipped"], share)].query("kept == 'one pattern'")
    for rate in np.unique(asked["rate"]):
        rows = asked[asked["rate"] == rate]
        wrong = pd.DataFrame({"n": rows["n"], "any": 1 - rows["restored"]})
        wrong["low"], wrong["high"] = 1 - rows["high"], 1 - rows["low"]
        colour, marker, style = (BLUE, "o", "-") if rate < threshold else (ORANGE, "s", "--")
        panels[2].plot(wrong["n"], wrong["any"], linestyle=style, color=colour, linewidth=0.9)
        _marks(panels[2], wrong, "n", "any", colour, marker)
        start = wrong.iloc[0]
        panels[2].text(start["n"] - 1.5, start["any"], f"{rate:g}", color=colour, fontsize=7, va="center", ha="right")
    panels[2].text(8.5, 1.06, r"$\alpha$", fontsize=8)
    panels[2].set(xlabel="neurons $n$", ylabel="any wrong bit (fraction)", xlim=(8, 63))
    panels[2].set_title(rf"one pattern, $\rho = {share:g}$")
    return drawing


@figure(
    id="fig-landscapes-temperatures",
    experiment="temperatures",
    caption=r"""The modern Hopfield network has three regimes. They were described by {cite}`ramsauer2021hopfield`.
        Ten clusters of five patterns on a sphere in 64 dimensions, recalled from slightly noisy cues. Left: how many
        memories share a fixed point, $\exp$ of the entropy of its attention weights (median over cues; band: first
        to last decile): all fifty, then the five of a cluster, then one. Middle: mean distance from the fixed point
        to the mean of all patterns, to the mean of the cue's cluster and to the cued pattern itself; each regime has
        its own curve at zero. Right: fifty patterns without clusters and strong noise, 0.5 a coordinate: distance to
        the pattern after one step and at the fixed point. At $\beta = 0.1$ one step is better than many, which end
        in the average. Curves are means over ten draws. The regimes are the paper's, the settings are
        reconstructed.""",
    alt="""Left: a staircase from 50 memories below beta 0.06 to 5 between 0.15 and 0.6 to 1 above 2. Middle: the
        distance to the overall mean is near zero at small beta, to the cluster mean in between, to the pattern at
        large beta. Right: at beta 0.05 and 0.1 the fixed point is a whole radius away from the pattern; at larger
        beta both errors fall by many orders of magnitude.""",
)
def temperatures(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 3.1))
    left, middle, right = drawing.subplots(1, 3)
    clustered, free = (
        table.query(f"patterns == '{kind}'").drop(columns="patterns").pivot_table(index="beta").reset_index()
        for kind in ("clustered", "free")
    )
    left.fill_between(clustered["beta"], clustered["effective_low"], clustered["effective_high"], color="0.8")
    left.plot(clustered["beta"], clustered["effective"], "-o", color=BLACK, markersize=3)
    left.set(yscale="log", ylabel="memories that share a fixed point", yticks=[1, 5, 50], yticklabels=["1", "5", "50"])
    left.minorticks_off()
    for name, label, colour, style in (
        ("to_all", "all patterns", BLUE, "-o"),
        ("to_cluster", "cluster", ORANGE, "--s"),
        ("to_pattern", "pattern", GREEN, "-.^"),
    ):
        middle.plot(clustered["beta"], clustered[name], style, color=colour, markersize=3, label=label)
    middle.set(ylabel="distance / radius (dimensionless)", ylim=(-0.03, 1.45))
    middle.legend(loc="upper right", fontsize=7.5, title="from fixed point to (mean of)", title_fontsize=7.5)
    right.plot(free["beta"], free["one_step"], "-o", color=BLACK, label="one step")
    right.plot(free["beta"], free["to_pattern"], "--s", color=ORANGE, label="fixed point")
    right.set(yscale="log", ylabel="distance to the pattern / radius")
    right.legend(loc="lower left", fontsize=8)
    for axes in (left, middle, right):
        axes.set(xscale="log", xlabel=r"$\beta$ (with $\|x\|^2 = 63$)")
    return drawing


@figure(
    id="fig-landscapes-two-layer",
    experiment="two_layer",
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
    models = table["model"].unique()
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


@figure(
    id="fig-landscapes-images",
    experiment="images",
    caption=r"""Real images, recalled. Forty handwritten digits of 8 × 8 pixels (upper rows) or forty patches of 24 ×
        24 pixels from two photographs (lower rows) are stored; one of them is spoiled in three ways and handed to
        four memories. The first three hold black-and-white versions of the images and set one spin after the other;
        log-sum-exp holds the grey values. Masked pixels are zero, which tells a memory nothing. Real images resemble
        one another, so the quadratic memory answers with a blend of many; the steeper the energy, the more of the
        image itself returns. Images: scikit-learn. Experiment: ours.""",
    alt="""Small grey pictures in six rows and seven columns: the stored image, the same in black and white, the cue,
        and what the quadratic, the cubic, the exponential and the log-sum-exp memory recall. Upper rows, a digit: the
        quadratic and the cubic memory answer every cue with the same bar, the exponential one comes close for the
        blurred cue only, and log-sum-exp gives the stored digit every time. Lower rows, the eaves of a roof: the
        quadratic memory answers with a blot, the cubic one fails on the blurred cue only, the other two are right.""",
)
def images(table: pd.DataFrame) -> Figure:
    shown = ["stored", "in black and white", "cue", "quadratic", "cubic", "exponential", "log-sum-exp"]
    kinds, cues = table["images"].unique(), table["cue"].unique()
    drawing = Figure(figsize=(7, 6.4))
    lines = drawing.subplots(len(kinds) * len(cues), len(shown))
    for line, (kind, cue) in zip(lines, [(kind, cue) for kind in kinds for cue in cues], strict=True):
        for axes, shows in zip(line, shown, strict=True):
            pixels = table.query(f"images == '{kind}' and cue == '{cue}' and shows == '{shows}'")
            picture = pixels.pivot(index="row", columns="column", values="value").to_numpy()
            colours = "gray" if kind == "photographs" else "gray_r"
            axes.imshow(picture, cmap=colours, vmin=-1.3, vmax=1.8, interpolation="nearest")
            axes.set(xticks=[], yticks=[])
            axes.grid(False)
            axes.spines[:].set_visible(True)
        line[0].set_ylabel(f"{kind},\n{cue}", fontsize=8)
    for axes, title in zip(lines[0], shown, strict=True):
        axes.set_title(title.replace(" and", "\nand"), fontsize=8)
    return drawing


@figure(
    id="fig-landscapes-image-recall",
    experiment="image_recall",
    caption=r"""How many real images a memory holds. The fraction of images that come back from a spoiled cue,
        against the number stored, with 95 % intervals; an image has come back if the answer is closer to it than two
        black-and-white images that differ in a twentieth of their pixels. The quadratic memory could hold about nine
        patterns of fair coins in 64 pixels; of digits, which resemble one another, it does not even keep five.
        Experiment: ours.""",
    alt="""Six panels: digits above, photographs below; half masked, noisy and blurred cues. For digits the quadratic
        memory is at zero throughout and the cubic one soon, the exponential one falls slowly and log-sum-exp stays
        highest but for blurred cues. For photographs the quadratic memory falls to zero within forty images, the
        others stay high longer
        the steeper they are.""",
)
def image_recall(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 4.3))
    kinds, cues, loads = (table[name].unique() for name in ("images", "cue", "p"))
    lines = drawing.subplots(len(kinds), len(cues), sharex=True, sharey=True)
    for line, kind in zip(lines, kinds, strict=True):
        for axes, cue in zip(line, cues, strict=True):
            for memory in table["memory"].unique():
                rows = table.query(f"images == '{kind}' and cue == '{cue}' and memory == '{memory}'")
                axes.plot(rows["p"], rows["recalled"], "-", color=COLOURS[memory], linewidth=0.8)
                _bars(axes, rows, "p", "recalled", memory, memory)
        line[0].set_ylabel(f"{kind}\nrecalled (fraction)")
    for axes, cue in zip(lines[0], cues, strict=True):
        axes.set_title(cue)
    for axes in lines[-1]:
        axes.set(xscale="log", xlabel="stored images $p$")
        axes.set_xticks(loads, [f"{load}" for load in loads], fontsize=8)
        axes.minorticks_off()
    drawing.legend(*lines[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=4)
    return drawing

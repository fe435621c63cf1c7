"""The pictures of the chapter, each drawn from one experiment's table."""

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from amem.book import figure

BLUE, ORANGE, GREEN, PINK, GREY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#666666"
MARKERS = ["o", "s", "^", "D", "v", "P", "X", "<", ">"]


@figure(
    id="fig-kde-capacity-two-points",
    experiment="two_points",
    caption=r"""Two points are two memories only if they are more than two bandwidths apart. Where mean shift
        comes to rest when started on either of two points a distance $d$ apart, measured from their midpoint
        (circles), and the solution of $a = \frac d2 \tanh\frac{ad}{2h^2}$ (line). Dotted: the points themselves. A
        stored point is a mode *near* the point, never the point itself.""",
    alt="""A pitchfork. For distances below 2 h all circles lie at zero, the midpoint; above, they split into two
        branches that open steeply and approach the dotted lines of the two points. The circles lie on the theoretical
        line.""",
)
def two_points(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 3.6))
    axes = drawing.add_subplot()
    for side in (-1, 1):
        axes.plot(table["distance"], side * table["distance"] / 2, ":", color=GREY)
        axes.plot(table["distance"], side * table["predicted"], "-", color=BLUE)
    for column in ("left", "right"):
        axes.plot(table["distance"], table[column], "o", color=ORANGE, markerfacecolor="white")
    axes.axvline(2, color=GREY, linewidth=0.8)
    axes.annotate("$d = 2h$", (2, -1.9), (5, 0), textcoords="offset points", color=GREY)
    axes.text(2.95, 1.62, "the points", color=GREY, ha="right")
    axes.text(3.1, 1.25, "the modes", color=BLUE)
    axes.set_xlabel("distance of the two points, $d/h$ (dimensionless)")
    axes.set_ylabel("offset of the mode from the\nmidpoint, $a/h$ (dimensionless)")
    return drawing


@figure(
    id="fig-kde-capacity-wells",
    experiment="wells",
    caption=r"""One set of points, three bandwidths: a memory, a clustering, an average. Energy $E =
        -h^2\log\sum_\mu e^{-\lVert x-x_\mu\rVert^2/2h^2}$ of twelve points in the plane (white dots), dark where it
        is low, with paths of mean shift (white lines) to the modes at which they end (stars). As the kernels widen,
        the wells of single points merge into wells of clusters, and these into one at the mean. Each panel has its
        own scale of energy. Reconstructed.""",
    alt="""Three maps of the plane with the same twelve points in three clusters of four. Left, small bandwidth:
        every point has its own star, and paths from the rim jump to the nearest point. Middle: three dark wells, one
        in each cluster, and all paths of a cluster run to its star. Right: a single bowl with one star at the centre,
        where all paths meet.""",
)
def wells(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 3.25))
    widths = np.unique(table["bandwidth"])
    panels = np.atleast_1d(drawing.subplots(1, len(widths), sharey=True))
    for axes, width in zip(panels, widths, strict=True):
        rows = table[table["bandwidth"] == width]
        height = rows.query("kind == 'energy'").pivot(index="y", columns="x", values="energy")
        values = height.to_numpy()
        levels = np.linspace(values.min(), np.quantile(values, 0.9), 19)
        filled = axes.contourf(height.columns, height.index, values, levels, cmap="cividis", extend="max")
        axes.contour(height.columns, height.index, values, levels, colors="black", linewidths=0.3, alpha=0.4)
        for _, path in rows.query("kind == 'path'").groupby("path"):
            axes.plot(path["x"], path["y"], "-", color="white", linewidth=0.6, alpha=0.75)
        modes, points = rows.query("kind == 'mode'"), rows.query("kind == 'point'")
        axes.plot(modes["x"], modes["y"], "*", color=ORANGE, markeredgecolor="black", markersize=11)
        axes.plot(points["x"], points["y"], "o", color="white", markeredgecolor="black", markersize=3.5)
        axes.set_title(f"$h = {width:g}$: {len(modes)} mode{'s' * (len(modes) > 1)}")
        axes.set(xlabel="$x_1$ (length)", aspect="equal", xticks=[-1, 0, 1], yticks=[-1, 0, 1])
        axes.grid(False)
        bar = drawing.colorbar(filled, ax=axes, location="bottom", label="energy (length²)", shrink=0.8, aspect=15)
        bar.set_ticks([levels[0], levels[-1]], labels=[f"{levels[0]:.2f}", f"{levels[-1]:.2f}"])
    panels[0].set_ylabel("$x_2$ (length)")
    return drawing


@figure(
    id="fig-kde-capacity-bandwidth",
    experiment="bandwidths",
    caption=r"""A narrow kernel remembers every point, a wide one none. Fraction of 1000 random points on a sphere
        of radius $M$ that are stored, their mode within $0.1\,M$, against the bandwidth, in three dimensions; bars
        are 95 % intervals. Vertical lines: the bandwidth at which the mean field, which has no free parameter, puts
        the capacity at 1000. The more dimensions, the sharper the transition and the better the prediction.
        Reconstructed.""",
    alt="""Three curves that fall from one to zero as the bandwidth grows from 0.1 to 0.35 of the radius: gently
        around 0.16 in 6 dimensions, more steeply around 0.24 in 10, and like a step at 0.285 in 20. A vertical dashed
        line of the same colour stands far to the right of the first curve, near the foot of the second and on the
        third.""",
)
def bandwidth(table: pd.DataFrame) -> Figure:
    drawing = Figure()
    axes = drawing.add_subplot()
    measured = table.query("source == 'simulation'")
    dimensions = np.unique(measured["n"])
    for place, n in enumerate(dimensions):
        colour = _shade(place, len(dimensions))
        rows = measured.query("n == @n")
        _bars(axes, rows, "bandwidth", "stored", colour=colour, marker=MARKERS[place], linestyle="-")
        above = rows.query("stored >= 0.5")["bandwidth"].max()
        axes.annotate(f"$n = {n}$", (above, 0.5), (-4, 0), textcoords="offset points", color=colour, ha="right")
        predicted = table.query("source == 'mean field' and n == @n")["bandwidth"].item()
        axes.axvline(predicted, color=colour, linestyle="--")
        if place == len(dimensions) - 1:
            axes.annotate("mean field", (predicted, 0.92), (5, 0), textcoords="offset points", color=colour)
    axes.set(xlabel="bandwidth over radius, $h/M$ (dimensionless)", ylabel="fraction stored", ylim=(-0.02, 1.03))
    return drawing


@figure(
    id="fig-kde-capacity-fraction-stored",
    experiment="fraction_stored",
    caption=r"""The more dimensions, the more points a kernel density estimator remembers. Fraction of $p$ random
        points on the sphere of radius $M = h\sqrt{n}$ that are stored, their mode within $0.1\,M$, one curve for each
        dimension $n$; bars are 95 % intervals. Triangles on the axis: the number at which the mean field, which has
        no free parameter, loses a typical point. Every two further dimensions move the drop to the right by about the
        same factor. The claim is that of {cite:t}`schaeffer2024bridging`, the experiment is reconstructed.""",
    alt="""Falling curves of the fraction stored against the number of points on a logarithmic axis, one for each
        dimension from 4 upwards. Each lies to the right of the one before by about the same distance and falls more
        steeply. A triangle on the axis marks the mean-field prediction of each curve, near its foot.""",
)
def fraction_stored(table: pd.DataFrame) -> Figure:
    drawing = Figure()
    axes = drawing.add_subplot()
    table = table.query("radius_ratio == 1")
    measured = table.query("source == 'simulation'")
    dimensions = np.unique(measured["n"])
    for place, n in enumerate(dimensions):
        colour = _shade(place, len(dimensions))
        rows = measured.query("n == @n")
        _bars(axes, rows, "p", "stored", colour=colour, marker=MARKERS[place % len(MARKERS)], linestyle="-")
        half = table.query("source == 'threshold' and n == @n")["p"].item()
        axes.annotate(
            f"${n}$" if place else f"$n = {n}$",
            (half, 0.5),
            (7, 3) if place else (-7, -7),
            textcoords="offset points",
            color=colour,
            ha="left" if place else "right",
        )
        predicted = table.query("source == 'mean field' and n == @n")["p"].item()
        axes.plot(predicted, -0.06, "^", color=colour, markersize=8, clip_on=False)
    axes.set(xscale="log", xlabel="number of points $p$ (▲ predicted capacity)", ylabel="fraction stored")
    axes.set_ylim(-0.06, 1.03)
    return drawing


@figure(
    id="fig-kde-capacity-growth",
    experiment="fraction_stored",
    caption=r"""The capacity is exponential in the dimension, if the radius grows like its square root. Number of
        points $p_{50}$ of which half are stored, at $M = Kh\sqrt{n}$. Left: measured (bars: from the
        last number of which surely more than half are stored to the first of which surely less, at 95 %) beside
        the mean field and beside theorem B, which is safe and far below. Right: $K = 1$ over a wider range, with the
        asymptotic slope $\alpha_c$ {cite}`lucibello2024exponential` drawn through the mean field's last value, and
        with theorem A {cite}`ramsauer2021hopfield`, which begins to promise two points at about forty dimensions. The
        guarantees are numbers of which *all* are stored with probability one half. Mean field and theorem B are
        derived in this book.""",
    alt="""Two panels with the number of points on a logarithmic axis against the dimension. Left: measured points
        rise along straight lines: for K = 1 just below the mean-field curve, for K = 1.5 several times below it at
        first and
        then closing in; theorem B lies far below.
        Right: up to 80 dimensions, the mean field and the straight asymptotic line rise together to ten to the
        twentieth, theorem B less steeply to several million, and theorem A to some tens.""",
)
def growth(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 3.9))
    left, right = drawing.subplots(1, 2)
    measured = table.query("source == 'threshold'")
    largest, most = measured["n"].max(), measured["p"].max()
    for ratio, colour, marker in ((1.0, BLUE, "o"), (1.5, ORANGE, "s")):
        rows = measured.query("radius_ratio == @ratio")
        _bars(left, rows, "n", "p", "p_low", "p_high", colour=colour, marker=marker)
        last = rows.iloc[-1]
        left.annotate(f"$K = {ratio:g}$", (last["n"], last["p"]), (7, -6), textcoords="offset points", color=colour)
        near = table.query("radius_ratio == @ratio and n <= @largest and p <= 20 * @most")
        for source, line in (("mean field", "-"), ("theorem B", "--")):
            rows = near[near["source"] == source]
            left.plot(rows["n"], rows["p"], line, color=colour)
    keys = [
        Line2D([], [], color=GREY, marker="o", linestyle="none", label="measured"),
        Line2D([], [], color=GREY, linestyle="-", label="mean field"),
        Line2D([], [], color=GREY, linestyle="--", label="theorem B"),
    ]
    left.legend(handles=keys, loc="upper left")
    left.set(yscale="log", ylim=(1, 3000 * most), xlim=(3.5, largest + 3), title="what is measured")
    left.set(xlabel="dimension $n$", ylabel="half of so many points are stored, $p_{50}$")
    table = table.query("radius_ratio == 1")
    for source, line, colour, name, place, shift, side in (
        ("mean field", "-", BLUE, "mean field", 0.6, (-7, 0), "right"),
        ("asymptotic rate", ":", "black", r"slope $\alpha_c$", 0.5, (6, -8), "left"),
        ("theorem B", "--", GREEN, "theorem B", 0.7, (-4, 6), "right"),
        ("theorem A", "-.", PINK, "theorem A", 0.99, (0, 8), "right"),
    ):
        rows = table[table["source"] == source]
        right.plot(rows["n"], rows["p"], line, color=colour)
        if len(rows):
            at = rows.iloc[int(place * len(rows))]
            right.annotate(name, (at["n"], at["p"]), shift, textcoords="offset points", color=colour, ha=side)
    rows = table.query("source == 'threshold'")
    right.plot(rows["n"], rows["p"], "o", color=BLUE, markersize=3)
    right.set(yscale="log", ylim=(1, None), xlabel="dimension $n$", title="what is guaranteed, $K = 1$")
    return drawing


@figure(
    id="fig-kde-capacity-exponential-in-what",
    experiment="fixed_concentration",
    caption=r"""Exponential in what? At a fixed ratio of radius to bandwidth the capacity heads for a
        limit as the dimension grows. Half of $p_{50}$ points are stored; markers are measured at $\kappa = M^2/h^2 =
        8$ and $12$
        (bars: from the last number of which surely more than half are stored to the first of which surely less, at
        95 %), lines are the mean field, dotted lines its limit $n \to \infty$, of order
        $e^{\kappa-1}/\kappa$. Only if $\kappa$ itself grows with the dimension (black, mean field at $\kappa = n$) is
        the number of memories exponential in it. “Exponential in the dimension” {cite}`schaeffer2024bridging`
        therefore needs $M^2/h^2 \propto n$, as for standardised coordinates at a fixed bandwidth.""",
    alt="""Capacity against dimension, both axes logarithmic. Two series of markers, for kappa 8 and kappa 12,
        rise and then flatten out, following curves that approach horizontal dotted lines near 150 and 5500. A black
        dashed curve for kappa equal to n crosses them and keeps rising ever more steeply.""",
)
def exponential_in_what(table: pd.DataFrame) -> Figure:
    drawing = Figure()
    axes = drawing.add_subplot()
    measured = table.query("source == 'threshold'")
    for concentration, colour, marker in zip(
        np.unique(measured["concentration"]), (BLUE, ORANGE), MARKERS[:2], strict=True
    ):
        series = table[table["concentration"] == concentration]
        for source, line in (("mean field", "-"), ("limit", ":")):
            rows = series[series["source"] == source]
            axes.plot(rows["n"], rows["p"], line, color=colour)
        end = series.query("source == 'limit'").iloc[-1]
        text = rf"$\kappa = {concentration:g}$: limit {end['p']:.0f}"
        axes.annotate(text, (end["n"], end["p"]), (0, 5), textcoords="offset points", color=colour, ha="right")
        _bars(axes, series.query("source == 'threshold'"), "n", "p", "p_low", "p_high", colour=colour, marker=marker)
    growing = table.query("source == 'mean field, κ = n' and p < 5e4")
    axes.plot(growing["n"], growing["p"], "--", color="black")
    end = growing.iloc[-1]
    axes.annotate(r"$\kappa = n$: no end", (end["n"], end["p"]), (7, -9), textcoords="offset points")
    axes.set(xscale="log", yscale="log", xlabel="dimension $n$", ylabel="half of so many points are stored, $p_{50}$")
    ticks = [4 * 2**power for power in range(9)]
    axes.set_xticks(ticks, labels=[str(tick) for tick in ticks])
    axes.minorticks_off()
    return drawing


@figure(
    id="fig-kde-capacity-certificates",
    experiment="certificates",
    caption=r"""What the theorems can vouch for, point by point. Fraction of $p$ random points on the sphere of
        radius $M = Kh\sqrt n$ that are stored (circles), that meet the condition of theorem B (squares), and that of
        theorem A {cite}`ramsauer2021hopfield` (triangles). Every certified point is stored; many are stored that
        neither theorem can certify; and theorem B certifies more. From a thousand points on, one draw a mark.
        Reconstructed.""",
    alt="""Three panels, one for each radius ratio and dimension, with fractions against the number of points on a
        logarithmic axis. The fraction stored stays at one. The fraction certified by theorem B falls late, that
        certified by theorem A earlier; both fall to zero in the first panel, with eight dimensions, and least in the
        last, with twenty-four.""",
)
def certificates(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 3.2))
    cases = table[["radius_ratio", "n"]].drop_duplicates().to_numpy()
    panels = np.atleast_1d(drawing.subplots(1, len(cases), sharey=True))
    marks = [("stored", BLUE, "o-", "stored"), ("by_b", GREEN, "s--", "theorem B"), ("by_a", PINK, "^-.", "theorem A")]
    for axes, (ratio, n) in zip(panels, cases, strict=True):
        rows = table.query("radius_ratio == @ratio and n == @n")
        for column, colour, mark, name in marks:
            axes.plot(rows["p"], rows[column], mark, color=colour, label=name)
        axes.set(xscale="log", xlabel="number of points $p$", title=f"$K = {ratio:g}$, $n = {n:g}$", ylim=(-0.03, 1.03))
    panels[0].set_ylabel("fraction of the points")
    panels[-1].legend(loc="lower left")
    return drawing


@figure(
    id="fig-kde-capacity-rates",
    experiment="rates",
    caption=r"""What is proved and what is predicted, in the limit of many dimensions. Exponent of the capacity
        per dimension, $\ln p / n$, against $K = M/(h\sqrt n)$: the rate $\alpha_c$ of the random-energy argument
        {cite}`lucibello2024exponential`, theorem B, and theorem A {cite}`ramsauer2021hopfield`. Dots: the values in
        the claims. The transfer to kernel estimators is derived here (reconstructed).""",
    alt="""Three rising curves of the exponent against K from 0.25 to 4. The predicted exponent is the highest and
        passes 0.6 at K = 1; theorem B reaches about a third of it, theorem A about an eighth at K = 1 and a fifth at
        K = 4.""",
)
def rates(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 3.6))
    axes = drawing.add_subplot()
    claimed = table[table["radius_ratio"].isin([0.5, 1.0, 1.5, 2.0, 3.0])]
    for column, line, colour, name in (
        ("predicted", "-", BLUE, r"predicted, $\alpha_c$"),
        ("theorem B", "--", GREEN, "theorem B"),
        ("theorem A", "-.", PINK, "theorem A"),
    ):
        axes.plot(table["radius_ratio"], table[column], line, color=colour)
        axes.plot(claimed["radius_ratio"], claimed[column], "o", color=colour)
        end = table.iloc[-1]
        axes.annotate(
            name, (end["radius_ratio"], end[column]), (0, 7), textcoords="offset points", color=colour, ha="right"
        )
    axes.set(xlabel="radius ratio, $K = M/(h\\sqrt{n})$ (dimensionless)", xlim=(0, 4.1), ylim=(0, 2.15))
    axes.set_ylabel(r"exponent, $\ln p\,/\,n$ (per dimension)")
    return drawing


@figure(
    id="fig-kde-capacity-rule-of-thumb",
    experiment="rule_of_thumb",
    caption=r"""Rule-of-thumb estimators memorise their data. Fraction of standardised points stored at Scott's
        bandwidth $h = p^{-1/(n+4)}$, their mode within $0.1\sqrt n$, against the dimension: random points on the
        sphere of radius $\sqrt n$, normal points, and the first $n$ principal components of 1797 handwritten digits,
        each scaled to variance one; bars are 95 % intervals. In fifteen dimensions nearly every random point, and in
        thirty nearly every digit, is stored: the modes are the data. (Two points that are close to each other may share
        a mode within that distance and count, which happens in three dimensions.) Reconstructed.""",
    alt="""S-shaped curves of the fraction stored against the dimension from 3 to 30. For points on a sphere it
        rises steeply from zero at 6 dimensions to nearly one at 11; for normal points it rises around the same place
        but more gently; for the digits later, from 10 to 30 dimensions. More points move the curves a little to the
        right.""",
)
def rule_of_thumb(table: pd.DataFrame) -> Figure:
    drawing = Figure()
    axes = drawing.add_subplot()
    for cloud, colour, marker, line in (
        ("sphere", BLUE, "o", "-"),
        ("normal", ORANGE, "s", "--"),
        ("digits", GREEN, "D", "-."),
    ):
        rows = table.query("cloud == @cloud")
        numbers = np.unique(rows["p"])
        for place, p in enumerate(numbers):
            _bars(
                axes,
                rows.query("p == @p"),
                "n",
                "stored",
                colour=colour,
                marker=marker,
                linestyle=line,
                alpha=(place + 1) / len(numbers),
                label=f"{cloud}, $p = {p}$",
            )
    axes.legend(loc="lower right")
    axes.set(xlabel="dimension $n$", ylabel="fraction stored", ylim=(-0.02, 1.03))
    return drawing


def _shade(place: int, number: int) -> tuple[float, float, float, float]:
    return matplotlib.colormaps["viridis"](0.8 * place / max(number - 1, 1))


def _bars(
    axes: Axes,
    rows: pd.DataFrame,
    x: str,
    y: str,
    low: str = "low",
    high: str = "high",
    *,
    colour: str | tuple[float, ...],
    marker: str,
    linestyle: str = "none",
    alpha: float = 1.0,
    label: str | None = None,
) -> None:
    """Markers with the interval of each."""
    value = rows[y].to_numpy()
    axes.errorbar(
        rows[x].to_numpy(),
        value,
        np.maximum([value - rows[low].to_numpy(), rows[high].to_numpy() - value], 0),
        color=colour,
        marker=marker,
        linestyle=linestyle,
        linewidth=1,
        alpha=alpha,
        label=label,
    )

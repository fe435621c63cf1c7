"""The pictures of the chapter, each drawn from one experiment's table."""

from typing import cast

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.container import ErrorbarContainer
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from amem.book import figure, select

BLUE, ORANGE, GREEN, PINK, AMBER, SKY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"
GREY = "#666666"
KERNELS = ("constant", "exponential", "oscillator", "hyperbolic")
FORMULAS = {
    "constant": "constant\n$k = 1$",
    "exponential": "exponential\n$k = e^{-r\\Delta}$",
    "oscillator": "oscillator\n$k = (1+\\cos\\omega\\Delta)/2$",
    "hyperbolic": "hyperbolic\n$k = 1/(1+r\\Delta)$",
}
STREAMS = {
    "dynamical": (BLUE, "o", "-", "dynamical restaurant"),
    "dynamical, aliased": (BLUE, "x", ":", "the same with the slip in its oscillator"),
    "recursive": (ORANGE, "s", "--", "the same with $k = 1$"),
    "k-means": (GREEN, "^", "-", "k-means"),
    "k-means, online": (GREEN, "v", "--", "k-means, online"),
    "DP-means": (PINK, "D", "-", "DP-means (online: the same)"),
    "alone": ("black", ".", ":", "every point a cluster"),
    "variational mixture": (GREY, "P", ":", "variational mixture"),
}
ROUND = {
    "dynamical": (BLUE, "o", "-", "dynamical restaurant"),
    "recursive": (ORANGE, "s", "--", "the same with $k = 1$"),
    "dynamical, aliased": (BLUE, "x", ":", "slip in the oscillator"),
    "dynamical, no normaliser": (PINK, "D", "-", "dynamical, no $\\log C_n(\\kappa)$"),
    "recursive, no normaliser": (GREY, "P", ":", "$k = 1$, no $\\log C_n(\\kappa)$"),
    "dynamical, as published": (GREEN, "v", "-.", "slip, and no $\\log C_n(\\kappa)$"),
}


@figure(
    id="fig-new-memories-seats",
    experiment="seats",
    caption=r"""In a Chinese restaurant tables that are full attract, and yet there is always room for a new one.
        Left: a restaurant with $\alpha = 1$ after one, two and eight customers. Each bar is a table, as wide as the
        chance that the next customer takes it; inside, how many it holds. Hatched: a table that is not there yet.
        Right: the number of tables against the number of customers, exact (lines) and the mean of sampled restaurants
        (markers; bars of two standard errors are smaller than these). Without a discount, $d = 0$, it grows like the
        logarithm of the number of customers, with one like its power $d$. The prior is that of
        {cite:t}`schaeffer2023probabilistic_lens`; the measurements are ours.""",
    alt="""Left: three stacked horizontal bars. After one customer the bar is half a table holding one and half a
        new table; after two, three equal parts; after eight, parts of five, two, one and a hatched one for a new
        table. Right: six curves on doubly logarithmic axes, three for each of two concentrations, rising with the
        number of customers; those with larger discounts rise along steeper straight lines. Markers lie on all of
        them.""",
)
def seats(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 3.4))
    left, right = drawing.subplots(1, 2, width_ratios=(1, 1.25))
    seating = select(table, kind="seating")
    for place, customers in enumerate(np.unique(seating["customers"])):
        start = 0.0
        tables = select(seating, customers=customers)[["held", "chance"]].to_numpy()
        for (held, width), colour in zip(tables, (SKY, AMBER, PINK, SKY), strict=False):
            new = held == 0
            box = Rectangle((start, place - 0.34), width, 0.68, facecolor=colour, edgecolor="black", linewidth=0.8)
            if new:
                box.set(facecolor="white", hatch="///")
            left.add_patch(box)
            label = "new" if new else f"{held:.0f}"
            behind = {"facecolor": "white", "edgecolor": "none", "pad": 1} if new else None
            left.text(start + width / 2, place, label, ha="center", va="center", bbox=behind, fontsize=9)
            start += width
        left.text(-0.03, place, f"{customers:.0f}", ha="right", va="center")
    left.set(xlim=(-0.001, 1.001), ylim=(2.6, -0.6), yticks=[], xlabel="chance of the next customer (dimensionless)")
    left.set_ylabel("customers so far", labelpad=18)
    left.grid(visible=False)
    left.spines["left"].set_visible(False)
    tables = select(table, kind="tables")
    for alpha, colour, marker in zip(np.unique(tables["alpha"]), (BLUE, ORANGE), ("o", "s"), strict=False):
        for discount, line in zip(np.unique(tables["discount"]), ("-", "--", "-."), strict=False):
            rows = select(tables, alpha=alpha, discount=discount)
            exact, found = (select(rows, source=source) for source in ("theory", "simulation"))
            right.plot(exact["customers"], exact["tables"], line, color=colour)
            _bars(right, found, "customers", "tables", "error", colour=colour, marker=marker)
            ends = exact[["customers", "tables"]].to_numpy()
            name = f"$d = {discount:g}$"
            shift = (6, -9 if alpha > 1 and discount == 0.25 else 1 if alpha == 1 and discount == 0.5 else -4)
            right.annotate(name, tuple(ends[-1]), shift, textcoords="offset points", color=colour)
            if discount == (0.5 if alpha > 1 else 0.0):
                shift = (-12, 16) if alpha > 1 else (14, 8)
                text = f"$\\alpha = {alpha:g}$"
                right.annotate(text, tuple(ends[-8]), shift, textcoords="offset points", color=colour, ha="right")
    right.set(xscale="log", yscale="log", xlabel="number of customers", ylabel="number of tables", xlim=(0.9, 2500))
    return drawing


@figure(
    id="fig-new-memories-recovery",
    experiment="recovery",
    caption=r"""With the normalisers of its Gaussians the network counts the clusters; without, it makes memories by
        the hundred. Eight planted clusters of unit variance, means of standard deviation 10, 600 points shown once;
        ten draws (small dots) and their median (large marker). Left: memories made; the line is the truth. Right:
        agreement with the planted clusters. Settings as in a reconstruction of the energy of
        {cite:t}`schaeffer2023probabilistic_lens`, which leaves the normalisers out.""",
    alt="""Left: number of memories on a logarithmic axis against dimension from 2 to 50. Blue circles lie on the
        line at 8, those in two dimensions scatter from 8 to 10; orange squares rise from about forty to almost five
        hundred. Right: the adjusted Rand index; blue circles at one except in two dimensions, where they lie near
        0.9; orange squares fall from 0.6 to 0.2.""",
)
def recovery(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 3.3))
    left, right = drawing.subplots(1, 2)
    dimensions = np.unique(table["n"])
    for normalised, colour, marker, name, shift in (
        (True, BLUE, "o", "with normalisers", -0.09),
        (False, ORANGE, "s", "without", 0.09),
    ):
        for axes, column in ((left, "memories"), (right, "ari")):
            rows = select(table, normalised=normalised, kind="run")
            at = np.searchsorted(dimensions, rows["n"]) + shift
            axes.plot(at, rows[column], ".", color=colour, markersize=5, alpha=0.5)
            middle = select(table, normalised=normalised, kind="median")
            at = np.searchsorted(dimensions, middle["n"]) + shift
            axes.plot(at, middle[column], marker, color=colour, markersize=8, markeredgecolor="white", label=name)
    left.axhline(8, color="black", linewidth=0.9, linestyle="-", zorder=0)
    left.text(len(dimensions) - 0.6, 8.6, "8 planted", ha="right", va="bottom")
    left.set(yscale="log", ylabel="number of memories", ylim=(5, 1000))
    right.set(ylabel="adjusted Rand index", ylim=(-0.04, 1.05))
    for axes in (left, right):
        axes.set_xticks(range(len(dimensions)), [f"{n}" for n in dimensions])
        axes.set_xlabel("dimension $n$")
    left.legend(loc="upper left")
    return drawing


@figure(
    id="fig-new-memories-knobs",
    experiment="knobs",
    caption=r"""The appetite for new memories is set by two knobs, and the sharpness matters more until the other
        reaches one. Number of memories (top) and agreement with eight planted clusters (bottom) against $\alpha$ at
        $\beta = 1$ (left) and against $\beta$ at $\alpha = 1$ (right; the points' true inverse variance is 1). Five
        dimensions, means of standard deviation 3, so that clusters touch. DP-means at the threshold at which the
        network makes its second memory. The variational mixture sees all data many times, is given $\alpha$ and, as a
        prior only, $1/\beta$; it starts from 24 components. Bars are two standard errors over draws. Reconstructed.""",
    alt="""Four panels. Against alpha from a millionth to a million, the network's memories rise slowly from five to
        nine at alpha one, then steeply to one a point, and its agreement peaks near alpha one; DP-means rises
        earlier. Against beta the same rise happens within three decades, from one memory to hundreds, with the best
        agreement close to the true inverse variance. The variational mixture stays at eight memories and near perfect
        agreement throughout.""",
)
def knobs(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 4.6))
    panels = drawing.subplots(2, 2, sharex="col", sharey="row")
    looks = {
        "network": (BLUE, "o", "-", "CLAM+CRP+ELBO"),
        "DP-means": (ORANGE, "s", "--", "DP-means, online"),
        "mixture": (GREY, "P", ":", "variational mixture"),
    }
    for column, (knob, label) in enumerate((("alpha", "$\\alpha$ (dimensionless)"), ("beta", "$\\beta$ (1/length²)"))):
        for name, (colour, marker, line, text) in looks.items():
            rows = select(table, knob=knob, algorithm=name)
            for row, quantity in enumerate(("memories", "ari")):
                _bars(
                    panels[row, column], rows, "value", quantity, f"{quantity}_error",
                    colour=colour, marker=marker, line=line, label=text,
                )  # fmt: skip
        panels[0, column].axhline(8, color="black", linewidth=0.9, linestyle="-", zorder=0)
        panels[1, column].set(xscale="log", xlabel=label)
    panels[0, 0].set(yscale="log", ylabel="number of memories")
    panels[1, 0].set(ylabel="adjusted Rand index")
    panels[0, 0].text(1e-6, 8.8, "8 planted", va="bottom")
    drawing.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    return drawing


@figure(
    id="fig-new-memories-orders",
    experiment="orders",
    caption=r"""One who makes memories on the way depends on the way. The same points in many random orders: how
        often the network ends with so many memories, after one pass (filled) and after five (outlined). Left: 300
        points of eight planted clusters in the plane, some of which overlap; $\beta = 1$. Right: iris, standardised;
        $\beta = 2$. Dashed: the true number. $\alpha = 1$. Further passes bring the orders together only a little.
        Reconstructed.""",
    alt="""Two histograms of the number of memories. For planted clusters seven is the most frequent, in about half
        of the orders, then eight, nine and ten; after five passes seven becomes more frequent. For iris two, three
        and four memories occur, three most often. Filled and outlined bars are similar.""",
)
def orders(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 3.0))
    panels = drawing.subplots(1, 2, sharey=True)
    for axes, (data, title) in zip(panels, (("planted", "planted, eight"), ("iris", "iris, three")), strict=True):
        rows = select(table, data=data, kind="count")
        one, five = (select(rows, passes=passes) for passes in (1, 5))
        axes.bar(one["memories"], one["share"], 0.8, color=SKY, label="one pass")
        axes.bar(five["memories"], five["share"], 0.62, fill=False, edgecolor=ORANGE, linewidth=2, label="five passes")
        true = select(table, data=data, kind="mean")["true"].to_numpy()[0]
        axes.axvline(true, color="black", linestyle="--", linewidth=0.9)
        axes.set(title=title, xlabel="number of memories")
        numbers = rows["memories"].to_numpy()[rows["share"].to_numpy() > 0]
        axes.set(xticks=range(1, int(numbers.max()) + 1), xlim=(numbers.min() - 0.7, numbers.max() + 0.7))
        axes.grid(axis="x", visible=False)
    panels[0].set_ylabel("fraction of orders")
    panels[0].legend(loc="upper right")
    return drawing


@figure(
    id="fig-new-memories-prior",
    experiment="dynamical_prior",
    caption=r"""Who sits where, when the past fades or comes back: sampled, and computed exactly. The chance $p(c_n
        = c)$ that customer $n$ sits at the $c$-th table to be opened, $\alpha = 15.37$, for four kernels at rates of
        one; top, 5000 sampled restaurants; bottom, the recursion of {cite:t}`schaeffer2022streaming`. Forgetting
        sends almost every customer to a table of one's own (the diagonal); the constant kernel is the ordinary
        Chinese restaurant.""",
    alt="""Eight heat maps in two rows of four, customers downwards and tables across, with a logarithmic colour
        scale. The upper and lower map of each column look the same. With the constant kernel the colour spreads over
        the first twenty-five tables; with the exponential it hugs the diagonal; the oscillator and hyperbolic kernels
        lie between.""",
)
def prior(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 3.6))
    panels = drawing.subplots(2, 4, sharex=True, sharey=True)
    seats = select(table, kind="seat")
    shown = None
    for column, kernel in enumerate(KERNELS):
        rows = select(seats, kernel=kernel)
        for row, source in enumerate(("sampled", "exact")):
            chances = rows.pivot(index="customer", columns="table", values=source).to_numpy()
            axes = panels[row, column]
            shown = axes.imshow(chances.clip(1e-9), norm=LogNorm(1e-3, 1), cmap="cividis", origin="upper")
            axes.grid(visible=False)
            axes.set(xticks=(0, 20, 40), yticks=(0, 20, 40))
        panels[0, column].set_title(FORMULAS[kernel])
        panels[1, column].set_xlabel("table (number)")
    panels[0, 0].set_ylabel("sampled\ncustomer (number)")
    panels[1, 0].set_ylabel("recursion\ncustomer (number)")
    if shown is not None:
        drawing.colorbar(shown, ax=panels, label="chance (dimensionless)", shrink=0.7, extend="min")
    return drawing


@figure(
    id="fig-new-memories-monte-carlo",
    experiment="monte_carlo",
    caption=r"""The recursion is what sampling tends to, and how fast is known too. Squared error, summed over all
        chances $p(c_n = c)$ of 50 customers, of the frequencies in $S$ sampled restaurants, for four kernels and four
        values of $\alpha$ (markers; bars of two standard errors are smaller). Lines: $\frac1S\sum_n(1-\sum_c p(c_n =
        c)^2)$. A wrong prior would bend the markers away from the line. After a figure of
        {cite:t}`schaeffer2022streaming`.""",
    alt="""Squared error against the number of samples on doubly logarithmic axes, four panels, one a kernel. In
        each, markers of four colours lie on parallel lines that fall by a factor of ten for every tenfold number of
        samples.""",
)
def monte_carlo(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 2.9))
    panels = drawing.subplots(1, 4, sharex=True, sharey=True)
    looks = zip(np.unique(table["alpha"]), (BLUE, ORANGE, GREEN, PINK), ("o", "s", "^", "D"), strict=False)
    for alpha, colour, marker in looks:
        for axes, kernel in zip(panels, KERNELS, strict=True):
            rows = select(table, kernel=kernel, alpha=alpha)
            axes.plot(rows["samples"], rows["expected"], "-", color=colour)
            label = f"$\\alpha = {alpha:g}$"
            _bars(axes, rows, "samples", "found", "error", colour=colour, marker=marker, label=label)
            axes.set(xscale="log", yscale="log", title=kernel, xlabel="number of samples $S$")
    panels[0].set_ylabel("squared error (dimensionless)")
    drawing.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return drawing


@figure(
    id="fig-new-memories-stream",
    experiment="stream",
    caption=r"""On streams of Gaussian clusters the dynamical restaurant does what it promises. Normalised mutual
        information with the planted clusters against $\alpha$, in which the streams were drawn; one panel a kernel,
        rates 0.05 and $\omega = 0.15$, averaged over dimensions, variances and seeds (bars: two standard errors). The
        restaurants know $\alpha$, the variances and, in blue, the kernel; k-means, from one start, the number of
        clusters. DP-means has its threshold $20/\ln\alpha$, so low that it scores what one scores who makes every point
        a cluster of its own (black dots). Dotted blue: the oscillator with the published slip. Task and baselines of
        {cite:t}`schaeffer2022streaming`.""",
    alt="""Four panels of normalised mutual information against alpha. In each the blue curve of the dynamical
        restaurant is highest, around 0.91 to 0.97; the orange curve with a constant kernel lies just below except in
        the first panel, where the two coincide; k-means follows, then DP-means, rising with alpha, on the black dots
        of every point alone. The variational mixture falls with alpha, steeply for the exponential and hyperbolic
        kernels. In the oscillator's panel the dotted blue curve runs below k-means.""",
)
def stream(table: pd.DataFrame) -> Figure:
    return _scores(select(table, kind="mean"), STREAMS, (0.25, 1.0))


@figure(
    id="fig-new-memories-alone",
    experiment="alone",
    caption=r"""The poster's DP-means may have made every point a cluster of its own. Crosses: normalised mutual
        information read off the poster of {cite:t}`schaeffer2022streaming` at $\alpha = 5$ and 25. Black: what one
        scores who puts 1000 customers of the dynamical restaurant each at a table of their own, with the rates of the
        code (dotted, 0.05) and at rate one (solid; the constant kernel has no rate, the oscillator none that fades).
        Where the past fades, circles: our runs at rate one, as before in all else. There DP-means, k-means and the
        variational mixture come out near where the poster has them; the dynamical restaurant does not. Markers are
        moved apart sideways. Reconstructed.""",
    alt="""Four panels of mutual information against alpha, at five and twenty-five. In the first and third, pink
        crosses of the poster's DP-means lie on the black line of points alone, rising from about 0.5 or 0.6 to 0.7 or
        0.8. In the second and fourth, pink and green crosses lie near one on the solid line for rate one, far above
        the dotted one for 0.05; grey crosses lie at zero with grey circles near them. Blue crosses of the poster's
        restaurant lie near 0.65, blue circles of ours near one.""",
)
def alone(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 3.7))
    panels = drawing.subplots(1, 4, sharey=True)
    looks = {
        "DP-means": (PINK, 0.0, "DP-means"),
        "k-means": (GREEN, 1.8, "k-means"),
        "variational mixture": (GREY, 0.0, "variational mixture"),
        "dynamical": (BLUE, -1.8, "dynamical restaurant"),
    }
    rates = np.unique(select(table, kind="alone")["rate"])
    for axes, kernel in zip(panels, KERNELS, strict=True):
        rows = select(table, kernel=kernel)
        fades = len(select(rows, kind="mean")) > 0
        for rate, line in zip(rates, (":", "-"), strict=True):
            if fades or rate == rates[0]:
                every = select(rows, kind="alone", rate=rate)
                name = f"every point alone, rate {rate:g}"
                axes.plot(every["alpha"], every["nmi"], line if fades else "-", color="black", label=name)
        for algorithm, (colour, aside, name) in looks.items():
            read, ours = (select(rows, kind=kind, algorithm=algorithm) for kind in ("poster", "mean"))
            axes.plot(read["alpha"] + aside, read["nmi"], "x", color=colour, markersize=6, markeredgewidth=1.8)
            axes.plot(ours["alpha"] + aside, ours["nmi"], "o", color=colour, markerfacecolor="none", label=name)
        axes.set(title=kernel, xlabel="$\\alpha$ (dimensionless)", xlim=(1, 29), ylim=(-0.05, 1.07))
    panels[0].set_ylabel("mutual information,\nnormalised (dimensionless)")
    handles, names = panels[1].get_legend_handles_labels()
    shapes = [Line2D([], [], color="black", marker=marker, linestyle="none", fillstyle="none") for marker in "xo"]
    handles, names = [*handles, *shapes], [*names, "read off the poster", "here, rate 1"]
    drawing.legend(handles, names, loc="outside lower center", ncols=3, fontsize="small")
    return drawing


@figure(
    id="fig-new-memories-growth",
    experiment="stream",
    caption=r"""New memories come when they should. Memories made so far over the true number at the end of the
        stream, for the same streams: planted (black), made with the right kernel (blue), made with the constant one
        (orange dashed); for the smallest and the largest dimension. In few dimensions clusters overlap and memories
        are made for stragglers; in many the network keeps pace with the truth. After a figure of
        {cite:t}`schaeffer2022streaming`.""",
    alt="""Eight panels in two rows, one row a dimension and one column a kernel: fraction of clusters made against
        time, on doubly logarithmic axes. Blue curves follow the black ones, ending at or above one, further above in
        the row for few dimensions; orange dashed curves end lower under the three kernels that forget.""",
)
def growth(table: pd.DataFrame) -> Figure:
    rows = select(table, kind="growth")
    dimensions = (rows["n"].min(), rows["n"].max())
    drawing = Figure(figsize=(7, 4.0))
    panels = drawing.subplots(2, 4, sharex=True, sharey=True)
    looks = {
        "true": ("black", "-", "planted"),
        "dynamical": (BLUE, "-", "made"),
        "recursive": (ORANGE, "--", "made, $k = 1$"),
    }
    for column, kernel in enumerate(KERNELS):
        for row, n in enumerate(dimensions):
            axes = panels[row, column]
            for name, (colour, line, label) in looks.items():
                chosen = select(rows, kernel=kernel, n=n, algorithm=name)
                axes.plot(chosen["time"], chosen["made"], line, color=colour, label=label)
            axes.set(xscale="log", yscale="log")
        panels[0, column].set_title(kernel)
        panels[1, column].set_xlabel("number of points")
    for row, n in enumerate(dimensions):
        panels[row, 0].set_ylabel(f"$n = {n:g}$\nfraction made")
    drawing.legend(*panels[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    return drawing


@figure(
    id="fig-new-memories-sphere",
    experiment="sphere",
    caption=r"""On the sphere, a normaliser left out costs over a third of the score. Normalised mutual information
        with planted von Mises–Fisher clusters against $\alpha$, one panel a kernel, averaged over concentrations
        $\kappa$, dimensions and seeds. With $\log C_n(\kappa)$ in the likelihood (blue; orange with a constant kernel)
        the restaurant finds the clusters. Left out, as in the published code, the memories that there are look better
        than any new one by up to a thousand nats, and about half as many are made as there are clusters or fewer (pink,
        grey). In the oscillator's panel, dotted: the normaliser kept, the oscillator's constant overwritten; green:
        both slips. Task of {cite:t}`schaeffer2022streaming`; our reading of the code is reconstructed.""",
    alt="""Four panels of normalised mutual information against alpha. Blue and orange curves lie together above
        0.92 in all panels. Pink and grey curves, without the normaliser, lie together between 0.4 and 0.65. In the
        oscillator's panel a dotted blue curve at 0.8 to 0.9 lies below the orange one, and a green one near 0.5.""",
)
def sphere(table: pd.DataFrame) -> Figure:
    return _scores(select(table, kind="mean"), ROUND, (0.3, 1.02))


@figure(
    id="fig-new-memories-rooms",
    experiment="rooms",
    caption=r"""Hallways that look alike become one memory. A walk through nine rooms by way of twelve hallways,
        which all share their landmarks; each visit shows a hundred binary landmarks, noisily. Left: the building;
        number and colour of the memory that most often answered at each place. Right: which memory answered at each
        step. As a mean field (top) the restaurant makes a new memory at almost every visit to a room; measured by one
        rod, the predictive chance (bottom), it makes a tenth as many and recognises some rooms, while others share a
        memory or have several. Exponential kernel, $\alpha = 2$. After {cite:t}`schaeffer2022streaming`; the building
        is ours.""",
    alt="""Left: a three by three grid of squares joined by small squares; all the small squares have the same
        colour and number, the rooms have others. Right: two scatter plots of memory number against step; in the upper
        one dots climb along a rising line besides a horizontal line at the hallways' memory, in the lower one they
        lie on a dozen horizontal lines.""",
)
def rooms(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 3.7))
    grid = drawing.add_gridspec(2, 2, width_ratios=(1, 1.35))
    plan = drawing.add_subplot(grid[:, 0])
    walk = select(table, kind="walk")
    answers = select(table, kind="place", form="collapsed")[["x", "y", "place", "label"]].to_numpy()
    named = list(dict.fromkeys(answers[:, 3]))
    shades = [SKY, AMBER, PINK, GREEN, ORANGE, BLUE, "#999999", "#F0E442", "#CC99FF", "#99DDCC", "#DDAA99", "#BBBBEE"]
    for x, y, room, label in answers:
        hall = room == 9
        size = 0.24 if hall else 0.6
        corner = (x - size / 2, y - size / 2)
        colour = shades[named.index(label) % len(shades)]
        plan.add_patch(Rectangle(corner, size, size, facecolor=colour, edgecolor="black", linewidth=0.8))
        plan.text(x, y, f"{label + 1:.0f}", ha="center", va="center", fontsize=7 if hall else 10)
    plan.set(xlim=(-0.5, 2.5), ylim=(2.5, -0.5), aspect="equal", title="which memory answers, collapsed")
    plan.set_axis_off()
    above = drawing.add_subplot(grid[0, 1])
    below = drawing.add_subplot(grid[1, 1], sharex=above)
    for axes, form in ((above, "mean field"), (below, "collapsed")):
        rows = select(walk, form=form)
        hall = rows["place"] == 9
        for chosen, colour, marker, label in ((~hall, BLUE, "o", "in a room"), (hall, ORANGE, "s", "in a hallway")):
            answer = (rows["label"] + 1).where(chosen)
            axes.plot(rows["step"], answer, marker, color=colour, markersize=2.4, label=label)
        axes.set(ylabel="memory (number)", title=form)
    above.tick_params(axis="x", labelbottom=False)
    below.set_xlabel("step (number)")
    above.legend(loc="upper left", markerscale=2, fontsize="small")
    return drawing


@figure(
    id="fig-new-memories-calibration",
    experiment="calibration",
    caption=r"""A posterior that is right is right on average. Eight points from the model itself, thousands of
        times. Top: the rank of the true number of memories in its posterior, in ten bins; it must be uniform (line;
        grey, where 99.7 % of counts fall). Bottom: the predicted chance that the last two points share a memory
        against how often they do (bars: 95 %). The exact posterior, by counting all 4140 partitions, passes, and so
        shows that the test is sound. The stream's posterior is nearly right about the number of memories if
        collapsed, and expects too many as a mean field; about pairs, whose chances it multiplies as if they were
        independent, it is wrong in both forms. CLAM+CRP+ELBO, which gives a single number, cannot pass.
        $\alpha = 3$, means of standard deviation 3. The test is that of {cite:t}`talts2018validating`.""",
    alt="""Four columns: exact, collapsed, mean field, CLAM+CRP+ELBO. Top row, histograms of ten bars: flat inside
        the grey band for the first, less so for the second, tilted for the third, and heaped at both ends for the
        last. Bottom row, predicted against observed frequency: on the diagonal for the exact posterior, flatter than
        the diagonal for the others, most for the last.""",
)
def calibration(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 4.1))
    panels = drawing.subplots(2, 4, sharey="row", sharex="row")
    shown = select(table, alpha=3, spread=3)
    names = {
        "exact": "exact",
        "collapsed": "stream, collapsed",
        "mean field": "stream, mean field",
        "network": "CLAM+CRP+ELBO",
    }
    for column, (name, title) in enumerate(names.items()):
        rows = select(shown, posterior=name)
        ranks, pairs = (select(rows, kind=kind) for kind in ("rank", "pair"))
        upper, lower = panels[:, column]
        upper.axhspan(*ranks[["lowest", "highest"]].to_numpy()[0], color="#cccccc", zorder=0)
        upper.axhline(0.1, color="black", linewidth=0.9, linestyle="-")
        upper.bar(ranks["bin"] / 10 + 0.05, ranks["share"], 0.09, color=SKY)
        upper.set_title(title)
        upper.set_xlabel("rank of the truth")
        lower.plot((0, 1), (0, 1), "-", color="black", linewidth=0.9)
        bars = np.stack([pairs["was"] - pairs["low"], pairs["high"] - pairs["was"]])
        lower.errorbar(pairs["said"], pairs["was"], bars, fmt="o", color=BLUE, capsize=2, linestyle="none")
        lower.set(xlabel="predicted chance", aspect="equal", xticks=(0, 0.5, 1), yticks=(0, 0.5, 1))
        upper.grid(axis="x", visible=False)
    panels[0, 0].set_ylabel("fraction of draws")
    panels[1, 0].set_ylabel("observed fraction")
    return drawing


@figure(
    id="fig-new-memories-errata",
    experiment="errata",
    caption=r"""Three slips, in numbers. Left: by how much the missing normalisers favour a new memory,
        $(1+\beta/\rho)^{n/2}$ at $\beta/\rho = 100$. Middle: how many customers an oscillating kernel should count,
        $\sum_m k(t_n-t_m)$ at $\omega = 1$ (line), and how many it counts when its constant is overwritten at each
        reading (dotted). Right: the hyperbolic kernel $1/(1+0.05\,\Delta)$ (line), from 250 exponentials at rates
        0.05 apart (squares) and from the 48 used here (circles). The first slip is in print
        {cite}`schaeffer2023probabilistic_lens`, the others in code that belongs to {cite:t}`schaeffer2022streaming`,
        as we read it.""",
    alt="""Left: a straight line from two decades at two dimensions to fifty decades at fifty. Middle: a line that
        rises in waves to 24 after fifty customers, and a dotted one that flattens out and ends at half of it. Right:
        on a logarithmic axis of delay, a falling curve from one with circles on it; squares fall below it from delays
        of one on, and to zero when it is still a third.""",
)
def errata(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 2.8))
    odds, count, kernel = drawing.subplots(1, 3)
    rows = select(table, quantity="log10 of added odds")
    odds.plot(rows["at"], rows["found"], "o-", color=ORANGE)
    odds.set(xlabel="dimension $n$", ylabel="added odds (powers of ten)", title="no normalisers")
    odds.set(xlim=(0, 53), ylim=(0, 53))
    for name, colour, line in (("as meant", BLUE, "-"), ("aliased", ORANGE, ":")):
        rows = select(table, quantity=f"occupancy, {name}")
        count.plot(rows["at"], rows["found"], line, color=colour, label=name)
    count.set(xlabel="customer (number)", ylabel="customers counted (number)", title="an overwritten constant")
    count.legend(loc="upper left")
    rows = select(table, quantity="kernel, here")
    gap = np.maximum(rows["at"], 0.1)
    kernel.plot(gap, rows["right"], "-", color="black")
    kernel.plot(gap, rows["found"], "o", color=BLUE, label="48 here")
    rows = select(table, quantity="kernel, as published")
    kernel.plot(gap, rows["found"], "s", color=ORANGE, markerfacecolor="none", label="250 published")
    kernel.set(xscale="log", xlabel="delay $\\Delta$ (time)", ylabel="$k(\\Delta)$ (dimensionless)")
    kernel.set(title="a coarse sum", ylim=(-0.04, 1.45))
    kernel.legend(loc="upper right")
    return drawing


def _scores(table: pd.DataFrame, looks: dict[str, tuple[str, str, str, str]], limits: tuple[float, float]) -> Figure:
    drawing = Figure(figsize=(7, 4.4))
    panels = drawing.subplots(1, 4, sharey=True, sharex=True)
    names: dict[str, ErrorbarContainer] = {}
    for axes, kernel in zip(panels, KERNELS, strict=True):
        for name, (colour, marker, line, label) in looks.items():
            rows = select(table, kernel=kernel, algorithm=name)
            if len(rows):
                names[label] = _bars(axes, rows, "alpha", "nmi", "nmi_error", colour=colour, marker=marker, line=line)
        axes.set(title=FORMULAS[kernel], ylim=limits, xlabel="$\\alpha$ (dimensionless)")
    panels[0].set_ylabel("mutual information,\nnormalised (dimensionless)")
    handles = cast("list[Artist]", list(names.values()))
    drawing.legend(handles, list(names), loc="outside lower center", ncols=3, fontsize="small")
    return drawing


def _bars(
    axes: Axes, rows: pd.DataFrame, x: str, y: str, error: str,
    *, colour: str, marker: str, line: str = "none", label: str | None = None,
) -> ErrorbarContainer:  # fmt: skip
    """Markers with bars of two standard errors."""
    return axes.errorbar(
        rows[x], rows[y], 2 * rows[error], color=colour, marker=marker, linestyle=line, label=label,
        capsize=2, elinewidth=1, markerfacecolor=colour if marker != "s" else "white",
    )  # fmt: skip

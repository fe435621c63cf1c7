"""What was printed beside what holds, drawn."""

import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure, select
from amem.book.look import BLACK, BLUE, ORANGE
from amem.chapters.clustering.marks import SETS, name, shown


@figure(
    "fig-clustering-errata",
    caption="""Five slips, computed. *Covariance*: the log-density of a mixture lies on $-\\beta E$ if its covariance is
        $I/2\\beta$ (in the form $e^{-\\beta\\lVert v-\\mu\\rVert^2}$, here three memories on a line, $\\beta=1$), and
        not if it is $2I/\\beta$. *Sign*: the pull towards the memories is $+\\nabla\\log p$. *Time*: $\\dot E$ is
        $-\\frac12\\lVert\\nabla E\\rVert^2$ over $\\tau$. *Fixed point*: one step $v^*$ to the posterior mean is none,
        and so (*beliefs*) CLAM and CLAM+ELBO do not believe the same at rest; both differences vanish only as $\\beta$
        grows (medians, bands from the lowest to the highest tenth of the draws). *Masks*: how often each feature of
        three sets is hidden by masks of the published code's rule (open) and by independent ones (filled); of iris the
        former hide nothing. Statements from {cite:t}`schaeffer2023probabilistic_lens` and the code of
        {cite:t}`saha2023clam`.""",
    alt="""Six panels. A curve with three humps on which dots lie, and a flatter, dashed one that leaves them at both
        ends. A wave with dots on it and its mirror image, dashed. Circles on the curve one over tau, which crosses a
        dashed level where tau is one. Two falling curves in wide bands against beta. Open markers at zero for the first
        feature and for all of iris, filled ones near two and three tenths.""",
)
def errata(table: pd.DataFrame) -> Figure:
    table = table.sort_values(["what", "kind", "form", "x"])
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
    law = select(table, kind="time law")
    time.plot(law["x"], law["value"], "-", color=BLUE, linewidth=0.8)
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
    masked = select(table, kind="hidden")
    for set in shown(masked["what"], SETS):
        colour, marker = SETS[set]
        for form, fill in (("independent", colour), ("published", "none")):
            rows = select(masked, what=set, form=form)
            label = name(set) if form == "independent" else None
            hidden.plot(
                rows["x"] + 1, rows["value"], marker=marker, color=colour, markerfacecolor=fill, linewidth=0.7,
                linestyle="-" if form == "independent" else ":", markersize=4, label=label,
            )  # fmt: skip
    hidden.set(title="masks", xlabel="feature (number)", ylabel="fraction hidden")
    hidden.legend(fontsize="x-small", loc="upper right")
    return drawing

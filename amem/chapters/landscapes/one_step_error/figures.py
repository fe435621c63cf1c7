"""One-step errors."""

import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure, select
from amem.book.look import BLACK
from amem.chapters.landscapes.drawing import COLOURS, bars
from amem.chapters.landscapes.one_step_error.claims import TOLERANCE


@figure(
    "fig-landscapes-one-step-error",
    caption=r"""One wrong bit after one step from a stored pattern. Self-coupling is removed and a tie keeps
        the bit. Left: how often, against the load in the unit that makes the Gaussian limit $Q(z)$, $z =
        1/\sqrt{\text{load}}$ {cite}`krotov2016dense`, one curve for every order. Right: the same, divided by
        that limit; the grey band is ± 35 %. Markers: simulations with 95 % intervals. Lines: the exact law at
        the same $n$ and $p$, which is ours. The simulations lie on the exact law; the Gaussian limit does
        not. At the smallest load the quadratic memory errs [[quadratic]] times as often as it says, memories
        of higher order more often, for their cross-talk has heavier tails. The bars count bits as
        independent, which those of a draw are not quite.""",
    alt="""Left: wrong bits against load, rising from [[lowest]] to [[highest]]; three rows of markers
        lie on three lines close around a dashed Gaussian curve. Right: the ratio to the Gaussian limit. At
        the highest load all three are near 1, at [[high]]. Towards low load the quadratic memory falls to
        [[quadratic]], out of the grey band, and the cubic and the quartic memory rise to [[cubic]] and
        [[quartic]].""",
)
def one_step_error(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 3.3))
    left, right = drawing.subplots(1, 2)
    ordered = table.sort_values(["load", "memory"])
    limit = ordered.query("source == 'theory, Gaussian limit'")
    left.plot(limit["load"], limit["error"], "--", color=BLACK, linewidth=1, label="Gaussian limit")
    right.axhspan(1 - TOLERANCE, 1 + TOLERANCE, color="0.9", zorder=0)
    right.axhline(1, color=BLACK, linewidth=1, linestyle="--")
    for memory in filter(set(table["memory"]).__contains__, COLOURS):
        rows = select(ordered, memory=memory)
        found, exact, gaussian = (
            select(rows, source=source).set_index("load", drop=False)
            for source in ("simulation", "theory, exact", "theory, Gaussian limit")
        )
        for axes, unit in ((left, 1.0), (right, gaussian["error"])):
            axes.plot(exact["load"], exact["error"] / unit, "-", color=COLOURS[memory], linewidth=1)
            relative = found.assign(**{name: found[name] / unit for name in ("error", "low", "high")})
            bars(axes, relative, "load", "error", memory, label=f"{memory}, $n = {rows['n'].max()}$")
    left.set(yscale="log", xlabel="load $p\\,(2k-3)!!/n^{k-1}$, order $k$ (dimensionless)")
    left.set_ylabel("wrong bits (fraction)")
    right.set(xlabel="load (as on the left)", ylabel="wrong bits / Gaussian limit", ylim=(0.35, None))
    left.legend(loc="lower right", fontsize=8)
    return drawing

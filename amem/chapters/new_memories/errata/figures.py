"""Three slips, drawn."""

import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure, select
from amem.book.look import BLUE, ORANGE


@figure(
    "fig-new-memories-errata",
    caption=r"""Three slips, in numbers. Left: by how much the missing normalisers favour a new memory,
        $(1+\beta/\rho)^{n/2}$ at $\beta/\rho = 100$. Middle: how many customers an oscillating kernel should count,
        $\sum_m k(t_n-t_m)$ at $\omega = 1$ (line), and how many it counts when its constant is overwritten at each
        reading (dotted). Right: the hyperbolic kernel $1/(1+0.05\,\Delta)$ (line), from 250 exponentials at rates
        0.05 apart (squares) and from the 48 used here (circles); a delay of zero is drawn at 0.1. The first slip is in
        print {cite}`schaeffer2023probabilistic_lens`, the others in code that belongs to
        {cite:t}`schaeffer2022streaming`, as we read it.""",
    alt="""Left: a straight line from [[odds_first]] decades at two dimensions to [[odds_last]] at fifty. Middle: a
        line that rises in waves to [[counted]] after [[customers]] customers, and a dotted one that ends at about half
        of it. Right: on a logarithmic axis of delay, a falling curve from one with circles on it; squares lie below it
        everywhere, at a delay of a hundred at [[square]] where it is at [[curve]].""",
)
def errata(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 2.8))
    odds, count, kernel = drawing.subplots(1, 3)
    rows = select(table, quantity="log10 of added odds").sort_values("at")
    odds.plot(rows["at"], rows["found"], "o-", color=ORANGE)
    odds.set(xlabel="dimension $n$", ylabel="added odds (powers of ten)", title="no normalisers")
    odds.set(xlim=(0, 53), ylim=(0, 53))
    for name, colour, line in (("as meant", BLUE, "-"), ("aliased", BLUE, ":")):
        rows = select(table, quantity=f"occupancy, {name}").sort_values("at")
        count.plot(rows["at"], rows["found"], line, color=colour, label=name)
    count.set(xlabel="customer (number)", ylabel="customers counted (number)", title="an overwritten constant")
    count.legend(loc="upper left")
    here, published = (select(table, quantity=f"kernel, {name}").sort_values("at") for name in ("here", "as published"))
    at_least = 0.1  # on a logarithmic axis
    kernel.plot(here["at"].clip(at_least), here["right"], "-", color="black")
    kernel.plot(here["at"].clip(at_least), here["found"], "o", color=BLUE, label="48 here")
    at = published["at"].clip(at_least)
    kernel.plot(at, published["found"], "s", color=ORANGE, markerfacecolor="none", label="250 published")
    kernel.set(xscale="log", xlabel="delay $\\Delta$ (time)", ylabel="$k(\\Delta)$ (dimensionless)")
    kernel.set(title="a coarse sum", ylim=(-0.04, 1.45))
    kernel.legend(loc="upper right")
    return drawing

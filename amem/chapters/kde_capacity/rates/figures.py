"""Exponents."""

import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure
from amem.book.look import BLUE, GREEN, PINK


@figure(
    "fig-kde-capacity-rates",
    caption=r"""What is proved and what is predicted, in the limit of many dimensions. Exponent of the capacity
        per dimension, $\ln p / n$, against $K = M/(h\sqrt n)$: the rate $\alpha_c$ of the random-energy argument
        {cite}`lucibello2024exponential`, theorem B, and theorem A {cite}`ramsauer2021hopfield`. Dots: the values in
        the claims. The transfer to kernel estimators is derived here (reconstructed).""",
    alt="""Three rising curves of the exponent against K from [[least]] to [[largest]]. The predicted exponent is the
        highest, theorem A's the lowest. At K = 1 they are [[at_one]], and at the right end theorem B reaches [[b_end]]
        of the predicted one and theorem A [[a_end]].""",
)
def rates(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 3.6))
    axes = drawing.add_subplot()
    table = table.sort_values("radius_ratio")
    claimed = table[table["radius_ratio"].isin([0.5, 1.0, 1.5, 2.0, 3.0])]
    for column, line, colour, name in (
        ("predicted", "-", BLUE, r"predicted, $\alpha_c$"),
        ("theorem B", "--", GREEN, "theorem B"),
        ("theorem A", "-.", PINK, "theorem A"),
    ):
        axes.plot(table["radius_ratio"], table[column], line, color=colour)
        axes.plot(claimed["radius_ratio"], claimed[column], "o", color=colour)
        end = table.nlargest(1, "radius_ratio").iloc[0]
        axes.annotate(
            name, (end["radius_ratio"], end[column]), (0, 7), textcoords="offset points", color=colour, ha="right"
        )
    axes.set(xlabel="radius ratio, $K = M/(h\\sqrt{n})$ (dimensionless)", xlim=(0, 4.1), ylim=(0, 2.15))
    axes.set_ylabel(r"exponent, $\ln p\,/\,n$ (per dimension)")
    return drawing

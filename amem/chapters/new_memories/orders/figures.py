"""How often so many memories are made, drawn."""

import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure, select
from amem.book.look import ORANGE, SKY
from amem.book.tables import number


@figure(
    "fig-new-memories-orders",
    caption=r"""One who makes memories on the way depends on the way. The same points in [[permutations]] random orders:
        how often the network ends with so many memories, after one pass (filled) and after five (outlined). Left: 300
        points of [[clusters]] planted clusters in the plane, some of which overlap; $\beta = 1$. Right: iris,
        standardised; $\beta = 2$. Dashed: the true number. $\alpha = 1$. Further passes bring the orders together only
        a little. Reconstructed.""",
    alt="""Two histograms of the number of memories. For planted clusters seven is the most frequent, in
        [[seven]] of the orders after one pass, then eight, nine and ten; after five passes seven is more frequent. For
        iris three is the most frequent, then four, then two; in one pass no order makes more than [[iris_most]].""",
)
def orders(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 3.0))
    panels = drawing.subplots(1, 2, sharey=True)
    for axes, (data, what) in zip(panels, (("planted", "clusters"), ("iris", "classes")), strict=True):
        rows = select(table, data=data, kind="count").sort_values("memories")
        one, five = (select(rows, passes=passes) for passes in (1, 5))
        axes.bar(one["memories"], one["share"], 0.8, color=SKY, label="one pass")
        axes.bar(five["memories"], five["share"], 0.62, fill=False, edgecolor=ORANGE, linewidth=2, label="five passes")
        true = number(table, "true", data=data, kind="mean", passes=1)
        axes.axvline(true, color="black", linestyle="--", linewidth=0.9)
        axes.set(title=f"{data}, {true:g} {what}", xlabel="number of memories")
        numbers = rows["memories"].to_numpy()[rows["share"].to_numpy() > 0]
        axes.set(xticks=range(1, int(numbers.max()) + 1), xlim=(numbers.min() - 0.7, numbers.max() + 0.7))
        axes.grid(axis="x", visible=False)
    panels[0].set_ylabel("fraction of orders")
    panels[0].legend(loc="upper right")
    return drawing

"""The restaurant drawn."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from amem.book import figure, select
from amem.book.look import AMBER, PINK, SKY
from amem.chapters.new_memories.marks import bars, ranked

TABLES = {1: SKY, 2: AMBER, 3: PINK}
"""Colours of the tables of one restaurant, in the order of opening."""


@figure(
    "fig-new-memories-seats",
    caption=r"""In a Chinese restaurant tables that are full attract, and yet there is always room for a new one.
        Left: a restaurant with $\alpha = 1$ after one, two and eight customers. Each bar is a table, as wide as the
        chance that the next customer takes it; inside, how many it holds. Hatched: a table that is not there yet.
        Right: the number of tables against the number of customers, up to [[customers]], exact (lines) and the mean of
        [[samples]] sampled restaurants (markers, with bars of two standard errors). Without a discount, $d = 0$, it
        grows like the logarithm of the number of customers, with one like its power $d$. The prior is that of
        {cite:t}`schaeffer2023probabilistic_lens`; the measurements are ours.""",
    alt="""Left: three stacked horizontal bars. After one customer the bar is half a table holding one and half a
        new table; after two, three equal parts; after eight, parts of five, two, one and a hatched one for a new
        table. Right: six curves on doubly logarithmic axes, three for each of two concentrations, rising with the
        number of customers; those with larger discounts rise more steeply. Markers lie on all of them.""",
)
def seats(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 3.4))
    left, right = drawing.subplots(1, 2, width_ratios=(1, 1.25))
    seating = select(table, kind="seating")
    for place, customers in enumerate(np.unique(seating["customers"])):
        start = 0.0
        tables = select(seating, customers=customers).sort_values("table")
        for number, held, width in tables[["table", "held", "chance"]].to_numpy():
            new = held == 0
            box = Rectangle((start, place - 0.34), width, 0.68, edgecolor="black", linewidth=0.8)
            box.set(facecolor="white" if new else TABLES[number], hatch="///" if new else None)
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
    for alpha, (colour, marker, _) in ranked(tables["alpha"]).items():
        for discount, (_, _, line) in ranked(tables["discount"]).items():
            rows = select(tables, alpha=alpha, discount=discount).sort_values("customers")
            exact, found = (select(rows, source=source) for source in ("theory", "simulation"))
            right.plot(exact["customers"], exact["tables"], linestyle=line, color=colour)
            bars(right, found, "customers", "tables", error="error", colour=colour, marker=marker)
            grown = exact.set_index("customers")["tables"]
            name = f"$d = {discount:g}$"
            shift = (6, -9 if alpha > 1 and discount == 0.25 else 1 if alpha == 1 and discount == 0.5 else -4)
            right.annotate(
                name, (grown.index.max(), grown[grown.index.max()]), shift, textcoords="offset points", color=colour
            )
            if discount == (0.5 if alpha > 1 else 0.0):
                shift = (-12, 16) if alpha > 1 else (14, 8)
                text = f"$\\alpha = {alpha:g}$"
                right.annotate(text, (100, grown[100]), shift, textcoords="offset points", color=colour, ha="right")
    right.set(xscale="log", yscale="log", xlabel="number of customers", ylabel="number of tables", xlim=(0.9, 2500))
    return drawing

"""The building and the walk, drawn."""

import pandas as pd
from matplotlib import colormaps
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from amem.book import figure, select
from amem.book.look import BLUE, ORANGE
from amem.chapters.new_memories.terms import HALLWAY


@figure(
    "fig-new-memories-rooms",
    caption=r"""Hallways that look alike become one memory. A walk of [[steps]] steps through nine rooms by way of
        twelve hallways, which all share their landmarks; each visit shows [[landmarks]] binary landmarks, noisily.
        Left: the building; number and colour of the memory that most often answered at each place. Right: which memory
        answered at each step. As a mean field (top) the restaurant makes a new memory at almost every visit to a room;
        measured by one rod, the predictive chance (bottom), it makes about a tenth as many and recognises some rooms,
        while others share a memory or have several. Exponential kernel, $\alpha = 2$. After
        {cite:t}`schaeffer2022streaming`; the building is ours.""",
    alt="""Left: a three by three grid of squares joined by small squares; all the small squares have the same
        colour and number, the rooms have others. Right: two scatter plots of memory number against step; in the upper
        one dots climb to [[walk_mean_field]] along a rising line besides a horizontal line at the hallways' memory, in
        the lower one they lie on [[walk_collapsed]] horizontal lines.""",
)
def rooms(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 3.7))
    grid = drawing.add_gridspec(2, 2, width_ratios=(1, 1.35))
    plan = drawing.add_subplot(grid[:, 0])
    walk = select(table, kind="walk")
    answers = select(table, kind="place", form="collapsed").sort_values(["y", "x"])
    last = answers["label"].max()
    for x, y, room, label in answers[["x", "y", "place", "label"]].to_numpy():
        hall = room == HALLWAY
        size = 0.24 if hall else 0.6
        corner = (x - size / 2, y - size / 2)
        colour = colormaps["cividis"](1 - 0.45 * label / max(last, 1))  # light enough for black numbers
        plan.add_patch(Rectangle(corner, size, size, facecolor=colour, edgecolor="black", linewidth=0.8))
        plan.text(x, y, f"{label + 1:.0f}", ha="center", va="center", fontsize=7 if hall else 10)
    plan.set(xlim=(-0.5, 2.5), ylim=(2.5, -0.5), aspect="equal", title="which memory answers, collapsed")
    plan.set_axis_off()
    above = drawing.add_subplot(grid[0, 1])
    below = drawing.add_subplot(grid[1, 1], sharex=above)
    for axes, form in ((above, "mean field"), (below, "collapsed")):
        rows = select(walk, form=form).sort_values("step")
        hall = rows["place"] == HALLWAY
        for chosen, colour, marker, label in ((~hall, BLUE, "o", "in a room"), (hall, ORANGE, "s", "in a hallway")):
            answer = (rows["label"] + 1).where(chosen)
            axes.plot(rows["step"], answer, marker, color=colour, markersize=2.4, label=label)
        axes.set(ylabel="memory (number)", title=form)
    above.tick_params(axis="x", labelbottom=False)
    below.set_xlabel("step (number)")
    above.legend(loc="upper left", markerscale=2, fontsize="small")
    return drawing

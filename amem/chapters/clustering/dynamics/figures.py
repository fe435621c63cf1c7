"""One input, two memories at work, drawn."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure, select
from amem.book.look import BLACK, BLUE, ORANGE

CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, 3**0.5 / 2]])


@figure(
    "fig-clustering-dynamics",
    caption="""One input, two memories at work: CLAM moves a point, CLAM+ELBO moves a belief. Left: three memories
        (squares) and the energy of CLAM; from the input (cross) its state runs to a fixed point. The diamond is the
        average of the memories under the posterior of the input, to which CLAM+ELBO's average (triangles, from equal
        belief) comes. Middle: what the same states believe, in the triangle of all $(q_1, q_2, q_3)$. CLAM *starts* at
        the posterior and leaves it; CLAM+ELBO, from the centre and from four other beliefs (dotted), ends there. Right:
        each energy falls all the way, shown above its lowest value. $\\beta = [[beta]]$. Reconstructed; the models are
        {cite:t}`saha2023clam`'s and {cite:t}`schaeffer2024bridging`'s.""",
    alt="""Left, a plane with three squares and contour lines of an energy: a path leaves a cross near the middle and
        runs up towards the topmost square, while a short path of triangles ends at a diamond beside the cross. Middle,
        a triangle in which five paths meet in one point, and a sixth leaves that point towards the topmost corner.
        Right, two curves falling on doubly logarithmic axes, that of CLAM after a long shelf.""",
)
def dynamics(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 3.0))
    plane, simplex, levels = drawing.subplots(1, 3, width_ratios=(1.05, 1, 0.95))
    ordered = table.sort_values(["model", "kind", "item", "time", "x", "y"])
    clam, elbo = (select(ordered, model=model) for model in ("CLAM", "CLAM+ELBO"))
    cells = select(clam, kind="grid").pivot_table(index="y", columns="x", values="energy")
    plane.contour(cells.columns, cells.index, cells.to_numpy(), levels=14, colors="#bbbbbb", linewidths=0.7)
    memories, start = select(clam, kind="memory"), select(clam, kind="input")
    mean = select(clam, kind="posterior mean")
    path, belief = select(clam, kind="path"), select(elbo, kind="path", item=0)
    plane.plot(memories["x"], memories["y"], "s", color=BLACK, markersize=7)
    plane.plot(path["x"], path["y"], "-", color=BLUE, linewidth=1.2)
    plane.plot(path["x"][::6], path["y"][::6], "o", color=BLUE, markersize=3, linestyle="none")
    plane.plot(belief["x"], belief["y"], "^-", color=ORANGE, markersize=3, linewidth=1)
    plane.plot(mean["x"], mean["y"], "D", color="white", markeredgecolor=BLACK, markersize=6, linestyle="none")
    plane.plot(start["x"], start["y"], "x", color=BLACK, markersize=7, markeredgewidth=1.6, linestyle="none")
    for memory, x, y in zip(memories["item"], memories["x"], memories["y"], strict=True):
        plane.annotate(f"$\\mu_{memory + 1}$", (x, y), (7, -3), textcoords="offset points", va="top")
    plane.set(xlim=(-1.6, 1.7), ylim=(-1.4, 1.7), xlabel="first coordinate", ylabel="second (dimensionless)")
    plane.set_title("the plane")
    plane.grid(visible=False)

    simplex.fill(*CORNERS.T, facecolor="none", edgecolor=BLACK, linewidth=1)
    for corner, (x, y) in enumerate(CORNERS):
        simplex.annotate(
            f"$q_{corner + 1}=1$", (x, y), (0, 5 if y else -4), textcoords="offset points", ha="center",
            va="bottom" if y else "top",
        )  # fmt: skip
    for item, rows in select(elbo, kind="path").groupby("item"):
        colour, style = (ORANGE, "-") if item == 0 else (ORANGE, ":")
        simplex.plot(*_corners(rows), linestyle=style, color=colour, linewidth=1.2)
        simplex.plot(*_corners(select(rows, time=0.0)), "o", color="white", markeredgecolor=ORANGE, markersize=4)
    simplex.plot(*_corners(path), "-", color=BLUE, linewidth=1.4)
    simplex.plot(*_corners(select(path, time=path["time"].max())), "o", color=BLUE, markersize=5)
    simplex.plot(*_corners(start), "x", color=BLACK, markersize=7, markeredgewidth=1.6)
    simplex.set(xlim=(-0.15, 1.15), ylim=(-0.2, 1.05), xticks=(), yticks=(), title="what is believed")
    simplex.set_xlabel("belief (dimensionless)")
    simplex.set_aspect("equal")
    simplex.grid(visible=False)
    for side in ("left", "bottom"):
        simplex.spines[side].set_visible(False)

    for rows, (name, colour, style) in ((path, ("CLAM", BLUE, "-")), (belief, ("CLAM+ELBO", ORANGE, "--"))):
        above = rows.assign(energy=rows["energy"] - rows["energy"].min()).query("time > 0 and energy > 1e-7")
        levels.plot(above["time"], above["energy"], style, color=colour, label=name)
    levels.set(xscale="log", yscale="log", xlabel="time (dimensionless)")
    levels.set_ylabel("energy above its lowest")
    levels.set_title("energies")
    levels.legend(loc="lower left", fontsize="small")
    return drawing


def _corners(rows: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Beliefs in three memories as places in an equilateral triangle."""
    x, y = rows[["q1", "q2", "q3"]].to_numpy() @ CORNERS[:, 0], rows[["q1", "q2", "q3"]].to_numpy() @ CORNERS[:, 1]
    return pd.Series(x), pd.Series(y)

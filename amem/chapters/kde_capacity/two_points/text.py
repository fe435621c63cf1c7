"""The words on two points."""

import numpy as np
import pandas as pd

from amem.book import Statement, reverse
from amem.book import numbers as column


def apart(table: pd.DataFrame) -> bool:
    """The modes part just where the points are farther apart than 2 h."""
    return bool((((table["right"] - table["left"]) > 0.01) == (table["distance"] > 2)).all())


def on_line(table: pd.DataFrame) -> bool:
    """Right modes where they should be, left ones at the mirror image."""
    line = column(table, "predicted")
    return bool(abs(column(table, "right") - line).max() < 0.001 and abs(column(table, "left") + line).max() < 0.001)


def approach(table: pd.DataFrame) -> bool:
    """How far a mode is from its point, ever less from the distance on at which the modes part."""
    rows = table.query("distance > 2").sort_values("distance")
    gap = column(rows, "distance") / 2 - column(rows, "right")
    return bool((gap > 0).all() and (np.diff(gap) < 0).all())


STATEMENTS = [
    Statement("only if they are more than two bandwidths apart", apart, reverse("distance")),
    Statement("For distances below 2 h all circles lie at zero", apart, reverse("distance")),
    Statement(
        "A stored point is a mode *near* the point, never the point itself",
        lambda table: bool((table["right"] < table["distance"] / 2).all()),
        lambda table: table.assign(right=table["distance"] / 2),
    ),
    Statement("approach the dotted lines of the two points", approach, reverse("right")),
    Statement("The circles lie on the theoretical line", on_line, reverse("predicted")),
]

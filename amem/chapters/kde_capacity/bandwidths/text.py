"""The words on the bandwidth."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from amem.book import Statement, exchange, reverse, select
from amem.book import numbers as column
from amem.book.text import listed
from amem.chapters.kde_capacity.bandwidths.claims import lost_at, predicted
from amem.chapters.kde_capacity.terms import AT_REST, span


def dimensions(table: pd.DataFrame) -> list[int]:
    return sorted(set(table["n"].tolist()))


def ends(table: pd.DataFrame) -> bool:
    """Nearly all are stored at the narrowest kernel, none at the widest."""
    rows = select(table, source="simulation").sort_values("bandwidth").groupby("n")["stored"]
    return bool(rows.first().min() > 0.95 and rows.last().max() < 0.01)


def width(table: pd.DataFrame) -> list[float]:
    """From nine tenths stored to one tenth, over the bandwidth at one half, in each dimension."""
    return [(lost_at(table, n, 0.1) - lost_at(table, n, 0.9)) / lost_at(table, n) for n in dimensions(table)]


def too_wide(table: pd.DataFrame) -> list[float]:
    """The mean field's bandwidth over the measured one, in each dimension."""
    return [predicted(table, n) / lost_at(table, n) for n in dimensions(table)]


def height(table: pd.DataFrame, n: int) -> float:
    """The fraction stored at the mean field's bandwidth."""
    rows = select(table, source="simulation", n=n).sort_values("bandwidth")
    return float(np.interp(predicted(table, n), column(rows, "bandwidth"), column(rows, "stored")))


def better(table: pd.DataFrame) -> bool:
    """From dimension to dimension the transition is narrower and the prediction nearer."""
    return bool((np.diff(width(table)) < 0).all() and (np.diff(np.abs(np.array(too_wide(table)) - 1)) < 0).all())


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    """The settings, and where the curves cross one half and their lines."""
    swept, found = column(table, "bandwidth", source="simulation"), dimensions(table)
    exponent = round(np.log10(float(str(config["rest"]))))
    return {
        "p": f"{config['p']}",
        "tolerance": f"{config['tolerance']}",
        "rest": f"10^{{{exponent}}}",
        "dimensions": listed(found),
        "largest_n": f"{found[-1]}",
        "swept": span(swept, 2),
        "halves": listed(f"{lost_at(table, n):.3f} in {n}" for n in found),
        "heights": listed(f"{height(table, n):.2f} in {n}" for n in found),
    }


MOST = exchange("n", 6, 20)
STATEMENTS = [
    Statement("A narrow kernel remembers nearly every point, a wide one none", ends, reverse("bandwidth")),
    Statement("The more dimensions, the sharper the transition and the better the prediction", better, MOST),
    Statement("the more dimensions the more steeply", lambda table: bool((np.diff(width(table)) < 0).all()), MOST),
    Statement("In many dimensions the memory does not fade, it breaks", lambda table: width(table)[-1] < 0.1, MOST),
    Statement("there the measured curve lies to the left of its line", lambda table: too_wide(table)[0] > 1.1, MOST),
    Statement("line and curve meet", lambda table: abs(too_wide(table)[-1] - 1) < 0.02, MOST),
    AT_REST,
]

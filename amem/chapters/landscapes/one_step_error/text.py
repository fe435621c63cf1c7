"""What the text says of the one-step errors."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from amem.book import Statement, exchange, reverse, select
from amem.book import numbers as column
from amem.chapters.landscapes.one_step_error.claims import TOLERANCE, farthest_from_exact, farthest_from_gaussian

MEMORIES = ("quadratic", "cubic", "quartic")
LIMIT = "theory, Gaussian limit"


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    found = column(table, "error", source="simulation")
    high = [_ratios(memory, "simulation", table)[-1] for memory in MEMORIES]
    return {
        **{memory: f"{_ratios(memory, 'simulation', table)[0]:.2f}" for memory in MEMORIES},
        "p": f"{column(table, 'p', memory='quadratic').min():.0f}",
        "lowest": f"{found.min():.1g}",
        "highest": f"{found.max():.2g}",
        "high": f"{min(high):.2f} to {max(high):.2f}",
    }


def _ratios(memory: str, source: str, table: pd.DataFrame) -> NDArray[np.float64]:
    """Errors over the Gaussian limit, from the smallest load on."""
    rows = table.sort_values("load")
    found, limit = (column(rows, "error", memory=memory, source=each) for each in (source, LIMIT))
    return found / limit


def _exact_not_gaussian(table: pd.DataFrame) -> bool:
    """Far nearer to the exact law than the limit is to it, and within four standard errors everywhere."""
    found, exact = (
        np.concatenate([_ratios(memory, source, table) for memory in MEMORIES])
        for source in ("simulation", "theory, exact")
    )
    nearer = np.abs(np.log(found / exact)).max() < np.abs(np.log(exact)).max() / 2
    return bool(nearer) and _within_four(table)


def _within_four(table: pd.DataFrame) -> bool:
    return max(farthest_from_exact(memory, table) for memory in MEMORIES) < 4


def _one_below_two_above(table: pd.DataFrame) -> bool:
    quadratic, *others = (_ratios(memory, "theory, exact", table) for memory in MEMORIES)
    return bool((quadratic < 1).all()) and all((other > 1).all() for other in others)


def _apart_at_low_load(table: pd.DataFrame) -> bool:
    quadratic, *others = (_ratios(memory, "theory, exact", table) for memory in MEMORIES)
    off = bool(quadratic.argmin() == 0 and quadratic[0] < 1 - TOLERANCE)
    return off and all(int(other.argmax()) == 0 for other in others)


def _near_one(table: pd.DataFrame) -> bool:
    return all(bool(abs(_ratios(memory, "simulation", table)[-1] - 1) < 0.1) for memory in MEMORIES)


def _rising(table: pd.DataFrame) -> bool:
    rows = select(table, source="simulation").sort_values("load")
    return all(bool(np.all(np.diff(column(rows, "error", memory=memory)) > 0)) for memory in MEMORIES)


def _far_off(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(deviation=table["deviation"] + 9)


SWAPPED = exchange("memory", "quadratic", "cubic")
STATEMENTS = [
    Statement(
        "The simulations lie on the exact law; the Gaussian limit does not",
        _exact_not_gaussian,
        exchange("source", "theory, exact", LIMIT),
    ),
    Statement("memories of higher order more often", _one_below_two_above, SWAPPED),
    Statement("rising from", _rising, reverse("load")),
    Statement("At the highest load all three are near 1", _near_one, reverse("load")),
    Statement("out of the grey band, and the cubic and the quartic memory rise", _apart_at_low_load, SWAPPED),
    Statement("everywhere, within four standard errors of whole draws", _within_four, _far_off),
    Statement("just where it matters, at small errors", _apart_at_low_load, reverse("load")),
    Statement("The quadratic memory does better than the limit", _one_below_two_above, SWAPPED),
    Statement("the higher orders do worse", _one_below_two_above, SWAPPED),
    Statement(
        "fails for the quadratic memory at the smallest load",
        lambda table: farthest_from_gaussian("quadratic", table) > TOLERANCE,
        SWAPPED,
    ),
]

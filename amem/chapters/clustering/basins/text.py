"""What is said of CLAM's basins."""

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np
import pandas as pd

from amem.book import Statement, exchange, reverse, select
from amem.book import numbers as column
from amem.book.tables import only


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    """How many memories there are, how many colours each map has, and what of the last map differs."""
    few, more, most = _colours(table)
    last = only(column(table, "differs", kind="at rest", beta=select(table, kind="grid")["beta"].max()))
    return {
        "memories": f"{len(cast('Sequence[object]', config['memories']))}",
        "few": f"{few}",
        "more": f"{more}",
        "most": f"{most}",
        "last": f"{last:.1%}".replace("%", " %"),
    }


def _colours(table: pd.DataFrame) -> list[int]:
    """How many memories a place of the square ends at, from the smallest β to the largest."""
    return select(table, kind="grid").groupby("beta")["ends"].nunique().tolist()


def _curve(table: pd.DataFrame, kind: str) -> pd.Series:
    return pd.Series(select(table, kind=kind).groupby("beta")["differs"].first())


def _fall(table: pd.DataFrame) -> bool:
    curves = [_curve(table, kind).to_numpy() for kind in ("at rest", "ten steps")]
    return all((np.diff(curve) <= 0).all() and curve[-1] < curve[0] for curve in curves)


def _less(table: pd.DataFrame) -> bool:
    rest, steps = _curve(table, "at rest"), _curve(table, "ten steps")
    return bool((steps < rest)[rest > 0].all())


def _shared(table: pd.DataFrame) -> bool:
    found = _colours(table)
    return found[0] < found[1] < found[-1] == select(table, kind="grid")["nearest"].nunique()


STATEMENTS = [
    Statement("several memories share an attractor", _shared, reverse("beta")),
    Statement("two falling curves", _fall, reverse("beta")),
    Statement("after ten steps less of the square differs", _less, exchange("kind", "at rest", "ten steps")),
    Statement("and the two answers differ less (squares)", _less, exchange("kind", "at rest", "ten steps")),
]

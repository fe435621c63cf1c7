"""What the text says of the gain."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from amem.book import Statement, reverse, select
from amem.book import numbers as column


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    spreads = table["spread"].unique()
    return {"width": str(config["width"]), "ellipses": str((spreads > 0).sum()), "spreads": str(len(spreads))}


def _longer_and_flatter(table: pd.DataFrame) -> bool:
    axes = select(table, what="slice").groupby("spread")[["x", "y"]].max().sort_index()
    return bool(np.all(np.diff(axes["x"]) > 0) and np.all(np.diff(axes["y"]) < 0))


def _boxes(table: pd.DataFrame) -> pd.DataFrame:
    """Quartiles and ends of the keys' concentrations, by spread."""
    return select(table, what="key").groupby("spread")["kappa"].quantile([0, 0.25, 0.5, 0.75, 1]).unstack().sort_index()


def _wider(table: pd.DataFrame) -> bool:
    boxes = _boxes(table)
    widths = (boxes[0.75] - boxes[0.25], boxes[1.0] - boxes[0.0])
    growing = all((np.diff(width) > 0).all() for width in widths)
    return bool(growing and boxes[0.5].idxmax() == boxes.index.max())


def _equal_at_zero(table: pd.DataFrame) -> bool:
    kappa = column(table, "kappa", what="key", spread=0.0)
    return bool(np.ptp(kappa) < 1e-12)


STATEMENTS = [
    Statement("ever longer and flatter as the gains differ more", _longer_and_flatter, reverse("spread")),
    Statement("unequal gains alone make the mixture inhomogeneous", _wider, reverse("spread")),
    Statement("all equal at spread zero", _equal_at_zero, reverse("spread")),
    Statement("then ever wider boxes and whiskers, the widest of them the highest", _wider, reverse("spread")),
]

"""What the text says of the gain."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from amem.book import Statement, reverse
from amem.book import numbers as column
from amem.chapters.hypersphere.measuring import matrix


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    spreads = np.unique(column(table, "spread"))
    return {"width": str(config["width"]), "ellipses": str(np.sum(spreads > 0)), "spreads": str(len(spreads))}


def _longer_and_flatter(table: pd.DataFrame) -> bool:
    long, flat = (matrix(table, name, "angle", "spread", what="slice").max(0) for name in ("x", "y"))
    return bool(np.all(np.diff(long) > 0) and np.all(np.diff(flat) < 0))


def _wider(table: pd.DataFrame) -> bool:
    spreads = np.unique(column(table, "spread"))
    boxes = [np.quantile(column(table, "kappa", what="key", spread=s), (0, 0.25, 0.5, 0.75, 1)) for s in spreads]
    low, first, middle, third, high = np.transpose(boxes)
    return bool(
        (np.diff(third - first) > 0).all() and (np.diff(high - low) > 0).all() and middle.argmax() == len(boxes) - 1
    )


def _equal_at_zero(table: pd.DataFrame) -> bool:
    kappa = column(table, "kappa", what="key", spread=0.0)
    return bool(np.ptp(kappa) < 1e-12)


STATEMENTS = [
    Statement("ever longer and flatter as the gains differ more", _longer_and_flatter, reverse("spread")),
    Statement("unequal gains alone make the mixture inhomogeneous", _wider, reverse("spread")),
    Statement("shows unequal gains doing that on their own", _wider, reverse("spread")),
    Statement("all equal at spread zero", _equal_at_zero, reverse("spread")),
    Statement("then ever wider boxes and whiskers, the widest of them the highest", _wider, reverse("spread")),
]

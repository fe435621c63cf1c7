"""What is said of the number of tables."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from amem.book import Statement, exchange, reverse
from amem.book import numbers as column
from amem.book.tables import along


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    return {name: str(config[name]) for name in ("customers", "samples")}


def steepness(table: pd.DataFrame, alpha: float, discount: float) -> float:
    """By how many e-folds the exact number of tables grows from 100 customers on."""
    at, tables = along(table, "customers", "tables", source="theory", alpha=alpha, discount=discount)
    return float(np.log(tables[-1] / tables[at == 100][0]))


def steeper(table: pd.DataFrame) -> bool:
    discounts = np.unique(column(table, "discount", kind="tables")).tolist()
    alphas = np.unique(column(table, "alpha", kind="tables")).tolist()
    rises = np.array([[steepness(table, alpha, discount) for discount in discounts] for alpha in alphas])
    return bool((np.diff(rises) > 0).all())


def on_the_lines(table: pd.DataFrame) -> bool:
    """Within a twentieth, half of a marker."""
    rows = table[table["kind"] == "tables"]
    wide = rows.pivot(index=["alpha", "discount", "customers"], columns="source", values="tables")
    return bool((np.abs(np.log(wide["simulation"] / wide["theory"])) < 0.05).all())


STATEMENTS = [
    Statement(
        "after two, three equal parts",
        lambda table: bool(np.ptp(column(table, "chance", kind="seating", customers=2)) < 1e-12),
        exchange("customers", 2, 8),
    ),
    Statement("those with larger discounts rise more steeply", steeper, exchange("discount", 0.0, 0.5)),
    Statement("Markers lie on all of them", on_the_lines, reverse("tables")),
]

"""What is said of the limits of the network."""

from collections.abc import Mapping

import pandas as pd

from amem.book import Statement, exchange
from amem.book import numbers as column
from amem.book.tables import number

PASSES = "DP-means in passes and online"


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    return {
        "passes": f"{number(table, 'at', quantity=PASSES):.0f}",
        "after_one": f"{number(table, 'value', quantity='agreement of so many steps', at=1.0):.3f}",
    }


STATEMENTS = [
    Statement(
        "finds other clusters than its online form",
        lambda table: bool(column(table, "value", quantity=PASSES).max() < 0.9),
        exchange("quantity", PASSES, "agreement with DP-means"),
    ),
]

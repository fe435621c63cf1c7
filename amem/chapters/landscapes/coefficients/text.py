"""What the text says of the loads in the Gaussian limit."""

from collections.abc import Mapping

import pandas as pd

from amem.book import Statement, exchange
from amem.book import numbers as column
from amem.chapters.landscapes.coefficients.claims import coefficient


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    return {"error": f"{100 * _smallest(table):g} %", "load": f"{coefficient(_smallest(table), table):.3f}"}


def _smallest(table: pd.DataFrame) -> float:
    return float(column(table, "error").min())


STATEMENTS = [
    Statement(
        "the familiar 0.14 of the Hopfield network is $\\alpha_2$",
        lambda table: round(coefficient(_smallest(table), table), 2) == 0.14,
        exchange("memory", "quadratic", "cubic"),
    )
]

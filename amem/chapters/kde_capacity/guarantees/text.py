"""The words on the guarantees."""

from collections.abc import Mapping
from typing import cast

import pandas as pd

from amem.book import Statement
from amem.chapters.kde_capacity.terms import AT_REST, exchange_columns


def fewer(table: pd.DataFrame) -> bool:
    """Wherever theorem A promises anything, theorem B promises more than fifty times as much."""
    promised = table.dropna(subset=["by_a"])
    return len(promised) > 0 and bool((promised["by_b"] > 50 * promised["by_a"]).all())


def condition(table: pd.DataFrame, failure: float = 0.001) -> bool:
    """Theorem A promises nothing just where its constant is too small."""
    least = (2 / failure**0.5) ** (4 / (table["n"] - 1))
    return bool((table["by_a"].isna() == (table["constant"] < least)).all())


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    """How surely the points are promised."""
    return {"certainty": f"{1 - cast('float', config['failure']):g}"}


STATEMENTS = [
    Statement("very loose", fewer, exchange_columns("by_a", "by_b")),
    Statement(
        "the theorem's condition on $c$ fails and that it promises nothing", condition, exchange_columns("by_a", "by_b")
    ),
    AT_REST,
]

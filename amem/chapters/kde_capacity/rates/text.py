"""The words on the exponents."""

from collections.abc import Mapping

import pandas as pd

from amem.book import Statement, reverse
from amem.book.text import listed
from amem.chapters.kde_capacity.terms import exchange_columns, value

KINDS = ["predicted", "theorem B", "theorem A"]


def rising(table: pd.DataFrame) -> bool:
    rows = table.sort_values("radius_ratio")
    return all(rows[kind].is_monotonic_increasing for kind in KINDS)


def ordered(table: pd.DataFrame) -> bool:
    """The prediction above theorem B, and that above theorem A, at every K."""
    highest, middle, lowest = (table[kind] for kind in KINDS)
    return bool(((highest > middle) & (middle > lowest)).all())


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    """The exponents at K = 1, and what fraction is proved of the one that is predicted for the largest K."""
    least, largest = table["radius_ratio"].min(), table["radius_ratio"].max()
    end = {kind: value(table, kind, radius_ratio=largest) for kind in KINDS}
    return {
        "least": f"{least:g}",
        "largest": f"{largest:g}",
        "at_one": listed(f"{value(table, kind, radius_ratio=1.0):.2f}" for kind in KINDS),
        "b_end": f"{100 * end['theorem B'] / end['predicted']:.0f} %",
        "a_end": f"{100 * end['theorem A'] / end['predicted']:.0f} %",
    }


STATEMENTS = [
    Statement("Three rising curves", rising, reverse("radius_ratio")),
    Statement(
        "The predicted exponent is the highest, theorem A's the lowest",
        ordered,
        exchange_columns("theorem A", "theorem B"),
    ),
]

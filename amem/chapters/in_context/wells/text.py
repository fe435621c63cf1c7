"""What is said of one well."""

from collections.abc import Mapping
from typing import cast

import pandas as pd

from amem.book import Statement, reverse
from amem.book import numbers as values
from amem.chapters.in_context.terms import COMPONENT, MARGINAL
from amem.chapters.in_context.wells.claims import no_rest, steps_apart, well_error


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    return {"error": f"{100 * well_error(table):.0f}"}


def triangles_above(table: pd.DataFrame) -> bool:
    """In each panel what is still growing lies above all that rests."""
    for data in (MARGINAL, COMPONENT):
        rows = cast("pd.DataFrame", table[table["data"] == data])
        rests = rows["predicted"].notna().to_numpy()
        found = values(rows, "learned")
        if found[~rests].min() <= found[rests].max():
            return False
    return True


def without_its_unit(table: pd.DataFrame) -> pd.DataFrame:
    """A mistake: the curvature learned by itself, and not times the step."""
    return table.assign(learned=table["learned"] / table["step"])


STATEMENTS = [
    Statement("(marks; they coincide", lambda table: steps_apart(table) < 0.1, without_its_unit),
    Statement(
        "lie on top of each other and on the predicted line", lambda table: well_error(table) < 0.1, without_its_unit
    ),
    Statement("triangles lie above all of them", triangles_above, reverse("learned")),
    Statement("the curvature is still growing when training ends", lambda table: no_rest(table) > 3, reverse("drift")),
]

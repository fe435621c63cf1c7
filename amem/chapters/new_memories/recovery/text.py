"""What is said of memories made on planted clusters."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from amem.book import Statement, exchange, select
from amem.book import numbers as column
from amem.book.tables import Array, along, number


def medians(name: str, table: pd.DataFrame, normalised: bool) -> Array:
    """By dimension, from the plane on."""
    return along(table, "n", name, kind="median", normalised=normalised)[1]


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    plane = column(table, "memories", kind="run", n=2, normalised=True)
    without = {n: select(table, kind="median", n=n, normalised=False) for n in (2, 50)}
    return {
        **{name: str(config[name]) for name in ("clusters", "points", "seeds")},
        "plane_fewest": f"{plane.min():.0f}",
        "plane_most": f"{plane.max():.0f}",
        "plane_agreement": f"{number(table, 'ari', kind='median', n=2, normalised=True):.2f}",
        "plane_best": f"{column(table, 'ari', kind='run', n=2, normalised=True).max():.2f}",
        "without_first": f"{number(without[2], 'memories'):.0f}",
        "without_last": f"{number(without[50], 'memories'):.0f}",
        "without_agreement_first": f"{number(without[2], 'ari'):.2f}",
        "without_agreement_last": f"{number(without[50], 'ari'):.2f}",
    }


def counts(table: pd.DataFrame) -> bool:
    """Medians from five dimensions on."""
    true = number(table.drop_duplicates("true"), "true")
    return bool(
        (medians("memories", table, True)[1:] == true).all() and (medians("memories", table, False)[1:] > 100).all()
    )


def every_draw(table: pd.DataFrame) -> bool:
    runs = [column(table, "memories", kind="run", n=n, normalised=True) for n in (10, 20, 50)]
    return all(bool((run == 8).all()) for run in runs)


def ninth(n: int, table: pd.DataFrame) -> float:
    """The part of the runs with the normalisers that made nine memories."""
    return float((column(table, "memories", kind="run", n=n, normalised=True) == 9).mean())


PLANE_AND_TEN = exchange("n", 2, 10)
STATEMENTS = [
    Statement(
        "From five dimensions on normalisers let the network count the clusters; without, memories come by the hundred",
        counts,
        exchange("normalised", True, False),
    ),
    Statement(
        "orange squares rise",
        lambda table: bool((np.diff(medians("memories", table, False)) > 0).all()),
        exchange("n", 2, 50),
    ),
    Statement(
        "orange squares lie below them everywhere",
        lambda table: bool((medians("ari", table, False) < medians("ari", table, True)).all()),
        exchange("normalised", True, False),
    ),
    Statement(
        "Large blue circles lie at one but for two dimensions",
        lambda table: bool(((medians("ari", table, True) > 0.99) == [False, True, True, True, True]).all()),
        PLANE_AND_TEN,
    ),
    Statement("in ten to fifty dimensions, in every draw", every_draw, PLANE_AND_TEN),
    Statement(
        "In five dimensions it now and then makes a ninth",
        lambda table: 0 < ninth(5, table) < 0.5,
        exchange("n", 5, 10),
    ),
    Statement("some runs make a ninth memory", lambda table: ninth(5, table) > 0, exchange("n", 5, 10)),
    Statement("nine is the rule", lambda table: ninth(2, table) > 0.5, PLANE_AND_TEN),
    Statement("one memory too many is the rule", lambda table: ninth(2, table) > 0.5, PLANE_AND_TEN),
]

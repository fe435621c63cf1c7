"""What is said of posteriors."""

from collections.abc import Mapping

import pandas as pd

from amem.book import Statement, exchange, reverse, select
from amem.book import numbers as column
from amem.book.tables import Array, along, number
from amem.book.text import percent
from amem.chapters.new_memories.calibration.claims import worst_test

SHOWN = {"alpha": 3.0, "spread": 3.0}
SURE: dict[str, object] = {**SHOWN, "kind": "pair", "posterior": "network", "bin": 4}


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    return {
        **{name: str(config[name]) for name in ("points", "draws")},
        "said": percent(number(table, "said", **SURE)),
        "wrong": percent(1 - number(table, "was", **SURE)),
    }


def tests(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """A column of the tests: a row for each setting, a column for each posterior."""
    return select(table, kind="test").pivot(index=["alpha", "spread"], columns="posterior", values=name)


def ranks(posterior: str, table: pd.DataFrame) -> Array:
    """The histogram that is shown."""
    return along(table, "bin", "share", kind="rank", posterior=posterior, **SHOWN)[1]


def inside(posterior: str, table: pd.DataFrame) -> bool:
    low, high = (column(table, edge, kind="rank", posterior=posterior, **SHOWN) for edge in ("lowest", "highest"))
    bars = column(table, "share", kind="rank", posterior=posterior, **SHOWN)
    return bool(((low <= bars) & (bars <= high)).all())


def tilted(table: pd.DataFrame) -> bool:
    """The lower half of the ranks holds more than the upper, each bar of it."""
    bars = ranks("mean field", table)
    return bool(bars[:5].min() > bars[5:].max())


def heaped(table: pd.DataFrame) -> bool:
    bars = ranks("network", table)
    return bool(min(bars[0], bars[-1]) > 4 * bars[1:-1].max())


def nearer(table: pd.DataFrame) -> bool:
    found = tests("chi_squared", table)
    return bool((found["collapsed"] < found["mean field"]).all())


def too_many(table: pd.DataFrame) -> bool:
    return bool((tests("bias", table)["mean field"] > 0).all())


def nearly_right(table: pd.DataFrame) -> bool:
    """By less than a twentieth of a memory off on average, at every setting."""
    return bool(tests("bias", table)["collapsed"].abs().max() < 0.05)


def wrong_about_pairs(table: pd.DataFrame) -> bool:
    """At every setting off by more than twice the gap of the exact posterior."""
    gaps = tests("gap", table)
    return all(bool((gaps[form] > 2 * gaps["exact"]).all()) for form in ("collapsed", "mean field"))


def slope(posterior: str, table: pd.DataFrame) -> float:
    """From the first observed frequency to the last, by the predicted chances."""
    said, was = along(table, "said", "was", kind="pair", posterior=posterior, **SHOWN)
    return float((was[-1] - was[0]) / (said[-1] - said[0]))


def flattest(table: pd.DataFrame) -> bool:
    return slope("network", table) < min(slope(name, table) for name in ("exact", "collapsed", "mean field"))


def mostly_worse(table: pd.DataFrame) -> bool:
    gaps = tests("gap", table)
    return bool((gaps["collapsed"] > gaps["mean field"]).mean() > 0.5)


def too_sure(table: pd.DataFrame) -> bool:
    return number(table, "was", **SURE) < 0.8 <= number(table, "said", **SURE)


def worse_here(table: pd.DataFrame) -> bool:
    return worst_test("collapsed", "gap", table) > worst_test("mean field", "gap", table)


FORMS = exchange("posterior", "collapsed", "mean field")
EXACT, NETWORK = exchange("posterior", "exact", "mean field"), exchange("posterior", "exact", "network")
STATEMENTS = [
    Statement("passes, and so shows that the test is sound", lambda table: inside("exact", table), EXACT),
    Statement("is nearer to right about the number of memories if collapsed", nearer, FORMS),
    Statement("The collapsed stream is nearer to it in the number of memories than the mean field", nearer, FORMS),
    Statement("nearly so in its collapsed form for the number of memories", nearly_right, FORMS),
    Statement("Close, but a filter that never looks back is not exact", nearly_right, FORMS),
    Statement("expects too many as a mean field", too_many, EXACT),
    Statement("which makes too many", too_many, reverse("bias")),
    Statement("it is wrong in both forms", wrong_about_pairs, EXACT),
    Statement("neither is right about pairs", wrong_about_pairs, EXACT),
    Statement("inside the grey band for the first", lambda table: inside("exact", table), EXACT),
    Statement(
        "not quite for the second",
        lambda table: not inside("collapsed", table),
        exchange("posterior", "exact", "collapsed"),
    ),
    Statement("tilted for the third", tilted, EXACT),
    Statement("heaped at both ends for the last", heaped, NETWORK),
    Statement(
        "near the diagonal for the exact posterior, off it for the others",
        lambda table: bool((tests("gap", table).loc[(3.0, 3.0)].rank()["exact"] == 1) & (wrong_about_pairs(table))),
        EXACT,
    ),
    Statement("flattest for the last", flattest, NETWORK),
    Statement("the collapsed stream is mostly worse than the mean field", mostly_worse, FORMS),
    Statement("It is worse here than the mean field", worse_here, FORMS),
    Statement("its statements about pairs are too sure", too_sure, NETWORK),
    Statement("Its truth lies in the middle too rarely", heaped, NETWORK),
]

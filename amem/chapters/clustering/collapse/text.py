"""What is said of the critical β."""

from collections.abc import Mapping, Sequence
from typing import cast

import pandas as pd

from amem.book import Statement, exchange, reverse, select
from amem.book import numbers as column
from amem.book.tables import median, only
from amem.chapters.clustering.collapse.claims import threshold
from amem.chapters.clustering.reading import largest, least
from amem.chapters.clustering.terms import SMALL


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    """Where memories start, where the outlier lies, and how far a threshold lies off."""
    near, (first, *_) = _near(table), cast("Sequence[float]", config["apart_ratios"])
    return {
        "start": f"{config['spread']:g}",
        "outlier": f"{config['outlier']:g}",
        "first": f"{first:g}",
        "far": f"{near.loc[near['ratio'] == near['ratio'].max(), 'spread'].min():.1f}",
        "digits": f"{_digits(table, 'spread'):.0f}",
        "off": f"{100 * max(abs(ratio - 1) for ratio in _thresholds(table)):.1g}",
    }


def _near(table: pd.DataFrame) -> pd.DataFrame:
    return select(table, source="simulation", start="mean")


def _apart(table: pd.DataFrame) -> pd.DataFrame:
    """What began on data points, below β_c."""
    return select(table, source="simulation", start="data").query("ratio < 1")


def _thresholds(table: pd.DataFrame) -> list[float]:
    return [threshold(table, set=name, model=model) for name in SMALL for model in ("EM", "CLAM+ELBO")]


def _digits(table: pd.DataFrame, name: str) -> float:
    return median(table, name, source="simulation", start="data", set="digits", ratio=0.95)


def _die_out(table: pd.DataFrame) -> bool:
    return largest(_near(table).query("ratio < 1")["spread"]) < 0.01


def _some_stay(table: pd.DataFrame) -> bool:
    spread = {name: largest(rows["spread"]) for name, rows in _apart(table).groupby("set")}
    others = spread.keys() - {*SMALL, "outlier"}
    return max(spread[name] for name in SMALL) < 0.1 and max(spread[name] for name in others) > 1


def _stays_with_the_outlier(table: pd.DataFrame) -> bool:
    spread = select(table, source="simulation", start="data", set="outlier")["spread"]
    return least(spread) > 19.5 and largest(spread) < 20.5


def _reaches(table: pd.DataFrame) -> bool:
    near = _near(table)
    return _die_out(table) and least(near.loc[near["ratio"] == near["ratio"].max(), "spread"]) > 3


def _coincide(table: pd.DataFrame) -> bool:
    rows = _near(table).query("ratio < 0.995 or ratio > 1.025")
    spread = rows.pivot_table(index=["set", "ratio"], columns="model", values="spread")
    return largest((spread["EM"] - spread["CLAM+ELBO"]).abs()) < 0.01


def _three_at_zero(table: pd.DataFrame) -> bool:
    small = _apart(table)[_apart(table)["set"].isin(SMALL)]
    return largest(small["spread"]) < 0.1 and _digits(table, "spread") > 5


def _worse(table: pd.DataFrame) -> bool:
    rows = select(_apart(table), set="outlier")
    return largest(rows.loc[rows["ratio"] == rows["ratio"].min(), "gain"]) < -0.01


def _far_too_small(table: pd.DataFrame) -> bool:
    """Twice what breast cancer needs is half of what iris does."""
    iris, cancer = (
        only(column(table, "beta", source="theory", start="mean", set=name)) for name in ("iris", "breast_cancer")
    )
    return 2 * cancer < iris / 2


IRIS = exchange("set", "iris", "digits")
OUTLIER = exchange("set", "digits", "outlier")
STATEMENTS = [
    Statement("small pushes die out", _die_out, reverse("ratio")),
    Statement(
        "memories that begin far apart may stay so",
        lambda table: largest(_apart(table)["spread"]) > 1,
        exchange("start", "mean", "data"),
    ),
    Statement(
        "just above it they part",
        lambda table: least(_near(table).query("ratio > 1.025")["spread"]) > 1,
        reverse("ratio"),
    ),
    Statement(
        "three sets with four to thirty features agree on where",
        lambda table: max(abs(ratio - 1) for ratio in _thresholds(table)) < 0.05,
        exchange("ratio", 0.6, 2.0),
    ),
    Statement(
        "Iris, wine and breast cancer still collapse; on other sets some stay apart below $\\beta_c$", _some_stay, IRIS
    ),
    Statement(
        "one of two memories stays with it at any $\\beta$ shown",
        _stays_with_the_outlier,
        exchange("set", "outlier", "iris"),
    ),
    Statement("zero to the left of a vertical line at one, then rising", _reaches, reverse("ratio")),
    Statement(
        "Away from the line filled and open markers coincide",
        _coincide,
        lambda table: table.assign(spread=table["spread"].where(table["model"] != "EM", 0)),
    ),
    Statement("three sets at zero up to the line, the digits far above them", _three_at_zero, IRIS),
    Statement(
        "memories stay many standard deviations apart, and not in a worse place",
        lambda table: _digits(table, "spread") > 5 and _digits(table, "gain") > 0,
        OUTLIER,
    ),
    Statement("it is the *worse* explanation (the gain is negative)", _worse, OUTLIER),
    Statement(
        "a $\\beta$ that is far too small for iris is ample for breast cancer",
        _far_too_small,
        exchange("set", "iris", "breast_cancer"),
    ),
]

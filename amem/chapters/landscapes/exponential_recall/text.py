"""What the text says of the recall by the exponential memory."""

from collections.abc import Mapping
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from amem.book import Statement, exchange, select
from amem.book import numbers as column
from amem.chapters.landscapes.reading import in_order


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    rates = np.unique(_asked(table)["rate"])
    one, every = (_threshold(kept, table) for kept in ("one pattern", "all patterns"))
    return {
        "rate": str(config["rate"]),
        "flipped": str(config["flipped"]),
        "overlap": f"{1 - 2 * _share(table):g}",
        "loads": str(len(rates)),
        "below": str((rates < one).sum()),
        "rates_below": in_order(rates[rates < one]),
        "rates_above": in_order(rates[rates > one]),
        "one_threshold": f"{one:.3f}",
        "all_threshold": f"{every:.3f}",
        "one_step": f"{_step('one pattern', table):.3f}",
        "all_step": f"{_step('all patterns', table):.3f}",
    }


def _limits(table: pd.DataFrame, kept: str) -> pd.DataFrame:
    return select(table, source="theory, n → ∞", kept=kept)


def _threshold(kept: str, table: pd.DataFrame) -> float:
    limits = _limits(table, kept)
    return float(limits[limits["restored"].isna()]["rate"].item())


def _step(kept: str, table: pd.DataFrame) -> float:
    """Where the dashed step stands."""
    return float(column(_limits(table, kept), "flipped", restored=1.0).max())


def _share(table: pd.DataFrame) -> float:
    limits = _limits(table, "one pattern")
    return float(limits[limits["restored"].isna()]["flipped"].item())


def _asked(table: pd.DataFrame) -> pd.DataFrame:
    """One given pattern, at the flipped fraction of the right panel."""
    rows = select(table, source="simulation", kept="one pattern")
    asked = np.isclose(column(rows, "flipped"), _share(table))
    return cast("pd.DataFrame", rows[asked]).sort_values("n")


def _errors(table: pd.DataFrame) -> dict[float, NDArray[np.float64]]:
    """By rate, from the smallest network on."""
    rows = _asked(table)
    return {rate: 1 - column(rows, "restored", rate=rate) for rate in np.unique(rows["rate"])}


def _falls_below_rises_above(table: pd.DataFrame) -> bool:
    threshold, errors = _threshold("one pattern", table), _errors(table)
    return all(
        bool(np.all(np.diff(error) < 0)) if rate < threshold else bool(np.all(np.diff(error) >= 0)) and len(error) > 1
        for rate, error in errors.items()
    )


def _all_above(table: pd.DataFrame) -> bool:
    return bool(min(_errors(table)) > _threshold("all patterns", table))


def _from_one_to_zero(table: pd.DataFrame) -> bool:
    rows = select(table, source="simulation", rate=column(_limits(table, "one pattern"), "rate").min())
    ends = [rows[rows["flipped"] == rows["flipped"].min()], rows[rows["flipped"] == rows["flipped"].max()]]
    return bool((ends[0]["restored"] == 1).all()) and bool((ends[1]["restored"] < 0.005).all())


def _steeper_for_larger(table: pd.DataFrame) -> bool:
    """How far recall falls across the step, from the smallest network to the largest."""
    rows = select(table, source="simulation", rate=column(_limits(table, "one pattern"), "rate").min())
    for kept, before, after in (("one pattern", 0.2, 0.3), ("all patterns", 0.1, 0.2)):
        panel = select(rows, kept=kept).sort_values("n")
        high, low = (
            column(panel, "restored")[np.isclose(column(panel, "flipped"), flipped)] for flipped in (before, after)
        )
        if not np.all(np.diff(high - low) > 0):
            return False
    return True


def _spoiled(table: pd.DataFrame) -> pd.DataFrame:
    """What was restored was not, and the other way about."""
    restored = table["restored"]
    return table.assign(restored=restored.where(table["source"] != "simulation", 1 - restored))


def _smaller_last(table: pd.DataFrame) -> pd.DataFrame:
    sizes = table["n"].where(np.isfinite(table["n"]))
    return table.assign(n=(sizes.min() + sizes.max() - sizes).fillna(np.inf))


KEPT = exchange("kept", "one pattern", "all patterns")
STATEMENTS = [
    Statement("the error falls with $n$ below the one-pattern threshold", _falls_below_rises_above, _spoiled),
    Statement(
        "below which the theorem promises that *all* patterns are restored",
        _all_above,
        KEPT,
    ),
    Statement("recall falls from one to zero as more bits are flipped", _from_one_to_zero, _spoiled),
    Statement("more steeply for larger networks", _steeper_for_larger, _smaller_last),
    Statement("error against the number of neurons; solid lines fall", _falls_below_rises_above, _smaller_last),
    Statement(
        "All its loads lie above the all-patterns threshold",
        _all_above,
        KEPT,
    ),
    Statement("Only above the one-pattern threshold do they rise", _falls_below_rises_above, _spoiled),
]

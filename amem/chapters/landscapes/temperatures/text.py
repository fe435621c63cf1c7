"""What the text says of the regimes of attention."""

from collections.abc import Mapping
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from amem.book import Statement, exchange, select
from amem.book import numbers as column
from amem.chapters.landscapes.reading import in_order

Card = Mapping[str, object]
VALUES = ["effective", "one_step", "to_pattern", "to_cluster", "to_all"]


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    clustered, free = (cast("Card", config[name]) for name in ("clustered", "free"))
    size, stored = int(str(clustered["size"])), int(str(clustered["clusters"])) * int(str(clustered["size"]))
    beta = column(_mean(table, "clustered"), "beta")
    plateaus = {number: beta[_near(number, table)] for number in (stored, size, 1)}
    lost, kept = _lost(table), ~_lost(table)
    loose = _mean(table, "free")
    farthest = max(column(loose, name)[kept].max() for name in ("one_step", "to_pattern"))
    return {
        "n": str(config["n"]),
        "draws": str(config["draws"]),
        "clusters": str(clustered["clusters"]),
        "size": str(size),
        "stored": str(stored),
        "noise": str(clustered["noise"]),
        "free": str(free["p"]),
        "free_noise": str(free["noise"]),
        "all_end": f"{plateaus[stored].max():.2g}",
        "cluster_start": f"{plateaus[size].min():.2g}",
        "cluster_end": f"{plateaus[size].max():.2g}",
        "single_start": f"{plateaus[1].min():.2g}",
        "decades": f"{np.log10(beta.max() / beta.min()):.0f}",
        "lost": in_order(column(loose, "beta")[lost]),
        "lost_distance": f"{column(loose, 'to_pattern')[lost].mean():.2f}",
        "best_step": f"{column(loose, 'one_step')[lost].min():.2f}",
        "kept_highest": f"{10 ** np.ceil(np.log10(farthest)):g}",
    }


def _mean(table: pd.DataFrame, patterns: str) -> pd.DataFrame:
    """Over the draws, from the smallest β on, as the figure has it."""
    return select(table, patterns=patterns).pivot_table(index="beta", values=VALUES).reset_index()


def _near(number: int, table: pd.DataFrame) -> NDArray[np.bool_]:
    """Where a fixed point is shared by so many, to within a tenth."""
    return np.abs(column(_mean(table, "clustered"), "effective") / number - 1) < 0.1


def _lost(table: pd.DataFrame) -> NDArray[np.bool_]:
    """Where the fixed point is far from the pattern."""
    return column(_mean(table, "free"), "to_pattern") > 0.5


def _three_plateaus(table: pd.DataFrame) -> bool:
    """Each at least three points long, one after the other, and the number of memories never grows."""
    effective = column(_mean(table, "clustered"), "effective")
    plateaus = [_near(number, table) for number in (round(effective.max()), 5, 1)]
    return min(int(plateau.sum()) for plateau in plateaus) >= 3 and bool(np.all(np.diff(effective) < 0.001))


def _own_curve_near_zero(table: pd.DataFrame) -> bool:
    """In the first regime the distance to all patterns, then that to the cluster, then that to the pattern."""
    rows = _mean(table, "clustered")
    stored = round(column(rows, "effective").max())
    regimes = zip(("to_all", "to_cluster", "to_pattern"), (stored, 5, 1), strict=True)
    curves = rows[["to_all", "to_cluster", "to_pattern"]]
    return all(
        bool(curves[_near(number, table)].mean().idxmin() == name and column(rows, name).min() < 0.01)
        for name, number in regimes
    )


def _one_step_is_better(table: pd.DataFrame) -> bool:
    """Where the pattern is lost: nearer after a step than at the fixed point, which is nearly the average."""
    rows = _mean(table, "free")[_lost(table)]
    return len(rows) > 0 and bool(((rows["one_step"] < rows["to_pattern"]) & (rows["to_all"] < 0.05)).all())


def _bounded(table: pd.DataFrame) -> bool:
    low, high, rise = (column(table, name) for name in ("energy_lowest", "energy_highest", "energy_rise"))
    return bool(low.min() >= 0 and high.max() <= 1 and rise.max() < 1e-12)


def _hotter(table: pd.DataFrame) -> pd.DataFrame:
    """The coldest in the place of the hottest."""
    return table.assign(beta=1 / table["beta"])


def _uphill(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(energy_rise=1.0)


def _all_for_one(table: pd.DataFrame) -> pd.DataFrame:
    return table.rename(columns={"to_all": "to_pattern", "to_pattern": "to_all"})


def _step_for_fixed_point(table: pd.DataFrame) -> pd.DataFrame:
    return table.rename(columns={"one_step": "to_pattern", "to_pattern": "one_step"})


STATEMENTS = [
    Statement("of a cluster, then one", _three_plateaus, _hotter),
    Statement("each regime has its own curve near zero", _own_curve_near_zero, _all_for_one),
    Statement("one step is better than many, which end in the average", _one_step_is_better, _step_for_fixed_point),
    Statement("Left: a staircase", _three_plateaus, _hotter),
    Statement(
        "the distance to the overall mean is near zero at small beta",
        _own_curve_near_zero,
        exchange("patterns", "clustered", "free"),
    ),
    Statement("has three plateaus", _three_plateaus, exchange("patterns", "clustered", "free")),
    Statement("never rises", _bounded, _uphill),
    Statement(
        "further steps take it away again, to the average of everything", _one_step_is_better, _step_for_fixed_point
    ),
]

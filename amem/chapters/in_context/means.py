"""Means over trained networks."""

import math
from collections.abc import Sequence
from typing import cast

import pandas as pd
from scipy.stats import t as student

from amem.sweep import Row


def with_means(table: pd.DataFrame, by: list[str], columns: Sequence[str]) -> pd.DataFrame:
    """The table, and below it the means over seeds with Student's 95 % interval for the first column."""
    rows: list[Row] = []
    for keys, group in table.groupby(by, sort=False):
        values = group[columns[0]].to_numpy(float)
        wide = math.nan
        if len(values) > 1:
            wide = float(student.ppf(0.975, len(values) - 1) * values.std(ddof=1) / math.sqrt(len(values)))
        means = {name: float(group[name].to_numpy(float).mean()) for name in columns}
        where = dict(zip(by, cast("tuple[object, ...]", keys), strict=True))
        rows.append(
            {
                **where,
                "what": "mean",
                "seed": -1,
                **means,
                "low": means[columns[0]] - wide,
                "high": means[columns[0]] + wide,
            }
        )
    return pd.concat([table, pd.DataFrame(rows)], ignore_index=True)

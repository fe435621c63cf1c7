"""Means over streams with their standard errors, and how far one algorithm leads on the same streams."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from amem.measures import mean_error
from amem.sweep import Row

PAIRS = (
    ("dynamical", "recursive"),
    ("dynamical, aliased", "recursive"),
    ("dynamical, as published", "recursive, no normaliser"),
    ("dynamical, damped", "dynamical"),
    ("k-means", "dynamical"),
    ("DP-means", "dynamical"),
    ("DP-means", "alone"),
)
"""Who is compared with whom, where both have run."""


def averages(rows: Sequence[Row], by: list[str], names: list[str]) -> list[Row]:
    """Means over all else, in the order of appearance, each with its standard error."""
    groups: Any = pd.DataFrame(rows).groupby(by, sort=False)[names]
    errors = groups.sem().fillna(0.0).add_suffix("_error")
    return groups.mean().join(errors).reset_index().to_dict("records")


def leads(scores: Sequence[Row]) -> list[Row]:
    """The mean lead of one algorithm over another on the same streams, with its standard error."""
    wide = pd.DataFrame(scores).pivot(index="case", columns="algorithm", values="nmi")
    rows: list[Row] = []
    for one, other in PAIRS:
        if {one, other} <= set(wide):
            lead, error = mean_error(wide[one] - wide[other])
            rows.append({"kind": "lead", "algorithm": f"{one} over {other}", "lead": lead, "lead_error": error})
    return rows


def over_dimensions(table: pd.DataFrame) -> pd.DataFrame:
    """The table, and below it the means of its scores and leads over n, with the standard errors that follow."""
    scores: Any = table[table["kind"] == "score"]
    means: list[Row] = []
    for (kernel, algorithm, alpha), rows in scores.groupby(["kernel", "algorithm", "alpha"], sort=False):
        mean: dict[str, object] = {"kind": "mean", "kernel": kernel, "algorithm": algorithm, "alpha": alpha}
        for name in ("nmi", "memories", "true"):
            mean[name] = float(rows[name].mean())
            mean[f"{name}_error"] = float(np.sqrt(np.square(rows[f"{name}_error"]).sum()) / len(rows))
        means.append(mean)
    ahead: Any = table[table["kind"] == "lead"]
    for (kernel, algorithm), rows in ahead.groupby(["kernel", "algorithm"], sort=False):
        error = float(np.sqrt(np.square(rows["lead_error"]).sum()) / len(rows))
        means.append({
            "kind": "mean lead", "kernel": kernel, "algorithm": algorithm,
            "lead": float(rows["lead"].mean()), "lead_error": error,
        })  # fmt: skip
    return pd.concat([table, pd.DataFrame(means)], ignore_index=True)

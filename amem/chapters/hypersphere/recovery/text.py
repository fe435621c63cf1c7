"""What the text says of the sampler and of the fit."""

from collections.abc import Mapping
from typing import Any, cast

import numpy as np
import pandas as pd

from amem.book import Statement, exchange, reverse
from amem.book import numbers as column
from amem.book.text import listed
from amem.chapters.hypersphere.measuring import matrix
from amem.chapters.hypersphere.recovery.claims import fit_error


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    fitting = cast("Mapping[str, Any]", config["fitting"])
    ratio = column(table, "fitted", what="fit") / column(table, "planted", what="fit")
    return {
        "dimensions": listed(f"{n:.0f}" for n in np.unique(column(table, "n", what="sample"))),
        "components": str(len(fitting["kappas"])),
        "n": str(fitting["n"]),
        "low": f"{ratio.min():.3f}",
        "high": f"{ratio.max():.3f}",
    }


def _marks_on_lines(table: pd.DataFrame) -> bool:
    """Within four standard errors of the mean length of so many points."""
    measured, exact, variance, count = (
        column(table, name, what="sample") for name in ("measured", "exact", "exact_gradient", "count")
    )
    return bool((np.abs(measured - exact) < 4 * np.sqrt(variance / count)).all())


def _rising(table: pd.DataFrame) -> bool:
    return bool((np.diff(matrix(table, "exact", "n", "kappa", what="sample")) > 0).all())


def _found(table: pd.DataFrame) -> bool:
    return bool(column(table, "matched_once", what="fit").all()) and fit_error(table) < 4


def _most_inside(table: pd.DataFrame) -> bool:
    fitted, error = (matrix(table, name, "planted", "seed", what="fit") for name in ("fitted", "standard_error"))
    planted = np.unique(column(table, "planted", what="fit"))[:, None]
    return bool((np.abs(fitted - planted) <= 2 * np.median(error, 1, keepdims=True)).mean() > 0.9)


STATEMENTS = [
    Statement("The sampler follows the law", _marks_on_lines, reverse("measured")),
    Statement("EM finds what was planted", _found, exchange("planted", 40.0, 80.0)),
    Statement("rising curves of mean length", _rising, reverse("exact")),
    Statement("with marks on them", _marks_on_lines, reverse("measured")),
    Statement("most of them inside a grey band around one", _most_inside, reverse("fitted")),
]

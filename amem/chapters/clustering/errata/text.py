"""What is said of printed statements."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from amem.book import Statement, exchange, reverse, select
from amem.book import numbers as column
from amem.chapters.clustering.errata.claims import hidden_of_iris, misfit, rate, shown_first
from amem.chapters.clustering.reading import largest


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    """The fraction of entries that masks are meant to hide."""
    return {"mask": f"{config['mask']:g}"}


def _covariance(table: pd.DataFrame) -> bool:
    return misfit("Σ = I/2β")(table) < 1e-9 and misfit("Σ = 2I/β")(table) > 1


def _leaves_at_both_ends(table: pd.DataFrame) -> bool:
    curves = select(table, kind="covariance").pivot(index="x", columns="form", values="value")
    gap = (curves["Σ = 2I/β"] - curves["−βE"]).to_numpy()
    return float(min(gap[0], gap[-1])) > 2


def _pulls(table: pd.DataFrame) -> bool:
    curves = select(table, kind="force").pivot(index="x", columns="form", values="value")
    gaps = {form: largest((curves[form] - curves["2βΣσ(μ − x)"]).abs()) for form in ("∇log p", "−∇log p")}
    return gaps["∇log p"] < 1e-9 and gaps["−∇log p"] > 1


def _vanish(table: pd.DataFrame) -> bool:
    found = [
        select(table, kind=kind).sort_values("x")["value"].to_numpy(dtype=float) for kind in ("fixed point", "shared")
    ]
    return all(
        bool((np.diff(values) < 0).all()) and float(values[0]) > 0.1 and float(values[-1]) < 1e-3 for values in found
    )


def _open_at_zero(table: pd.DataFrame) -> bool:
    filled = column(table, "value", kind="hidden", form="independent")
    known = [shown_first(table), hidden_of_iris(table)]
    return known == [0, 0] and float(filled.min()) > 0.19 and float(filled.max()) < 0.31


FORMS = exchange("form", "Σ = I/2β", "Σ = 2I/β")
MASKS = exchange("form", "published", "independent")
STATEMENTS = [
    Statement("and not if it is $2I/\\beta$", _covariance, FORMS),
    Statement("a flatter, dashed one that leaves them at both ends", _leaves_at_both_ends, FORMS),
    Statement("the pull towards the memories is $+\\nabla\\log p$", _pulls, exchange("form", "∇log p", "−∇log p")),
    Statement("Circles on the curve one over tau", lambda table: rate(table) < 1e-4, exchange("x", 0.5, 4.0)),
    Statement("both differences vanish only as $\\beta$ grows", _vanish, reverse("x")),
    Statement("Both differences are large at small $\\beta$ and die out at large", _vanish, reverse("x")),
    Statement("of iris the former hide nothing", lambda table: hidden_of_iris(table) == 0, MASKS),
    Statement(
        "Open markers at zero for the first feature and for all of iris, filled ones near two and three tenths",
        _open_at_zero,
        MASKS,
    ),
]

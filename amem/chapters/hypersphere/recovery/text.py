"""What the text says of the sampler and of the fit."""

from collections.abc import Mapping
from typing import Any, cast

import numpy as np
import pandas as pd

from amem.book import Statement, exchange, reverse, select
from amem.chapters.hypersphere.measuring import listed
from amem.chapters.hypersphere.recovery.claims import fit_error


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    fitting, ratio = cast("Mapping[str, Any]", config["fitting"]), _fits(table)["ratio"]
    return {
        "dimensions": listed(f"{n:.0f}" for n in sorted(select(table, what="sample")["n"].unique())),
        "components": str(len(fitting["kappas"])),
        "n": str(fitting["n"]),
        "low": f"{ratio.min():.3f}",
        "high": f"{ratio.max():.3f}",
    }


def _fits(table: pd.DataFrame) -> pd.DataFrame:
    fits = select(table, what="fit")
    band = 2 * fits.groupby("planted")["standard_error"].transform("median") / fits["planted"]
    return fits.assign(ratio=fits["fitted"] / fits["planted"], band=band)


def _marks_on_lines(table: pd.DataFrame) -> bool:
    """Within four standard errors of the mean length of so many points."""
    drawn = select(table, what="sample")
    error = np.sqrt(drawn["exact_gradient"] / drawn["count"])
    return bool(((drawn["measured"] - drawn["exact"]).abs() < 4 * error).all())


def _rising(table: pd.DataFrame) -> bool:
    drawn = select(table, what="sample").sort_values("kappa")
    return all((np.diff(rows["exact"]) > 0).all() for _, rows in drawn.groupby("n"))


def _found(table: pd.DataFrame) -> bool:
    return bool(select(table, what="fit")["matched_once"].all()) and fit_error(table) < 4


def _most_inside(table: pd.DataFrame) -> bool:
    fits = _fits(table)
    return bool(((fits["ratio"] - 1).abs() <= fits["band"]).mean() > 0.9)


STATEMENTS = [
    Statement("The sampler follows the law", _marks_on_lines, reverse("measured")),
    Statement("EM finds what was planted", _found, exchange("planted", 40.0, 80.0)),
    Statement("rising curves of mean length", _rising, reverse("exact")),
    Statement("with marks on them", _marks_on_lines, reverse("measured")),
    Statement("most of them inside a grey band around one", _most_inside, reverse("fitted")),
]

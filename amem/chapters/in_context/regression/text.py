"""What is said of straight lines."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from amem.book import Statement, exchange, reverse
from amem.book import numbers as values
from amem.chapters.in_context.reading import along, one, ordered, part, said
from amem.chapters.in_context.regression.claims import against_ridge
from amem.chapters.in_context.terms import DIVERGENCE, EXACT, LEAST_SQUARES, OBJECTIVES, RANKING

MEANS = [{"what": "mean", "source": source} for source in (EXACT, RANKING, DIVERGENCE)]


def with_one_pair(table: pd.DataFrame) -> float:
    """The error of least squares over the best possible one's."""
    squares, best = (one(table, "error", what="mean", source=source, n=1) for source in (LEAST_SQUARES, EXACT))
    return squares / best


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    network = part(config, "network")
    return {
        "against": said(against_ridge(table), 1),
        "single": said(with_one_pair(table), 1),
        "gap": said(float(values(table, "gap", what="seed", source=DIVERGENCE).mean()), 0),
        "limit": f"−{network['divergence']['runaway']:g}",
        "sampler": f"{network['divergence']['noise']:g}",
        "noise": f"{network['lines']['noise']:g}",
    }


def falls(table: pd.DataFrame) -> bool:
    """From each number of pairs to the next, of both networks, in the mean."""
    return all(bool((np.diff(along(table, "n", "error", what="mean", source=each)) < 0).all()) for each in OBJECTIVES)


def joins(table: pd.DataFrame) -> bool:
    """Least squares, twice as far off with one pair, is within a twentieth of the best with the most."""
    most = [one(table, "error", what="mean", source=each, n=table["n"].max()) for each in (LEAST_SQUARES, EXACT)]
    return with_one_pair(table) > 2 and most[0] < 1.05 * most[1]


STATEMENTS = [
    Statement("the error of both networks falls with the number of pairs", falls, reverse("error")),
    Statement(
        "the exact prediction's lies below ranking's and that below contrastive divergence's",
        lambda table: ordered(table, "error", *MEANS),
        exchange("source", RANKING, DIVERGENCE),
    ),
    Statement(
        "Contrastive divergence is further off",
        lambda table: ordered(table, "error", *MEANS),
        exchange("source", RANKING, DIVERGENCE),
    ),
    Statement(
        "Least squares lies far above with one pair and joins the black curve",
        joins,
        exchange("source", LEAST_SQUARES, DIVERGENCE),
    ),
]

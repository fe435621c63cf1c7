"""What is claimed of straight lines."""

from collections.abc import Callable

import pandas as pd

from amem.book import Claim
from amem.chapters.in_context.reading import along, one, within
from amem.chapters.in_context.sources import CODE, REGRESSION
from amem.chapters.in_context.terms import DIVERGENCE, EXACT, RANKING


def _remaining_error(source: str) -> Callable[[pd.DataFrame], float]:
    """The squared error with the longest context, over that without any."""

    def measure(table: pd.DataFrame) -> float:
        longest, none = (one(table, "error", what="mean", source=source, n=n) for n in (table["n"].max(), 0))
        return longest / none

    return measure


def against_ridge(table: pd.DataFrame) -> float:
    """The largest ratio of ranking's squared error to the best possible one's on the same questions, from one pair to
    four."""
    few = within(table, "n", (1, 2, 3, 4))
    ours, best = (along(few, "n", "error", what="mean", source=source) for source in (RANKING, EXACT))
    return float((ours / best).max())


CLAIMS = [
    Claim(
        "claim-in-context-regression",
        CODE,
        (0.0, 0.3),
        _remaining_error(DIVERGENCE),
        says="Shown pairs, the energy over $y$ finds the line: squared error with the longest context over that "
        "with none (contrastive divergence)",
        because="the code draws such a curve, no number is known; to lose two thirds of the error is to have learned",
    ),
    Claim(
        "claim-in-context-regression-ranking",
        CODE,
        (0.0, 0.3),
        _remaining_error(RANKING),
        says="The same for ranking",
        because="as before",
    ),
    Claim(
        "claim-in-context-regression-prior",
        REGRESSION,
        (0.9, 1.5),
        against_ridge,
        says="With few pairs ranking is as good as the best predictor, ridge regression with the right penalty: "
        "squared error over its on the same questions, worst from one pair to four",
        because="it cannot be below one but for chance; half as much again is a small network's due",
    ),
]

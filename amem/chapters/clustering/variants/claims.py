"""What is said of the knobs."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from amem.book import Claim, select
from amem.chapters.clustering.reading import Measure, largest
from amem.chapters.clustering.sources import BRIDGING_OURS, CLAM_OURS


def _best(table: pd.DataFrame, variant: str, column: str) -> NDArray[np.float64]:
    """Of each set the fit of lowest loss, as the estimators keep it."""
    fits = [select(table, kind="fit", variant=variant, set=name).sort_values("seed") for name in table["set"].unique()]
    return np.array([rows[column].to_numpy()[rows["loss"].argmin()] for rows in fits])


def changed(*variants: str) -> Measure:
    """The largest change of the adjusted Rand index from CLAM's, over variants and sets."""
    return lambda table: max(
        largest(np.abs(_best(table, variant, "ari") - _best(table, "CLAM", "ari"))) for variant in variants
    )


def _width(table: pd.DataFrame) -> float:
    learned = "CLAM+ELBO, learned β, longer"
    return largest(np.abs(_best(table, learned, "beta") / _best(table, learned, "width") - 1))


CLAIMS = [
    Claim(
        "claim-clustering-steps",
        CLAM_OURS,
        (0, 0.1),
        changed("CLAM, T = 1", "CLAM, T = 3", "CLAM, T = 30"),
        says="One step of length 1 or thirty of a thirtieth: the number of steps makes no difference to CLAM.",
        because="the largest change of ARI from ten steps, over four sets, each at its lowest loss",
    ),
    Claim(
        "claim-clustering-weighted",
        CLAM_OURS,
        (0, 0.1),
        changed("CLAM, weighted"),
        says="Nor do learned weights.",
        because="as above",
    ),
    Claim(
        "claim-clustering-learned-beta",
        BRIDGING_OURS,
        (0, 0.05),
        _width,
        says="A learned $\\beta$ is the inverse of the mean squared distance from the memories, a feature.",
        because="the condition for the maximum of the likelihood, after 400 updates; relative, over four sets",
    ),
]

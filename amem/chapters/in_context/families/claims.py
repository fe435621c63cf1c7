"""What is claimed off the prior."""

import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from amem.book import Claim
from amem.chapters.in_context.reading import along, within
from amem.chapters.in_context.sources import OURS
from amem.chapters.in_context.terms import EXACT, KDE_TEST, RANKING, SHAPES


def losses(table: pd.DataFrame, source: str) -> NDArray[np.float64]:
    """The NLL, mean over seeds; an entry a family."""
    return along(table, "family", "nll", what="mean", source=source)


def _off_the_prior(table: pd.DataFrame) -> float:
    """Mean over shapes that are no mixtures of the exact prediction's NLL less the network's."""
    shapes = within(table, "family", SHAPES)
    return float((losses(shapes, EXACT) - losses(shapes, RANKING)).mean())


def over_kernels(table: pd.DataFrame) -> NDArray[np.float64]:
    """The network's NLL less that of kernels whose bandwidth is chosen on the test, by family."""
    return losses(table, RANKING) - losses(table, KDE_TEST)


def most_over_kernels(table: pd.DataFrame) -> float:
    return float(over_kernels(table).max())


def least_over_kernels(table: pd.DataFrame) -> float:
    return float(over_kernels(table).min())


CLAIMS = [
    Claim(
        "claim-in-context-prior",
        OURS,
        (0.5, math.inf),
        _off_the_prior,
        says="Off its prior a Bayesian would fail: NLL of the exact prediction for mixtures less that of the "
        "network which was taught mixtures (ranking), mean over circles, rectangles, moons and spirals",
        because="half a nat is beyond what networks and tasks differ by; who is sure of three round components pays"
        " for every point elsewhere",
    ),
    Claim(
        "claim-in-context-smoother",
        OURS,
        (0.0, 0.5),
        most_over_kernels,
        says="The network is never far from a kernel estimate: its NLL less that of the best bandwidth, largest "
        "over families",
        because="within half a nat on any family, whatever its shape, is what a smoother would do",
    ),
    Claim(
        "claim-in-context-smoother-least",
        OURS,
        (0.0, 0.5),
        least_over_kernels,
        says="nor better on any: least over families",
        because="a sign; the kernels choose their bandwidth on the test",
    ),
]

"""What is claimed off the prior."""

import math
from collections.abc import Callable
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from amem.book import Claim, numbers
from amem.chapters.in_context.sources import OURS
from amem.chapters.in_context.terms import EXACT, KDE_TEST, RANKING, SHAPES


def _off_the_prior(table: pd.DataFrame) -> float:
    """Mean over shapes that are no mixtures of the exact prediction's NLL less the network's."""
    shapes = cast("pd.DataFrame", table[table["family"].isin(list(SHAPES))])
    exact, network = (numbers(shapes, "nll", what="mean", source=source) for source in (EXACT, RANKING))
    return float((exact - network).mean())


def _from_kernels(which: Callable[[NDArray[np.float64]], float]) -> Callable[[pd.DataFrame], float]:
    """Over families, the network's NLL less that of kernels whose bandwidth is chosen on the test."""

    def measure(table: pd.DataFrame) -> float:
        network, kernels = (numbers(table, "nll", what="mean", source=source) for source in (RANKING, KDE_TEST))
        return which(network - kernels)

    return measure


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
        _from_kernels(lambda excess: float(excess.max())),
        says="The network is never far from a kernel estimate: its NLL less that of the best bandwidth, largest "
        "over families",
        because="within half a nat on any family, whatever its shape, is what a smoother would do",
        finding="It is within half a nat on most families, and further behind on the one whose single tasks differ "
        "most.",
    ),
    Claim(
        "claim-in-context-smoother-least",
        OURS,
        (0.0, 0.5),
        _from_kernels(lambda excess: float(excess.min())),
        says="nor better on any: least over families",
        because="a sign; the kernels choose their bandwidth on the test",
    ),
]

"""What the two knobs should do."""

import math
from functools import partial

import numpy as np
import pandas as pd

from amem.book import Claim
from amem.book.tables import along
from amem.chapters.new_memories.sources import NETWORK


def peak(knob: str, table: pd.DataFrame) -> float:
    """log₁₀ of the value of a knob at which the network agrees best."""
    value, agreement = along(table, "value", "ari", knob=knob, algorithm="network")
    return float(np.log10(value[agreement.argmax()]))


def rise(table: pd.DataFrame) -> float:
    """The smallest growth of the mean number of memories with α, from one value to the next."""
    _, memories = along(table, "value", "memories", knob="alpha", algorithm="network")
    return float(np.diff(memories).min())


def factor(knob: str, low: float, high: float, table: pd.DataFrame) -> float:
    """ln of the factor by which memories multiply between two values of a knob, between the measured ones a line."""
    value, memories = along(table, "value", "memories", knob=knob, algorithm="network")
    at_low, at_high = np.interp(np.log10([low, high]), np.log10(value), np.log(memories))
    return float(at_high - at_low)


def alpha_against_beta(low: float, high: float, table: pd.DataFrame) -> float:
    """ln of the factor from these α, over that from one decade of β about 1."""
    return factor("alpha", low, high, table) / factor("beta", 10**-0.5, 10**0.5, table)


CLAIMS = [
    Claim(
        "claim-new-memories-peak-alpha",
        NETWORK,
        (-2.0, 2.0),
        partial(peak, "alpha"),
        says="The network agrees best with planted clusters where $\\alpha$ is near one ($\\log_{10}$ of it).",
        because="a prior that expects a handful of clusters, within two decades",
    ),
    Claim(
        "claim-new-memories-peak-beta",
        NETWORK,
        (-0.5, 0.5),
        partial(peak, "beta"),
        says="The network agrees best with planted clusters where $\\beta$ is near the points' inverse variance, 1 "
        "($\\log_{10}$ of it).",
        because="the model is then right, within half a decade",
    ),
    Claim(
        "claim-new-memories-monotone",
        NETWORK,
        (0.0, math.inf),
        rise,
        says="More $\\alpha$, more memories: smallest growth of their mean number over twelve decades.",
        because="monotone in the prior, on average over draws",
    ),
    Claim(
        "claim-new-memories-alpha-below",
        NETWORK,
        (0.0, 1.0),
        partial(alpha_against_beta, 1e-6, 1.0),
        says="Six decades of $\\alpha$ below one do less than one decade of $\\beta$ about the true value: logarithm "
        "of the factor by which memories multiply, over that from $\\beta$.",
        because="$\\alpha$ stands inside the logarithm of the threshold distance, $\\beta$ in front of it",
    ),
    Claim(
        "claim-new-memories-alpha-above",
        NETWORK,
        (1.0, math.inf),
        partial(alpha_against_beta, 1.0, 1e6),
        says="Six decades of $\\alpha$ above one do more: logarithm of the factor by which memories multiply, over "
        "that from $\\beta$.",
        because="a memory starts with $N_k = 1$; once $\\alpha$ outweighs that, no second point joins the first",
    ),
]

"""What is claimed of the sampler."""

import numpy as np
import pandas as pd

from amem.book import Claim
from amem.chapters.in_context.reading import along, one
from amem.chapters.in_context.sources import OURS


def rise(table: pd.DataFrame) -> float:
    """From no context to the longest."""
    none, longest = (one(table, "within", what="mean", n=n) for n in (0, table["n"].max()))
    return longest - none


def steepest_fall(table: pd.DataFrame) -> float:
    return float(-np.diff(along(table, "n", "within", what="mean")).min())


CLAIMS = [
    Claim(
        "claim-in-context-sampler",
        OURS,
        (0.1, 1.0),
        rise,
        says="The fraction of negatives that end near a true mean rises with the context: by",
        because="a rise was set beforehand; a tenth of all chains is no chance",
    ),
    Claim(
        "claim-in-context-sampler-monotone",
        OURS,
        (-1.0, 0.03),
        steepest_fall,
        says="and never falls: the largest fall from one size to the next",
        because="thousands of chains on the same tasks: 0.03 allows for the network, not for chance",
    ),
]

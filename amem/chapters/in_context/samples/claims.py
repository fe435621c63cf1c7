"""What is claimed of the sampler."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from amem.book import Claim, numbers
from amem.chapters.in_context.sources import OURS


def _sampled(table: pd.DataFrame) -> NDArray[np.float64]:
    return numbers(table, "within", what="mean")


CLAIMS = [
    Claim(
        "claim-in-context-sampler",
        OURS,
        (0.1, 1.0),
        lambda table: float(_sampled(table)[-1] - _sampled(table)[0]),
        says="The fraction of negatives that end near a true mean rises with the context: by",
        because="a rise was set beforehand; a tenth of all chains is no chance",
    ),
    Claim(
        "claim-in-context-sampler-monotone",
        OURS,
        (-1.0, 0.03),
        lambda table: float(-np.diff(_sampled(table)).min()),
        says="and never falls: the largest fall from one size to the next",
        because="thousands of chains on the same tasks: 0.03 allows for the network, not for chance",
    ),
]

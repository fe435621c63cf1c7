"""What is said of the two-layer network, as numbers."""

from functools import partial

import numpy as np
import pandas as pd

from amem.book import Claim, numbers
from amem.chapters.landscapes.sources import TWO_LAYERS, TWO_LAYERS_SET

FINDERS = ("A, dense memory", "B, attention", "C, on the sphere")


def final_overlap(models: tuple[str, ...], table: pd.DataFrame) -> float:
    """The smallest overlap at the end among some models."""
    return min(numbers(table, "overlap", model=model, time=table["time"].max()).item() for model in models)


CLAIMS = [
    Claim(
        "claim-landscapes-two-layer-descent",
        TWO_LAYERS,
        (-1, 2e-12),
        lambda table: float(np.nanmax(numbers(table, "rise"))),
        says="The energy of the two-layer network never rises in any of the four models: largest rise in an Euler "
        "step, over max |E|.",
        because="the theorem holds in continuous time; rounding and Euler steps of 0.002",
    ),
    Claim(
        "claim-landscapes-two-layer-recall",
        TWO_LAYERS_SET,
        (0.99, 1.000001),
        partial(final_overlap, FINDERS),
        says="In our draw, models A, B and C end at the cued memory: smallest overlap.",
        because="twelve memories are few for a steep energy",
    ),
    Claim(
        "claim-landscapes-two-layer-overload",
        TWO_LAYERS_SET,
        (-1, 0.9),
        partial(final_overlap, ("Hopfield",)),
        says="In the same draw Hopfield's model does not, with twelve memories in thirty neurons: its overlap.",
        because="twelve is three times $0.14\\,n$",
    ),
]

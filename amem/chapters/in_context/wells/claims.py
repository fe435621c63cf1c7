"""What is claimed of one well."""

import math
from typing import cast

import numpy as np
import pandas as pd

from amem.book import Claim, numbers
from amem.chapters.in_context.reading import along
from amem.chapters.in_context.sources import OURS


def well_error(table: pd.DataFrame) -> float:
    """The largest relative deviation from the prediction, where there is one."""
    ratio = numbers(table, "learned") / numbers(table, "predicted")
    return float(np.abs(ratio[np.isfinite(ratio)] - 1).max())


def no_rest(table: pd.DataFrame) -> float:
    """The least drift of αk where no curvature is predicted, over the largest where one is."""
    drift, predicted = numbers(table, "drift"), numbers(table, "predicted")
    return float(drift[np.isnan(predicted)].min() / np.abs(drift[~np.isnan(predicted)]).max())


def steps_apart(table: pd.DataFrame) -> float:
    """The largest relative difference of αk between the two steps, where it comes to rest."""
    known = cast("pd.DataFrame", table[table["predicted"].notna()])
    steps = (table["step"].min(), table["step"].max())
    small, large = (along(known, ["data", "noise"], "learned", step=step) for step in steps)
    return float(np.abs(small / large - 1).max())


CLAIMS = [
    Claim(
        "claim-in-context-wells",
        OURS,
        (0.0, 0.1),
        well_error,
        says="In one well contrastive divergence comes to rest where negatives have the data's variance after "
        "the given number of steps: largest relative deviation of the curvature",
        because="hundreds of particles and averaged updates; close to the limit the curvature is loosely held",
    ),
    Claim(
        "claim-in-context-wells-unit",
        OURS,
        (0.0, 0.1),
        steps_apart,
        says="The step is a unit of energy: largest relative difference of $\\alpha k$ between two steps",
        because="the rule knows the energy only as αE; chance differs",
    ),
    Claim(
        "claim-in-context-wells-limit",
        OURS,
        (3.0, math.inf),
        no_rest,
        says="With noise beyond the data's standard deviation there is no rest: least drift of $\\alpha k$ over "
        "the last two quarters of the updates, over the largest where there is rest",
        because="a drift beyond all that chance does to the others",
    ),
]

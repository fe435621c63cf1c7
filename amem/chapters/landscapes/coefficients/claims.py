"""What is said of the loads in the Gaussian limit, as numbers."""

from functools import partial

import pandas as pd

from amem.book import Claim, numbers
from amem.chapters.landscapes.sources import LIMIT


def coefficient(error: float, table: pd.DataFrame) -> float:
    return numbers(table, "coefficient", memory="quadratic", error=error).item()


CLAIMS = [
    Claim(
        "claim-landscapes-alpha-036",
        LIMIT,
        (0.1375, 0.1385),
        partial(coefficient, 0.0036),
        says="In the Gaussian limit the quadratic memory holds $p = 0.138\\,n$ patterns when 0.36 % of the bits may "
        "err.",
        because="the number is given to three digits",
        stated=0.138,
    ),
    Claim(
        "claim-landscapes-alpha-050",
        LIMIT,
        (0.1505, 0.1515),
        partial(coefficient, 0.005),
        says="In that limit, at an error of 0.5 %, it holds $p = 0.151\\,n$.",
        because="the number is given to three digits",
        stated=0.151,
    ),
]

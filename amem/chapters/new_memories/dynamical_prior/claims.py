"""What the dynamical prior expects, and that its recursion is exact."""

from functools import partial

import numpy as np
import pandas as pd

from amem.book import Claim, numbers
from amem.book.tables import largest, number
from amem.chapters.new_memories.sources import OUR_MONTE_CARLO, OUR_PRIOR, PRIOR, RECURSION

TABLES = {
    "constant": {1.1: 4.78, 10.78: 19.06, 15.37: 22.64, 30.91: 30.05},
    "exponential": {1.1: 33.19, 10.78: 47.52, 15.37: 48.23, 30.91: 49.11},
    "oscillator": {1.1: 7.73, 10.78: 26.55, 15.37: 30.29, 30.91: 37.08},
    "hyperbolic": {1.1: 16.23, 10.78: 40.48, 15.37: 42.89, 30.91: 46.16},
}
"""Expected tables after 50 customers, by kernel and α."""


def off_tables(kernel: str, table: pd.DataFrame) -> float:
    exact = {alpha: number(table, "exact", kind="tables", kernel=kernel, alpha=alpha) for alpha in TABLES[kernel]}
    return max(abs(exact[alpha] - stated) for alpha, stated in TABLES[kernel].items())


def off_polya(table: pd.DataFrame) -> float:
    """The largest difference of the chance to sit with the first customer, constant kernel, from Pólya's 1/(1 + α)."""
    seats = table[(table["kind"] == "seat") & (table["kernel"] == "constant") & (table["table"] == 0)]
    later = seats[seats["customer"] > 0]
    return float(np.abs(later["exact"] - 1 / (1 + later["alpha"])).max())


def smallest_error(table: pd.DataFrame) -> float:
    return float(numbers(table, "squared", kind="tables").min())


def largest_error(table: pd.DataFrame) -> float:
    return float(numbers(table, "squared", kind="tables").max())


CLAIMS = [
    *(
        Claim(
            f"claim-new-memories-expected-{kernel}",
            OUR_PRIOR,
            (0.0, 0.006),
            partial(off_tables, kernel),
            says=f"After 50 customers, {kernel} kernel, {', '.join(map(str, stated.values()))} tables are expected at "
            f"$\\alpha$ = {', '.join(map(str, stated))} (largest difference).",
            because="given to two decimals",
        )
        for kernel, stated in TABLES.items()
    ),
    Claim(
        "claim-new-memories-sampled-tables",
        PRIOR,
        (0.0, 4.0),
        partial(largest, name="deviation", kind="tables"),
        says="Tables in 5000 sampled restaurants, four kernels and $\\alpha$: most standard errors from the expected "
        "number.",
        because="four standard errors at the worst of sixteen",
    ),
    Claim(
        "claim-new-memories-marginals",
        RECURSION,
        (0.0, 4.8),
        partial(largest, name="worst", kind="tables"),
        says="The recursion for the marginals is exact: most standard deviations of a sampled frequency from it.",
        because="the least likely of eight thousand frequencies, each by its binomial law: 4.8 is exceeded by one set "
        "in eighty",
    ),
    Claim(
        "claim-new-memories-constant",
        PRIOR,
        (0.0, 1e-12),
        off_polya,
        says="With the constant kernel the recursion is that of the Chinese restaurant, in which every later customer "
        "sits with the first with the chance $1/(1+\\alpha)$ (largest difference).",
        because="rounding",
    ),
    Claim(
        "claim-new-memories-normalised",
        RECURSION,
        (0.0, 1e-12),
        partial(largest, name="rows", kind="tables"),
        says="The recursion's rows add up to one (largest difference).",
        because="rounding",
    ),
    Claim(
        "claim-new-memories-scaled-min",
        OUR_MONTE_CARLO,
        (21.5, 22.5),
        smallest_error,
        says="The expected squared error of sampled marginals, times the number of samples, is from 22 to 44: the "
        "smallest.",
        because="given to a whole number",
    ),
    Claim(
        "claim-new-memories-scaled-max",
        OUR_MONTE_CARLO,
        (43.5, 44.5),
        largest_error,
        says="The expected squared error of sampled marginals, times the number of samples, is from 22 to 44: the "
        "largest.",
        because="given to a whole number",
    ),
]

"""What is known of the number of tables."""

from functools import partial

import numpy as np
import pandas as pd

from amem.book import Claim
from amem.book.tables import along, largest, number
from amem.chapters.new_memories.sources import ENERGY, PITMAN


def expected_tables(customers: int, table: pd.DataFrame) -> float:
    chosen = {"kind": "tables", "source": "theory", "customers": customers, "alpha": 1.0, "discount": 0.0}
    return number(table, "tables", **chosen)


def worst_mean(table: pd.DataFrame) -> float:
    return largest(table, "deviation", source="simulation")


def growth(table: pd.DataFrame) -> float:
    """The slope of ln tables against ln customers from 100 of them on, sampled, d = ½ and α = 1, minus d."""
    customers, tables = along(table, "customers", "tables", source="simulation", alpha=1.0, discount=0.5)
    late = customers >= 100
    return float(np.polyfit(np.log(customers[late]), np.log(tables[late]), 1)[0]) - 0.5


CLAIMS = [
    *(
        Claim(
            f"claim-new-memories-tables-{customers}",
            ENERGY,
            (stated - 0.005, stated + 0.005),
            partial(expected_tables, customers),
            says=f"At $\\alpha = 1$ the Chinese restaurant has {stated} tables on average after {customers} customers.",
            because="given to two decimals",
        )
        for customers, stated in ((100, 5.19), (600, 6.97))
    ),
    Claim(
        "claim-new-memories-seats",
        ENERGY,
        (0.0, 4.0),
        worst_mean,
        says="Sampled numbers of tables, with a discount and without: most standard errors from the exact mean.",
        because="four standard errors at the worst of some hundred and fifty means",
    ),
    Claim(
        "claim-new-memories-discount",
        PITMAN,
        (-0.05, 0.05),
        growth,
        says="With a discount $d = \\frac12$ tables grow like $N^d$: the sampled exponent from 100 to 600 customers, "
        "minus $d$.",
        because="a limit, with corrections of the order $N^{-d}$",
    ),
]

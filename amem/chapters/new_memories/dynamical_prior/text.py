"""What is said of the dynamical prior."""

from collections.abc import Mapping

import pandas as pd

from amem.book import Statement, exchange, reverse, select
from amem.book import numbers as column
from amem.book.tables import along, number
from amem.chapters.new_memories.terms import KERNELS


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    return {"customers": str(config["customers"]), "chains": str(config["chains"]), "alpha": str(config["shown_alpha"])}


def opened(table: pd.DataFrame) -> dict[str, float]:
    """The part of the customers who open a table, at the α that is shown."""
    seats = select(table, kind="seat")
    alpha = seats["alpha"].iloc[0]
    of = float(column(seats, "customer").max()) + 1
    return {kernel: number(table, "exact", kind="tables", kernel=kernel, alpha=alpha) / of for kernel in KERNELS}


def same(table: pd.DataFrame) -> bool:
    """No chance differs by a fiftieth."""
    seats = select(table, kind="seat")
    return bool((seats["exact"] - seats["sampled"]).abs().max() < 0.02)


def first_half(table: pd.DataFrame) -> bool:
    """The last customer, who has the widest choice, sits there in nine cases of ten."""
    last = column(table, "customer", kind="seat").max()
    _, chances = along(table, "table", "exact", kind="seat", kernel="constant", customer=last)
    return bool(chances[: len(chances) // 2].sum() > 0.9)


def between(table: pd.DataFrame) -> bool:
    part = opened(table)
    return part["constant"] < part["oscillator"] < part["hyperbolic"] < part["exponential"]


ENDS = exchange("kernel", "constant", "exponential")
STATEMENTS = [
    Statement(
        "The exponential kernel sends almost every customer to a table of one's own",
        lambda table: opened(table)["exponential"] > 0.9,
        ENDS,
    ),
    Statement("The upper and lower map of each column look the same", same, reverse("sampled")),
    Statement("sampled restaurants look the same", same, reverse("sampled")),
    Statement("With the constant kernel the colour stays near the first half of the tables", first_half, ENDS),
    Statement("the oscillator and the hyperbolic kernel lie between", between, ENDS),
]

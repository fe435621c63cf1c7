"""What is read off the tables of scores: levels, changes with α, and leads on the same streams."""

from typing import Any

import pandas as pd

from amem.book import numbers, select
from amem.book.tables import number


def levels(table: pd.DataFrame, column: str = "nmi") -> Any:
    """Means over all else: a row for each kernel and α, a column for each algorithm."""
    return select(table, kind="mean").pivot(index=["kernel", "alpha"], columns="algorithm", values=column)


def made(table: pd.DataFrame) -> Any:
    """Memories for every planted cluster, averaged over all: a row for each kernel, a column for each algorithm."""
    means: Any = select(table, kind="mean").groupby(["kernel", "algorithm"])[["memories", "true"]].mean()
    return (means["memories"] / means["true"]).unstack("algorithm")


def nmi(kernel: str, algorithm: str, table: pd.DataFrame) -> float:
    """Mutual information averaged over dimensions and α."""
    return float(numbers(table, "nmi", kind="mean", kernel=kernel, algorithm=algorithm).mean())


def change(kernel: str, algorithm: str, table: pd.DataFrame) -> float:
    """Mutual information at the largest α minus that at the smallest."""
    chosen = {"kind": "mean", "kernel": kernel, "algorithm": algorithm}
    alphas = numbers(table, "alpha", **chosen)
    return number(table, "nmi", **chosen, alpha=alphas.max()) - number(table, "nmi", **chosen, alpha=alphas.min())


def lead(kernel: str, one: str, other: str, table: pd.DataFrame) -> float:
    """The mean lead of one algorithm over another on the same streams."""
    return number(table, "lead", kind="mean lead", kernel=kernel, algorithm=f"{one} over {other}")


def errors_ahead(kernel: str, one: str, other: str, table: pd.DataFrame) -> float:
    """That lead in its standard errors."""
    error = number(table, "lead_error", kind="mean lead", kernel=kernel, algorithm=f"{one} over {other}")
    return lead(kernel, one, other, table) / error

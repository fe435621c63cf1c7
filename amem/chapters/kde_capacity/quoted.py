"""Numbers of points measured beside quoted ones, dimension by dimension."""

from collections.abc import Mapping

import pandas as pd

from amem.book import numbers


def by_n(rows: pd.DataFrame) -> dict[int, float]:
    """p by n, from the smallest on."""
    return {int(n): p for n, p in sorted(zip(numbers(rows, "n"), numbers(rows, "p").tolist(), strict=True))}


def factor(measured: Mapping[int, float], quoted: Mapping[int, float]) -> float:
    """The largest factor, either way, between measured and quoted numbers of the same dimension."""
    return max(max(measured[n] / quoted[n], quoted[n] / measured[n]) for n in quoted if n in measured)

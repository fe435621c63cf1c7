"""How numbers of a table are written."""

import math
from collections.abc import Iterable

from amem.book.text import listed


def span(values: Iterable[float], digits: int = 2) -> str:
    """From the smallest to the largest."""
    found = list(values)
    return f"{min(found):.{digits}f} to {max(found):.{digits}f}"


def in_order(values: Iterable[float]) -> str:
    """The least, the next and the largest."""
    return listed(f"{value:g}" for value in sorted(values))


def at_most(value: float, digits: int = 2) -> str:
    """Rounded up."""
    return f"{math.ceil(round(value * 10**digits, 6)) / 10**digits:.{digits}f}"

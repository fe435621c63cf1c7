"""How numbers of a table are written."""

import math
from collections.abc import Iterable


def span(values: Iterable[float], digits: int = 2) -> str:
    """From the smallest to the largest."""
    found = list(values)
    return f"{min(found):.{digits}f} to {max(found):.{digits}f}"


def listed(values: Iterable[float]) -> str:
    """One, two and three."""
    *most, last = (f"{value:g}" for value in sorted(values))
    return f"{', '.join(most)} and {last}" if most else last


def at_most(value: float, digits: int = 2) -> str:
    """Rounded up."""
    return f"{math.ceil(round(value * 10**digits, 6)) / 10**digits:.{digits}f}"

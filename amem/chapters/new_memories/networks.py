"""Networks that make memories, many side by side, each with its own numbers."""

from collections.abc import Sequence
from typing import Any

from amem.learning.restaurant import Restaurant, settings


def networks(
    n: int,
    device: str,
    *,
    alpha: float | Sequence[float],
    beta: float | Sequence[float],
    rho: float | Sequence[float],
    **options: Any,
) -> Restaurant:
    """Restaurants in n dimensions, one for each of the numbers; `options` are those of `Restaurant`.

    β and ρ are inverse variances of the points about a memory and of the memories about the origin.
    """
    numbers = {name: value.to(device) for name, value in settings(alpha=alpha, beta=beta, rho=rho).items()}
    return Restaurant(n, **numbers, **options)

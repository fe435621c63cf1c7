"""The number of points of which half are stored: where to look for it, and how it is read off measured fractions."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def loads(expected: float, below: float) -> list[int]:
    """Whole numbers from 2 nearest to powers of √2 from expected/below on, and to powers of √√2 around expected."""
    last = 1.5 * expected + 2
    coarse = {round(2 ** (power / 2)) for power in range(2, 60) if expected / below <= 2 ** (power / 2) <= last}
    fine = {round(2 ** (power / 4)) for power in range(4, 120) if expected / 2 <= 2 ** (power / 4) <= last}
    return sorted(coarse | fine)


def with_thresholds(measured: pd.DataFrame, theory: list[dict[str, object]], by: Sequence[str]) -> pd.DataFrame:
    """Measured fractions, the p₅₀ of each group of them, and rows of theory, in one table.

    The curves have no common shape, so p₅₀ is read off between the grid's points, where the fraction crosses one
    half. Its interval makes no such reading: it reaches from the last point that is surely above one half to the
    first that is surely below.
    """
    crossings: list[dict[str, object]] = []
    for _, rows in measured.groupby(list(by)):
        p, stored, low, high = (rows[name].to_numpy() for name in ("p", "stored", "low", "high"))
        where = {name: rows[name].iloc[0] for name in by}
        above = p[np.minimum.accumulate(low) >= 0.5].max(initial=p[0])
        below = p[high <= 0.5].min(initial=p[-1])
        crossings.append({"source": "threshold", **where, "p": half(p, stored), "p_low": above, "p_high": below})
    return pd.concat(
        [measured.assign(source="simulation"), pd.DataFrame(crossings), pd.DataFrame(theory)], ignore_index=True
    )


def half(p: NDArray[np.integer], fraction: NDArray[np.floating]) -> float:
    """Where a falling fraction crosses one half, by interpolation on a logarithmic axis."""
    return float(np.exp(np.interp(-0.5, -np.minimum.accumulate(fraction), np.log(p))))

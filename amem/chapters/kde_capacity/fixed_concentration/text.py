"""The words on the capacity at a fixed ratio of radius to bandwidth."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from amem.book import Statement, exchange
from amem.book.text import listed
from amem.chapters.kde_capacity.fixed_concentration.claims import below_limit, lasting_rate, limits, saturation
from amem.chapters.kde_capacity.quoted import by_n
from amem.chapters.kde_capacity.terms import AT_REST


def mean_field(table: pd.DataFrame, concentration: float) -> dict[int, float]:
    """Predicted p₅₀ by n."""
    return by_n(table.query("source == 'mean field' and concentration == @concentration"))


def too_high(table: pd.DataFrame) -> dict[float, dict[int, float]]:
    """Mean field over measured by n, at each concentration."""
    found: dict[float, dict[int, float]] = {}
    for concentration in limits(table):
        curve = mean_field(table, concentration)
        found[concentration] = {n: curve[n] / p for n, p in saturation(table, concentration).items()}
    return found


def flattening(table: pd.DataFrame) -> bool:
    """Every doubling of the dimension multiplies the capacity by less than the last, and it stays below the limit."""
    growth = [np.diff(np.log(list(saturation(table, concentration).values()))) for concentration in limits(table)]
    return below_limit(table) < 1 and all(bool((one > 0).all() and (np.diff(one) < 0).all()) for one in growth)


def growing(table: pd.DataFrame) -> dict[int, float]:
    """The mean field by n where κ = n."""
    return by_n(table.query("source == 'mean field, κ = n'"))


def exponential(table: pd.DataFrame) -> bool:
    """Two more dimensions always multiply it by about the same factor."""
    factors = np.exp(np.diff(np.log(list(growing(table).values()))))
    return bool(max(factors) < 1.1 * min(factors))


def approach(table: pd.DataFrame) -> bool:
    """The mean field ends below its limit, and within a tenth of it."""
    curves = [(mean_field(table, concentration), limit) for concentration, limit in limits(table).items()]
    return all(0.9 < curve[max(curve)] / limit < 1 for curve, limit in curves)


def crosses(table: pd.DataFrame) -> bool:
    """Below all that is measured in four dimensions, above it in sixteen, and growing on."""
    line, points = growing(table), [saturation(table, concentration) for concentration in limits(table)]
    rises = bool((np.diff(list(line.values())) > 0).all())
    return rises and all(line[4] < measured[4] and line[16] > measured[16] for measured in points)


def on_curve(table: pd.DataFrame) -> bool:
    """Within a twentieth from thirty-two dimensions on."""
    return all(abs(factor - 1) < 0.05 for one in too_high(table).values() for n, factor in one.items() if n >= 32)


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    """The concentrations, their limits, and how far the curves are off in the fewest dimensions."""
    first = [one[min(one)] for one in too_high(table).values()]
    return {
        "concentrations": listed(f"{concentration:g}" for concentration in limits(table)),
        "limits": listed(f"{limit:.0f}" for limit in limits(table).values()),
        "too_high": listed(f"{factor:.1f}" for factor in first),
    }


STATEMENTS = [
    Statement("the capacity heads for a limit as the dimension grows", flattening, exchange("n", 4, 32)),
    Statement("the capacity grows ever more slowly, towards a limit", flattening, exchange("n", 4, 32)),
    Statement("rise and then flatten out", flattening, exchange("n", 4, 32)),
    Statement("The curves approach horizontal dotted lines", approach, exchange("n", 4, 1024)),
    Statement("is the number of memories exponential in it", exponential, exchange("n", 8, 16)),
    Statement("crosses them and keeps rising", crosses, exchange("n", 4, 16)),
    Statement("from thirty-two dimensions on they lie on the curves", on_curve, exchange("n", 4, 32)),
    Statement(
        "at a fixed ratio it is not reproduced",
        lambda table: lasting_rate(table) < 0.5,
        lambda table: table.assign(p=np.exp(table["n"] / 10)),
    ),
    AT_REST,
]

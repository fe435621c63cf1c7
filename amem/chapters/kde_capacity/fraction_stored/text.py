"""The words on the capacity."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from amem.book import Statement, exchange, reverse, select
from amem.book import numbers as column
from amem.chapters.kde_capacity.fraction_stored.claims import (
    OLD_FEW,
    above_bounds,
    beyond_mean_field,
    capacity,
    closing_in,
    gathered,
    too_high,
)
from amem.chapters.kde_capacity.quoted import factor
from amem.chapters.kde_capacity.terms import AT_REST, crossing, power, span, value

RATIOS = (1.0, 1.5)


def steps(table: pd.DataFrame, ratio: float = 1.0) -> dict[int, float]:
    """By how much two more dimensions multiply the capacity, by the dimension from which they start."""
    found = capacity(table, "threshold", ratio)
    return {n: found[n + 2] / p for n, p in found.items() if n + 2 in found}


def late(table: pd.DataFrame, ratio: float = 1.0) -> list[float]:
    """Those from six dimensions on."""
    return [factor for n, factor in steps(table, ratio).items() if n >= 6]


def width(table: pd.DataFrame, n: int) -> float:
    """The logarithm of the number of points of which a tenth are stored over that of which nine tenths, at K = 1."""
    rows = select(table, source="simulation", radius_ratio=1.0, n=n).sort_values("p")
    at = [crossing(np.log(column(rows, "p")), column(rows, "stored"), fraction) for fraction in (0.1, 0.9)]
    return at[0] - at[1]


def steeper(table: pd.DataFrame) -> bool:
    return bool((np.diff([width(table, n) for n in capacity(table, "threshold", 1.0) if n >= 8]) < 0).all())


def falling(table: pd.DataFrame) -> bool:
    """Each curve ends low and far below its beginning."""
    rows = select(table, source="simulation", radius_ratio=1.0).sort_values("p").groupby("n")["stored"]
    return bool(rows.last().max() < 0.1 and (rows.first() - rows.last()).min() > 0.5)


def last(table: pd.DataFrame, source: str) -> float:
    """What theory says at K = 1 in the most dimensions."""
    found = capacity(table, source, 1.0)
    return found[max(found)]


def at_most(table: pd.DataFrame, n: int, name: str) -> float:
    """A column at K = 1 in n dimensions with the most points."""
    rows = select(table, source="simulation", radius_ratio=1.0, n=n)
    return value(rows, name, p=rows["p"].max())


def together(table: pd.DataFrame) -> bool:
    """Mean field and the straight line are nowhere farther apart than a tenth of the way they rise."""
    line, curve = capacity(table, "asymptotic rate", 1.0), capacity(table, "mean field", 1.0)
    apart = max(abs(np.log(curve[n] / p)) for n, p in line.items() if n in curve)
    return bool(apart < 0.1 * np.log(max(curve.values()) / min(curve.values())))


def off_mean_field(table: pd.DataFrame) -> float:
    return factor(capacity(table, "threshold", 1.0), capacity(table, "mean field", 1.0))


def too_high_in_few(table: pd.DataFrame) -> bool:
    """In four, six and eight dimensions, at both K."""
    return min(factor for ratio in RATIOS for n, factor in too_high(table, ratio).items() if n <= 8) > 1.1


def wide_closes_in(table: pd.DataFrame) -> bool:
    """At K = 1.5 the mean field is several times too high in the fewest dimensions, and clearly less in the most."""
    factors = too_high(table, 1.5)
    return factors[min(factors)] > 3 and closing_in(table) < 0.8


def more(table: pd.DataFrame) -> list[float]:
    """The capacity at K = 1.5 over that at K = 1, dimension by dimension."""
    small, wide = (capacity(table, "threshold", ratio) for ratio in RATIOS)
    return [wide[n] / p for n, p in small.items() if n in wide]


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    """The settings, the growth from dimension to dimension, and how far theory is from it."""
    small, wide = capacity(table, "threshold", 1.0), capacity(table, "threshold", 1.5)
    factors, largest = too_high(table, 1.5), max(small)
    return {
        "tolerance": f"{config['tolerance']}",
        "failure": f"{config['failure']}",
        "smallest_n": f"{min(small)}",
        "largest_n": f"{largest}",
        "largest_wide": f"{max(wide)}",
        "theory_n": f"{config['theory_n']}",
        "first_step": f"{steps(table).get(4, np.nan):.1f}",
        "steps": span(late(table)),
        "beyond": f"{beyond_mean_field(table):.2f}",
        "wide_first": f"{factors[min(factors)]:.1f}",
        "wide_last": f"{factors[max(factors)]:.1f}",
        "a_begins": f"{min(capacity(table, 'theorem A', 1.0), default='–')}",
        "mean_field_end": power(last(table, "mean field")),
        "b_end": power(last(table, "theorem B")),
        "a_end": f"{last(table, 'theorem A'):.0f}",
        "expected_24": f"{round(capacity(table, 'mean field', 1.0)[24], -3):,.0f}".replace(",", " "),
        "six": f"{small.get(6, np.nan):.1f}",
        "wide_four": f"{wide.get(4, np.nan):.1f}",
        "gathered": f"{gathered(table):.2f}",
        "load": f"{at_most(table, largest, 'p') / small[largest]:.2f}",
        "gathered_ten": f"{at_most(table, 10, 'gathered'):.2f}",
    }


def few_differ(table: pd.DataFrame) -> bool:
    """Two of the three quoted for four and six dimensions are off by more than a quarter."""
    off = [factor(capacity(table, "threshold", ratio), {n: p}) > 1.25 for ratio, n, p in OLD_FEW]
    return sum(off) == 2


def agree(*ratios: float) -> Callable[[pd.DataFrame], bool]:
    """From six dimensions on the steps at one K are the same within a quarter."""
    return lambda table: all(max(late(table, ratio)) < 1.25 * min(late(table, ratio)) for ratio in ratios)


THEORY = exchange("source", "threshold", "mean field")
BOUND = exchange("source", "mean field", "theorem B")
STATEMENTS = [
    Statement(
        "The more dimensions, the more points a kernel density estimator remembers",
        lambda table: min(steps(table).values()) > 1,
        exchange("n", 4, 12),
    ),
    Statement("Each lies to the right of the one before", lambda t: min(steps(t).values()) > 1, exchange("n", 4, 12)),
    Statement("by about the same factor", agree(1.0), exchange("n", 8, 10)),
    Statement("the capacity is nearly a straight line from six dimensions on", agree(*RATIOS), exchange("n", 6, 8)),
    Statement("along lines that are nearly straight from six dimensions on", agree(*RATIOS), exchange("n", 6, 8)),
    Statement(
        "the capacity of a kernel density estimate is exponential in the dimension", agree(*RATIOS), exchange("n", 6, 8)
    ),
    Statement("multiplies the points by more than three", lambda t: min(late(t)) > 3, exchange("n", 8, 10)),
    Statement("Falling curves", falling, reverse("stored")),
    Statement("from eight dimensions on each falls more steeply", steeper, exchange("n", 8, 12)),
    Statement(
        "fall into modes that they share",
        lambda t: min(at_most(t, n, "gathered") for n in capacity(t, "threshold", 1.0)) > 0.03,
        lambda table: table.assign(gathered=1 / 128),
    ),
    Statement("the curves have no common shape", lambda t: width(t, 8) > 1.5 * width(t, 12), exchange("n", 8, 12)),
    Statement("within a factor of two of where it crosses one half", lambda t: off_mean_field(t) < 2, BOUND),
    Statement("for K = 1 within a factor of two of the mean-field curve", lambda t: off_mean_field(t) < 2, BOUND),
    Statement("several times below it at first and then closing in", wide_closes_in, THEORY),
    Statement("where many more points fit", lambda t: min(more(t)) > 2, exchange("radius_ratio", 1.0, 1.5)),
    Statement("in few dimensions it is too high", too_high_in_few, THEORY),
    Statement(
        "theorem B, which is safe and far below",
        lambda table: above_bounds(table) > 10,
        exchange("source", "threshold", "theorem B"),
    ),
    Statement("the straight asymptotic line rise together", together, BOUND),
    Statement("theorem B less steeply", lambda t: last(t, "mean field") > 10 * last(t, "theorem B"), BOUND),
    Statement("two of them do not survive a closer look", few_differ, exchange("n", 4, 6)),
    AT_REST,
]

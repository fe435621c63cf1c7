"""What the text says of the capacities."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from amem.book import Statement, exchange, select
from amem.book import numbers as column
from amem.chapters.landscapes.capacity.claims import birthday_crossing, growth, thresholds
from amem.chapters.landscapes.reading import at_most, span

POWERS = ("quadratic", "cubic", "quartic")
ONE, ALL = ("exponential", "one pattern"), ("exponential", "all patterns")
EXACT, FORMULA, BARE = "theory, exact", "theory, asymptotic", "theory, rate alone"


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    ends = {memory: _ends(memory, table) for memory in (*POWERS, "exponential")}
    one, every = (growth(*which, "simulation", table) for which in (ONE, ALL))
    return {
        "powers_start": f"{min(ends[memory][0] for memory in POWERS):.2f}",
        "powers_end": at_most(max(ends[memory][1] for memory in POWERS)),
        "exponential_start": f"{ends['exponential'][0]:.2f}",
        "exponential_end": f"{ends['exponential'][1]:.2f}",
        "powers_over_exact": span(np.concatenate([_over(memory, "one pattern", EXACT, table) for memory in POWERS])),
        "powers_over_formula": span(
            np.concatenate([_over(memory, "one pattern", FORMULA, table) for memory in POWERS])
        ),
        "one_over_exact": span(_over(*ONE, EXACT, table)),
        "all_over_exact": span(_over(*ALL, EXACT, table)),
        "all_over_birthday": span(_over(*ALL, FORMULA, table)),
        "crossing": f"{birthday_crossing(table):.2f}",
        "one_slope": f"{one:.2f}",
        "one_slope_exact": f"{growth(*ONE, EXACT, table):.2f}",
        "steeper": f"{one / every:.1f}",
        "one_largest": f"{thresholds(*ONE, 'simulation', table)[0].max():.0f}",
        "powers_largest": f"{table[table['memory'].isin(POWERS)]['n'].max():.0f}",
        "draws": str(config["draws"]),
    }


def _ends(memory: str, table: pd.DataFrame) -> tuple[float, float]:
    """The measured rates at the smallest and at the largest load, at the largest size."""
    rows = select(table, memory=memory, kept="one pattern", quantity="rate", source="simulation")
    rates = column(rows.sort_values("load"), "rate", n=rows["n"].max())
    return float(rates[0]), float(rates[-1])


def _over(memory: str, kept: str, source: str, table: pd.DataFrame) -> NDArray[np.float64]:
    """The measured thresholds over those of a source, from the smallest size on."""
    return thresholds(memory, kept, "simulation", table)[1] / thresholds(memory, kept, source, table)[1]


def _in_order(table: pd.DataFrame) -> bool:
    loads = []
    for memory in (*POWERS, "exponential"):
        sizes, load = thresholds(memory, "one pattern", "simulation", table)
        loads.append(load[sizes.argmax()])
    return bool(np.all(np.diff(loads) > 0))


def _exponential_falls_least(table: pd.DataFrame) -> bool:
    *powers, last = (np.subtract(*_ends(memory, table)) for memory in (*POWERS, "exponential"))
    return bool(0 < last < min(powers))


def _steeper(table: pd.DataFrame) -> bool:
    return bool(np.all(np.diff([growth(memory, "one pattern", "simulation", table) for memory in POWERS]) > 0))


def _above_formula(table: pd.DataFrame) -> bool:
    return all(bool((_over(memory, "one pattern", FORMULA, table) > 1).all()) for memory in POWERS)


def _nearing(table: pd.DataFrame) -> bool:
    """The exact law's threshold over the formula falls from each size to the next."""
    exact, formula = (
        [thresholds(memory, "one pattern", source, table)[1] for memory in POWERS] for source in (EXACT, FORMULA)
    )
    return all(bool(np.all(np.diff(law / limit) < 0)) for law, limit in zip(exact, formula, strict=True))


def _slope_is_smaller(table: pd.DataFrame) -> bool:
    return max(growth(*ONE, source, table) for source in ("simulation", EXACT)) < growth(*ONE, BARE, table)


def _below_bare(table: pd.DataFrame) -> bool:
    return all(bool((_over(*which, BARE, table) < 0.5).all()) for which in (ONE, ALL))


def _smaller_last(table: pd.DataFrame) -> pd.DataFrame:
    """Every memory's smallest size in the place of its largest."""
    sizes = table.groupby(["memory", "kept"])["n"]
    ends = (np.asarray(sizes.transform(which)) for which in ("min", "max"))
    return table.assign(n=sum(ends) - table["n"])


STEEPER = exchange("memory", "quadratic", "quartic")
STATEMENTS = [
    Statement(
        "each at a larger load than the one before: quadratic, cubic, quartic, exponential",
        _in_order,
        exchange("memory", "cubic", "quartic"),
    ),
    Statement("the last falls least", _exponential_falls_least, exchange("memory", "quadratic", "exponential")),
    Statement("three rising lines, steeper for higher order", _steeper, STEEPER),
    Statement("a higher order is a steeper line", _steeper, STEEPER),
    Statement("less than half of the dashed lines' loads", _below_bare, exchange("source", "simulation", BARE)),
    Statement("lies below all markers", _above_formula, exchange("source", "simulation", FORMULA)),
    Statement("by a factor that shrinks", _nearing, _smaller_last),
    Statement("the slope is smaller", _slope_is_smaller, exchange("source", "simulation", BARE)),
    Statement("and the exact law says so too", _slope_is_smaller, exchange("source", EXACT, BARE)),
    Statement(
        "its line lies above the markers",
        lambda table: bool((_over(*ONE, EXACT, table) < 1).all()),
        exchange("source", "simulation", EXACT),
    ),
]

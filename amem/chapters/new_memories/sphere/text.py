"""What is said of streams on the sphere."""

from collections.abc import Mapping

import pandas as pd

from amem.book import Statement, exchange
from amem.chapters.new_memories.scores import lead, levels, made, nmi
from amem.chapters.new_memories.terms import KERNELS

BLUE, PALE = ["dynamical", "recursive"], ["dynamical, no normaliser", "recursive, no normaliser"]


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    wide = levels(table)
    few = made(table)[PALE].to_numpy()
    kept, left_out = wide[BLUE].to_numpy(), wide[PALE].to_numpy()
    aliased = wide["dynamical, aliased"].dropna()
    return {
        "made_least": f"{few.min():.2f}",
        "made_most": f"{few.max():.2f}",
        "with_least": f"{kept.min():.2f}",
        "without_least": f"{left_out.min():.2f}",
        "without_most": f"{left_out.max():.2f}",
        "aliased_least": f"{aliased.min():.2f}",
        "aliased_most": f"{aliased.max():.2f}",
        "published": f"{nmi('oscillator', 'dynamical, as published', table):.2f}",
    }


def over_a_third(table: pd.DataFrame) -> bool:
    """Of every kernel, averaged over α."""
    return all(nmi(kernel, PALE[0], table) < 2 / 3 * nmi(kernel, BLUE[0], table) for kernel in KERNELS)


def close(table: pd.DataFrame) -> bool:
    wide = levels(table)
    return bool((wide[BLUE[0]] - wide[BLUE[1]]).abs().max() < 0.02)


def far_lower(table: pd.DataFrame) -> bool:
    wide = levels(table)
    return bool(wide[PALE].max().max() < wide[BLUE].min().min() - 0.2)


def dotted_between(table: pd.DataFrame) -> bool:
    rows = levels(table).loc["oscillator"]
    dotted = rows["dynamical, aliased"]
    return bool(((rows["recursive"] > dotted) & (dotted > rows[PALE[0]])).all())


def slip(table: pd.DataFrame) -> float:
    return lead("oscillator", "dynamical, aliased", "recursive", table)


def both_slips(table: pd.DataFrame) -> float:
    return lead("oscillator", "dynamical, as published", "recursive, no normaliser", table)


def right(table: pd.DataFrame) -> float:
    return lead("oscillator", "dynamical", "recursive", table)


def less_than_half(table: pd.DataFrame) -> bool:
    return slip(table) / 2 < both_slips(table) < 0


NORMALISER = exchange("algorithm", *(BLUE[0], PALE[0]))
FIRST = exchange("algorithm", "dynamical over recursive", "dynamical, aliased over recursive")
SECOND = exchange(
    "algorithm", "dynamical, as published over recursive, no normaliser", "dynamical, aliased over recursive"
)
STATEMENTS = [
    Statement("a normaliser left out costs over a third of the score", over_a_third, NORMALISER),
    Statement("Blue and orange curves lie close together", close, NORMALISER),
    Statement("without the normaliser, lie far lower", far_lower, NORMALISER),
    Statement(
        "lies between the orange one and the pale blue one",
        dotted_between,
        exchange("algorithm", "dynamical, aliased", "recursive"),
    ),
    Statement(
        "a dotted pale blue one lies below that",
        lambda table: bool((levels(table)["dynamical, as published"] < levels(table)[PALE[0]]).loc["oscillator"].all()),
        exchange("algorithm", "dynamical, as published", PALE[0]),
    ),
    Statement("by about as much as on the poster", lambda table: -0.15 < slip(table) < -0.05, FIRST),
    Statement("Without the slip it does not", lambda table: right(table) > -0.005, FIRST),
    Statement(
        "Another does more harm",
        lambda table: nmi("oscillator", PALE[0], table) < nmi("oscillator", "dynamical, aliased", table),
        exchange("algorithm", PALE[0], "dynamical, aliased"),
    ),
    Statement("by less than half as much as with the first alone", less_than_half, SECOND),
    Statement("by less than half as much as with the first slip alone", less_than_half, SECOND),
    Statement(
        "its level is below the poster's",
        lambda table: nmi("oscillator", "dynamical, as published", table) < 0.65,
        exchange("algorithm", "dynamical, as published", "dynamical"),
    ),
    Statement(
        "both find nearly everything",
        lambda table: bool(levels(table)[BLUE].min().min() > 0.9),
        NORMALISER,
    ),
]

"""What the text says of the maps."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from amem.book import Statement, exchange, reverse
from amem.book import numbers as column
from amem.chapters.landscapes.landscapes.claims import distances, places

CLOSE = 0.6  # two memories nearer than this, of length one, are a close pair


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    low, middle, high = (f"{beta:g}" for beta in _betas(table))
    return {"low": low, "middle": middle, "high": high}


def _betas(table: pd.DataFrame) -> NDArray[np.float64]:
    return np.unique(column(table, "parameter", energy="log-sum-exp"))


def _stars(table: pd.DataFrame, beta: float) -> NDArray[np.float64]:
    return places(table, "attractor", energy="log-sum-exp", parameter=beta)


def _memories(table: pd.DataFrame) -> NDArray[np.float64]:
    return places(table, "memory", energy="Epanechnikov")


def _middles(memories: NDArray[np.float64], nearer_than: float) -> NDArray[np.float64]:
    """The middle of each pair of memories that are near one another."""
    ones, others = np.nonzero(np.triu(distances(memories, memories) < nearer_than))
    return (memories[ones] + memories[others]) / 2


def _starred(stars: NDArray[np.float64], wanted: NDArray[np.float64], within: float) -> NDArray[np.bool_]:
    return distances(wanted, stars).min(-1) < within


def _laid_out(table: pd.DataFrame) -> bool:
    memories = _memories(table)
    lone, length = distances(memories, memories).min(-1) > CLOSE, np.hypot(*memories.T)
    short = length < length.max() - 0.01
    pairs = len(_middles(memories, CLOSE))
    return (pairs, int(lone.sum()), int(short.sum()), int((lone & short).sum())) == (2, 2, 1, 1)


def _opposite_corners(table: pd.DataFrame) -> bool:
    stars, edge = places(table, "attractor", energy="quadratic"), column(table, "x", kind="grid").max()
    return len(stars) == 2 and np.allclose(np.abs(stars), edge) and np.allclose(stars.sum(0), 0)


def _one_near_the_centre(table: pd.DataFrame) -> bool:
    stars = _stars(table, _betas(table).min())
    return len(stars) == 1 and bool(np.hypot(*stars[0]) < 0.2)


def _three_basins(table: pd.DataFrame) -> bool:
    stars, memories = _stars(table, float(np.median(_betas(table)))), _memories(table)
    return len(stars) == 3 and int(_starred(stars, _middles(memories, CLOSE), 0.02).sum()) == 2


def _one_each(table: pd.DataFrame) -> bool:
    stars, memories = _stars(table, _betas(table).max()), _memories(table)
    return len(stars) == len(memories) == 6 and bool(_starred(stars, memories, 0.01).all())


def _finer(table: pd.DataFrame) -> bool:
    return _one_near_the_centre(table) and _three_basins(table) and _one_each(table)


def _short_lacks_a_valley(table: pd.DataFrame) -> bool:
    memories = _memories(table)
    lone = memories[distances(memories, memories).min(-1) > CLOSE]
    without = lone[~_starred(_stars(table, float(np.median(_betas(table)))), lone, 0.05)]
    return np.array_equal(without, memories[[np.hypot(*memories.T).argmin()]])


def _short_is_highest(table: pd.DataFrame) -> bool:
    beta, memories = _betas(table).max(), _memories(table)
    floor = column(table, "value", energy="log-sum-exp", parameter=beta, kind="attractor")
    shortest = memories[np.hypot(*memories.T).argmin()]
    return int(distances(_stars(table, beta), shortest[None]).argmin()) == int(floor.argmax())


def _exact_unless_near(table: pd.DataFrame) -> bool:
    """Kept: no other memory within reach. New: the middle of every two whose reaches overlap, and nothing else."""
    memories, stars = _memories(table), places(table, "attractor", energy="Epanechnikov")
    reach = column(table, "parameter", energy="Epanechnikov").max()
    kept, near = distances(memories, stars).min(-1) < 1e-4, distances(memories, memories).min(-1) < reach
    middles = _middles(memories, 2 * reach)
    new = stars[~_starred(memories, stars, 0.01)]
    return np.array_equal(kept, ~near) and len(new) == len(middles) and bool(_starred(new, middles, 0.01).all())


def _four_and_two(table: pd.DataFrame) -> bool:
    memories, stars = _memories(table), places(table, "attractor", energy="Epanechnikov")
    return len(stars) == 6 and int(_starred(stars, memories, 0.01).sum()) == 4 and _exact_unless_near(table)


def _blank_is_out_of_reach(table: pd.DataFrame) -> bool:
    ground, memories = places(table, "grid", energy="Epanechnikov"), _memories(table)
    reach = column(table, "parameter", energy="Epanechnikov").max()
    blank = np.isinf(column(table, "value", energy="Epanechnikov", kind="grid"))
    return np.array_equal(blank, distances(ground, memories).min(-1) >= reach)


def _upside_down(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(value=-table["value"])


def _twice_as_wide(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(x=np.where(table["kind"] == "grid", 2, 1) * table["x"])


SWAPPED = exchange("kind", "memory", "attractor")
STATEMENTS = [
    Statement("two close pairs, one point alone, and one alone that is shorter than the others", _laid_out, SWAPPED),
    Statement("remembers one direction and its opposite", _opposite_corners, exchange("kind", "attractor", "memory")),
    Statement("whose paths run to two opposite corners", _opposite_corners, SWAPPED),
    Statement(
        "from one average of everything over averages of the close pairs to single memories as $\\beta$ grows",
        _finer,
        reverse("parameter"),
    ),
    Statement("one bowl with a single star near the centre", _one_near_the_centre, reverse("parameter")),
    Statement("three basins, two of them with a star between a pair of memories", _three_basins, SWAPPED),
    Statement("six basins with a star on every memory", _one_each, reverse("parameter")),
    Statement("the one memory that is shorter than the others has the highest floor", _short_is_highest, _upside_down),
    Statement("the short one is the only lone memory without a valley of its own", _short_lacks_a_valley, SWAPPED),
    Statement("the floor of its valley is still the highest", _short_is_highest, _upside_down),
    Statement("is infinite on the blank ground", _blank_is_out_of_reach, _twice_as_wide),
    Statement("keeps a memory *exactly* unless another lies within its reach $h$", _exact_unless_near, SWAPPED),
    Statement("where two reaches overlap", _exact_unless_near, SWAPPED),
    Statement("stars on four memories, one star between the members of the closest pair", _four_and_two, SWAPPED),
    Statement("a memory without near neighbours is recalled *exactly*", _exact_unless_near, SWAPPED),
    Statement(
        "where the parabolas of two memories overlap a memory appears that nobody stored", _exact_unless_near, SWAPPED
    ),
]

"""What the text says of the ways to compute the normaliser."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from amem.book import Statement, exchange, reverse
from amem.book import numbers as column
from amem.chapters.hypersphere.accuracy.claims import last_failure
from amem.chapters.hypersphere.measuring import largest, matrix, power

PLAIN, SCALED, SCIPY, LARGE, OURS = "Bessel function", "scaled Bessel function", "SciPy", "large κ", "this book"


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    n, kappa = (column(table, name, method=OURS) for name in ("n", "kappa"))
    return {
        "n_low": f"{n.min():.0f}",
        "n_high": f"{n.max():.0f}",
        "kappa_low": power(kappa.min()),
        "kappa_high": power(kappa.max()),
        "largest": power(largest("error", method=OURS)(table)),
        "last": f"{last_failure(table):.3g}",
    }


def _errors(table: pd.DataFrame, method: str) -> NDArray[np.float64]:
    """Dimensions down, concentrations to the right."""
    return matrix(table, "error", "n", "kappa", method=method)


def _fails(table: pd.DataFrame, method: str) -> NDArray[np.bool_]:
    return _errors(table, method) > 1


def _to_both_sides(table: pd.DataFrame) -> bool:
    fails = _fails(table, PLAIN)
    return bool(fails[-1, 0] and fails[:, -1].all() and not fails.all(axis=1).any())


def _only_upper_left(table: pd.DataFrame) -> bool:
    """Where it fails, it fails at every smaller concentration and in every higher dimension."""
    fails = _fails(table, SCALED)
    left, up = fails[:, :-1] | ~fails[:, 1:], fails[1:] | ~fails[:-1]
    return bool(fails[-1, 0] and not fails[0].any() and not fails[:, -1].any() and left.all() and up.all())


def _no_number(table: pd.DataFrame) -> bool:
    """Infinite errors are kept as 10³⁰⁰."""
    black = np.concatenate([error[error > 1] for error in (column(table, "error", method=m) for m in (PLAIN, SCALED))])
    return bool(len(black) and (black == 1e300).all())


def _six_digits(table: pd.DataFrame) -> bool:
    n, kappa, error = (column(table, name, method=LARGE) for name in ("n", "kappa", "error"))
    good = (error < 1e-6) & (n != 3)
    return bool(good.any() and (kappa > 200 * n)[good].all())


def _black_near_zero(table: pd.DataFrame) -> bool:
    """log C changes its sign from the cell before to the cell after."""
    fails, sign = _fails(table, LARGE), np.sign(matrix(table, "exact", "n", "kappa", method=LARGE))
    turns = sign[:, :-2] != sign[:, 2:]
    beyond = np.unique(column(table, "kappa", method=LARGE))[1:-1] > 9.9
    return bool(turns[fails[:, 1:-1] & beyond].all() and not fails[:, -1].any())


def _lighter_to_the_lower_right(table: pd.DataFrame) -> bool:
    error = _errors(table, LARGE)
    corner = error[0, -1]
    return bool((error[:, 0] > 1).all() and (error[:, -1] < 1).all() and corner < min(error[-1, -1], error[0, 0]))


def _right_everywhere(table: pd.DataFrame) -> bool:
    return largest("error", method=OURS)(table) < 1e-13


STATEMENTS = [
    Statement("fails to both sides", _to_both_sides, exchange("method", PLAIN, SCALED)),
    Statement("in the upper panels no number at all", _no_number, exchange("method", SCALED, LARGE)),
    Statement(
        "SciPy's distribution does the same",
        lambda table: np.array_equal(_fails(table, SCIPY), _fails(table, SCALED)),
        exchange("method", SCIPY, PLAIN),
    ),
    Statement("it still underflows in high dimension at small concentration", _only_upper_left, reverse("kappa")),
    Statement("only where $\\kappa$ is hundreds of times $n$", _six_digits, exchange("method", LARGE, OURS)),
    Statement(
        "are where $\\log C_n$ passes through zero",
        _black_near_zero,
        lambda table: table.assign(exact=table["exact"].abs()),
    ),
    Statement("is right everywhere", _right_everywhere, exchange("method", OURS, LARGE)),
    Statement(
        "black in the upper left and on the right and light between", _to_both_sides, exchange("method", PLAIN, SCALED)
    ),
    Statement(
        "black at small concentrations and grows lighter to the lower right",
        _lighter_to_the_lower_right,
        reverse("kappa"),
    ),
    Statement("the last is light throughout", _right_everywhere, exchange("method", OURS, LARGE)),
    Statement(
        "overflows for large $\\kappa$ and underflows for large $\\nu$",
        _to_both_sides,
        exchange("method", PLAIN, SCALED),
    ),
    Statement(
        "it still underflows where the dimension is high and the concentration moderate",
        _only_upper_left,
        reverse("kappa"),
    ),
    Statement("black only in the upper left", _only_upper_left, reverse("n")),
]

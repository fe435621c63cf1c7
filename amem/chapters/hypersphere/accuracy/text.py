"""What the text says of the ways to compute the normaliser."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from amem.book import Statement, exchange, reverse, select
from amem.book import numbers as column
from amem.chapters.hypersphere.accuracy.claims import first_failure, last_failure
from amem.chapters.hypersphere.measuring import largest, power

PLAIN, SCALED, SCIPY, LARGE, OURS = "Bessel function", "scaled Bessel function", "SciPy", "large κ", "this book"


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    n, kappa = (column(table, name, method=OURS) for name in ("n", "kappa"))
    return {
        "n_low": f"{n.min():.0f}",
        "n_high": f"{n.max():.0f}",
        "kappa_low": power(kappa.min()),
        "kappa_high": power(kappa.max()),
        "largest": power(largest("error", method=OURS)(table)),
        "first": f"{first_failure(table):.0f}",
        "last": f"{last_failure(table):.3g}",
    }


def _map(table: pd.DataFrame, method: str, name: str = "error") -> pd.DataFrame:
    """Dimensions down, concentrations to the right."""
    return select(table, method=method).pivot(index="n", columns="kappa", values=name).sort_index().sort_index(axis=1)


def _fails(table: pd.DataFrame, method: str) -> np.ndarray:
    return _map(table, method).to_numpy() > 1


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
    good = select(table, method=LARGE)
    good = good[(good["error"] < 1e-6) & (good["n"] != 3)]
    return bool(len(good) and (good["kappa"] > 200 * good["n"]).all())


def _black_near_zero(table: pd.DataFrame) -> bool:
    """log C changes its sign from the cell before to the cell after."""
    exact, fails = _map(table, LARGE, "exact"), _fails(table, LARGE)
    sign = np.sign(exact.to_numpy())
    turns = sign[:, :-2] != sign[:, 2:]
    beyond = exact.columns.to_numpy(float)[1:-1] > 9.9
    return bool(turns[fails[:, 1:-1] & beyond].all() and not fails[:, -1].any())


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
    Statement("black only in the upper left", _only_upper_left, reverse("n")),
]

"""Several ways to compute log C_n(κ), against fifty digits."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import mpmath
import numpy as np
import pandas as pd
import scipy.stats
import torch
from scipy.special import ive

from amem.energies.concentration import log_normaliser, mean_length, slope
from amem.experiment import Config, experiment
from amem.sweep import Row, grid, sweep


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """The map's dimensions and the powers of ten of its concentrations; and where log C is written down."""

    n: tuple[int, ...] = (2, 3, 8, 16, 32, 64, 100, 128, 256, 512, 768, 1024, 2048, 4096)
    exponents: tuple[float, ...] = tuple(k / 2 for k in range(-12, 11))
    values: tuple[tuple[int, float], ...] = ((10, 5.0), (64, 30.0), (128, 100.0))


FULL = Numbers(
    n=tuple(sorted({*(2**k for k in range(1, 13)), *(3 * 2**k for k in range(11)), 5, 7, 81, 82, 83, 100})),
    exponents=tuple(k / 2 for k in range(-12, 13)),
)


def _scipy(n: int, kappa: np.ndarray) -> list[float]:
    first, law = np.eye(n)[0], cast("Any", scipy.stats.vonmises_fisher)
    return [float(law.logpdf(first, first, float(k))) - float(k) for k in kappa]


def _plain(n: int, kappa: np.ndarray) -> np.ndarray:
    order = n / 2 - 1
    return order * np.log(kappa) - n / 2 * math.log(2 * math.pi) - np.log(scipy.special.iv(order, kappa))


def _scaled(n: int, kappa: np.ndarray) -> np.ndarray:
    order = n / 2 - 1
    return order * np.log(kappa) - n / 2 * math.log(2 * math.pi) - np.log(ive(order, kappa)) - kappa


def _large_kappa(n: int, kappa: np.ndarray) -> np.ndarray:
    return (n - 1) / 2 * np.log(kappa / (2 * math.pi)) - kappa


def _here(n: int, kappa: np.ndarray) -> np.ndarray:
    return log_normaliser(torch.from_numpy(kappa), n).numpy()


NORMALISERS: dict[str, Callable[[int, np.ndarray], np.ndarray | list[float]]] = {
    "Bessel function": _plain,
    "scaled Bessel function": _scaled,
    "SciPy": _scipy,
    "large κ": _large_kappa,
    "this book": _here,
}


@experiment(quick=Numbers(), full=FULL)
def accuracy(config: Numbers) -> pd.DataFrame:
    """The error of several ways to compute log C_n(κ), against fifty digits; and some of its values."""
    table = sweep(_accuracy_cell, grid(n=config.n), config)
    values: list[Row] = []
    for n, kappa in config.values:
        exact, value = float(_exact(n, kappa)[0]), log_normaliser(torch.tensor(kappa).double(), n).item()
        error = abs(value - exact) / max(1, abs(exact))
        values.append({"n": n, "method": "value", "kappa": kappa, "exact": exact, "value": value, "error": error})
    return pd.concat([table, pd.DataFrame(values)], ignore_index=True)


def _accuracy_cell(config: Numbers, n: int) -> list[Row]:
    kappa = 10.0 ** np.array(config.exponents)
    exact = [_exact(n, k) for k in kappa]
    rows: list[Row] = []
    with np.errstate(all="ignore"):
        values = {name: function(n, kappa) for name, function in NORMALISERS.items()}
    values |= {"mean length": mean_length(torch.from_numpy(kappa), n).tolist()}
    values |= {"slope": slope(torch.from_numpy(kappa), n).tolist()}
    for method, numbers in values.items():
        place = ["mean length", "slope"].index(method) + 1 if method in ("mean length", "slope") else 0
        for k, number, truth in zip(kappa, numbers, exact, strict=True):
            # log C relative to max(1, |log C|), for it passes through zero; the others relative to themselves
            size = max(1, abs(truth[0])) if place == 0 else truth[place]
            error = float(abs(truth[place] - float(number)) / size) if math.isfinite(number) else math.inf
            rows.append({"method": method, "kappa": k, "exact": float(truth[place]), "error": min(error, 1e300)})
    return rows


def _exact(n: int, kappa: float) -> tuple[Any, Any, Any]:
    """log C, A and A′ to fifty digits, in a context of their own: mpmath's usual one is shared by all threads."""
    digits = mpmath.mp.clone()
    digits.dps = 50
    order, k = digits.mpf(n) / 2 - 1, digits.mpf(kappa)
    lower, upper = (digits.besseli(order + shift, k, maxterms=10**8) for shift in (0, 1))
    length = upper / lower
    log_c = order * digits.log(k) - (order + 1) * digits.log(2 * digits.pi) - digits.log(lower)
    return log_c, length, 1 - length**2 - (n - 1) * length / k

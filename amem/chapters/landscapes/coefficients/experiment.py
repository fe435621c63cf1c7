"""Loads of the dense memories in the Gaussian limit."""

from dataclasses import dataclass

import pandas as pd

from amem.chapters.landscapes.memories import ORDERS
from amem.experiment import Config, experiment
from amem.sweep import grid, sweep
from amem.theory import dense


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """The fractions of bits that may err."""

    errors: tuple[float, ...] = (0.005, 0.0036)


@experiment(quick=Numbers(), full=Numbers())
def coefficients(config: Numbers) -> pd.DataFrame:
    """α = p/n^{order−1} at which one bit errs with a given chance, in the Gaussian limit."""
    return sweep(coefficient, grid(memory=list(ORDERS), error=config.errors), config)


def coefficient(config: Numbers, memory: str, error: float) -> dict[str, object]:
    return {"source": "theory, Gaussian limit", "coefficient": dense.capacity(1, ORDERS[memory], error)}

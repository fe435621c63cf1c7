"""The capacity against the dimension at a fixed ratio of radius to bandwidth."""

import math
from dataclasses import dataclass

import pandas as pd

from amem.chapters.kde_capacity.storing import Storing, spheres, stored
from amem.chapters.kde_capacity.thresholds import loads, with_thresholds
from amem.experiment import experiment
from amem.sweep import grid, sweep
from amem.theory import kde


@dataclass(frozen=True, kw_only=True)
class Numbers(Storing):
    """κ = M²/h² at h = 1, and the dimensions in which each is measured."""

    concentrations: tuple[float, ...] = (8.0, 12.0)
    n: tuple[int, ...] = (4, 8, 16, 32)


@experiment(quick=Numbers(), full=Numbers(trials=1024, n=(4, 8, 16, 32, 64, 128)))
def fixed_concentration(config: Numbers) -> pd.DataFrame:
    """The capacity p₅₀ against n with κ = M²/h² held fixed, and mean field's value at each n and as n → ∞."""
    points: list[dict[str, object]] = []
    theory: list[dict[str, object]] = []
    for concentration in config.concentrations:
        for n in config.n:
            expected = kde.mean_field_capacity(n, concentration, config.tolerance)
            points += grid(concentration=[concentration], n=[n], p=loads(expected, 32))
        limit = kde.saturated_capacity(concentration, config.tolerance)
        for n in sorted({round(2 ** (half / 2)) for half in range(4, 21)}):
            expected = kde.mean_field_capacity(n, concentration, config.tolerance)
            theory.append({"source": "mean field", "concentration": concentration, "n": n, "p": expected})
            theory.append({"source": "limit", "concentration": concentration, "n": n, "p": limit})
    for n in range(4, 33, 2):
        growing = kde.mean_field_capacity(n, n, config.tolerance)
        theory.append({"source": "mean field, κ = n", "concentration": n, "n": n, "p": growing})
    return with_thresholds(sweep(count_stored_concentrated, points, config), theory, ["concentration", "n"])


def count_stored_concentrated(config: Numbers, concentration: float, n: int, p: int) -> dict[str, object]:
    """How many of p random points on the sphere of radius √κ are stored at h = 1."""
    radius = math.sqrt(concentration)
    return stored(config, spheres(config, p, n, radius, "fixed_concentration", concentration), radius, 1.0)

"""The fraction of points stored against the bandwidth."""

from dataclasses import dataclass

import pandas as pd

from amem.chapters.kde_capacity.storing import Storing, spheres, stored
from amem.experiment import experiment
from amem.sweep import grid, sweep
from amem.theory import kde


@dataclass(frozen=True, kw_only=True)
class Numbers(Storing):
    """p points on the unit sphere in each of n dimensions."""

    n: tuple[int, ...] = (6, 10, 20)
    p: int = 1000
    bandwidths: tuple[float, ...] = tuple(round(0.1 + 0.01 * step, 2) for step in range(26))


@experiment(quick=Numbers(), full=Numbers(trials=1024))
def bandwidths(config: Numbers) -> pd.DataFrame:
    """The fraction of points stored against the bandwidth in units of M, and where mean field puts the transition."""
    points = grid(n=config.n, bandwidth=config.bandwidths)
    measured = sweep(count_stored_at, points, config).assign(source="simulation")
    predicted = [
        {"n": n, "bandwidth": kde.mean_field_concentration(n, config.p, config.tolerance) ** -0.5} for n in config.n
    ]
    return pd.concat([measured, pd.DataFrame(predicted).assign(source="mean field")], ignore_index=True)


def count_stored_at(config: Numbers, n: int, bandwidth: float) -> dict[str, object]:
    """How many random points on the unit sphere are stored at a bandwidth."""
    return stored(config, spheres(config, config.p, n, 1.0, "bandwidths", bandwidth), 1.0, bandwidth)

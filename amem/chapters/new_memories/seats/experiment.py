"""The number of tables against the number of customers, its exact mean and sampled ones."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from amem.chapters.new_memories.chance import numpy_generator
from amem.chapters.new_memories.seating import seating
from amem.experiment import Config, experiment
from amem.measures import mean_error
from amem.sweep import Row, grid, sweep
from amem.theory import restaurant


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """Concentrations and discounts of the static prior, its customers, and samples of it."""

    alphas: tuple[float, ...] = (1.0, 5.0)
    discounts: tuple[float, ...] = (0.0, 0.25, 0.5)
    customers: int = 600
    samples: int = 400


@experiment(quick=Numbers(), full=Numbers(samples=4000))
def seats(config: Numbers) -> pd.DataFrame:
    """The number of tables against the number of customers: its exact mean and sampled ones; and one seating.

    Rows of kind "seating" are tables of one restaurant after 1, 2, 8 customers and the chance that the next one takes
    them, the last a new one; `literal` is that chance by the formula as printed in the first account.
    """
    parts = [
        sweep(count_tables, grid(alpha=config.alphas, discount=config.discounts), config),
        pd.DataFrame(seating()),
    ]
    return pd.concat(parts, ignore_index=True)


def count_tables(config: Numbers, alpha: float, discount: float) -> list[Row]:
    """Exact and sampled mean number of tables, with its standard error, over the customers."""
    rng = numpy_generator("seats", alpha, discount)
    sampled = restaurant.pitman_yor_tables(config.customers, alpha, discount, config.samples, rng)
    moments = sorted({*np.geomspace(1, config.customers, 25).round().astype(int).tolist(), 100})
    rows: list[Row] = []
    for customers in moments:
        exact = restaurant.expected_tables(customers, alpha, discount)
        tables = sampled[:, customers - 1]
        mean, error = mean_error(tables)
        common = {"kind": "tables", "customers": customers}
        rows.append({**common, "source": "theory", "tables": exact})
        away = (mean - exact) / error if error else 0.0
        rows.append({**common, "source": "simulation", "tables": mean, "error": error, "deviation": away})
    return rows

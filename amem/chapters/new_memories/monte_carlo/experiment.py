"""The squared error of sampled chances beside its exact mean."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from amem.chapters.new_memories.chance import numpy_generator
from amem.chapters.new_memories.prior import Prior
from amem.chapters.new_memories.weighing import kernels, weights
from amem.experiment import experiment
from amem.measures import mean_error
from amem.sweep import Row, grid, sweep
from amem.theory import restaurant


@dataclass(frozen=True, kw_only=True)
class Numbers(Prior):
    """Sizes of samples whose error is measured, `repeats` times."""

    sizes: tuple[int, ...] = (10, 25, 100, 250, 1000, 2500)
    repeats: int = 20


@experiment(quick=Numbers(), full=Numbers(repeats=100))
def monte_carlo(config: Numbers) -> pd.DataFrame:
    """The squared error, summed over the matrix p(c_n = c), of frequencies in S samples, beside its exact mean."""
    return sweep(estimate, grid(kernel=list(kernels(1, 1)), alpha=config.alphas), config)


def estimate(config: Numbers, kernel: str, alpha: float) -> list[Row]:
    """One kernel and α over the sizes of samples."""
    past = weights(kernels(1.0, 1.0)[kernel], config.customers)
    exact, rng = restaurant.marginals(past, alpha), numpy_generator("monte carlo", kernel, alpha)
    rows: list[Row] = []
    for size in config.sizes:
        errors: list[float] = []
        for _ in range(config.repeats):
            sampled = restaurant.seatings(past, alpha, size, rng)
            places = np.ravel_multi_index((np.broadcast_to(np.arange(len(exact)), sampled.shape), sampled), exact.shape)
            seen = np.bincount(places.ravel(), minlength=exact.size).reshape(exact.shape) / size
            errors.append(float(np.square(seen - exact).sum()))
        mean, error = mean_error(errors)
        rows.append({
            "samples": size, "found": mean, "expected": restaurant.squared_error(exact, size),
            "error": error,
        })  # fmt: skip
    return rows

"""The dynamical prior by recursion and sampled."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import binom, norm

from amem.chapters.new_memories.chance import numpy_generator
from amem.chapters.new_memories.prior import Prior
from amem.chapters.new_memories.weighing import kernels, weights
from amem.experiment import experiment
from amem.measures import mean_error
from amem.sweep import Row, grid, sweep
from amem.theory import restaurant


@dataclass(frozen=True, kw_only=True)
class Numbers(Prior):
    """Samples of the prior, and the concentration whose chances are shown."""

    chains: int = 5000
    shown_alpha: float = 15.37


@experiment(quick=Numbers(), full=Numbers())
def dynamical_prior(config: Numbers) -> pd.DataFrame:
    """p(c_n = c) of the dynamical prior, by recursion and sampled, and the expected number of tables; rates of one.

    Rows of kind "seat" are the heat map at `shown_alpha`; "tables" compare the expected number of tables.
    """
    return sweep(sit, grid(kernel=list(kernels(1, 1)), alpha=config.alphas), config)


def sit(config: Numbers, kernel: str, alpha: float) -> list[Row]:
    """One kernel and α: exact marginals beside frequencies in `chains` samples.

    worst: the least likely of the `compared` frequencies by its binomial law, as a number of standard deviations.
    """
    past = weights(kernels(1.0, 1.0)[kernel], config.customers)
    exact = restaurant.marginals(past, alpha)
    sampled = restaurant.seatings(past, alpha, config.chains, numpy_generator("prior", kernel, alpha))
    tables = sampled.max(-1) + 1
    chances = restaurant.new_table_chances(past, alpha)
    mean, error = mean_error(tables)
    counts = np.stack([(sampled == table).sum(0) for table in range(config.customers)], axis=-1)
    enough = (exact * config.chains > 100) & ((1 - exact) * config.chains > 100)
    tails = np.minimum(binom.sf(counts - 1, config.chains, exact), binom.cdf(counts, config.chains, exact))
    rows: list[Row] = [
        {
            "kind": "tables",
            "exact": float(chances.sum()),
            "sampled": mean,
            "deviation": (mean - float(chances.sum())) / error,
            "compared": float(enough.sum()),
            "worst": float(norm.isf(tails[enough].min())),
            "rows": float(np.abs(exact.sum(-1) - 1).max()),
            "squared": restaurant.squared_error(exact, 1),
        }
    ]
    if alpha == config.shown_alpha:
        rows += [
            {
                "kind": "seat",
                "customer": n,
                "table": c,
                "exact": float(exact[n, c]),
                "sampled": float(counts[n, c] / config.chains),
            }
            for n in range(config.customers)
            for c in range(n + 1)
        ]
    return rows

"""The capacities of the spin memories beside theory."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from amem import measures
from amem.chapters.landscapes.memories import ORDERS, of_coins, wrong_bits
from amem.experiment import Config, experiment
from amem.seeds import generator
from amem.sweep import grid, sweep
from amem.theory import dense

NAN = math.nan


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """The n of each memory for one given pattern, and of the exponential one for all patterns at once.

    ratios: loads in units of the papers' formula, the same for every n.
    """

    seed: int = 0
    one_pattern: tuple[tuple[str, tuple[int, ...]], ...] = (
        ("quadratic", (30, 55, 100)),
        ("cubic", (20, 35, 60)),
        ("quartic", (16, 24, 34)),
        ("exponential", (8, 10, 12, 14, 16)),
    )
    all_patterns: tuple[int, ...] = (8, 10, 12, 14, 16)
    ratios: tuple[float, ...] = (0.4, 0.55, 0.75, 1.0, 1.3, 1.7, 2.2, 3.0, 4.0)
    draws: int = 150


FULL = Numbers(
    one_pattern=(
        ("quadratic", (30, 50, 80, 130, 200, 300)),
        ("cubic", (20, 35, 60, 100, 160)),
        ("quartic", (16, 24, 34, 48, 66)),
        ("exponential", (8, 10, 12, 14, 16, 18, 20)),
    ),
    all_patterns=(8, 10, 12, 14, 16, 18, 20, 22),
    draws=400,
)


@experiment(quick=Numbers(), full=FULL)
def capacity(config: Numbers) -> pd.DataFrame:
    """The load at which, in half of the draws, one step makes no mistake in a given pattern, or in any of all."""
    points = [{"memory": memory, "kept": "one pattern", "n": n} for memory, sizes in config.one_pattern for n in sizes]
    points += grid(memory=["exponential"], kept=["all patterns"], n=config.all_patterns)
    return sweep(keeps, points, config)


def keeps(config: Numbers, memory: str, kept: str, n: int) -> list[Mapping[str, object]]:
    """Rows of quantity "rate", one a load and source, and of quantity "threshold", where the rate is one half.

    low and high bound the rate in the former and the load in the latter. The exact theory of a given pattern takes its
    n bits as independent; that of all patterns counts the pairs that differ in one spin. Its threshold is fitted to its
    curve as the simulation's is to the counts: on a skewed curve the fit's middle is up to a tenth off the crossing.
    """
    formula = _formula(memory, kept, n)
    loads = sorted({max(2, round(ratio * formula)) for ratio in config.ratios})
    draws = config.draws
    whole, expected = [], []
    for p in loads:
        rng = generator("landscapes", "keeps", config.seed, memory, kept, n, p)
        tested = p if kept == "all patterns" else 1
        whole.append(sum(not wrong_bits(of_coins(memory, p, n, rng, config), tested).any() for _ in range(draws)))
        expected.append(_expected(memory, kept, n, p))
    rates = [measures.proportion(count, draws) for count in whole]
    trials = np.full(len(loads), draws)
    fit = measures.threshold(np.log(loads), whole, trials)
    exact = measures.threshold(np.log(loads), trials * expected, trials)
    rows = [
        *(("rate", "simulation", p, *rate) for p, rate in zip(loads, rates, strict=True)),
        *(("rate", "theory, exact", p, rate, NAN, NAN) for p, rate in zip(loads, expected, strict=True)),
        ("threshold", "simulation", math.exp(fit.middle), 0.5, math.exp(fit.low), math.exp(fit.high)),
        ("threshold", "theory, exact", math.exp(exact.middle), 0.5, NAN, NAN),
        ("threshold", "theory, asymptotic", formula, 0.5, NAN, NAN),
    ]
    if memory == "exponential":
        rate = dense.exponential_rate_one(0.0) if kept == "one pattern" else dense.exponential_rate_all(0.0)
        rows.append(("threshold", "theory, rate alone", math.exp(rate * n), 0.5, NAN, NAN))
    return [
        {"quantity": quantity, "source": source, "load": float(load), "rate": rate, "low": low, "high": high}
        for quantity, source, load, rate, low, high in rows
    ]


def _formula(memory: str, kept: str, n: int) -> float:
    if memory != "exponential":
        return dense.capacity_without_errors(n, ORDERS[memory])
    return dense.exponential_capacity_one(n) if kept == "one pattern" else dense.exponential_capacity_all(n)


def _expected(memory: str, kept: str, n: int, p: int) -> float:
    if kept == "all patterns":
        return dense.exponential_recall_all(n, p)
    if memory == "exponential":
        return (1 - dense.exponential_one_step_error(n, p)) ** n
    return (1 - dense.one_step_error(n, p, ORDERS[memory])) ** n

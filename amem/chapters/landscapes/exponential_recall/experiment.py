"""Recall by one step of the exponential memory."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from amem import measures, patterns
from amem.chapters.landscapes.memories import of_coins
from amem.dynamics import synchronous
from amem.experiment import Config, experiment
from amem.seeds import generator
from amem.sweep import sweep
from amem.theory import dense

NAN = math.nan


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """e^{αn} + 1 patterns: α = rate against the flipped fraction, several rates at one fraction against n.

    cues: so many for a given pattern, from as many draws as it takes; draws: those in which all must be restored.
    all_patterns, one_pattern: no more than so many patterns.
    """

    seed: int = 0
    n: tuple[int, ...] = (20, 30, 40, 50, 60)
    rate: float = 0.15
    rates: tuple[float, ...] = (0.12, 0.15, 0.18, 0.22, 0.24, 0.26)
    flipped: float = 0.2
    cues: int = 1000
    draws: int = 40
    all_patterns: int = 500
    one_pattern: int = 20_000


@experiment(quick=Numbers(), full=Numbers(cues=4000, draws=60, all_patterns=2000, one_pattern=200_000))
def exponential_recall(config: Numbers) -> pd.DataFrame:
    """How often e^{αn} + 1 patterns are restored in one parallel step: against the flipped fraction, and against n.

    restored: the fraction of given patterns, or of draws in which all patterns were. The rows of n = ∞ are the theory.
    """
    alpha = config.rate
    points: list[Mapping[str, object]] = [
        {"kept": kept, "rate": alpha, "n": float(n), "flips": flips}
        for kept, largest in (("one pattern", math.inf), ("all patterns", config.all_patterns))
        for n in config.n
        if math.exp(alpha * n) <= largest
        for flips in range(0, round(0.4 * n) + 1, n // 20 if n % 20 == 0 else 1)
    ]
    points += [
        {"kept": "one pattern", "rate": rate, "n": float(n), "flips": round(config.flipped * n)}
        for rate in config.rates
        for n in config.n
        if math.exp(rate * n) <= config.one_pattern and rate != alpha
    ]
    table = sweep(restores, points, config)
    return pd.concat([table, _limit(config, "one pattern"), _limit(config, "all patterns")], ignore_index=True)


def restores(config: Numbers, kept: str, rate: float, n: float, flips: int) -> dict[str, object]:
    size, p = int(n), 1 + round(math.exp(rate * n))
    cues = p if kept == "all patterns" else min(p, 100)
    draws = config.draws if kept == "all patterns" else math.ceil(config.cues / cues)
    rng = generator("landscapes", "restores", config.seed, kept, rate, size, flips)
    restored = 0
    for _ in range(draws):
        memory = of_coins("exponential", p, size, rng, config)
        target = memory.patterns[:cues]
        right = measures.recalled(synchronous(memory)(patterns.flip(target, flips / n, rng)), target, tolerance=0.0)
        restored += int(right.all() if kept == "all patterns" else right.sum())
    fraction, low, high = measures.proportion(restored, draws if kept == "all patterns" else draws * cues)
    return {"p": p, "flipped": flips / n, "source": "simulation", "restored": fraction, "low": low, "high": high}


def _limit(config: Numbers, kept: str) -> pd.DataFrame:
    """The step from 1 to 0 at the load of the sweep, and the rate at which it stands at the given flipped fraction."""
    flipped = np.linspace(0, 0.5, 5001)
    rate = dense.exponential_rate_one if kept == "one pattern" else dense.exponential_rate_all
    step = float(np.interp(-config.rate, [-rate(float(rho)) for rho in flipped], flipped))
    corners = [(0.0, 1.0), (step, 1.0), (step, 0.0), (0.5, 0.0)]
    points = [(config.rate, *corner) for corner in corners]
    points.append((rate(config.flipped), config.flipped, NAN))
    return pd.DataFrame(
        {"kept": kept, "rate": alpha, "n": math.inf, "flips": 0, "p": 0, "flipped": rho, "source": "theory, n → ∞"}
        | {"restored": restored, "low": NAN, "high": NAN}
        for alpha, rho, restored in points
    )

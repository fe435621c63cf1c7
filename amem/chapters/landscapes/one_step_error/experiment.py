"""One-step errors of the dense memories: simulated, exact, and in the Gaussian limit."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from amem import measures
from amem.chapters.landscapes.memories import ORDERS, of_coins, wrong_bits
from amem.experiment import Config, experiment
from amem.seeds import generator
from amem.sweep import sweep
from amem.theory import dense

NAN = math.nan


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """Memories with their spins and draws, and loads as the Gaussian theory's z. At most `tested` patterns a draw."""

    seed: int = 0
    memories: tuple[tuple[str, int, int], ...] = (("quadratic", 100, 2000), ("cubic", 100, 150), ("quartic", 40, 100))
    z: tuple[float, ...] = (3.16, 3.0, 2.67, 2.5, 2.24, 2.0, 1.75, 1.5)
    tested: int = 50


@experiment(
    quick=Numbers(), full=Numbers(memories=(("quadratic", 100, 20_000), ("cubic", 100, 2500), ("quartic", 100, 300)))
)
def one_step_error(config: Numbers) -> pd.DataFrame:
    """How often a bit of a stored pattern is wrong after one step, no self-coupling: simulated, exact, Gaussian."""
    points = [{"memory": memory, "aim": z} for memory, _, _ in config.memories for z in config.z]
    return sweep(one_bit, points, config)


def one_bit(config: Numbers, memory: str, aim: float) -> list[Mapping[str, object]]:
    """Rows at the whole number of patterns nearest to the load at which the Gaussian theory has z = aim.

    load: in units of n^{order−1}/(2·order−3)!!, that is 1/z². deviation: how many standard errors, estimated from draw
    to draw, the simulation is away from the exact law.
    """
    n, draws = next((n, draws) for name, n, draws in config.memories if name == memory)
    order = ORDERS[memory]
    p = round(dense.capacity(n, order, float(norm.sf(aim))))
    tested = min(p, config.tested)
    rng = generator("landscapes", "one bit", config.seed, memory, n, p)
    wrong = np.array([int(wrong_bits(of_coins(memory, p, n, rng, config), tested).sum()) for _ in range(draws)])
    bits = tested * n * draws
    rate, low, high = measures.proportion(int(wrong.sum()), bits)
    exact, gaussian = dense.one_step_error(n, p, order), dense.gaussian_one_step_error(n, p, order)
    deviation = (rate - exact) / (float(wrong.std(ddof=1)) * math.sqrt(draws) / bits)
    common = {"n": n, "p": p, "load": p / dense.capacity(n, order, float(norm.sf(1))), "errors": int(wrong.sum())}
    return [
        {**common, "source": "simulation", "error": rate, "low": low, "high": high, "deviation": deviation},
        {**common, "source": "theory, exact", "error": exact, "low": NAN, "high": NAN, "deviation": NAN},
        {**common, "source": "theory, Gaussian limit", "error": gaussian, "low": NAN, "high": NAN, "deviation": NAN},
    ]

"""Memories of spins by name: what they are made of, and how often a bit goes wrong."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from amem import patterns
from amem.energies import Exponential, Hopfield, Polynomial, SpinEnergy
from amem.experiment import Config

MEMORIES: dict[str, Callable[[Tensor], SpinEnergy]] = {
    "quadratic": Hopfield,
    "cubic": partial(Polynomial, order=3),
    "quartic": partial(Polynomial, order=4),
    "exponential": Exponential,
}
ORDERS = {"quadratic": 2, "cubic": 3, "quartic": 4}


def of_coins(memory: str, p: int, n: int, rng: torch.Generator, config: Config) -> SpinEnergy:
    """A memory of p patterns of n fair coins."""
    return MEMORIES[memory](patterns.spins(p, n, rng, device=config.device, dtype=torch.float64))


def wrong_bits(memory: SpinEnergy, tested: int) -> Tensor:
    """How many bits of each of the first patterns turn wrong in one step; a tie keeps the bit."""
    stored = memory.patterns[:tested]
    return (memory.gap(stored) * stored < 0).sum(-1)

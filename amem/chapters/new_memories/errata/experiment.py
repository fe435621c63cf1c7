"""What slips of pen and code do, in numbers."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd
import torch

from amem.chapters.new_memories.networks import networks
from amem.chapters.new_memories.seating import seating
from amem.chapters.new_memories.weighing import aliased
from amem.energies.concentration import log_normaliser
from amem.experiment import Config, experiment
from amem.learning.kernels import Kernel, hyperbolic, oscillator
from amem.sweep import Row, grid, sweep


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """Customers whom the oscillator counts."""

    customers: int = 50


@experiment(quick=Numbers(), full=Numbers())
def errata(config: Numbers) -> pd.DataFrame:
    """What slips of pen and code do, in numbers."""
    return sweep(slip, grid(name=list(SLIPS)), config)


def slip(config: Numbers, name: str) -> list[Row]:
    """One of them, by name; `at` is where it is looked at."""
    return SLIPS[name](config)


def _without_normaliser(config: Numbers) -> list[Row]:
    """log₁₀ of the odds for a new memory that the missing normalisers add, at β/ρ = 100, from the two networks."""
    rows: list[Row] = []
    for n in (2, 5, 10, 20, 50):
        odds: list[float] = []
        for normalised in (True, False):
            network = networks(n, config.device, alpha=1.0, beta=1.0, rho=0.01, normalised=normalised)
            x = torch.ones(1, n, dtype=torch.float64, device=config.device)
            network.see(x)
            log_joint = network.log_joint(x)[0]
            odds.append(float(log_joint[-1] - log_joint[0]))
        rows.append({"quantity": "log10 of added odds", "at": float(n), "found": (odds[1] - odds[0]) / math.log(10)})
    return rows


def _wrong_index(config: Numbers) -> list[Row]:
    """All chances added up at tables of 1; 1, 1; and 5, 2, 1, by the formula as printed."""
    sums: dict[float, float] = {}
    for row in seating():
        seated = cast("float", row["customers"])
        sums[seated] = sums.get(seated, 0.0) + cast("float", row["literal"])
    return [{"quantity": "sum of all chances", "at": float(at), "found": found} for at, found in sums.items()]


def _aliasing(config: Numbers) -> list[Row]:
    """Σ_c N_c over customers, where the kernel says Z_n = Σ k(t_n − t_m), with and without the slip; ω = 1."""
    kernel, customers = oscillator(1.0), config.customers
    counted = np.tril(kernel.matrix(np.arange(customers)), -1).sum(-1)
    rows: list[Row] = []
    for name, form in (("as meant", kernel), ("aliased", aliased(kernel))):
        state = form.start(1, torch.ones(1, dtype=torch.float64))
        for customer in range(customers):
            state = form.later(state, 1.0 if customer else 0.0)
            found = float(form.occupancy(state)[0, 0])
            state = state + 1
            right = float(counted[customer])
            rows.append({"quantity": f"occupancy, {name}", "at": customer + 1.0, "found": found, "right": right})
    return rows


def _quadrature(config: Numbers) -> list[Row]:
    """1/(1 + cΔ) at c = 0.05 from 250 exponentials at rates 0.05 apart, and from the 48 used here."""
    rates = 0.05 * (np.arange(250) + 0.5)
    published = Kernel("hyperbolic", tuple(rates.tolist()), tuple((np.exp(-rates / 0.05)).tolist()))
    here = hyperbolic(0.05)
    rows: list[Row] = []
    for gap in (0.0, 1.0, 5.0, 20.0, 100.0, 1000.0):
        for name, kernel in (("as published", published), ("here", here)):
            right = 1 / (1 + 0.05 * gap)
            rows.append({"quantity": f"kernel, {name}", "at": gap, "found": float(kernel(gap)), "right": right})
    return rows


def _without_sphere(config: Numbers) -> list[Row]:
    """log C_n(κ) in nats: what is missing from the memories that are there."""
    return [
        {"quantity": f"log C, n = {n}", "at": kappa, "found": float(log_normaliser(torch.tensor(kappa).double(), n))}
        for n in (10, 30)
        for kappa in (25.0, 100.0, 1000.0)
    ]


SLIPS: dict[str, Callable[[Numbers], list[Row]]] = {
    "normaliser": _without_normaliser,
    "index": _wrong_index,
    "aliasing": _aliasing,
    "quadrature": _quadrature,
    "sphere": _without_sphere,
}

"""Going downhill in continuous states, without noise (recall) and with it (generation)."""

import math
from functools import partial

import torch
from torch import Tensor

from amem import checks, shapes
from amem.dynamics.base import Update
from amem.energies import Energy


def gradient_flow(energy: Energy, step: float) -> Update:
    """x ← x − step · ∇E(x): an explicit Euler step of ẋ = −∇E. Stable while step · curvature < 2.

    Raises ValueError or TypeError if energy is not an Energy or step not above 0.
    """
    _energy(energy)
    return partial(_downhill, energy, checks.positive("step", step))


def langevin(energy: Energy, step: float, temperature: float, rng: torch.Generator) -> Update:
    """x ← x − step · ∇E(x) + √(2 · step · temperature) ω, ω ~ N(0, I): samples exp(−E/temperature) as step → 0.

    In a well of curvature k its stationary variance is temperature / (k (1 − step·k/2)). Raises ValueError or
    TypeError if energy is not an Energy, step not above 0, temperature negative, or rng no generator.
    """
    _energy(energy)
    step, temperature = checks.positive("step", step), checks.at_least_zero("temperature", temperature)
    return partial(_shaken, energy, step, math.sqrt(2 * step * temperature), shapes.generator("rng", rng))


def _downhill(energy: Energy, step: float, state: Tensor) -> Tensor:
    return state + step * energy.force(state)


def _shaken(energy: Energy, step: float, scale: float, rng: torch.Generator, state: Tensor) -> Tensor:
    noise = torch.randn(state.shape, generator=rng, dtype=torch.float64, device=rng.device).to(state)
    return _downhill(energy, step, state) + scale * noise


def _energy(energy: Energy) -> None:
    if not isinstance(energy, Energy):
        raise TypeError(f"energy: wanted an amem Energy, got {type(energy).__name__}")

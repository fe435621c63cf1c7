"""Going downhill in continuous states, without noise (recall) and with it (generation)."""

import math

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
    checks.positive("step", step)
    return lambda state: state + step * energy.force(state)


def langevin(energy: Energy, step: float, temperature: float, rng: torch.Generator) -> Update:
    """x ← x − step · ∇E(x) + √(2 · step · temperature) ω, ω ~ N(0, I): samples exp(−E/temperature) as step → 0.

    In a well of curvature k its stationary variance is temperature / (k (1 − step·k/2)). Raises ValueError or
    TypeError if energy is not an Energy, step not above 0, temperature negative, or rng no generator.
    """
    _energy(energy)
    checks.positive("step", step)
    checks.at_least_zero("temperature", temperature)
    shapes.generator("rng", rng)
    scale = math.sqrt(2 * step * temperature)

    def update(state: Tensor) -> Tensor:
        noise = torch.randn(state.shape, generator=rng, dtype=torch.float64, device=rng.device).to(state)
        return state + step * energy.force(state) + scale * noise

    return update


def _energy(energy: Energy) -> None:
    if not isinstance(energy, Energy):
        raise TypeError(f"energy: wanted an amem Energy, got {type(energy).__name__}")

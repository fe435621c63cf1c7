"""Rules for ±1 states: each spin looks at the gap E(σᵢ = −1) − E(σᵢ = +1) and turns where it is lower."""

from collections.abc import Callable

import torch
from torch import Tensor

from amem import checks, shapes
from amem.dynamics.base import Update
from amem.energies import SpinEnergy


def synchronous(energy: SpinEnergy) -> Update:
    """σ ← sign(gap(σ)), all spins at once; at a tie a spin stays. May raise the energy and may cycle with period
    two."""
    _spin_energy(energy)
    return lambda state: _point(energy.gap(state), state)


def asynchronous(energy: SpinEnergy, rng: torch.Generator) -> Update:
    """One sweep: every spin once, in a fresh random order, each set to sign(gap); at a tie it stays. Never raises the
    energy.

    The order is the same for all states of a batch, so that an answer does not depend on its company.
    Raises TypeError if energy is not a SpinEnergy or rng not a torch.Generator.
    """
    _spin_energy(energy)
    shapes.generator("rng", rng)
    return lambda state: _sweep(energy, rng, state, _point)


def glauber(energy: SpinEnergy, temperature: float, rng: torch.Generator) -> Update:
    """One sweep of heat-bath updates, P(σᵢ = +1) = 1/(1 + exp(−gap/T)) [glauber1963time], in a fresh random order.

    Its stationary law is exp(−E/T)/Z. temperature is in units of the energy.
    Raises ValueError or TypeError if temperature is not above 0, energy not a SpinEnergy or rng not a torch.Generator.
    """
    _spin_energy(energy)
    checks.positive("temperature", temperature)
    shapes.generator("rng", rng)

    def draw(gap: Tensor, spin: Tensor) -> Tensor:
        chance = torch.rand(gap.shape, generator=rng, dtype=torch.float64, device=rng.device).to(gap)
        return torch.where(chance < torch.sigmoid(gap / temperature), 1, -1).to(spin)

    return lambda state: _sweep(energy, rng, state, draw)


def _spin_energy(energy: SpinEnergy) -> None:
    if not isinstance(energy, SpinEnergy):
        raise TypeError(f"energy: wanted an energy of ±1 states (a SpinEnergy), got {type(energy).__name__}")


def _point(gap: Tensor, spin: Tensor) -> Tensor:
    return torch.where(gap == 0, spin, gap.sign())


def _sweep(
    energy: SpinEnergy, rng: torch.Generator, state: Tensor, choose: Callable[[Tensor, Tensor], Tensor]
) -> Tensor:
    """Visit all spins in random order, carrying the overlaps along: O(p) a visit."""
    state, overlap = state.clone(), energy.overlap(state)
    for site in torch.randperm(state.shape[-1], generator=rng, device=rng.device).tolist():
        spin = state[..., site]
        chosen = choose(energy.gap_at(site, spin, overlap), spin)
        overlap = overlap + (chosen - spin)[..., None] * energy.patterns[:, site]
        state[..., site] = chosen
    return state

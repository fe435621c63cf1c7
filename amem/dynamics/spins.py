"""Rules for ±1 states: each spin looks at the gap E(σᵢ = −1) − E(σᵢ = +1) and turns where it is lower."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor

from amem import checks, shapes
from amem.dynamics.base import Sequential, Update
from amem.energies import SpinEnergy


def synchronous(energy: SpinEnergy) -> Update:
    """σ ← sign(gap(σ)), all spins at once; at a tie a spin stays. May raise the energy and may cycle with period
    two.

    A state may hold zeros, spins that are not known; one stays 0 at a tie only.
    Raises TypeError if energy is not a SpinEnergy; the rule raises ValueError for a state of another width.
    """
    _spin_energy(energy)
    return partial(_all_at_once, energy)


def asynchronous(energy: SpinEnergy, rng: torch.Generator) -> Update:
    """One sweep: every spin once, in a fresh random order, each set to sign(gap); at a tie it stays. Never raises the
    energy.

    The order is the same for all states of a batch, so that an answer does not depend on its company. A state may hold
    zeros, spins that are not known; one stays 0 at a tie only.
    Raises TypeError if energy is not a SpinEnergy or rng not a torch.Generator; the rule raises ValueError for a state
    of another width.
    """
    _spin_energy(energy)
    return _Sweep(energy, shapes.generator("rng", rng), _point)


def glauber(energy: SpinEnergy, temperature: float, rng: torch.Generator) -> Update:
    """One sweep of heat-bath updates, P(σᵢ = +1) = 1/(1 + exp(−gap/T)) [glauber1963time], in a fresh random order.

    Its stationary law is exp(−E/T)/Z. temperature is in units of the energy.
    Raises ValueError or TypeError if temperature is not above 0, energy not a SpinEnergy or rng not a torch.Generator;
    the rule raises ValueError for a state of another width.
    """
    _spin_energy(energy)
    draw = partial(_draw, checks.positive("temperature", temperature), shapes.generator("rng", rng))
    return _Sweep(energy, rng, draw)


def _spin_energy(energy: SpinEnergy) -> None:
    if not isinstance(energy, SpinEnergy):
        raise TypeError(f"energy: wanted an energy of ±1 states (a SpinEnergy), got {type(energy).__name__}")


def _all_at_once(energy: SpinEnergy, state: Tensor) -> Tensor:
    shapes.states("state", state, energy.patterns.shape[1])
    return _point(energy.gap(state), state)


def _point(gap: Tensor, spin: Tensor) -> Tensor:
    sign = gap.sign().to(spin.dtype)
    return torch.where(sign == 0, spin, sign)


def _draw(temperature: float, rng: torch.Generator, gap: Tensor, spin: Tensor) -> Tensor:
    chance = torch.rand(gap.shape, generator=rng, dtype=torch.float64, device=rng.device).to(gap)
    return torch.where(chance < torch.sigmoid(gap / temperature), 1, -1).to(spin)


@dataclass(frozen=True)
class _Sweep(Sequential):
    """All spins in random order, carrying the overlaps along: O(p) a visit."""

    energy: SpinEnergy
    rng: torch.Generator
    choose: Callable[[Tensor, Tensor], Tensor]

    def __call__(self, state: Tensor, held: Tensor | None = None) -> Tensor:
        shapes.states("state", state, self.energy.patterns.shape[1])
        state, overlap = state.clone(), self.energy.overlap(state)
        for site in torch.randperm(state.shape[-1], generator=self.rng, device=self.rng.device).tolist():
            spin = state[..., site]
            chosen = self.choose(self.energy.gap_at(site, spin, overlap), spin)
            if held is not None:
                chosen = torch.where(held[..., site], spin, chosen)
            overlap = overlap + (chosen - spin)[..., None] * self.energy.patterns[:, site]
            state[..., site] = chosen
        return state

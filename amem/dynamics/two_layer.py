"""The motion of the two-layer network."""

from functools import partial

from torch import Tensor

from amem import checks, shapes
from amem.dynamics.base import Update
from amem.energies import KrotovHopfield


def relax(energy: KrotovHopfield, step: float, *, visible_time: float, hidden_time: float) -> Update:
    """x ← x + step · ẋ with τ_v v̇ = Ξᵀf − v + I and τ_h ḣ = Ξg − h [krotov2021large, eq. 1].

    Along the exact flow Ė = −τ_v v̇ᵀ∇²L_v v̇ − τ_h ḣᵀ∇²L_h ḣ ≤ 0. step and times share one unit.
    Raises ValueError or TypeError if energy is not a KrotovHopfield or a number is not above 0; the rule raises
    ValueError for a state of another width.
    """
    if not isinstance(energy, KrotovHopfield):
        raise TypeError(f"energy: wanted a KrotovHopfield, got {type(energy).__name__}")
    times = checks.positive("visible_time", visible_time), checks.positive("hidden_time", hidden_time)
    return partial(_relaxed, energy, checks.positive("step", step), times)


def _relaxed(energy: KrotovHopfield, step: float, times: tuple[float, float], state: Tensor) -> Tensor:
    shapes.states("state", state, sum(energy.patterns.shape))
    return state + step * energy.velocity(state, *times)

"""Climbing on the sphere."""

from functools import partial

import torch
from torch import Tensor

from amem import checks
from amem.dynamics.base import Update
from amem.energies import Energy


def mode_seeking(energy: Energy) -> Update:
    """s ← −∇E(s)/‖∇E(s)‖: for a mixture on the sphere, normalise(Σ_j a_j κ_j m_j) [schaeffer2024bridging, sec. 4].

    Attention whose values are its keys, then normalisation. It never raises an energy that is concave in s
    (`SphericalMixture`): such an energy lies below its tangent, whose lowest point on the sphere is the next state.
    Where the force is zero the state rests. Neurons that `run` holds are put back after the normalisation, so that the
    state leaves the sphere. Raises TypeError if energy is not an Energy.
    """
    if not isinstance(energy, Energy):
        raise TypeError(f"energy: wanted an amem Energy, got {checks.describe(energy)}")
    return partial(_normalised, energy)


def _normalised(energy: Energy, state: Tensor) -> Tensor:
    force = energy.force(state)
    length = torch.linalg.vector_norm(force, dim=-1, keepdim=True)
    return torch.where(length == 0, state, force / length)

"""Recall by averaging: attention over patterns, and mean shift over points, which is the same step on a sphere."""

from functools import partial

import torch
from jaxtyping import Float
from torch import Tensor

from amem import checks, shapes
from amem.dynamics.base import Update
from amem.energies import GaussianKDE
from amem.energies.softmax import average


def attend(patterns: Float[Tensor, "p n"], beta: float) -> Update:
    """ξ ← Σ_μ softmax_μ(β x_μ·ξ) x_μ [ramsauer2021hopfield, eq. 3]; never raises the energy LogSumExp(patterns, beta).

    Attention with keys = values = patterns; β = 1/√d_k there.
    Raises ValueError or TypeError for patterns that are not a finite floating matrix and for beta not above 0; the rule
    raises ValueError for a state of another width.
    """
    return partial(_attend, shapes.matrix("patterns", patterns), checks.positive("beta", beta))


def mean_shift(points: Float[Tensor, "p n"], bandwidth: float) -> Update:
    """x ← T(x) = Σ_μ x_μ exp(−‖x−x_μ‖²/2h²) / Σ_μ exp(−‖x−x_μ‖²/2h²) [schaeffer2024bridging, sec. 3].

    Never raises the energy GaussianKDE(points, bandwidth). Attention at β = 1/h² if all points have the same norm.
    Raises ValueError or TypeError for points that are not a finite floating matrix and for bandwidth not above 0; the
    rule raises ValueError for a state of another width.
    """
    return partial(_shift, GaussianKDE(points, bandwidth))


def _attend(patterns: Tensor, beta: float, state: Tensor) -> Tensor:
    query = beta * shapes.states("state", state, patterns.shape[1])
    # the fused kernels answer a query that is not a number with a pattern or with zeros
    return torch.where(query.isnan(), query, average(query, patterns))


def _shift(energy: GaussianKDE, state: Tensor) -> Tensor:
    return shapes.states("state", state, energy.points.shape[1]) + energy.force(state)

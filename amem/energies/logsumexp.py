"""The log-sum-exp energy: the modern continuous Hopfield network, whose recall step is attention."""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from amem import shapes
from amem.energies.base import SharpEnergy
from amem.energies.softmax import average, log_count, log_sum_exp


class LogSumExp(SharpEnergy):
    """E(ξ) = −β⁻¹ log Σ_μ exp(β x_μ·ξ) + ½‖ξ‖² + β⁻¹ log p + ½M², M = max ‖x_μ‖ [ramsauer2021hopfield, eq. 2].

    Between 0 and 2M² on the convex hull of the patterns. exp(−βE) is, up to a constant, the density of a mixture of p
    Gaussians with means x_μ, covariance I/β and weights ∝ exp(β‖x_μ‖²/2); `log_density` is that mixture's.

    patterns: (p, n); beta: inverse temperature, above 0, in units of 1/‖x‖².
    Raises ValueError or TypeError for patterns that are not a finite floating matrix and for beta not above 0.
    """

    patterns: Tensor
    beta: Tensor

    def __init__(self, patterns: Float[Tensor, "p n"], beta: float | nn.Parameter) -> None:
        super().__init__()
        self.keep("patterns", shapes.matrix("patterns", patterns))
        self.keep("beta", shapes.scale("beta", beta, patterns))
        self.look()

    @property
    def n(self) -> int:
        return self.patterns.shape[1]

    def largest_exponent(self) -> Float[Tensor, ""]:
        return self.beta * self.patterns.square().sum(-1).max()

    def forward(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch"]:
        query, patterns, beta = self._precise(state)
        similarity = log_sum_exp(beta * query, patterns, torch.zeros_like(patterns[:, 0]))
        largest = patterns.square().sum(-1).max()
        energy = (log_count(patterns) - similarity) / beta + (query.square().sum(-1) + largest) / 2
        return energy.to(state.dtype)

    def force(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch n"]:
        """Σ_μ softmax_μ(β x_μ·ξ) x_μ − ξ: from the state to what attention returns [ramsauer2021hopfield, eq. 3]."""
        query, patterns, beta = self._precise(state)
        return (average(beta * query, patterns) - query).to(state.dtype)

    def log_density(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch"]:
        """log Σ_μ w_μ N(ξ; x_μ, I/β), w_μ ∝ exp(β‖x_μ‖²/2): the density of which βE is minus the logarithm."""
        query, patterns, beta = self._precise(state)
        weight = beta * patterns.square().sum(-1) / 2
        exponents = log_sum_exp(beta * query, patterns, torch.zeros_like(weight))
        normaliser = weight.logsumexp(-1) + state.shape[-1] / 2 * (2 * math.pi / beta).log()
        return (exponents - beta * query.square().sum(-1) / 2 - normaliser).to(state.dtype)

    def _precise(self, state: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """State, patterns and β, as precise as exponents must be."""
        dtype = self.precision(state.dtype)
        return state.to(dtype), self.patterns.to(dtype), self.beta.to(dtype)

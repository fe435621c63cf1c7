"""Kernel density estimators read as memories: the training points are the memories, modes are what is recalled."""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from amem import shapes
from amem.energies.base import Energy
from amem.energies.softmax import average, log_sum_exp


class KernelEnergy(Energy):
    """A sum of equal kernels of bandwidth h, one on each point, with unit curvature at an isolated point.

    points: (p, n); bandwidth: above 0, in the units of the points.
    Raises ValueError or TypeError for points that are not a finite floating matrix and for bandwidth not above 0.
    """

    points: Tensor
    bandwidth: Tensor

    def __init__(self, points: Float[Tensor, "p n"], bandwidth: float | nn.Parameter) -> None:
        super().__init__()
        self.keep("points", shapes.matrix("points", points))
        self.keep("bandwidth", shapes.scale("bandwidth", bandwidth, points))


class GaussianKDE(KernelEnergy):
    """E(x) = −h² log Σ_μ exp(−‖x − x_μ‖²/2h²), minus h² times the log-likelihood [schaeffer2024bridging, sec. 3].

    On points of equal norm M it is the modern Hopfield energy at β = 1/h², up to the constant h² log p. Distances are
    taken after the points' mean has been removed, so data far from the origin lose no digits.
    """

    def forward(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch"]:
        return -self.bandwidth.square() * self._log_kernels(state)

    def force(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch n"]:
        """T(x) − x, T(x) = Σ_μ p_μ(x) x_μ: the mean-shift vector [schaeffer2024bridging, sec. 3]."""
        query, points, bias = self._centred(state)
        return average(query / self.bandwidth.square(), points, bias) - query

    def log_density(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch"]:
        """log p⁻¹ Σ_μ N(x; x_μ, h²I), the estimator's log-density."""
        normaliser = math.log(len(self.points)) + state.shape[-1] / 2 * (2 * math.pi * self.bandwidth.square()).log()
        return self._log_kernels(state) - normaliser

    def _log_kernels(self, state: Tensor) -> Tensor:
        query, points, bias = self._centred(state)
        variance = self.bandwidth.square()
        return log_sum_exp(query / variance, points, bias) - query.square().sum(-1) / (2 * variance)

    def _centred(self, state: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """State and points without the points' mean, and the score −‖x_μ‖²/2h² with which each point starts."""
        centre = self.points.mean(0)
        points = self.points - centre
        return state - centre, points, -points.square().sum(-1) / (2 * self.bandwidth.square())


class Epanechnikov(KernelEnergy):
    """E(x) = −½h² log Σ_μ [1 − ‖x − x_μ‖²/h²]₊, the log-sum-ReLU energy [hoover2025epanechnikov].

    Kernels of finite reach h, in the scale where an isolated point has unit curvature. +∞ where no point is within
    reach: there the landscape is flat, the force is zero and nothing is remembered.
    """

    def forward(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch"]:
        return -self.bandwidth.square() / 2 * self._kernels(state).sum(-1).log()

    def force(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch n"]:
        """Σ_{μ in reach} (x_μ − x) / Σ_μ [1 − ‖x − x_μ‖²/h²]₊, and 0 where none is in reach."""
        kernels = self._kernels(state)
        within, total = (kernels > 0).to(state), kernels.sum(-1, keepdim=True)
        centre = self.points.mean(0)
        pull = within @ (self.points - centre) - within.sum(-1, keepdim=True) * (state - centre)
        return pull / torch.where(total > 0, total, 1)

    def log_density(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch"]:
        """The log of the kernel density; one kernel integrates to 2 V_n hⁿ/(n + 2), V_n the volume of the unit ball."""
        n = state.shape[-1]
        unit_ball = n / 2 * math.log(math.pi) - math.lgamma(n / 2 + 1)
        one_kernel = unit_ball + math.log(2 / (n + 2)) + n * self.bandwidth.log()
        return self._kernels(state).sum(-1).log() - math.log(len(self.points)) - one_kernel

    def _kernels(self, state: Tensor) -> Tensor:
        distance = (state[..., None, :] - self.points).square().sum(-1)
        return (1 - distance / self.bandwidth.square()).relu()

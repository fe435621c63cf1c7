"""Kernel density estimators read as memories: the training points are the memories, modes are what is recalled."""

import math
from collections.abc import Iterator
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from amem import shapes
from amem.energies.base import SharpEnergy
from amem.energies.softmax import average, batched, log_count, log_sum_exp, tiles


class KernelEnergy(SharpEnergy):
    """A sum of equal kernels of bandwidth h, one on each point, with unit curvature at an isolated point.

    points: (p, n); bandwidth: above 0, in the units of the points. Log densities are right to 0.05 nats, or to their
    dtype's last digit, where no point is further than 10⁷ h from the points' mean; beyond that a RuntimeWarning says
    how far they may be off. Raises ValueError or TypeError for points that are not a finite floating matrix and for
    bandwidth not above 0.
    """

    points: Tensor
    bandwidth: Tensor

    def __init__(self, points: Float[Tensor, "p n"], bandwidth: float | nn.Parameter) -> None:
        super().__init__()
        self.keep("points", shapes.matrix("points", points))
        self.keep("bandwidth", shapes.scale("bandwidth", bandwidth, points))
        self.look()

    @property
    def n(self) -> int:
        return self.points.shape[1]

    def largest_exponent(self) -> Float[Tensor, ""]:
        return (self.points - self.points.mean(0)).square().sum(-1).max() / self.bandwidth.square()

    def _precise(self, state: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """State and points without the points' mean, and h, as precise as exponents must be."""
        dtype = self.precision(state.dtype)
        points = self.points.to(dtype)
        centre = points.mean(0)
        return state.to(dtype) - centre, points - centre, self.bandwidth.to(dtype)


class GaussianKDE(KernelEnergy):
    """E(x) = −h² log Σ_μ exp(−‖x − x_μ‖²/2h²), minus h² times the log-likelihood [schaeffer2024bridging, sec. 3].

    On points of equal norm M it is the modern Hopfield energy at β = 1/h², up to the constant h² log p. Distances are
    taken after the points' mean has been removed, so data far from the origin lose no digits.
    """

    def forward(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch"]:
        query, points, h = self._precise(state)
        return (-h.square() * self._log_kernels(query, points, h)).to(state.dtype)

    def force(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch n"]:
        """T(x) − x, T(x) = Σ_μ p_μ(x) x_μ: the mean-shift vector [schaeffer2024bridging, sec. 3]."""
        query, points, h = self._precise(state)
        return (average(query / h.square(), points, self._bias(points, h)) - query).to(state.dtype)

    def log_density(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch"]:
        """log p⁻¹ Σ_μ N(x; x_μ, h²I), the estimator's log-density."""
        query, points, h = self._precise(state)
        normaliser = log_count(points) + state.shape[-1] / 2 * (2 * math.pi * h.square()).log()
        return (self._log_kernels(query, points, h) - normaliser).to(state.dtype)

    def _log_kernels(self, query: Tensor, points: Tensor, h: Tensor) -> Tensor:
        variance = h.square()
        scores = log_sum_exp(query / variance, points, self._bias(points, h))
        return scores - query.square().sum(-1) / (2 * variance)

    def _bias(self, points: Tensor, h: Tensor) -> Tensor:
        """The score −‖x_μ‖²/2h² with which each point starts."""
        return -points.square().sum(-1) / (2 * h.square())


class Epanechnikov(KernelEnergy):
    """E(x) = −½h² log Σ_μ [1 − ‖x − x_μ‖²/h²]₊, the log-sum-ReLU energy [hoover2025epanechnikov].

    Kernels of finite reach h, in the scale where an isolated point has unit curvature. +∞ where no point is within
    reach: there the landscape is flat, the force is zero and nothing is remembered.
    """

    def forward(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch"]:
        return -self.bandwidth.square() / 2 * self._total(state).log()

    def force(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch n"]:
        """Σ_{μ in reach} (x_μ − x) / Σ_μ [1 − ‖x − x_μ‖²/h²]₊, and 0 where none is in reach."""
        total = self._total(state)[..., None]
        flat = state.reshape(-1, state.shape[-1])
        pull = _pull(flat, self.points, self.bandwidth, self.precision(state.dtype)).reshape(state.shape)
        return pull / torch.where(total > 0, total, 1)

    def log_density(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch"]:
        """The log of the kernel density; one kernel integrates to 2 V_n hⁿ/(n + 2), V_n the volume of the unit ball."""
        n = state.shape[-1]
        unit_ball = n / 2 * math.log(math.pi) - math.lgamma(n / 2 + 1)
        one_kernel = unit_ball + math.log(2 / (n + 2)) + n * self.bandwidth.log()
        return self._total(state).log() - log_count(self.points) - one_kernel

    def _total(self, state: Tensor) -> Tensor:
        flat = state.reshape(-1, state.shape[-1])
        if torch.compiler.is_compiling():
            total = _kernels(flat, self.points, self.bandwidth).sum(-1)
        else:
            total = _Total.apply(flat, self.points, self.bandwidth, self.precision(state.dtype))
        return total.reshape(state.shape[:-1])


def _kernels(queries: Tensor, points: Tensor, bandwidth: Tensor) -> Float[Tensor, "q p"]:
    """[1 − ‖x − x_μ‖²/h²]₊, distances from differences."""
    distance = (queries[..., None, :] - points).square().sum(-1)
    return (1 - distance / bandwidth.square()).relu()


def _in_tiles(queries: Tensor, points: Tensor, bandwidth: Tensor) -> Iterator[tuple[slice, Tensor]]:
    """The kernels of all points at some of the queries, never holding queries × points × n differences."""
    if torch.compiler.is_compiling():
        yield slice(None), _kernels(queries, points, bandwidth)
        return
    for tile in tiles(queries, points.numel()):
        parts = [_kernels(queries[tile], points[some], bandwidth) for some in tiles(points, points.shape[1])]
        yield tile, torch.cat(parts, -1)


def _pull(queries: Tensor, points: Tensor, bandwidth: Tensor, dtype: torch.dtype) -> Float[Tensor, "q n"]:
    """Σ_{μ in reach} (x_μ − x), summed in a dtype."""
    centre = points.to(dtype).mean(0)
    x, memories = queries.to(dtype) - centre, points.to(dtype) - centre
    pulls = [x.new_zeros(0, x.shape[1])]
    for tile, kernels in _in_tiles(queries, points, bandwidth):
        within = (kernels > 0).to(dtype)
        pulls.append(within @ memories - within.sum(-1, keepdim=True) * x[tile])
    return torch.cat(pulls).to(queries.dtype)


class _Total(torch.autograd.Function):
    """Σ_μ [1 − ‖x − x_μ‖²/h²]₊. Which points are in reach does not change with the state, but where there is a kink, so
    that derivatives are sums over those."""

    @staticmethod
    def forward(queries: Tensor, points: Tensor, bandwidth: Tensor, dtype: torch.dtype) -> Tensor:
        sums = [kernels.sum(-1) for _, kernels in _in_tiles(queries, points, bandwidth)]
        return torch.cat([queries.new_zeros(0), *sums])

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, Tensor, Tensor, torch.dtype], output: Tensor) -> None:
        *tensors, ctx.dtype = inputs
        ctx.save_for_backward(*tensors)
        ctx.save_for_forward(*tensors)

    @staticmethod
    def vmap(info: Any, in_dims: tuple[int | None, ...], *inputs: Any) -> tuple[Tensor, int]:
        return batched(_Total.apply, info, in_dims, *inputs)

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        (cotangent,) = grad_outputs
        queries, points, h = ctx.saved_tensors
        total = _Total.apply(queries, points, h, ctx.dtype)
        centre = points.to(ctx.dtype).mean(0)
        x, memories, weight = queries.to(ctx.dtype) - centre, points.to(ctx.dtype) - centre, cotangent.to(ctx.dtype)
        for_points, count = torch.zeros_like(memories), [queries.new_zeros(0)]
        for tile, kernels in _in_tiles(queries, points, h):
            within = (kernels > 0).to(ctx.dtype)
            share = weight[tile, None] * within
            for_points = for_points + share.T @ x[tile] - share.sum(0)[:, None] * memories
            count.append(within.sum(-1).to(queries.dtype))
        return (
            2 / h.square() * cotangent[:, None] * _pull(queries, points, h, ctx.dtype),
            2 / h.square() * for_points.to(points.dtype),
            2 / h * (cotangent * (torch.cat(count) - total)).sum(),
            None,
        )

    @staticmethod
    def jvp(ctx: Any, *grad_inputs: Any) -> Tensor:
        queries, points, h = ctx.saved_tensors
        for_queries, for_points, for_h, _ = grad_inputs
        total = _Total.apply(queries, points, h, ctx.dtype)
        change = torch.zeros_like(total)
        if for_queries is not None:
            change = change + 2 / h.square() * (_pull(queries, points, h, ctx.dtype) * for_queries).sum(-1)
        if for_points is not None or for_h is not None:
            centre = points.mean(0)
            x, memories, parts = queries - centre, points - centre, [queries.new_zeros(0)]
            for tile, kernels in _in_tiles(queries, points, h):
                within = (kernels > 0).to(queries.dtype)
                part = torch.zeros_like(x[tile, 0])
                if for_points is not None:
                    along = x[tile] @ for_points.T - (memories * for_points).sum(-1)
                    part = part + 2 / h.square() * (within * along).sum(-1)
                if for_h is not None:
                    part = part + 2 / h * (within.sum(-1) - total[tile]) * for_h
                parts.append(part)
            change = change + torch.cat(parts)
        return change

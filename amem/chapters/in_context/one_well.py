"""One quadratic well, taught by a network's own sampler: what contrastive divergence should learn of it."""

import torch
from torch import Tensor, nn

from amem.chapters.in_context.learners import Divergence, Learning
from amem.chapters.in_context.terms import MARGINAL
from amem.energies import Energy
from amem.theory import langevin


class Well(Energy):
    """E = k‖x‖²/2 with a curvature that can be learned."""

    def __init__(self, curvature: float) -> None:
        super().__init__()
        self.curvature = nn.Parameter(torch.tensor(curvature, dtype=torch.float64))

    def forward(self, state: Tensor) -> Tensor:
        return self.curvature * state.square().sum(-1) / 2

    def force(self, state: Tensor) -> Tensor:
        return -self.curvature * state


def variance(numbers: Learning, data: str) -> float:
    """Of a coordinate of a point, its mixture unknown, or of one component."""
    return numbers.scale**2 + (numbers.spread**2 if data == MARGINAL else 0)


def learned_well(variance: float, way: Divergence) -> tuple[float, float]:
    """The curvature that contrastive divergence should learn from data of this variance, and its inverse temperature
    against −log p."""
    curvature = langevin.learned_curvature(
        variance, steps=way.steps, step=way.step, noise=way.noise, start=way.start**2 / 3
    )
    return curvature, 1 / (variance * curvature)

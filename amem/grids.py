"""Energies normalised on a grid: in one or two dimensions a partition function is a sum that can be done.

Here exp(−βE) is a density up to its integral, whatever scale an energy was learned at; β is its inverse temperature.
"""

import math
from dataclasses import dataclass
from typing import cast

import torch
from jaxtyping import Float
from scipy.optimize import brentq
from torch import Tensor, nn

from amem import checks, shapes

SMALLEST, LARGEST = 1e-6, 1e6
"""Between which an inverse temperature is looked for."""


@dataclass(frozen=True)
class Grid:
    """Points on an even grid and the length, area or volume of its cell."""

    points: Float[Tensor, "g n"]
    cell: float


def box(half: float, side: int, n: int, *, device: torch.device | str, dtype: torch.dtype) -> Grid:
    """side^n points from −half to half in each of n directions, the last running fastest.

    Raises ValueError or TypeError if half is not above 0, side not a whole number of at least 2, n of at least 1.
    """
    edge = checks.positive("half", half)
    side, n = checks.count("side", side, least=2), checks.count("n", n)
    axis = torch.linspace(-edge, edge, side, dtype=torch.float64)
    points = torch.cartesian_prod(*[axis] * n).reshape(-1, n)
    return Grid(points.to(device, shapes.floating("dtype", dtype)), (2 * edge / (side - 1)) ** n)


def log_partition(on_grid: Float[Tensor, "*batch g"], cell: float, beta: float = 1.0) -> Float[Tensor, "*batch"]:
    """log Z = log Σ_g exp(−βE_g) ΔA, the integral of exp(−βE) by the rule of rectangles.

    For a Gaussian well of standard deviation s the error is about 2n exp(−2π²s²/h²), h the grid's spacing: 10⁻⁵ at
    s = 0.8 h. Raises ValueError or TypeError if on_grid is not floating or cell not above 0.
    """
    shapes.states("on_grid", on_grid)
    return (-beta * on_grid).logsumexp(-1) + math.log(checks.positive("cell", cell))


def log_density(
    energy: Float[Tensor, "*batch q"], on_grid: Float[Tensor, "*batch g"], cell: float, beta: float = 1.0
) -> Float[Tensor, "*batch q"]:
    """−βE − log Z of points whose energies are given beside those of the grid.

    Raises ValueError or TypeError if the batches differ, an argument is not floating or cell not above 0.
    """
    _pair(energy, on_grid)
    return -beta * energy - log_partition(on_grid, cell, beta)[..., None]


def entropy(on_grid: Float[Tensor, "*batch g"], cell: float, beta: float = 1.0) -> Float[Tensor, "*batch"]:
    """−∫ p log p of p = exp(−βE)/Z, in nats. Raises ValueError or TypeError as `log_partition` does."""
    weights = (-beta * shapes.states("on_grid", on_grid)).softmax(-1)
    return torch.special.entr(weights).sum(-1) + math.log(checks.positive("cell", cell))


def wells(on_grid: Float[Tensor, "*batch g"], beta: float = 1.0, part: float = 0.01) -> Float[Tensor, "*batch"]:
    """The number of wells on a square grid in the plane: points below their eight neighbours, the rim apart, at which
    the density exp(−βE)/Z is more than so large a part of its maximum.

    Raises ValueError or TypeError if on_grid is not floating, not of side² points, side ≥ 3, or part not above 0.
    """
    side = math.isqrt(shapes.states("on_grid", on_grid).shape[-1])
    if side < 3 or side**2 != on_grid.shape[-1]:
        raise ValueError(f"on_grid: wanted a square grid of at least 3 × 3 points, got {checks.describe(on_grid)}")
    height = beta * (on_grid - on_grid.amin(-1, keepdim=True)).reshape(-1, 1, side, side)
    lowest, inner = -nn.functional.max_pool2d(-height, 3, 1), height[..., 1:-1, 1:-1]
    found = (inner == lowest) & (inner < math.log(1 / checks.positive("part", part)))
    return found.sum((1, 2, 3)).to(on_grid.dtype).reshape(on_grid.shape[:-1])


def fit_beta(energy: Float[Tensor, "*batch q"], on_grid: Float[Tensor, "*batch g"]) -> float:
    """The one β under which the points are likeliest: their mean energy is then the model's, ⟨E⟩ = ⟨E⟩_β.

    The negative log-likelihood is convex in β, so there is one; 0 (a flat density) if the points lie no lower than the
    grid on average, and at most 10⁶. The batches share it.
    Raises ValueError or TypeError if the batches differ or an argument is not floating.
    """
    _pair(energy, on_grid)
    energy, on_grid = energy.double(), on_grid.double()
    wanted = energy.mean()

    def excess(log_beta: float) -> float:
        weights = (-math.exp(log_beta) * on_grid).softmax(-1)
        return float(wanted - (weights * on_grid).sum(-1).mean())

    if excess(math.log(SMALLEST)) >= 0:
        return 0.0
    if excess(math.log(LARGEST)) <= 0:
        return LARGEST
    return math.exp(cast("float", brentq(excess, math.log(SMALLEST), math.log(LARGEST), xtol=1e-10)))


def _pair(energy: Tensor, on_grid: Tensor) -> None:
    if shapes.states("on_grid", on_grid).shape[:-1] != shapes.states("energy", energy).shape[:-1]:
        raise ValueError(
            f"energy: wanted the batch of on_grid, {tuple(on_grid.shape[:-1])}, got {checks.describe(energy)}"
        )

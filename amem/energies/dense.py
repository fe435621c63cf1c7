"""Dense memories: the overlaps enter the energy through a function steeper than the square."""

import math
from abc import abstractmethod

import torch
from jaxtyping import Float
from torch import Tensor

from amem import checks, shapes
from amem.energies.base import SpinEnergy


class DenseEnergy(SpinEnergy):
    """E(σ) = −Σ_μ F(ξ^μ·σ) over ±1 patterns [krotov2016dense, eq. 1].

    The gap of spin i is Σ_μ F(r + ξ_i^μ) − F(r − ξ_i^μ), r = ξ^μ·σ − ξ_i^μ σ_i [krotov2016dense, eq. 2], which is
    Σ_μ ξ_i^μ f(ξ^μ·σ − ξ_i^μ σ_i) with f(x) = F(x+1) − F(x−1). Because ξ_i^μ σ_i = ±1, f is met at two points only and

        gap = Ξᵀa + σ Σ_μ b,   a = (f(m−1) + f(m+1))/2,  b = (f(m−1) − f(m+1))/2,  m = Ξσ,

    exactly: two matrix products in place of a p × n table, for any F.

    patterns: (p, n). Raises ValueError or TypeError if they are not a floating matrix of entries ±1.
    """

    def __init__(self, patterns: Float[Tensor, "p n"]) -> None:
        super().__init__()
        self.keep("patterns", shapes.signs("patterns", patterns))

    @abstractmethod
    def interaction(self, overlap: Float[Tensor, "*batch p"]) -> Float[Tensor, "*batch p"]:
        """F, elementwise in the overlaps."""

    @abstractmethod
    def slope(self, overlap: Float[Tensor, "*batch p"]) -> Float[Tensor, "*batch p"]:
        """F′, elementwise in the overlaps."""

    def difference(self, overlap: Float[Tensor, "*batch p"]) -> Float[Tensor, "*batch p"]:
        """f(x) = F(x+1) − F(x−1), elementwise in the overlaps."""
        return self.interaction(overlap + 1) - self.interaction(overlap - 1)

    def forward(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch"]:
        return -self.interaction(self.overlap(state)).sum(-1)

    def force(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch n"]:
        """Ξᵀ F′(Ξσ)."""
        return self.slope(self.overlap(state)) @ self.patterns

    def gap(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch n"]:
        overlap = self.overlap(state)
        below, above = self.difference(overlap - 1), self.difference(overlap + 1)
        return (below + above) / 2 @ self.patterns + state * (below - above).sum(-1, keepdim=True) / 2

    def gap_at(
        self, site: int, spin: Float[Tensor, "*batch"], overlap: Float[Tensor, "*batch p"]
    ) -> Float[Tensor, "*batch"]:
        column = self.patterns[:, site]
        return self.difference(overlap - column * spin[..., None]) @ column


class Polynomial(DenseEnergy):
    """F(x) = x^order, or [x]₊^order if rectified [krotov2016dense, eqs. 1 and 3].

    Order 2 is Hopfield's energy doubled, up to a constant. An even order without rectification cannot tell a pattern
    from its negative. Whole numbers stay exact while n^order is below 2⁵³ (float64) or 2²⁴ (float32).

    Raises ValueError or TypeError if order is not a whole number of at least 2.
    """

    def __init__(self, patterns: Float[Tensor, "p n"], order: int, rectified: bool = False) -> None:
        super().__init__(patterns)
        self.order = checks.count("order", order, least=2)
        if not isinstance(rectified, bool):
            raise TypeError(f"rectified: wanted True or False, got {checks.describe(rectified)}")
        self.rectified = rectified

    def interaction(self, overlap: Float[Tensor, "*batch p"]) -> Float[Tensor, "*batch p"]:
        return (overlap.relu() if self.rectified else overlap).pow(self.order)

    def slope(self, overlap: Float[Tensor, "*batch p"]) -> Float[Tensor, "*batch p"]:
        return self.order * (overlap.relu() if self.rectified else overlap).pow(self.order - 1)


class Exponential(DenseEnergy):
    """F(x) = eˣ: a memory of exponential capacity [demircigil2017model, eq. 5].

    The energy itself is −∞ where an overlap exceeds the dtype's range (709 in float64, 88 in float32). The gap is
    computed relative to the largest overlap and scaled back at the end, so that its sign, which is all that a rule
    without temperature needs, is right at any size.
    """

    def interaction(self, overlap: Float[Tensor, "*batch p"]) -> Float[Tensor, "*batch p"]:
        return overlap.exp()

    def slope(self, overlap: Float[Tensor, "*batch p"]) -> Float[Tensor, "*batch p"]:
        return overlap.exp()

    def difference(self, overlap: Float[Tensor, "*batch p"]) -> Float[Tensor, "*batch p"]:
        return 2 * math.sinh(1) * overlap.exp()

    def gap(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch n"]:
        overlap = self.overlap(state)
        largest = overlap.amax(-1, keepdim=True)
        weight = 2 * math.sinh(1) * (overlap - largest).exp()
        relative = math.cosh(1) * weight @ self.patterns - math.sinh(1) * state * weight.sum(-1, keepdim=True)
        return _scale(relative, largest)

    def gap_at(
        self, site: int, spin: Float[Tensor, "*batch"], overlap: Float[Tensor, "*batch p"]
    ) -> Float[Tensor, "*batch"]:
        column = self.patterns[:, site]
        rest = overlap - column * spin[..., None]
        largest = rest.amax(-1)
        return _scale(self.difference(rest - largest[..., None]) @ column, largest)


def _scale(relative: Tensor, exponent: Tensor) -> Tensor:
    """relative · e^exponent, with 0 · ∞ = 0, so that a tie stays a tie, and never so small that the sign is lost."""
    least = torch.finfo(exponent.dtype).tiny / torch.finfo(exponent.dtype).eps
    return torch.where(relative == 0, relative, relative * exponent.exp().clamp(min=least))

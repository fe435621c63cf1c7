"""Dense memories: the overlaps enter the energy through a function steeper than the square."""

import math
from abc import abstractmethod
from functools import cache

import torch
from jaxtyping import Float
from torch import Tensor

from amem import checks, shapes
from amem.energies.base import SpinEnergy, at_least_single


class DenseEnergy(SpinEnergy):
    """E(σ) = −Σ_μ F(ξ^μ·σ) over ±1 patterns [krotov2016dense, eq. 1].

    The gap of spin i is Σ_μ F(r + ξ_i^μ) − F(r − ξ_i^μ), r = ξ^μ·σ − ξ_i^μ σ_i [krotov2016dense, eq. 2], which is
    Σ_μ ξ_i^μ f(ξ^μ·σ − ξ_i^μ σ_i) with f(x) = F(x+1) − F(x−1). Because ξ_i^μ σ_i = ±1, f is met at two points only and

        gap = Ξᵀa + σ Σ_μ b,   a = (f(m−1) + f(m+1))/2,  b = (f(m−1) − f(m+1))/2,  m = Ξσ,

    exactly: two matrix products in place of a p × n table, for any F. A spin that is not known, σ_i = 0, meets f at a
    third point, and its gap is (Ξᵀf(m))_i. `gap` knows states of −1, 0 and +1; `gap_at` knows any real spin.

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
        return -self.interaction(self.overlap(state)).sum(-1).to(state.dtype)

    def force(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch n"]:
        """Ξᵀ F′(Ξσ)."""
        return self.slope(self.overlap(state)) @ self.patterns

    def gap(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch n"]:
        overlap, patterns = self.overlap(state), at_least_single(self.patterns)
        here = self.interaction(overlap)
        below, above = here - self.interaction(overlap - 2), self.interaction(overlap + 2) - here
        known = (below + above) / 2 @ patterns + state * (below - above).sum(-1, keepdim=True) / 2
        return torch.where(state == 0, self.difference(overlap) @ patterns, known)

    def gap_at(
        self, site: int, spin: Float[Tensor, "*batch"], overlap: Float[Tensor, "*batch p"]
    ) -> Float[Tensor, "*batch"]:
        column = at_least_single(self.patterns[:, site])
        return self.difference(overlap - column * spin[..., None]) @ column


class Polynomial(DenseEnergy):
    """F(x) = x^order, or [x]₊^order if rectified [krotov2016dense, eqs. 1 and 3].

    Order 2 is Hopfield's energy doubled, up to a constant. An even order without rectification cannot tell a pattern
    from its negative. Whole numbers stay exact while n^order is below 2⁵³ (float64) or 2²⁴ (float32).

    Where (n + 2)^order is beyond the dtype, or so steep that the two-point identity would subtract what it has added,
    powers are computed relative to the largest and scaled back at the end, and `gap` goes from spin to spin: a gap then
    has the right sign at any order, and is infinite only where its size is beyond the dtype's range.

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

    def forward(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch"]:
        if self._in_range():
            return super().forward(state)
        overlap = self.overlap(state)
        largest = self._size(overlap)
        relative = self.interaction(overlap / largest[..., None]).sum(-1)
        return -self._scaled(relative, largest).to(state.dtype)

    def gap(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch n"]:
        if self._in_range():
            return super().gap(state)
        overlap = self.overlap(state)
        return torch.stack([self.gap_at(site, spin, overlap) for site, spin in enumerate(state.unbind(-1))], dim=-1)

    def gap_at(
        self, site: int, spin: Float[Tensor, "*batch"], overlap: Float[Tensor, "*batch p"]
    ) -> Float[Tensor, "*batch"]:
        if self._in_range():
            return super().gap_at(site, spin, overlap)
        column = at_least_single(self.patterns[:, site])
        rest = overlap - column * spin[..., None]
        largest = self._size(torch.cat([rest + 1, rest - 1], dim=-1))
        up, down = (self.interaction((rest + step) / largest[..., None]) for step in (1, -1))
        return self._scaled((up - down) @ column, largest)

    def _in_range(self) -> bool:
        p, n = self.patterns.shape
        if torch.compiler.is_compiling():  # where p may be any number
            return _in_range.__wrapped__(1 << 20, n, self.order, self.patterns.dtype)
        return _in_range(p, n, self.order, self.patterns.dtype)

    def _size(self, overlap: Tensor) -> Tensor:
        """The largest overlap that counts, or 1 where none does."""
        largest = (overlap.relu() if self.rectified else overlap.abs()).detach().amax(-1)
        return torch.where(largest > 0, largest, 1)

    def _scaled(self, relative: Tensor, largest: Tensor) -> Tensor:
        """relative · largest^order, in two factors, either of which is infinite only where all is; 0 · ∞ = 0."""
        half = self.order // 2
        return torch.where(relative == 0, relative, relative * largest.pow(half) * largest.pow(self.order - half))


@cache
def _in_range(p: int, n: int, order: int, dtype: torch.dtype) -> bool:
    """Whether sums of powers neither overflow nor lose, in binary digits, what an overlap of 1 leaves of one of 3."""
    span = torch.finfo(torch.promote_types(dtype, torch.float32))
    largest, digits = order * math.log2(n + 2) + math.log2(4 * p), -math.log2(span.eps)
    return largest < math.log2(span.max) and (largest < digits or order * math.log2(3) < digits - 4)


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
        towards = math.cosh(1) * weight @ at_least_single(self.patterns)
        known = towards - math.sinh(1) * state * weight.sum(-1, keepdim=True)
        return _scale(torch.where(state == 0, towards / math.cosh(1), known), largest)

    def gap_at(
        self, site: int, spin: Float[Tensor, "*batch"], overlap: Float[Tensor, "*batch p"]
    ) -> Float[Tensor, "*batch"]:
        column = at_least_single(self.patterns[:, site])
        rest = overlap - column * spin[..., None]
        largest = rest.amax(-1)
        return _scale(self.difference(rest - largest[..., None]) @ column, largest)


def _scale(relative: Tensor, exponent: Tensor) -> Tensor:
    """relative · e^exponent, with 0 · ∞ = 0, so that a tie stays a tie, and never so small that the sign is lost."""
    least = torch.finfo(exponent.dtype).tiny / torch.finfo(exponent.dtype).eps
    return torch.where(relative == 0, relative, relative * exponent.exp().clamp(min=least))

"""The quadratic energy: Hopfield's network of pairwise couplings."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from amem import checks, shapes
from amem.energies.base import SpinEnergy, at_least_single


class Hopfield(SpinEnergy):
    """E(σ) = −½ Σ_{i≠j} W_ij σ_i σ_j with W = Σ_μ ξ^μ ξ^μᵀ [hopfield1982neural, eqs. 2 and 7].

    Weights are left unnormalised, so that with ±1 patterns every field is a whole number. Computed through overlaps,
    −½ Σ_μ (ξ^μ·σ)² + ½ Σ_i D_i σ_i² with D_i = Σ_μ (ξ_i^μ)², in O(pn) without the n × n weights. For ±1 states the
    second term is a constant; for real states it is the missing self-coupling.

    patterns: (p, n), real. Raises ValueError or TypeError if they are not a finite floating matrix, if all of their
    entries are 0 or 1, of which this energy recalls none, or if the dtype cannot hold sums of products of two entries.
    """

    def __init__(self, patterns: Float[Tensor, "p n"]) -> None:
        super().__init__()
        self.keep("patterns", _couplable(shapes.matrix("patterns", patterns)))

    def forward(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch"]:
        overlap = self.overlap(state)
        self_coupling = (self._diagonal() * at_least_single(state).square()).sum(-1)
        return (self_coupling / 2 - overlap.square().sum(-1) / 2).to(state.dtype)

    def force(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch n"]:
        """The local fields h_i = Σ_{j≠i} W_ij σ_j."""
        return self._fields(state).to(state.dtype)

    def gap(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch n"]:
        return 2 * self._fields(state)

    def gap_at(
        self, site: int, spin: Float[Tensor, "*batch"], overlap: Float[Tensor, "*batch p"]
    ) -> Float[Tensor, "*batch"]:
        column = at_least_single(self.patterns[:, site])
        return 2 * (overlap @ column - column.square().sum() * spin)

    def _diagonal(self) -> Tensor:
        return at_least_single(self.patterns).square().sum(0)

    def _fields(self, state: Tensor) -> Tensor:
        overlap = self.overlap(state)
        return overlap @ at_least_single(self.patterns) - self._diagonal() * state


def _couplable(patterns: Tensor) -> Tensor:
    """Patterns that are told apart by products of their entries, and whose products the dtype can hold."""
    if ((patterns == 0) | (patterns == 1)).all() and 0 < patterns.count_nonzero() < patterns.numel():
        wanted = "entries −1 and +1 (2x − 1 of entries 0 and 1)"
        raise ValueError(f"patterns: wanted {wanted}, got {checks.describe(patterns)} of zeros and ones")
    largest, span = float(patterns.detach().abs().max()), torch.finfo(at_least_single(patterns).dtype)
    if largest and not math.sqrt(span.tiny) <= largest <= math.sqrt(span.max / patterns.numel()):
        wanted = f"entries whose products can be added in {span.dtype}"
        raise ValueError(f"patterns: wanted {wanted}, got {checks.describe(patterns)} with entries of {largest:.3g}")
    return patterns

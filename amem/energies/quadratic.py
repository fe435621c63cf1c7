"""The quadratic energy: Hopfield's network of pairwise couplings."""

from jaxtyping import Float
from torch import Tensor

from amem import checks, shapes
from amem.energies.base import SpinEnergy


class Hopfield(SpinEnergy):
    """E(σ) = −½ Σ_{i≠j} W_ij σ_i σ_j with W = Σ_μ ξ^μ ξ^μᵀ [hopfield1982neural, eqs. 2 and 7].

    Weights are left unnormalised, so that with ±1 patterns every field is a whole number. Computed through overlaps,
    −½ Σ_μ (ξ^μ·σ)² + ½ Σ_i D_i σ_i² with D_i = Σ_μ (ξ_i^μ)², in O(pn) without the n × n weights. For ±1 states the
    second term is a constant; for real states it is the missing self-coupling.

    patterns: (p, n), real. Raises ValueError or TypeError if they are not a finite floating matrix, and for patterns of
    0 and 1, whose minima are elsewhere.
    """

    def __init__(self, patterns: Float[Tensor, "p n"]) -> None:
        super().__init__()
        shapes.matrix("patterns", patterns)
        if ((patterns == 0) | (patterns == 1)).all() and (patterns == 0).any():
            raise ValueError(
                f"patterns: wanted −1 and +1, got {checks.describe(patterns)} of 0 and 1, which it would not recall; "
                "2 · patterns − 1 makes them spins"
            )
        self.keep("patterns", patterns)

    def forward(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch"]:
        return (self._diagonal() * state.square()).sum(-1) / 2 - self.overlap(state).square().sum(-1) / 2

    def force(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch n"]:
        """The local fields h_i = Σ_{j≠i} W_ij σ_j."""
        return self.overlap(state) @ self.patterns - self._diagonal() * state

    def gap(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch n"]:
        return 2 * self.force(state)

    def gap_at(
        self, site: int, spin: Float[Tensor, "*batch"], overlap: Float[Tensor, "*batch p"]
    ) -> Float[Tensor, "*batch"]:
        column = self.patterns[:, site]
        return 2 * (overlap @ column - column.square().sum() * spin)

    def _diagonal(self) -> Tensor:
        return self.patterns.square().sum(0)

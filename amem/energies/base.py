"""What every energy promises, and the book's one convention of sign and scale.

An energy is a negative log-likelihood: low energy means remembered. Where an inverse temperature β appears it
multiplies inside the exponential and divides outside, so that −βE is a log-density up to a constant and temperature =
1/β. Minus the gradient is a force, and following it is recall.
"""

from abc import ABC, abstractmethod

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Energy(nn.Module, ABC):
    """A scalar landscape: energy(state) maps (..., n) to (...). Low where something is remembered."""

    @abstractmethod
    def forward(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch"]:
        """The energy of each state."""

    def force(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch n"]:
        """Minus the gradient of the energy at each state.

        Differentiable again where the state asks for gradients; a learned parameter alone does not ask for them here.
        """
        with torch.enable_grad():
            point = state if state.requires_grad else state.detach().requires_grad_()
            (gradient,) = torch.autograd.grad(self(point).sum(), point, create_graph=state.requires_grad)
        return -gradient

    def keep(self, name: str, value: Tensor) -> None:
        """Make a tensor part of the module: as a parameter if it is one (then it is learned), else as a buffer,
        in one piece, as safetensors wants it."""
        if isinstance(value, nn.Parameter):
            self.register_parameter(name, value)
        else:
            self.register_buffer(name, value.contiguous())


class SpinEnergy(Energy):
    """An energy of ±1 states that knows what turning one spin costs.

    The gap of spin i is E(σᵢ = −1) − E(σᵢ = +1) with the other spins held; its sign is where the spin wants to point.
    All rules for spins (`amem.dynamics.spins`) read the landscape through it. `overlap` is always Ξσ, the
    unnormalised overlaps with the p patterns, which a sequential rule carries along instead of recomputing.

    A state may also hold zeros, spins that are not known yet: they have gaps too, and count for nothing in the gaps of
    the others. Overlaps and gaps have at least single precision, for in half precision they would not be whole.
    """

    patterns: Tensor

    def overlap(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch p"]:
        """Ξσ: the unnormalised overlap of each state with each pattern."""
        return at_least_single(state) @ at_least_single(self.patterns).T

    @abstractmethod
    def gap(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch n"]:
        """E(σᵢ = −1) − E(σᵢ = +1) for every spin i at once."""

    @abstractmethod
    def gap_at(
        self, site: int, spin: Float[Tensor, "*batch"], overlap: Float[Tensor, "*batch p"]
    ) -> Float[Tensor, "*batch"]:
        """The gap of the spin at one site, from its present value and the present overlaps."""


def at_least_single(tensor: Tensor) -> Tensor:
    """A tensor in single precision where it has less."""
    return tensor.float() if tensor.dtype.itemsize < 4 else tensor

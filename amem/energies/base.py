"""What every energy promises, and the book's one convention of sign and scale.

An energy is a negative log-likelihood: low energy means remembered. Where an inverse temperature β appears it
multiplies inside the exponential and divides outside, so that −βE is a log-density up to a constant and temperature =
1/β. Minus the gradient is a force, and following it is recall.
"""

import inspect
import math
import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import wraps
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from amem import shapes

NATS = 0.004
"""How far rounding may move an exponent before double precision is called for."""


class Energy(nn.Module, ABC):
    """A scalar landscape: energy(state) maps (..., n) to (...). Low where something is remembered.

    Every public method whose first argument is called `state` refuses states of another width than n by name.
    """

    def __init_subclass__(cls, **words: Any) -> None:
        super().__init_subclass__(**words)
        for name, method in list(vars(cls).items()):
            if inspect.isfunction(method) and not name.startswith("_"):
                names = list(inspect.signature(method).parameters)
                if names[1:2] == ["state"]:
                    setattr(cls, name, _of_its_width(method))

    @property
    def n(self) -> int | None:
        """How many numbers a state has, or None where any number will do."""
        return None

    @abstractmethod
    def forward(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch"]:
        """The energy of each state."""

    def force(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch n"]:
        """Minus the gradient of the energy at each state.

        Differentiable again where the state asks for gradients; a learned parameter alone does not ask for them here.
        """
        return -gradient(self, state)

    def keep(self, name: str, value: Tensor) -> None:
        """Make a tensor part of the module: as a parameter if it is one (then it is learned), else as a buffer,
        in one piece, as safetensors wants it."""
        if isinstance(value, nn.Parameter):
            self.register_parameter(name, value)
        else:
            self.register_buffer(name, value.contiguous())


def gradient(function: Callable[[Tensor], Tensor], point: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch n"]:
    """∂/∂x of a function from (..., n) to (...), part of the graph where the point is.

    By `torch.func` in inference mode, under its own transforms and where a graph is traced; else by plain autograd,
    which costs less for energies of many small steps.
    """
    asked = torch.is_grad_enabled() and point.requires_grad
    inference = torch.is_inference_mode_enabled() or point.is_inference()
    if inference or torch.compiler.is_compiling() or _transformed():
        with torch.set_grad_enabled(asked):
            outcome = torch.func.vjp(function, point)
            return outcome[1](torch.ones_like(outcome[0]))[0]
    with torch.enable_grad():
        start = point if point.requires_grad else point.detach().requires_grad_()
        return torch.autograd.grad(function(start).sum(), start, create_graph=asked)[0]


def _transformed() -> bool:
    """Whether this runs within `torch.vmap`, `torch.func.jvp` or another of their kind."""
    return torch._C._functorch.peek_interpreter_stack() is not None  # pyright: ignore


def _of_its_width(method: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(method)
    def checked(self: Energy, state: Any, *others: Any, **named: Any) -> Any:
        shapes.states("state", state, self.n)
        return method(self, state, *others, **named)

    return checked


class SharpEnergy(Energy):
    """An energy of memories that a scale tells apart: the sharper the scale, the more digits an exponent needs.

    A number as large as S is rounded by about S·ε. Where that is more than `NATS` in the states' own precision,
    exponents are taken in double precision. How large they are is looked at once, when the energy is made or loaded; of
    parameters that are still to be learned nothing is known, so that theirs always are.
    """

    _largest: float

    @abstractmethod
    def largest_exponent(self) -> Float[Tensor, ""]:
        """The largest exponent that the memories have, on the scale."""

    def look(self) -> None:
        """Find out how precise exponents must be; warn where double precision is not enough."""
        learned = next(self.parameters(), None) is not None
        self._largest = math.inf if learned else self.largest_exponent().detach().double().item()
        error = self._largest * torch.finfo(torch.float64).eps
        if 0.05 < error < math.inf:
            warnings.warn(
                f"{type(self).__name__}: memories are so far apart on its scale that log densities may be off by "
                f"{error:.2g} nats; a larger scale or nearer memories help",
                RuntimeWarning,
                stacklevel=4,
            )

    def precision(self, dtype: torch.dtype) -> torch.dtype:
        """In which dtype exponents are taken for states of one dtype."""
        return torch.float64 if self._largest * torch.finfo(dtype).eps > NATS else dtype

    def _load_from_state_dict(self, *arguments: Any, **named: Any) -> None:
        super()._load_from_state_dict(*arguments, **named)
        self.look()


class SpinEnergy(Energy):
    """An energy of ±1 states that knows what turning one spin costs.

    The gap of spin i is E(σᵢ = −1) − E(σᵢ = +1) with the other spins held; its sign is where the spin wants to point.
    All rules for spins (`amem.dynamics.spins`) read the landscape through it. `overlap` is always Ξσ, the
    unnormalised overlaps with the p patterns, which a sequential rule carries along instead of recomputing.

    A state may also hold zeros, spins that are not known yet: they have gaps too, and count for nothing in the gaps of
    the others. Overlaps and gaps have at least single precision, for in half precision they would not be whole.
    """

    patterns: Tensor

    @property
    def n(self) -> int:
        return self.patterns.shape[1]

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

"""The two-layer network of visible and hidden neurons behind every dense memory, and the Lagrangians that choose
one."""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from amem import checks, shapes
from amem.energies.base import Energy, gradient

Lagrangian = Callable[[Tensor], Tensor]
"""A convex function of a layer's inputs, (..., n) to (...), whose gradient is the layer's activation."""


class _Known(ABC):
    """A Lagrangian whose derivatives are known in closed form."""

    @abstractmethod
    def __call__(self, currents: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch"]: ...

    @abstractmethod
    def activation(self, currents: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch n"]:
        """∂L/∂x."""

    @abstractmethod
    def bend(
        self, currents: Float[Tensor, "*batch n"], direction: Float[Tensor, "*batch n"]
    ) -> Float[Tensor, "*batch n"]:
        """∇²L · d."""


@dataclass(frozen=True)
class _Linear(_Known):
    """L = ½ Σ x²: the activation is the input itself."""

    def __call__(self, currents: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch"]:
        return currents.square().sum(-1) / 2

    def activation(self, currents: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch n"]:
        return currents

    def bend(
        self, currents: Float[Tensor, "*batch n"], direction: Float[Tensor, "*batch n"]
    ) -> Float[Tensor, "*batch n"]:
        return direction


@dataclass(frozen=True)
class _Power(_Known):
    order: int

    def __call__(self, currents: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch"]:
        return currents.relu().pow(self.order).sum(-1) / self.order

    def activation(self, currents: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch n"]:
        return currents.relu().pow(self.order - 1)

    def bend(
        self, currents: Float[Tensor, "*batch n"], direction: Float[Tensor, "*batch n"]
    ) -> Float[Tensor, "*batch n"]:
        return (self.order - 1) * (currents > 0) * currents.relu().pow(self.order - 2) * direction


@dataclass(frozen=True)
class _Hyperbolic(_Known):
    gain: float

    def __call__(self, currents: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch"]:
        size = (self.gain * currents).abs()
        return (size + torch.nn.functional.softplus(-2 * size) - math.log(2)).sum(-1) / self.gain

    def activation(self, currents: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch n"]:
        return (self.gain * currents).tanh()

    def bend(
        self, currents: Float[Tensor, "*batch n"], direction: Float[Tensor, "*batch n"]
    ) -> Float[Tensor, "*batch n"]:
        return self.gain * (1 - self.activation(currents).square()) * direction


@dataclass(frozen=True)
class _Softmax(_Known):
    beta: float

    def __call__(self, currents: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch"]:
        return (self.beta * currents).logsumexp(-1) / self.beta

    def activation(self, currents: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch n"]:
        return (self.beta * currents).softmax(-1)

    def bend(
        self, currents: Float[Tensor, "*batch n"], direction: Float[Tensor, "*batch n"]
    ) -> Float[Tensor, "*batch n"]:
        share = self.activation(currents)
        return self.beta * share * (direction - (share * direction).sum(-1, keepdim=True))


@dataclass(frozen=True)
class _Spherical(_Known):
    """L = ‖x‖: the activation is the direction x/‖x‖, and 0 at 0."""

    def __call__(self, currents: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch"]:
        return currents.norm(dim=-1)

    def activation(self, currents: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch n"]:
        return currents / self._length(currents)

    def bend(
        self, currents: Float[Tensor, "*batch n"], direction: Float[Tensor, "*batch n"]
    ) -> Float[Tensor, "*batch n"]:
        unit = self.activation(currents)
        return (direction - unit * (unit * direction).sum(-1, keepdim=True)) / self._length(currents)

    def _length(self, currents: Tensor) -> Tensor:
        length = currents.norm(dim=-1, keepdim=True)
        return torch.where(length > 0, length, 1)


linear, spherical = _Linear(), _Spherical()


def power(order: int) -> Lagrangian:
    """L = Σ [x]₊^order / order: the activation is the rectified power [x]₊^(order−1)."""
    return _Power(checks.count("order", order, least=2))


def hyperbolic(gain: float = 1.0) -> Lagrangian:
    """L = gain⁻¹ Σ log cosh(gain · x): the activation is tanh(gain · x), the sign as gain → ∞ (then L → Σ|x|)."""
    return _Hyperbolic(checks.positive("gain", gain))


def softmax(beta: float = 1.0) -> Lagrangian:
    """L = β⁻¹ log Σ exp(βx): the activation is softmax(βx)."""
    return _Softmax(checks.positive("beta", beta))


class KrotovHopfield(Energy):
    """E(v, h) = [(v − I)·g − L_v] + [h·f − L_h] − fᵀΞg with g = ∂L_v/∂v and f = ∂L_h/∂h [krotov2021large, eq. 2].

    A state is the visible currents followed by the hidden ones, (..., n + p). With fast hidden neurons, h = Ξg, it is
    the effective energy of a dense memory: −Σ F(ξ^μ·σ), the log-sum-exp energy, or the memory on the sphere
    [krotov2021large, sec. 3]. The network's own motion (`amem.dynamics.relax`) is not gradient descent, yet it never
    raises E where both Lagrangians are convex.

    patterns: (p, n); visible and hidden: Lagrangians; drive: the input current I of the visible neurons, (n,). Raises
    ValueError or TypeError for patterns that are not a finite floating matrix, a Lagrangian that is not callable, and
    a drive that is not of shape (n,).
    """

    patterns: Tensor
    drive: Tensor

    def __init__(
        self,
        patterns: Float[Tensor, "p n"],
        visible: Lagrangian,
        hidden: Lagrangian,
        drive: Float[Tensor, " n"] | None = None,
    ) -> None:
        super().__init__()
        self.keep("patterns", shapes.matrix("patterns", patterns))
        for name, lagrangian in (("visible", visible), ("hidden", hidden)):
            if not callable(lagrangian):
                raise TypeError(f"{name}: wanted a Lagrangian, got {checks.describe(lagrangian)}")
        self.visible, self.hidden = visible, hidden
        n = patterns.shape[1]
        if drive is None:
            drive = patterns.new_zeros(n)
        if shapes.states("drive", drive, n).ndim != 1 or not torch.isfinite(drive).all():
            raise ValueError(f"drive: wanted shape ({n},) and finite values, got {checks.describe(drive)}")
        self.keep("drive", drive)

    def forward(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch"]:
        v, h = self.layers(state)
        g, f = activation(self.visible, v), activation(self.hidden, h)
        visible = ((v - self.drive) * g).sum(-1) - self.visible(v)
        hidden = (h * f).sum(-1) - self.hidden(h)
        return visible + hidden - ((g @ self.patterns.T) * f).sum(-1)

    @property
    def n(self) -> int:
        return sum(self.patterns.shape)

    def force(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch n"]:
        """−∇²L_v (v − I − Ξᵀf) and −∇²L_h (h − Ξg)."""
        v, h = self.layers(state)
        g, f = activation(self.visible, v), activation(self.hidden, h)
        visible, hidden = f @ self.patterns - v + self.drive, g @ self.patterns.T - h
        return torch.cat([_bend(self.visible, v, visible), _bend(self.hidden, h, hidden)], dim=-1)

    def layers(self, state: Float[Tensor, "*batch n"]) -> tuple[Tensor, Tensor]:
        """The visible (..., n) and the hidden (..., p) currents in a state."""
        n = self.patterns.shape[1]
        return state[..., :n], state[..., n:]

    def settled(self, visible: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch m"]:
        """The state in which the hidden neurons have settled, h = Ξg(v), given the visible currents."""
        shapes.states("visible", visible, self.patterns.shape[1])
        return torch.cat([visible, activation(self.visible, visible) @ self.patterns.T], dim=-1)

    def velocity(
        self, state: Float[Tensor, "*batch n"], visible_time: float, hidden_time: float
    ) -> Float[Tensor, "*batch n"]:
        """τ_v v̇ = Ξᵀf − v + I and τ_h ḣ = Ξg − h [krotov2021large, eq. 1]."""
        v, h = self.layers(state)
        g, f = activation(self.visible, v), activation(self.hidden, h)
        return torch.cat(
            [(f @ self.patterns - v + self.drive) / visible_time, (g @ self.patterns.T - h) / hidden_time], dim=-1
        )


def activation(lagrangian: Lagrangian, currents: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch n"]:
    """∂L/∂x, part of the graph where the currents are."""
    return lagrangian.activation(currents) if isinstance(lagrangian, _Known) else gradient(lagrangian, currents)


def _bend(lagrangian: Lagrangian, currents: Tensor, direction: Tensor) -> Tensor:
    """∇²L · d."""
    if isinstance(lagrangian, _Known):
        return lagrangian.bend(currents, direction)
    return gradient(lambda x: (activation(lagrangian, x) * direction).sum(-1), currents)

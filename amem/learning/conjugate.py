"""What a memory of a stream believes about its own parameters: conjugate families, many memories at once.

Runs lead, then memories: beliefs are (runs, room, …), points (runs, n). A point with weight q counts as q points.
"""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass, field

import torch
from jaxtyping import Float
from torch import Tensor

from amem import checks
from amem.energies.concentration import log_normaliser, mean_length

Belief = tuple[Tensor, ...]
"""Sufficient statistics, each (runs, room, …)."""
Scale = float | Float[Tensor, " runs"]


class Likelihood(ABC):
    """p(x | φ) with its conjugate prior over φ, seen through what streaming inference asks for.

    What takes a belief and points raises ValueError if they are of other runs or another width.
    """

    @abstractmethod
    def prior(self, room: int, like: Float[Tensor, "runs n"]) -> Belief:
        """The belief of memories that hold nothing."""

    @abstractmethod
    def expected(self, belief: Belief, x: Float[Tensor, "runs n"]) -> Float[Tensor, "runs room"]:
        """E[log p(x | φ)] under each memory's belief about φ."""

    @abstractmethod
    def predictive(self, belief: Belief, x: Float[Tensor, "runs n"]) -> Float[Tensor, "runs room"]:
        """log E[p(x | φ)] under each memory's belief about φ, never below `expected`; under the prior, a new memory."""

    @abstractmethod
    def updated(self, belief: Belief, x: Float[Tensor, "runs n"], q: Float[Tensor, "runs room"]) -> Belief:
        """The beliefs after x, a part q of it for each memory."""


@dataclass(frozen=True)
class Gaussian(Likelihood):
    """x ~ N(μ, I/β), μ ~ N(0, I/ρ): μ | N points ~ N(m, I/(ρ + βN)), m = Σ q x/(N + ρ/β).

    damped: the mean goes only the part q/N of its way, as in [schaeffer2022streaming], which then lags.
    beta, rho: numbers above 0, or one for each run. Raises ValueError or TypeError otherwise.
    """

    beta: Scale = 4.0
    rho: Scale = 1.0
    damped: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "beta", _checked("beta", self.beta))
        object.__setattr__(self, "rho", _checked("rho", self.rho))

    def prior(self, room: int, like: Float[Tensor, "runs n"]) -> Belief:
        return like.new_zeros(len(like), room), like.new_zeros(len(like), room, like.shape[-1])

    def expected(self, belief: Belief, x: Float[Tensor, "runs n"]) -> Float[Tensor, "runs room"]:
        held, mean = belief
        _fits(x, mean.shape[-1], held)
        beta, rho = _column(self.beta, x), _column(self.rho, x)
        spread = (x[:, None] - mean).square().sum(-1) + x.shape[-1] / (rho + beta * held)
        return x.shape[-1] / 2 * (beta / (2 * math.pi)).log() - beta / 2 * spread

    def predictive(self, belief: Belief, x: Float[Tensor, "runs n"]) -> Float[Tensor, "runs room"]:
        held, mean = belief
        _fits(x, mean.shape[-1], held)
        beta, rho = _column(self.beta, x), _column(self.rho, x)
        precise = 1 / (1 / beta + 1 / (rho + beta * held))
        return x.shape[-1] / 2 * (precise / (2 * math.pi)).log() - precise / 2 * (x[:, None] - mean).square().sum(-1)

    def updated(self, belief: Belief, x: Float[Tensor, "runs n"], q: Float[Tensor, "runs room"]) -> Belief:
        held, mean = belief
        _fits(x, mean.shape[-1], held)
        gain = q / (held + q + _column(self.rho, x) / _column(self.beta, x))
        if self.damped:
            gain = gain * q / (held + q).clamp_min(torch.finfo(q.dtype).tiny)
        return held + q, mean + gain[..., None] * (x[:, None] - mean)


@dataclass(frozen=True)
class Categorical(Likelihood):
    """n independent features with the values 0 … L−1, the probabilities of each ~ Dirichlet(pseudo_counts).

    With two values this is the Beta–Bernoulli model, pseudo_counts = (zeros, ones). A new memory has the closed
    marginal Π_i pseudo_counts[x_i]/Σ pseudo_counts. Raises ValueError or TypeError for fewer than two pseudo-counts or
    one not above 0.
    """

    pseudo_counts: tuple[float, ...] = (1.0, 1.0)

    def __post_init__(self) -> None:
        if len(self.pseudo_counts) < 2:
            raise ValueError(f"pseudo_counts: wanted at least two numbers, got {self.pseudo_counts}")
        plain = tuple(checks.positive("pseudo_counts", value) for value in self.pseudo_counts)
        object.__setattr__(self, "pseudo_counts", plain)

    def prior(self, room: int, like: Float[Tensor, "runs n"]) -> Belief:
        counts = like.new_tensor(self.pseudo_counts)
        return (counts.expand(len(like), room, like.shape[-1], len(counts)).clone(),)

    def expected(self, belief: Belief, x: Float[Tensor, "runs n"]) -> Float[Tensor, "runs room"]:
        chosen, total = self._chosen(belief, x)
        return (chosen.digamma() - total.digamma()).sum(-1)

    def predictive(self, belief: Belief, x: Float[Tensor, "runs n"]) -> Float[Tensor, "runs room"]:
        chosen, total = self._chosen(belief, x)
        return (chosen / total).log().sum(-1)

    def updated(self, belief: Belief, x: Float[Tensor, "runs n"], q: Float[Tensor, "runs room"]) -> Belief:
        (counts,) = belief
        _fits(x, counts.shape[-2], counts)
        chosen = torch.nn.functional.one_hot(self._values(x), len(self.pseudo_counts)).to(x)
        return (counts + q[..., None, None] * chosen[:, None],)

    def _chosen(self, belief: Belief, x: Tensor) -> tuple[Tensor, Tensor]:
        """The counts of the values that x has, and of all values, for each feature."""
        (counts,) = belief
        _fits(x, counts.shape[-2], counts)
        chosen = counts.gather(-1, self._values(x)[:, None, :, None].expand(*counts.shape[:-1], 1))
        return chosen[..., 0], counts.sum(-1)

    def _values(self, x: Tensor) -> Tensor:
        values = x.long()
        if bool((values != x).any() or (values < 0).any() or (values >= len(self.pseudo_counts)).any()):
            raise ValueError(f"x: wanted whole numbers from 0 to {len(self.pseudo_counts) - 1}, got others among them")
        return values


@dataclass(frozen=True)
class VonMisesFisher(Likelihood):
    """x on the unit sphere, log p(x | m) = log C_n(κ) + κ m·x, m uniform: m | points has concentration ‖κ Σ q x‖.

    A new memory is uniform, one over the sphere's area. Without log C_n(κ) (normalised=False) the memories that are
    there are measured by another rod than a new one. kappa: a number above 0, or one for each run.
    Raises ValueError or TypeError otherwise.
    """

    kappa: Scale
    normalised: bool = True
    _known: dict[tuple[int, torch.dtype, torch.device], Tensor] = field(
        default_factory=dict[tuple[int, torch.dtype, torch.device], Tensor], init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "kappa", _checked("kappa", self.kappa))

    def prior(self, room: int, like: Float[Tensor, "runs n"]) -> Belief:
        return (like.new_zeros(len(like), room, like.shape[-1]),)

    def expected(self, belief: Belief, x: Float[Tensor, "runs n"]) -> Float[Tensor, "runs room"]:
        (total,) = belief
        _fits(x, total.shape[-1], total)
        kappa, n = _column(self.kappa, x), x.shape[-1]
        length = torch.linalg.vector_norm(total, dim=-1)
        some = length > 0
        mean = torch.zeros_like(length).masked_scatter(some, mean_length(length[some], n) / length[some])
        along = kappa * mean * (total * x[:, None]).sum(-1)
        return along + self._log_normaliser(x) if self.normalised else along

    def predictive(self, belief: Belief, x: Float[Tensor, "runs n"]) -> Float[Tensor, "runs room"]:
        (total,) = belief
        _fits(x, total.shape[-1], total)
        kappa, n = _column(self.kappa, x), x.shape[-1]
        grown = total + kappa[..., None] * x[:, None]
        before, after = (torch.linalg.vector_norm(sums, dim=-1) for sums in (total, grown))
        return self._log_normaliser(x) + log_normaliser(before, n) - log_normaliser(after, n)

    def updated(self, belief: Belief, x: Float[Tensor, "runs n"], q: Float[Tensor, "runs room"]) -> Belief:
        (total,) = belief
        _fits(x, total.shape[-1], total)
        return (total + (_column(self.kappa, x) * q)[..., None] * x[:, None],)

    def _log_normaliser(self, x: Tensor) -> Tensor:
        """log C_n(κ), which a stream asks for at every point."""
        place = (x.shape[-1], x.dtype, x.device)
        if place not in self._known:
            with torch.inference_mode(False), torch.no_grad():  # what is kept serves later callers of either mode
                self._known[place] = log_normaliser(_column(self.kappa, x), x.shape[-1])
        return self._known[place]


def _column(value: Scale, like: Tensor) -> Tensor:
    """A number, or one for each run, as (1, 1) or (runs, 1)."""
    return torch.as_tensor(value, dtype=like.dtype, device=like.device).reshape(-1, 1)


def _fits(x: Tensor, n: int, belief: Tensor) -> None:
    if x.shape != (len(belief), n):
        raise ValueError(f"x: wanted shape ({len(belief)}, {n}), got {checks.describe(x)}")


def _checked(name: str, value: Scale) -> Scale:
    if not isinstance(value, Tensor) or not value.ndim:
        return checks.positive(name, value)
    if value.ndim != 1 or not bool((value > 0).all() and value.isfinite().all()):
        raise ValueError(f"{name}: wanted finite numbers above 0, one for each run, got {checks.describe(value)}")
    return value

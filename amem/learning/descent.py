"""How memories are learned by gradients: many settings at once, each with a rate and a lowest loss of its own."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from amem import checks, shapes

Loss = Callable[[list[Tensor]], Tensor]
"""The loss of every setting from the parameters of all."""


@dataclass(frozen=True)
class Learned:
    """What training found: memories (..., p, n), log-weights (..., p) and β (...) at the lowest loss met (...).

    losses: (updates, ...), before each update: the mean squared error of the hidden entries, or the mean energy. With
    masks or batches it is that of one draw of them, the first, which stays the same and is not trained on: else the
    lowest would be that of the luckiest draw.
    """

    memories: Float[Tensor, "... p n"]
    log_weights: Float[Tensor, "... p"]
    beta: Float[Tensor, "..."]
    loss: Float[Tensor, "..."]
    losses: Float[Tensor, "updates ..."]


class Adam:
    """Adam with its usual constants, each setting on its own: tensors that start with the settings' axes (...).

    start: the first of them (..., p, n). rate: one for all settings, or one for each.
    """

    def __init__(self, start: list[Tensor], rate: float | Float[Tensor, "..."]) -> None:
        self.parameters = [value.detach().clone().requires_grad_() for value in start]
        self.rates = torch.as_tensor(rate, dtype=start[0].dtype, device=start[0].device)
        self.first, self.second = ([torch.zeros_like(value) for value in self.parameters] for _ in range(2))
        self.updates, self.settings = 0, start[0].ndim - 2

    def gradients(self, loss: Loss) -> tuple[Tensor, tuple[Tensor, ...]]:
        """The loss of each setting, and its gradient in the parameters."""
        levels = loss(self.parameters)
        return levels.detach(), torch.autograd.grad(levels.sum(), self.parameters)

    @torch.no_grad()
    def move(self, gradients: tuple[Tensor, ...]) -> None:
        """One update of the parameters, in place."""
        self.updates += 1
        for index, (value, gradient) in enumerate(zip(self.parameters, gradients, strict=True)):
            self.first[index].lerp_(gradient, 0.1)
            self.second[index].lerp_(gradient.square(), 0.001)
            size = (self.second[index] / (1 - 0.999**self.updates)).sqrt_().add_(1e-8)
            value -= self.each(self.rates, value) / (1 - 0.9**self.updates) * self.first[index] / size

    def each(self, numbers: Tensor, like: Tensor) -> Tensor:
        """One number a setting, for all entries of its parameters."""
        return numbers.reshape(*numbers.shape, *[1] * (like.ndim - self.settings)) if numbers.ndim else numbers


def minimise(
    loss: Loss,
    start: list[Tensor],
    rate: float | Float[Tensor, "..."],
    updates: int,
    *,
    bounded: Callable[[list[Tensor]], None] = lambda parameters: None,
    judge: Loss | None = None,
) -> tuple[list[Tensor], Tensor, Tensor]:
    """The parameters of each setting's lowest loss, that loss, and all of them.

    bounded: moves parameters back to where they may be. judge: what is to be lowest, if that is not the loss itself
    because chance is in it.
    """
    adam = Adam(start, rate)
    kept, lowest = [value.detach().clone() for value in adam.parameters], torch.empty(0)
    losses: list[Tensor] = []
    for update in range(updates):
        level, gradients = adam.gradients(loss)
        with torch.no_grad():
            level = level if judge is None else judge(adam.parameters)
            losses.append(level)
            better = level < lowest if update else torch.ones_like(level, dtype=torch.bool)
            lowest = torch.where(better, level, lowest) if update else level
            for index, value in enumerate(adam.parameters):
                kept[index] = torch.where(adam.each(better, value), value, kept[index])
            adam.move(gradients)
            bounded(adam.parameters)
    return kept, lowest, torch.stack(losses)


def plain(tensor: Tensor) -> Tensor:
    """A tensor of which gradients can be taken, even if it was made under `torch.inference_mode`."""
    return tensor.clone() if tensor.is_inference() else tensor


@dataclass(frozen=True)
class Settings:
    """Arguments of a fit that have been looked at: β (...) of every setting, rates, and how many updates."""

    beta: Float[Tensor, "..."]
    rate: float | Float[Tensor, "..."]
    updates: int


def settings_of(points: Tensor, start: Tensor, beta: float | Tensor, rate: float | Tensor, updates: int) -> Settings:
    """Look at the arguments of a fit. Raises ValueError or TypeError naming the one that is wrong."""
    shapes.states("points", points)
    shapes.states("start", start)
    for name, value in (("points", points), ("start", start)):
        if value.ndim < 2 or not value.numel() or not torch.isfinite(value).all():
            raise ValueError(f"{name}: wanted finite numbers of shape (..., p, n), got {checks.describe(value)}")
    if start.shape[-1] != points.shape[-1]:
        raise ValueError(f"start: wanted shape (..., p, {points.shape[-1]}), got {checks.describe(start)}")
    axes = start.shape[:-2]
    scale = torch.as_tensor(_each("beta", beta, axes), dtype=start.dtype, device=start.device)
    return Settings(scale.expand(axes).clone(), _each("rate", rate, axes), checks.count("updates", updates))


def _each(name: str, value: float | Tensor, axes: torch.Size) -> float | Tensor:
    """A number above 0 for all settings, or one for each."""
    if not isinstance(value, Tensor) or not value.ndim:
        return checks.positive(name, value)
    if value.shape != axes or not bool((value > 0).all() and torch.isfinite(value).all()):
        raise ValueError(f"{name}: wanted numbers above 0 of shape {tuple(axes)}, got {checks.describe(value)}")
    return value

"""What a family of tasks is, and sources of sequences made of one."""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from amem import checks, shapes


class Tasks(ABC):
    """Several tasks of one family."""

    @abstractmethod
    def __len__(self) -> int:
        """How many there are."""

    @abstractmethod
    def pick(self, index: Int[Tensor, " picked"]) -> "Tasks":
        """Those with these numbers, which may repeat."""

    @abstractmethod
    def sample(self, length: int, rng: torch.Generator) -> Float[Tensor, "tasks length 2"]:
        """So many independent points of every task."""

    def fits(self, points: Float[Tensor, "tasks count 2"]) -> None:
        """Raise ValueError or TypeError unless there are points of the plane for each task."""
        if shapes.states("points", points, 2).ndim != 3 or len(points) != len(self):
            raise ValueError(f"points: wanted shape ({len(self)}, count, 2), got {checks.describe(points)}")


class Family(ABC):
    """A distribution of tasks."""

    @abstractmethod
    def draw(self, tasks: int, rng: torch.Generator) -> Tasks:
        """So many independent tasks."""


Source = Callable[[int, int, torch.Generator], Tensor]
"""batch, length and a generator give sequences (batch, length, 2), each from a task of its own."""


def endless(family: Family) -> Source:
    """A new task for every sequence: infinitely many tasks with infinitely many samples."""
    return _Endless(family)


def pool(tasks: Tasks, samples: int | None, rng: torch.Generator) -> Source:
    """Finitely many tasks, each with so many samples drawn once and for all; None: with infinitely many.

    Each sequence has a task picked at random; of finite samples it takes different ones, in random order.
    Raises ValueError or TypeError if samples is not a whole number of at least 1 or rng no generator; drawing from the
    source raises ValueError for a sequence longer than that number.
    """
    shapes.generator("rng", rng)
    return _Tasks(tasks) if samples is None else _Samples(tasks.sample(checks.count("samples", samples), rng))


@dataclass(frozen=True)
class _Endless:
    family: Family

    def __call__(self, batch: int, length: int, rng: torch.Generator) -> Float[Tensor, "batch length 2"]:
        return self.family.draw(batch, rng).sample(length, rng)


@dataclass(frozen=True)
class _Tasks:
    tasks: Tasks

    def __call__(self, batch: int, length: int, rng: torch.Generator) -> Float[Tensor, "batch length 2"]:
        return self.tasks.pick(_numbers(len(self.tasks), batch, rng)).sample(length, rng)


@dataclass(frozen=True)
class _Samples:
    kept: Float[Tensor, "tasks samples 2"]

    def __call__(self, batch: int, length: int, rng: torch.Generator) -> Float[Tensor, "batch length 2"]:
        tasks, samples = self.kept.shape[:2]
        if checks.count("length", length) > samples:
            raise ValueError(f"length: wanted at most the {samples} samples of a task, got {length}")
        order = torch.rand(batch, samples, generator=rng, dtype=torch.float64).argsort(-1)[:, :length]
        return self.kept[_numbers(tasks, batch, rng)[:, None], order]


def keep(family: Family, **numbers: float) -> None:
    """The numbers of a frozen family as plain ones, after they have been looked at."""
    for name, number in numbers.items():
        object.__setattr__(family, name, number)


def on_circle(angle: Tensor) -> Tensor:
    """The points of the unit circle at these angles."""
    return torch.stack([angle.cos(), angle.sin()], -1)


def turns(count: int, rng: torch.Generator) -> Tensor:
    """Rotations of the plane by uniform angles, (count, 2, 2)."""
    first = on_circle(2 * math.pi * uniform(rng, count))
    return torch.stack([first, torch.stack([-first[:, 1], first[:, 0]], -1)], -1)


def normal(rng: torch.Generator, *shape: int) -> Tensor:
    """Standard normal numbers, on the CPU in float64."""
    return torch.randn(*shape, generator=shapes.generator("rng", rng), dtype=torch.float64)


def uniform(rng: torch.Generator, *shape: int) -> Tensor:
    """Uniform numbers from 0 to 1, on the CPU in float64."""
    return torch.rand(*shape, generator=shapes.generator("rng", rng), dtype=torch.float64)


def _numbers(below: int, count: int, rng: torch.Generator) -> Tensor:
    return torch.randint(below, (checks.count("batch", count),), generator=shapes.generator("rng", rng))

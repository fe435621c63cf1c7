"""Which entries are hidden, and which points are seen, in the next update: new ones at every call."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from amem import checks, shapes

Masks = Callable[[], Bool[Tensor, "... count n"]]
"""The next update's masks, True where an entry is hidden."""
Batches = Callable[[], Int[Tensor, " size"]]
"""The points of the next update, by their numbers."""


def bernoulli_masks(
    count: int, n: int, probability: float, rngs: Sequence[torch.Generator], *, device: torch.device | str = "cpu"
) -> Masks:
    """Every entry hidden with the probability, independently, and at least one in each point, for each generator.

    Each call returns new masks (generators, count, n). Raises ValueError or TypeError for a bad argument.
    """
    return _Bernoulli(*_checked(count, n, probability, rngs, least=1), device)


def published_masks(
    count: int, n: int, probability: float, rngs: Sequence[torch.Generator], *, device: torch.device | str = "cpu"
) -> Masks:
    """As in the code of [saha2023clam]: ⌊probability · n⌋ indices from 1 to n − 1, drawn with replacement.

    The first entry is never hidden, and for n < 1/probability none is. Raises as `bernoulli_masks` does.
    """
    return _Published(*_checked(count, n, probability, rngs, least=2), device)


def random_batches(count: int, size: int, rng: torch.Generator) -> Batches:
    """So many different ones of `count` points, at random. Raises ValueError or TypeError for a bad argument."""
    count, size = checks.count("count", count), checks.count("size", size)
    if size > count:
        raise ValueError(f"size: wanted at most count = {count}, got {size}")
    return _Random(count, size, shapes.generator("rng", rng))


@dataclass(frozen=True)
class _Chance:
    count: int
    n: int
    probability: float
    rngs: tuple[torch.Generator, ...]
    device: torch.device | str


class _Bernoulli(_Chance):
    def __call__(self) -> Bool[Tensor, "rngs count n"]:
        rows = [torch.rand(self.count, self.n, generator=rng, dtype=torch.float64) for rng in self.rngs]
        chance = torch.stack(rows)
        return ((chance < self.probability) | (chance == chance.amin(-1, keepdim=True))).to(self.device)


class _Published(_Chance):
    def __call__(self) -> Bool[Tensor, "rngs count n"]:
        hidden = torch.zeros(len(self.rngs), self.count, self.n, dtype=torch.bool)
        shape = (self.count, int(self.probability * self.n))
        drawn = [torch.randint(1, self.n, shape, generator=rng) for rng in self.rngs]
        return hidden.scatter(-1, torch.stack(drawn), True).to(self.device)


@dataclass(frozen=True)
class _Random:
    count: int
    size: int
    rng: torch.Generator

    def __call__(self) -> Int[Tensor, " size"]:
        return torch.randperm(self.count, generator=self.rng)[: self.size]


def _checked(
    count: int, n: int, probability: float, rngs: Sequence[torch.Generator], least: int
) -> tuple[int, int, float, tuple[torch.Generator, ...]]:
    """The arguments as plain numbers."""
    chance = checks.fraction("probability", probability)
    generators = tuple(shapes.generator("rngs", rng) for rng in rngs)
    return checks.count("count", count), checks.count("n", n, least=least), chance, generators

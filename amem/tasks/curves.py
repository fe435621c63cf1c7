"""Points along a curve, whose density has no closed form."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from amem import checks
from amem.tasks.base import Family, Tasks, keep, normal, on_circle, turns, uniform


@dataclass(frozen=True)
class Curves(Family):
    """Points along one curve, "moons" or "swiss roll", with Gaussian noise of standard deviation `scale`.

    Two interleaved half circles, or a spiral of one and a half turns seen along its axis; scaled to about the radius
    `size`, turned at random and centred at N(0, spread² I). Their densities have no closed form.
    Raises ValueError or TypeError for another kind and for numbers out of range.
    """

    kind: str
    spread: float
    size: float
    scale: float

    def __post_init__(self) -> None:
        if self.kind not in CURVES:
            raise ValueError(f"kind: wanted one of {', '.join(CURVES)}, got {self.kind!r}")
        keep(self, **{name: checks.positive(name, getattr(self, name)) for name in ("spread", "size", "scale")})

    def draw(self, tasks: int, rng: torch.Generator) -> "PlacedCurves":
        tasks = checks.count("tasks", tasks)
        centres = self.spread * normal(rng, tasks, 2)
        return PlacedCurves(self, centres, turns(tasks, rng))


@dataclass(frozen=True)
class PlacedCurves(Tasks):
    """Tasks of `Curves`."""

    family: Curves
    centres: Float[Tensor, "tasks 2"]
    turns: Float[Tensor, "tasks 2 2"]

    def __len__(self) -> int:
        return len(self.centres)

    def pick(self, index: Int[Tensor, " picked"]) -> "PlacedCurves":
        return PlacedCurves(self.family, self.centres[index], self.turns[index])

    def sample(self, length: int, rng: torch.Generator) -> Float[Tensor, "tasks length 2"]:
        length = checks.count("length", length)
        along = uniform(rng, len(self), length)
        curve = self.family.size * CURVES[self.family.kind](along) @ self.turns.mT
        return self.centres[:, None] + curve + self.family.scale * normal(rng, len(self), length, 2)


def _moons(along: Tensor) -> Tensor:
    lower = along >= 0.5
    angle = 2 * math.pi * torch.where(lower, along - 0.5, along)
    x, y = angle.cos(), angle.sin()
    place = torch.where(lower[..., None], torch.stack([1 - x, 0.5 - y], -1), torch.stack([x, y], -1))
    return (place - torch.tensor([0.5, 0.25], dtype=along.dtype)) / 1.5


def _swiss_roll(along: Tensor) -> Tensor:
    angle = 1.5 * math.pi * (1 + 2 * along)
    return angle[..., None] / (4.5 * math.pi) * on_circle(angle)


CURVES: dict[str, Callable[[Tensor], Tensor]] = {"moons": _moons, "swiss roll": _swiss_roll}

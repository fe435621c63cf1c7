"""Points in two rectangles."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from amem import checks
from amem.tasks.base import Family, Tasks, keep, normal, turns, uniform


@dataclass(frozen=True)
class TwoRectangles(Family):
    """Uniform on two rectangles with sides from U(0.5, 1.5) · size, turned at random, centred at N(0, spread² I).

    Raises ValueError or TypeError for numbers out of range.
    """

    spread: float
    size: float

    def __post_init__(self) -> None:
        keep(self, **{name: checks.positive(name, getattr(self, name)) for name in ("spread", "size")})

    def draw(self, tasks: int, rng: torch.Generator) -> "Rectangles":
        tasks = checks.count("tasks", tasks)
        centres = self.spread * normal(rng, tasks, 2, 2)
        sides = self.size * (0.5 + uniform(rng, tasks, 2, 2))
        return Rectangles(centres, sides, turns(2 * tasks, rng).reshape(tasks, 2, 2, 2))


@dataclass(frozen=True)
class Rectangles(Tasks):
    """Tasks of `TwoRectangles`: with equal chance on either rectangle, whatever its area."""

    centres: Float[Tensor, "tasks 2 2"]
    sides: Float[Tensor, "tasks 2 2"]
    turns: Float[Tensor, "tasks 2 2 2"]

    def __len__(self) -> int:
        return len(self.centres)

    def pick(self, index: Int[Tensor, " picked"]) -> "Rectangles":
        return Rectangles(self.centres[index], self.sides[index], self.turns[index])

    def sample(self, length: int, rng: torch.Generator) -> Float[Tensor, "tasks length 2"]:
        tasks, length = len(self.centres), checks.count("length", length)
        which, task = torch.randint(2, (tasks, length), generator=rng), torch.arange(tasks)[:, None]
        within = (uniform(rng, tasks, length, 2) - 0.5) * self.sides[task, which]
        return self.centres[task, which] + (self.turns[task, which] @ within[..., None])[..., 0]

    def log_density(self, points: Float[Tensor, "tasks count 2"]) -> Float[Tensor, "tasks count"]:
        """log of half the sum of 1/area over the rectangles that hold the point, −∞ outside both."""
        self.fits(points)
        away = points[:, :, None] - self.centres[:, None]
        within = (self.turns[:, None].mT @ away[..., None])[..., 0].abs() <= self.sides[:, None] / 2
        return (within.all(-1) / self.sides.prod(-1)[:, None] / 2).sum(-1).log()

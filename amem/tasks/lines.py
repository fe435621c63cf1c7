"""Points on a straight line: linear regression."""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from amem import checks
from amem.tasks.base import Family, Tasks, keep, normal, uniform


@dataclass(frozen=True)
class LinearRegressions(Family):
    """Points (x, y) with x ~ U(−width, width) and y = wx + N(0, noise²), w ~ N(0, slope²) [schaeffer2024icl_energy].

    Raises ValueError or TypeError for numbers out of range.
    """

    width: float
    slope: float
    noise: float

    def __post_init__(self) -> None:
        keep(self, **{name: checks.positive(name, getattr(self, name)) for name in ("width", "slope", "noise")})

    def draw(self, tasks: int, rng: torch.Generator) -> "Lines":
        return Lines(self.slope * normal(rng, checks.count("tasks", tasks)), self.width, self.noise)


@dataclass(frozen=True)
class Lines(Tasks):
    """Tasks of `LinearRegressions`."""

    slopes: Float[Tensor, " tasks"]
    width: float
    noise: float

    def __len__(self) -> int:
        return len(self.slopes)

    def pick(self, index: Int[Tensor, " picked"]) -> "Lines":
        return Lines(self.slopes[index], self.width, self.noise)

    def sample(self, length: int, rng: torch.Generator) -> Float[Tensor, "tasks length 2"]:
        length = checks.count("length", length)
        x = self.width * (2 * uniform(rng, len(self), length) - 1)
        return torch.stack([x, self.slopes[:, None] * x + self.noise * normal(rng, len(self), length)], -1)

    def log_density(self, points: Float[Tensor, "tasks count 2"]) -> Float[Tensor, "tasks count"]:
        """log p(y | x) of each point, y ~ N(wx, noise²)."""
        self.fits(points)
        away = points[..., 1] - self.slopes[:, None] * points[..., 0]
        return -away.square() / (2 * self.noise**2) - math.log(2 * math.pi * self.noise**2) / 2

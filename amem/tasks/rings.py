"""Points on circles."""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from amem import checks
from amem.tasks.base import Family, Tasks, keep, normal, on_circle, uniform


@dataclass(frozen=True)
class Rings(Family):
    """Circles with their centres on every corner of a hexagon (6) or on every other (3).

    The hexagon has the radius `spread` and a random turn, each circle a radius from U(0.5, 1) · size; points are
    uniform on the circles, with Gaussian noise of standard deviation `scale`.
    Raises ValueError or TypeError unless count is 3 or 6, and for numbers out of range.
    """

    count: int
    spread: float
    size: float
    scale: float

    def __post_init__(self) -> None:
        keep(self, count=checks.count("count", self.count))
        if self.count not in (3, 6):
            raise ValueError(f"count: wanted 3 or 6 circles, got {self.count}")
        keep(self, **{name: checks.positive(name, getattr(self, name)) for name in ("spread", "size", "scale")})

    def draw(self, tasks: int, rng: torch.Generator) -> "Circles":
        tasks = checks.count("tasks", tasks)
        corner = uniform(rng, tasks, 1) * 2 * math.pi + torch.arange(self.count) * 2 * math.pi / self.count
        radii = self.size * (0.5 + 0.5 * uniform(rng, tasks, self.count))
        return Circles(self.spread * on_circle(corner), radii, self.scale)


@dataclass(frozen=True)
class Circles(Tasks):
    """Tasks of `Rings`."""

    centres: Float[Tensor, "tasks count 2"]
    radii: Float[Tensor, "tasks count"]
    scale: float

    def __len__(self) -> int:
        return len(self.centres)

    def pick(self, index: Int[Tensor, " picked"]) -> "Circles":
        return Circles(self.centres[index], self.radii[index], self.scale)

    def sample(self, length: int, rng: torch.Generator) -> Float[Tensor, "tasks length 2"]:
        tasks, count = self.radii.shape
        length = checks.count("length", length)
        which = torch.randint(count, (tasks, length), generator=rng)
        place = self.radii.gather(1, which)[..., None] * on_circle(2 * math.pi * uniform(rng, tasks, length))
        centre = self.centres.gather(1, which[..., None].expand(-1, -1, 2))
        return centre + place + self.scale * normal(rng, tasks, length, 2)

    def log_density(self, points: Float[Tensor, "tasks count 2"]) -> Float[Tensor, "tasks count"]:
        """log of the mean over circles of exp(−(ρ² + R²)/2s²) I₀(ρR/s²)/2πs², ρ the distance to a centre."""
        self.fits(points)
        distance, radius = torch.cdist(points, self.centres), self.radii[:, None]
        variance = self.scale**2
        score = -(distance - radius).square() / (2 * variance)
        score = score + torch.special.i0e(distance * radius / variance).log()
        return score.logsumexp(-1) - math.log(self.radii.shape[1] * 2 * math.pi * variance)

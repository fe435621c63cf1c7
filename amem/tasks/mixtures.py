"""Mixtures of Gaussians, round or sheared alike."""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from amem import checks
from amem.tasks.base import Family, Tasks, keep, normal, turns


@dataclass(frozen=True)
class GaussianMixtures(Family):
    """Equal parts of isotropic Gaussians of standard deviation `scale` around means from N(0, spread² I).

    With `stretch` above 0 the plane is then stretched by e^s along a random direction and squeezed by as much across
    it, s ~ N(0, stretch²), means and all: sheared blobs. [schaeffer2024icl_energy]
    Raises ValueError or TypeError for numbers out of range.
    """

    components: int
    spread: float
    scale: float
    stretch: float = 0.0

    def __post_init__(self) -> None:
        keep(self, components=checks.count("components", self.components))
        keep(self, **{name: checks.positive(name, getattr(self, name)) for name in ("spread", "scale")})
        keep(self, stretch=checks.at_least_zero("stretch", self.stretch))

    def draw(self, tasks: int, rng: torch.Generator) -> "Mixtures":
        tasks = checks.count("tasks", tasks)
        means = self.spread * normal(rng, tasks, self.components, 2)
        turn, s = turns(tasks, rng), self.stretch * normal(rng, tasks, 1)
        return Mixtures(means, self.scale, turn * torch.cat([s, -s], -1).exp()[:, None] @ turn.mT)


@dataclass(frozen=True)
class Mixtures(Tasks):
    """Tasks of `GaussianMixtures`. means: before the stretch, which is the matrix frame of determinant 1."""

    means: Float[Tensor, "tasks components 2"]
    scale: float
    frame: Float[Tensor, "tasks 2 2"]

    def __len__(self) -> int:
        return len(self.means)

    def pick(self, index: Int[Tensor, " picked"]) -> "Mixtures":
        return Mixtures(self.means[index], self.scale, self.frame[index])

    def centres(self) -> Float[Tensor, "tasks components 2"]:
        """The means where the points lie, after the stretch."""
        return self.means @ self.frame.mT

    def sample(self, length: int, rng: torch.Generator) -> Float[Tensor, "tasks length 2"]:
        tasks, components = self.means.shape[:2]
        length = checks.count("length", length)
        which = torch.randint(components, (tasks, length, 1), generator=rng).expand(-1, -1, 2)
        points = self.means.gather(1, which) + self.scale * normal(rng, tasks, length, 2)
        return points @ self.frame.mT

    def log_density(self, points: Float[Tensor, "tasks count 2"]) -> Float[Tensor, "tasks count"]:
        """log k⁻¹ Σ_j N(A⁻¹x; μ_j, scale² I), A the stretch."""
        self.fits(points)
        bare = torch.linalg.solve(self.frame[:, None], points[..., None])[..., 0]
        score = -torch.cdist(bare, self.means).square() / (2 * self.scale**2)
        return score.logsumexp(-1) - math.log(self.means.shape[1] * 2 * math.pi * self.scale**2)

"""Families of tasks for learning in context: a task is a distribution of points, a sequence is drawn from one task.

A family draws tasks, tasks draw sequences; both on the CPU in float64, to be moved afterwards. Where the density of a
task has a closed form the tasks know it: that is the oracle with which a learner is compared. Points lie in the plane.
"""

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


class Family(ABC):
    """A distribution of tasks."""

    @abstractmethod
    def draw(self, tasks: int, rng: torch.Generator) -> Tasks:
        """So many independent tasks."""


Source = Callable[[int, int, torch.Generator], Tensor]
"""batch, length and a generator give sequences (batch, length, 2), each from a task of its own."""


def endless(family: Family) -> Source:
    """A new task for every sequence: infinitely many tasks with infinitely many samples."""
    return lambda batch, length, rng: family.draw(batch, rng).sample(length, rng)


def pool(tasks: Tasks, samples: int | None, rng: torch.Generator) -> Source:
    """Finitely many tasks, each with so many samples drawn once and for all; None: with infinitely many.

    Each sequence has a task picked at random; of finite samples it takes different ones, in random order.
    Raises ValueError or TypeError if samples is not a whole number of at least 1 or rng no generator; drawing from the
    source raises ValueError for a sequence longer than that number.
    """
    shapes.generator("rng", rng)
    if samples is None:
        return lambda batch, length, rng: tasks.pick(_numbers(len(tasks), batch, rng)).sample(length, rng)
    kept = tasks.sample(checks.count("samples", samples), rng)

    def draw(batch: int, length: int, rng: torch.Generator) -> Tensor:
        if length > samples:
            raise ValueError(f"length: wanted at most the {samples} samples of a task, got {length}")
        order = torch.rand(batch, samples, generator=rng, dtype=torch.float64).argsort(-1)[:, :length]
        return kept[_numbers(len(tasks), batch, rng)].gather(1, order[..., None].expand(-1, -1, 2))

    return draw


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
        checks.count("components", self.components)
        checks.positive("spread", self.spread)
        checks.positive("scale", self.scale)
        checks.at_least_zero("stretch", self.stretch)

    def draw(self, tasks: int, rng: torch.Generator) -> "Mixtures":
        means = self.spread * _normal(rng, checks.count("tasks", tasks), self.components, 2)
        turn, s = _turns(tasks, rng), self.stretch * _normal(rng, tasks, 1)
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
        which = torch.randint(components, (tasks, length, 1), generator=rng).expand(-1, -1, 2)
        points = self.means.gather(1, which) + self.scale * _normal(rng, tasks, length, 2)
        return points @ self.frame.mT

    def log_density(self, points: Float[Tensor, "tasks count 2"]) -> Float[Tensor, "tasks count"]:
        """log k⁻¹ Σ_j N(A⁻¹x; μ_j, scale² I), A the stretch."""
        bare = torch.linalg.solve(self.frame[:, None], points[..., None])[..., 0]
        score = -torch.cdist(bare, self.means).square() / (2 * self.scale**2)
        return score.logsumexp(-1) - math.log(self.means.shape[1] * 2 * math.pi * self.scale**2)


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
        if checks.count("count", self.count) not in (3, 6):
            raise ValueError(f"count: wanted 3 or 6 circles, got {self.count}")
        for name in ("spread", "size", "scale"):
            checks.positive(name, getattr(self, name))

    def draw(self, tasks: int, rng: torch.Generator) -> "Circles":
        corner = _uniform(rng, tasks, 1) * 2 * math.pi + torch.arange(self.count) * 2 * math.pi / self.count
        radii = self.size * (0.5 + 0.5 * _uniform(rng, tasks, self.count))
        return Circles(self.spread * _on_circle(corner), radii, self.scale)


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
        which = torch.randint(count, (tasks, length), generator=rng)
        place = self.radii.gather(1, which)[..., None] * _on_circle(2 * math.pi * _uniform(rng, tasks, length))
        centre = self.centres.gather(1, which[..., None].expand(-1, -1, 2))
        return centre + place + self.scale * _normal(rng, tasks, length, 2)

    def log_density(self, points: Float[Tensor, "tasks count 2"]) -> Float[Tensor, "tasks count"]:
        """log of the mean over circles of exp(−(ρ² + R²)/2s²) I₀(ρR/s²)/2πs², ρ the distance to a centre."""
        distance, radius = torch.cdist(points, self.centres), self.radii[:, None]
        variance = self.scale**2
        score = -(distance - radius).square() / (2 * variance)
        score = score + torch.special.i0e(distance * radius / variance).log()
        return score.logsumexp(-1) - math.log(self.radii.shape[1] * 2 * math.pi * variance)


@dataclass(frozen=True)
class TwoRectangles(Family):
    """Uniform on two rectangles with sides from U(0.5, 1.5) · size, turned at random, centred at N(0, spread² I).

    Raises ValueError or TypeError for numbers out of range.
    """

    spread: float
    size: float

    def __post_init__(self) -> None:
        checks.positive("spread", self.spread)
        checks.positive("size", self.size)

    def draw(self, tasks: int, rng: torch.Generator) -> "Rectangles":
        centres = self.spread * _normal(rng, checks.count("tasks", tasks), 2, 2)
        sides = self.size * (0.5 + _uniform(rng, tasks, 2, 2))
        return Rectangles(centres, sides, _turns(2 * tasks, rng).reshape(tasks, 2, 2, 2))


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
        tasks = len(self.centres)
        which, task = torch.randint(2, (tasks, length), generator=rng), torch.arange(tasks)[:, None]
        within = (_uniform(rng, tasks, length, 2) - 0.5) * self.sides[task, which]
        return self.centres[task, which] + (self.turns[task, which] @ within[..., None])[..., 0]

    def log_density(self, points: Float[Tensor, "tasks count 2"]) -> Float[Tensor, "tasks count"]:
        """log of half the sum of 1/area over the rectangles that hold the point, −∞ outside both."""
        away = points[:, :, None] - self.centres[:, None]
        within = (self.turns[:, None].mT @ away[..., None])[..., 0].abs() <= self.sides[:, None] / 2
        return (within.all(-1) / self.sides.prod(-1)[:, None] / 2).sum(-1).log()


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
        for name in ("spread", "size", "scale"):
            checks.positive(name, getattr(self, name))

    def draw(self, tasks: int, rng: torch.Generator) -> "PlacedCurves":
        centres = self.spread * _normal(rng, checks.count("tasks", tasks), 2)
        return PlacedCurves(self, centres, _turns(tasks, rng))


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
        along = _uniform(rng, len(self), length)
        curve = self.family.size * CURVES[self.family.kind](along) @ self.turns.mT
        return self.centres[:, None] + curve + self.family.scale * _normal(rng, len(self), length, 2)


@dataclass(frozen=True)
class LinearRegressions(Family):
    """Points (x, y) with x ~ U(−width, width) and y = wx + N(0, noise²), w ~ N(0, slope²) [schaeffer2024icl_energy].

    Raises ValueError or TypeError for numbers out of range.
    """

    width: float
    slope: float
    noise: float

    def __post_init__(self) -> None:
        for name in ("width", "slope", "noise"):
            checks.positive(name, getattr(self, name))

    def draw(self, tasks: int, rng: torch.Generator) -> "Lines":
        return Lines(self.slope * _normal(rng, checks.count("tasks", tasks)), self.width, self.noise)


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
        x = self.width * (2 * _uniform(rng, len(self), length) - 1)
        return torch.stack([x, self.slopes[:, None] * x + self.noise * _normal(rng, len(self), length)], -1)

    def log_density(self, points: Float[Tensor, "tasks count 2"]) -> Float[Tensor, "tasks count"]:
        """log p(y | x) of each point, y ~ N(wx, noise²)."""
        away = points[..., 1] - self.slopes[:, None] * points[..., 0]
        return -away.square() / (2 * self.noise**2) - math.log(2 * math.pi * self.noise**2) / 2


def _moons(along: Tensor) -> Tensor:
    lower = along >= 0.5
    angle = 2 * math.pi * torch.where(lower, along - 0.5, along)
    x, y = angle.cos(), angle.sin()
    place = torch.where(lower[..., None], torch.stack([1 - x, 0.5 - y], -1), torch.stack([x, y], -1))
    return (place - torch.tensor([0.5, 0.25], dtype=along.dtype)) / 1.5


def _swiss_roll(along: Tensor) -> Tensor:
    angle = 1.5 * math.pi * (1 + 2 * along)
    return angle[..., None] / (4.5 * math.pi) * _on_circle(angle)


CURVES: dict[str, Callable[[Tensor], Tensor]] = {"moons": _moons, "swiss roll": _swiss_roll}


def _on_circle(angle: Tensor) -> Tensor:
    return torch.stack([angle.cos(), angle.sin()], -1)


def _turns(count: int, rng: torch.Generator) -> Tensor:
    """Rotations of the plane by uniform angles, (count, 2, 2)."""
    first = _on_circle(2 * math.pi * _uniform(rng, count))
    return torch.stack([first, torch.stack([-first[:, 1], first[:, 0]], -1)], -1)


def _numbers(below: int, count: int, rng: torch.Generator) -> Tensor:
    return torch.randint(below, (count,), generator=rng)


def _normal(rng: torch.Generator, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=shapes.generator("rng", rng), dtype=torch.float64)


def _uniform(rng: torch.Generator, *shape: int) -> Tensor:
    return torch.rand(*shape, generator=shapes.generator("rng", rng), dtype=torch.float64)

"""How a network is looked at: on held-out tasks, its energies normalised on a grid."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import torch
from scipy.stats import spearmanr
from torch import Tensor, nn

from amem import grids
from amem.chapters.in_context.learners import Learning
from amem.energies.in_context import InContextEnergy
from amem.experiment import Config
from amem.seeds import generator
from amem.tasks import Mixtures

AT_ONCE = 8192
"""Points whose energies are asked for together: what passes through a network then stays near the core."""


@dataclass(frozen=True, kw_only=True)
class HeldOut(Config):
    """tasks and queries: held out, for each seed. sizes: of contexts. side: points along an edge of the grid."""

    tasks: int = 24
    queries: int = 32
    sizes: tuple[int, ...] = (0, 1, 2, 3, 4, 6, 8, 11, 15)
    side: int = 33


FEW = HeldOut()
MANY = HeldOut(tasks=64, queries=64, sizes=(0, 1, 2, 3, 4, 6, 8, 11, 15, 20, 27, 35), side=101)


@dataclass(frozen=True, kw_only=True)
class Shown(Config):
    """tasks: in the pictures. sizes: of the contexts there. half, side: of the grid."""

    tasks: int = 4
    sizes: tuple[int, ...] = (0, 2, 5, 10, 15)
    half: float = 7.0
    side: int = 33


NARROW = Shown()
WIDE = Shown(sizes=(0, 2, 5, 10, 15, 25, 35), half=12.0, side=49)


def held_out(numbers: Learning, held: HeldOut, what: str, seed: int) -> tuple[Mixtures, Tensor, Tensor]:
    """Tasks that no training has seen, a context of each as long as it may be, and further points of it."""
    tasks = numbers.mixtures.draw(held.tasks, generator("in_context", what, seed, held.tasks, numbers.spread))
    longest = numbers.length - 1
    points = tasks.sample(
        longest + held.queries, generator("in_context", what, "points", seed, numbers.length, held.queries)
    )
    return tasks, points[:, :longest], points[:, longest:]


def shown_tasks(numbers: Learning, shown: Shown) -> tuple[Mixtures, Tensor]:
    """The tasks in the pictures, the first that are drawn, and their contexts."""
    tasks = numbers.mixtures.draw(shown.tasks, generator("in_context", "shown", shown.tasks, numbers.spread))
    return tasks, tasks.sample(numbers.length - 1, generator("in_context", "shown", "points", numbers.length))


def box(numbers: Learning, side: int) -> grids.Grid:
    """The grid on which energies are normalised."""
    return grids.box(numbers.half, side, 2, device="cpu", dtype=torch.float64)


def energies(learner: InContextEnergy, contexts: Tensor, points: Tensor) -> Tensor:
    """E(points | context) for several contexts (b, n, 2) and points of each (b, q, 2), in float64 on the CPU."""
    place, parts = next(learner.parameters()), min(len(points), max(1, points[..., 0].numel() // AT_ONCE))
    pairs = zip(contexts.tensor_split(parts), points.tensor_split(parts), strict=True)
    with torch.no_grad():
        found = [learner.given(shown.to(place))(asked.to(place)) for shown, asked in pairs]
    return torch.cat(found).double().cpu()


def betas(
    numbers: Learning, held: HeldOut, learner: InContextEnergy, seed: int, sizes: Sequence[int]
) -> tuple[float, list[float]]:
    """The inverse temperature that validation tasks of all these sizes like best, and that of each size."""
    everywhere = box(numbers, held.side).points.expand(held.tasks, -1, -1)
    _, contexts, queries = held_out(numbers, held, "validation", seed)
    found = [tuple(energies(learner, contexts[:, :n], x) for x in (queries, everywhere)) for n in sizes]
    once = grids.fit_beta(*(torch.stack(part) for part in zip(*found, strict=True)))
    return once, [grids.fit_beta(*pair) for pair in found]


@dataclass(frozen=True)
class Look:
    """Energies of a network on held-out tasks: of further points, and of the grid, for each size of context.

    once: the inverse temperature fitted to other tasks, of all sizes together; each: of every size by itself.
    """

    grid: grids.Grid
    points: list[Tensor]
    others: list[Tensor]
    on_grid: list[Tensor]
    truth: Tensor
    once: float
    each: list[float]

    def nll(self, size: int, beta: float) -> float:
        return -float(grids.log_density(self.points[size], self.on_grid[size], self.grid.cell, beta).mean())

    def swapped(self, size: int, beta: float) -> float:
        """The NLL with the context of another task."""
        on_grid = self.on_grid[size].roll(1, 0)
        return -float(grids.log_density(self.others[size], on_grid, self.grid.cell, beta).mean())

    def entropy(self, size: int, beta: float) -> float:
        return float(grids.entropy(self.on_grid[size], self.grid.cell, beta).mean())

    def wells(self, size: int, beta: float) -> float:
        return wells(self.on_grid[size], beta)

    def ranks(self, size: int, *, near: bool) -> float:
        """Spearman's rank correlation of the energy and the true −log p, mean over tasks."""
        found: list[float] = []
        for energy, truth in zip(self.on_grid[size].numpy(), self.truth.numpy(), strict=True):
            kept = truth < truth.min() + math.log(1000) if near else slice(None)
            found.append(float(cast("Any", spearmanr(energy[kept], truth[kept])).statistic))
        return float(np.mean(found))


def look(numbers: Learning, held: HeldOut, learner: InContextEnergy, seed: int, sizes: Sequence[int]) -> Look:
    grid = box(numbers, held.side)
    everywhere = grid.points.expand(held.tasks, -1, -1)
    once, each = betas(numbers, held, learner, seed, sizes)
    tasks, contexts, queries = held_out(numbers, held, "held out", seed)
    return Look(
        grid,
        [energies(learner, contexts[:, :n], queries) for n in sizes],
        [energies(learner, contexts[:, :n].roll(1, 0), queries) for n in sizes],
        [energies(learner, contexts[:, :n], everywhere) for n in sizes],
        -tasks.log_density(everywhere),
        once,
        each,
    )


def wells(on_grid: Tensor, beta: float = 1.0) -> float:
    """Points of a square grid (b, g) below their eight neighbours, the rim apart, at which the density exp(−βE)/Z is at
    least a hundredth of its maximum; mean over the batch."""
    side = math.isqrt(on_grid.shape[-1])
    height = beta * (on_grid - on_grid.amin(-1, keepdim=True)).unflatten(-1, (side, side))
    inner = height[:, 1:-1, 1:-1]
    lowest = -nn.functional.max_pool2d(-height[:, None], 3, 1)[:, 0]
    return float(((inner == lowest) & (inner < math.log(100))).double().sum((1, 2)).mean())


def rounded(values: Tensor, bits: int) -> list[Any]:
    """To so many binary digits after the point, which are short in decimal ones, too: what a picture shows and no
    more."""
    return ((values * 2**bits).round() / 2**bits).tolist()

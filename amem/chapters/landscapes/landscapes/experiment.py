"""Six memories in the plane under five energies."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import torch
from torch import Tensor

from amem import patterns
from amem.dynamics import Update, run
from amem.energies import Energy, Epanechnikov, Hopfield, LogSumExp
from amem.experiment import Config, experiment
from amem.seeds import generator
from amem.sweep import grid, sweep


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """Memories as (radius, degrees): two close pairs, one alone, one alone and short; so many points a side."""

    seed: int = 0
    memories: tuple[tuple[float, float], ...] = ((1, 12), (1, 36), (1, 122), (1, 156), (1, 232), (0.75, 298))
    betas: tuple[float, ...] = (1.0, 8.0, 60.0)
    bandwidth: float = 0.45
    edge: float = 1.5
    points: int = 65


@experiment(quick=Numbers(), full=Numbers(points=97))
def landscapes(config: Numbers) -> pd.DataFrame:
    """Six memories in the plane under five energies: the energy on a grid, where each point ends, and paths."""
    panels = [
        {"energy": "quadratic", "parameter": math.nan},
        *grid(energy=["log-sum-exp"], parameter=config.betas),
        {"energy": "Epanechnikov", "parameter": config.bandwidth},
    ]
    return sweep(landscape, panels, config)


def landscape(config: Numbers, energy: str, parameter: float) -> list[Mapping[str, object]]:
    """Rows of four kinds: grid points and memories (item: the attractor where they end), attractors, paths.

    step: the rows of a kind, or of a path, counted.
    """
    radius, degrees = torch.tensor(config.memories, dtype=torch.float64, device=config.device).T
    angle = torch.deg2rad(degrees)
    memories = torch.stack([radius * angle.cos(), radius * angle.sin()], dim=-1)
    memory: Energy
    if energy == "quadratic":
        memory = Hopfield(memories)
    elif energy == "log-sum-exp":
        memory = LogSumExp(memories, parameter)
    else:
        memory = Epanechnikov(memories, parameter)
    update = _downhill(memory, longest=0.02, edge=config.edge)

    axis = torch.linspace(-config.edge, config.edge, config.points, dtype=torch.float64, device=config.device)
    points = torch.cartesian_prod(axis, axis)
    rng = generator("landscapes", "landscapes", config.seed)
    starts = patterns.jitter(torch.cat([points, memories]), 1e-3, rng)  # else the saddle's own line would end at it
    ends = run(update, starts, steps=2000, tolerance=1e-7).state
    attractors = _distinct(ends[torch.isfinite(memory(ends))], closer_than=0.05)
    nearest = torch.cdist(ends, attractors).argmin(-1)
    where = torch.where(torch.isfinite(memory(ends)), nearest, -1).tolist()

    fan = torch.linspace(-0.8, 0.8, 5, dtype=torch.float64, device=config.device) * config.edge
    fan = patterns.jitter(torch.cartesian_prod(fan, fan), 1e-3, rng)
    kept = run(update, fan, steps=1000, keep_every=3, tolerance=1e-4).kept
    assert kept is not None
    kinds = [
        ("grid", points, where[: len(points)]),
        ("memory", memories, where[len(points) :]),
        ("attractor", attractors, list(range(len(attractors)))),
        *(("path", path, [item] * len(path)) for item, path in enumerate(map(_moving, kept.unbind(1)))),
    ]
    return [
        {"kind": kind, "item": item, "step": step, "x": x, "y": y, "value": value}
        for kind, states, items in kinds
        for step, (item, (x, y), value) in enumerate(zip(items, states.tolist(), memory(states).tolist(), strict=True))
    ]


def _downhill(energy: Energy, longest: float, edge: float) -> Update:
    """Gradient descent in short strides that ends at the edge of the square."""

    def update(state: Tensor) -> Tensor:
        stride = 0.1 * energy.force(state)
        length = torch.linalg.vector_norm(stride, dim=-1, keepdim=True)
        return (state + stride * (longest / length.clamp(min=longest))).clamp(-edge, edge)

    return update


def _distinct(states: Tensor, closer_than: float) -> Tensor:
    """One of each group of states that lie within a distance of one another."""
    found: list[Tensor] = []
    while len(states):
        found.append(states[0])
        states = states[torch.linalg.vector_norm(states - states[0], dim=-1) > closer_than]
    return torch.stack(found)


def _moving(path: Tensor) -> Tensor:
    """A path up to where it rests."""
    moves = torch.linalg.vector_norm(path.diff(dim=0), dim=-1) > 0
    return path[: 1 + int(moves.sum())]

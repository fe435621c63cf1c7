"""CLAM and CLAM+ELBO on one input: a point that moves, and a belief that moves."""

import math
from dataclasses import dataclass

import pandas as pd
import torch
from torch import Tensor

from amem.chapters.clustering.rounding import rounded
from amem.dynamics import gradient_flow, run
from amem.energies import AssignmentEnergy, GaussianKDE
from amem.energies.assignment import gaussian_log_joint
from amem.experiment import Config, experiment
from amem.sweep import Row, grid, sweep


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """Three memories in the plane, one input, four starting beliefs besides equal belief; a state is kept every so
    many steps.
    """

    memories: tuple[tuple[float, float], ...] = ((-1.0, -0.7), (1.1, -0.6), (0.0, 1.1))
    input: tuple[float, float] = (0.6, 0.35)
    beta: float = 1.6
    step: float = 0.05
    steps: int = 1600
    kept: int = 8
    beliefs: tuple[tuple[float, float, float], ...] = ((3, 0, 0), (0, 3, 0), (2, -1, 2), (2, 2, -1))


@experiment(quick=Numbers(), full=Numbers())
def dynamics(config: Numbers) -> pd.DataFrame:
    """CLAM and CLAM+ELBO on one input: where the states go, what they believe, and their energies.

    Rows of kind "memory" and "input"; "grid", CLAM's energy in the plane; "path", a state of a model at a time.
    Of item 0 CLAM+ELBO begins with equal belief. x, y: CLAM's state or, of CLAM+ELBO, the reconstruction Σ_k q_k μ_k.
    q1 to q3: what the state believes.
    """
    return sweep(follow, grid(model=["CLAM", "CLAM+ELBO"]), config)


def follow(config: Numbers, model: str) -> list[Row]:
    memories = torch.tensor(config.memories, dtype=torch.float64, device=config.device)
    x = torch.tensor(config.input, dtype=torch.float64, device=config.device)
    beta = config.beta
    landscape = GaussianKDE(memories, beta**-0.5)
    log_joint = gaussian_log_joint(x[None], memories, beta)[0]
    if model == "CLAM":
        energy, starts = landscape, x[None]
    else:
        energy = AssignmentEnergy(log_joint)
        beliefs = torch.tensor(config.beliefs, dtype=torch.float64, device=config.device)
        starts = torch.cat([torch.zeros_like(beliefs[:1]), beliefs])
    kept = run(
        gradient_flow(energy, config.step),
        starts,
        steps=config.steps,
        keep_every=config.kept,
    ).kept
    assert kept is not None
    q = gaussian_log_joint(kept, memories, beta).softmax(-1) if model == "CLAM" else kept.softmax(-1)
    place = kept if model == "CLAM" else q @ memories
    duration = config.kept * config.step
    rows = [
        _state("path", start, round(step * duration, 6), place[step, start], q[step, start], level)
        for start in range(len(starts))
        for step, level in enumerate(energy(kept[:, start]))
    ]
    if model == "CLAM":
        axis = torch.linspace(-1.8, 1.8, 37, dtype=torch.float64, device=config.device)
        mean = log_joint.softmax(-1)[None] @ memories
        plane = torch.cartesian_prod(axis, axis)
        rows += [
            {"kind": "grid", "item": item, "time": math.nan, "x": rounded(a), "y": rounded(b), "energy": rounded(level)}
            for item, ((a, b), level) in enumerate(zip(plane.tolist(), landscape(plane).tolist(), strict=True))
        ]
        for kind, places in (("memory", memories), ("input", x[None]), ("posterior mean", mean)):
            believed, levels = gaussian_log_joint(places, memories, beta).softmax(-1), landscape(places)
            marks = zip(places, believed, levels, strict=True)
            rows += [_state(kind, item, math.nan, *mark) for item, mark in enumerate(marks)]
    return rows


def _state(kind: str, item: int, time: float, place: Tensor, q: Tensor, energy: Tensor) -> Row:
    numbers = dict(zip(("x", "y", "q1", "q2", "q3"), [*place.tolist(), *q.tolist()], strict=True))
    return {"kind": kind, "item": item, "time": time, **numbers, "energy": float(energy)}

"""Energies and forces over the plane."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from amem import grids
from amem.chapters.in_context import learners
from amem.chapters.in_context.learners import PAPER_SIZE, SMALL, Learning
from amem.chapters.in_context.looking import (
    FEW,
    MANY,
    NARROW,
    WIDE,
    HeldOut,
    Shown,
    betas,
    energies,
    rounded,
    shown_tasks,
)
from amem.chapters.in_context.predictors import EXACT_SIZE, exact
from amem.chapters.in_context.terms import DIVERGENCE, EXACT, OBJECTIVES, RANKING, TRUTH
from amem.energies.in_context import InContextEnergy
from amem.experiment import Config, experiment
from amem.sweep import Row, grid, sweep


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """held_out: what β is fitted to. exact_size: the longest context over which the exact prediction is summed."""

    network: Learning = SMALL
    shown: Shown = NARROW
    held_out: HeldOut = FEW
    exact_size: int = EXACT_SIZE


@experiment(quick=Numbers(), full=Numbers(network=PAPER_SIZE, shown=WIDE, held_out=MANY))
def landscapes(config: Numbers) -> pd.DataFrame:
    """Energies and forces of held-out tasks over the plane, as the context grows.

    Rows of kind "energy" lie on a grid, those of contrastive divergence centred to mean zero for each task and size;
    "force" on a coarser one, for the first two tasks; "context" are the points shown, n the place of each. Sources are
    the two objectives, the exact prediction and the truth; of all but the first the longest context only (the exact
    prediction with as much of it as it can sum over), and with it, in place of energies, the density, normalised
    energies being at the β that other tasks like best.
    """
    return sweep(_cell, grid(source=(DIVERGENCE, RANKING, EXACT, TRUTH)), config)


def _cell(config: Numbers, source: str) -> list[Row]:
    numbers, shown = config.network, config.shown
    tasks, contexts = shown_tasks(numbers, shown)
    fine = grids.box(shown.half, shown.side, 2, device="cpu", dtype=torch.float64)
    everywhere, longest, beta = fine.points.expand(len(tasks), -1, -1), numbers.length - 1, 1.0
    rows: list[Row] = []
    if source in OBJECTIVES:
        learner = learners.last(numbers, source, 0)
        beta, _ = betas(numbers, config.held_out, learner, 0, (longest,))
        sizes = shown.sizes if source == DIVERGENCE else (longest,)
        heights = {n: energies(learner, contexts[:, :n], everywhere) for n in sizes}
        if source == DIVERGENCE:
            rows += [row for n in sizes for row in _forces(shown, learner, contexts[:2, :n])]
    elif source == TRUTH:
        heights = {longest: -tasks.log_density(everywhere)}
        rows += [
            _place("context", task, n, place)
            for task, context in enumerate(contexts.tolist())
            for n, place in enumerate(context)
        ]
    else:
        known = [exact(numbers, context[: config.exact_size], fine.points) for context in contexts]
        heights = {longest: -torch.from_numpy(np.stack(known))}
    for n, height in heights.items():
        density, centred = torch.full_like(height, math.nan), torch.full_like(height, math.nan)
        if source == DIVERGENCE:
            centred = height - height.mean(-1, keepdim=True)
        if n == longest:
            density = grids.log_density(height, height, fine.cell, beta).exp()
        for task, values in enumerate(zip(rounded(centred, 8), rounded(density, 20), strict=True)):
            rows += [
                _place("energy", task, n, place, energy=energy, density=there)
                for place, energy, there in zip(fine.points.tolist(), *values, strict=True)
            ]
    return rows


def _place(what: str, task: int, n: int, place: list[float], **values: float) -> dict[str, object]:
    blank = dict.fromkeys(("energy", "density", "force_x", "force_y"), math.nan)
    return {"what": what, "task": task, "n": n, "x": place[0], "y": place[1], **blank, **values}


def _forces(shown: Shown, learner: InContextEnergy, contexts: Tensor) -> list[Row]:
    """−∇E on a coarse grid."""
    coarse = grids.box(shown.half, 21, 2, device="cpu", dtype=torch.float64).points
    place = next(learner.parameters())
    force = learner.given(contexts.to(place)).force(coarse.expand(len(contexts), -1, -1).to(place)).double().cpu()
    return [
        _place("force", task, contexts.shape[1], where, force_x=x, force_y=y)
        for task in range(len(contexts))
        for where, (x, y) in zip(coarse.tolist(), rounded(force[task], 8), strict=True)
    ]

"""Straight lines in context."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from amem import grids
from amem.chapters.in_context.learners import PAPER_SIZE, SMALL, Learning, learned
from amem.chapters.in_context.looking import FEW, MANY, energies
from amem.chapters.in_context.means import with_means
from amem.chapters.in_context.terms import EXACT, EXPECTED, LEAST_SQUARES, OBJECTIVES
from amem.energies.in_context import InContextEnergy
from amem.experiment import Config, experiment
from amem.seeds import generator
from amem.sweep import Row, grid, sweep
from amem.theory import in_context as theory

COLUMNS = ("error", "lowest", "nll", "beta", "gap")


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """seeds: trained networks of each kind. tasks, sizes: lines for each seed, and pairs shown of each. queries:
    questions to each line. side: points of the grid over y."""

    network: Learning = SMALL
    seeds: int = 3
    tasks: int = FEW.tasks
    sizes: tuple[int, ...] = FEW.sizes
    queries: int = 8
    side: int = 81


@experiment(quick=Numbers(), full=Numbers(network=PAPER_SIZE, tasks=MANY.tasks, sizes=MANY.sizes, side=601))
def regression(config: Numbers) -> pd.DataFrame:
    """Squared error of y at a new x against the number of pairs shown, for straight lines.

    error: of the energy's mean over y, at the β that validation lines like best; lowest: of the y of least energy,
    which no β moves; nll of y in nats. Beside them, on the same questions: least squares, and the exact Bayesian
    prediction, which is ridge regression with the right penalty; "expected" is the latter's error by formula. gap: the
    mean E₊ − E₋ over the last fifth of the updates. Rows of kind "seed" are means over that seed's lines, of kind
    "mean" over the seeds.
    """
    sources = (*OBJECTIVES, LEAST_SQUARES, EXACT, EXPECTED)
    table = sweep(_cell, grid(source=sources, seed=range(config.seeds)), config)
    means = with_means(table.assign(what="seed"), ["source", "n"], COLUMNS)
    return means.assign(noise=config.network.lines.noise)


def _cell(config: Numbers, source: str, seed: int) -> list[Row]:
    contexts, queries = _held_out(config, "held out", seed)
    if source in OBJECTIVES:
        return _learned_rows(config, source, seed, contexts, queries)
    shown, x, y = contexts.numpy(), queries[..., 0].numpy(), queries[..., 1].numpy()
    blank = dict.fromkeys(COLUMNS, math.nan)
    rows: list[Row] = []
    slope, noise = config.network.lines.slope, config.network.lines.noise
    for n in config.sizes:
        products, squares = (shown[:, :n, 0] * shown[:, :n, 1]).sum(1), (shown[:, :n, 0] ** 2).sum(1)
        variance = theory.slope_error(shown[:, None, :n, 0], x, slope=slope, noise=noise)
        if source == EXPECTED:
            rows.append(blank | {"n": n, "error": float(variance.mean())})
        elif source == EXACT:
            squared = ((products / (squares + (noise / slope) ** 2))[:, None] * x - y) ** 2
            nll = float((0.5 * np.log(2 * math.pi * variance) + squared / (2 * variance)).mean())
            rows.append(blank | {"n": n, "error": float(squared.mean()), "nll": nll})
        elif n > 0:
            rows.append(blank | {"n": n, "error": float((((products / squares)[:, None] * x - y) ** 2).mean())})
    return rows


def _learned_rows(config: Numbers, objective: str, seed: int, contexts: Tensor, queries: Tensor) -> list[Row]:
    lines = config.network.lines
    learner, history = learned(config.network, "lines", objective, seed, lines.updates)
    gap = float(history.gap[-max(1, len(history.gap) // 5) :].mean())
    axis = grids.box(lines.half, config.side, 1, device="cpu", dtype=torch.float64)
    known, further = _held_out(config, "validation", seed)
    rows: list[Row] = []
    fitted = [_profiles(learner, known[:, :n], further, axis) for n in config.sizes]
    beta = grids.fit_beta(*(torch.stack(part) for part in zip(*fitted, strict=True)))
    for n in config.sizes:
        on_points, on_axis = _profiles(learner, contexts[:, :n], queries, axis)
        mean = (-beta * on_axis).softmax(-1) @ axis.points[:, 0]
        lowest = axis.points[on_axis.argmin(-1), 0]
        rows.append(
            {
                "n": n,
                "error": float((mean - queries[..., 1]).square().mean()),
                "lowest": float((lowest - queries[..., 1]).square().mean()),
                "nll": -float(grids.log_density(on_points, on_axis, axis.cell, beta).mean()),
                "beta": beta,
                "gap": gap,
            }
        )
    return rows


def _profiles(learner: InContextEnergy, contexts: Tensor, queries: Tensor, axis: grids.Grid) -> tuple[Tensor, Tensor]:
    """Energies of the queries (b, q, 1) and, at each query's x, of all y on the axis (b, q, g)."""
    tasks, asked = queries.shape[:2]
    x = queries[..., :1, None].expand(-1, -1, len(axis.points), 1)
    places = torch.cat([x, axis.points.expand(tasks, asked, -1, 1)], -1)
    return (
        energies(learner, contexts, queries)[..., None],
        energies(learner, contexts, places.flatten(1, 2)).reshape(tasks, asked, -1),
    )


def _held_out(config: Numbers, what: str, seed: int) -> tuple[Tensor, Tensor]:
    """Pairs of lines that no training has seen, and further pairs of the same lines."""
    family, length = config.network.lines, config.network.length
    lines = family.family.draw(
        2 * config.tasks, generator("in_context", "lines", what, seed, config.tasks, family.slope)
    )
    rng = generator("in_context", "lines", what, "points", seed, length, config.queries, family.width)
    points = lines.sample(length - 1 + config.queries, rng)
    return points[:, : length - 1], points[:, length - 1 :]

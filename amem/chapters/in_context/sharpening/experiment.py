"""Two objectives, baselines and limits on the same held-out points."""

import math
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import torch

from amem import grids
from amem.chapters.in_context import learners
from amem.chapters.in_context.learners import PAPER_SIZE, SMALL, Learning
from amem.chapters.in_context.looking import FEW, MANY, HeldOut, box, held_out, look, wells
from amem.chapters.in_context.means import with_means
from amem.chapters.in_context.predictors import EXACT_SIZE, bandwidths, em_nll, exact, kernel_nll
from amem.chapters.in_context.terms import EM, EXACT, KDE, KDE_TEST, NOTHING, OBJECTIVES, TRUTH
from amem.experiment import Config, experiment
from amem.sweep import Row, grid, sweep
from amem.theory import in_context as theory

BASELINES = (KDE, KDE_TEST, EM)
COLUMNS = ("nll", "entropy", "nll_each", "nll_plain", "swapped", "wells", "beta", "beta_each")


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """seeds: trained networks of each kind, each judged on tasks of its own. exact_size: the longest context over which
    the exact prediction is summed."""

    network: Learning = SMALL
    held_out: HeldOut = FEW
    seeds: int = 3
    exact_size: int = EXACT_SIZE


@experiment(quick=Numbers(), full=Numbers(network=PAPER_SIZE, held_out=MANY))
def sharpening(config: Numbers) -> pd.DataFrame:
    """NLL and entropy of held-out points against the size of the context: two objectives, baselines and limits.

    Energies are normalised on the grid. nll: with one inverse temperature β fitted to validation tasks of all sizes;
    nll_each: fitted for each size; nll_plain: at β = 1; swapped: with the context of another task; wells: how many
    local minima the energies have on the grid where the density is at least a hundredth of its maximum. Rows of kind
    "seed" are means over that seed's held-out tasks; of kind "mean" over the seeds, with Student's 95 % interval if
    there are several. In the place of β the kernel estimate has its bandwidth and EM its least standard deviation,
    chosen on the validation tasks of all seeds.
    """
    known = sweep(_cell, grid(source=(*OBJECTIVES, EXACT, TRUTH, NOTHING), seed=range(config.seeds)), config)
    others = grid(source=BASELINES, n=[n for n in config.held_out.sizes if n > 0])
    table = pd.concat([known, sweep(_baseline_cell, others, config)], ignore_index=True)
    return with_means(table.assign(what="seed"), ["source", "n"], COLUMNS)


def _cell(config: Numbers, source: str, seed: int) -> list[Row]:
    blank = dict.fromkeys(COLUMNS, math.nan)
    numbers, sizes = config.network, config.held_out.sizes
    if source in OBJECTIVES:
        looked = look(numbers, config.held_out, learners.last(numbers, source, seed), seed, sizes)
        return [
            {
                "n": n,
                "nll": looked.nll(size, looked.once),
                "entropy": looked.entropy(size, looked.once),
                "nll_each": looked.nll(size, looked.each[size]),
                "nll_plain": looked.nll(size, 1.0),
                "swapped": looked.swapped(size, looked.once),
                "wells": looked.wells(size, looked.once),
                "beta": looked.once,
                "beta_each": looked.each[size],
            }
            for size, n in enumerate(sizes)
        ]
    tasks, contexts, queries = held_out(numbers, config.held_out, "held out", seed)
    plane = box(numbers, config.held_out.side)
    if source == TRUTH:
        heights = -tasks.log_density(plane.points.expand(len(tasks), -1, -1))
        known = {"entropy": float(grids.entropy(heights, plane.cell).mean()), "wells": wells(heights)}
        nll = -float(tasks.log_density(queries).mean())
        return [blank | {"n": n, "nll": nll} | known for n in sizes]
    if source == NOTHING:
        limit = theory.no_context_nll(2, numbers.spread, numbers.scale)
        return [blank | {"n": n, "nll": limit, "entropy": limit} for n in sizes]
    rows: list[Row] = []
    for n in (n for n in sizes if n <= config.exact_size):
        known = [
            torch.from_numpy(exact(numbers, context[:n], torch.cat([points, plane.points])))
            for context, points in zip(contexts, queries, strict=True)
        ]
        on_points, on_grid = torch.stack(known).tensor_split([queries.shape[1]], -1)
        entropy = float(grids.entropy(-on_grid, plane.cell).mean())
        rows.append(blank | {"n": n, "nll": -float(on_points.mean()), "entropy": entropy, "wells": wells(-on_grid)})
    return rows


def _baseline_cell(config: Numbers, source: str, n: int) -> list[Row]:
    """One bandwidth for all seeds, chosen on the validation tasks of all or, unfairly, on those of the test."""
    numbers, every = config.network, bandwidths(config.network)
    fit, widths = (partial(em_nll, components=numbers.components), every[::3]) if source == EM else (kernel_nll, every)
    tasks = {
        what: [held_out(numbers, config.held_out, what, seed)[1:] for seed in range(config.seeds)]
        for what in ("validation", "held out")
    }
    known, further = map(torch.cat, zip(*tasks["held out" if source == KDE_TEST else "validation"], strict=True))
    losses = [fit(known[:, :n], further, width) for width in widths]
    best = widths[int(np.argmin(losses))]
    return [
        dict.fromkeys(COLUMNS, math.nan) | {"seed": seed, "nll": fit(contexts[:, :n], queries, best), "beta": best}
        for seed, (contexts, queries) in enumerate(tasks["held out"])
    ]

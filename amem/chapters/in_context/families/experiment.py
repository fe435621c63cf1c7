"""Networks that ranking has taught on mixtures, shown other families of the paper's code."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import pandas as pd
import torch

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
    box,
    energies,
    held_out,
    rounded,
)
from amem.chapters.in_context.means import with_means
from amem.chapters.in_context.predictors import EXACT_SIZE, bandwidths, exact, kernel_nll
from amem.chapters.in_context.terms import EXACT, FAMILIES, KDE, KDE_TEST, RANKING
from amem.energies.in_context import InContextEnergy
from amem.experiment import Config, experiment
from amem.seeds import generator
from amem.sweep import Row, grid, sweep
from amem.tasks import Curves, Family, Rings, TwoRectangles


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """tasks: of each family, for each seed. held_out: the mixtures that choose β and the bandwidth. exact_size: the
    longest context over which the exact prediction is summed."""

    network: Learning = SMALL
    shown: Shown = NARROW
    held_out: HeldOut = FEW
    seeds: int = 3
    tasks: int = 6
    exact_size: int = EXACT_SIZE


@experiment(quick=Numbers(), full=Numbers(network=PAPER_SIZE, shown=WIDE, held_out=MANY, tasks=32))
def families(config: Numbers) -> pd.DataFrame:
    """What the networks that ranking has taught on mixtures make of points of other families.

    Of kind "seed" and "mean": the NLL of further points with the longest context, for the network, at the β that
    mixtures like best; for kernel estimates, whose bandwidth is chosen on mixtures or, unfairly, for the best NLL on
    the family's own test; for the exact prediction, which expects mixtures as the network was taught to. Of the first
    network, rows of kind "energy" lie on a grid, centred to mean zero; of kind "context" are the points it is shown, of
    kind "unseen" further ones.
    """
    table = sweep(_cell, grid(family=FAMILIES, seed=range(config.seeds)), config)
    judged = table["what"] == "seed"
    means = with_means(cast("pd.DataFrame", table[judged]), ["family", "source"], ("nll",))
    return pd.concat([means, cast("pd.DataFrame", table[~judged])], ignore_index=True)


def every_family(numbers: Learning) -> Mapping[str, Family]:
    """Every family of the paper's code, at the size of the mixtures."""
    spread, scale = numbers.spread, numbers.scale
    return {
        "three Gaussians": numbers.mixtures,
        "five Gaussians": replace(numbers.mixtures, components=5),
        "sheared": replace(numbers.mixtures, stretch=0.6),
        "three circles": Rings(3, 1.5 * spread, spread / 2, scale / 4),
        "six circles": Rings(6, 1.5 * spread, spread / 2, scale / 4),
        "two rectangles": TwoRectangles(spread, spread),
        "moons": Curves("moons", spread / 4, 2 * spread, scale / 4),
        "swiss roll": Curves("swiss roll", spread / 4, 2 * spread, scale / 4),
    }


def _cell(config: Numbers, family: str, seed: int) -> list[Row]:
    numbers, few = config.network, config.held_out
    learner, shown = learners.last(numbers, RANKING, seed), numbers.length - 1
    kind = every_family(numbers)[family]
    tasks = kind.draw(config.tasks, generator("in_context", "families", family, seed, config.tasks, numbers.spread))
    points = tasks.sample(
        shown + few.queries, generator("in_context", "families", family, "points", seed, numbers.length)
    )
    contexts, queries = points[:, :shown], points[:, shown:]
    plane = box(numbers, few.side)
    beta, _ = betas(numbers, few, learner, seed, (shown,))
    on_grid = energies(learner, contexts, plane.points.expand(len(contexts), -1, -1))
    of_mixtures = held_out(numbers, few, "validation", seed)[1:]
    widths = bandwidths(numbers)
    chosen = min(widths, key=lambda width: kernel_nll(*of_mixtures, width))
    short = contexts[:, : config.exact_size]
    known = [exact(numbers, context, asked).mean() for context, asked in zip(short, queries, strict=True)]
    nll = {
        RANKING: -float(grids.log_density(energies(learner, contexts, queries), on_grid, plane.cell, beta).mean()),
        KDE: kernel_nll(contexts, queries, chosen),
        KDE_TEST: min(kernel_nll(contexts, queries, width) for width in widths),
        EXACT: -float(np.mean(known)),
    }
    empty = {"source": RANKING, **dict.fromkeys(("nll", "x", "y", "energy"), math.nan)}
    rows: list[Row] = [empty | {"what": "seed", "source": source, "nll": value} for source, value in nll.items()]
    if seed == 0:
        rows += [{**empty, **row} for row in _seen(config, learner, family, kind)]
    return rows


def _seen(config: Numbers, learner: InContextEnergy, name: str, family: Family) -> list[Row]:
    """The rows of one family."""
    length, shown = config.network.length, config.shown
    tasks = family.draw(1, generator("in_context", "family", name, config.network.spread))
    points = tasks.sample(length - 1 + 300, generator("in_context", "family", name, "points", length))
    context, unseen = points[:, : length - 1], points[0, length - 1 :]
    fine = grids.box(shown.half, shown.side, 2, device="cpu", dtype=torch.float64).points
    energy = energies(learner, context, fine[None])[0]
    energy = energy - energy.mean()
    nothing = [math.nan] * max(len(context[0]), len(unseen))
    return [
        {"what": what, "x": x, "y": y, "energy": height}
        for what, places, heights in (
            ("energy", fine.tolist(), rounded(energy, 8)),
            ("context", rounded(context[0], 8), nothing),
            ("unseen", rounded(unseen, 8), nothing),
        )
        for (x, y), height in zip(places, heights, strict=False)
    ]

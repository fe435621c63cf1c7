"""Ranking on few mixtures and on ever new ones."""

from dataclasses import dataclass, replace

import pandas as pd
import torch

from amem import grids
from amem.chapters.in_context.learners import PAPER_SIZE, SMALL, Learning, learned, pooled
from amem.chapters.in_context.looking import FEW, MANY, HeldOut, energies, look
from amem.chapters.in_context.means import with_means
from amem.chapters.in_context.terms import NEW_TASKS, OWN_TASKS, RANKING
from amem.experiment import Config, experiment
from amem.seeds import generator
from amem.sweep import Row, grid, sweep


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """pools: numbers of mixtures, 0 for always new ones. updates: of every network. seeds: trained networks of each
    kind."""

    network: Learning = SMALL
    held_out: HeldOut = FEW
    seeds: int = 3
    pools: tuple[int, ...] = (10, 0)
    updates: int = 200


@experiment(quick=Numbers(), full=Numbers(network=PAPER_SIZE, held_out=MANY, pools=(10, 100, 1000, 0), updates=500))
def pools(config: Numbers) -> pd.DataFrame:
    """Ranking on few mixtures with a finite number of points each, and on mixtures that are always new, after equally
    many updates: the NLL against the size of the context.

    where: on new tasks, or on new points of the pool's own. Rows of kind "seed" are means over that seed's tasks, of
    kind "mean" over the seeds.
    """
    table = sweep(_cell, grid(pool=config.pools, seed=range(config.seeds)), config)
    return with_means(table.assign(what="seed"), ["pool", "where", "n"], ("nll",))


def _cell(config: Numbers, pool: int, seed: int) -> list[Row]:
    numbers, few = replace(config.network, pool=pool), config.held_out
    learner, _ = learned(numbers, "mixtures", RANKING, seed, config.updates)
    looked = look(numbers, few, learner, seed, few.sizes)
    rows: list[Row] = [
        {"where": NEW_TASKS, "n": n, "nll": looked.nll(size, looked.once)} for size, n in enumerate(few.sizes)
    ]
    if pool == 0:
        return rows
    longest = numbers.length - 1
    rng = generator("in_context", "pool", "judged", pool, seed, few.tasks, few.queries, numbers.length)
    own = pooled(numbers, seed).pick(torch.arange(few.tasks) % pool)
    points = own.sample(longest + few.queries, rng)
    contexts, queries = points[:, :longest], points[:, longest:]
    everywhere = looked.grid.points.expand(few.tasks, -1, -1)
    for n in few.sizes:
        on_points, on_grid = (energies(learner, contexts[:, :n], x) for x in (queries, everywhere))
        nll = -float(grids.log_density(on_points, on_grid, looked.grid.cell, looked.once).mean())
        rows.append({"where": OWN_TASKS, "n": n, "nll": nll})
    return rows

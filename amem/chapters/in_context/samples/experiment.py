"""The training's own sampler in the landscapes of held-out tasks."""

import math
from dataclasses import dataclass
from typing import cast

import pandas as pd
import torch
from torch import Tensor

from amem.chapters.in_context import learners
from amem.chapters.in_context.learners import PAPER_SIZE, SMALL, Divergence, Learning
from amem.chapters.in_context.looking import FEW, MANY, NARROW, WIDE, HeldOut, Shown, held_out, shown_tasks
from amem.chapters.in_context.means import with_means
from amem.chapters.in_context.terms import DIVERGENCE
from amem.energies.in_context import InContextEnergy
from amem.experiment import Config, experiment
from amem.seeds import generator
from amem.sweep import Row, grid, sweep


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """chains: of the sampler, for each held-out task. seeds: trained networks."""

    network: Learning = SMALL
    shown: Shown = NARROW
    held_out: HeldOut = FEW
    seeds: int = 3
    chains: int = 32


@experiment(quick=Numbers(), full=Numbers(network=PAPER_SIZE, shown=WIDE, held_out=MANY, chains=64))
def samples(config: Numbers) -> pd.DataFrame:
    """Where the training's own sampler leads negatives, as the context grows.

    Rows of kind "seed": the fraction of chains over held-out tasks that end within 3 s of a true mean, and that begin
    there; of kind "mean" over seeds; of kind "chain": starts and ends for the first task in the pictures, whose
    true means are of kind "centre".
    """
    table = sweep(_cell, grid(seed=range(config.seeds)), config)
    measured = table["what"] == "seed"
    means = with_means(cast("pd.DataFrame", table[measured]), ["n"], ("within", "within_start"))
    return pd.concat([means, cast("pd.DataFrame", table[~measured])], ignore_index=True)


def _cell(config: Numbers, seed: int) -> list[Row]:
    numbers, way = config.network, config.network.divergence
    learner = learners.last(numbers, DIVERGENCE, seed)
    tasks, contexts, _ = held_out(numbers, config.held_out, "held out", seed)
    blank = dict.fromkeys(("within", "within_start", "start_x", "start_y", "end_x", "end_y"), math.nan)
    rows: list[Row] = []
    for n in config.held_out.sizes:
        start, end = walks(way, learner, contexts[:, :n], config.chains, seed)
        within, before = (
            float((torch.cdist(x, tasks.centres()).amin(-1) < 3 * numbers.scale).double().mean()) for x in (end, start)
        )
        rows.append(blank | {"what": "seed", "n": n, "within": within, "within_start": before})
    if seed > 0:
        return rows
    tasks, contexts = shown_tasks(numbers, config.shown)
    names = ("start_x", "start_y", "end_x", "end_y")
    centres = tasks.centres()[0].tolist()
    rows += [blank | {"what": "centre", "n": 0, "end_x": x, "end_y": y} for x, y in centres]
    for n in config.shown.sizes:
        chains = torch.cat(walks(way, learner, contexts[:1, :n], config.chains, seed), -1)[0]
        rows += [blank | {"what": "chain", "n": n} | dict(zip(names, chain, strict=True)) for chain in chains.tolist()]
    return rows


def walks(way: Divergence, learner: InContextEnergy, contexts: Tensor, chains: int, seed: int) -> tuple[Tensor, Tensor]:
    """Starts and ends of the sampler's chains, (tasks, chains, 2): the same chance for every size of context."""
    place = next(learner.parameters())
    rng = generator("in_context", "walks", seed, chains, way.start)
    shape = (len(contexts), chains, 2)
    start = way.start * (2 * torch.rand(shape, generator=rng, dtype=torch.float64) - 1)
    step = way.sampler.update(learner.given(contexts.to(place)), rng)
    state = start.to(place)
    for _ in range(way.steps):
        state = step(state)
    return start, state.detach().double().cpu()

"""The same points, shown in other orders."""

from dataclasses import dataclass, replace

import pandas as pd
import torch
from torch import Tensor

from amem import grids
from amem.chapters.in_context.learners import PAPER_SIZE, SMALL, Learning, learned
from amem.chapters.in_context.looking import FEW, MANY, HeldOut, betas, box, energies, held_out
from amem.chapters.in_context.terms import DIVERGENCE, INVARIANT, OBJECTIVES, RANKING, SHORT
from amem.experiment import Config, experiment
from amem.seeds import generator
from amem.sweep import Row, grid, sweep


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """orders: of one context. early: the updates of networks that are not trained to the end."""

    network: Learning = SMALL
    held_out: HeldOut = FEW
    orders: int = 16
    early: int = 200


@experiment(quick=Numbers(), full=Numbers(network=PAPER_SIZE, held_out=MANY, orders=32, early=500))
def orders(config: Numbers) -> pd.DataFrame:
    """The NLL of held-out points when the same longest context is shown in other orders, task by task.

    Causal networks of both objectives, and after fewer updates a causal network and one whose context points all see
    one another, both taught by ranking. spread: the standard deviation of the NLL over the orders; energy_spread: the
    largest standard deviation of any grid point's energy, over that of the energies; tokens: how many a sequence costs
    in training, contexts and the points that are asked for.
    """
    return sweep(_cell, grid(kind=(INVARIANT, SHORT, *OBJECTIVES)), config)


def _cell(config: Numbers, kind: str) -> list[Row]:
    numbers = replace(config.network, invariant=kind == INVARIANT)
    objective, length = (DIVERGENCE if kind == DIVERGENCE else RANKING), numbers.length
    updates = config.early if kind in (SHORT, INVARIANT) else numbers.all_updates(objective)
    learner, _ = learned(numbers, "mixtures", objective, 0, updates)
    negatives = numbers.divergence.negatives if objective == DIVERGENCE else numbers.ranking.negatives
    tokens = length * (length if numbers.invariant else 1) + length * (1 + negatives)
    plane = box(numbers, config.held_out.side)
    _, contexts, queries = held_out(numbers, config.held_out, "held out", 0)
    everywhere = plane.points.expand(len(contexts), -1, -1)
    beta, _ = betas(numbers, config.held_out, learner, 0, (length - 1,))
    rng = generator("in_context", "orders", config.orders, length)
    nll: list[Tensor] = []
    heights: list[Tensor] = []
    for _ in range(config.orders):
        mixed = contexts[:, torch.randperm(length - 1, generator=rng)]
        on_grid = energies(learner, mixed, everywhere)
        nll.append(-grids.log_density(energies(learner, mixed, queries), on_grid, plane.cell, beta).mean(-1))
        heights.append(on_grid - on_grid.mean(-1, keepdim=True))
    losses, energy = torch.stack(nll), torch.stack(heights)
    spread = energy.std(0).amax(-1) / energy[0].std(-1)
    return [
        {"task": task, "nll": one, "spread": wide, "energy_spread": high, "tokens": tokens}
        for task, (one, wide, high) in enumerate(
            zip(losses.mean(0).tolist(), losses.std(0).tolist(), spread.tolist(), strict=True)
        )
    ]

"""Networks of each kind on their way."""

import math
from dataclasses import dataclass, replace

import pandas as pd

from amem.chapters.in_context.learners import PAPER_SIZE, SMALL, Learning, learned
from amem.chapters.in_context.looking import FEW, MANY, HeldOut, look
from amem.chapters.in_context.one_well import learned_well, variance
from amem.chapters.in_context.terms import DIVERGENCE, MARGINAL, OBJECTIVES, QUOTED, RANKING
from amem.experiment import Config, experiment
from amem.sweep import Row, grid, sweep

STAGE = ("nll", "rank_box", "rank_near", "beta", "well")
PASSED = ("loss", "gap", "norm")


@dataclass(frozen=True, kw_only=True)
class Quoted(Config):
    """Another contrastive divergence, which is said to run away."""

    step: float = 1.0
    noise: float = 0.01
    steps: int = 8
    penalty: float = 1e-3
    rate: float = 1e-3
    norm: float = 0.1
    updates: int = 400

    def instead_of(self, network: Learning) -> Learning:
        way = replace(
            network.divergence,
            step=self.step,
            noise=self.noise,
            steps=self.steps,
            penalty=self.penalty,
            norm=self.norm,
            updates=self.updates,
        )
        return replace(network, rate=self.rate, divergence=way)


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """seeds: trained networks of each kind, each judged on tasks of its own."""

    network: Learning = SMALL
    quoted: Quoted = Quoted()
    held_out: HeldOut = FEW
    seeds: int = 3


@experiment(
    quick=Numbers(),
    full=Numbers(network=PAPER_SIZE, quoted=Quoted(step=3.16, steps=15, updates=5000), held_out=MANY),
)
def training(config: Numbers) -> pd.DataFrame:
    """Losses and the gap E₊ − E₋ on the way, and what the landscape is worth at a few stages of it.

    Rows of kind "update" are means over a fiftieth of the run; rows of kind "stage" hold, for held-out tasks with the
    longest context, the NLL and the rank correlation of the energy with the true −log p: over the whole box, and where
    the true density is more than a thousandth of its maximum; and without context the inverse temperature β, beside
    that of one quadratic well which the same sampler teaches the variance of all mixtures together.
    """
    return sweep(_cell, grid(objective=(*OBJECTIVES, QUOTED), seed=range(config.seeds)), config)


def _cell(config: Numbers, objective: str, seed: int) -> list[Row]:
    rows: list[Row] = []
    numbers = config.quoted.instead_of(config.network) if objective == QUOTED else config.network
    loss = RANKING if objective == RANKING else DIVERGENCE
    blank = dict.fromkeys((*STAGE, *PASSED), math.nan)
    end = numbers.all_updates(loss)
    for stage in (*numbers.stages, end):
        learner, _ = learned(numbers, "mixtures", loss, seed, stage)
        looked = look(numbers, config.held_out, learner, seed, sizes=(0, numbers.length - 1))
        found = {
            "nll": looked.nll(1, looked.each[1]),
            "rank_box": looked.ranks(1, near=False),
            "rank_near": looked.ranks(1, near=True),
            "beta": looked.each[0],
            "well": 1.0 if loss == RANKING else learned_well(variance(numbers, MARGINAL), numbers.divergence)[1],
        }
        rows.append(blank | {"what": "stage", "update": stage} | found)
    _, history = learned(numbers, "mixtures", loss, seed, end)
    every = max(1, end // 50)
    for first in range(0, len(history.loss) - every + 1, every):
        seen = {name: getattr(history, name)[first : first + every].mean().item() for name in PASSED}
        rows.append(blank | {"what": "update", "update": first + every / 2} | seen)
    return rows

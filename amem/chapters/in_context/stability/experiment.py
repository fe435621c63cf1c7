"""Contrastive divergence of the network over steps and noises of its sampler."""

from dataclasses import dataclass, replace

import pandas as pd

from amem.chapters.in_context.learners import PAPER_SIZE, SMALL, Learning, learned
from amem.chapters.in_context.looking import FEW, MANY, HeldOut, look
from amem.chapters.in_context.one_well import learned_well, variance
from amem.chapters.in_context.terms import DIVERGENCE, FIXED, MARGINAL, SCALED
from amem.experiment import Config, experiment
from amem.sweep import Row, grid, sweep


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """steps, noises: α and σ of the sampler. penalty: the small λ that is the same at every α. updates: of every
    network. seeds: trained networks at each point."""

    network: Learning = SMALL
    held_out: HeldOut = FEW
    seeds: int = 2
    steps: tuple[float, ...] = (0.1, 3.16)
    noises: tuple[float, ...] = (0.3, 1.0)
    penalty: float = 1e-3
    updates: int = 200


@experiment(
    quick=Numbers(),
    full=Numbers(
        network=PAPER_SIZE,
        held_out=MANY,
        seeds=3,
        steps=(0.1, 0.316, 1.0, 3.16, 10.0),
        noises=(0.01, 0.1, 0.3, 1.0),
        updates=500,
    ),
)
def stability(config: Numbers) -> pd.DataFrame:
    """Contrastive divergence of the network over the sampler's step α and noise σ, after equally many updates.

    nll: with the longest context; gain: what that takes off the NLL; gap: the mean E₊ − E₋ over the last fifth of the
    updates, and times α, the unit in which the sampler knows it; beta: the inverse temperature without context, and
    well: that of one quadratic well which the same sampler teaches the variance of all mixtures together. penalty:
    whether λ is scaled with α, as it must be if the same is to happen in another unit of energy, or is the same small
    number at every α, which is tried with noises above the chapter's own. updates: how many were done; stopped: why not
    all of them, or nothing.
    """
    axes = {"step": config.steps, "seed": range(config.seeds)}
    wide = [noise for noise in config.noises if noise > config.network.divergence.noise]
    points = grid(penalty=(FIXED,), noise=wide, **axes) + grid(penalty=(SCALED,), noise=config.noises, **axes)
    return sweep(_cell, points, config)


def _cell(config: Numbers, penalty: str, noise: float, step: float, seed: int) -> Row:
    own = config.network.divergence
    scaled = own.penalty * step / own.step if penalty == SCALED else config.penalty
    numbers = replace(config.network, divergence=replace(own, step=step, noise=noise, penalty=scaled))
    learner, history = learned(numbers, "mixtures", DIVERGENCE, seed, config.updates)
    gap = float(history.gap[-max(1, len(history.gap) // 5) :].mean())
    looked = look(numbers, config.held_out, learner, seed, (0, numbers.length - 1))
    nothing, nll = (looked.nll(size, looked.each[size]) for size in (0, 1))
    return {
        "nll": nll,
        "gain": nothing - nll,
        "gap": gap,
        "scaled_gap": step * gap,
        "beta": looked.each[0],
        "well": learned_well(variance(numbers, MARGINAL), numbers.divergence)[1],
        "updates": len(history.gap),
        "stopped": history.stopped or "",
    }

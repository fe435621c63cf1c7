"""Contrastive divergence in one quadratic well."""

import math
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import torch

from amem.chapters.in_context.learners import PAPER_SIZE, SMALL, Learning
from amem.chapters.in_context.one_well import Well, learned_well, variance
from amem.chapters.in_context.terms import COMPONENT, MARGINAL
from amem.dynamics.noisy import NoisyDescent
from amem.experiment import Config, experiment
from amem.seeds import generator
from amem.sweep import Row, grid, sweep


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """steps, noises: α and σ of the sampler, which is otherwise the networks'. updates: of the well. particles: data
    and negatives at each."""

    network: Learning = SMALL
    steps: tuple[float, ...] = (0.1, 3.16)
    noises: tuple[float, ...] = (0.01, 0.03, 0.1, 0.2, 0.3, 0.36, 0.39, 0.42, 0.5, 0.8, 1.25, 1.8, 1.95, 2.2, 3.0)
    updates: int = 250
    particles: int = 512


@experiment(
    quick=Numbers(),
    full=Numbers(
        network=PAPER_SIZE,
        noises=(0.01, 0.03, 0.1, 0.2, 0.28, 0.31, 0.34, 0.4, 0.6, 1.0, 2.0, 3.5, 4.6, 4.9, 5.2, 6.0),
    ),
)
def wells(config: Numbers) -> pd.DataFrame:
    """Contrastive divergence in one quadratic well: the curvature learned from Gaussian data, and the one predicted.

    Both times the step α, which makes them comparable: the rule knows E only as αE. The data have the variance of all
    mixtures together, or of one component; the sampler is that of the networks at other noises and steps. learned: the
    mean over the last quarter of the updates; drift: that less the mean over the quarter before.
    """
    return sweep(_cell, grid(data=(MARGINAL, COMPONENT), step=config.steps, noise=config.noises), config)


def _cell(config: Numbers, data: str, step: float, noise: float) -> Row:
    wide, shape = variance(config.network, data), (config.particles, 2)
    way = replace(config.network.divergence, step=step, noise=noise)
    sampler = NoisyDescent(step=step, noise=noise, noise_first=False)
    rng = generator("in_context", "well", data, step, noise, config.updates, config.particles)
    well = Well(0.01 / step)
    curvatures: list[float] = []
    for _ in range(config.updates):
        negatives = way.start * (2 * torch.rand(shape, generator=rng, dtype=torch.float64) - 1)
        move = sampler.update(well, rng)
        with torch.no_grad():
            for _ in range(way.steps):
                negatives = move(negatives)
        positives = math.sqrt(wide) * torch.randn(shape, generator=rng, dtype=torch.float64)
        loss = well(positives).mean() - well(negatives).mean()
        (slope,) = torch.autograd.grad(loss, well.curvature)
        with torch.no_grad():  # in units of α, and a negative flung out pulls no harder than one at the rim
            well.curvature.sub_(0.02 / step * (slope / wide).clamp(-1, 1))
        curvatures.append(step * well.curvature.item())
    predicted, beta = learned_well(wide, way)
    *_, before, last = (float(part.mean()) for part in np.array_split(curvatures, 4))
    found = {"learned": last, "drift": last - before}
    return {**found, "predicted": step * predicted, "beta": beta, "scale": math.sqrt(wide)}

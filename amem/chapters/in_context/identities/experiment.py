"""Identities, each found and compared with what it should be."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import pandas as pd
import torch

from amem import grids
from amem.chapters.in_context.learners import PAPER_SIZE, SMALL, Learning, network
from amem.chapters.in_context.looking import FEW, MANY, box
from amem.chapters.in_context.one_well import Well
from amem.dynamics.noisy import NoisyDescent
from amem.experiment import Config, experiment
from amem.learning.objectives import ContrastiveDivergence
from amem.seeds import generator
from amem.sweep import Row, grid, sweep
from amem.theory import in_context as theory
from amem.theory import langevin


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """draws: of every average. side: of the grid."""

    network: Learning = SMALL
    side: int = FEW.side
    draws: int = 200_000


@experiment(quick=Numbers(), full=Numbers(network=PAPER_SIZE, side=MANY.side))
def identities(config: Numbers) -> pd.DataFrame:
    """What must hold whatever was learned: each row a name, the value found, and how far it is from what it should be.

    z: in standard errors, for what is sampled; error: absolute, for what is computed.
    """
    return sweep(_cell, grid(identity=tuple(IDENTITIES)), config)


def _cell(config: Numbers, identity: str) -> list[Row]:
    blank: dict[str, object] = dict.fromkeys(("value", "wanted", "error", "z"), math.nan)
    return [{**blank, **row} for row in IDENTITIES[identity](config)]


def _one_pass(config: Numbers) -> list[Row]:
    """One forward pass for all prefixes against one pass for each, and what a point must not see."""
    length, start = config.network.length, config.network.divergence.start
    rng = generator("in_context", "one pass", length)
    sequence = config.network.mixtures.draw(4, rng).sample(length, rng).float()
    negatives = start * (2 * torch.rand(4, 3, length, 2, generator=rng) - 1)
    rows: list[Row] = []
    for name, invariant in (("causal", False), ("invariant", True)):
        learner = network(replace(config.network, invariant=invariant), 0).cpu().requires_grad_(False)
        together, apart = learner(sequence), torch.empty(4, length)
        beside, alone = learner.negatives(sequence, negatives), torch.empty(4, 3, length)
        for n in range(length):
            landscape = learner.given(sequence[:, :n])
            apart[:, n], alone[:, :, n] = landscape(sequence[:, n : n + 1])[:, 0], landscape(negatives[:, :, n])
        error = max(float((together - apart).abs().max()), float((beside - alone).abs().max()))
        rows.append({"what": f"prefix by prefix, {name}", "error": error})
        changed = sequence.clone()
        changed[:, length // 2 :] += 1
        first = slice(0, length // 2)
        unseen = float((learner(changed) - together)[:, first].abs().max())
        own = float((learner.negatives(changed, negatives) - beside)[..., : length // 2 + 1].abs().max())
        rows.append({"what": f"later points are not seen, {name}", "error": unseen})
        rows.append({"what": f"nor is one's own target, {name}", "error": own})
    return rows


def _exact_gradient(config: Numbers) -> list[Row]:
    """Contrastive divergence with exact samples of E = k x²/2: the gradient is ½(⟨x₊²⟩ − 1/k), in each dimension."""
    rows: list[Row] = []
    sampler, count = config.network.divergence.sampler, config.draws
    objective = ContrastiveDivergence(sampler=sampler, steps=1, penalty=0.0, replay=0.0, runaway=None)
    for k in (0.5, 1.0, 4.0):
        rng = generator("in_context", "exact gradient", k, count)
        data = torch.randn(count, 1, generator=rng, dtype=torch.float64)
        samples = torch.randn(count, 1, generator=rng, dtype=torch.float64) / math.sqrt(k)
        well = Well(k)
        loss = objective.loss(well(data)[:, None], well(samples)[:, None, None])
        (gradient,) = torch.autograd.grad(loss, well.curvature)
        wanted = 0.5 * (float(data.square().mean()) - 1 / k)
        error = 1 / (k * math.sqrt(2 * count))
        rows.append(
            {"what": f"k = {k:g}", "value": gradient.item(), "wanted": wanted, "z": (gradient.item() - wanted) / error}
        )
    return rows


def _stationary(config: Numbers) -> list[Row]:
    """The variance at which the sampler rests in a well, gradient first and noise first."""
    rows: list[Row] = []
    for order, noise_first in (("gradient first", False), ("noise first", True)):
        for pull in (0.1, 0.5, 1.0, 1.5, 1.9):
            rng = generator("in_context", "stationary", order, pull, config.draws)
            sampler = NoisyDescent(step=0.1, noise=0.3, noise_first=noise_first)
            wanted = langevin.stationary_variance(pull / 0.1, 0.1, 0.3) * ((1 - pull) ** 2 if noise_first else 1)
            state = torch.zeros(config.draws // 2, 2, dtype=torch.float64)
            move = sampler.update(Well(pull / 0.1), rng)
            with torch.no_grad():
                for _ in range(100):
                    state = move(state)
            value = float(state.square().mean())
            z = (value - wanted) / (wanted * math.sqrt(2 / state.numel())) if wanted > 0 else math.nan
            found = {"value": value, "wanted": wanted, "z": z, "error": abs(value - wanted)}
            rows.append({"what": f"{order}, αk = {pull:g}", **found})
    return rows


def _oracle(config: Numbers) -> list[Row]:
    """The energy −log p of the true mixtures, normalised on the grid: its NLL is their Monte Carlo entropy."""
    rng = generator("in_context", "oracle", config.draws)
    tasks = config.network.mixtures.draw(8, rng)
    points = tasks.sample(config.draws // 8, rng)
    plane = box(config.network, config.side)
    on_grid = -tasks.log_density(plane.points.expand(8, -1, -1))
    drawn = -tasks.log_density(points)
    nll = -float(grids.log_density(drawn, on_grid, plane.cell).mean())
    wanted = float(drawn.mean())
    return [{"what": "NLL on the grid", "value": nll, "wanted": wanted, "error": abs(nll - wanted)}]


def _no_context(config: Numbers) -> list[Row]:
    """The NLL without context: the formula, and −log of the marginal at one point from each of many mixtures."""
    rows: list[Row] = []
    for spread, scale in ((2.0, 0.4), (5.0, 0.33)):
        rng, count = generator("in_context", "no context", spread, scale, config.draws), config.draws
        points = replace(config.network.mixtures, spread=spread, scale=scale).draw(count, rng).sample(1, rng)[:, 0]
        variance = spread**2 + scale**2
        nll = points.square().sum(-1) / (2 * variance) + math.log(2 * math.pi * variance)
        wanted = theory.no_context_nll(2, spread, scale)
        z = (float(nll.mean()) - wanted) / (float(nll.std()) / math.sqrt(count))
        rows.append({"what": f"S = {spread:g}, s = {scale:g}", "value": float(nll.mean()), "wanted": wanted, "z": z})
    return rows


IDENTITIES: dict[str, Callable[[Numbers], list[Row]]] = {
    "one pass": _one_pass,
    "exact gradient": _exact_gradient,
    "stationary variance": _stationary,
    "oracle": _oracle,
    "no context": _no_context,
}

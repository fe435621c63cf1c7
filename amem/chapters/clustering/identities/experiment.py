"""Identities, measured."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from amem.chapters.clustering.points import normal
from amem.dynamics import gradient_flow, run
from amem.dynamics.assignment import attract, nearest, settle
from amem.energies import AssignmentEnergy, GaussianKDE
from amem.energies.assignment import gaussian_log_joint
from amem.experiment import Config, experiment
from amem.learning.clam import fit_clam
from amem.learning.elbo import expectation_maximisation, fit_elbo
from amem.seeds import generator
from amem.sweep import Row, grid, sweep


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """Random problems of each kind, the steps after which dynamics are taken to be at rest, and the updates that a
    single memory gets.
    """

    seed: int = 0
    draws: int = 50
    rest_steps: int = 20_000
    alone_updates: int = 800


@experiment(quick=Numbers(), full=Numbers(draws=400))
def identities(config: Numbers) -> pd.DataFrame:
    """What must hold exactly, and by how much it fails: nothing but rounding. A row a check and number of memories."""
    return sweep(check, grid(memories=[2, 5, 20]), config)


def check(config: Numbers, memories: int) -> list[Row]:
    """Random data in three dimensions, random log-joints; `draws` of each, all at once.

    force: the closed form against autograd. conserved: how far Σ_k v_k moves. posterior: how far the resting q is from
    p(k|x), from random starts. rise: the most that a step of length 1 raises the energy. one step: how far q is from
    p(k|x) after one step of length p from 0. envelope: the gradient through that step against the one at fixed q. EM: a
    step of CLAM+ELBO's gradient against EM's. likelihood: how much log p + βE changes from place to place. sharp: the
    fraction of points that CLAM and CLAM+ELBO assign to another memory than the nearest at β = 10⁵. blunt: how far q is
    from equal at β = 10⁻⁶. one memory: how far CLAM's and CLAM+ELBO's only memory ends from the data's mean. saddle: by
    which fraction CLAM's loss falls otherwise than `_saddle` says when memories leave the data's mean. steps 1, steps
    0.1: the median number of steps of that length until q is within 10⁻⁶ of p(k|x), of five memories.
    """
    rng = generator("clustering", "identities", config.seed, memories)
    mu = normal(rng, config.device, config.draws, memories, 3)
    x = normal(rng, config.device, config.draws, 1, 3)
    joint = gaussian_log_joint(x, mu, 1.0)[:, 0]
    energy, starts = AssignmentEnergy(joint), normal(rng, config.device, config.draws, memories)
    posterior = energy.posterior()

    point = starts.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(energy(point).sum(), point)
    rested = run(gradient_flow(energy, 1.9), starts, steps=config.rest_steps).state
    walk = [starts]
    for _ in range(200):
        walk.append(gradient_flow(energy, 1.0)(walk[-1]))
    path = torch.stack(walk)
    levels = energy(path)
    found = {
        "force": (energy.force(starts) + gradient).abs().max(),
        "conserved": (path.sum(-1) - starts.sum(-1)).abs().max(),
        "posterior": (rested.softmax(-1) - posterior).abs().max(),
        "rise": levels.diff(dim=0).max() / levels.abs().max(),
        "one step": (settle(joint).softmax(-1) - posterior).abs().max(),
        **_learning(config, rng, memories),
        **_limits(config, rng, mu),
        "saddle": _saddle(config, rng, memories),
    }
    rows: list[Row] = [{"check": name, "value": float(value)} for name, value in found.items()]
    for step in (1.0, 0.1) if memories == 5 else ():
        taken = _steps(joint, step, posterior, limit=5 * config.rest_steps)
        rows.append({"check": f"steps {step:g}", "value": float(np.median(taken))})
    return rows


def _steps(joint: Tensor, step: float, posterior: Tensor, limit: int) -> list[int]:
    """How many steps from v = 0 each draw needs until q is within 10⁻⁶ of the posterior."""
    state, update = torch.zeros_like(joint), gradient_flow(AssignmentEnergy(joint), step)
    taken = np.full(len(joint), limit)
    for count in range(limit):
        near = ((state.softmax(-1) - posterior).abs().amax(-1) < 1e-6).cpu().numpy()
        taken = np.where(near & (taken == limit), count, taken)
        if (taken < limit).mean() > 0.6:  # the median is known
            break
        state = update(state)
    return taken.tolist()


def _learning(config: Numbers, rng: torch.Generator, p: int) -> dict[str, Tensor]:
    """The gradient in the memories at the posterior, by two roads, and EM's update out of it."""
    points, beta = normal(rng, config.device, 60, 3), 1.7
    start = normal(rng, config.device, p, 3)
    gradients: list[Tensor] = []
    for inside in (True, False):
        memories = start.clone().requires_grad_()
        joint = gaussian_log_joint(points, memories, beta)
        logits = settle(joint if inside else joint.detach())
        energy = (logits.softmax(-1) * (logits.log_softmax(-1) - joint)).sum()
        gradients += torch.autograd.grad(energy, [memories])
    through, fixed = gradients
    share = gaussian_log_joint(points, start, beta).softmax(-1)
    stepped = start - through / (beta * share.sum(0))[:, None]
    maximised = expectation_maximisation(points, start, beta, updates=1).memories
    return {"envelope": (through - fixed).abs().max(), "EM": (stepped - maximised).abs().max()}


def _saddle(config: Numbers, rng: torch.Generator, p: int) -> Tensor:
    """All memories on the mean of the data are no minimum of CLAM's loss at any β.

    Moved to δ_k with Σ_k δ_k = 0 they change Σ_x ‖x − v^(T)‖² by −2 β α T (1 − α)^(T−1) (1 − (1 − α)^T) Σ_x xᵀ C x to
    second order, where C = Σ_k δ_k δ_kᵀ / p and α is the step: down in every direction in which the data spread.
    """
    points, push = normal(rng, config.device, 60, 3), 1e-3 * normal(rng, config.device, p, 3)
    points, push = points - points.mean(0), push - push.mean(0)
    step, steps, wrong = 0.1, 10, list[Tensor]()
    shrunk = (1 - step) ** steps
    for value in (1e-3, 1e-2, 0.1, 1.0):
        beta = points.new_tensor(value)
        before, after = (
            (points - attract(points, memories, beta, step=step, steps=steps)).square().sum()
            for memories in (torch.zeros_like(push), push)
        )
        slope = 2 * value * step * steps * (1 - step) ** (steps - 1) * (1 - shrunk)
        wrong.append((after - before) / (slope * (points @ push.T).square().sum() / p) + 1)
    return torch.stack(wrong).abs().max()


def _limits(config: Numbers, rng: torch.Generator, mu: Tensor) -> dict[str, Tensor]:
    points, p = normal(rng, config.device, 40, 3), mu.shape[-2]
    landscapes = [GaussianKDE(memories, 1.3**-0.5) for memories in mu[:5]]
    gaps = torch.stack([landscape.log_density(points) + 1.3 * landscape(points) for landscape in landscapes])
    own, huge = nearest(points.expand(len(mu), 40, 3), mu), torch.full((len(mu),), 1e5, dtype=torch.float64)
    ends = attract(points.expand(len(mu), 40, 3), mu, huge.to(mu.device), step=0.1, steps=100)
    believed = settle(gaussian_log_joint(points, mu, huge.to(mu.device))).argmax(-1)
    equal = gaussian_log_joint(points, mu, 1e-6).softmax(-1)
    alone = points.mean(0) + torch.ones(1, 1, 3, dtype=torch.float64, device=mu.device)
    single = [
        fit_clam(points, alone, 1.0, rate=0.05, updates=config.alone_updates),
        fit_elbo(points, alone, 1.0, rate=0.05, updates=config.alone_updates),
    ]
    return {
        "likelihood": (gaps - gaps.mean(-1, keepdim=True)).abs().max(),
        "sharp": torch.stack([nearest(ends, mu) != own, believed != own]).double().mean(),
        "blunt": (equal - 1 / p).abs().max(),
        "one memory": torch.stack([(one.memories - points.mean(0)).abs().max() for one in single]).max(),
    }

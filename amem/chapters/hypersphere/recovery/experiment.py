"""Draws beside their exact law, and mixtures fitted to draws from planted ones."""

import math
from dataclasses import dataclass

import pandas as pd
import torch
from torch import Tensor

from amem import patterns
from amem.energies.concentration import mean_length, slope
from amem.energies.sphere import SphericalMixture, VonMisesFisher
from amem.experiment import Config, experiment
from amem.learning.mixture import Fit, fit_mixture, scattered
from amem.seeds import generator
from amem.sweep import Row, grid, sweep


@dataclass(frozen=True, kw_only=True)
class Sampling(Config):
    """Draws for the test of the sampler: `points` up to sixteen dimensions, fewer in more."""

    n: tuple[int, ...] = (2, 3, 16, 256)
    kappas: tuple[float, ...] = (0.1, 1.0, 10.0, 100.0, 1000.0, 1e4)
    points: int = 20_000


@dataclass(frozen=True, kw_only=True)
class Fitting(Config):
    """Planted mixtures, and EM on points drawn from them. EM only climbs the hill on which it starts: of several
    starts the one that is likeliest after the sweeps of a trial goes on."""

    n: int = 16
    kappas: tuple[float, ...] = (20.0, 40.0, 80.0, 160.0, 320.0)
    points: int = 2000
    seeds: int = 3
    starts: int = 8
    trial: int = 25
    sweeps: int = 200


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """A test of the sampler and one of the fit."""

    sampling: Sampling = Sampling()
    fitting: Fitting = Fitting()


@experiment(quick=Numbers(), full=Numbers(sampling=Sampling(points=100_000), fitting=Fitting(points=20_000, seeds=10)))
def recovery(config: Numbers) -> pd.DataFrame:
    """Drawn points beside the exact law they should follow, and mixtures fitted to points drawn from a planted one."""
    drawn = sweep(_sampled_cell, grid(n=config.sampling.n, kappa=config.sampling.kappas), config.sampling)
    fitted = sweep(_fitted_cell, grid(seed=range(config.fitting.seeds)), config.fitting)
    return pd.concat([drawn.assign(what="sample"), fitted.assign(what="fit")], ignore_index=True)


def _sampled_cell(config: Sampling, n: int, kappa: float) -> dict[str, object]:
    rng = generator("hypersphere", "sampler", n, kappa, config.points)
    count = max(2000, config.points * 16 // max(n, 16))
    direction = patterns.sphere(1, n, rng, radius=1.0, device="cpu", dtype=torch.float64)[0]
    # each point has a concentration of its own, so that each has a gradient
    sharpness = torch.full((count,), kappa, dtype=torch.float64, requires_grad=True)
    points = VonMisesFisher(direction, sharpness).rsample(generator=rng)
    # 1 − cos from the distance to the mean direction, which keeps its digits where points are close
    versine = (points - direction).square().sum(-1) / 2
    (gradient,) = torch.autograd.grad(-versine.sum(), sharpness)
    exact = torch.tensor(kappa, dtype=torch.float64)
    length, change = mean_length(exact, n), slope(exact, n)
    shortfall = 1 - length
    return {
        "count": count,
        "measured": float(1 - versine.mean().detach()),
        "exact": float(length),
        "z": float((shortfall - versine.mean().detach()) / (change / count).sqrt()),
        "gradient": float(gradient.mean()),
        "exact_gradient": float(change),
        "gradient_z": float((gradient.mean() - change) / (gradient.std() / math.sqrt(count))),
    }


def _fitted_cell(config: Fitting, seed: int) -> list[Row]:
    n, planted = config.n, torch.tensor(config.kappas, dtype=torch.float64)
    p = len(planted)
    rng = generator("hypersphere", "fit", seed, n, p, config.points)
    directions = patterns.sphere(p, n, rng, radius=1.0, device="cpu", dtype=torch.float64)
    weights = torch.softmax(0.5 * torch.randn(p, generator=rng, dtype=torch.float64), -1)
    truth = SphericalMixture(directions, planted, weights.log())
    points = truth.distribution().sample((config.points,), generator=rng)
    starts = [scattered(points, p, rng) for _ in range(config.starts)]

    def fitted(start: Tensor, sweeps: int) -> Fit:
        return fit_mixture(points, start, sweeps=sweeps, tolerance=1e-12)

    fit = fitted(max(starts, key=lambda start: fitted(start, config.trial).log_likelihood[-1]), config.sweeps)
    match = (directions @ fit.mixture.mean_directions.T).argmax(-1)
    found = fit.mixture.log_weights.softmax(-1)[match]
    rows: list[Row] = []
    for j in range(p):
        held = float(weights[j]) * config.points
        cosine = float(directions[j] @ fit.mixture.mean_directions[match[j]])
        rows.append(
            {
                "component": j,
                "planted": float(planted[j]),
                "fitted": float(fit.mixture.concentrations[match[j]]),
                # if every point's component were known
                "standard_error": float((held * slope(planted[j], n)).rsqrt()),
                "angle": math.acos(min(1.0, cosine)),
                "weight": float(weights[j]),
                "fitted_weight": float(found[j]),
                "matched_once": int((match == match[j]).sum() == 1),
                "log_likelihood_gain": fit.log_likelihood[-1] - float(truth.log_density(points).mean()),
                "points": config.points,
                "sweeps": len(fit.log_likelihood),
            }
        )
    return rows

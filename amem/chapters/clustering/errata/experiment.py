"""Published statements beside what holds, measured."""

import math
from dataclasses import dataclass

import pandas as pd
import torch

from amem.chapters.clustering.points import normal, points_of, starts
from amem.chapters.clustering.training import Training
from amem.datasets import load
from amem.dynamics.assignment import attract
from amem.energies import GaussianKDE
from amem.energies.assignment import gaussian_log_joint
from amem.experiment import experiment
from amem.learning.clam import fit_clam
from amem.learning.masks import bernoulli_masks, published_masks
from amem.seeds import generator
from amem.sweep import Row, sweep


@dataclass(frozen=True, kw_only=True)
class Numbers(Training):
    """Random problems, β of the workshop paper's unit; masked training at one β of the book's, from so many starts."""

    draws: int = 50
    published_betas: tuple[float, ...] = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0)
    beta: float = 1.0
    seeds: int = 5


@experiment(quick=Numbers(), full=Numbers(draws=400, seeds=10))
def errata(config: Numbers) -> pd.DataFrame:
    """Published statements beside what holds: a row a measurement, `what` naming the statement.

    covariance: log p along a line, of the mixture with a published covariance, against −βE. force: ∇log p and minus it,
    along that line, against 2β Σ_k σ_k (μ_k − x). sign: the slope of the first along Σ_k σ_k (μ_k − x), over β. time: Ė
    over −½‖∇E‖² in the published units, against τ; time law: 1/τ. fixed point: ‖T(v*) − v*‖ of v* = Σ_k p(k|x) μ_k.
    shared: the distance between what CLAM and CLAM+ELBO believe at rest. hidden: how often a feature is masked. moved:
    how far training with a mask moves the memories on iris.
    """
    points = [
        {"what": "covariance"},
        {"what": "motion"},
        *({"what": what} for what in ("iris", "wine", "breast_cancer")),
    ]
    return sweep(correct, points, config)


def correct(config: Numbers, what: str) -> list[Row]:
    if what == "covariance":
        return _covariance(config)
    if what == "motion":
        return _motion(config)
    return _masking(config, what)


def _row(kind: str, x: float, value: float, form: str = "", low: float = math.nan, high: float = math.nan) -> Row:
    return {"kind": kind, "form": form, "x": x, "value": value, "low": low, "high": high}


def _covariance(config: Numbers) -> list[Row]:
    """Three memories on a line; β as in the mixture form, exp(−β(v − μ)²), is 1: then Σ = 1/2 and not 2."""
    memories = torch.tensor([[-2.0], [0.0], [2.5]], dtype=torch.float64, device=config.device)
    axis = torch.linspace(-5, 5.5, 106, dtype=torch.float64, device=config.device)[:, None]
    landscape = GaussianKDE(memories, math.sqrt(1 / 2))
    curves = {"−βE": -2 * landscape(axis)}
    curves |= {
        form: GaussianKDE(memories, math.sqrt(variance)).log_density(axis)
        for form, variance in (("Σ = I/2β", 1 / 2), ("Σ = 2I/β", 2.0))
    }
    curves["−βE"] = curves["−βE"] + (curves["Σ = I/2β"] - curves["−βE"]).mean()
    places = axis.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(landscape.log_density(places).sum(), places)
    pulls = {"∇log p": gradient[:, 0], "−∇log p": -gradient[:, 0], "2βΣσ(μ − x)": 2 * landscape.force(axis)[:, 0]}
    return [
        _row(kind, float(x), float(y), form)
        for kind, drawn in (("covariance", curves), ("force", pulls))
        for form, curve in drawn.items()
        for x, y in zip(axis[:, 0], curve, strict=True)
    ]


def _motion(config: Numbers) -> list[Row]:
    """Five memories and an input in three dimensions, drawn anew; published β is half of the book's."""
    rng = generator("clustering", "errata", config.seed)
    mu, x = normal(rng, config.device, config.draws, 5, 3), normal(rng, config.device, config.draws, 1, 3)
    rows: list[Row] = []
    for published in config.published_betas:
        beta = torch.full((config.draws,), 2 * published, dtype=torch.float64, device=config.device)
        start = gaussian_log_joint(x, mu, beta).softmax(-1)
        claimed = start @ mu
        again = gaussian_log_joint(claimed, mu, beta).softmax(-1) @ mu
        residual = torch.linalg.vector_norm(again - claimed, dim=-1)[:, 0]
        rested = attract(x, mu, beta, step=1.0, steps=3000)
        apart = (gaussian_log_joint(rested, mu, beta).softmax(-1) - start).abs().sum(-1)[:, 0] / 2
        once = torch.linalg.vector_norm(attract(x, mu, beta, step=1.0, steps=1) - claimed, dim=-1).max()
        for kind, values in (("fixed point", residual), ("shared", apart)):
            low, middle, high = values.quantile(torch.tensor([0.1, 0.5, 0.9]).to(values)).tolist()
            rows.append(_row(kind, published, middle, low=low, high=high))
        rows.append(_row("one step", published, float(once)))

    published, place = 1.0, x[0].clone().requires_grad_()
    landscape = GaussianKDE(mu[0], math.sqrt(1 / (2 * published)))
    (gradient,) = torch.autograd.grad(landscape.log_density(place).sum(), place)
    pull = landscape.force(place.detach())
    slope = float((gradient * pull).sum() / pull.square().sum()) / published
    rows.append(_row("sign", published, slope))
    # the published energy is 1/β times minus the log of the sum, twice that of the book
    slope_of_energy = -2 * pull
    for tau in (0.5, 1.0, 2.0, 4.0):
        velocity, short = pull / tau, 1e-6
        change = 2 * float(landscape(x[0] + short * velocity) - landscape(x[0] - short * velocity)) / (2 * short)
        rows.append(_row("time", tau, change / (-float(slope_of_energy.square().sum()) / 2)))
    rows += [_row("time law", float(tau), 1 / float(tau)) for tau in torch.linspace(0.5, 4.0, 60, dtype=torch.float64)]
    return rows


def _masking(config: Numbers, set: str) -> list[Row]:
    points = points_of(set, config.device)
    count, n = points.shape
    seeds, rows = config.seeds, list[Row]()
    for form, make in (("published", published_masks), ("independent", bernoulli_masks)):
        rngs = [generator("clustering", "errata", config.seed, set, seed) for seed in range(seeds)]
        begin = starts(points, load(set).classes, rngs)
        masks = make(count, n, config.mask, rngs, device=config.device)
        often = torch.stack([masks().double().mean((0, 1)) for _ in range(20)]).mean(0)
        rows += [_row("hidden", feature, float(rate), form) for feature, rate in enumerate(often)]
        if set == "iris":
            found = fit_clam(points, begin, config.beta, rate=config.rate, updates=config.updates, masks=masks)
            rows.append(_row("moved", n, float((found.memories - begin).abs().max()), form))
    return rows

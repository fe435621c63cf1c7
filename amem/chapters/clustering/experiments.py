"""Two memories at work on the same input, their basins, the β below which memories can fall together, and how well they
cluster beside K-means and mixtures: a table each. β is the inverse temperature of the book, 1/σ².
"""

import itertools
import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from sklearn import metrics
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import BayesianGaussianMixture, GaussianMixture
from torch import Tensor

from amem import sweep
from amem.datasets import at_hand, load, standardised
from amem.dynamics import gradient_flow, mean_shift, run
from amem.dynamics.assignment import attract, nearest, settle
from amem.energies import AssignmentEnergy, GaussianKDE
from amem.energies.assignment import gaussian_log_joint
from amem.learning.clam import fit_clam
from amem.learning.collapse import collapse_beta
from amem.learning.descent import Learned
from amem.learning.elbo import expectation_maximisation, fit_elbo
from amem.learning.masks import bernoulli_masks, published_masks
from amem.learning.restaurant import Restaurant, settings
from amem.seeds import generator
from amem.sweep import grid

Row = Mapping[str, object]
Labels = NDArray[np.int64]

NAN = math.nan
SMALL = ("iris", "wine", "breast_cancer")


@dataclass(frozen=True, kw_only=True)
class Config(sweep.Config):
    """The numbers of the chapter; those that both presets share have their value here."""

    seed: int = 0

    # Dynamics: three memories in the plane, one input, five starting beliefs.
    triangle: tuple[tuple[float, float], ...] = ((-1.0, -0.7), (1.1, -0.6), (0.0, 1.1))
    input: tuple[float, float] = (0.6, 0.35)
    dynamics_beta: float = 1.6
    dynamics_step: float = 0.05
    dynamics_steps: int = 1600
    dynamics_kept: int = 8
    beliefs: tuple[tuple[float, float, float], ...] = ((3, 0, 0), (0, 3, 0), (2, -1, 2), (2, 2, -1))

    # Basins in the unit square.
    square_memories: tuple[tuple[float, float], ...] = (
        *((0.12, 0.22), (0.26, 0.34), (0.18, 0.78), (0.45, 0.6), (0.6, 0.74), (0.66, 0.2), (0.84, 0.34), (0.86, 0.86)),
    )
    square_betas: tuple[float, ...] = (30.0, 90.0, 500.0)
    square_points: int = 61
    square_curve: tuple[float, ...]

    # Collapse: β in units of β_c; the first spread, in standard deviations of the data.
    collapse_ratios: tuple[float, ...]
    collapse_spread: float = 1e-3
    collapse_updates: int
    apart_sets: tuple[str, ...]
    apart_ratios: tuple[float, ...]
    apart_seeds: int
    apart_updates: int = 1000
    outlier: float = 20.0

    # Training as in the reference: data points for a start, all points at every update.
    rate: float = 0.05
    updates: int = 120
    mask: float = 0.2
    reference_beta: float = 1.0
    reference_sets: tuple[str, ...]
    reference_seeds: int
    sharpness_sets: tuple[str, ...] = ("iris", "wine")
    sharpness_betas: tuple[float, ...]
    sharpness_seeds: int
    longer_updates: int = 2000

    # Variants: clouds in the plane, one of them small.
    clouds: tuple[tuple[float, float], ...] = ((-2.0, -1.2), (2.0, -1.2), (-0.2, 2.0), (0.3, -0.2))
    cloud_sizes: tuple[int, ...] = (120, 90, 60, 30)
    cloud_spread: float = 0.5
    variant_ratio: float = 10.0
    variant_seeds: int

    # The sweep: β in units of β_c, learning rates, steps of unit total length, memories in units of the classes.
    sets: tuple[str, ...]
    ratios: tuple[float, ...]
    rates: tuple[float, ...]
    steps: tuple[int, ...]
    sizes: tuple[float, ...]
    seeds: int
    sample: int = 256
    sweep_updates: int = 100
    silhouette_points: int = 300
    restaurant_alphas: tuple[float, ...] = (0.1, 1.0, 10.0)
    restaurant_betas: tuple[float, ...] = (0.5, 2.0)
    restaurant_rho: float = 1.0

    # Identities and errata.
    draws: int
    rest_steps: int = 20_000
    published_betas: tuple[float, ...] = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0)


PRESETS = {
    "quick": Config(
        preset="quick",
        square_curve=tuple(float(f"{10**exponent:.3g}") for exponent in np.linspace(1, 4, 10)),
        collapse_ratios=(0.6, 0.8, 0.9, 0.95, 0.97, 0.99, 1.01, 1.03, 1.05, 1.1, 1.2, 1.4, 1.7, 2.0),
        collapse_updates=1000,
        apart_sets=(*SMALL, "digits"),
        apart_ratios=(0.3, 0.5, 0.8, 0.95, 1.05),
        apart_seeds=2,
        reference_sets=SMALL,
        reference_seeds=5,
        sharpness_betas=(0.05, 0.1, 0.2, 0.4, 0.8, 2.0, 5.0, 15.0),
        sharpness_seeds=4,
        variant_seeds=4,
        sets=(*SMALL, "digits"),
        ratios=(3.0, 30.0),
        rates=(0.01, 0.1),
        steps=(10,),
        sizes=(0.3, 1.0, 2.0),
        seeds=3,
        draws=50,
    ),
    "full": Config(
        preset="full",
        square_curve=tuple(float(f"{10**exponent:.3g}") for exponent in np.linspace(1, 4, 25)),
        collapse_ratios=(
            *(0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.95, 0.96, 0.97, 0.98, 0.99, 1.0, 1.01, 1.02, 1.03, 1.04, 1.05, 1.07),
            *(1.1, 1.15, 1.2, 1.3, 1.4, 1.5, 1.7, 2.0),
        ),
        collapse_updates=3000,
        apart_sets=(*SMALL, "digits", "ecoli", "image_segmentation"),
        apart_ratios=(0.3, 0.5, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0, 1.05, 1.2),
        apart_seeds=5,
        reference_sets=(*SMALL, "digits", "zoo", "ecoli", "libras_movement", "image_segmentation"),
        reference_seeds=10,
        sharpness_betas=(0.03, 0.05, 0.07, 0.1, 0.14, 0.2, 0.28, 0.4, 0.55, 0.8, 1.1, 2.0, 3.0, 5.0, 8.0, 15.0, 30.0),
        sharpness_seeds=10,
        variant_seeds=10,
        sets=(*SMALL, "digits", "zoo", "ecoli", "libras_movement", "image_segmentation"),
        ratios=(1.0, 3.0, 10.0, 30.0, 100.0),
        rates=(0.001, 0.01, 0.1),
        steps=(2, 10),
        sizes=(0.3, 1.0, 2.0),
        seeds=10,
        draws=400,
    ),
}


def _of_sets_at_hand(config: Config) -> Config:
    """Only those sets that need no network. They are named in the config, so that its results stay what they are."""
    names = ("apart_sets", "reference_sets", "sets")
    kept = {name: tuple(one for one in getattr(config, name) if at_hand(one)) for name in names}
    return replace(config, preset="at_hand", **kept)


PRESETS["at_hand"] = _of_sets_at_hand(PRESETS["full"])


def _points(name: str, config: Config) -> Tensor:
    return standardised(load(name).features).to(config.device)


def _starts(points: Tensor, p: int, rngs: Sequence[torch.Generator]) -> Tensor:
    """p different data points for each generator."""
    chosen = torch.stack([torch.randperm(len(points), generator=rng)[:p] for rng in rngs])
    return points[chosen.to(points.device)]


def _normal(rng: torch.Generator, config: Config, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=rng, dtype=torch.float64).to(config.device)


# --- The same input, two kinds of state -------------------------------------------------------------------------------


def dynamics(config: Config) -> pd.DataFrame:
    """CLAM and CLAM+ELBO on one input: where the states go, what they believe, and their energies.

    Rows of kind "memory" and "input"; "grid", CLAM's energy in the plane; "path", a state of a model at a time.
    x, y: CLAM's state or, of CLAM+ELBO, the reconstruction Σ_k q_k μ_k. q1 to q3: what the state believes.
    """
    return sweep.sweep(follow, grid(model=["CLAM", "CLAM+ELBO"]), config)


def follow(config: Config, model: str) -> list[Row]:
    memories = torch.tensor(config.triangle, dtype=torch.float64, device=config.device)
    x = torch.tensor(config.input, dtype=torch.float64, device=config.device)
    beta = config.dynamics_beta
    landscape = GaussianKDE(memories, beta**-0.5)
    log_joint = gaussian_log_joint(x[None], memories, beta)[0]
    if model == "CLAM":
        energy, starts = landscape, x[None]
    else:
        energy = AssignmentEnergy(log_joint)
        beliefs = torch.tensor(config.beliefs, dtype=torch.float64, device=config.device)
        starts = torch.cat([torch.zeros_like(beliefs[:1]), beliefs])
    kept = run(
        gradient_flow(energy, config.dynamics_step),
        starts,
        steps=config.dynamics_steps,
        keep_every=config.dynamics_kept,
    ).kept
    assert kept is not None
    q = gaussian_log_joint(kept, memories, beta).softmax(-1) if model == "CLAM" else kept.softmax(-1)
    place = kept if model == "CLAM" else q @ memories
    duration = config.dynamics_kept * config.dynamics_step
    rows = [
        _state("path", start, round(step * duration, 6), place[step, start], q[step, start], level)
        for start in range(len(starts))
        for step, level in enumerate(energy(kept[:, start]))
    ]
    if model == "CLAM":
        axis = torch.linspace(-1.8, 1.8, 37, dtype=torch.float64, device=config.device)
        mean = log_joint.softmax(-1)[None] @ memories
        for kind, places in (
            ("grid", torch.cartesian_prod(axis, axis)),
            ("memory", memories),
            ("input", x[None]),
            ("posterior mean", mean),
        ):
            believed, levels = gaussian_log_joint(places, memories, beta).softmax(-1), landscape(places)
            marks = zip(places, believed, levels, strict=True)
            rows += [_state(kind, item, NAN, *mark) for item, mark in enumerate(marks)]
    return rows


def _state(kind: str, item: int, time: float, place: Tensor, q: Tensor, energy: Tensor) -> Row:
    numbers = dict(zip(("x", "y", "q1", "q2", "q3"), [*place.tolist(), *q.tolist()], strict=True))
    return {"kind": kind, "item": item, "time": time, **numbers, "energy": float(energy)}


# --- Basins -----------------------------------------------------------------------------------------------------------


def basins(config: Config) -> pd.DataFrame:
    """The unit square divided among fixed memories: by where CLAM ends, and by which memory is nearest.

    Rows of kind "memory", "grid" (ends: the memory nearest to where the point comes to rest; nearest: to the point
    itself) and "differs": the fraction of the square on which the two differ, at rest and after ten steps of 0.1.
    """
    betas = sorted({*config.square_betas, *config.square_curve})
    return sweep.sweep(divide, grid(beta=betas), config)


def divide(config: Config, beta: float) -> list[Row]:
    memories = torch.tensor(config.square_memories, dtype=torch.float64, device=config.device)
    axis = (torch.arange(config.square_points, dtype=torch.float64, device=config.device) + 0.5) / config.square_points
    plane = torch.cartesian_prod(axis, axis)
    rested = run(mean_shift(memories, beta**-0.5), plane, steps=20_000, tolerance=1e-7)
    scale = torch.tensor(beta, dtype=torch.float64, device=config.device)
    stepped = nearest(attract(plane, memories, scale, step=0.1, steps=10), memories)
    ends, own = nearest(rested.state, memories), nearest(plane, memories)
    blank = {"x": NAN, "y": NAN, "ends": -1, "nearest": -1, "differs": NAN}
    rows: list[Row] = [
        {"kind": kind, **blank, "differs": float((labels != own).double().mean()), "unfinished": unfinished}
        for kind, labels, unfinished in (
            ("at rest", ends, int((~rested.converged).sum())),
            ("ten steps", stepped, 0),
        )
    ]
    if beta in config.square_betas:
        rows += [
            {"kind": kind, **blank, "x": _round(x), "y": _round(y), "ends": end, "nearest": near, "unfinished": 0}
            for kind, places, to, by in (
                ("memory", memories, nearest(memories, memories), nearest(memories, memories)),
                ("grid", plane, ends, own),
            )
            for (x, y), end, near in zip(places.tolist(), to.tolist(), by.tolist(), strict=True)
        ]
    return rows


# --- A critical β -----------------------------------------------------------------------------------------------------


def collapse(config: Config) -> pd.DataFrame:
    """How far memories end apart, against β/β_c: rows of start "mean" begin a little apart around the mean of the data,
    those of start "data" on data points.

    spread: the largest distance between two memories after all updates. gain: the loss per point of all memories on the
    mean, less the loss found. used: memories that hold points, among which rounding decides if they lie in one place.
    Rows of source "theory" hold β_c itself.
    """
    near = grid(start=["mean"], set=SMALL, model=["EM", "CLAM+ELBO"])
    far = grid(start=["data"], set=["outlier", *config.apart_sets], model=["EM"])
    return sweep.sweep(separate, [*far, *near], config)


def separate(config: Config, start: str, set: str, model: str) -> list[Row]:
    """As many memories as classes, equal weights, β fixed; for the points with an outlier two."""
    points = _with_outlier(config) if set == "outlier" else _points(set, config)
    critical, p = collapse_beta(points), 2 if set == "outlier" else load(set).classes
    known = config.collapse_ratios if start == "mean" else config.apart_ratios
    ratios = torch.tensor(known, dtype=torch.float64, device=config.device)
    if set == "outlier":
        seeds, begin = 1, points[[len(points) // 2, -1]][None]
    elif start == "data":
        seeds = config.apart_seeds
        begin = _starts(points, p, [generator("clustering", "apart", config.seed, set, seed) for seed in range(seeds)])
    else:
        rng = generator("clustering", "collapse", config.seed, set)
        seeds, begin = 1, config.collapse_spread * _normal(rng, config, 1, p, points.shape[1])
    begin, beta = begin.repeat(len(ratios), 1, 1, 1), (ratios * critical)[:, None].expand(-1, seeds)
    if model == "EM":
        updates = config.apart_updates if start == "data" else config.collapse_updates
        found = expectation_maximisation(points, begin, beta, updates=updates)
    else:
        updates = config.collapse_updates // 2
        found = fit_elbo(points, begin, beta, rate=config.rate, updates=updates, weighted=False)
    spread = torch.cdist(found.memories, found.memories).amax((-2, -1))
    alone = gaussian_log_joint(points, points.mean(0).expand(*begin.shape[:2], 1, -1), beta)[..., 0].mean(-1)
    holders = gaussian_log_joint(points, found.memories, beta).argmax(-1)
    rows = [
        {
            "source": "simulation",
            "seed": seed,
            "beta": ratio * critical,
            "ratio": ratio,
            "spread": float(spread[place, seed]),
            "gain": float(-alone[place, seed] - found.loss[place, seed]),
            "used": len(holders[place, seed].unique()) if spread[place, seed] > 0.1 else 1,
        }
        for place, ratio in enumerate(known)
        for seed in range(seeds)
    ]
    theory = {"source": "theory", "seed": 0, "beta": critical, "ratio": 1.0, "spread": 0.0, "gain": 0.0, "used": 1}
    return [*rows, theory]


def _with_outlier(config: Config) -> Tensor:
    """On a line: a hundred points as a normal distribution has them, and one far away."""
    levels = (torch.arange(100, dtype=torch.float64, device=config.device) + 0.5) / 100
    return torch.cat([torch.special.ndtri(levels), levels.new_tensor([config.outlier])])[:, None]


def sharpness(config: Config) -> pd.DataFrame:
    """The adjusted Rand index against β, each model trained anew at each β; beta_c is the set's critical β.

    "CLAM, longer" is trained for more updates, only below β_c.
    """
    models = ["CLAM, longer", "CLAM", "CLAM, masked", "CLAM+ELBO"]
    return sweep.sweep(sharpen, grid(set=config.sharpness_sets, model=models), config)


def sharpen(config: Config, set: str, model: str) -> list[Row]:
    """Every β with the same starts and, if there are any, masks."""
    points, labels = _points(set, config), load(set).labels.numpy()
    seeds, betas = config.sharpness_seeds, config.sharpness_betas
    if model == "CLAM, longer":
        betas = tuple(value for value in betas if value < collapse_beta(points))
    starts, masks = _chance("sharpness", set, points, load(set).classes, seeds, config)
    start = starts.repeat(len(betas), 1, 1, 1)
    beta = torch.tensor(betas, dtype=torch.float64, device=config.device)[:, None].expand(-1, seeds)
    found, assigned = _fit(model, points, start, beta, masks, config)
    return [
        {
            "beta": value,
            "beta_c": collapse_beta(points),
            "seed": seed,
            "ari": float(metrics.adjusted_rand_score(labels, assigned[place, seed])),
            "loss": float(found.loss[place, seed]),
        }
        for place, value in enumerate(betas)
        for seed in range(seeds)
    ]


# --- How well they cluster --------------------------------------------------------------------------------------------


def reference(config: Config) -> pd.DataFrame:
    """Every model at one sensible setting, as many memories as classes, on all points: a row a seed.

    CLAM+CRP+ELBO has a row for each α and β too, and VI-DP-GMM three components a class.
    """
    models = ["CLAM", "CLAM, masked", "CLAM+ELBO", "CLAM+CRP+ELBO", *BASELINES]
    return sweep.sweep(compare, grid(set=config.reference_sets, model=models), config)


def compare(config: Config, set: str, model: str) -> list[Row]:
    points, p, seeds = _points(set, config), load(set).classes, config.reference_seeds
    known: list[tuple[int, float, float, float, Labels]] = []
    if model == "CLAM+CRP+ELBO":
        known = _restaurants("reference", set, points, seeds, config)
    elif model in BASELINES:
        components = 3 * p if model == "VI-DP-GMM" else p
        known = [(seed, NAN, NAN, NAN, BASELINES[model](points, components, seed)) for seed in range(seeds)]
    else:
        starts, masks = _chance("reference", set, points, p, seeds, config)
        beta = torch.full((seeds,), config.reference_beta, dtype=torch.float64, device=config.device)
        found, assigned = _fit(model, points, starts, beta, masks, config)
        known = [(seed, NAN, float(beta[seed]), float(found.loss[seed]), assigned[seed]) for seed in range(seeds)]
    return [
        {"seed": seed, "alpha": alpha, "beta": beta, "loss": loss, **_scores(set, points, labels, config)}
        for seed, alpha, beta, loss, labels in known
    ]


def variants(config: Config) -> pd.DataFrame:
    """What the knobs of CLAM and CLAM+ELBO do, as many memories as classes, β in units of β_c: a row a seed.

    Rows of kind "fit" (width: the β at which the likelihood of the mixture found is highest), and, of clouds in the
    plane, "memory" (those of the lowest loss over the seeds) and "point".
    """
    return sweep.sweep(vary, grid(set=("clouds", *SMALL), variant=list(VARIANTS)), config)


VARIANTS: dict[str, dict[str, Any]] = {
    "K-means": {},
    "CLAM": {},
    "CLAM, T = 1": {"step": 1.0, "steps": 1},
    "CLAM, T = 3": {"step": 1 / 3, "steps": 3},
    "CLAM, T = 30": {"step": 1 / 30, "steps": 30},
    "CLAM, weighted": {"weighted": True},
    "CLAM, spherical": {"spherical": True},
    "CLAM, masked: mean": {},
    "CLAM, masked: least": {},
    "CLAM, masked: greatest": {},
    "CLAM+ELBO": {},
    "CLAM+ELBO, equal weights": {"weighted": False},
    "CLAM+ELBO, learned β": {"learn_beta": True},
    "CLAM+ELBO, learned β, longer": {"learn_beta": True, "updates": 400},
}
"""What differs from `fit_clam` and `fit_elbo`; after a colon what hidden entries begin as, of all points' values."""


def vary(config: Config, set: str, variant: str) -> list[Row]:
    shown, classes = _clouds(config) if set == "clouds" else (_points(set, config), load(set).labels.numpy())
    options, p, seeds = VARIANTS[variant], int(classes.max()) + 1, config.variant_seeds
    points = torch.nn.functional.normalize(shown, dim=-1) if options.get("spherical") else shown
    rngs = [generator("clustering", "variants", config.seed, set, seed) for seed in range(seeds)]
    starts = _starts(points, p, rngs)
    beta = torch.full((seeds,), config.variant_ratio * collapse_beta(points), dtype=torch.float64, device=config.device)
    training: dict[str, Any] = {"rate": config.rate, "updates": config.updates, **options}
    width = beta.new_full((seeds,), NAN)
    if variant == "K-means":
        memories, loss, assigned = _kmeans_from(points, starts)
    elif variant.startswith("CLAM+ELBO"):
        found = fit_elbo(points, starts, beta, **training)
        memories, loss, beta = found.memories, found.loss, found.beta
        joint = gaussian_log_joint(points, memories, beta, found.log_weights)
        distances = torch.cdist(points.expand(seeds, *points.shape), memories).square()
        width, assigned = points.numel() / (joint.softmax(-1) * distances).sum((-2, -1)), joint.argmax(-1)
    else:
        if hidden := variant.partition(": ")[2]:
            count, n = points.shape
            training["masks"] = bernoulli_masks(count, n, config.mask, rngs[:1], device=config.device)
            values = {"mean": points.mean(0), "least": points.amin(0), "greatest": points.amax(0)}
            training["hidden_value"] = values[hidden]
        found = fit_clam(points, starts, beta, **training)
        memories, loss = found.memories, found.loss
        motion = {"step": options.get("step", 0.1), "steps": options.get("steps", 10)}
        everything = points.expand(seeds, *points.shape)
        assigned = nearest(attract(everything, memories, beta, log_weights=found.log_weights, **motion), memories)
    blank = {"seed": 0, "beta": NAN, "width": NAN, "loss": NAN, "ari": NAN, "x": NAN, "y": NAN}
    rows: list[Row] = [
        {
            **blank,
            "kind": "fit",
            "seed": seed,
            "beta": float(beta[seed]),
            "width": float(width[seed]),
            "loss": float(loss[seed]),
            "ari": _round(metrics.adjusted_rand_score(classes, assigned[seed].cpu().numpy())),
        }
        for seed in range(seeds)
    ]
    if set == "clouds":
        kinds = {"memory": memories[int(loss.argmin())], **({"point": shown} if variant == "K-means" else {})}
        rows += [
            {**blank, "kind": kind, "x": _round(x), "y": _round(y)}
            for kind, places in kinds.items()
            for x, y in places.tolist()
        ]
    return rows


def _kmeans_from(points: Tensor, starts: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """K-means from each start: centres, the sums of squared distances, and labels."""
    models = [KMeans(len(start), init=start.cpu().numpy(), n_init=1).fit(points.cpu().numpy()) for start in starts]  # pyright: ignore[reportArgumentType]
    centres, labels = (np.stack([getattr(one, name) for one in models]) for name in ("cluster_centers_", "labels_"))
    return torch.from_numpy(centres), starts.new_tensor([one.inertia_ for one in models]), torch.from_numpy(labels)


def _clouds(config: Config) -> tuple[Tensor, Labels]:
    """Round clouds of different sizes in the plane, standardised, and which each point is of."""
    rng, classes = (
        generator("clustering", "clouds", config.seed),
        np.repeat(range(len(config.clouds)), config.cloud_sizes),
    )
    centres = torch.tensor(config.clouds, dtype=torch.float64, device=config.device)
    scattered = centres[classes] + config.cloud_spread * _normal(rng, config, len(classes), 2)
    return standardised(scattered), classes


def benchmark(config: Config) -> pd.DataFrame:
    """Seven scores for every model, set, size and setting: a row a fit.

    p: memories offered. ratio, rate, steps: β/β_c, learning rate and steps of the dynamics; alpha, beta: of the
    restaurant. The models that learn by gradients train on a sample of the points and are scored on all.
    """
    points: list[Row] = []
    for name in config.sets:
        sizes = sorted({max(1, round(size * load(name).classes)) for size in config.sizes})
        points += grid(set=[name], model=["CLAM", "CLAM+ELBO", *BASELINES], p=sizes)
        points += grid(set=[name], model=["CLAM+CRP+ELBO"], p=[0])
    return sweep.sweep(score, points, config)


def score(config: Config, set: str, model: str, p: int) -> list[Row]:
    points = _points(set, config)
    blank = {"ratio": NAN, "rate": NAN, "steps": 0, "alpha": NAN, "beta": NAN}
    if model == "CLAM+CRP+ELBO":
        fits = _restaurants("benchmark", set, points, config.seeds, config)
        known = [
            ({**blank, "seed": seed, "alpha": alpha, "beta": beta}, labels) for seed, alpha, beta, _, labels in fits
        ]
    elif model in BASELINES:
        known = [({**blank, "seed": seed}, BASELINES[model](points, p, seed)) for seed in range(config.seeds)]
    else:
        known = [
            ({**blank, **setting}, labels)
            for steps in config.steps
            for setting, labels in _swept(config, set, model, points, p, steps)
        ]
    return [{**setting, **_scores(set, points, labels, config)} for setting, labels in known]


def _swept(
    config: Config, set: str, model: str, points: Tensor, p: int, steps: int
) -> list[tuple[dict[str, object], Labels]]:
    """All β, rates and seeds at once, in single precision, each seed with its sample of the points and its starts."""
    rngs = [generator("clustering", "benchmark", config.seed, set, p, seed) for seed in range(config.seeds)]
    sample = torch.stack([_starts(points, min(config.sample, len(points)), [rng])[0] for rng in rngs]).float()
    axes = (len(config.ratios), len(config.rates), config.seeds)
    start = sample[:, :p].expand(*axes, p, points.shape[1])  # a sample is in random order
    critical = collapse_beta(points)
    beta = critical * torch.tensor(config.ratios, device=config.device)[:, None, None].expand(axes)
    rate = torch.tensor(config.rates, device=config.device)[None, :, None].expand(axes)
    everything = points.float()
    if model == "CLAM":
        step = 1 / steps
        found = fit_clam(sample, start, beta, rate=rate, updates=config.sweep_updates, step=step, steps=steps)
        ends = attract(everything.expand(*axes, *points.shape), found.memories, beta, step=step, steps=steps)
        labels = nearest(ends, found.memories)
    else:
        step = p / steps
        found = fit_elbo(sample, start, beta, rate=rate, updates=config.sweep_updates, step=step, steps=steps)
        joint = gaussian_log_joint(everything, found.memories, found.beta, found.log_weights)
        labels = settle(joint, step=step, steps=steps).argmax(-1)
    assigned = labels.cpu().numpy()
    return [
        ({"ratio": ratio, "rate": rate, "steps": steps, "seed": seed}, assigned[i, j, seed])
        for i, ratio in enumerate(config.ratios)
        for j, rate in enumerate(config.rates)
        for seed in range(config.seeds)
    ]


def _chance(
    experiment: str, set: str, points: Tensor, p: int, seeds: int, config: Config
) -> tuple[Tensor, Callable[[], Tensor]]:
    """A start and a stream of masks for every seed."""
    rngs = [generator("clustering", experiment, config.seed, set, seed) for seed in range(seeds)]
    count, n = points.shape
    return _starts(points, p, rngs), bernoulli_masks(count, n, config.mask, rngs, device=config.device)


def _fit(
    model: str, points: Tensor, start: Tensor, beta: Tensor, masks: Callable[[], Tensor], config: Config
) -> tuple[Learned, Labels]:
    """Train a model of associative memory, and assign all points."""
    if model == "CLAM+ELBO":
        found = fit_elbo(points, start, beta, rate=config.rate, updates=config.updates)
        assigned = gaussian_log_joint(points, found.memories, found.beta, found.log_weights).argmax(-1)
    else:
        used = masks if model == "CLAM, masked" else None
        updates = config.longer_updates if model == "CLAM, longer" else config.updates
        found = fit_clam(points, start, beta, rate=config.rate, updates=updates, masks=used)
        everything = points.expand(*start.shape[:-2], *points.shape)
        assigned = nearest(attract(everything, found.memories, beta, step=0.1, steps=10), found.memories)
    return found, assigned.cpu().numpy()


def _restaurants(
    experiment: str, set: str, points: Tensor, seeds: int, config: Config
) -> list[tuple[int, float, float, float, Labels]]:
    """CLAM+CRP+ELBO once through the points in a random order, for every α, β and seed, all side by side."""
    axes = list(itertools.product(config.restaurant_alphas, config.restaurant_betas, range(seeds)))
    rho = config.restaurant_rho
    order = [
        torch.randperm(len(points), generator=generator("clustering", experiment, config.seed, set, "order", seed))
        for seed in range(seeds)
    ]
    alphas, betas, turns = zip(*axes, strict=True)
    chosen = {name: value.to(config.device) for name, value in settings(alpha=alphas, beta=betas, rho=rho).items()}
    model = Restaurant(points.shape[1], alpha=chosen["alpha"], beta=chosen["beta"], rho=chosen["rho"])
    model.learn(torch.stack([points[order[seed].to(points.device)] for seed in turns]))
    labels = torch.stack([model.log_joint_memories(x.expand(len(axes), -1)).argmax(-1) for x in points], 1)
    return [
        (seed, alpha, beta, NAN, assigned)
        for (alpha, beta, seed), assigned in zip(axes, labels.cpu().numpy(), strict=True)
    ]


def _kmeans(points: Tensor, p: int, seed: int) -> Labels:
    model = KMeans(p, n_init=1, random_state=seed)  # pyright: ignore[reportArgumentType]
    return model.fit_predict(points.cpu().numpy()).astype(np.int64)


def _gaussians(points: Tensor, p: int, seed: int) -> Labels:
    return _settled(GaussianMixture(p, random_state=seed), points)


def _variational(points: Tensor, p: int, seed: int) -> Labels:
    model = BayesianGaussianMixture(
        n_components=p, weight_concentration_prior_type="dirichlet_process", random_state=seed
    )
    return _settled(model, points)


def _settled(model: GaussianMixture | BayesianGaussianMixture, points: Tensor) -> Labels:
    with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):
        return model.fit_predict(points.cpu().numpy())


BASELINES: dict[str, Callable[[Tensor, int, int], Labels]] = {
    "K-means": _kmeans,
    "GMM": _gaussians,
    "VI-DP-GMM": _variational,
}
"""With scikit-learn's defaults, one start a seed; mixtures with full covariances."""


def _scores(set: str, points: Tensor, labels: Labels, config: Config) -> dict[str, object]:
    """Four scores that know the classes and three that do not, and how many memories hold points.

    The silhouette is that of a sample. With a single cluster, or one for each point, it is −1 and the other two are
    not defined.
    """
    known, data = _classes(set), points.cpu().numpy()
    used = len(np.unique(labels))
    rng = generator("clustering", "silhouette", config.seed, set)
    shown = torch.randperm(len(data), generator=rng)[: config.silhouette_points].numpy()
    return {
        "rand": _round(metrics.rand_score(known, labels)),
        "ari": _round(metrics.adjusted_rand_score(known, labels)),
        "ami": _round(metrics.adjusted_mutual_info_score(known, labels)),
        "nmi": _round(metrics.normalized_mutual_info_score(known, labels)),
        "calinski": _round(metrics.calinski_harabasz_score(data, labels)) if 1 < used < len(data) else NAN,
        "davies": _round(metrics.davies_bouldin_score(data, labels)) if 1 < used < len(data) else NAN,
        "silhouette": _silhouette(data[shown], labels[shown]),
        "used": used,
    }


@cache
def _classes(set: str) -> Labels:
    """Of every point, read once and not for each of thousands of fits."""
    return load(set).labels.numpy()


def _silhouette(data: NDArray[np.float64], labels: Labels) -> float:
    return _round(metrics.silhouette_score(data, labels)) if 1 < len(np.unique(labels)) < len(data) else -1.0


def _round(value: float) -> float:
    """Four digits, so that the table stays small."""
    return float(f"{float(value):.4g}")


# --- Identities -------------------------------------------------------------------------------------------------------


def identities(config: Config) -> pd.DataFrame:
    """What must hold exactly, and by how much it fails: nothing but rounding. A row a check and number of memories."""
    return sweep.sweep(check, grid(memories=[2, 5, 20]), config)


def check(config: Config, memories: int) -> list[Row]:
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
    mu = _normal(rng, config, config.draws, memories, 3)
    x = _normal(rng, config, config.draws, 1, 3)
    joint = gaussian_log_joint(x, mu, 1.0)[:, 0]
    energy, starts = AssignmentEnergy(joint), _normal(rng, config, config.draws, memories)
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


def _learning(config: Config, rng: torch.Generator, p: int) -> dict[str, Tensor]:
    """The gradient in the memories at the posterior, by two roads, and EM's update out of it."""
    points, beta = _normal(rng, config, 60, 3), 1.7
    start = _normal(rng, config, p, 3)
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


def _saddle(config: Config, rng: torch.Generator, p: int) -> Tensor:
    """All memories on the mean of the data are no minimum of CLAM's loss at any β.

    Moved to δ_k with Σ_k δ_k = 0 they change Σ_x ‖x − v^(T)‖² by −2 β α T (1 − α)^(T−1) (1 − (1 − α)^T) Σ_x xᵀ C x to
    second order, where C = Σ_k δ_k δ_kᵀ / p and α is the step: down in every direction in which the data spread.
    """
    points, push = _normal(rng, config, 60, 3), 1e-3 * _normal(rng, config, p, 3)
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


def _limits(config: Config, rng: torch.Generator, mu: Tensor) -> dict[str, Tensor]:
    points, p = _normal(rng, config, 40, 3), mu.shape[-2]
    landscapes = [GaussianKDE(memories, 1.3**-0.5) for memories in mu[:5]]
    gaps = torch.stack([landscape.log_density(points) + 1.3 * landscape(points) for landscape in landscapes])
    own, huge = nearest(points.expand(len(mu), 40, 3), mu), torch.full((len(mu),), 1e5, dtype=torch.float64)
    ends = attract(points.expand(len(mu), 40, 3), mu, huge.to(mu.device), step=0.1, steps=100)
    believed = settle(gaussian_log_joint(points, mu, huge.to(mu.device))).argmax(-1)
    equal = gaussian_log_joint(points, mu, 1e-6).softmax(-1)
    alone = points.mean(0) + torch.ones(1, 1, 3, dtype=torch.float64, device=mu.device)
    single = [
        fit_clam(points, alone, 1.0, rate=0.05, updates=800),
        fit_elbo(points, alone, 1.0, rate=0.05, updates=800),
    ]
    return {
        "likelihood": (gaps - gaps.mean(-1, keepdim=True)).abs().max(),
        "sharp": torch.stack([nearest(ends, mu) != own, believed != own]).double().mean(),
        "blunt": (equal - 1 / p).abs().max(),
        "one memory": torch.stack([(one.memories - points.mean(0)).abs().max() for one in single]).max(),
    }


# --- Errata -----------------------------------------------------------------------------------------------------------


def errata(config: Config) -> pd.DataFrame:
    """Published statements beside what holds: a row a measurement, `what` naming the statement.

    covariance: log p along a line, of the mixture with a published covariance, against −βE. force: ∇log p and minus it,
    along that line, against 2β Σ_k σ_k (μ_k − x). sign: the slope of the first along Σ_k σ_k (μ_k − x), over β. time: Ė
    over −½‖∇E‖² in the published units, against τ. fixed point: ‖T(v*) − v*‖ of v* = Σ_k p(k|x) μ_k. shared: the
    distance between what CLAM and CLAM+ELBO believe at rest. hidden: how often a feature is masked. moved: how far
    training with a mask moves the memories.
    """
    points = [
        {"what": "covariance"},
        {"what": "motion"},
        *({"what": what} for what in ("iris", "wine", "breast_cancer")),
    ]
    return sweep.sweep(correct, points, config)


def correct(config: Config, what: str) -> list[Row]:
    if what == "covariance":
        return _covariance(config)
    if what == "motion":
        return _motion(config)
    return _masking(config, what)


def _row(kind: str, x: float, value: float, form: str = "", low: float = NAN, high: float = NAN) -> Row:
    return {"kind": kind, "form": form, "x": x, "value": value, "low": low, "high": high}


def _covariance(config: Config) -> list[Row]:
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


def _motion(config: Config) -> list[Row]:
    """Five memories and an input in three dimensions, drawn anew; published β is half of the book's."""
    rng = generator("clustering", "errata", config.seed)
    mu, x = _normal(rng, config, config.draws, 5, 3), _normal(rng, config, config.draws, 1, 3)
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
    return rows


def _masking(config: Config, set: str) -> list[Row]:
    points = _points(set, config)
    count, n = points.shape
    seeds, rows = config.reference_seeds, list[Row]()
    for form, make in (("published", published_masks), ("independent", bernoulli_masks)):
        rngs = [generator("clustering", "errata", config.seed, set, seed) for seed in range(seeds)]
        starts = _starts(points, load(set).classes, rngs)
        masks = make(count, n, config.mask, rngs, device=config.device)
        often = torch.stack([masks().double().mean((0, 1)) for _ in range(20)]).mean(0)
        rows += [_row("hidden", feature, float(rate), form) for feature, rate in enumerate(often)]
        beta = config.reference_beta
        found = fit_clam(points, starts, beta, rate=config.rate, updates=config.updates, masks=masks)
        rows.append(_row("moved", n, float((found.memories - starts).abs().max()), form))
    return rows

"""Energies learned in context: a transformer of fixed weights whose landscape follows the points that it is shown.

Two objectives train the same network on the same mixtures: contrastive divergence, as the paper has it, and the ranking
of points among random negatives, whose energies are log densities. Networks are trained once, kept under a name that
holds everything that shaped them, and read again by the experiments that look at them.
"""

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from scipy.stats import spearmanr
from scipy.stats import t as student
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture
from torch import Tensor, nn

from amem import grids, sweep
from amem.chapters.in_context.learners import DIVERGENCE, RANKING, Learning, learned, network, pooled
from amem.dynamics.noisy import NoisyDescent
from amem.energies import Energy
from amem.energies.in_context import InContextEnergy
from amem.learning.objectives import ContrastiveDivergence
from amem.seeds import generator
from amem.sweep import grid
from amem.tasks import (
    Curves,
    Family,
    Mixtures,
    Rings,
    TwoRectangles,
)
from amem.theory import in_context as theory
from amem.theory import langevin

Row = Mapping[str, object]
OBJECTIVES = (DIVERGENCE, RANKING)
QUOTED = "large step, little noise"
BLANK = math.nan


@dataclass(frozen=True, kw_only=True)
class Config(Learning):
    """The numbers of a run: those that shape the networks, and those of the looks that are taken at them.

    seeds: trained networks of each kind, each judged on tasks of its own. tasks, queries: held out, for each seed.
    quoted_*: another contrastive divergence, which is said to run away.
    early: the stage at which networks are compared that are not trained to the end.
    side: points along an edge of the grid on which energies are normalised, half its width being `half`. sizes: of
        contexts. exact_size: the longest context over which the exact prediction is summed.
    shown_*: tasks, contexts and the grid in the pictures. chains: of the sampler, for each held-out task.
    orders: of one context. family_tasks: of each other family, for each seed. pools: numbers of mixtures, 0 for always
    new ones. map_*: the network over steps and noises of the sampler. well_*: the same for one well.
    regression_side, regression_queries: the grid over y, and questions to each line.
    """

    seeds: int
    quoted_step: float
    quoted_noise: float = 0.01
    quoted_steps: int
    quoted_penalty: float = 1e-3
    quoted_rate: float = 1e-3
    quoted_norm: float = 0.1
    quoted_updates: int
    early: int
    side: int
    tasks: int
    queries: int
    sizes: tuple[int, ...]
    exact_size: int = 15
    shown_tasks: int = 4
    shown_sizes: tuple[int, ...]
    shown_half: float
    shown_side: int
    chains: int
    orders: int
    family_tasks: int
    pools: tuple[int, ...]
    map_seeds: int
    map_steps: tuple[float, ...]
    map_noises: tuple[float, ...]
    map_penalty: float = 1e-3
    well_steps: tuple[float, ...] = (0.1, 3.16)
    well_noises: tuple[float, ...]
    well_updates: int = 250
    well_particles: int = 512
    identity_draws: int = 200_000
    regression_side: int
    regression_queries: int = 8

    @property
    def bandwidths(self) -> tuple[float, ...]:
        """Among which the kernel estimate chooses, and EM its least standard deviation: from well below a component's
        standard deviation to well above that of the means."""
        return tuple(np.geomspace(self.scale / 4, 1.6 * self.spread, 16).tolist())

    def all_updates(self, objective: str) -> int:
        """Of a network that is trained to the end."""
        return {DIVERGENCE: self.updates, RANKING: self.ranking_updates, QUOTED: self.quoted_updates}[objective]

    def way(self, objective: str) -> "Config":
        """The config of an objective, which differs where the other contrastive divergence is asked for."""
        if objective != QUOTED:
            return self
        return replace(
            self,
            sampler_step=self.quoted_step,
            sampler_noise=self.quoted_noise,
            sampler_steps=self.quoted_steps,
            penalty=self.quoted_penalty,
            rate=self.quoted_rate,
            norm=self.quoted_norm,
        )


PRESETS = {
    "quick": Config(
        preset="quick",
        spread=2.0,
        scale=0.4,
        length=16,
        layers=2,
        heads=4,
        width=32,
        hidden=128,
        positions=False,
        batch=16,
        rate=3e-3,
        decay=0.0,
        seeds=3,
        quoted_step=1.0,
        quoted_steps=8,
        quoted_updates=400,
        early=200,
        updates=500,
        negatives=1,
        norm=1.0,
        sampler_step=0.1,
        sampler_noise=0.3,
        sampler_steps=12,
        sampler_box=8.0,
        start=6.0,
        penalty=2e-2,
        ranking_updates=1100,
        ranking_negatives=16,
        stages=(100, 200),
        half=8.0,
        side=33,
        tasks=24,
        queries=32,
        sizes=(0, 1, 2, 3, 4, 6, 8, 11, 15),
        shown_sizes=(0, 2, 5, 10, 15),
        shown_half=7.0,
        shown_side=33,
        chains=32,
        orders=16,
        family_tasks=6,
        pools=(10, 0),
        map_seeds=2,
        map_steps=(0.1, 3.16),
        map_noises=(0.3, 1.0),
        well_noises=(0.01, 0.03, 0.1, 0.2, 0.3, 0.36, 0.39, 0.42, 0.5, 0.8, 1.25, 1.8, 1.95, 2.2, 3.0),
        regression_width=2.0,
        regression_slope=1.0,
        regression_noise=0.2,
        regression_half=5.0,
        regression_side=81,
        regression_updates=200,
    ),
    "full": Config(
        preset="full",
        spread=5.0,
        scale=0.33,
        length=36,
        layers=6,
        heads=8,
        width=128,
        hidden=512,
        positions=False,
        batch=64,
        rate=1e-3,
        decay=1e-5,
        seeds=3,
        quoted_step=3.16,
        quoted_steps=15,
        quoted_updates=5000,
        early=500,
        updates=5000,
        negatives=3,
        norm=0.1,
        sampler_step=0.316,
        sampler_noise=0.1,
        sampler_steps=15,
        sampler_box=20.0,
        start=15.0,
        penalty=1e-2,
        ranking_updates=5000,
        ranking_negatives=64,
        stages=(500, 1500),
        half=20.0,
        side=101,
        tasks=64,
        queries=64,
        sizes=(0, 1, 2, 3, 4, 6, 8, 11, 15, 20, 27, 35),
        shown_sizes=(0, 2, 5, 10, 15, 25, 35),
        shown_half=12.0,
        shown_side=49,
        chains=64,
        orders=32,
        family_tasks=32,
        pools=(10, 100, 1000, 0),
        map_seeds=3,
        map_steps=(0.1, 0.316, 1.0, 3.16, 10.0),
        map_noises=(0.01, 0.1, 0.3, 1.0),
        well_noises=(0.01, 0.03, 0.1, 0.2, 0.28, 0.31, 0.34, 0.4, 0.6, 1.0, 2.0, 3.5, 4.6, 4.9, 5.2, 6.0),
        regression_width=15.0,
        regression_slope=2.0,
        regression_noise=0.5,
        regression_half=75.0,
        regression_side=601,
        regression_updates=5000,
    ),
}


def training(config: Config) -> pd.DataFrame:
    """Losses and the gap E₊ − E₋ on the way, and what the landscape is worth at a few stages of it.

    Rows of kind "update" are means over a fiftieth of the run; rows of kind "stage" hold, for held-out tasks with the
    longest context, the NLL and the rank correlation of the energy with the true −log p: over the whole box, and where
    the true density is more than a thousandth of its maximum; and without context the inverse temperature β, beside
    that of one quadratic well which the same sampler teaches the variance of all mixtures together.
    """
    return sweep.sweep(_training_cell, grid(objective=(*OBJECTIVES, QUOTED), seed=range(config.seeds)), config)


STAGE = ("nll", "rank_box", "rank_near", "beta", "well")
PASSED = ("loss", "gap", "norm")


def _training_cell(config: Config, objective: str, seed: int) -> list[Row]:
    rows: list[Row] = []
    there, loss = config.way(objective), RANKING if objective == RANKING else DIVERGENCE
    blank = dict.fromkeys((*STAGE, *PASSED), BLANK)
    last = config.all_updates(objective)
    for stage in (*config.stages, last):
        learner, _ = learned(there, "mixtures", loss, seed, stage)
        looked = _look(config, learner, seed, sizes=(0, config.length - 1))
        found = {
            "nll": looked.nll(1, looked.each[1]),
            "rank_box": looked.ranks(1, near=False),
            "rank_near": looked.ranks(1, near=True),
            "beta": looked.each[0],
            "well": 1.0 if loss == RANKING else _well(there, "marginal")[1],
        }
        rows.append(blank | {"what": "stage", "update": stage} | found)
    _, history = learned(there, "mixtures", loss, seed, last)
    every = max(1, last // 50)
    for first in range(0, len(history.loss) - every + 1, every):
        seen = {name: getattr(history, name)[first : first + every].mean().item() for name in PASSED}
        rows.append(blank | {"what": "update", "update": first + every / 2} | seen)
    return rows


# --- looking ----------------------------------------------------------------------------------------------------------


def _held_out(config: Config, what: str, seed: int) -> tuple[Mixtures, Tensor, Tensor]:
    """Tasks that no training has seen, a context of each as long as it may be, and further points of it."""
    tasks = config.mixtures.draw(config.tasks, generator("in_context", what, seed, config.tasks, config.spread))
    points = tasks.sample(
        config.length - 1 + config.queries, generator("in_context", what, "points", seed, config.length, config.queries)
    )
    return tasks, points[:, : config.length - 1], points[:, config.length - 1 :]


def _energies(learner: InContextEnergy, contexts: Tensor, points: Tensor) -> Tensor:
    """E(points | context) for several contexts (b, n, 2) and points of each (b, q, 2), in float64 on the CPU."""
    place = next(learner.parameters())
    with torch.no_grad():
        return learner.given(contexts.to(place))(points.to(place)).double().cpu()


@dataclass(frozen=True)
class _Look:
    """Energies of a network on held-out tasks: of further points, and of the grid, for each size of context.

    once: the inverse temperature fitted to other tasks, of all sizes together; each: of every size by itself.
    """

    grid: grids.Grid
    points: list[Tensor]
    others: list[Tensor]
    on_grid: list[Tensor]
    truth: Tensor
    once: float
    each: list[float]

    def nll(self, size: int, beta: float) -> float:
        return -float(grids.log_density(self.points[size], self.on_grid[size], self.grid.cell, beta).mean())

    def swapped(self, size: int, beta: float) -> float:
        """The NLL with the context of another task."""
        on_grid = self.on_grid[size].roll(1, 0)
        return -float(grids.log_density(self.others[size], on_grid, self.grid.cell, beta).mean())

    def entropy(self, size: int, beta: float) -> float:
        return float(grids.entropy(self.on_grid[size], self.grid.cell, beta).mean())

    def wells(self, size: int, beta: float) -> float:
        return _wells(self.on_grid[size], beta)

    def ranks(self, size: int, *, near: bool) -> float:
        """Spearman's rank correlation of the energy and the true −log p, mean over tasks."""
        found: list[float] = []
        for energy, truth in zip(self.on_grid[size].numpy(), self.truth.numpy(), strict=True):
            kept = truth < truth.min() + math.log(1000) if near else slice(None)
            found.append(float(cast("Any", spearmanr(energy[kept], truth[kept])).statistic))
        return float(np.mean(found))


def _wells(on_grid: Tensor, beta: float = 1.0) -> float:
    """Points of a square grid (b, g) below their eight neighbours, the rim apart, at which the density exp(−βE)/Z is at
    least a hundredth of its maximum; mean over the batch."""
    side = math.isqrt(on_grid.shape[-1])
    height = beta * (on_grid - on_grid.amin(-1, keepdim=True)).unflatten(-1, (side, side))
    inner = height[:, 1:-1, 1:-1]
    lowest = -nn.functional.max_pool2d(-height[:, None], 3, 1)[:, 0]
    return float(((inner == lowest) & (inner < math.log(100))).double().sum((1, 2)).mean())


def _trained(config: Config, objective: str, seed: int) -> InContextEnergy:
    return learned(config, "mixtures", objective, seed, config.all_updates(objective))[0]


def _look(config: Config, learner: InContextEnergy, seed: int, sizes: Sequence[int]) -> _Look:
    box = grids.box(config.half, config.side, 2, device="cpu", dtype=torch.float64)
    everywhere = box.points.expand(config.tasks, -1, -1)
    once, each = _betas(config, learner, seed, sizes)
    tasks, contexts, queries = _held_out(config, "held out", seed)
    return _Look(
        box,
        [_energies(learner, contexts[:, :n], queries) for n in sizes],
        [_energies(learner, contexts[:, :n].roll(1, 0), queries) for n in sizes],
        [_energies(learner, contexts[:, :n], everywhere) for n in sizes],
        -tasks.log_density(everywhere),
        once,
        each,
    )


def _betas(config: Config, learner: InContextEnergy, seed: int, sizes: Sequence[int]) -> tuple[float, list[float]]:
    """The inverse temperature that validation tasks of all these sizes like best, and that of each size."""
    box = grids.box(config.half, config.side, 2, device="cpu", dtype=torch.float64)
    everywhere = box.points.expand(config.tasks, -1, -1)
    _, contexts, queries = _held_out(config, "validation", seed)
    found = [tuple(_energies(learner, contexts[:, :n], x) for x in (queries, everywhere)) for n in sizes]
    once = grids.fit_beta(*(torch.stack(part) for part in zip(*found, strict=True)))
    return once, [grids.fit_beta(*pair) for pair in found]


# --- sharpening with the context --------------------------------------------------------------------------------------


KDE, KDE_TEST, EM = "kernel density", "kernel density, bandwidth chosen on the test", "EM"
EXACT, TRUTH, NOTHING = "exact prediction", "true density", "no context"
BASELINES = (KDE, KDE_TEST, EM)
SHARPENING = ("nll", "entropy", "nll_each", "nll_plain", "swapped", "wells", "beta", "beta_each")


def sharpening(config: Config) -> pd.DataFrame:
    """NLL and entropy of held-out points against the size of the context: two objectives, baselines and limits.

    Energies are normalised on the grid. nll: with one inverse temperature β fitted to validation tasks of all sizes;
    nll_each: fitted for each size; nll_plain: at β = 1; swapped: with the context of another task; wells: how many
    local minima the energies have on the grid where the density is at least a hundredth of its maximum. Rows of kind
    "seed" are means over that seed's held-out tasks; of kind "mean" over the seeds, with Student's 95 % interval if
    there are several. In the place of β the kernel estimate has its bandwidth and EM its least standard deviation,
    chosen on the validation tasks of all seeds.
    """
    learners = sweep.sweep(
        _sharpening_cell, grid(source=(*OBJECTIVES, EXACT, TRUTH, NOTHING), seed=range(config.seeds)), config
    )
    others = grid(source=BASELINES, n=[n for n in config.sizes if n > 0])
    table = pd.concat([learners, sweep.sweep(_baseline_cell, others, config)], ignore_index=True)
    return _with_means(table.assign(what="seed"), ["source", "n"], SHARPENING)


def _sharpening_cell(config: Config, source: str, seed: int) -> list[Row]:
    blank = dict.fromkeys(SHARPENING, BLANK)
    if source in OBJECTIVES:
        looked = _look(config, _trained(config, source, seed), seed, config.sizes)
        return [
            {
                "n": n,
                "nll": looked.nll(size, looked.once),
                "entropy": looked.entropy(size, looked.once),
                "nll_each": looked.nll(size, looked.each[size]),
                "nll_plain": looked.nll(size, 1.0),
                "swapped": looked.swapped(size, looked.once),
                "wells": looked.wells(size, looked.once),
                "beta": looked.once,
                "beta_each": looked.each[size],
            }
            for size, n in enumerate(config.sizes)
        ]
    tasks, contexts, queries = _held_out(config, "held out", seed)
    box = grids.box(config.half, config.side, 2, device="cpu", dtype=torch.float64)
    everywhere = box.points.expand(config.tasks, -1, -1)
    if source == TRUTH:
        heights = -tasks.log_density(everywhere)
        known = {"entropy": float(grids.entropy(heights, box.cell).mean()), "wells": _wells(heights)}
        nll = -float(tasks.log_density(queries).mean())
        return [blank | {"n": n, "nll": nll} | known for n in config.sizes]
    if source == NOTHING:
        limit = theory.no_context_nll(2, config.spread, config.scale)
        return [blank | {"n": n, "nll": limit, "entropy": limit} for n in config.sizes]
    rows: list[Row] = []
    for n in (n for n in config.sizes if n <= config.exact_size):
        known = [
            torch.from_numpy(_predicted(config, context[:n], torch.cat([points, box.points])))
            for context, points in zip(contexts, queries, strict=True)
        ]
        on_points, on_grid = torch.stack(known).tensor_split([config.queries], -1)
        entropy = float(grids.entropy(-on_grid, box.cell).mean())
        rows.append(blank | {"n": n, "nll": -float(on_points.mean()), "entropy": entropy, "wells": _wells(-on_grid)})
    return rows


def _baseline_cell(config: Config, source: str, n: int) -> list[Row]:
    """One bandwidth for all seeds, chosen on the validation tasks of all or, unfairly, on those of the test."""
    fit, widths = (_mixture_fit, config.bandwidths[::3]) if source == EM else (_kernel_fit, config.bandwidths)
    tasks = {
        what: [_held_out(config, what, seed)[1:] for seed in range(config.seeds)] for what in ("validation", "held out")
    }
    known, further = map(torch.cat, zip(*tasks["held out" if source == KDE_TEST else "validation"], strict=True))
    losses = [fit(config, known[:, :n], further, width) for width in widths]
    best = widths[int(np.argmin(losses))]
    return [
        dict.fromkeys(SHARPENING, BLANK)
        | {"seed": seed, "nll": fit(config, contexts[:, :n], queries, best), "beta": best}
        for seed, (contexts, queries) in enumerate(tasks["held out"])
    ]


def _predicted(config: Config, context: Tensor, points: Tensor) -> NDArray[np.floating]:
    """The exact predictive log density of points."""
    return theory.predictive_log_density(
        context.numpy(), points.numpy(), components=config.components, spread=config.spread, scale=config.scale
    )


def _kernel_fit(config: Config, contexts: Tensor, queries: Tensor, bandwidth: float) -> float:
    """The NLL of further points under a Gaussian kernel estimate of each context."""
    score = -torch.cdist(queries, contexts).square() / (2 * bandwidth**2)
    return math.log(contexts.shape[1] * 2 * math.pi * bandwidth**2) - float(score.logsumexp(-1).mean())


def _mixture_fit(config: Config, contexts: Tensor, queries: Tensor, width: float) -> float:
    """The NLL of further points under a mixture that EM fits to each context.

    As many isotropic components as the task has, or as there are points if these are fewer, and width² added to every
    variance, without which a component that holds one point would have none.
    """
    losses: list[float] = []
    for context, points in zip(contexts.numpy(), queries.numpy(), strict=True):
        if len(context) == 1:  # scikit-learn wants two
            losses.append(_kernel_fit(config, torch.from_numpy(context)[None], torch.from_numpy(points)[None], width))
            continue
        mixture = GaussianMixture(
            min(config.components, len(context)),
            covariance_type="spherical",
            reg_covar=width**2,
            init_params="k-means++",
            random_state=0,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # a hundred sweeps are enough for a baseline
            losses.append(-float(mixture.fit(context).score(points)))
    return float(np.mean(losses))


def _with_means(table: pd.DataFrame, by: list[str], columns: Sequence[str]) -> pd.DataFrame:
    """The table, and below it the means over seeds with Student's 95 % interval for the first column."""
    rows: list[Row] = []
    for keys, group in table.groupby(by, sort=False):
        values = group[columns[0]].to_numpy(float)
        wide = BLANK
        if len(values) > 1:
            wide = float(student.ppf(0.975, len(values) - 1) * values.std(ddof=1) / math.sqrt(len(values)))
        means = {name: float(group[name].to_numpy(float).mean()) for name in columns}
        where = dict(zip(by, cast("tuple[object, ...]", keys), strict=True))
        rows.append(
            {
                **where,
                "what": "mean",
                "seed": -1,
                **means,
                "low": means[columns[0]] - wide,
                "high": means[columns[0]] + wide,
            }
        )
    return pd.concat([table, pd.DataFrame(rows)], ignore_index=True)


# --- landscapes -------------------------------------------------------------------------------------------------------


def landscapes(config: Config) -> pd.DataFrame:
    """Energies and forces of held-out tasks over the plane, as the context grows.

    Rows of kind "energy" lie on a grid, centred to mean zero for each task and size; "force" on a coarser one, for the
    first two tasks; "context" are the points shown, n the place of each. Sources are the two objectives, the exact
    prediction and the truth; of all but the first the longest context only (the exact prediction with as much of it as
    it can sum over), and with it the density, normalised energies being at the β that other tasks like best.
    """
    return sweep.sweep(_landscape_cell, grid(source=(DIVERGENCE, RANKING, EXACT, TRUTH)), config)


def _shown(config: Config) -> tuple[Mixtures, Tensor]:
    """The tasks in the pictures, the first that are drawn, and their contexts."""
    rng = generator("in_context", "shown", config.shown_tasks, config.spread)
    tasks = config.mixtures.draw(config.shown_tasks, rng)
    return tasks, tasks.sample(config.length - 1, generator("in_context", "shown", "points", config.length))


def _landscape_cell(config: Config, source: str) -> list[Row]:
    tasks, contexts = _shown(config)
    fine = grids.box(config.shown_half, config.shown_side, 2, device="cpu", dtype=torch.float64)
    everywhere, longest, beta = fine.points.expand(len(tasks), -1, -1), config.length - 1, 1.0
    rows: list[Row] = []
    if source in OBJECTIVES:
        learner = _trained(config, source, 0)
        beta, _ = _betas(config, learner, 0, (longest,))
        sizes = config.shown_sizes if source == DIVERGENCE else (longest,)
        heights = {n: _energies(learner, contexts[:, :n], everywhere) for n in sizes}
        if source == DIVERGENCE:
            rows += [row for n in sizes for row in _forces(config, learner, contexts[:2, :n])]
    elif source == TRUTH:
        heights = {longest: -tasks.log_density(everywhere)}
        rows += [
            _place("context", task, n, place)
            for task, context in enumerate(contexts.tolist())
            for n, place in enumerate(context)
        ]
    else:
        known = [_predicted(config, context[: config.exact_size], fine.points) for context in contexts]
        heights = {longest: -torch.from_numpy(np.stack(known))}
    for n, height in heights.items():
        centred = (height - height.mean(-1, keepdim=True)).tolist()
        density = torch.full_like(height, BLANK)
        if n == longest:
            density = grids.log_density(height, height, fine.cell, beta).exp()
        for task, values in enumerate(zip(centred, density.tolist(), strict=True)):
            rows += [
                _place("energy", task, n, place, energy=energy, density=there)
                for place, energy, there in zip(fine.points.tolist(), *values, strict=True)
            ]
    return rows


def _place(what: str, task: int, n: int, place: list[float], **values: float) -> dict[str, object]:
    blank = dict.fromkeys(("energy", "density", "force_x", "force_y"), BLANK)
    return {"what": what, "task": task, "n": n, "x": place[0], "y": place[1], **blank, **values}


def _forces(config: Config, learner: InContextEnergy, contexts: Tensor) -> list[Row]:
    """−∇E on a coarse grid."""
    coarse = grids.box(config.shown_half, 21, 2, device="cpu", dtype=torch.float64).points
    place = next(learner.parameters())
    force = learner.given(contexts.to(place)).force(coarse.expand(len(contexts), -1, -1).to(place)).double().cpu()
    return [
        _place("force", task, contexts.shape[1], where, force_x=x, force_y=y)
        for task in range(len(contexts))
        for where, (x, y) in zip(coarse.tolist(), force[task].tolist(), strict=True)
    ]


# --- the sampler ------------------------------------------------------------------------------------------------------


def samples(config: Config) -> pd.DataFrame:
    """Where the training's own sampler leads negatives, as the context grows.

    Rows of kind "seed": the fraction of chains over held-out tasks that end within 3 s of a true mean, and that begin
    there; of kind "mean" over seeds; of kind "chain": starts and ends for the first task in the pictures, whose
    true means are of kind "centre".
    """
    table = sweep.sweep(_samples_cell, grid(seed=range(config.seeds)), config)
    measured = table["what"] == "seed"
    means = _with_means(cast("pd.DataFrame", table[measured]), ["n"], ("within", "within_start"))
    return pd.concat([means, cast("pd.DataFrame", table[~measured])], ignore_index=True)


def _samples_cell(config: Config, seed: int) -> list[Row]:
    learner = _trained(config, DIVERGENCE, seed)
    tasks, contexts, _ = _held_out(config, "held out", seed)
    blank = dict.fromkeys(("within", "within_start", "start_x", "start_y", "end_x", "end_y"), BLANK)
    rows: list[Row] = []
    for n in config.sizes:
        start, end = _walks(config, learner, contexts[:, :n], seed)
        within, before = (
            float((torch.cdist(x, tasks.centres()).amin(-1) < 3 * config.scale).double().mean()) for x in (end, start)
        )
        rows.append(blank | {"what": "seed", "n": n, "within": within, "within_start": before})
    if seed > 0:
        return rows
    tasks, contexts = _shown(config)
    names = ("start_x", "start_y", "end_x", "end_y")
    centres = tasks.centres()[0].tolist()
    rows += [blank | {"what": "centre", "n": 0, "end_x": x, "end_y": y} for x, y in centres]
    for n in config.shown_sizes:
        chains = torch.cat(_walks(config, learner, contexts[:1, :n], seed), -1)[0]
        rows += [blank | {"what": "chain", "n": n} | dict(zip(names, chain, strict=True)) for chain in chains.tolist()]
    return rows


def _walks(config: Config, learner: InContextEnergy, contexts: Tensor, seed: int) -> tuple[Tensor, Tensor]:
    """Starts and ends of the sampler's chains, (tasks, chains, 2): the same chance for every size of context."""
    place = next(learner.parameters())
    rng = generator("in_context", "walks", seed, config.chains, config.start)
    shape = (len(contexts), config.chains, 2)
    start = config.start * (2 * torch.rand(shape, generator=rng, dtype=torch.float64) - 1)
    step = config.sampler.update(learner.given(contexts.to(place)), rng)
    state = start.to(place)
    for _ in range(config.sampler_steps):
        state = step(state)
    return start, state.detach().double().cpu()


# --- the order of the context -----------------------------------------------------------------------------------------


SHORT, INVARIANT = "ranking, early", "ranking, early, invariant"


def orders(config: Config) -> pd.DataFrame:
    """The NLL of held-out points when the same longest context is shown in other orders, task by task.

    Causal networks of both objectives, and after fewer updates a causal network and one whose context points all see
    one another, both taught by ranking. spread: the standard deviation of the NLL over the orders; energy_spread: the
    largest standard deviation of any grid point's energy, over that of the energies; tokens: how many a sequence costs
    in training, contexts and the points that are asked for.
    """
    return sweep.sweep(_orders_cell, grid(kind=(INVARIANT, SHORT, *OBJECTIVES)), config)


def _orders_cell(config: Config, kind: str) -> list[Row]:
    there = replace(config, invariant=kind == INVARIANT)
    objective, length = (DIVERGENCE if kind == DIVERGENCE else RANKING), config.length
    updates = config.early if kind in (SHORT, INVARIANT) else config.all_updates(objective)
    learner, _ = learned(there, "mixtures", objective, 0, updates)
    negatives = config.negatives if objective == DIVERGENCE else config.ranking_negatives
    tokens = length * (length if there.invariant else 1) + length * (1 + negatives)
    box = grids.box(config.half, config.side, 2, device="cpu", dtype=torch.float64)
    _, contexts, queries = _held_out(config, "held out", 0)
    everywhere = box.points.expand(len(contexts), -1, -1)
    beta, _ = _betas(config, learner, 0, (length - 1,))
    rng = generator("in_context", "orders", config.orders, config.length)
    nll: list[Tensor] = []
    heights: list[Tensor] = []
    for _ in range(config.orders):
        mixed = contexts[:, torch.randperm(config.length - 1, generator=rng)]
        on_grid = _energies(learner, mixed, everywhere)
        energies = _energies(learner, mixed, queries)
        nll.append(-grids.log_density(energies, on_grid, box.cell, beta).mean(-1))
        heights.append(on_grid - on_grid.mean(-1, keepdim=True))
    losses, energy = torch.stack(nll), torch.stack(heights)
    spread = energy.std(0).amax(-1) / energy[0].std(-1)
    return [
        {"task": task, "nll": one, "spread": wide, "energy_spread": high, "tokens": tokens}
        for task, (one, wide, high) in enumerate(
            zip(losses.mean(0).tolist(), losses.std(0).tolist(), spread.tolist(), strict=True)
        )
    ]


# --- other families ---------------------------------------------------------------------------------------------------


def families(config: Config) -> pd.DataFrame:
    """What the networks that ranking has taught on mixtures make of points of other families.

    Of kind "seed" and "mean": the NLL of further points with the longest context, for the network, at the β that
    mixtures like best; for kernel estimates, whose bandwidth is chosen on mixtures or, unfairly, for the best NLL on
    the family's own test; for the exact prediction, which expects mixtures as the network was taught to. Of the first
    network, rows of kind "energy" lie on a grid, centred to mean zero; of kind "context" are the points it is shown, of
    kind "unseen" further ones.
    """
    points = grid(family=tuple(_families(config)), seed=range(config.seeds))
    table = sweep.sweep(_family_cell, points, config)
    judged = table["what"] == "seed"
    means = _with_means(cast("pd.DataFrame", table[judged]), ["family", "source"], ("nll",))
    return pd.concat([means, cast("pd.DataFrame", table[~judged])], ignore_index=True)


def _families(config: Config) -> dict[str, Family]:
    """Every family of the paper's code, at the size of the mixtures."""
    spread, scale = config.spread, config.scale
    return {
        "three Gaussians": config.mixtures,
        "five Gaussians": replace(config.mixtures, components=5),
        "sheared": replace(config.mixtures, stretch=0.6),
        "three circles": Rings(3, 1.5 * spread, spread / 2, scale / 4),
        "six circles": Rings(6, 1.5 * spread, spread / 2, scale / 4),
        "two rectangles": TwoRectangles(spread, spread),
        "moons": Curves("moons", spread / 4, 2 * spread, scale / 4),
        "swiss roll": Curves("swiss roll", spread / 4, 2 * spread, scale / 4),
    }


def _family_cell(config: Config, family: str, seed: int) -> list[Row]:
    learner, shown = _trained(config, RANKING, seed), config.length - 1
    tasks = _families(config)[family].draw(
        config.family_tasks, generator("in_context", "families", family, seed, config.family_tasks, config.spread)
    )
    points = tasks.sample(
        shown + config.queries, generator("in_context", "families", family, "points", seed, config.length)
    )
    contexts, queries = points[:, :shown], points[:, shown:]
    box = grids.box(config.half, config.side, 2, device="cpu", dtype=torch.float64)
    beta, _ = _betas(config, learner, seed, (shown,))
    on_grid = _energies(learner, contexts, box.points.expand(len(contexts), -1, -1))
    of_mixtures = _held_out(config, "validation", seed)[1:]
    chosen = min(config.bandwidths, key=lambda width: _kernel_fit(config, *of_mixtures, width))
    short = contexts[:, : config.exact_size]
    exact = [_predicted(config, context, asked).mean() for context, asked in zip(short, queries, strict=True)]
    nll = {
        RANKING: -float(grids.log_density(_energies(learner, contexts, queries), on_grid, box.cell, beta).mean()),
        KDE: _kernel_fit(config, contexts, queries, chosen),
        KDE_TEST: min(_kernel_fit(config, contexts, queries, width) for width in config.bandwidths),
        EXACT: -float(np.mean(exact)),
    }
    empty = {"source": RANKING, **dict.fromkeys(("nll", "x", "y", "energy"), BLANK)}
    rows: list[Row] = [empty | {"what": "seed", "source": source, "nll": value} for source, value in nll.items()]
    if seed == 0:
        rows += [{**empty, **row} for row in _seen(config, learner, family, _families(config)[family])]
    return rows


def _seen(config: Config, learner: InContextEnergy, name: str, family: Family) -> list[Row]:
    """The rows of one family."""
    tasks = family.draw(1, generator("in_context", "family", name, config.spread))
    points = tasks.sample(config.length - 1 + 300, generator("in_context", "family", name, "points", config.length))
    context, unseen = points[:, : config.length - 1], points[0, config.length - 1 :]
    fine = grids.box(config.shown_half, config.shown_side, 2, device="cpu", dtype=torch.float64).points
    energy = _energies(learner, context, fine[None])[0]
    energy = energy - energy.mean()
    nothing = [BLANK] * max(len(context[0]), len(unseen))
    return [
        {"what": what, "x": x, "y": y, "energy": height}
        for what, places, heights in (
            ("energy", fine.tolist(), energy.tolist()),
            ("context", context[0].tolist(), nothing),
            ("unseen", unseen.tolist(), nothing),
        )
        for (x, y), height in zip(places, heights, strict=False)
    ]


# --- regression in context --------------------------------------------------------------------------------------------


def regression(config: Config) -> pd.DataFrame:
    """Squared error of y at a new x against the number of pairs shown, for straight lines.

    error: of the energy's mean over y, at the β that validation lines like best; lowest: of the y of least energy,
    which no β moves; nll of y in nats. Beside them, on the same questions: least squares, and the exact Bayesian
    prediction, which is ridge regression with the right penalty; "expected" is the latter's error by formula. gap: the
    mean E₊ − E₋ over the last fifth of the updates. Rows of kind "seed" are means over that seed's lines, of kind
    "mean" over the seeds.
    """
    sources = (*OBJECTIVES, "least squares", EXACT, "expected")
    table = sweep.sweep(_regression_cell, grid(source=sources, seed=range(config.seeds)), config)
    means = _with_means(table.assign(what="seed"), ["source", "n"], ("error", "lowest", "nll", "beta", "gap"))
    return means.assign(noise=config.regression_noise)


def _regression_cell(config: Config, source: str, seed: int) -> list[Row]:
    contexts, queries = _held_lines(config, "held out", seed)
    if source in OBJECTIVES:
        return _regression_rows(config, source, seed, contexts, queries)
    shown, x, y = contexts.numpy(), queries[..., 0].numpy(), queries[..., 1].numpy()
    blank = dict.fromkeys(("error", "lowest", "nll", "beta", "gap"), BLANK)
    rows: list[Row] = []
    slope, noise = config.regression_slope, config.regression_noise
    for n in config.sizes:
        products, squares = (shown[:, :n, 0] * shown[:, :n, 1]).sum(1), (shown[:, :n, 0] ** 2).sum(1)
        variance = theory.slope_error(shown[:, None, :n, 0], x, slope=slope, noise=noise)
        if source == "expected":
            rows.append(blank | {"n": n, "error": float(variance.mean())})
        elif source == EXACT:
            squared = ((products / (squares + (noise / slope) ** 2))[:, None] * x - y) ** 2
            nll = float((0.5 * np.log(2 * math.pi * variance) + squared / (2 * variance)).mean())
            rows.append(blank | {"n": n, "error": float(squared.mean()), "nll": nll})
        elif n > 0:
            rows.append(blank | {"n": n, "error": float((((products / squares)[:, None] * x - y) ** 2).mean())})
    return rows


def _regression_rows(config: Config, objective: str, seed: int, contexts: Tensor, queries: Tensor) -> list[Row]:
    learner, history = learned(config, "lines", objective, seed, config.regression_updates)
    gap = float(history.gap[-max(1, len(history.gap) // 5) :].mean())
    axis = grids.box(config.regression_half, config.regression_side, 1, device="cpu", dtype=torch.float64)
    known, further = _held_lines(config, "validation", seed)
    rows: list[Row] = []
    fitted = [_profiles(learner, known[:, :n], further, axis) for n in config.sizes]
    beta = grids.fit_beta(*(torch.stack(part) for part in zip(*fitted, strict=True)))
    for n in config.sizes:
        on_points, on_axis = _profiles(learner, contexts[:, :n], queries, axis)
        mean = (-beta * on_axis).softmax(-1) @ axis.points[:, 0]
        lowest = axis.points[on_axis.argmin(-1), 0]
        rows.append(
            {
                "n": n,
                "error": float((mean - queries[..., 1]).square().mean()),
                "lowest": float((lowest - queries[..., 1]).square().mean()),
                "nll": -float(grids.log_density(on_points, on_axis, axis.cell, beta).mean()),
                "beta": beta,
                "gap": gap,
            }
        )
    return rows


def _profiles(learner: InContextEnergy, contexts: Tensor, queries: Tensor, axis: grids.Grid) -> tuple[Tensor, Tensor]:
    """Energies of the queries (b, q, 1) and, at each query's x, of all y on the axis (b, q, g)."""
    tasks, asked = queries.shape[:2]
    x = queries[..., :1, None].expand(-1, -1, len(axis.points), 1)
    places = torch.cat([x, axis.points.expand(tasks, asked, -1, 1)], -1)
    return (
        _energies(learner, contexts, queries)[..., None],
        _energies(learner, contexts, places.flatten(1, 2)).reshape(tasks, asked, -1),
    )


def _held_lines(config: Config, what: str, seed: int) -> tuple[Tensor, Tensor]:
    """Pairs of lines that no training has seen, and further pairs of the same lines."""
    lines = config.lines.draw(
        2 * config.tasks, generator("in_context", "lines", what, seed, config.tasks, config.regression_slope)
    )
    shown = config.length - 1
    rng = generator(
        "in_context", "lines", what, "points", seed, config.length, config.regression_queries, config.regression_width
    )
    points = lines.sample(shown + config.regression_queries, rng)
    return points[:, :shown], points[:, shown:]


# --- finite pools -----------------------------------------------------------------------------------------------------


def pools(config: Config) -> pd.DataFrame:
    """Ranking on few mixtures with a finite number of points each, and on mixtures that are always new, after equally
    many updates: the NLL against the size of the context.

    where: on new tasks, or on new points of the pool's own. Rows of kind "seed" are means over that seed's tasks, of
    kind "mean" over the seeds.
    """
    table = sweep.sweep(_pool_cell, grid(pool=config.pools, seed=range(config.seeds)), config)
    return _with_means(table.assign(what="seed"), ["pool", "where", "n"], ("nll",))


def _pool_cell(config: Config, pool: int, seed: int) -> list[Row]:
    there = replace(config, pool=pool)
    learner, _ = learned(there, "mixtures", RANKING, seed, config.early)
    looked = _look(config, learner, seed, config.sizes)
    rows: list[Row] = [
        {"where": "new tasks", "n": n, "nll": looked.nll(size, looked.once)} for size, n in enumerate(config.sizes)
    ]
    if pool == 0:
        return rows
    rng = generator("in_context", "pool", "judged", pool, seed, config.tasks, config.queries, config.length)
    own = pooled(there, seed).pick(torch.arange(config.tasks) % pool)
    points = own.sample(config.length - 1 + config.queries, rng)
    contexts, queries = points[:, : config.length - 1], points[:, config.length - 1 :]
    everywhere = looked.grid.points.expand(config.tasks, -1, -1)
    for n in config.sizes:
        energies, on_grid = (_energies(learner, contexts[:, :n], x) for x in (queries, everywhere))
        nll = -float(grids.log_density(energies, on_grid, looked.grid.cell, looked.once).mean())
        rows.append({"where": "tasks of the pool", "n": n, "nll": nll})
    return rows


# --- where contrastive divergence is stable ---------------------------------------------------------------------------


class _Well(Energy):
    """E = k‖x‖²/2 with a curvature that can be learned."""

    def __init__(self, curvature: float) -> None:
        super().__init__()
        self.curvature = nn.Parameter(torch.tensor(curvature, dtype=torch.float64))

    def forward(self, state: Tensor) -> Tensor:
        return self.curvature * state.square().sum(-1) / 2

    def force(self, state: Tensor) -> Tensor:
        return -self.curvature * state


def wells(config: Config) -> pd.DataFrame:
    """Contrastive divergence in one quadratic well: the curvature learned from Gaussian data, and the one predicted.

    Both times the step α, which makes them comparable: the rule knows E only as αE. The data have the variance of all
    mixtures together, or of one component; the sampler is that of the networks at other noises and steps. learned: the
    mean over the last quarter of the updates; drift: that less the mean over the quarter before.
    """
    points = grid(data=("marginal", "component"), step=config.well_steps, noise=config.well_noises)
    return sweep.sweep(_well_cell, points, config)


def _well_cell(config: Config, data: str, step: float, noise: float) -> dict[str, object]:
    variance, shape = _variance(config, data), (config.well_particles, 2)
    sampler = NoisyDescent(step=step, noise=noise, noise_first=False)
    rng = generator("in_context", "well", data, step, noise, config.well_updates, config.well_particles)
    well = _Well(0.01 / step)
    curvatures: list[float] = []
    for _ in range(config.well_updates):
        negatives = config.start * (2 * torch.rand(shape, generator=rng, dtype=torch.float64) - 1)
        move = sampler.update(well, rng)
        with torch.no_grad():
            for _ in range(config.sampler_steps):
                negatives = move(negatives)
        positives = math.sqrt(variance) * torch.randn(shape, generator=rng, dtype=torch.float64)
        loss = well(positives).mean() - well(negatives).mean()
        (slope,) = torch.autograd.grad(loss, well.curvature)
        with torch.no_grad():  # in units of α, and a negative flung out pulls no harder than one at the rim
            well.curvature.sub_(0.02 / step * (slope / variance).clamp(-1, 1))
        curvatures.append(step * well.curvature.item())
    predicted, beta = _well(replace(config, sampler_step=step, sampler_noise=noise), data)
    *_, before, last = (float(part.mean()) for part in np.array_split(curvatures, 4))
    found = {"learned": last, "drift": last - before}
    return {**found, "predicted": step * predicted, "beta": beta, "scale": math.sqrt(variance)}


def _well(config: Config, data: str) -> tuple[float, float]:
    """The curvature that contrastive divergence should learn with the config's sampler, and its inverse temperature
    against −log p."""
    variance = _variance(config, data)
    curvature = langevin.learned_curvature(
        variance,
        steps=config.sampler_steps,
        step=config.sampler_step,
        noise=config.sampler_noise,
        start=config.start**2 / 3,
    )
    return curvature, 1 / (variance * curvature)


def _variance(config: Config, data: str) -> float:
    """Of a coordinate of a point, its mixture unknown, or of one component."""
    return config.scale**2 + (config.spread**2 if data == "marginal" else 0)


def stability(config: Config) -> pd.DataFrame:
    """Contrastive divergence of the network over the sampler's step α and noise σ, after equally many updates.

    nll: with the longest context; gain: what that takes off the NLL; gap: the mean E₊ − E₋ over the last fifth of the
    updates, and times α, the unit in which the sampler knows it; beta: the inverse temperature without context, and
    well: that of one quadratic well which the same sampler teaches the variance of all mixtures together. penalty:
    whether λ is scaled with α, as it must be if the same is to happen in another unit of energy, or is the same small
    number at every α, which is tried with noises above the chapter's own. updates: how many were done; stopped: why not
    all of them, or nothing.
    """
    axes = {"step": config.map_steps, "seed": range(config.map_seeds)}
    wide = [noise for noise in config.map_noises if noise > config.sampler_noise]
    points = grid(penalty=("fixed",), noise=wide, **axes) + grid(penalty=("scaled",), noise=config.map_noises, **axes)
    return sweep.sweep(_stability_cell, points, config)


def _stability_cell(config: Config, penalty: str, noise: float, step: float, seed: int) -> dict[str, object]:
    scaled = config.penalty * step / config.sampler_step if penalty == "scaled" else config.map_penalty
    there = replace(config, sampler_step=step, sampler_noise=noise, penalty=scaled)
    learner, history = learned(there, "mixtures", DIVERGENCE, seed, config.early)
    gap = float(history.gap[-max(1, len(history.gap) // 5) :].mean())
    looked = _look(config, learner, seed, (0, config.length - 1))
    nothing, nll = (looked.nll(size, looked.each[size]) for size in (0, 1))
    return {
        "nll": nll,
        "gain": nothing - nll,
        "gap": gap,
        "scaled_gap": step * gap,
        "beta": looked.each[0],
        "well": _well(there, "marginal")[1],
        "updates": len(history.gap),
        "stopped": history.stopped or "",
    }


# --- identities -------------------------------------------------------------------------------------------------------


def identities(config: Config) -> pd.DataFrame:
    """What must hold whatever was learned: each row a name, the value found, and how far it is from what it should be.

    z: in standard errors, for what is sampled; error: absolute, for what is computed.
    """
    return sweep.sweep(_identity_cell, grid(identity=tuple(IDENTITIES)), config)


def _identity_cell(config: Config, identity: str) -> list[Row]:
    blank: dict[str, object] = dict.fromkeys(("value", "wanted", "error", "z"), BLANK)
    return [{**blank, **row} for row in IDENTITIES[identity](config)]


def _one_pass(config: Config) -> list[Row]:
    """One forward pass for all prefixes against one pass for each, and what a point must not see."""
    rng = generator("in_context", "one pass", config.length)
    sequence = config.mixtures.draw(4, rng).sample(config.length, rng).float()
    negatives = config.start * (2 * torch.rand(4, 3, config.length, 2, generator=rng) - 1)
    rows: list[Row] = []
    for name, invariant in (("causal", False), ("invariant", True)):
        learner = network(replace(config, invariant=invariant), 0).cpu().requires_grad_(False)
        together, apart = learner(sequence), torch.empty(4, config.length)
        beside, alone = learner.negatives(sequence, negatives), torch.empty(4, 3, config.length)
        for n in range(config.length):
            landscape = learner.given(sequence[:, :n])
            apart[:, n], alone[:, :, n] = landscape(sequence[:, n : n + 1])[:, 0], landscape(negatives[:, :, n])
        error = max(float((together - apart).abs().max()), float((beside - alone).abs().max()))
        rows.append({"what": f"prefix by prefix, {name}", "error": error})
        changed = sequence.clone()
        changed[:, config.length // 2 :] += 1
        first = slice(0, config.length // 2)
        unseen = float((learner(changed) - together)[:, first].abs().max())
        own = float((learner.negatives(changed, negatives) - beside)[..., : config.length // 2 + 1].abs().max())
        rows.append({"what": f"later points are not seen, {name}", "error": unseen})
        rows.append({"what": f"nor is one's own target, {name}", "error": own})
    return rows


def _exact_gradient(config: Config) -> list[Row]:
    """Contrastive divergence with exact samples of E = k x²/2: the gradient is ½(⟨x₊²⟩ − 1/k), in each dimension."""
    rows: list[Row] = []
    objective = ContrastiveDivergence(sampler=config.sampler, steps=1, penalty=0.0, replay=0.0, runaway=None)
    for k in (0.5, 1.0, 4.0):
        rng, count = generator("in_context", "exact gradient", k, config.identity_draws), config.identity_draws
        data = torch.randn(count, 1, generator=rng, dtype=torch.float64)
        samples = torch.randn(count, 1, generator=rng, dtype=torch.float64) / math.sqrt(k)
        well = _Well(k)
        loss = objective.loss(well(data)[:, None], well(samples)[:, None, None])
        (gradient,) = torch.autograd.grad(loss, well.curvature)
        wanted = 0.5 * (float(data.square().mean()) - 1 / k)
        error = 1 / (k * math.sqrt(2 * count))
        rows.append(
            {"what": f"k = {k:g}", "value": gradient.item(), "wanted": wanted, "z": (gradient.item() - wanted) / error}
        )
    return rows


def _stationary(config: Config) -> list[Row]:
    """The variance at which the sampler rests in a well, gradient first and noise first."""
    rows: list[Row] = []
    for order, noise_first in (("gradient first", False), ("noise first", True)):
        for pull in (0.1, 0.5, 1.0, 1.5, 1.9):
            rng, count = (
                generator("in_context", "stationary", order, pull, config.identity_draws),
                config.identity_draws // 2,
            )
            sampler = NoisyDescent(step=0.1, noise=0.3, noise_first=noise_first)
            wanted = langevin.stationary_variance(pull / 0.1, 0.1, 0.3) * ((1 - pull) ** 2 if noise_first else 1)
            state = torch.zeros(count, 2, dtype=torch.float64)
            move = sampler.update(_Well(pull / 0.1), rng)
            with torch.no_grad():
                for _ in range(100):
                    state = move(state)
            value = float(state.square().mean())
            z = (value - wanted) / (wanted * math.sqrt(2 / state.numel())) if wanted > 0 else BLANK
            rows.append(
                {
                    "what": f"{order}, αk = {pull:g}",
                    "value": value,
                    "wanted": wanted,
                    "z": z,
                    "error": abs(value - wanted),
                }
            )
    return rows


def _oracle(config: Config) -> list[Row]:
    """The energy −log p of the true mixtures, normalised on the grid: its NLL is their Monte Carlo entropy."""
    rng = generator("in_context", "oracle", config.identity_draws)
    tasks = config.mixtures.draw(8, rng)
    points = tasks.sample(config.identity_draws // 8, rng)
    box = grids.box(config.half, config.side, 2, device="cpu", dtype=torch.float64)
    on_grid = -tasks.log_density(box.points.expand(8, -1, -1))
    drawn = -tasks.log_density(points)
    nll = -float(grids.log_density(drawn, on_grid, box.cell).mean())
    wanted = float(drawn.mean())
    return [{"what": "NLL on the grid", "value": nll, "wanted": wanted, "error": abs(nll - wanted)}]


def _no_context(config: Config) -> list[Row]:
    """The NLL without context: the formula, and −log of the marginal at one point from each of many mixtures."""
    rows: list[Row] = []
    for spread, scale in ((2.0, 0.4), (5.0, 0.33)):
        rng, count = generator("in_context", "no context", spread, scale, config.identity_draws), config.identity_draws
        points = replace(config.mixtures, spread=spread, scale=scale).draw(count, rng).sample(1, rng)[:, 0]
        variance = spread**2 + scale**2
        nll = points.square().sum(-1) / (2 * variance) + math.log(2 * math.pi * variance)
        wanted = theory.no_context_nll(2, spread, scale)
        z = (float(nll.mean()) - wanted) / (float(nll.std()) / math.sqrt(count))
        rows.append({"what": f"S = {spread:g}, s = {scale:g}", "value": float(nll.mean()), "wanted": wanted, "z": z})
    return rows


IDENTITIES: dict[str, Callable[[Config], list[Row]]] = {
    "one pass": _one_pass,
    "exact gradient": _exact_gradient,
    "stationary variance": _stationary,
    "oracle": _oracle,
    "no context": _no_context,
}

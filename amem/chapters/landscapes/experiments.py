"""Landscapes in the plane, error rates, capacities, regimes, the two-layer network and real images: a table each."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np
import pandas as pd
import torch
from scipy.stats import norm
from torch import Tensor
from torch.nn.functional import avg_pool2d, normalize, pad

from amem import measures, patterns, sweep
from amem.dynamics import Update, asynchronous, attend, relax, run, synchronous
from amem.energies import (
    Energy,
    Epanechnikov,
    Exponential,
    Hopfield,
    KrotovHopfield,
    LogSumExp,
    Polynomial,
    SpinEnergy,
)
from amem.energies.two_layer import Lagrangian, activation, hyperbolic, linear, power, softmax, spherical
from amem.seeds import generator
from amem.sweep import grid
from amem.theory import dense

Row = Mapping[str, object]

NAN = math.nan

MEMORIES: dict[str, Callable[[Tensor], SpinEnergy]] = {
    "quadratic": Hopfield,
    "cubic": partial(Polynomial, order=3),
    "quartic": partial(Polynomial, order=4),
    "exponential": Exponential,
}
ORDERS = {"quadratic": 2, "cubic": 3, "quartic": 4}

MODELS: dict[str, tuple[Lagrangian, Lagrangian]] = {
    "A, dense memory": (hyperbolic(gain=4.0), power(3)),
    "B, attention": (linear, softmax(beta=0.3)),
    "C, on the sphere": (spherical, power(4)),
    "Hopfield": (hyperbolic(), linear),
}

CUES = ("half masked", "noisy", "blurred")
RECALLERS = ("quadratic", "cubic", "exponential", "log-sum-exp")


@dataclass(frozen=True, kw_only=True)
class Config(sweep.Config):
    """The numbers of the chapter; those that both presets share have their value here."""

    seed: int = 0

    # Landscapes: six memories in the plane, as (radius, degrees): two close pairs, one alone, one alone and short.
    memories: tuple[tuple[float, float], ...] = ((1, 12), (1, 36), (1, 122), (1, 156), (1, 232), (0.75, 298))
    betas: tuple[float, ...] = (1.0, 8.0, 60.0)
    bandwidth: float = 0.45
    edge: float = 1.5
    points: int

    # One-step error: spins for the orders 2, 3 and 4, and loads as the Gaussian theory's z.
    error_spins: tuple[int, int, int]
    error_draws: tuple[int, int, int]
    error_z: tuple[float, ...] = (3.16, 3.0, 2.67, 2.5, 2.24, 2.0, 1.75, 1.5)

    # Descent of the spin rules.
    descent_spins: int = 50
    descent_patterns: int = 20
    descent_starts: int = 200

    # Capacity: loads in units of the papers' formula, the same for every size.
    capacity_spins: tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]
    capacity_spins_exponential: tuple[int, ...]
    capacity_spins_all: tuple[int, ...]
    capacity_ratios: tuple[float, ...] = (0.4, 0.55, 0.75, 1.0, 1.3, 1.7, 2.2, 3.0, 4.0)
    capacity_draws: int

    # Recall by the exponential memory.
    recall_spins: tuple[int, ...] = (20, 30, 40, 50, 60)
    recall_rate: float = 0.15
    recall_rates: tuple[float, ...] = (0.12, 0.15, 0.18, 0.22, 0.24, 0.26)
    recall_flipped: float = 0.2
    recall_cues: int
    recall_all_draws: int
    recall_all_patterns: int
    recall_one_patterns: int

    # Temperatures: patterns in clusters on a sphere in 64 dimensions, and fifty patterns without clusters.
    sphere_dimension: int = 64
    sphere_radius_squared: int = 63
    clusters: int = 10
    cluster_size: int = 5
    cluster_spread: float = 0.24
    cluster_noise: float = 0.2
    cluster_betas: tuple[float, ...]
    free_patterns: int = 50
    free_noise: float = 0.5
    free_betas: tuple[float, ...] = (0.05, 0.1, 0.25, 0.5, 1.0)
    temperature_seeds: int

    # The two-layer network.
    visible: int = 30
    hidden: int = 12
    visible_time: float = 1.0
    hidden_time: float = 0.3
    euler_step: float = 0.002
    duration: float = 5.0
    cue_flipped: float = 0.2

    # Images.
    patch: int = 24
    image_beta: float = 32.0
    image_noise: float = 0.8
    images_stored: int = 40
    image_shown: int = 10
    images_loads: tuple[int, ...]
    images_asked: int


PRESETS: dict[str, Config] = {
    "quick": Config(
        preset="quick",
        points=65,
        error_spins=(100, 100, 40),
        error_draws=(2000, 150, 100),
        capacity_spins=((30, 55, 100), (20, 35, 60), (16, 24, 34)),
        capacity_spins_exponential=(8, 10, 12, 14, 16),
        capacity_spins_all=(8, 10, 12, 14, 16),
        capacity_draws=150,
        recall_cues=1000,
        recall_all_draws=40,
        recall_all_patterns=500,
        recall_one_patterns=20_000,
        cluster_betas=tuple(float(f"{10**exponent:.3g}") for exponent in np.linspace(-3, 1, 21)),
        temperature_seeds=2,
        images_loads=(5, 20, 80),
        images_asked=20,
    ),
    "full": Config(
        preset="full",
        points=97,
        error_spins=(100, 100, 100),
        error_draws=(20_000, 2500, 300),
        capacity_spins=((30, 50, 80, 130, 200, 300), (20, 35, 60, 100, 160), (16, 24, 34, 48, 66)),
        capacity_spins_exponential=(8, 10, 12, 14, 16, 18, 20),
        capacity_spins_all=(8, 10, 12, 14, 16, 18, 20, 22),
        capacity_draws=400,
        recall_cues=4000,
        recall_all_draws=60,
        recall_all_patterns=2000,
        recall_one_patterns=200_000,
        cluster_betas=tuple(float(f"{10**exponent:.3g}") for exponent in np.linspace(-3, 1, 41)),
        temperature_seeds=10,
        images_loads=(5, 10, 20, 40, 80, 160, 320),
        images_asked=80,
    ),
}


# --- Landscapes -----------------------------------------------------------------------------------------------------


def landscapes(config: Config) -> pd.DataFrame:
    """Six memories in the plane under five energies: the energy on a grid, where each point ends, and paths."""
    panels = [
        {"energy": "quadratic", "parameter": NAN},
        *grid(energy=["log-sum-exp"], parameter=config.betas),
        {"energy": "Epanechnikov", "parameter": config.bandwidth},
    ]
    return sweep.sweep(landscape, panels, config)


def landscape(config: Config, energy: str, parameter: float) -> list[Row]:
    """Rows of four kinds: grid points and memories (item: the attractor where they end), attractors, paths."""
    radius, degrees = torch.tensor(config.memories, dtype=torch.float64, device=config.device).T
    angle = torch.deg2rad(degrees)
    memories = torch.stack([radius * angle.cos(), radius * angle.sin()], dim=-1)
    memory: Energy
    if energy == "quadratic":
        memory = Hopfield(memories)
    elif energy == "log-sum-exp":
        memory = LogSumExp(memories, parameter)
    else:
        memory = Epanechnikov(memories, parameter)
    update = _downhill(memory, longest=0.02, edge=config.edge)

    axis = torch.linspace(-config.edge, config.edge, config.points, dtype=torch.float64, device=config.device)
    points = torch.cartesian_prod(axis, axis)
    rng = generator("landscapes", "landscapes", config.seed)
    starts = patterns.jitter(torch.cat([points, memories]), 1e-3, rng)  # else the saddle's own line would end at it
    ends = run(update, starts, steps=2000, tolerance=1e-7).state
    attractors = _distinct(ends[torch.isfinite(memory(ends))], closer_than=0.05)
    nearest = torch.cdist(ends, attractors).argmin(-1)
    where = torch.where(torch.isfinite(memory(ends)), nearest, -1).tolist()

    fan = torch.linspace(-0.8, 0.8, 5, dtype=torch.float64, device=config.device) * config.edge
    fan = patterns.jitter(torch.cartesian_prod(fan, fan), 1e-3, rng)
    kept = run(update, fan, steps=1000, keep_every=3, tolerance=1e-4).kept
    assert kept is not None
    kinds = [
        ("grid", points, where[: len(points)]),
        ("memory", memories, where[len(points) :]),
        ("attractor", attractors, list(range(len(attractors)))),
        *(("path", path, [item] * len(path)) for item, path in enumerate(map(_moving, kept.unbind(1)))),
    ]
    return [
        {"kind": kind, "item": item, "x": x, "y": y, "value": value}
        for kind, states, items in kinds
        for item, (x, y), value in zip(items, states.tolist(), memory(states).tolist(), strict=True)
    ]


def _downhill(energy: Energy, longest: float, edge: float) -> Update:
    """Gradient descent in short strides that ends at the edge of the square."""

    def update(state: Tensor) -> Tensor:
        stride = 0.1 * energy.force(state)
        length = torch.linalg.vector_norm(stride, dim=-1, keepdim=True)
        return (state + stride * (longest / length.clamp(min=longest))).clamp(-edge, edge)

    return update


def _distinct(states: Tensor, closer_than: float) -> Tensor:
    """One of each group of states that lie within a distance of one another."""
    found: list[Tensor] = []
    while len(states):
        found.append(states[0])
        states = states[torch.linalg.vector_norm(states - states[0], dim=-1) > closer_than]
    return torch.stack(found)


def _moving(path: Tensor) -> Tensor:
    """A path up to where it rests."""
    moves = torch.linalg.vector_norm(path.diff(dim=0), dim=-1) > 0
    return path[: 1 + int(moves.sum())]


# --- One-step error -------------------------------------------------------------------------------------------------


def one_step_error(config: Config) -> pd.DataFrame:
    """How often a bit of a stored pattern is wrong after one step, no self-coupling: simulated, exact, Gaussian."""
    return sweep.sweep(one_bit, grid(memory=list(ORDERS), aim=config.error_z), config)


def one_bit(config: Config, memory: str, aim: float) -> list[Row]:
    """Rows at the whole number of patterns nearest to the load at which the Gaussian theory has z = aim.

    load: in units of n^{order−1}/(2·order−3)!!, that is 1/z². deviation: how many standard errors, estimated from draw
    to draw, the simulation is away from the exact law.
    """
    order, index = ORDERS[memory], list(ORDERS).index(memory)
    n, draws = config.error_spins[index], config.error_draws[index]
    p = round(dense.capacity(n, order, float(norm.sf(aim))))
    tested = min(p, 50)
    rng = generator("landscapes", "one bit", config.seed, memory, n, p)
    wrong = np.array([int(_wrong_bits(_random(memory, p, n, rng, config), tested).sum()) for _ in range(draws)])
    bits = tested * n * draws
    rate, low, high = measures.proportion(int(wrong.sum()), bits)
    exact, gaussian = dense.one_step_error(n, p, order), dense.gaussian_one_step_error(n, p, order)
    deviation = (rate - exact) / (float(wrong.std(ddof=1)) * math.sqrt(draws) / bits)
    common = {"n": n, "p": p, "load": p / dense.capacity(n, order, float(norm.sf(1))), "errors": int(wrong.sum())}
    return [
        {**common, "source": "simulation", "error": rate, "low": low, "high": high, "deviation": deviation},
        {**common, "source": "theory, exact", "error": exact, "low": NAN, "high": NAN, "deviation": NAN},
        {**common, "source": "theory, Gaussian limit", "error": gaussian, "low": NAN, "high": NAN, "deviation": NAN},
    ]


def coefficients(config: Config) -> pd.DataFrame:
    """α = p/n^{order−1} at which one bit errs with a given chance, in the Gaussian limit."""
    return sweep.sweep(coefficient, grid(memory=list(ORDERS), error=[0.005, 0.0036]), config)


def coefficient(config: Config, memory: str, error: float) -> dict[str, object]:
    return {"source": "theory, Gaussian limit", "coefficient": dense.capacity(1, ORDERS[memory], error)}


def _random(memory: str, p: int, n: int, rng: torch.Generator, config: Config) -> SpinEnergy:
    return MEMORIES[memory](patterns.spins(p, n, rng, device=config.device, dtype=torch.float64))


def _wrong_bits(memory: SpinEnergy, tested: int) -> Tensor:
    """How many bits of each of the first patterns turn wrong in one step; a tie keeps the bit."""
    stored = memory.patterns[:tested]
    return (memory.gap(stored) * stored < 0).sum(-1)


# --- Descent of the spin rules --------------------------------------------------------------------------------------


def descent(config: Config) -> pd.DataFrame:
    """The energy of spin memories, swept one spin after the other from random states: its mean and its largest rise."""
    return sweep.sweep(sweeps, grid(memory=list(MEMORIES)), config)


def sweeps(config: Config, memory: str) -> list[Row]:
    """A row a sweep, each of descent_starts · descent_spins updates; energies relative to the lowest seen."""
    rng = generator("landscapes", "sweeps", config.seed, memory)
    n, starts = config.descent_spins, config.descent_starts
    energy = _random(memory, config.descent_patterns, n, rng, config)
    start = patterns.spins(starts, n, rng, device=config.device, dtype=torch.float64)
    path = run(asynchronous(energy, rng), start, steps=4, keep_every=1).kept
    assert path is not None
    value = energy(path) / energy(path).abs().max()
    return [
        {"updates": starts * n, "energy": float(after.mean()), "rise": float((after - before).max())}
        for before, after in pairwise(value)
    ]


# --- Capacity -------------------------------------------------------------------------------------------------------


def capacity(config: Config) -> pd.DataFrame:
    """The load at which, in half of the draws, one step makes no mistake in a given pattern, or in any of all."""
    spins = [*zip(ORDERS, config.capacity_spins, strict=True), ("exponential", config.capacity_spins_exponential)]
    points = [{"memory": memory, "kept": "one pattern", "n": n} for memory, sizes in spins for n in sizes]
    points += grid(memory=["exponential"], kept=["all patterns"], n=config.capacity_spins_all)
    return sweep.sweep(keeps, points, config)


def keeps(config: Config, memory: str, kept: str, n: int) -> list[Row]:
    """Rows of quantity "rate", one a load and source, and of quantity "threshold", where the rate is one half.

    low and high bound the rate in the former and the load in the latter. The exact theory of a given pattern takes its
    n bits as independent; that of all patterns counts the pairs that differ in one spin. Its threshold is fitted to its
    curve as the simulation's is to the counts: on a skewed curve the fit's middle is up to a tenth off the crossing.
    """
    formula = _formula(memory, kept, n)
    loads = sorted({max(2, round(ratio * formula)) for ratio in config.capacity_ratios})
    draws = config.capacity_draws
    whole, expected = [], []
    for p in loads:
        rng = generator("landscapes", "keeps", config.seed, memory, kept, n, p)
        tested = p if kept == "all patterns" else 1
        whole.append(sum(not _wrong_bits(_random(memory, p, n, rng, config), tested).any() for _ in range(draws)))
        expected.append(_expected(memory, kept, n, p))
    rates = [measures.proportion(count, draws) for count in whole]
    trials = np.full(len(loads), draws)
    fit = measures.threshold(np.log(loads), whole, trials)
    exact = measures.threshold(np.log(loads), trials * expected, trials)
    rows = [
        *(("rate", "simulation", p, *rate) for p, rate in zip(loads, rates, strict=True)),
        *(("rate", "theory, exact", p, rate, NAN, NAN) for p, rate in zip(loads, expected, strict=True)),
        ("threshold", "simulation", math.exp(fit.middle), 0.5, math.exp(fit.low), math.exp(fit.high)),
        ("threshold", "theory, exact", math.exp(exact.middle), 0.5, NAN, NAN),
        ("threshold", "theory, asymptotic", formula, 0.5, NAN, NAN),
    ]
    if memory == "exponential":
        rate = dense.exponential_rate_one(0.0) if kept == "one pattern" else dense.exponential_rate_all(0.0)
        rows.append(("threshold", "theory, rate alone", math.exp(rate * n), 0.5, NAN, NAN))
    return [
        {"quantity": quantity, "source": source, "load": float(load), "rate": rate, "low": low, "high": high}
        for quantity, source, load, rate, low, high in rows
    ]


def _formula(memory: str, kept: str, n: int) -> float:
    if memory != "exponential":
        return dense.capacity_without_errors(n, ORDERS[memory])
    return dense.exponential_capacity_one(n) if kept == "one pattern" else dense.exponential_capacity_all(n)


def _expected(memory: str, kept: str, n: int, p: int) -> float:
    if kept == "all patterns":
        return dense.exponential_recall_all(n, p)
    if memory == "exponential":
        return (1 - dense.exponential_one_step_error(n, p)) ** n
    return (1 - dense.one_step_error(n, p, ORDERS[memory])) ** n


# --- Recall by the exponential memory -------------------------------------------------------------------------------


def exponential_recall(config: Config) -> pd.DataFrame:
    """How often e^{αn} + 1 patterns are restored in one parallel step: against the flipped fraction, and against n.

    restored: the fraction of given patterns, or of draws in which all patterns were. The rows of n = ∞ are the theory.
    """
    alpha = config.recall_rate
    points: list[Row] = [
        {"kept": kept, "rate": alpha, "n": float(n), "flips": flips}
        for kept, largest in (("one pattern", math.inf), ("all patterns", config.recall_all_patterns))
        for n in config.recall_spins
        if math.exp(alpha * n) <= largest
        for flips in range(0, round(0.4 * n) + 1, n // 20 if n % 20 == 0 else 1)
    ]
    points += [
        {"kept": "one pattern", "rate": rate, "n": float(n), "flips": round(config.recall_flipped * n)}
        for rate in config.recall_rates
        for n in config.recall_spins
        if math.exp(rate * n) <= config.recall_one_patterns and rate != alpha
    ]
    table = sweep.sweep(restores, points, config)
    return pd.concat([table, _limit(config, "one pattern"), _limit(config, "all patterns")], ignore_index=True)


def restores(config: Config, kept: str, rate: float, n: float, flips: int) -> dict[str, object]:
    size, p = int(n), 1 + round(math.exp(rate * n))
    cues = p if kept == "all patterns" else min(p, 100)
    draws = config.recall_all_draws if kept == "all patterns" else math.ceil(config.recall_cues / cues)
    rng = generator("landscapes", "restores", config.seed, kept, rate, size, flips)
    restored = 0
    for _ in range(draws):
        memory = _random("exponential", p, size, rng, config)
        target = memory.patterns[:cues]
        right = measures.recalled(synchronous(memory)(patterns.flip(target, flips / n, rng)), target, tolerance=0.0)
        restored += int(right.all() if kept == "all patterns" else right.sum())
    fraction, low, high = measures.proportion(restored, draws if kept == "all patterns" else draws * cues)
    return {"p": p, "flipped": flips / n, "source": "simulation", "restored": fraction, "low": low, "high": high}


def _limit(config: Config, kept: str) -> pd.DataFrame:
    """The step from 1 to 0 at the load of the sweep, and the rate at which it stands at the given flipped fraction."""
    flipped = np.linspace(0, 0.5, 5001)
    rate = dense.exponential_rate_one if kept == "one pattern" else dense.exponential_rate_all
    step = float(np.interp(-config.recall_rate, [-rate(float(rho)) for rho in flipped], flipped))
    corners = [(0.0, 1.0), (step, 1.0), (step, 0.0), (0.5, 0.0)]
    points = [(config.recall_rate, *corner) for corner in corners]
    points.append((rate(config.recall_flipped), config.recall_flipped, NAN))
    return pd.DataFrame(
        {"kept": kept, "rate": alpha, "n": math.inf, "flips": 0, "p": 0, "flipped": rho, "source": "theory, n → ∞"}
        | {"restored": restored, "low": NAN, "high": NAN}
        for alpha, rho, restored in points
    )


# --- Temperatures ---------------------------------------------------------------------------------------------------


def temperatures(config: Config) -> pd.DataFrame:
    """The modern Hopfield network at every β: which averages its fixed points are, how far off, and its energy."""
    seeds = range(config.temperature_seeds)
    points = grid(patterns=["clustered"], beta=config.cluster_betas, seed=seeds)
    points += grid(patterns=["free"], beta=config.free_betas, seed=seeds)
    return sweep.sweep(fixed_points, points, config)


def fixed_points(config: Config, patterns: str, beta: float, seed: int) -> dict[str, object]:
    """Median and deciles of the effective number of memories, mean distances over the radius, energies over 2M²."""
    stored, centres, cues = _on_sphere(config, patterns, seed)
    radius = math.sqrt(config.sphere_radius_squared)
    update = attend(stored, beta)
    path = run(update, cues, steps=100, keep_every=1)
    assert path.kept is not None
    fixed = run(update, path.state, steps=5000, tolerance=1e-9).state
    number = measures.effective_number((beta * fixed @ stored.T).softmax(-1))
    energy = LogSumExp(stored, beta)(path.kept) / (2 * config.sphere_radius_squared)
    low, middle, high = number.quantile(number.new_tensor([0.1, 0.5, 0.9])).tolist()
    return {
        "effective": middle,
        "effective_low": low,
        "effective_high": high,
        "one_step": float(measures.distance(path.kept[1], stored).mean()) / radius,
        "to_pattern": float(measures.distance(fixed, stored).mean()) / radius,
        "to_cluster": float(measures.distance(fixed, centres).mean()) / radius,
        "to_all": float(measures.distance(fixed, stored.mean(0).expand_as(fixed)).mean()) / radius,
        "energy_lowest": float(energy[1:].min()),
        "energy_highest": float(energy[1:].max()),
        "energy_rise": float(energy.diff(dim=0).max()),
    }


def _on_sphere(config: Config, kind: str, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Patterns, the mean of each one's cluster (itself where there are no clusters) and noisy cues."""
    rng = generator("landscapes", "temperatures", config.seed, kind, seed)
    n, radius = config.sphere_dimension, math.sqrt(config.sphere_radius_squared)

    def sphere(p: int) -> Tensor:
        return patterns.sphere(p, n, rng, radius=radius, device=config.device, dtype=torch.float64)

    if kind == "free":
        stored = sphere(config.free_patterns)
        return stored, stored, patterns.jitter(stored, config.free_noise, rng)
    middles = sphere(config.clusters).repeat_interleave(config.cluster_size, 0)
    spread = patterns.jitter(middles, config.cluster_spread, rng)
    stored = radius * normalize(spread, dim=-1)
    means = stored.unflatten(0, (config.clusters, config.cluster_size)).mean(1)
    return stored, means.repeat_interleave(config.cluster_size, 0), patterns.jitter(stored, config.cluster_noise, rng)


# --- The two-layer network ------------------------------------------------------------------------------------------


def two_layer(config: Config) -> pd.DataFrame:
    """Energy and overlap with the cued memory against time, for the four choices of Lagrangians."""
    return sweep.sweep(motion, grid(model=list(MODELS)), config)


def motion(config: Config, model: str) -> list[Row]:
    """A row every tenth Euler step; rise: the largest change of energy in a step since the last row, over max |E|."""
    rng = generator("landscapes", "motion", config.seed, config.hidden, config.visible)
    stored = patterns.spins(config.hidden, config.visible, rng, device=config.device, dtype=torch.float64)
    visible, hidden = MODELS[model]
    network = KrotovHopfield(stored, visible, hidden)
    cue = patterns.flip(stored[0], config.cue_flipped, rng)
    update = relax(network, config.euler_step, visible_time=config.visible_time, hidden_time=config.hidden_time)
    steps, every = round(config.duration / config.euler_step), 10
    path = run(update, torch.cat([cue, stored.new_zeros(config.hidden)]), steps=steps, keep_every=1).kept
    assert path is not None
    energy = network(path)
    rise = energy.diff() / energy.abs().max()
    direction = normalize(activation(visible, path[:, : config.visible]), dim=-1)
    overlap = direction @ normalize(stored[0], dim=-1)
    return [
        {
            "time": step * config.euler_step,
            "energy": float(energy[step]),
            "overlap": float(overlap[step]),
            "rise": float(rise[max(0, step - every) : step].max()) if step else NAN,
        }
        for step in range(0, steps + 1, every)
    ]


# --- Images ---------------------------------------------------------------------------------------------------------


def images(config: Config) -> pd.DataFrame:
    """A digit and a patch of a photograph, spoiled in three ways, and what four memories make of them, by pixel."""
    return sweep.sweep(pictures, grid(images=["digits", "photographs"], cue=CUES), config)


def pictures(config: Config, images: str, cue: str) -> list[Row]:
    rng = generator("landscapes", "images", config.seed, images, cue)
    stored = _images(config, images, config.images_stored)
    spoiled = _spoil(config, stored, cue, rng)
    shown = {"stored": stored, "in black and white": _black_and_white(stored), "cue": spoiled}
    shown |= {memory: _recall(config, memory, stored, spoiled, rng)[1] for memory in RECALLERS}
    side = math.isqrt(stored.shape[-1])
    return [
        {"shows": shows, "row": row, "column": column, "value": value}
        for shows, states in shown.items()
        for row, line in enumerate(states[config.image_shown].reshape(side, side).tolist())
        for column, value in enumerate(line)
    ]


def image_recall(config: Config) -> pd.DataFrame:
    """How many of the stored images each memory recalls from spoiled ones, against how many it holds."""
    return sweep.sweep(recalls, grid(images=["digits", "photographs"], cue=CUES, p=config.images_loads), config)


def recalls(config: Config, images: str, cue: str, p: int) -> list[Row]:
    """Counts over as many sets of p images as it takes; recalled: closer than ±1 images that differ in a twentieth."""
    rng = generator("landscapes", "recalls", config.seed, images, cue, p)
    per_set = min(p, config.images_asked)
    sets = math.ceil(config.images_asked / p)
    right = dict.fromkeys(RECALLERS, 0)
    for number in range(sets):
        stored = _images(config, images, p, number)
        spoiled = _spoil(config, stored[:per_set], cue, rng)
        tolerance = 2 * math.sqrt(0.05 * stored.shape[-1])
        for memory in RECALLERS:
            target, answer = _recall(config, memory, stored, spoiled, rng)
            right[memory] += int(measures.recalled(answer, target[:per_set], tolerance).sum())
    rates = {memory: measures.proportion(count, sets * per_set) for memory, count in right.items()}
    return [
        {"memory": memory, "source": "simulation", "recalled": rate, "low": low, "high": high}
        for memory, (rate, low, high) in rates.items()
    ]


def _images(config: Config, kind: str, p: int, number: int = 0) -> Tensor:
    """A set of p images, each with mean 0 and mean square 1; patches of bare sky are left out."""
    rng = generator("landscapes", "images", kind, config.seed, number)
    if kind == "digits":
        drawn = patterns.digits(device=config.device, dtype=torch.float64)
        drawn = drawn[torch.randperm(len(drawn), generator=rng)]
    else:
        drawn = patterns.photographs(10 * p, config.patch, rng, device=config.device, dtype=torch.float64)
        drawn = drawn[drawn.std(-1) > 0.1]
    centred = drawn[:p] - drawn[:p].mean(-1, keepdim=True)
    return centred / centred.square().mean(-1, keepdim=True).sqrt()


def _spoil(config: Config, images: Tensor, cue: str, rng: torch.Generator) -> Tensor:
    """Half masked: the lower half is 0, which says nothing. Blurred: means of 3 × 3 pixels, again if there are many."""
    if cue == "noisy":
        return patterns.jitter(images, config.image_noise, rng)
    side = math.isqrt(images.shape[-1])
    square = images.reshape(-1, 1, side, side)
    if cue == "half masked":
        known = torch.arange(side, device=images.device) < side // 2
        return (square * known[:, None]).flatten(1)
    for _ in range(side // 8):
        square = avg_pool2d(pad(square, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
    return square.flatten(1)


def _recall(config: Config, memory: str, stored: Tensor, cues: Tensor, rng: torch.Generator) -> tuple[Tensor, Tensor]:
    """What is stored, black and white for the memories of ±1 spins, and what each cue recalls."""
    if memory == "log-sum-exp":
        return stored, run(attend(stored, config.image_beta / stored.shape[-1]), cues, steps=100, tolerance=1e-6).state
    bits = _black_and_white(stored)
    known = torch.where(cues == 0, 0, _black_and_white(cues))
    return bits, run(asynchronous(MEMORIES[memory](bits), rng), known, steps=30, tolerance=0.0).state


def _black_and_white(images: Tensor) -> Tensor:
    """+1 above the image's median, −1 at it and below."""
    return torch.where(images > images.median(-1, keepdim=True).values, 1, -1).to(images)

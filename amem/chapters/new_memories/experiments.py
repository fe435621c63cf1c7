"""Restaurants and the memories they make: priors beside theory, clusterings beside what was planted.

β and ρ are inverse variances of the points about a memory and of the memories about the origin.
"""

import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

import numpy as np
import pandas as pd
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from scipy.stats import binom, norm
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score
from sklearn.mixture import BayesianGaussianMixture
from torch import Tensor

from amem import datasets, patterns, sweep
from amem.energies.concentration import log_normaliser
from amem.energies.sphere import VonMisesFisher
from amem.learning import conjugate, streams
from amem.learning.dp_means import dp_means, online_dp_means
from amem.learning.restaurant import Restaurant, settings
from amem.measures import proportion
from amem.seeds import generator
from amem.sweep import grid
from amem.theory import restaurant

Array = NDArray[np.float64]
Row = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Config(sweep.Config):
    """The numbers of a run.

    seats_*: concentrations and discounts of the static prior, its customers, and samples of it.
    planted_*: the synthetic mixtures: so many clusters, means of standard deviation 10, points of 1 around them.
    chains: samples of the dynamical prior; `sizes` of samples whose error is measured, `repeats` times.
    stream_*: points, dimensions, variances of the means, and of the points around them.
    alone_*: customers and samples of restaurants whose customers are all said to sit alone.
    rate, frequency: of the kernels that fade and of the one that swings; fast_rate: of the fading ones, once more.
    sphere_*: points, dimensions and concentrations on the sphere.
    benchmark_*: the sets, orders or starts of each, and starts of the variational mixture, which takes long.
    calibration_draws: simulated data sets of calibration_points points each.
    """

    seats_alphas: tuple[float, ...] = (1.0, 5.0)
    seats_discounts: tuple[float, ...] = (0.0, 0.25, 0.5)
    seats_customers: int = 600
    seats_samples: int
    planted_clusters: int = 8
    planted_points: int = 600
    planted_seeds: int = 10
    knob_points: int
    knob_steps: int
    knob_seeds: int
    knob_mixtures: int
    permutations: int
    chains: int
    chain_alphas: tuple[float, ...] = (1.1, 10.78, 15.37, 30.91)
    chain_customers: int = 50
    shown_alpha: float = 15.37
    sizes: tuple[int, ...] = (10, 25, 100, 250, 1000, 2500)
    repeats: int
    stream_points: int
    stream_n: tuple[int, ...]
    stream_alphas: tuple[float, ...]
    stream_spreads: tuple[float, ...]
    stream_noises: tuple[float, ...]
    stream_mixtures: int
    seeds: int
    alone_points: int = 1000
    alone_samples: int
    rate: float = 0.05
    fast_rate: float = 1.0
    frequency: float = 0.15
    sphere_points: int
    sphere_n: tuple[int, ...]
    sphere_alphas: tuple[float, ...]
    sphere_kappas: tuple[float, ...]
    sphere_seeds: int
    rooms_steps: int = 400
    rooms_landmarks: int = 100
    rooms_seeds: int
    calibration_draws: int
    calibration_points: int = 8
    benchmark_sets: tuple[str, ...]
    benchmark_seeds: int
    benchmark_mixtures: int


PRESETS = {
    "quick": Config(
        preset="quick",
        seats_samples=400,
        knob_points=300,
        knob_steps=9,
        knob_seeds=5,
        knob_mixtures=2,
        permutations=60,
        chains=5000,
        repeats=20,
        stream_points=300,
        stream_n=(3, 9),
        stream_alphas=(5.0, 15.0, 25.0),
        stream_spreads=(25.0, 100.0, 1000.0),
        stream_noises=(5.0,),
        stream_mixtures=1,
        seeds=3,
        alone_samples=10,
        sphere_points=120,
        sphere_n=(10,),
        sphere_alphas=(2.5, 7.5, 15.0),
        sphere_kappas=(25.0, 100.0, 1000.0),
        sphere_seeds=4,
        rooms_seeds=4,
        calibration_draws=2000,
        benchmark_sets=("iris", "wine", "breast_cancer"),
        benchmark_seeds=3,
        benchmark_mixtures=3,
    ),
    "full": Config(
        preset="full",
        seats_samples=4000,
        knob_points=600,
        knob_steps=17,
        knob_seeds=10,
        knob_mixtures=3,
        permutations=500,
        chains=5000,
        repeats=100,
        stream_points=400,
        stream_n=(3, 9, 15),
        stream_alphas=(5.0, 10.0, 15.0, 20.0, 25.0),
        stream_spreads=(25.0, 100.0, 1000.0),
        stream_noises=(5.0, 10.0),
        stream_mixtures=1,
        seeds=3,
        alone_samples=100,
        sphere_points=300,
        sphere_n=(10, 30),
        sphere_alphas=(2.5, 7.5, 15.0),
        sphere_kappas=(25.0, 100.0, 1000.0),
        sphere_seeds=3,
        rooms_seeds=30,
        calibration_draws=4000,
        benchmark_sets=(
            "iris",
            "wine",
            "breast_cancer",
            "digits",
            "zoo",
            "ecoli",
            "libras_movement",
            "image_segmentation",
        ),
        benchmark_seeds=10,
        benchmark_mixtures=5,
    ),
}

PRESETS["at_hand"] = replace(
    PRESETS["full"],
    preset="at_hand",
    benchmark_sets=tuple(name for name in PRESETS["full"].benchmark_sets if datasets.at_hand(name)),
)  # full, with the sets alone that can be had without a network


# --- the restaurant ---------------------------------------------------------------------------------------------------


def seats(config: Config) -> pd.DataFrame:
    """The number of tables against the number of customers: its exact mean and sampled ones; and one seating.

    Rows of kind "seating" are tables of one restaurant after 1, 2, 8 customers and the chance that the next one takes
    them, the last a new one; `literal` is that chance by the formula as printed in the first account.
    """
    parts = [
        sweep.sweep(count_tables, grid(alpha=config.seats_alphas, discount=config.seats_discounts), config),
        pd.DataFrame(_seating()),
    ]
    return pd.concat(parts, ignore_index=True)


def count_tables(config: Config, alpha: float, discount: float) -> list[Row]:
    """Exact and sampled mean number of tables, with its standard error, over the customers."""
    rng = _numpy("seats", alpha, discount)
    sampled = restaurant.pitman_yor_tables(config.seats_customers, alpha, discount, config.seats_samples, rng)
    moments = sorted({*np.geomspace(1, config.seats_customers, 25).round().astype(int).tolist(), 100})
    rows: list[Row] = []
    for customers in moments:
        exact = restaurant.expected_tables(customers, alpha, discount)
        tables = sampled[:, customers - 1]
        error = float(tables.std(ddof=1)) / math.sqrt(len(tables))
        common = {"kind": "tables", "customers": customers}
        rows.append({**common, "source": "theory", "tables": exact})
        away = (float(tables.mean()) - exact) / error if error else 0.0
        rows.append(
            {**common, "source": "simulation", "tables": float(tables.mean()), "error": error, "deviation": away}
        )
    return rows


def _seating() -> list[Row]:
    """A restaurant with α = 1 and tables of 5, 2 and 1 at the end, as it grows."""
    rows: list[Row] = []
    for held in ((1,), (1, 1), (5, 2, 1)):
        seated = sum(held)
        for table, count in enumerate((*held, 0), start=1):
            chance = (count or 1.0) / (seated + 1.0)
            literal = (seated if count else 1.0) / (seated + 1.0)
            rows.append({
                "kind": "seating", "source": "theory", "customers": seated, "table": table, "held": count,
                "chance": chance, "literal": literal,
            })  # fmt: skip
    return rows


def identities(config: Config) -> pd.DataFrame:
    """Exact statements of the network, each as the largest departure from it that was seen."""
    return sweep.sweep(check, grid(name=["threshold", "limit", "extremes", "steps", "seatings"]), config)


def check(config: Config, name: str) -> list[Row]:
    """One of the statements, by name."""
    return {
        "threshold": _threshold,
        "limit": _limit,
        "extremes": _extremes,
        "steps": _steps,
        "seatings": _two_roads,
    }[name](config)


def _threshold(config: Config) -> list[Row]:
    """Decisions of the network against the distance at which theory puts them, 5000 points and random settings."""
    runs, room, n = 5000, 6, 3
    rng = generator("new_memories", "threshold")
    draw: Callable[..., Tensor] = lambda *shape: torch.rand(*shape, generator=rng, dtype=torch.float64)  # noqa: E731
    alpha, beta, rho, discount = (*(10 ** (3 * draw(3, runs) - 1.5)), 0.9 * draw(runs))
    network = Restaurant(n, alpha=alpha, beta=beta, rho=rho, discount=discount)
    network.counts = torch.nn.functional.pad(1 + (20 * draw(runs, room)).floor(), (0, 16 - room))
    network.sums = 3 * torch.randn(runs, 16, n, generator=rng, dtype=torch.float64) * network.counts[..., None]
    x = torch.randn(runs, n, generator=rng, dtype=torch.float64)
    makes = network.log_joint(x).argmax(-1) == 16
    apart = (x[:, None] - network.memories[:, :room]).square().sum(-1)
    beyond = restaurant.creation_distance(
        network.counts[:, :room].numpy(), x.square().sum(-1)[:, None].numpy(), n=n, memories=room,
        alpha=alpha[:, None].numpy(), beta=beta[:, None].numpy(), rho=rho[:, None].numpy(),
        discount=discount[:, None].numpy(),
    )  # fmt: skip
    predicted = (apart.numpy() > beyond).all(-1)
    wrong = float((makes.numpy() != predicted).mean())
    return [{"quantity": "decisions unlike theory", "value": wrong, "at": float(makes.double().mean())}]


def _limit(config: Config) -> list[Row]:
    """Agreement with DP-means online, as β grows and α shrinks with it: adjusted Rand index of the two labellings.

    And that of DP-means online with its original form, which reads the points eight times.
    """
    n, threshold, rho = 2, 36.0, 0.01
    points = torch.stack([_planted(config, n, seed)[0] for seed in range(config.planted_seeds)])[:, :300]
    price = points.new_full((len(points),), threshold)
    limit, many = online_dp_means(points, price).labels, dp_means(points, price).labels
    agree = [adjusted_rand_score(*pair) for pair in zip(many, limit, strict=True)]
    rows: list[Row] = [{"quantity": "DP-means in passes and online", "at": 8.0, "value": float(np.mean(agree))}]
    for beta in (0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0):
        alpha = math.exp(restaurant.dp_means_log_alpha(threshold, n=n, beta=beta, rho=rho))
        network = Restaurant(n, **_settings(config, alpha=[alpha] * len(points), beta=beta, rho=rho), hard=True)
        labels = network.learn(points).argmax(-1)
        agree = [adjusted_rand_score(*pair) for pair in zip(labels, limit, strict=True)]
        rows.append({"quantity": "agreement with DP-means", "at": beta, "value": float(np.mean(agree))})
    return rows


def _extremes(config: Config) -> list[Row]:
    """Memories per run as α → 0 and per point as α → ∞: both are one."""
    points = torch.stack([_planted(config, 2, seed)[0] for seed in range(config.planted_seeds)])[:, :100]
    rows: list[Row] = []
    for alpha, count in ((1e-300, 1), (1e300, 100)):
        network = Restaurant(2, **_settings(config, alpha=[alpha] * len(points), beta=1.0, rho=0.01))
        network.learn(points)
        rows.append({
            "quantity": "memories", "at": alpha, "value": float((network.number - count).abs().max())
        })  # fmt: skip
    return rows


def _steps(config: Config) -> list[Row]:
    """Memories of the network when its dynamics has so many unit steps, over those of its exact posterior."""
    points = torch.stack([_planted(config, 5, seed)[0] for seed in range(config.planted_seeds)])[:, :300]
    numbers = _settings(config, alpha=[1.0] * len(points), beta=1.0, rho=0.01)
    rows: list[Row] = []
    exact = Restaurant(5, **numbers)
    labels = exact.learn(points).argmax(-1)
    for steps in (1, 3, 10, 100):
        network = Restaurant(5, **numbers, steps=steps)
        found = network.learn(points).argmax(-1)
        agree = [adjusted_rand_score(*pair) for pair in zip(labels, found, strict=True)]
        rows.append({"quantity": "agreement of so many steps", "at": float(steps), "value": float(np.mean(agree))})
    return rows


def _two_roads(config: Config) -> list[Row]:
    """The number of tables by customers, by Stirling's numbers and as a Poisson-binomial: the largest difference."""
    customers = config.chain_customers
    rows: list[Row] = []
    for alpha in config.chain_alphas:
        one = restaurant.table_distribution(customers, alpha)
        opens = restaurant.new_table_chances(np.ones((customers, customers)), alpha)
        others = (restaurant.stirling_distribution(customers, alpha), restaurant.poisson_binomial(opens))
        apart = max(float(np.abs(one - other).max()) for other in others)
        rows.append({"quantity": "table distribution by three roads", "at": alpha, "value": apart})
    return rows


# --- the network on planted clusters ----------------------------------------------------------------------------------


def recovery(config: Config) -> pd.DataFrame:
    """Memories made, and agreement with what was planted, with the Gaussians' normalisers and without."""
    return sweep.sweep(recover, grid(n=(2, 5, 10, 20, 50), normalised=(True, False)), config)


def recover(config: Config, n: int, normalised: bool) -> list[Row]:
    """One pass over planted clusters in n dimensions, all seeds at once."""
    drawn = [_planted(config, n, seed) for seed in range(config.planted_seeds)]
    network = Restaurant(
        n, **_settings(config, alpha=[1.0] * len(drawn), beta=1.0, rho=0.01), normalised=normalised
    )  # fmt: skip
    labels = network.learn(torch.stack([points for points, _ in drawn]).to(config.device)).argmax(-1).cpu()
    scored = [_scored(truth, found) for (_, truth), found in zip(drawn, labels, strict=True)]
    middle = {name: float(np.median([row[name] for row in scored])) for name in ("memories", "ari")}
    return [*({"kind": "run", "seed": seed, **row} for seed, row in enumerate(scored)), {"kind": "median", **middle}]


def knobs(config: Config) -> pd.DataFrame:
    """Memories and agreement against α at β = 1 and against β at α = 1, beside DP-means and a variational mixture."""
    return sweep.sweep(turn, grid(knob=("alpha", "beta"), algorithm=("network", "DP-means", "mixture")), config)


def turn(config: Config, knob: str, algorithm: str) -> list[Row]:
    """One knob of one algorithm over its range: means over seeds, and standard errors."""
    few = algorithm == "mixture"
    lowest, highest = (-6, 6) if knob == "alpha" else (-1.5, 1.5)
    values = (10 ** np.linspace(lowest, highest, 5 if few else config.knob_steps)).tolist()
    seeds = range(config.knob_mixtures if few else config.knob_seeds)
    drawn = [_planted(config, 5, seed, spread=3.0) for seed in seeds]
    runs = [(value, seed) for value in values for seed in seeds]
    alpha = [value if knob == "alpha" else 1.0 for value, _ in runs]
    beta = [value if knob == "beta" else 1.0 for value, _ in runs]
    points = torch.stack([drawn[seed][0][: config.knob_points] for _, seed in runs]).to(config.device)
    found: Any
    if algorithm == "network":
        found = Restaurant(5, **_settings(config, alpha=alpha, beta=beta, rho=1 / 9)).learn(points).argmax(-1).cpu()
    elif algorithm == "DP-means":
        # the same distance at which to make the first memories
        apart = [(5 * math.log1p(9 * b) - 2 * math.log(a)) / b for a, b in zip(alpha, beta, strict=True)]
        found = online_dp_means(points, points.new_tensor(apart).clamp_min(0)).labels.cpu()
    else:
        found = [
            _mixture(run.cpu().numpy(), 3 * config.planted_clusters, seed, alpha=a, variance=1 / b)
            for run, a, b, (_, seed) in zip(points, alpha, beta, runs, strict=True)
        ]
    scored = [
        {"value": value, **_scored(drawn[seed][1][: config.knob_points], labels)}
        for (value, seed), labels in zip(runs, found, strict=True)
    ]
    return _averages(pd.DataFrame(scored), ["value"], ["memories", "ari"])


def orders(config: Config) -> pd.DataFrame:
    """How many memories the same points make in other orders, after one pass and after five: how often each number.

    Rows of kind "count" say how often; "mean" rows hold the averages over permutations and their spread.
    """
    return sweep.sweep(permute, grid(data=("planted", "iris"), passes=(1, 5)), config)


def permute(config: Config, data: str, passes: int) -> list[Row]:
    """Random orders of one data set, side by side."""
    if data == "planted":
        points, truth = _planted(config, 2, 0)
        points, truth, rho = points[:300], truth[:300], 0.01
    else:
        labelled = datasets.load(data)
        points, truth, rho = datasets.standardised(labelled.features), labelled.labels, 1.0
    rng = generator("new_memories", "orders", data)
    orders = torch.stack([torch.randperm(len(points), generator=rng) for _ in range(config.permutations)])
    numbers = _settings(config, alpha=[1.0] * len(orders), beta=1.0 if data == "planted" else 2.0, rho=rho)
    labels = Restaurant(points.shape[1], **numbers).learn(points[orders].to(config.device), passes).argmax(-1).cpu()
    scored = [_scored(truth[order], found) for order, found in zip(orders, labels, strict=True)]
    each = {name: np.array([row[name] for row in scored]) for name in ("memories", "ari")}
    rows: list[Row] = [
        {"kind": "count", "memories": float(number), "share": float((each["memories"] == number).mean())}
        for number in range(1, int(each["memories"].max()) + 1)
    ]
    spread = {f"{name}_mean": float(values.mean()) for name, values in each.items()}
    spread |= {f"{name}_std": float(values.std(ddof=1)) for name, values in each.items()}
    return [*rows, {"kind": "mean", "true": float(len(truth.unique())), **spread}]


def benchmark(config: Config) -> pd.DataFrame:
    """Agreement with the classes of small data sets, standardised; of each setting the median over seeds."""
    return sweep.sweep(compare, grid(data=config.benchmark_sets), config)


SHOWN_WITHOUT = ("iris", "wine", "breast_cancer")
"""The sets on which the network without normalisers is run too: it makes nearly a memory a point."""


def compare(config: Config, data: str) -> list[Row]:
    """The network over its grid of settings and orders, with the normalisers and without, beside other algorithms.

    A point belongs to the memory that it went to when it was seen; nothing is assigned again at the end of the stream.
    """
    labelled = datasets.load(data)
    points, truth = datasets.standardised(labelled.features), labelled.labels
    rng = generator("new_memories", "benchmark", data)
    orders = [torch.randperm(len(points), generator=rng) for _ in range(config.benchmark_seeds)]
    cases = [(alpha, beta, order) for alpha in (0.1, 1.0, 10.0) for beta in (0.5, 2.0) for order in orders]
    shown = torch.stack([points[order] for *_, order in cases]).to(config.device)
    rows: list[Row] = []
    for normalised in (True, False) if data in SHOWN_WITHOUT else (True,):
        numbers = _settings(config, alpha=[case[0] for case in cases], beta=[case[1] for case in cases], rho=1.0)
        network = Restaurant(points.shape[1], **numbers, normalised=normalised, max_memories=len(points))
        labels = network.learn(shown).argmax(-1).cpu()
        scored = [
            {"alpha": alpha, "beta": beta, **_scored(truth[order], found)}
            for (alpha, beta, order), found in zip(cases, labels, strict=True)
        ]
        name = "network" if normalised else "network, no normaliser"
        rows += [{"algorithm": name, **row} for row in _medians(scored, ["alpha", "beta"])]
    classes = labelled.classes
    others = {
        "variational mixture": (config.benchmark_mixtures, lambda seed: _mixture(points.numpy(), 3 * classes, seed)),
        "k-means": (config.benchmark_seeds, lambda seed: _k_means(points.numpy(), classes, seed)),
    }
    for name, (seeds, fit) in others.items():
        scored = [{"alpha": 0.0, "beta": 0.0, **_scored(truth, fit(seed))} for seed in range(seeds)]
        rows += [{"algorithm": name, **row} for row in _medians(scored, ["alpha", "beta"])]
    return rows


# --- the dynamical restaurant -----------------------------------------------------------------------------------------


def kernels(rate: float, frequency: float) -> dict[str, streams.Kernel]:
    """The four kernels of the paper."""
    every = (streams.constant(), streams.exponential(rate), streams.oscillator(frequency), streams.hyperbolic(rate))
    return {kernel.name: kernel for kernel in every}


def dynamical_prior(config: Config) -> pd.DataFrame:
    """p(c_n = c) of the dynamical prior, by recursion and sampled, and the expected number of tables; rates of one.

    Rows of kind "seat" are the heat map at `shown_alpha`; "tables" compare the expected number of tables.
    """
    return sweep.sweep(sit, grid(kernel=list(kernels(1, 1)), alpha=config.chain_alphas), config)


def sit(config: Config, kernel: str, alpha: float) -> list[Row]:
    """One kernel and α: exact marginals beside frequencies in `chains` samples.

    worst: the least likely of the `compared` frequencies by its binomial law, as a number of standard deviations.
    """
    weights = _weights(kernels(1.0, 1.0)[kernel], config.chain_customers)
    exact = restaurant.marginals(weights, alpha)
    sampled = restaurant.seatings(weights, alpha, config.chains, _numpy("prior", kernel, alpha))
    tables = sampled.max(-1) + 1
    chances = restaurant.new_table_chances(weights, alpha)
    error = float(tables.std(ddof=1)) / math.sqrt(len(tables))
    counts = np.stack([(sampled == table).sum(0) for table in range(config.chain_customers)], axis=-1)
    enough = (exact * config.chains > 100) & ((1 - exact) * config.chains > 100)
    tails = np.minimum(binom.sf(counts - 1, config.chains, exact), binom.cdf(counts, config.chains, exact))
    rows: list[Row] = [
        {
            "kind": "tables",
            "exact": float(chances.sum()),
            "sampled": float(tables.mean()),
            "deviation": (float(tables.mean()) - float(chances.sum())) / error,
            "compared": float(enough.sum()),
            "worst": float(norm.isf(tails[enough].min())),
            "rows": float(np.abs(exact.sum(-1) - 1).max()),
            "squared": restaurant.squared_error(exact, 1),
        }
    ]
    if alpha == config.shown_alpha:
        rows += [
            {
                "kind": "seat",
                "customer": n,
                "table": c,
                "exact": float(exact[n, c]),
                "sampled": float(counts[n, c] / config.chains),
            }
            for n in range(config.chain_customers)
            for c in range(n + 1)
        ]
    return rows


def monte_carlo(config: Config) -> pd.DataFrame:
    """The squared error, summed over the matrix p(c_n = c), of frequencies in S samples, beside its exact mean."""
    return sweep.sweep(estimate, grid(kernel=list(kernels(1, 1)), alpha=config.chain_alphas), config)


def estimate(config: Config, kernel: str, alpha: float) -> list[Row]:
    """One kernel and α over the sizes of samples."""
    weights = _weights(kernels(1.0, 1.0)[kernel], config.chain_customers)
    exact, rng = restaurant.marginals(weights, alpha), _numpy("monte carlo", kernel, alpha)
    rows: list[Row] = []
    for size in config.sizes:
        errors: list[float] = []
        for _ in range(config.repeats):
            sampled = restaurant.seatings(weights, alpha, size, rng)
            places = np.ravel_multi_index((np.broadcast_to(np.arange(len(exact)), sampled.shape), sampled), exact.shape)
            seen = np.bincount(places.ravel(), minlength=exact.size).reshape(exact.shape) / size
            errors.append(float(np.square(seen - exact).sum()))
        rows.append({
            "samples": size, "found": float(np.mean(errors)), "expected": restaurant.squared_error(exact, size),
            "error": float(np.std(errors, ddof=1)) / math.sqrt(config.repeats),
        })  # fmt: skip
    return rows


def stream(config: Config) -> pd.DataFrame:
    """Normalised mutual information with what was planted, for streams drawn from the dynamical restaurant.

    Rows of kind "score" average over seeds and variances, "mean" rows over dimensions too; "lead" rows hold the mean
    difference of two algorithms on the same streams, and its standard error; "growth" rows follow memories made over
    the stream, as a fraction of the true number at its end. "alone" makes every point a cluster.
    """
    return _over_dimensions(sweep.sweep(follow, grid(kernel=list(kernels(1, 1)), n=config.stream_n), config))


def follow(config: Config, kernel: str, n: int) -> list[Row]:
    """One kernel and dimension: all α, variances and seeds at once, by every algorithm."""
    chosen = kernels(config.rate, config.frequency)[kernel]
    weights = _weights(chosen, config.stream_points)
    cases = [
        (alpha, spread, noise, seed)
        for alpha in config.stream_alphas
        for spread in config.stream_spreads
        for noise in config.stream_noises
        for seed in range(config.seeds)
    ]
    truths: list[NDArray[np.int64]] = []
    rows: list[Tensor] = []
    for alpha, spread, noise, seed in cases:
        rng = _numpy("stream", kernel, n, alpha, spread, noise, seed)
        truths.append(restaurant.seatings(weights, alpha, 1, rng)[0])
        means = math.sqrt(spread) * rng.standard_normal((config.stream_points, n))
        noisy = means[truths[-1]] + math.sqrt(noise) * rng.standard_normal((config.stream_points, n))
        rows.append(torch.from_numpy(noisy))
    points = torch.stack(rows).to(config.device)
    alphas, spreads, noises = (points.new_tensor([case[place] for case in cases]) for place in range(3))
    gaussian = conjugate.Gaussian(1 / noises, 1 / spreads)
    most = torch.tensor([truth.max() + 1 for truth in truths], device=config.device)
    threshold = 20 / alphas.log()
    found: dict[str, Any] = {
        "dynamical": streams.DynamicalRestaurant(alphas, chosen, gaussian).learn(points).labels,
        "recursive": streams.DynamicalRestaurant(alphas, streams.constant(), gaussian).learn(points).labels,
        "DP-means": dp_means(points, threshold).labels,
        "DP-means, online": online_dp_means(points, threshold).labels,
        "k-means, online": online_dp_means(points, torch.zeros_like(threshold), most).labels,
        "k-means": [
            _k_means(run.cpu().numpy(), int(k), case[3]) for k, run, case in zip(most, points, cases, strict=True)
        ],
        "alone": np.broadcast_to(np.arange(config.stream_points), points.shape[:2]),
    }
    if kernel == "constant":
        damped = conjugate.Gaussian(1 / noises, 1 / spreads, damped=True)
        found["dynamical, damped"] = streams.DynamicalRestaurant(alphas, chosen, damped).learn(points).labels
    if kernel == "oscillator":
        published = Aliased(chosen.name, chosen.rates, chosen.weights)
        found["dynamical, aliased"] = streams.DynamicalRestaurant(alphas, published, gaussian).learn(points).labels
    found["variational mixture"] = {
        place: _mixture(points[place].cpu().numpy(), 30, seed, spherical=True)
        for place, (*_, seed) in enumerate(cases)
        if seed < config.stream_mixtures
    }
    scores: list[Row] = []
    growth: list[Row] = []
    moments = np.unique(np.geomspace(1, config.stream_points, 20).round().astype(int))
    for name, labels in found.items():
        for place, label in labels.items() if isinstance(labels, dict) else enumerate(labels):
            truth, made = truths[place], _counted(np.asarray(label))
            score = normalized_mutual_info_score(truth, np.asarray(label))
            scores.append({
                "algorithm": name, "case": place, "alpha": cases[place][0], "nmi": float(score),
                "memories": float(made[-1]), "true": float(truth.max() + 1),
            })  # fmt: skip
            if name in ("dynamical", "recursive"):
                growth += [
                    {"algorithm": name, "time": int(moment), "made": float(made[moment - 1] / (truth.max() + 1))}
                    for moment in moments
                ]
                growth += [
                    {"algorithm": "true", "time": int(t), "made": float(_counted(truth)[t - 1] / (truth.max() + 1))}
                    for t in moments
                    if name == "dynamical"
                ]
    by = ["algorithm", "alpha"]
    return [
        *({"kind": "score", **row} for row in _averages(pd.DataFrame(scores), by, ["nmi", "memories", "true"])),
        *_leads(scores),
        *({"kind": "growth", **row} for row in _averages(pd.DataFrame(growth), ["algorithm", "time"], ["made"])),
    ]


POSTER: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "dynamical": {
        "constant": (0.81, 0.76), "exponential": (0.63, 0.70), "oscillator": (0.79, 0.73), "hyperbolic": (0.63, 0.69),
    },
    "k-means": {
        "constant": (0.75, 0.84), "exponential": (0.97, 1.0), "oscillator": (0.79, 0.87), "hyperbolic": (0.92, 0.98),
    },
    "DP-means": {
        "constant": (0.51, 0.70), "exponential": (0.97, 1.0), "oscillator": (0.60, 0.78), "hyperbolic": (0.92, 0.98),
    },
    "variational mixture": {
        "constant": (0.87, 0.63), "exponential": (0.0, 0.0), "oscillator": (0.80, 0.40), "hyperbolic": (0.0, 0.0),
    },
}  # fmt: skip
"""NMI at α = 5 and 25, read off the poster of [schaeffer2022streaming]."""


def alone(config: Config) -> pd.DataFrame:
    """How well does one who makes every point a cluster, and which streams did the poster use?

    Rows of kind "alone" are that mutual information, exact for sampled restaurants, at the rate of the code and at the
    fast one; "poster" rows what was read off; "score", "mean" and "lead" rows are those of `stream`, at the fast rate.
    """
    names, ends = list(kernels(1, 1)), (min(config.stream_alphas), max(config.stream_alphas))
    points = grid(kernel=names, rate=(config.rate, config.fast_rate), alpha=config.stream_alphas)
    fading = grid(kernel=["exponential", "hyperbolic"], rate=[config.fast_rate], n=config.stream_n)
    read = [
        {"kind": "poster", "kernel": kernel, "algorithm": algorithm, "alpha": alpha, "nmi": nmi}
        for algorithm, levels in POSTER.items()
        for kernel, level in levels.items()
        for alpha, nmi in zip(ends, level, strict=True)
    ]
    parts = [sweep.sweep(seat_alone, points, config), _over_dimensions(sweep.sweep(follow_fast, fading, config))]
    return pd.concat([*parts, pd.DataFrame(read)], ignore_index=True)


def seat_alone(config: Config, kernel: str, rate: float, alpha: float) -> Row:
    """Mutual information of sampled seatings with as many tables as customers, with its standard error."""
    weights = _weights(kernels(rate, config.frequency)[kernel], config.alone_points)
    rng = _numpy("alone", kernel, rate, alpha)
    seated = restaurant.seatings(weights, alpha, config.alone_samples, rng)
    everybody = np.arange(config.alone_points)
    found = np.array([normalized_mutual_info_score(truth, everybody) for truth in seated])
    error = float(found.std(ddof=1)) / math.sqrt(len(found))
    return {"kind": "alone", "algorithm": "alone", "nmi": float(found.mean()), "nmi_error": error}


def follow_fast(config: Config, kernel: str, rate: float, n: int) -> list[Row]:
    """`follow` at another rate, for the smallest and the largest α."""
    ends = (min(config.stream_alphas), max(config.stream_alphas))
    return follow(replace(config, rate=rate, stream_alphas=ends), kernel, n)


def sphere(config: Config) -> pd.DataFrame:
    """The same for streams of von Mises–Fisher clusters; with the published forms of likelihood and oscillator."""
    return _over_dimensions(sweep.sweep(turn_around, grid(kernel=list(kernels(1, 1)), n=config.sphere_n), config))


def turn_around(config: Config, kernel: str, n: int) -> list[Row]:
    """One kernel and dimension: all α, κ and seeds at once."""
    chosen = kernels(config.rate, config.frequency)[kernel]
    weights, count = _weights(chosen, config.sphere_points), config.sphere_points
    cases = [
        (alpha, kappa, seed)
        for alpha in config.sphere_alphas
        for kappa in config.sphere_kappas
        for seed in range(config.sphere_seeds)
    ]
    truths: list[NDArray[np.int64]] = []
    rows: list[Tensor] = []
    for alpha, kappa, seed in cases:
        name = ("sphere", kernel, n, alpha, kappa, seed)
        truths.append(restaurant.seatings(weights, alpha, 1, _numpy(*name))[0])
        rng = generator("new_memories", *name, "points")
        means = patterns.sphere(count, n, rng, radius=1.0, device="cpu", dtype=torch.float64)
        law = VonMisesFisher(means[torch.from_numpy(truths[-1])], torch.full((count,), kappa, dtype=torch.float64))
        rows.append(law.sample(generator=rng))
    points = torch.stack(rows).to(config.device)
    alphas, kappas = (points.new_tensor([case[place] for case in cases]) for place in range(2))
    whole, partial = (conjugate.VonMisesFisher(kappas, normalised) for normalised in (True, False))
    models: dict[str, tuple[streams.Kernel, conjugate.Likelihood]] = {
        "dynamical": (chosen, whole),
        "recursive": (streams.constant(), whole),
        "dynamical, no normaliser": (chosen, partial),
        "recursive, no normaliser": (streams.constant(), partial),
    }
    if kernel == "oscillator":
        published = Aliased(chosen.name, chosen.rates, chosen.weights)
        models["dynamical, aliased"] = (published, whole)
        models["dynamical, as published"] = (published, partial)
    scores: list[Row] = []
    for name, (remembers, likelihood) in models.items():
        labels = streams.DynamicalRestaurant(alphas, remembers, likelihood).learn(points).labels
        scores += [
            {
                "algorithm": name, "case": place, "alpha": alpha, "memories": float(len(label.unique())),
                "true": truth.max() + 1.0, "nmi": float(normalized_mutual_info_score(truth, label.cpu().numpy())),
            }
            for place, ((alpha, *_), truth, label) in enumerate(zip(cases, truths, labels, strict=True))
        ]  # fmt: skip
    rows_by_alpha = _averages(pd.DataFrame(scores), ["algorithm", "alpha"], ["nmi", "memories", "true"])
    return [*({"kind": "score", **row} for row in rows_by_alpha), *_leads(scores)]


def rooms(config: Config) -> pd.DataFrame:
    """A walk through nine rooms and the hallways between them, which all look alike, by binary landmarks.

    Rows of kind "walk" are the visits of the first run: place, and the memory that answered; "place" rows hold which
    answered most often where. "score" rows hold, run by run, the mutual information, the memories, what part of the
    visits to a hallway went to one memory, what part of the places have a main memory of their own, and what part of
    the visits to rooms were answered by the room's main memory.
    """
    return sweep.sweep(walk, grid(form=("collapsed", "mean field")), config)


def walk(config: Config, form: str) -> list[Row]:
    """Buildings, walks and landmarks side by side; a memory's past counts by an exponential kernel, α = 2."""
    walks = [_building(config, seed) for seed in range(config.rooms_seeds)]
    network = streams.DynamicalRestaurant(
        torch.full((len(walks),), 2.0, dtype=torch.float64, device=config.device),
        streams.exponential(0.01),
        conjugate.Categorical((4.0, 0.75)),
        collapsed=form == "collapsed",
    )
    found = network.learn(torch.stack([seen for *_, seen in walks]).to(config.device)).labels.cpu().numpy()
    rows: list[Row] = []
    for seed, ((truth, _, _), labels) in enumerate(zip(walks, found, strict=True)):
        hallway = np.bincount(labels[truth == 9])
        main = {place: int(np.bincount(labels[truth == place]).argmax()) for place in np.unique(truth)}
        room = truth < 9
        rows.append({
            "kind": "score", "seed": seed, "nmi": float(normalized_mutual_info_score(truth, labels)),
            "memories": float(len(np.unique(labels))), "true": float(len(np.unique(truth))),
            "hallway": float(hallway.max() / hallway.sum()),
            "own": float(np.mean([list(main.values()).count(memory) == 1 for memory in main.values()])),
            "loyal": float(np.mean(np.vectorize(main.get)(truth[room]) == labels[room])),
        })  # fmt: skip
    truth, positions, _ = walks[0]
    labels = np.unique(found[0], return_inverse=True)[1]
    for step in range(len(truth)):
        row, column = positions[step]
        rows.append({
            "kind": "walk", "step": step, "x": column, "y": row, "place": int(truth[step]), "label": int(labels[step])
        })  # fmt: skip
    for row, column in np.unique(positions, axis=0):
        here = (positions == (row, column)).all(-1)
        most = int(np.bincount(labels[here]).argmax())
        place = int(truth[here][0])
        rows.append({"kind": "place", "x": float(column), "y": float(row), "place": place, "label": most})
    return rows


def _building(config: Config, seed: int) -> tuple[NDArray[np.int64], Array, Tensor]:
    """Places in the order of a random walk (0 to 8 rooms, 9 a hallway), their positions, and the landmarks seen."""
    rng = _numpy("rooms", seed)
    looks = rng.beta(0.75, 4.0, (10, config.rooms_landmarks))
    row, column = 1, 1
    places, positions = [4], [(1.0, 1.0)]
    while len(places) < config.rooms_steps:
        steps = [(row + r, column + c) for r, c in ((0, 1), (1, 0), (0, -1), (-1, 0))]
        inside = [step for step in steps if min(step) >= 0 and max(step) < 3]
        r, c = inside[rng.integers(len(inside))]
        places += [9, 3 * r + c]
        positions += [((row + r) / 2, (column + c) / 2), (float(r), float(c))]
        row, column = r, c
    truth = np.array(places[: config.rooms_steps])
    seen = rng.random((len(truth), config.rooms_landmarks)) < looks[truth]
    return truth, np.array(positions[: config.rooms_steps]), torch.from_numpy(seen.astype(float))


# --- calibration ------------------------------------------------------------------------------------------------------


def calibration(config: Config) -> pd.DataFrame:
    """Are the posteriors right on average over data from the prior? Ranks of the number of memories, and pairs.

    Rows of kind "rank" are a histogram of the randomised rank of the true number of memories, flat if the posterior is
    right; "pair" rows compare the predicted chance that two points share a memory with how often they do; "test" rows
    hold χ² of the ranks and the calibration error of the pairs.
    """
    return sweep.sweep(rank, grid(alpha=(1.0, 3.0), spread=(3.0, 9.0)), config)


def rank(config: Config, alpha: float, spread: float) -> list[Row]:
    """Data drawn from the model itself; the exact posterior by enumeration beside the streaming ones."""
    draws, count, n = config.calibration_draws, config.calibration_points, 2
    rng = _numpy("calibration", alpha, spread)
    truth = restaurant.seatings(np.ones((count, count)), alpha, draws, rng)
    means = spread * rng.standard_normal((draws, count, n))
    points = np.take_along_axis(means, truth[..., None], 1) + rng.standard_normal((draws, count, n))
    ways = restaurant.partitions(count)
    weight = restaurant.exact_posterior(points, ways, alpha=alpha, beta=1.0, rho=spread**-2)
    tables = np.eye(count + 1)[ways.max(-1) + 1]
    numbers = {"exact": weight @ tables}
    pairs = {"exact": weight @ (ways[:, -1] == ways[:, -2])}
    shown = torch.from_numpy(points).to(config.device)
    ones = _settings(config, alpha=[alpha] * draws, beta=1.0, rho=spread**-2)
    for form in ("collapsed", "mean field"):
        gaussian = conjugate.Gaussian(1.0, spread**-2)
        seen = streams.DynamicalRestaurant(
            ones["alpha"], streams.constant(), gaussian, collapsed=form == "collapsed"
        ).learn(shown)  # fmt: skip
        numbers[form] = np.stack([restaurant.poisson_binomial(opened) for opened in seen.opened.cpu().numpy()])
        pairs[form] = (seen.shares[:, -1] * seen.shares[:, -2]).sum(-1).cpu().numpy()
    network = Restaurant(n, **ones)
    shares = network.learn(shown)
    numbers["network"] = np.eye(count + 1)[network.number.cpu().numpy()]
    pairs["network"] = (shares[:, -1] * shares[:, -2]).sum(-1).cpu().numpy()
    together, jitter = truth[:, -1] == truth[:, -2], rng.random(draws)
    rows: list[Row] = []
    for name, law in numbers.items():
        below = law.cumsum(-1) - law
        each = np.arange(draws), truth.max(-1) + 1
        ranks = below[each] + jitter * law[each]
        histogram = np.histogram(ranks, 10, (0, 1))[0]
        lowest, highest = (float(edge) / draws for edge in binom.interval(0.997, draws, 0.1))
        rows += [
            {
                "kind": "rank", "posterior": name, "bin": place, "share": float(found / draws),
                "lowest": lowest, "highest": highest,
            }
            for place, found in enumerate(histogram)
        ]  # fmt: skip
        predicted, gap = pairs[name], 0.0
        bins = np.clip((5 * predicted).astype(int), 0, 4)
        for place in range(5):
            inside = bins == place
            if inside.any():
                said, was = float(predicted[inside].mean()), float(together[inside].mean())
                gap += float(inside.mean()) * abs(said - was)
                _, low, high = proportion(int(together[inside].sum()), int(inside.sum()))
                rows.append({
                    "kind": "pair", "posterior": name, "bin": place, "said": said, "was": was, "low": low, "high": high,
                    "share": float(inside.mean()),
                })  # fmt: skip
        uniform = draws / 10
        rows.append({
            "kind": "test", "posterior": name, "gap": gap,
            "chi_squared": float((np.square(histogram - uniform) / uniform).sum()),
            "bias": float((law @ np.arange(count + 1) - truth.max(-1) - 1).mean()),
        })  # fmt: skip
    return rows


# --- errata -----------------------------------------------------------------------------------------------------------


class Aliased(streams.Kernel):
    """The oscillator with its constant overwritten whenever the occupancy is read: C ← C + A cos + B sin, in place."""

    def occupancy(self, state: Tensor) -> Float[Tensor, "runs room"]:
        state[:, 0] += state[:, 1].real
        return (state[:, 0].real / 2).clamp_min(0)


def errata(config: Config) -> pd.DataFrame:
    """What slips of pen and code do, in numbers."""
    return sweep.sweep(slip, grid(name=["normaliser", "index", "aliasing", "quadrature", "sphere"]), config)


def slip(config: Config, name: str) -> list[Row]:
    """One of them, by name; `at` is where it is looked at."""
    return {
        "normaliser": _without_normaliser,
        "index": _wrong_index,
        "aliasing": _aliasing,
        "quadrature": _quadrature,
        "sphere": _without_sphere,
    }[name](config)


def _without_normaliser(config: Config) -> list[Row]:
    """log₁₀ of the odds for a new memory that the missing normalisers add, at β/ρ = 100, from the two networks."""
    rows: list[Row] = []
    for n in (2, 5, 10, 20, 50):
        odds: list[float] = []
        for normalised in (True, False):
            network = Restaurant(n, **_settings(config, alpha=1.0, beta=1.0, rho=0.01), normalised=normalised)
            x = torch.ones(1, n, dtype=torch.float64)
            network.see(x)
            log_joint = network.log_joint(x)[0]
            odds.append(float(log_joint[-1] - log_joint[0]))
        rows.append({"quantity": "log10 of added odds", "at": float(n), "found": (odds[1] - odds[0]) / math.log(10)})
    return rows


def _wrong_index(config: Config) -> list[Row]:
    """All chances added up at tables of 1; 1, 1; and 5, 2, 1, by the formula as printed."""
    sums: dict[float, float] = {}
    for row in _seating():
        seated = cast("float", row["customers"])
        sums[seated] = sums.get(seated, 0.0) + cast("float", row["literal"])
    return [{"quantity": "sum of all chances", "at": float(at), "found": found} for at, found in sums.items()]


def _aliasing(config: Config) -> list[Row]:
    """Σ_c N_c over customers, where the kernel says Z_n = Σ k(t_n − t_m), with and without the slip; ω = 1."""
    kernel, customers = streams.oscillator(1.0), config.chain_customers
    weights = np.tril(_weights(kernel, customers), -1).sum(-1)
    rows: list[Row] = []
    for name, form in (("as meant", kernel), ("aliased", Aliased(kernel.name, kernel.rates, kernel.weights))):
        state = form.start(1, torch.ones(1, dtype=torch.float64))
        for customer in range(customers):
            state = form.later(state, 1.0 if customer else 0.0)
            found = float(form.occupancy(state)[0, 0])
            state = state + 1
            right = float(weights[customer])
            rows.append({"quantity": f"occupancy, {name}", "at": customer + 1.0, "found": found, "right": right})
    return rows


def _quadrature(config: Config) -> list[Row]:
    """1/(1 + cΔ) at c = 0.05 from 250 exponentials at rates 0.05 apart, and from the 48 used here."""
    rates = 0.05 * (np.arange(250) + 0.5)
    published = streams.Kernel("hyperbolic", tuple(rates.tolist()), tuple((np.exp(-rates / 0.05)).tolist()))
    here = streams.hyperbolic(0.05)
    rows: list[Row] = []
    for gap in (0.0, 1.0, 5.0, 20.0, 100.0, 1000.0):
        for name, kernel in (("as published", published), ("here", here)):
            right = 1 / (1 + 0.05 * gap)
            rows.append({"quantity": f"kernel, {name}", "at": gap, "found": float(kernel(gap)), "right": right})
    return rows


def _without_sphere(config: Config) -> list[Row]:
    """log C_n(κ) in nats: what is missing from the memories that are there."""
    return [
        {"quantity": f"log C, n = {n}", "at": kappa, "found": float(log_normaliser(torch.tensor(kappa).double(), n))}
        for n in (10, 30)
        for kappa in (25.0, 100.0, 1000.0)
    ]


# --- shared -----------------------------------------------------------------------------------------------------------


def _planted(config: Config, n: int, seed: int, spread: float = 10.0) -> tuple[Tensor, Tensor]:
    """Points of unit variance about clusters whose means have the standard deviation `spread`; and their clusters."""
    rng = generator("new_memories", "planted", n, spread, seed)
    means = spread * torch.randn(config.planted_clusters, n, generator=rng, dtype=torch.float64)
    clusters = torch.randint(config.planted_clusters, (config.planted_points,), generator=rng)
    return means[clusters] + torch.randn(config.planted_points, n, generator=rng, dtype=torch.float64), clusters


def _settings(config: Config, **values: Any) -> dict[str, Any]:
    return {name: value.to(config.device) for name, value in settings(**values).items()}


def _scored(truth: Any, found: Any) -> dict[str, float]:
    found = np.asarray(found)
    return {"memories": float(len(np.unique(found))), "ari": float(adjusted_rand_score(np.asarray(truth), found))}


def _averages(table: pd.DataFrame, by: list[str], names: list[str]) -> list[Row]:
    """Means over all else, in the order of appearance, each with its standard error."""
    groups: Any = table.groupby(by, sort=False)[names]
    errors = groups.sem().fillna(0.0).add_suffix("_error")
    return groups.mean().join(errors).reset_index().to_dict("records")


def _over_dimensions(table: pd.DataFrame) -> pd.DataFrame:
    """The table, and below it the means of its scores and leads over n, with the standard errors that follow."""
    scores: Any = table[table["kind"] == "score"]
    means: list[Row] = []
    for (kernel, algorithm, alpha), rows in scores.groupby(["kernel", "algorithm", "alpha"], sort=False):
        mean: dict[str, object] = {"kind": "mean", "kernel": kernel, "algorithm": algorithm, "alpha": alpha}
        for name in ("nmi", "memories", "true"):
            mean[name] = float(rows[name].mean())
            mean[f"{name}_error"] = float(np.sqrt(np.square(rows[f"{name}_error"]).sum()) / len(rows))
        means.append(mean)
    leads: Any = table[table["kind"] == "lead"]
    for (kernel, algorithm), rows in leads.groupby(["kernel", "algorithm"], sort=False):
        error = float(np.sqrt(np.square(rows["lead_error"]).sum()) / len(rows))
        means.append({
            "kind": "mean lead", "kernel": kernel, "algorithm": algorithm,
            "lead": float(rows["lead"].mean()), "lead_error": error,
        })  # fmt: skip
    return pd.concat([table, pd.DataFrame(means)], ignore_index=True)


PAIRS = (
    ("dynamical", "recursive"),
    ("dynamical, aliased", "recursive"),
    ("dynamical, as published", "recursive, no normaliser"),
    ("dynamical, damped", "dynamical"),
    ("k-means", "dynamical"),
    ("DP-means", "dynamical"),
    ("DP-means", "alone"),
)


def _leads(scores: Sequence[Row]) -> list[Row]:
    """The mean lead of one algorithm over another on the same streams, with its standard error."""
    wide = pd.DataFrame(scores).pivot(index="case", columns="algorithm", values="nmi")
    rows: list[Row] = []
    for one, other in PAIRS:
        if {one, other} <= set(wide):
            lead = (wide[one] - wide[other]).to_numpy()
            error = float(lead.std(ddof=1)) / math.sqrt(len(lead)) if len(lead) > 1 else 0.0
            rows.append({
                "kind": "lead", "algorithm": f"{one} over {other}", "lead": float(lead.mean()), "lead_error": error
            })  # fmt: skip
    return rows


def _medians(rows: Sequence[Row], by: list[str]) -> list[Row]:
    groups: Any = pd.DataFrame(rows).groupby(by, sort=False)
    return groups.median().reset_index().to_dict("records")


def _counted(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many different labels there have been so far."""
    first = np.zeros(len(labels), dtype=np.int64)
    first[np.unique(labels, return_index=True)[1]] = 1
    return first.cumsum()


def _weights(kernel: streams.Kernel, count: int) -> Array:
    """k(t_n − t_m) at times 0, 1, …; rounding below zero is cut."""
    times = np.arange(count)
    return np.clip(kernel(np.abs(times[:, None] - times)), 0, None)


def _mixture(
    points: Array, components: int, seed: int, *, alpha: float | None = None, variance: float | None = None,
    spherical: bool = False,
) -> NDArray[np.int64]:  # fmt: skip
    """Labels by scikit-learn's variational mixture with a Dirichlet process on its weights."""
    model = BayesianGaussianMixture(
        n_components=components,
        covariance_type="spherical" if spherical or variance is not None else "full",
        covariance_prior=variance,
        weight_concentration_prior=alpha,
        random_state=seed,
    )
    return _quietly(model, points)


def _k_means(points: Array, clusters: int, seed: int) -> NDArray[np.int64]:
    """Labels by scikit-learn's k-means from one start."""
    model: Any = KMeans(clusters, random_state=seed).set_params(n_init=1)
    return _quietly(model, points)


def _quietly(model: Any, points: Array) -> NDArray[np.int64]:
    """fit_predict; that it stopped early, or saw fewer clusters than it might, is no news."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit_predict(points).astype(np.int64)


def _numpy(*name: object) -> np.random.Generator:
    """NumPy's chance with a name, for the theory's samplers."""
    return np.random.default_rng(int(torch.randint(2**62, (), generator=generator("new_memories", *name))))

"""Exact statements of the network, each as the largest departure from it that was seen."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import torch
from sklearn.metrics import adjusted_rand_score
from torch import Tensor

from amem.chapters.new_memories.networks import networks
from amem.chapters.new_memories.planted import Planted, planted
from amem.chapters.new_memories.prior import Prior
from amem.experiment import Config, experiment
from amem.learning.dp_means import dp_means, online_dp_means
from amem.learning.restaurant import Restaurant
from amem.seeds import generator
from amem.sweep import Row, grid, sweep
from amem.theory import restaurant


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """The clusters that the network and DP-means are shown, and the prior whose tables are counted in three ways."""

    planted: Planted = field(default_factory=Planted)
    prior: Prior = field(default_factory=Prior)


@experiment(quick=Numbers(), full=Numbers())
def identities(config: Numbers) -> pd.DataFrame:
    """Exact statements of the network, each as the largest departure from it that was seen."""
    return sweep(check, grid(name=list(STATEMENTS)), config)


def check(config: Numbers, name: str) -> list[Row]:
    """One of the statements, by name."""
    return STATEMENTS[name](config)


def _threshold(config: Numbers) -> list[Row]:
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


def _limit(config: Numbers) -> list[Row]:
    """Agreement with DP-means online, as β grows and α shrinks with it: adjusted Rand index of the two labellings.

    And that of DP-means online with its original form, which reads the points eight times.
    """
    n, threshold, rho = 2, 36.0, 0.01
    points = _shown(config, n)[:, :300]
    price = points.new_full((len(points),), threshold)
    limit, many = online_dp_means(points, price).labels, dp_means(points, price).labels
    rows: list[Row] = [{"quantity": "DP-means in passes and online", "at": 8.0, "value": _agreement(many, limit)}]
    for beta in (0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0):
        alpha = math.exp(restaurant.dp_means_log_alpha(threshold, n=n, beta=beta, rho=rho))
        network = networks(n, config.device, alpha=[alpha] * len(points), beta=beta, rho=rho, hard=True)
        labels = network.learn(points).argmax(-1)
        rows.append({"quantity": "agreement with DP-means", "at": beta, "value": _agreement(labels, limit)})
    return rows


def _extremes(config: Numbers) -> list[Row]:
    """Memories per run as α → 0 and per point as α → ∞: both are one."""
    points = _shown(config, 2)[:, :100]
    rows: list[Row] = []
    for alpha, count in ((1e-300, 1), (1e300, 100)):
        network = networks(2, config.device, alpha=[alpha] * len(points), beta=1.0, rho=0.01)
        network.learn(points)
        rows.append({"quantity": "memories", "at": alpha, "value": float((network.number - count).abs().max())})
    return rows


def _steps(config: Numbers) -> list[Row]:
    """Agreement of the network whose dynamics has so many unit steps with that of its exact posterior."""
    points = _shown(config, 5)[:, :300]
    alpha = [1.0] * len(points)
    rows: list[Row] = []
    labels = networks(5, config.device, alpha=alpha, beta=1.0, rho=0.01).learn(points).argmax(-1)
    for steps in (1, 3, 10, 100):
        network = networks(5, config.device, alpha=alpha, beta=1.0, rho=0.01, steps=steps)
        found = network.learn(points).argmax(-1)
        rows.append({
            "quantity": "agreement of so many steps", "at": float(steps), "value": _agreement(labels, found)
        })  # fmt: skip
    return rows


def _two_roads(config: Numbers) -> list[Row]:
    """The number of tables by customers, by Stirling's numbers and as a Poisson-binomial: the largest difference."""
    customers = config.prior.customers
    rows: list[Row] = []
    for alpha in config.prior.alphas:
        one = restaurant.table_distribution(customers, alpha)
        opens = restaurant.new_table_chances(np.ones((customers, customers)), alpha)
        others = (restaurant.stirling_distribution(customers, alpha), restaurant.poisson_binomial(opens))
        apart = max(float(np.abs(one - other).max()) for other in others)
        rows.append({"quantity": "table distribution by three roads", "at": alpha, "value": apart})
    return rows


def _shown(config: Numbers, n: int) -> Tensor:
    """Planted points of all seeds, side by side."""
    drawn = [planted(config.planted, n, seed)[0] for seed in range(config.planted.seeds)]
    return torch.stack(drawn).to(config.device)


def _agreement(one: Tensor, other: Tensor) -> float:
    """The adjusted Rand index of two labellings, averaged over runs."""
    return float(np.mean([adjusted_rand_score(*pair) for pair in zip(one.cpu(), other.cpu(), strict=True)]))


STATEMENTS: dict[str, Callable[[Numbers], list[Row]]] = {
    "threshold": _threshold,
    "limit": _limit,
    "extremes": _extremes,
    "steps": _steps,
    "seatings": _two_roads,
}

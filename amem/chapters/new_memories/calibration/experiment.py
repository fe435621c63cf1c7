"""Posteriors tested on data from the prior."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from scipy.stats import binom

from amem.chapters.new_memories.networks import networks
from amem.experiment import Config, experiment
from amem.learning import conjugate
from amem.learning.kernels import constant
from amem.learning.streams import DynamicalRestaurant
from amem.measures import proportion
from amem.seeds import numpy_generator
from amem.sweep import Row, grid, sweep
from amem.theory import restaurant

Array = NDArray[np.float64]
Posterior = tuple[Array, Array]
"""p(number of memories), (draws, count + 1), and the chance that the last two points share one, (draws,)."""


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """Simulated data sets, and the points of each."""

    draws: int = 2000
    points: int = 8


@experiment(quick=Numbers(), full=Numbers(draws=4000))
def calibration(config: Numbers) -> pd.DataFrame:
    """Are the posteriors right on average over data from the prior? Ranks of the number of memories, and pairs.

    Rows of kind "rank" are a histogram of the randomised rank of the true number of memories, flat if the posterior is
    right; "pair" rows compare the predicted chance that two points share a memory with how often they do; "test" rows
    hold χ² of the ranks and the calibration error of the pairs.
    """
    return sweep(rank, grid(alpha=(1.0, 3.0), spread=(3.0, 9.0)), config)


def rank(config: Numbers, alpha: float, spread: float) -> list[Row]:
    """Data drawn from the model itself; the exact posterior by enumeration beside the streaming ones."""
    draws, count, n = config.draws, config.points, 2
    rng = numpy_generator("new_memories", "calibration", alpha, spread)
    truth = restaurant.seatings(np.ones((count, count)), alpha, draws, rng)
    means = spread * rng.standard_normal((draws, count, n))
    points = np.take_along_axis(means, truth[..., None], 1) + rng.standard_normal((draws, count, n))
    posteriors = _posteriors(points, alpha, spread, config.device)
    together, jitter = truth[:, -1] == truth[:, -2], rng.random(draws)
    rows: list[Row] = []
    for name, (law, pairs) in posteriors.items():
        ranked, chi_squared = _ranks(name, law, truth.max(-1) + 1, jitter)
        paired, gap = _pairs(name, pairs, together)
        bias = float((law @ np.arange(count + 1) - truth.max(-1) - 1).mean())
        test = {"kind": "test", "posterior": name, "gap": gap, "chi_squared": chi_squared, "bias": bias}
        rows += [*ranked, *paired, test]
    return rows


def _posteriors(points: Array, alpha: float, spread: float, device: str) -> Mapping[str, Posterior]:
    """The exact one, the streaming ones and what the network says."""
    draws, count, n = points.shape
    ways = restaurant.partitions(count)
    weight = restaurant.exact_posterior(points, ways, alpha=alpha, beta=1.0, rho=spread**-2)
    tables = np.eye(count + 1)[ways.max(-1) + 1]
    found = {"exact": (weight @ tables, weight @ (ways[:, -1] == ways[:, -2]))}
    shown = torch.from_numpy(points).to(device)
    network = networks(n, device, alpha=[alpha] * draws, beta=1.0, rho=spread**-2)
    for form in ("collapsed", "mean field"):
        seen = DynamicalRestaurant(
            network.alpha, constant(), conjugate.Gaussian(1.0, spread**-2), collapsed=form == "collapsed"
        ).learn(shown)
        number = np.stack([restaurant.poisson_binomial(opened) for opened in seen.opened.cpu().numpy()])
        found[form] = (number, (seen.shares[:, -1] * seen.shares[:, -2]).sum(-1).cpu().numpy())
    shares = network.learn(shown)
    number = np.eye(count + 1)[network.number.cpu().numpy()]
    return {**found, "network": (number, (shares[:, -1] * shares[:, -2]).sum(-1).cpu().numpy())}


def _ranks(name: str, law: Array, true: NDArray[np.int64], jitter: Array) -> tuple[list[Row], float]:
    """A histogram of the randomised ranks of the true numbers, and its χ²."""
    draws = len(law)
    below = law.cumsum(-1) - law
    each = np.arange(draws), true
    ranks = below[each] + jitter * law[each]
    histogram = np.histogram(ranks, 10, (0, 1))[0]
    lowest, highest = (float(edge) / draws for edge in binom.interval(0.997, draws, 0.1))
    rows: list[Row] = [
        {
            "kind": "rank", "posterior": name, "bin": place, "share": float(found / draws),
            "lowest": lowest, "highest": highest,
        }
        for place, found in enumerate(histogram)
    ]  # fmt: skip
    uniform = draws / 10
    return rows, float((np.square(histogram - uniform) / uniform).sum())


def _pairs(name: str, predicted: Array, together: NDArray[np.bool_]) -> tuple[list[Row], float]:
    """Predicted chances in five bins beside what happened, and the mean gap between the two."""
    rows: list[Row] = []
    gap = 0.0
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
    return rows, gap

"""What we read off states: overlap, recall, error rates with their intervals, thresholds, entropy."""

import math
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float
from numpy.typing import ArrayLike
from scipy.special import log_expit
from scipy.stats import binomtest
from torch import Tensor

from amem import checks, shapes


def overlap(states: Float[Tensor, "*batch n"], patterns: Float[Tensor, "p n"]) -> Float[Tensor, "*batch p"]:
    """m = Ξσ/n: the mean agreement of each state with each pattern, in [−1, 1] for ±1 vectors.

    Raises ValueError or TypeError if the shapes do not fit.
    """
    shapes.matrix("patterns", patterns)
    shapes.states("states", states, patterns.shape[1])
    return states @ patterns.T / patterns.shape[1]


def bit_errors(states: Float[Tensor, "*batch n"], targets: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch"]:
    """The fraction of entries whose sign differs from the target's, in [0, 1].

    Raises ValueError or TypeError if the shapes differ.
    """
    _pair(states, targets)
    return (states.sign() != targets.sign()).to(states.dtype).mean(-1)


def distance(states: Float[Tensor, "*batch n"], targets: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch"]:
    """The Euclidean distance to the target. Raises ValueError or TypeError if the shapes differ."""
    _pair(states, targets)
    return torch.linalg.vector_norm(states - targets, dim=-1)


def recalled(
    states: Float[Tensor, "*batch n"], targets: Float[Tensor, "*batch n"], tolerance: float
) -> Bool[Tensor, "*batch"]:
    """Whether a state is within a Euclidean distance of its target; at tolerance 0, whether every entry is right.

    Raises ValueError or TypeError if the shapes differ or the tolerance is negative.
    """
    tolerance = checks.at_least_zero("tolerance", tolerance)
    if tolerance == 0:  # the square of a very short distance may be 0
        _pair(states, targets)
        return (states == targets).all(-1)
    return distance(states, targets) <= tolerance


def effective_number(weights: Float[Tensor, "*batch p"]) -> Float[Tensor, "*batch"]:
    """exp of the entropy of each weight vector: how many memories share a state, between 1 and p.

    Raises ValueError or TypeError if weights is not floating of shape (..., p).
    """
    shapes.states("weights", weights)
    return torch.special.entr(weights).sum(-1).exp()


def distinct(states: Float[Tensor, "p n"], within: float) -> int:
    """How many groups are left if every state goes to the first one closer to it than `within`.

    Raises ValueError or TypeError if states is not a floating matrix with a row, or within is not above 0.
    """
    shapes.matrix("states", states)
    near = torch.cdist(states, states) < checks.positive("within", within)
    return len(near.int().argmax(1).unique())


def mean_error(values: ArrayLike) -> tuple[float, float]:
    """The mean of independent numbers and its standard error s/√k, s² = Σ (x − x̄)²/(k − 1); NaN if there is but one.

    Of paired runs give the differences: they hold what both runs share no more.
    Raises TypeError for what is no numbers, ValueError unless they are a row with at least one.
    """
    x = checks.numbers("values", values)
    if x.ndim != 1 or not len(x):
        raise ValueError(f"values: wanted a row of at least one number, got shape {x.shape}")
    return float(x.mean()), float(x.std(ddof=1)) / math.sqrt(len(x)) if len(x) > 1 else math.nan


def proportion(successes: int, trials: int) -> tuple[float, float, float]:
    """A rate and its exact (Clopper–Pearson) 95 % interval.

    Raises ValueError or TypeError if the counts are not whole numbers with 0 ≤ successes ≤ trials, trials ≥ 1.
    """
    trials, successes = checks.count("trials", trials), checks.count("successes", successes, least=0)
    if successes > trials:
        raise ValueError(f"successes: wanted at most trials = {trials}, got {successes}")
    interval = binomtest(successes, trials).proportion_ci(0.95)
    return successes / trials, float(interval.low), float(interval.high)


@dataclass(frozen=True)
class Threshold:
    """Where a rate crosses one half, on the axis it was fitted on, with a 95 % interval and the curve's width."""

    middle: float
    low: float
    high: float
    width: float


def threshold(load: ArrayLike, successes: ArrayLike, trials: ArrayLike) -> Threshold:
    """Fit P(success) = 1/(1 + exp((load − middle)/width)) to counts on a grid by maximum likelihood.

    A success becomes rarer as load grows (give log load where that is natural). The interval is the
    profile-likelihood one: all middles whose best log-likelihood is within 1.92 of the maximum (half the 95 %
    quantile of χ² with one degree of freedom). Middles are resolved to a thousandth of the grid's extent.

    Raises ValueError if the grid has fewer than two points, or no rise and fall to fit.
    """
    x, k, total = (np.asarray(value, dtype=float) for value in (load, successes, trials))
    if x.ndim != 1 or len(x) < 2 or k.shape != x.shape or total.shape != x.shape:
        shapes = f"{x.shape}, {k.shape} and {total.shape}"
        raise ValueError(f"load, successes, trials: wanted equal lengths of at least 2, got shapes {shapes}")
    if not np.isfinite(x).all() or np.ptp(x) == 0:
        raise ValueError(f"load: wanted finite numbers that are not all the same, got {x}")
    if not ((k >= 0) & (k <= total) & (total >= 1)).all():
        raise ValueError(f"successes: wanted counts between 0 and trials, trials at least 1, got {k} of {total}")
    if k.sum() == 0 or (k == total).all():
        raise ValueError("successes: wanted a grid on which the rate falls through one half, got all or none")
    spread = float(np.ptp(x))
    middles = np.linspace(x.min() - spread / 2, x.max() + spread / 2, 2001)
    widths = np.geomspace(np.diff(np.unique(x)).min() / 20, 10 * spread, 80)
    z = (x[:, None, None] - middles[:, None]) / widths
    likelihood = np.tensordot(k, log_expit(-z), 1) + np.tensordot(total - k, log_expit(z), 1)
    profile = likelihood.max(-1)
    inside = middles[profile >= profile.max() - 1.92]
    middle, width = np.unravel_index(likelihood.argmax(), likelihood.shape)
    return Threshold(float(middles[middle]), float(inside.min()), float(inside.max()), float(widths[width]))


def _pair(states: Tensor, targets: Tensor) -> None:
    shapes.states("states", states)
    if shapes.states("targets", targets).shape != states.shape:
        raise ValueError(f"targets: wanted shape {tuple(states.shape)}, got {checks.describe(targets)}")

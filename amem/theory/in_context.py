"""What the best learner in context could know: limits and exact predictions for mixtures and for straight lines."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from amem import checks

Array = NDArray[np.floating]

NEGLIGIBLE = 1e-8
"""Groupings of the context with a smaller posterior weight are left out of a prediction."""
GREATEST = 300.0
"""Of products up to e³⁰⁰, those below 10⁻³⁰⁸ add nothing to a sum above e⁻³⁰⁰."""


def no_context_nll(n: int, spread: float, scale: float) -> float:
    """(n/2)(1 + ln 2π(S² + s²)): the entropy of a point whose mixture is not known, the best NLL without context.

    Means come from N(0, S² I) in n dimensions, S the spread, and components have the standard deviation s, the scale,
    so that a single point is Gaussian [schaeffer2024bridging].
    Raises ValueError or TypeError if n is not a whole number of at least 1 or spread or scale not above 0.
    """
    n = checks.count("n", n)
    variance = checks.positive("spread", spread) ** 2 + checks.positive("scale", scale) ** 2
    return n / 2 * (1 + math.log(2 * math.pi * variance))


def entropy_bounds(n: int, components: int, scale: float) -> tuple[float, float]:
    """Between (n/2)(1 + ln 2πs²), all means in one place, and ln k more, all far apart, lies the entropy of a mixture.

    k equal parts of isotropic Gaussians of standard deviation s. No NLL can be lower than the entropy, on average.
    Raises ValueError or TypeError if n or components is not a whole number of at least 1 or scale not above 0.
    """
    lower = checks.count("n", n) / 2 * (1 + math.log(2 * math.pi * checks.positive("scale", scale) ** 2))
    return lower, lower + math.log(checks.count("components", components))


def predictive_log_density(context: Array, queries: Array, *, components: int, spread: float, scale: float) -> Array:
    """log p(x | D), the exact Bayesian prediction: no function of the context has a lower expected NLL.

    Summed over all kᵐ ways to share m context points out to k components, with the means N(0, S² I) integrated out. By
    symmetry the next point belongs to a component that holds some subset A of the context, with a weight w(A) ∝
    f(A) Σ f(B₂)…f(B_k) over the ways to share out the rest, f(A) the likelihood that the points of A have one common
    mean; given A it is Gaussian. The sums over the rest are convolutions over subsets and cost 3ᵐ.

    context: (m, n), m from 0 to about 16; queries: (q, n). Returns (q,), in nats. Derived here.
    Raises ValueError or TypeError if the arrays are not finite real matrices of one width or a number is out of range.
    """
    k = checks.count("components", components)
    wide, narrow = checks.positive("spread", spread) ** 2, checks.positive("scale", scale) ** 2
    context, queries = checks.numbers("context", context), checks.numbers("queries", queries)
    for name, value in (("context", context), ("queries", queries)):
        if value.ndim != 2 or value.shape[1] != queries.shape[-1]:
            raise ValueError(f"{name}: wanted shape (points, n) of one width, got {value.shape}")
        if not np.isfinite(value).all():
            raise ValueError(f"{name}: wanted finite values, got NaN or infinity among them")
    m, n = context.shape
    member = (np.arange(2**m)[:, None] >> np.arange(m)) & 1
    held, total, square = member.sum(1), member @ context, member @ (context**2).sum(1)
    width = narrow + held * wide
    log_f = -n / 2 * (held * math.log(2 * math.pi * narrow) + np.log(width / narrow))
    log_f -= (square - wide * (total**2).sum(1) / width) / (2 * narrow)
    log_weight = _shared_out(log_f, member, k - 1)
    log_weight -= logsumexp(log_weight)
    kept = log_weight > math.log(NEGLIGIBLE)
    mean, variance = wide * total[kept] / width[kept, None], narrow + wide * narrow / width[kept]
    distance = (queries**2).sum(1)[:, None] - 2 * queries @ mean.T + (mean**2).sum(1)
    score = log_weight[kept] - n / 2 * np.log(2 * math.pi * variance) - distance / (2 * variance)
    return np.asarray(logsumexp(score, axis=1))


def slope_error(x: Array, query: Array, *, slope: float, noise: float) -> Array:
    """ν² + x²/(1/s² + Σᵢxᵢ²/ν²): the least expected squared error of y = wx + N(0, ν²) given m pairs, w ~ N(0, s²).

    x: (*batch, m), the places of the pairs; query: (*batch,), where y is predicted; batches are broadcast. The best
    predictor is ridge regression with the penalty ν²/s².
    Raises ValueError or TypeError if slope or noise is not above 0.
    """
    x, query = checks.numbers("x", x), checks.numbers("query", query)
    noise = checks.positive("noise", noise)
    known = 1 / checks.positive("slope", slope) ** 2 + (x**2).sum(-1) / noise**2
    return noise**2 + query**2 / known


def _shared_out(log_f: Array, member: NDArray[np.integer], parts: int) -> Array:
    """log Σ f(A) f(B₁)…f(B_parts) of every set A, over the ways to share the other points out to so many parts.

    A factor for each point enters every way once. With f({i}) taken out the sum is one of ordinary numbers, unless
    points lie far outside the prior: where it could leave the range of floating point it is done in logarithms.
    """
    m = member.shape[1]
    ratio = log_f - member @ log_f[2 ** np.arange(m)]
    alone = np.where(np.arange(2**m) == 0, 0.0, -math.inf)  # no part is left: nothing may be left to share out
    with np.errstate(divide="ignore", under="ignore"):
        if ratio.max() * (parts + 1) < GREATEST:
            f = np.exp(ratio)
            rest = f if parts else np.exp(alone)
            for _ in range(parts - 1):
                rest = _convolution(rest, f, np.multiply, np.add)
            total = ratio + np.log(rest[::-1])  # the complement of a set of bits is the set counted from the end
            if total.max() > -GREATEST:
                return total
    rest = ratio if parts else alone
    for _ in range(parts - 1):
        rest = _convolution(rest, ratio, np.add, np.logaddexp)
    return ratio + rest[::-1]


def _convolution(f: Array, g: Array, times: Callable[..., Array], plus: Callable[..., Array]) -> Array:
    """h(S) = Σ_{A ⊆ S} f(A) g(S ∖ A) over subsets written in bits: with the last bit, it is in A or in the rest."""
    if f.shape[-1] == 1:
        return times(f, g)
    half = f.shape[-1] // 2
    without, with_f, with_g = (
        (f[..., :half], g[..., :half]),
        (f[..., half:], g[..., :half]),
        (f[..., :half], g[..., half:]),
    )
    if half >= 2048:  # one after the other, for 3ᵐ numbers at once would not fit
        low, one, two = (_convolution(*pair, times, plus) for pair in (without, with_f, with_g))
    else:
        one, two = (np.stack([pair[side] for pair in (without, with_f, with_g)]) for side in (0, 1))
        low, one, two = _convolution(one, two, times, plus)
    return np.concatenate([low, plus(one, two)], -1)

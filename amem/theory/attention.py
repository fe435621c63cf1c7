"""What is guaranteed for the modern Hopfield network: separation, one-step error, capacity on a sphere."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import lambertw

from amem import checks


def separation(patterns: NDArray[np.floating]) -> NDArray[np.floating]:
    """Δ_i = x_i·x_i − max_{j≠i} x_i·x_j of each of p ≥ 2 patterns (p, n) [ramsauer2021hopfield, def. 2].

    On a sphere it is half the squared distance to the nearest neighbour.
    Raises ValueError or TypeError if patterns is not a finite real (p, n) array with p at least 2.
    """
    patterns = checks.array("patterns", patterns)
    rows = len(patterns) if len(patterns) <= 1 << 13 else max(1, (1 << 26) // len(patterns))
    return np.concatenate([_separation(patterns, start, start + rows) for start in range(0, len(patterns), rows)])


def _separation(patterns: NDArray[np.floating], start: int, stop: int) -> NDArray[np.floating]:
    """Of the patterns from one number to another, so that not all p² similarities are held at once."""
    similarity = patterns[start:stop] @ patterns.T
    place = np.arange(len(similarity))
    own = similarity[place, start + place].copy()
    similarity[place, start + place] = -np.inf
    return own - similarity.max(-1)


def required_separation(p: int, radius: float, beta: float) -> float:
    """2/(βp) + ln(2(p−1)pβM²)/β: a pattern separated by this much is stored [ramsauer2021hopfield, thm. 5].

    Its basin contains the ball of radius 1/(βpM). radius M is the largest norm of the p patterns.
    Raises ValueError or TypeError if p is not a whole number of at least 2, or radius or beta not above 0.
    """
    p = checks.count("p", p, least=2)
    radius = checks.positive("radius", radius)
    beta = checks.positive("beta", beta)
    return 2 / (beta * p) + math.log(2 * (p - 1) * p * beta * radius**2) / beta


def one_step_error_bound(p: int, radius: float, beta: float, separation: float, start: float, fixed: float) -> float:
    """2(p−1)M exp(−β(Δ − 2M max(‖ξ−x‖, ‖x*−x‖))): how far one step can end from the fixed point
    [ramsauer2021hopfield, thm. 4].

    start and fixed are the distances of the cue and of the fixed point from the pattern.
    Raises ValueError or TypeError if p is not a whole number of at least 2, or a number is out of range.
    """
    p = checks.count("p", p, least=2)
    radius = checks.positive("radius", radius)
    beta = checks.positive("beta", beta)
    separation = checks.real("separation", separation)
    farthest = max(checks.at_least_zero("start", start), checks.at_least_zero("fixed", fixed))
    return 2 * (p - 1) * radius * math.exp(-beta * (separation - 2 * radius * farthest))


def sphere_constant(n: int, radius_ratio: float, beta: float, failure: float) -> float:
    """c = b/W₀(e^{a + ln b}), a = 2(1 + ln(2βK²p(n−1)))/(n−1), b = 2K²β/5 [ramsauer2021hopfield, thm. 3].

    With random patterns on the sphere of radius K√(n−1), √p c^{(n−1)/4} of them are stored with probability 1 − p
    (`sphere_capacity`), provided c ≥ (2/√p)^{4/(n−1)}. Published values: 3.1546 (β=1, K=3, n=20, p=0.001) and 1.3718
    (β=1, K=1, n=75, p=0.001).

    n: dimension; radius_ratio: K; failure: p in (0, 1).
    Raises ValueError or TypeError if n is not a whole number of at least 2 or a number is out of range.
    """
    n = checks.count("n", n, least=2)
    radius_ratio = checks.positive("radius_ratio", radius_ratio)
    beta = checks.positive("beta", beta)
    failure = checks.fraction("failure", failure)
    if not 0 < failure < 1:
        raise ValueError(f"failure: wanted a probability above 0 and below 1, got {failure!r}")
    a = 2 / (n - 1) * (1 + math.log(2 * beta * radius_ratio**2 * failure * (n - 1)))
    b = 2 * radius_ratio**2 * beta / 5
    return float(b / lambertw(math.exp(a + math.log(b))).real)


def sphere_capacity(n: int, radius_ratio: float, beta: float, failure: float) -> float:
    """√p c^{(n−1)/4} with c = `sphere_constant`; NaN where the theorem's condition on c does not hold."""
    c = sphere_constant(n, radius_ratio, beta, failure)
    n, failure = checks.count("n", n), checks.fraction("failure", failure)
    if c < (2 / math.sqrt(failure)) ** (4 / (n - 1)):
        return math.nan
    return math.sqrt(failure) * c ** ((n - 1) / 4)

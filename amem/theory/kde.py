"""How many points a Gaussian kernel density estimator stores: two guarantees and a parameter-free prediction.

Points lie on a sphere of radius M in n dimensions, the bandwidth is h, and κ = M²/h².
"""

import math
from collections.abc import Callable
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.spatial import KDTree
from scipy.spatial.distance import cdist, pdist
from scipy.special import gammaln, lambertw, logsumexp

from amem import checks

ALL_PAIRS = 1 << 14
"""Of so many points all distances are held at once, 2²⁷ of them."""


def transferred_rate(radius_ratio: float) -> float:
    """¼ ln c as n → ∞, c = b/W₀(b), b = 2K²/5: the exponent per dimension that theorem A guarantees, h = 1, M = K√n.

    Theorem A is [ramsauer2021hopfield, thm. 3] carried over to the estimator by the identity of the two energies at
    β = 1/h² (`amem.theory.attention.sphere_capacity`).
    Raises ValueError or TypeError if radius_ratio is not above 0.
    """
    b = 2 * checks.positive("radius_ratio", radius_ratio) ** 2 / 5
    return math.log(b / lambertw(b).real) / 4


def nearest_distance(points: NDArray[np.floating]) -> NDArray[np.floating]:
    """d_i = min_{j≠i} ‖x_i − x_j‖ of each of p ≥ 2 points (p, n).

    Raises ValueError or TypeError if points is not a finite real (p, n) array with p at least 2.
    """
    points = checks.array("points", points)
    return KDTree(points).query(points, k=2)[0][:, 1]


def certified(points: NDArray[np.floating], bandwidth: float) -> NDArray[np.bool_]:
    """Which points theorem B guarantees to be stored: d_i² ≥ 2h²[1 + ln((p−1)R²/h²)], R ≥ h the diameter of the data.

    Mean shift then maps the ball of radius h²/R about such a point into itself and contracts there. Derived here.

    Raises ValueError or TypeError if points is not a (p, n) array with p at least 2 or bandwidth not above 0.
    """
    distance, h = nearest_distance(points), checks.positive("bandwidth", bandwidth)
    diameter = _diameter(points)
    if diameter < h:
        return np.zeros(len(points), dtype=bool)
    return distance**2 >= 2 * h**2 * (1 + math.log((len(points) - 1) * diameter**2 / h**2))


def certified_displacement(points: NDArray[np.floating], bandwidth: float) -> NDArray[np.floating]:
    """(p−1)R exp(−d_i(d_i − 2r)/2h²), r = h²/R: how far at most the mode of a certified point lies from it. Derived
    here.

    Means nothing for points that `certified` refuses.
    Raises ValueError or TypeError if points is not a (p, n) array with p at least 2 or bandwidth not above 0.
    """
    distance, h = nearest_distance(points), checks.positive("bandwidth", bandwidth)
    diameter = _diameter(points)
    return (len(points) - 1) * diameter * np.exp(-distance * (distance - 2 * h**2 / diameter) / (2 * h**2))


def certified_capacity(n: int, radius: float, bandwidth: float, failure: float) -> float:
    """The p = 2√f (sin φ)^{−(n−1)/2} random points that theorem B stores, all of them, with probability 1 − f.

    φ is the closest angle that suffices, 1 − cos φ = (h²/M²)[1 + ln(4pM²/h²)], found together with p. Derived here.
    Returns 0 where even two points cannot be certified.

    Raises ValueError or TypeError if n is not a whole number of at least 2 or a number is out of range.
    """
    n = checks.count("n", n, least=2)
    radius = checks.positive("radius", radius)
    bandwidth = checks.positive("bandwidth", bandwidth)
    failure = checks.fraction("failure", failure)
    if not 0 < failure < 1:
        raise ValueError(f"failure: wanted a probability above 0 and below 1, got {failure!r}")
    kappa = (radius / bandwidth) ** 2

    def shortfall(log_p: float) -> float:
        cosine = 1 - (1 + math.log(4 * kappa) + log_p) / kappa
        if cosine <= 0:
            return -log_p - 1.0
        return math.log(2 * math.sqrt(failure)) - (n - 1) / 4 * math.log1p(-(cosine**2)) - log_p

    if shortfall(math.log(2)) < 0:
        return 0.0
    return math.exp(_root(shortfall, math.log(2), math.log(2) + n * kappa + 100))


def certified_rate(radius_ratio: float) -> float:
    """½ ln(1/sin φ) with 1 − cos φ = ln(1/sin φ)/2K²: theorem B's exponent per dimension, h = 1, M = K√n, n → ∞.

    Raises ValueError or TypeError if radius_ratio is not above 0.
    """
    ratio = checks.positive("radius_ratio", radius_ratio)
    angle = _root(lambda phi: 1 - math.cos(phi) + math.log(math.sin(phi)) / (2 * ratio**2), 1e-12, math.pi / 2 - 1e-9)
    return -math.log(math.sin(angle)) / 2


def critical_rate(concentration: float) -> float:
    """α_c(λ) = λ − max_t [½ ln(1−t²) + λt], t* = (√(1+4λ²) − 1)/2λ: typical points are stored for p < e^{α_c n}, κ =
    λn.

    The random-energy argument of [lucibello2024exponential] applied to the estimator; derived here.
    Raises ValueError or TypeError if concentration is not above 0.
    """
    rate = checks.positive("concentration", concentration)
    t = (math.sqrt(1 + 4 * rate**2) - 1) / (2 * rate)
    return rate - (math.log1p(-(t**2)) / 2 + rate * t)


def mean_field_capacity(n: int, concentration: float, tolerance: float) -> float:
    """The largest p for which a typical point keeps a fixed point within tolerance·M of itself, others averaged.

    Along s·x_i the others pull to A(κs)·x_i/s with weight p·m(κs), where A = I_{n/2}/I_{n/2−1} and
    m(κ) = Γ(n/2)(2/κ)^{n/2−1} I_{n/2−1}(κ), so that a fixed point at s needs p = (1−s)/(s − A(κs)) · e^{κs}/m(κs); the
    capacity is its maximum over 1 − tolerance ≤ s < 1. No free parameter. Derived here.

    n: dimension; concentration: κ = M²/h². Returns infinity where A(κs) = s for some such s: the shell of
    infinitely many points is then itself a mode within the tolerance, and to be near a point says nothing.
    Raises ValueError or TypeError if n is not a whole number of at least 2, concentration not above 0 or tolerance
    not in (0, 1).
    """
    n = checks.count("n", n, least=2)
    concentration = checks.positive("concentration", concentration)
    nearest = 1 - _tolerance(tolerance)

    def log_capacity(s: NDArray[np.floating]) -> NDArray[np.floating]:
        log_mean, pull = _sphere_mean(n, concentration * s)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(s > pull, np.log((1 - s) / (s - pull)) + concentration * s - log_mean, math.inf)

    coarse = np.linspace(nearest, 1, 400, endpoint=False)
    best, spacing = coarse[log_capacity(coarse).argmax()], coarse[1] - coarse[0]
    fine = np.clip(best + spacing * np.linspace(-1, 1, 401)[:-1], nearest, None)
    return float(np.exp(log_capacity(fine).max()))


def mean_field_concentration(n: int, p: float, tolerance: float) -> float:
    """The κ at which `mean_field_capacity` is p: p typical points are stored at any smaller bandwidth, h < M/√κ.

    Raises ValueError or TypeError if n is not a whole number of at least 2, p not above 1, tolerance not in (0, 1).
    """
    n = checks.count("n", n, least=2)
    p = checks.real("p", p)
    if p <= 1:
        raise ValueError(f"p: wanted a number above 1, got {p!r}")
    tolerance = _tolerance(tolerance)

    def excess(kappa: float) -> float:
        return min(mean_field_capacity(n, kappa, tolerance), 2 * p) - p

    low = high = 1.0
    while excess(low) > 0:
        low /= 2
    while excess(high) < 0:
        high *= 2
    return _root(excess, low, high)


def saturated_capacity(concentration: float, tolerance: float) -> float:
    """max_{1−tolerance ≤ s < 1} (1−s)/s · e^{κs}: `mean_field_capacity` as n → ∞ at a fixed κ = M²/h². Derived here.

    The others have become a smooth cloud around the origin, and more dimensions no longer help. Over all s there is a
    maximum, at s = (1 + √(1 − 4/κ))/2, only for κ > 4: with h > M/2 a point has no attractor of its own.
    Raises ValueError or TypeError if concentration is not above 0 or tolerance not in (0, 1).
    """
    kappa = checks.positive("concentration", concentration)
    nearest = [1 - _tolerance(tolerance)]
    if kappa > 4:
        nearest.append(max(nearest[0], (1 + math.sqrt(1 - 4 / kappa)) / 2))
    return max((1 - s) / s * math.exp(kappa * s) for s in nearest)


def two_point_mode(distance: float, bandwidth: float) -> float:
    """The a ≥ 0 with a = (d/2) tanh(ad/2h²): how far the modes of two kernels lie from the midpoint of their points.

    0, one mode, up to the distance d = 2h. Raises ValueError or TypeError if distance or bandwidth is not above 0.
    """
    half, h = checks.positive("distance", distance) / 2, checks.positive("bandwidth", bandwidth)
    if half <= h:
        return 0.0
    # a = (d/2) tanh u, where u = ad/2h² solves u/tanh u = (d/2h)²
    ratio = (half / h) ** 2
    u = _root(lambda u: u / math.tanh(u) - ratio, 1e-12, 2 * ratio)
    return half * math.tanh(u)


def _diameter(points: NDArray[np.floating]) -> float:
    """The largest distance of two points, in tiles where there are many."""
    points = checks.array("points", points)
    if len(points) <= ALL_PAIRS:
        return float(pdist(points).max())
    rows = max(1, ALL_PAIRS**2 // 2 // len(points))
    return max(float(cdist(points[start : start + rows], points).max()) for start in range(0, len(points), rows))


def _tolerance(tolerance: float) -> float:
    tolerance = checks.fraction("tolerance", tolerance)
    if not 0 < tolerance < 1:
        raise ValueError(f"tolerance: wanted a fraction above 0 and below 1, got {tolerance!r}")
    return tolerance


def _sphere_mean(n: int, kappa: NDArray[np.floating]) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """log m(κ) and A(κ) = (log m)′(κ) of m(κ) = ⟨e^{κ cos θ}⟩ = Σ_k (κ²/4)^k Γ(n/2)/(k! Γ(n/2+k)), all terms
    positive."""
    k = np.arange(int(kappa.max()) + 60)
    log_terms = 2 * k * np.log(kappa / 2)[:, None] + gammaln(n / 2) - gammaln(k + 1) - gammaln(n / 2 + k)
    log_mean = np.asarray(logsumexp(log_terms, axis=-1))
    return log_mean, np.exp(log_terms - log_mean[:, None]) @ (2 * k) / kappa


def _root(function: Callable[[float], float], low: float, high: float) -> float:
    return float(cast("float", brentq(function, low, high)))

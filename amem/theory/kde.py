"""How many points a Gaussian kernel density estimator stores: two guarantees and a parameter-free prediction.

Points lie on a sphere of radius M in n dimensions, the bandwidth is h, and κ = M²/h².
"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize_scalar
from scipy.spatial import KDTree
from scipy.spatial.distance import pdist
from scipy.special import gammaln, ive, lambertw

from amem import checks


def transferred_rate(radius_ratio: float) -> float:
    """¼ ln c as n → ∞, c = b/W₀(b), b = 2K²/5: the exponent per dimension that theorem A guarantees, h = 1, M = K√n.

    Theorem A is [ramsauer2021hopfield, thm. 3] carried over to the estimator by the identity of the two energies at
    β = 1/h² (`amem.theory.attention.sphere_capacity`).
    Raises ValueError or TypeError if radius_ratio is not above 0.
    """
    b = 2 * checks.positive("radius_ratio", radius_ratio) ** 2 / 5
    return math.log(b / lambertw(b).real) / 4


def nearest_distance(points: NDArray[np.floating]) -> NDArray[np.floating]:
    """d_i = min_{j≠i} ‖x_i − x_j‖ of each of p ≥ 2 points (p, n). Raises ValueError for other shapes."""
    points = np.asarray(points)
    if points.ndim != 2 or len(points) < 2:
        raise ValueError(f"points: wanted shape (p, n) with p at least 2, got {points.shape}")
    return KDTree(points).query(points, k=2)[0][:, 1]


def certified(points: NDArray[np.floating], bandwidth: float) -> NDArray[np.bool_]:
    """Which points theorem B guarantees to be stored: d_i² ≥ 2h²[1 + ln((p−1)R²/h²)], R ≥ h the diameter of the data.

    Mean shift then maps the ball of radius h²/R about such a point into itself and contracts there. Derived here.

    Raises ValueError or TypeError if points is not a (p, n) array with p at least 2 or bandwidth not above 0.
    """
    distance, h = nearest_distance(points), checks.positive("bandwidth", bandwidth)
    diameter = float(pdist(points).max())
    if diameter < h:
        return np.zeros(len(points), dtype=bool)
    return distance**2 >= 2 * h**2 * (1 + math.log((len(points) - 1) * diameter**2 / h**2))


def certified_capacity(n: int, radius: float, bandwidth: float, failure: float) -> float:
    """The p = 2√f (sin φ)^{−(n−1)/2} random points that theorem B stores, all of them, with probability 1 − f.

    φ is the closest angle that suffices, 1 − cos φ = (h²/M²)[1 + ln(4pM²/h²)], found together with p. Derived here.
    Returns 0 where even two points cannot be certified.

    Raises ValueError or TypeError if n is not a whole number of at least 2 or a number is out of range.
    """
    checks.count("n", n, least=2), checks.positive("radius", radius), checks.positive("bandwidth", bandwidth)
    if not 0 < checks.fraction("failure", failure) < 1:
        raise ValueError(f"failure: wanted a probability above 0 and below 1, got {failure!r}")
    kappa = (radius / bandwidth) ** 2

    def shortfall(log_p: float) -> float:
        cosine = 1 - (1 + math.log(4 * kappa) + log_p) / kappa
        if cosine <= 0:
            return -log_p - 1.0
        return math.log(2 * math.sqrt(failure)) - (n - 1) / 4 * math.log1p(-(cosine**2)) - log_p

    if shortfall(math.log(2)) < 0:
        return 0.0
    return math.exp(brentq(shortfall, math.log(2), math.log(2) + n * kappa + 100))


def certified_rate(radius_ratio: float) -> float:
    """½ ln(1/sin φ) with 1 − cos φ = ln(1/sin φ)/2K²: theorem B's exponent per dimension, h = 1, M = K√n, n → ∞.

    Raises ValueError or TypeError if radius_ratio is not above 0.
    """
    ratio = checks.positive("radius_ratio", radius_ratio)
    angle = brentq(lambda phi: 1 - math.cos(phi) + math.log(math.sin(phi)) / (2 * ratio**2), 1e-12, math.pi / 2 - 1e-9)
    return -math.log(math.sin(angle)) / 2


def critical_rate(concentration: float) -> float:
    """α_c(λ) = λ − max_t [½ ln(1−t²) + λt], t* = (√(1+4λ²) − 1)/2λ: typical points are stored for p < e^{α_c n}, κ = λn.

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

    n: dimension; concentration: κ = M²/h². Returns 0 where no fixed point is that close.
    Raises ValueError or TypeError if n is not a whole number of at least 2, concentration not above 0, tolerance not in (0, 1).
    """
    checks.count("n", n, least=2), checks.positive("concentration", concentration)
    if not 0 < checks.fraction("tolerance", tolerance) < 1:
        raise ValueError(f"tolerance: wanted a fraction above 0 and below 1, got {tolerance!r}")

    def log_capacity(s: float) -> float:
        kappa = concentration * s
        bessel = ive(n / 2 - 1, kappa)
        pull = ive(n / 2, kappa) / bessel
        if s <= pull:
            return -math.inf
        log_mean = gammaln(n / 2) + (n / 2 - 1) * math.log(2 / kappa) + math.log(bessel) + kappa
        return math.log((1 - s) / (s - pull)) + kappa - log_mean

    grid = np.linspace(1 - tolerance, 1, 400, endpoint=False)
    best = int(np.argmax([log_capacity(float(s)) for s in grid]))
    low, high = grid[max(best - 1, 0)], grid[best + 1] if best + 1 < len(grid) else 1 - 1e-12
    refined = minimize_scalar(lambda s: -log_capacity(float(s)), bounds=(low, high), method="bounded")
    return math.exp(max(-float(refined.fun), log_capacity(float(grid[best]))))

"""What a Langevin sampler does in a quadratic well E = k‖x‖²/2, and so what contrastive divergence learns from it.

The rule is x ← x − α∇E(x) + ω, ω ~ N(0, σ²), with a noise σ that need not belong to the step α.
"""

import math

from scipy.optimize import brentq

from amem import checks


def stationary_variance(curvature: float, step: float, noise: float) -> float:
    """σ²/(αk(2 − αk)), the variance at which the rule rests; infinity from the curvature k = 2/α on.

    It is that of the temperature σ²/α(2 − αk), about σ²/2α. [schaeffer2024bridging]
    Raises ValueError or TypeError if curvature or step is not above 0 or noise negative.
    """
    pull = checks.positive("step", step) * checks.positive("curvature", curvature)
    variance = checks.at_least_zero("noise", noise) ** 2
    return variance / (pull * (2 - pull)) if pull < 2 else math.inf


def variance_after(steps: int, curvature: float, step: float, noise: float, start: float) -> float:
    """(1 − αk)²ᵀ v₀ + σ² Σ_{t<T} (1 − αk)²ᵗ: the variance T steps after the variance v₀ = start. Derived here.

    Raises ValueError or TypeError if steps is not a whole number, step not above 0 or another number negative.
    """
    kept = (1 - checks.positive("step", step) * checks.at_least_zero("curvature", curvature)) ** 2
    variance = checks.at_least_zero("noise", noise) ** 2
    steps = checks.count("steps", steps, least=0)
    powers = sum(kept**t for t in range(steps))
    return kept**steps * checks.at_least_zero("start", start) + variance * powers


def learned_curvature(variance: float, *, steps: int, step: float, noise: float, start: float) -> float:
    """The k < 1/α at which the negatives have the data's variance after T steps: where contrastive divergence rests.

    Its gradient with respect to k is half the data's variance less half the negatives', so k grows while negatives are
    wider than the data and comes to rest here. A calibrated well would have k = 1/variance; the ratio is the inverse
    temperature of what was learned. NaN where there is no such k: no curvature makes negatives narrower than their last
    noise, σ² > variance, or they start narrower than the data. Derived here.

    Raises ValueError or TypeError for numbers out of range.
    """
    wanted, step = checks.positive("variance", variance), checks.positive("step", step)
    steps = checks.count("steps", steps)

    def excess(curvature: float) -> float:
        return variance_after(steps, curvature, step, noise, start) - wanted

    if excess(1 / step) > 0 or excess(0) < 0:
        return math.nan
    return float(brentq(excess, 0, 1 / step, xtol=1e-14))  # pyright: ignore[reportArgumentType]

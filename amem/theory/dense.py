"""Dense memories: one-step errors at finite size, their Gaussian limit, and capacities with their constants."""

import math

import numpy as np
from scipy.fft import next_fast_len
from scipy.special import factorial2, xlogy
from scipy.stats import binom, norm

from amem import checks


def one_step_error(n: int, p: int, order: int) -> float:
    """The exact chance that one given spin turns wrong in one step from a stored pattern, F(x) = x^order.

    The gap along the pattern is F(n) − F(n−2) + S. The cross-talk S is a sum of p − 1 independent copies of s·(F(R+1)
    − F(R−1)), s = ±1 and R a sum of n − 1 fair ±1: a law on a lattice, whose (p−1)-fold convolution is computed from
    its characteristic function. A gap of zero keeps the spin and is no error. Folding the lattice at a range R_max
    where Bernstein's bound puts P(|S| > R_max) below 1e-15 is the only approximation.

    Raises ValueError or TypeError if n is not a whole number of at least 2, p of at least 1, order of at least 2; and
    ValueError if the lattice would need more than 2²⁶ points.
    """
    n = checks.count("n", n, least=2)
    p = checks.count("p", p)
    order = checks.count("order", order, least=2)
    if p == 1:
        return 0.0
    rest = range(-(n - 1), n, 2)
    steps = [(r + 1) ** order - (r - 1) ** order for r in rest]
    signal = n**order - (n - 2) ** order
    spacing = math.gcd(*steps)
    chance = binom.pmf(np.arange(n), n - 1, 0.5)
    values = np.array([step // spacing for step in steps])
    largest, variance = float(np.abs(values).max()), (p - 1) * float(chance @ values.astype(float) ** 2)
    reach = min(_reach(largest, variance), (p - 1) * largest)
    needed = 2 * max(math.ceil(reach), math.ceil(signal / spacing)) + 2
    points = int(next_fast_len(needed, real=True) or 0) if needed <= 1 << 26 else needed
    if points > 1 << 26:
        raise ValueError(f"n, p, order: wanted a lattice of at most 2**26 points, got {points} at {n}, {p}, {order}")
    one_term = np.zeros(points)
    np.add.at(one_term, values % points, chance)
    law = np.fft.irfft(np.fft.rfft(one_term).real ** (p - 1), points)
    wrong = math.floor(signal / spacing) + 1
    return max(0.0, float(law[wrong : points // 2 + 1].sum()))


def exponential_one_step_error(n: int, p: int) -> float:
    """The chance that one given spin turns wrong in one step from a stored pattern, F(x) = eˣ.

    The gap along the pattern is proportional to 1 + S. The cross-talk S is a sum of p − 1 independent copies of
    s·e^{−2K}, s = ±1 and K ~ Binomial(n − 1, ½) the spins at which a pattern differs. P(S < −1) is read off the
    characteristic function [gilpelaez1951inversion] after adding to S a Gaussian of standard deviation 10⁻⁴, which lets
    the integral end; that is the only approximation. It counts an exact tie, which is no error, as half a one, and
    that shows at tiny sizes only.

    Raises ValueError or TypeError if n is not a whole number of at least 2 or p of at least 1.
    """
    n = checks.count("n", n, least=2)
    p = checks.count("p", p)
    differ = np.arange(n)
    chance = binom.pmf(differ, n - 1, 0.5)
    term = np.exp(-2.0 * differ)
    smoothing = 1e-4
    step = math.pi / max(1.0, _reach(1.0, (p - 1) * float(chance @ term**2)))
    frequency = step * (np.arange(math.ceil(8 / smoothing / step)) + 0.5)
    characteristic = sum(weight * np.cos(value * frequency) for weight, value in zip(chance, term, strict=True))
    whole = characteristic ** (p - 1) * np.exp(-((smoothing * frequency) ** 2) / 2)
    return max(0.0, 0.5 - step / math.pi * float((np.sin(frequency) / frequency) @ whole))


def gaussian_one_step_error(n: int, p: int, order: int) -> float:
    """Q(√(n^{order−1} / ((2·order−3)!! p))) [krotov2016dense, eq. 5].

    Raises ValueError or TypeError if n or p is not a whole number of at least 1 or order of at least 2.
    """
    n = checks.count("n", n)
    p = checks.count("p", p)
    order = checks.count("order", order, least=2)
    return float(norm.sf(math.sqrt(n ** (order - 1) / (_double_factorial(order) * p))))


def capacity(n: int, order: int, error: float) -> float:
    """α n^{order−1}, α = 1/(z²(2·order−3)!!), Q(z) = error: the load at which a spin errs that often
    [krotov2016dense, eq. 6].

    α = 0.138 at order 2 and error 0.36 %. Raises ValueError or TypeError if n is not a whole number of at least 1,
    order of at least 2, or error not in (0, ½).
    """
    n = checks.count("n", n)
    order = checks.count("order", order, least=2)
    error = checks.fraction("error", error)
    if not 0 < error < 0.5:
        raise ValueError(f"error: wanted a rate above 0 and below 0.5, got {error!r}")
    return n ** (order - 1) / (float(norm.isf(error)) ** 2 * _double_factorial(order))


def capacity_without_errors(n: int, order: int) -> float:
    """n^{order−1} / (2(2·order−3)!! ln n): the load up to which one pattern is kept whole [krotov2016dense, eq. 7].

    The same threshold as [demircigil2017model, thm. 2] for a given pattern; for all patterns together divide by
    `order`. Raises ValueError or TypeError if n or order is not a whole number of at least 2.
    """
    n = checks.count("n", n, least=2)
    order = checks.count("order", order, least=2)
    return n ** (order - 1) / (2 * _double_factorial(order) * math.log(n))


def rate_function(a: float) -> float:
    """I(a) = ½[(1+a) ln(1+a) + (1−a) ln(1−a)], the rate at which a mean of n fair ±1 exceeds a; I(1) = ln 2.

    Raises ValueError or TypeError if a is not in [−1, 1].
    """
    a = checks.real("a", a)
    if not -1 <= a <= 1:
        raise ValueError(f"a: wanted a number between -1 and 1, got {a!r}")
    return float(xlogy(1 + a, 1 + a) + xlogy(1 - a, 1 - a)) / 2


def exponential_rate_all(flipped: float) -> float:
    """I(1−2ρ)/2: below this rate α, e^{αn} patterns are *all* restored in one step from ρn wrong bits
    [demircigil2017model, thm. 3].

    ½ ln 2 at ρ = 0. Raises ValueError or TypeError if flipped is not in [0, ½].
    """
    return rate_function(1 - 2 * _below_half(flipped)) / 2


def exponential_rate_one(flipped: float) -> float:
    """The rate α up to which a *given* one of e^{αn} patterns is restored in one step from a fraction ρ of wrong bits.

    I(1−2ρ) while one rare pattern dominates the cross-talk, I(1−2ρ) < 2 tanh 2 − ln cosh 2; else the Gaussian value
    2(1−2ρ) − ln cosh 2 (0.675 at ρ = 0). Derived here by the random-energy argument; not in the paper.
    Raises ValueError or TypeError if flipped is not in [0, ½].
    """
    agreement = 1 - 2 * _below_half(flipped)
    rare = rate_function(agreement)
    gaussian = math.log(math.cosh(2))
    return rare if rare < 2 * math.tanh(2) - gaussian else 2 * agreement - gaussian


def exponential_capacity_one(n: int) -> float:
    """e^{α(n−1)}/(2 ln n), α = 2 − ln cosh 2 = 0.675: up to this load a *given* pattern is kept [chaudhry2023long].

    The Gaussian estimate, as n → ∞. Raises ValueError or TypeError if n is not a whole number of at least 2.
    """
    n = checks.count("n", n, least=2)
    return math.exp(exponential_rate_one(0.0) * (n - 1)) / (2 * math.log(n))


def exponential_capacity_all(n: int) -> float:
    """√(2 ln 2 · 2ⁿ/n): the load at which half of all draws hold two patterns that differ in a single spin.

    At that spin one of the two is wrong after one step, whatever the others do, so *all* patterns of an exponential
    memory are kept only below it: a birthday problem, rate ½ ln 2. Derived here.
    Raises ValueError or TypeError if n is not a whole number of at least 2.
    """
    n = checks.count("n", n, least=2)
    return math.sqrt(2 * math.log(2) * 2**n / n)


def exponential_recall_all(n: int, p: int) -> float:
    """exp(−½p(p−1)n/2ⁿ): the chance that no two of p patterns differ in a single spin (`exponential_capacity_all`).

    Pairs are counted as if they were independent. Derived here.
    Raises ValueError or TypeError if n is not a whole number of at least 2 or p of at least 1.
    """
    n = checks.count("n", n, least=2)
    p = checks.count("p", p)
    return math.exp(-p * (p - 1) / 2 * n / 2**n)


def _reach(largest: float, variance: float) -> float:
    """How far a centred sum of terms up to `largest` goes with a chance below 1e-15, by Bernstein's inequality."""
    exponent = math.log(2e15)
    return exponent * largest / 3 + math.sqrt((exponent * largest / 3) ** 2 + 2 * exponent * variance)


def _below_half(flipped: float) -> float:
    flipped = checks.fraction("flipped", flipped)
    if flipped > 0.5:
        raise ValueError(f"flipped: wanted a fraction of at most 0.5, got {flipped!r}")
    return flipped


def _double_factorial(order: int) -> float:
    return float(factorial2(2 * order - 3))

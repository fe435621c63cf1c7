"""The classical network at finite size: one step from a stored pattern, self-couplings removed."""

import math

from scipy.stats import binom, norm

from amem import checks


def one_step_error(n: int, p: int) -> float:
    """P(S < −(n−1)), S a sum of (p−1)(n−1) fair ±1: the exact chance that one given spin turns wrong in one step.

    The field along the pattern is (n−1) + S. A field of zero keeps the spin and is no error. n spins, p independent
    patterns of fair ±1 spins. Exact at every n and p, because with self-couplings removed all cross-talk terms are
    independent signs.

    Raises ValueError or TypeError if n is not a whole number of at least 2 or p of at least 1.
    """
    n = checks.count("n", n, least=2)
    p = checks.count("p", p)
    terms = (p - 1) * (n - 1)
    return float(binom.cdf(math.ceil((terms - (n - 1)) / 2) - 1, terms, 0.5))


def gaussian_one_step_error(n: int, p: int) -> float:
    """Q(√(n/p)): the Gaussian limit of `one_step_error` [hertz1991introduction, eq. 2.15].

    Raises ValueError or TypeError if n or p is not a whole number of at least 1.
    """
    n = checks.count("n", n)
    p = checks.count("p", p)
    return float(norm.sf(math.sqrt(n / p)))

"""Restaurants without data: how many tables, who sits where, and when a network makes a new memory.

Customers 1, 2, … choose a table, which stands for a memory. One who comes at time t_n weighs each earlier one by a
kernel k(t_n − t_m); with k = 1 it is the Chinese restaurant, with others the dynamical one [schaeffer2022streaming].
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

from amem import checks

Array = NDArray[np.float64]


def expected_tables(customers: int, alpha: float, discount: float = 0.0) -> float:
    """E[C_N] = Σ_{m<N} α/(α + m), and with a discount d > 0 [Γ(α+N+d)Γ(α+1)/Γ(α+N)Γ(α+d) − α]/d
    [pitman2006combinatorial].

    Raises ValueError or TypeError if customers is no whole number of at least 1, alpha not above 0 or the discount not
    in [0, 1).

    >>> round(expected_tables(100, 1.0), 2), round(expected_tables(600, 1.0), 2)
    (5.19, 6.97)
    """
    customers, alpha, discount = _checked(customers, alpha, discount)
    if discount == 0:
        return float((alpha / (alpha + np.arange(customers))).sum())
    grown = gammaln(alpha + customers + discount) - gammaln(alpha + customers)
    return float((math.exp(grown + gammaln(alpha + 1) - gammaln(alpha + discount)) - alpha) / discount)


def table_distribution(customers: int, alpha: float, discount: float = 0.0) -> Array:
    """p(C_N = k) for k = 0 … N, customer by customer: a new table has the chance (α + dk)/(α + m) after m customers
    at k tables [pitman2006combinatorial].

    Raises as `expected_tables` does.
    """
    customers, alpha, discount = _checked(customers, alpha, discount)
    tables = np.arange(customers + 1)
    chance = np.zeros(customers + 1)
    chance[0] = 1.0
    for seated in range(customers):
        new = (alpha + discount * tables) / (alpha + seated) if seated else np.ones(customers + 1)
        chance = chance * (1 - new) + np.concatenate([[0.0], (chance * new)[:-1]])
    return chance


def stirling_distribution(customers: int, alpha: float) -> Array:
    """p(C_N = k) = |s(N, k)| α^k Γ(α)/Γ(α + N), with Stirling's numbers of the first kind [antoniak1974mixtures].

    Raises as `expected_tables` does.
    """
    customers, alpha, _ = _checked(customers, alpha, 0.0)
    logs = np.full(customers + 1, -np.inf)
    logs[0] = 0.0
    for m in range(customers):  # |s(m+1, k)| = m |s(m, k)| + |s(m, k−1)|
        logs = np.logaddexp(logs + (math.log(m) if m else -np.inf), np.concatenate([[-np.inf], logs[:-1]]))
    return np.exp(logs + np.arange(customers + 1) * math.log(alpha) + gammaln(alpha) - gammaln(alpha + customers))


def poisson_binomial(chances: ArrayLike) -> Array:
    """The distribution of how many of N independent events happen: (N + 1,).

    Raises ValueError if a chance is not between 0 and 1.
    """
    p = checks.numbers("chances", chances)
    if p.ndim != 1 or not ((p >= 0) & (p <= 1)).all():
        raise ValueError(f"chances: wanted a list of numbers between 0 and 1, got {p}")
    distribution = np.ones(1)
    for chance in p:
        distribution = np.convolve(distribution, [1 - chance, chance])
    return distribution


def new_table_chances(weights: ArrayLike, alpha: float) -> Array:
    """α/(α + Z_n), Z_n = Σ_{m<n} k(t_n − t_m): the chance, whoever sits where, that customer n opens a table.

    It does not depend on the past, so the number of tables is Poisson-binomial. weights: (N, N), k(t_n − t_m) for m <
    n. Raises ValueError or TypeError for weights that are not a square matrix of finite numbers ≥ 0, alpha not above 0.
    """
    alpha = checks.positive("alpha", alpha)
    return alpha / (alpha + _below(weights).sum(-1))


def marginals(weights: ArrayLike, alpha: float) -> Array:
    """p(c_n = c) for customer n = 1 … N at table c = 1 … N in order of opening, exactly [schaeffer2022streaming]:

        p(c_n = c) = [Σ_{m<n} k(t_n − t_m) p(c_m = c) + α p(C_{n−1} = c − 1)]/(α + Z_n).

    Exact because Z_n is not random. Raises as `new_table_chances` does.
    """
    kernel, opens, alpha = _below(weights), new_table_chances(weights, alpha), checks.positive("alpha", alpha)
    seats = np.zeros_like(kernel)
    tables = np.zeros(len(kernel) + 1)
    tables[0] = 1.0
    for n, new in enumerate(opens):
        seats[n] = kernel[n] @ seats * (new / alpha) + new * tables[:-1]
        tables = tables * (1 - new) + np.concatenate([[0.0], tables[:-1] * new])
    return seats


def squared_error(probabilities: Array, samples: int) -> float:
    """(1/S) Σ_n (1 − Σ_c p(c_n = c)²): the expected squared error, summed, of frequencies in S independent samples.

    Raises ValueError or TypeError if samples is no whole number of at least 1.
    """
    return float((1 - np.square(probabilities).sum(-1)).sum() / checks.count("samples", samples))


def seatings(weights: ArrayLike, alpha: float, samples: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Samples of who sits where, tables numbered from 0 in order of opening: (samples, N).

    A customer who does not open a table joins an earlier one, m with probability ∝ k(t_n − t_m). Raises as
    `new_table_chances` does and for samples not a whole number of at least 1.
    """
    samples = checks.count("samples", samples)
    kernel, opens = _below(weights), new_table_chances(weights, alpha)
    seated = np.zeros((samples, len(kernel)), dtype=np.int64)
    tables = np.zeros(samples, dtype=np.int64)
    each = np.arange(samples)
    for n, new in enumerate(opens):
        opened = rng.random(samples) < new
        if n:
            ladder = np.cumsum(kernel[n, :n])
            friend = np.searchsorted(ladder, rng.random(samples) * ladder[-1], side="right").clip(max=n - 1)
            seated[:, n] = seated[each, friend]
        seated[opened, n] = tables[opened]
        tables += opened
    return seated


def pitman_yor_tables(
    customers: int, alpha: float, discount: float, samples: int, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Samples of C_1 … C_N, customer by customer at tables of N_c: (N_c − d) to join, α + dC to open: (samples, N).

    Raises as `expected_tables` does and for samples not a whole number of at least 1.
    """
    customers, alpha, discount = _checked(customers, alpha, discount)
    samples = checks.count("samples", samples)
    each = np.arange(samples)
    held, tables = np.zeros((samples, 16)), np.zeros(samples, dtype=np.int64)
    counts = np.zeros((samples, customers), dtype=np.int64)
    for seated in range(customers):
        if tables.max() == held.shape[1]:
            held = np.concatenate([held, np.zeros_like(held)], axis=1)
        opened = rng.random(samples) * (alpha + seated) < alpha + discount * tables
        opened |= seated == 0
        ladder = np.maximum(held - discount, 0).cumsum(-1)
        joined = (ladder <= (rng.random(samples) * ladder[:, -1])[:, None]).sum(-1).clip(max=held.shape[1] - 1)
        held[each, np.where(opened, tables, joined)] += 1
        tables += opened
        counts[:, seated] = tables
    return counts


def partitions(count: int) -> NDArray[np.int64]:
    """Every way to seat so many customers, tables numbered from 0 in order of opening: (Bell number, count).

    Raises ValueError or TypeError if count is no whole number from 1 to 10.
    """
    count = checks.count("count", count)
    if count > 10:
        raise ValueError(f"count: wanted at most 10 customers, since there are Bell's number of ways, got {count}")
    ways = np.zeros((1, 1), dtype=np.int64)
    for _ in range(count - 1):
        choices = ways.max(-1) + 2
        last = np.concatenate([np.arange(choice) for choice in choices])
        ways = np.column_stack([np.repeat(ways, choices, axis=0), last])
    return ways


def exact_posterior(points: Array, ways: NDArray[np.int64], *, alpha: float, beta: float, rho: float) -> Array:
    """p(partition | points), by counting them all: Chinese restaurant, x ~ N(μ, I/β), μ ~ N(0, I/ρ): (draws, ways).

    A table with the points of a set S has the evidence log p = ½n log ρ/(ρ + β|S|) + ½β²‖Σx‖²/(ρ + β|S|) + what does
    not depend on the partition. points: (draws, count, n), ways: from `partitions`.
    Raises ValueError or TypeError if alpha, beta or rho is not above 0, or points are not as many as seats.
    """
    alpha, beta, rho = (checks.positive(n, v) for n, v in (("alpha", alpha), ("beta", beta), ("rho", rho)))
    points = checks.numbers("points", points)
    if points.ndim != 3 or points.shape[1] != ways.shape[1] or not np.isfinite(points).all():
        raise ValueError(f"points: wanted finite numbers of shape (draws, {ways.shape[1]}, n), got {points.shape}")
    count, n = points.shape[1:]
    sets = (np.arange(1, 2**count)[:, None] >> np.arange(count)) & 1
    size = sets.sum(-1)
    sums = np.einsum("sc,dcn->dsn", sets, points)
    precise = rho + beta * size
    evidence = n / 2 * np.log(rho / precise) + beta**2 / 2 * np.square(sums).sum(-1) / precise
    table = evidence + math.log(alpha) + gammaln(size)
    inside = np.zeros((len(ways), len(sets)))
    for number in range(count):
        members = ((ways == number) << np.arange(count)).sum(-1)
        inside[members > 0, members[members > 0] - 1] = 1
    logs = table @ inside.T
    weights = np.exp(logs - logs.max(-1, keepdims=True))
    return weights / weights.sum(-1, keepdims=True)


def creation_distance(
    held: ArrayLike,
    squared_norm: ArrayLike,
    *,
    n: int,
    memories: ArrayLike,
    alpha: ArrayLike,
    beta: ArrayLike,
    rho: ArrayLike,
    discount: ArrayLike = 0.0,
) -> Array:
    """The squared distance from a memory beyond which a point x prefers a new one [schaeffer2024bridging]:

        (2/β)[log (N_k − d)/(α + dK) + ½n log (β + ρ)/ρ] + ρ/(β + ρ) ‖x‖².

    held: N_k; squared_norm: ‖x‖²; memories: K; β, ρ inverse variances of the data about a memory and of memories.
    Raises ValueError or TypeError if n is no whole number of at least 1, TypeError for what is no number.
    """
    n = checks.count("n", n)
    named = {"alpha": alpha, "beta": beta, "rho": rho, "discount": discount, "memories": memories, "held": held}
    a, b, r, d, k, count = (checks.numbers(name, value) for name, value in named.items())
    norm = checks.numbers("squared_norm", squared_norm)
    chosen = np.log((count - d) / (a + d * k))
    return np.asarray(2 / b * (chosen + n / 2 * np.log((b + r) / r)) + r / (b + r) * norm)


def dp_means_log_alpha(threshold: float, *, n: int, beta: float, rho: float) -> float:
    """log α = ½n log(1 + β/ρ) − ½βλ: with it, as β → ∞, a new memory is made beyond the squared distance λ, as in
    DP-means [kulis2012dpmeans]. The logarithm, since α itself is soon too small a number.

    Raises ValueError or TypeError if n is no whole number of at least 1 or a number not above 0.
    """
    n = checks.count("n", n)
    beta = checks.positive("beta", beta)
    ratio = beta / checks.positive("rho", rho)
    return n / 2 * math.log1p(ratio) - beta * checks.positive("threshold", threshold) / 2


def _checked(customers: int, alpha: float, discount: float) -> tuple[int, float, float]:
    share = checks.real("discount", discount)
    if not 0 <= share < 1:
        raise ValueError(f"discount: wanted a number from 0 to below 1, got {discount!r}")
    return checks.count("customers", customers), checks.positive("alpha", alpha), share


def _below(weights: ArrayLike) -> Array:
    """The part of the weights that is about earlier customers."""
    kernel = checks.numbers("weights", weights)
    if kernel.ndim != 2 or kernel.shape[0] != kernel.shape[1] or not (np.isfinite(kernel) & (kernel >= 0)).all():
        raise ValueError(f"weights: wanted a square matrix of finite numbers of at least 0, got shape {kernel.shape}")
    return np.tril(kernel, -1)

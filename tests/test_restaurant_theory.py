"""Restaurants without data: by enumeration, by other formulas, by sampling, and with planted mistakes."""

import itertools
import math

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import gammaln
from strategies import refused

from amem.theory import restaurant as theory

TIMES = np.arange(7.0)
GAPS = np.abs(TIMES[:, None] - TIMES)
WEIGHTS = {"constant": np.ones((7, 7)), "fading": np.exp(-0.3 * GAPS), "rhythm": 0.5 + 0.5 * np.cos(GAPS)}


def by_enumeration(weights: np.ndarray, alpha: float, discount: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """p(c_n = c) and p(C_N = k) over all ways to seat all customers, chance by chance."""
    count = len(weights)
    seats, tables = np.zeros((count, count)), np.zeros(count + 1)
    for way in theory.partitions(count):
        chance = 1.0
        for n, table in enumerate(way):
            held = np.array([weights[n, :n][way[:n] == c].sum() for c in range(max(way[:n], default=-1) + 1)])
            total = alpha + held.sum()
            opens = alpha + discount * len(held)
            chance *= (opens if table == len(held) else held[table] - discount) / total
        tables[max(way) + 1] += chance
        seats[np.arange(count), way] += chance
    return seats, tables


@pytest.mark.parametrize("name", WEIGHTS)
@pytest.mark.parametrize("alpha", [0.3, 2.0])
def test_marginals_and_tables_are_a_count(name: str, alpha: float) -> None:
    seats, tables = by_enumeration(WEIGHTS[name], alpha)
    assert np.allclose(theory.marginals(WEIGHTS[name], alpha), seats, atol=1e-14)
    opens = theory.new_table_chances(WEIGHTS[name], alpha)
    assert np.allclose(theory.poisson_binomial(opens), tables, atol=1e-14)
    assert opens.sum() == pytest.approx(np.arange(8) @ tables)


@pytest.mark.parametrize("discount", [0.0, 0.4])
def test_the_static_prior_is_a_count(discount: float) -> None:
    _, tables = by_enumeration(WEIGHTS["constant"], 1.7, discount)
    found = theory.table_distribution(7, 1.7, discount)
    assert np.allclose(found, tables, atol=1e-14)
    assert theory.expected_tables(7, 1.7, discount) == pytest.approx(np.arange(8) @ found, rel=1e-12)


def test_enumeration_would_notice_a_customer_who_counts_oneself() -> None:
    """N_c(t_n) over m ≤ n instead of m < n."""
    weights = WEIGHTS["fading"]
    wrong = theory.marginals(np.roll(weights, 1, axis=1), 2.0)
    assert np.abs(wrong - by_enumeration(weights, 2.0)[0]).max() > 0.01


@pytest.mark.parametrize("alpha", [0.1, 1.0, 30.0])
def test_stirling_numbers_say_the_same(alpha: float) -> None:
    assert np.allclose(theory.stirling_distribution(60, alpha), theory.table_distribution(60, alpha), atol=1e-13)


def test_limits_of_alpha() -> None:
    assert theory.expected_tables(50, 1e-9) == pytest.approx(1.0, abs=1e-6)
    assert theory.expected_tables(50, 1e9) == pytest.approx(50.0, abs=1e-4)
    assert theory.expected_tables(200, 1.5, 1e-6) == pytest.approx(theory.expected_tables(200, 1.5), rel=1e-5)


def test_only_the_kernel_times_the_gap_matters() -> None:
    """Twice the rate in half the time."""
    assert np.array_equal(theory.marginals(np.exp(-0.4 * GAPS), 2.0), theory.marginals(np.exp(-0.8 * (GAPS / 2)), 2.0))


@pytest.mark.parametrize("name", WEIGHTS)
def test_sampled_restaurants_follow_the_recursion(name: str) -> None:
    samples = 20_000
    found = theory.seatings(WEIGHTS[name], 2.0, samples, np.random.default_rng(0))
    exact = theory.marginals(WEIGHTS[name], 2.0)
    seen = np.stack([(found == table).mean(0) for table in range(7)], axis=-1)
    spread = np.sqrt(exact * (1 - exact) / samples)
    assert (np.abs(seen - exact) <= 4 * spread + 1e-12).all()
    assert all(set(range(max(row) + 1)) == set(row) for row in found[:100].tolist())


def test_sampled_squared_error_is_as_expected() -> None:
    exact, rng = theory.marginals(WEIGHTS["fading"], 2.0), np.random.default_rng(1)
    errors = []
    for _ in range(400):
        found = theory.seatings(WEIGHTS["fading"], 2.0, 50, rng)
        errors.append(sum(((found == table).mean(0) - exact[:, table]) ** 2 for table in range(7)).sum())
    z = (np.mean(errors) - theory.squared_error(exact, 50)) / (np.std(errors, ddof=1) / 20)
    assert abs(z) <= 4


@pytest.mark.parametrize("discount", [0.0, 0.5])
def test_sampled_tables_follow_their_distribution(discount: float) -> None:
    found = theory.pitman_yor_tables(40, 1.5, discount, 5000, np.random.default_rng(2))
    mean = theory.expected_tables(40, 1.5, discount)
    assert abs(found[:, -1].mean() - mean) <= 4 * found[:, -1].std() / math.sqrt(5000)
    assert (np.diff(found, axis=1) >= 0).all() and (found[:, 0] == 1).all()


@pytest.mark.parametrize("count", range(1, 9))
def test_partitions_are_as_many_as_bell_says(count: int) -> None:
    bell = [1, 1, 2, 5, 15, 52, 203, 877, 4140]
    ways = theory.partitions(count)
    assert ways.shape == (bell[count], count) and len(np.unique(ways, axis=0)) == bell[count]
    assert all(way[0] == 0 and (np.diff(np.maximum.accumulate(way)) <= 1).all() for way in ways)


def test_the_exact_posterior_is_bayes_by_integration() -> None:
    """In one dimension, with each table's evidence by quadrature over its mean."""
    points, alpha, beta, rho = np.array([0.3, -1.2, 2.0, 1.7]), 0.8, 2.0, 0.3
    ways = theory.partitions(4)

    def evidence(inside: np.ndarray) -> float:
        def density(mean: float) -> float:
            likelihood = np.prod(np.sqrt(beta / (2 * np.pi)) * np.exp(-beta / 2 * (inside - mean) ** 2))
            return likelihood * np.sqrt(rho / (2 * np.pi)) * np.exp(-rho / 2 * mean**2)

        return quad(density, -20, 20, points=[0.0, float(inside.mean())])[0]

    weights = []
    for way in ways:
        tables = [points[way == table] for table in range(max(way) + 1)]
        prior = sum(math.log(alpha) + gammaln(len(table)) for table in tables)
        weights.append(math.exp(prior) * math.prod(evidence(table) for table in tables))
    expected = np.array(weights) / sum(weights)
    found = theory.exact_posterior(points[None, :, None], ways, alpha=alpha, beta=beta, rho=rho)[0]
    assert np.allclose(found, expected, rtol=1e-6)


def test_the_exact_posterior_without_evidence_is_the_prior() -> None:
    points = np.random.default_rng(0).standard_normal((1, 7, 3))
    ways = theory.partitions(7)
    found = theory.exact_posterior(points, ways, alpha=2.0, beta=1e-12, rho=1.0)[0]
    assert np.allclose(np.bincount(ways.max(-1) + 1, found), theory.stirling_distribution(7, 2.0), atol=1e-9)


def test_creation_distance_is_where_the_two_densities_meet() -> None:
    """One memory, one dimension: log-densities written out, at the point that is so far away."""
    held, alpha, beta, rho = 5.0, 0.7, 3.0, 0.2
    for x, side in itertools.product((0.4, 3.0), (-1, 1)):
        away = theory.creation_distance(held, x**2, n=1, memories=1, alpha=alpha, beta=beta, rho=rho)
        memory = x + side * math.sqrt(away)
        old = math.log(held) + 0.5 * math.log(beta) - beta / 2 * (x - memory) ** 2
        variance = 1 / beta + 1 / rho
        new = math.log(alpha) - 0.5 * math.log(variance) - x**2 / (2 * variance)
        assert old == pytest.approx(new, abs=1e-12)


def test_dp_means_log_alpha_leaves_the_threshold() -> None:
    """As β grows, the distance at which a memory is made tends to √λ, whatever it holds and wherever the point is."""
    for beta, close in ((1.0, 10.0), (1e4, 0.01)):
        log_alpha = theory.dp_means_log_alpha(9.0, n=3, beta=beta, rho=0.5)
        at_one = theory.creation_distance(20.0, 2.0, n=3, memories=4, alpha=1.0, beta=beta, rho=0.5)
        assert abs(at_one - 2 / beta * log_alpha - 9.0) < close


def test_bad_input_is_named() -> None:
    refused("alpha", lambda: theory.expected_tables(3, 0.0))
    refused("customers", lambda: theory.table_distribution(0, 1.0))
    refused("discount", lambda: theory.expected_tables(3, 1.0, 1.0))
    refused("chances", lambda: theory.poisson_binomial([0.5, 1.5]))
    refused("weights", lambda: theory.marginals(np.ones((2, 3)), 1.0))
    refused("weights", lambda: theory.marginals(-np.ones((2, 2)), 1.0))
    refused("samples", lambda: theory.seatings(np.ones((2, 2)), 1.0, 0, np.random.default_rng(0)))
    refused("count", lambda: theory.partitions(11))
    refused("threshold", lambda: theory.dp_means_log_alpha(0.0, n=1, beta=1.0, rho=1.0))

"""Every prediction by a second road: enumeration, another solver, a limit, the paper's number, or simulation."""

import math
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import brentq, minimize_scalar
from scipy.stats import binom, norm
from strategies import seeds, type_checker_away
from test_bad_input import SUBJECTS, Subject
from torch import Tensor

from amem.dynamics import attend, mean_shift, run, synchronous
from amem.energies import Exponential, Hopfield, Polynomial, SpinEnergy
from amem.patterns import flip, sphere, spins
from amem.seeds import generator
from amem.theory import attention, dense, hopfield, kde

HERE: dict[str, Any] = {"device": "cpu", "dtype": torch.float64}
Array = np.ndarray[Any, Any]


# --- one step of a memory of spins ------------------------------------------------------------------------------------


def error_by_enumeration(n: int, p: int, interaction: Callable[[Array], Array]) -> tuple[float, float]:
    """All choices of the other patterns, the first being all +1 without loss: how often spin 0 turns, or is free to."""
    others = np.array(list(product([-1, 1], repeat=n * (p - 1)))).reshape(-1, p - 1, n)
    rest = others[..., 1:].sum(-1)
    crosstalk = interaction(rest + others[..., 0]) - interaction(rest - others[..., 0])
    gap = interaction(np.array(n)) - interaction(np.array(n - 2)) + crosstalk.sum(-1)
    tie = np.abs(gap) < 1e-9 * np.abs(crosstalk).sum(-1)
    return float(((gap < 0) & ~tie).mean()), float(tie.mean())


def error_by_convolution(n: int, p: int, order: int) -> float:
    """The exact law of the cross-talk in rational numbers, one pattern after another."""
    term: Counter[int] = Counter()
    for agreeing in range(n):
        r = 2 * agreeing - (n - 1)
        for sign in (-1, 1):
            term[sign * ((r + 1) ** order - (r - 1) ** order)] += Fraction(math.comb(n - 1, agreeing), 2**n)  # pyright: ignore
    law: dict[int, Fraction] = {0: Fraction(1)}
    for _ in range(p - 1):
        grown: Counter[int] = Counter()
        for (x, a), (y, b) in product(law.items(), term.items()):
            grown[x + y] += a * b  # pyright: ignore
        law = dict(grown)  # pyright: ignore
    return float(sum(chance for x, chance in law.items() if n**order - (n - 2) ** order + x < 0))


@pytest.mark.parametrize("order", [2, 3, 4, 5])
@pytest.mark.parametrize(("n", "p"), [(2, 2), (3, 2), (3, 5), (4, 4), (5, 3), (5, 4), (7, 3)])
def test_exact_error_is_the_enumeration(n: int, p: int, order: int) -> None:
    known, _ = error_by_enumeration(n, p, lambda x: x**order)
    assert math.isclose(dense.one_step_error(n, p, order), known, abs_tol=1e-14)
    if order == 2:
        assert math.isclose(hopfield.one_step_error(n, p), known, abs_tol=1e-14)


@pytest.mark.parametrize(("n", "p", "order"), [(9, 12, 2), (10, 12, 3), (8, 9, 4), (25, 4, 3)])
def test_exact_error_is_the_exact_convolution(n: int, p: int, order: int) -> None:
    assert math.isclose(dense.one_step_error(n, p, order), error_by_convolution(n, p, order), abs_tol=1e-14)


@pytest.mark.parametrize(("n", "p"), [(10, 2), (60, 7), (61, 8), (100, 14), (100, 200), (1000, 139), (20, 5000)])
def test_order_two_is_the_binomial_law(n: int, p: int) -> None:
    """Two functions, two methods."""
    assert math.isclose(dense.one_step_error(n, p, 2), hopfield.one_step_error(n, p), rel_tol=1e-9, abs_tol=1e-14)


@pytest.mark.parametrize(("n", "p"), [(2, 8), (3, 6), (4, 4), (5, 4), (6, 3), (6, 4)])
def test_exponential_error_is_the_enumeration(n: int, p: int) -> None:
    """Smoothed by 1e-4 it counts a tie, which is no error, as half a one; in larger networks there are none."""
    known, tied = error_by_enumeration(n, p, np.exp)
    assert math.isclose(dense.exponential_one_step_error(n, p), known + tied / 2, abs_tol=1e-9)


def wrong_bits(make: Callable[[Tensor], SpinEnergy], n: int, p: int, draws: int, flipped: float = 0.0) -> Array:
    """The fraction of the first pattern that is wrong after one step, for each of several memories."""
    rng = generator("tests", "wrong bits", n, p, flipped)
    ends = []
    for _ in range(draws):
        patterns = spins(p, n, rng, **HERE)
        end = synchronous(make(patterns))(flip(patterns[0], flipped, rng))
        ends.append((end != patterns[0]).double().mean().item())
    return np.array(ends)


@pytest.mark.parametrize(
    ("make", "exact", "n", "p"),
    [
        (Hopfield, hopfield.one_step_error, 50, 12),
        (Hopfield, hopfield.one_step_error, 21, 30),
        (lambda x: Polynomial(x, 3), lambda n, p: dense.one_step_error(n, p, 3), 20, 40),
        (lambda x: Polynomial(x, 4), lambda n, p: dense.one_step_error(n, p, 4), 12, 60),
        (Exponential, dense.exponential_one_step_error, 14, 500),
    ],
)
def test_simulation_follows_the_exact_law(make: Any, exact: Callable[[int, int], float], n: int, p: int) -> None:
    """Draws are independent, spins of one draw are not: the error of the mean is that of draws."""
    found, expected = wrong_bits(make, n, p, 400), exact(n, p)
    z = (found.mean() - expected) / (found.std(ddof=1) / 20)
    assert abs(z) <= 4, f"{found.mean():.5f} against {expected:.5f}, z = {z:.2f}"
    assert found.sum() * n >= 50


def test_a_single_pattern_has_no_errors() -> None:
    assert hopfield.one_step_error(9, 1) == dense.one_step_error(9, 1, 3) == 0


@pytest.mark.parametrize("load", [0.1, 0.2, 0.5])
def test_classical_error_tends_to_its_gaussian_limit(load: float) -> None:
    off = []
    for n in (101, 1001, 10001):
        exact, limit = hopfield.one_step_error(n, round(load * n)), hopfield.gaussian_one_step_error(n, round(load * n))
        off.append(abs(exact / limit - 1))
    assert off[0] > off[1] > off[2] and off[2] < 0.01


@pytest.mark.parametrize(("order", "p"), [(2, 15), (3, 400), (3, 800), (4, 10_000)])
def test_dense_error_is_near_its_gaussian_limit(order: int, p: int) -> None:
    """Within 35 % for n = 100 and z between 2 and 3.3."""
    limit = dense.gaussian_one_step_error(100, p, order)
    assert 2 <= norm.isf(limit) <= 3.3
    assert abs(dense.one_step_error(100, p, order) / limit - 1) < 0.35


def test_too_large_a_lattice_is_refused() -> None:
    with pytest.raises(ValueError, match="n, p, order: wanted a lattice"):
        dense.one_step_error(200, 10_000, 8)


@given(n=st.integers(2, 10**6), order=st.integers(2, 8), error=st.floats(1e-12, 0.49))
def test_capacity_inverts_the_gaussian_error(n: int, order: int, error: float) -> None:
    p = dense.capacity(n, order, error)
    odd = math.prod(range(1, 2 * order - 2, 2))
    assert math.isclose(norm.sf(math.sqrt(n ** (order - 1) / (odd * p))), error, rel_tol=1e-9)
    assume(1 <= p < 1e15)
    assert dense.gaussian_one_step_error(n, math.ceil(p), order) >= error * (1 - 1e-9)


@pytest.mark.parametrize(("error", "alpha"), [(0.0036, 0.138), (0.005, 0.151)])
def test_classical_capacity_is_the_papers(error: float, alpha: float) -> None:
    assert round(dense.capacity(1000, 2, error) / 1000, 3) == alpha


@pytest.mark.parametrize(("order", "constant"), [(2, 2), (3, 6), (4, 30)])
def test_capacity_without_errors_is_the_papers(order: int, constant: int) -> None:
    """n^{order−1}/(2(2·order−3)!! ln n), where z² = 2 ln n."""
    p = dense.capacity_without_errors(1000, order)
    assert math.isclose(p, 1000 ** (order - 1) / (constant * math.log(1000)))
    z = norm.isf(dense.gaussian_one_step_error(1000, round(p), order))
    assert abs(z**2 / (2 * math.log(1000)) - 1) < 0.02


@pytest.mark.parametrize("a", [0.1, 0.5, 0.9, 1.0])
def test_rate_function_is_the_exponent_of_the_binomial_tail(a: float) -> None:
    n = 800
    tail = binom.logsf(math.ceil(n * (1 + a) / 2) - 1, n, 0.5)
    assert abs(-tail / n - dense.rate_function(a)) < math.log(n) / n
    assert dense.rate_function(-a) == dense.rate_function(a)


def test_rate_function_at_its_ends() -> None:
    assert dense.rate_function(0.0) == 0 and math.isclose(dense.rate_function(1.0), math.log(2))


@pytest.mark.parametrize(("flipped", "rate"), [(0.0, 0.3466), (0.1, 0.1840), (0.2, 0.0964), (0.3, 0.0411), (0.5, 0.0)])
def test_rates_of_the_exponential_memory(flipped: float, rate: float) -> None:
    """[demircigil2017model, thm. 3]; a given pattern is kept up to twice the rate, where one rare pattern dominates."""
    assert abs(dense.exponential_rate_all(flipped) - rate) < 5e-5
    if flipped > 0.02:
        assert math.isclose(dense.exponential_rate_one(flipped), 2 * dense.exponential_rate_all(flipped))


def test_rate_of_one_pattern_is_smooth_where_its_two_laws_meet() -> None:
    """At an agreement of tanh 2 both give 2 tanh 2 − ln cosh 2, and the gaussian one ends at 0.675."""
    meet = (1 - math.tanh(2)) / 2
    below, above = dense.exponential_rate_one(meet - 1e-6), dense.exponential_rate_one(meet + 1e-6)
    assert abs(below - above) < 1e-5
    assert abs(below - 0.603) < 5e-4
    assert abs(dense.exponential_rate_one(0.0) - 0.675) < 5e-4


@pytest.mark.parametrize(("rate", "falls"), [(0.12, True), (0.26, False)])
def test_one_pattern_threshold_lies_between(rate: float, falls: bool) -> None:
    """At ρ = 0.2, I(1−2ρ) = 0.193: below it a larger network errs less often, above more often."""
    chance = [np.mean(wrong_bits(Exponential, n, math.ceil(math.exp(rate * n)), 100, 0.2) > 0) for n in (20, 35)]
    assert (chance[1] < chance[0] / 2) if falls else (chance[1] > 0.97)


def test_all_patterns_of_an_exponential_memory_are_a_birthday_problem() -> None:
    """The chance that no two differ in a single spin, by drawing; half at the capacity; and such two do fail."""
    n, p = 12, 35
    rng = generator("tests", "birthday")
    apart = []
    for _ in range(2000):
        patterns = spins(p, n, rng, **HERE)
        apart.append(not (patterns @ patterns.T == n - 2).any())
    expected = dense.exponential_recall_all(n, p)
    z = (np.mean(apart) - expected) / math.sqrt(expected * (1 - expected) / 2000)
    assert abs(z) <= 4, f"z = {z:.2f}"
    assert abs(dense.exponential_recall_all(40, round(dense.exponential_capacity_all(40))) - 0.5) < 1e-4
    twins = spins(1, n, rng, **HERE).repeat(2, 1)
    twins[1, 0] *= -1
    moved = synchronous(Exponential(torch.cat([twins, spins(1, n, rng, **HERE)])))(twins)
    assert (moved[0] != twins[0]).any() or (moved[1] != twins[1]).any()


def test_gaussian_capacity_of_one_pattern() -> None:
    """At P = β^{n−1}/(2 ln n), β = e²/cosh 2, the cross-talk's variance is 1/(2 ln n)."""
    base = math.exp(2) / math.cosh(2)
    assert math.isclose(dense.exponential_capacity_one(20), base**19 / (2 * math.log(20)), rel_tol=1e-12)


# --- attention --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("p", [2, 3, 20])
def test_separation_by_hand(p: int) -> None:
    x = sphere(p, 7, generator("tests", "apart"), radius=3.0, **HERE).numpy()
    known = [x[i] @ x[i] - max(x[i] @ x[j] for j in range(p) if j != i) for i in range(p)]
    assert np.allclose(attention.separation(x), known)
    assert np.allclose(attention.separation(x), kde.nearest_distance(x) ** 2 / 2), (
        "half the squared distance on a sphere"
    )
    with type_checker_away():
        assert attention.separation(np.array([[2, 0], [1, 1]])).tolist() == [2, 0], "whole numbers are numbers"


def test_patterns_separated_as_required_are_stored() -> None:
    """[ramsauer2021hopfield, thm. 5]: the whole ball of radius 1/(βpM) goes to one fixed point within it."""
    p, beta, radius = 12, 1.0, 6.0
    x = sphere(p, 40, generator("tests", "stored"), radius=radius, **HERE)
    assert (attention.separation(x.numpy()) >= attention.required_separation(p, radius, beta)).all()
    ball = sphere(30, 40, generator("tests", "ball"), radius=1 / (beta * p * radius), **HERE)
    ends = run(attend(x, beta), x[:, None] + ball, steps=200, tolerance=1e-14).state
    assert (ends - ends[:, :1]).abs().max() < 1e-10
    assert torch.linalg.vector_norm(ends - x[:, None], dim=-1).max() <= 1 / (beta * p * radius)


def test_required_separation_is_the_printed_formula() -> None:
    assert math.isclose(attention.required_separation(10, 3.0, 0.5), 2 / 5 + 2 * math.log(2 * 9 * 10 * 0.5 * 9))


@pytest.mark.parametrize("noise", [0.0, 0.01, 0.1])
@pytest.mark.parametrize("beta", [0.1, 0.25, 1.0])
def test_one_step_ends_within_its_bound(noise: float, beta: float) -> None:
    """[ramsauer2021hopfield, thm. 4] around each of 50 patterns on a sphere of radius √63; at β = ¼ not vacuously."""
    radius = math.sqrt(63)
    x = sphere(50, 64, generator("tests", "bound"), radius=radius, **HERE)
    cues = x + noise * torch.randn(50, 64, generator=generator("tests", "cues"), dtype=torch.float64)
    fixed, once = run(attend(x, beta), x, steps=500, tolerance=1e-13).state, attend(x, beta)(cues)
    apart = [
        torch.linalg.vector_norm(one - other, dim=-1).tolist() for one, other in ((cues, x), (fixed, x), (once, fixed))
    ]
    for separation, start, ending, error in zip(attention.separation(x.numpy()), *apart, strict=True):
        assert error <= attention.one_step_error_bound(50, radius, beta, float(separation), start, ending) + 1e-12
    if beta == 1.0 and noise < 0.1:
        assert attention.one_step_error_bound(50, radius, beta, 30.0, 0.1, 0.0) < 1e-6


def test_one_step_error_bound_is_the_printed_formula() -> None:
    found = attention.one_step_error_bound(5, 2.0, 0.7, 3.0, 0.1, 0.3)
    assert math.isclose(found, 2 * 4 * 2 * math.exp(-0.7 * (3 - 2 * 0.3 * 2)))


@pytest.mark.parametrize(("n", "ratio", "constant", "patterns"), [(20, 3.0, 3.1546, 7.4), (75, 1.0, 1.3719, 11)])
def test_lambert_constants(n: int, ratio: float, constant: float, patterns: float) -> None:
    """The paper's 3.1546 and 1.3718 (1.3719 to rounding), and what little they guarantee."""
    c = attention.sphere_constant(n, ratio, 1.0, 0.001)
    assert abs(c - constant) < 5e-5
    assert abs(attention.sphere_capacity(n, ratio, 1.0, 0.001) / patterns - 1) < 0.03


@pytest.mark.parametrize(
    ("n", "ratio", "beta", "failure"), [(20, 3.0, 1.0, 0.001), (50, 1.0, 0.3, 0.1), (9, 0.5, 8.0, 0.5)]
)
def test_sphere_constant_solves_its_equation(n: int, ratio: float, beta: float, failure: float) -> None:
    """b/c = a + ln c, by another solver."""
    a = 2 / (n - 1) * (1 + math.log(2 * beta * ratio**2 * failure * (n - 1)))
    b = 2 * ratio**2 * beta / 5
    known = brentq(lambda c: b / c - a - math.log(c), 1e-9, 1e9, xtol=1e-14)
    assert math.isclose(attention.sphere_constant(n, ratio, beta, failure), known, rel_tol=1e-9)


def test_no_capacity_is_claimed_where_the_theorem_is_silent() -> None:
    assert math.isnan(attention.sphere_capacity(5, 0.5, 1.0, 0.001))


# --- kernel densities -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ratio", "a", "b", "critical"),
    [
        (0.5, 0.0228, 0.104, 0.220),
        (1, 0.0743, 0.227, 0.623),
        (1.5, 0.133, 0.327, 0.961),
        (2, 0.188, 0.410, 1.224),
        (3, 0.286, 0.538, 1.613),
    ],
)
def test_rates(ratio: float, a: float, b: float, critical: float) -> None:
    """The two guarantees, and what typical points do: in this order."""
    found = kde.transferred_rate(float(ratio)), kde.certified_rate(float(ratio)), kde.critical_rate(float(ratio**2))
    for rate, known in zip(found, (a, b, critical), strict=True):
        assert abs(rate - known) <= 0.6 * 10.0 ** -len(str(known).split(".")[1])
    assert found[0] < found[1] < found[2]


@pytest.mark.parametrize("ratio", [0.7, 1.0, 2.0])
def test_rates_are_the_growth_of_the_capacities(ratio: float) -> None:
    """At 300 dimensions a dimension more multiplies the capacity by e^rate."""

    def growth(log_capacity: Callable[[int], float]) -> float:
        return (log_capacity(340) - log_capacity(300)) / 40

    a = growth(lambda n: math.log(attention.sphere_capacity(n, ratio * math.sqrt(n / (n - 1)), 1.0, 0.001)))
    b = growth(lambda n: math.log(kde.certified_capacity(n, ratio * math.sqrt(n), 1.0, 0.001)))
    mean_field = growth(lambda n: math.log(kde.mean_field_capacity(n, ratio**2 * n, 0.1)))
    assert abs(a / kde.transferred_rate(ratio) - 1) < 0.05
    assert abs(b / kde.certified_rate(ratio) - 1) < 0.02
    assert abs(mean_field / kde.critical_rate(ratio**2) - 1) < 0.02


@pytest.mark.parametrize("concentration", [0.1, 1.0, 9.0])
def test_critical_rate_by_another_solver(concentration: float) -> None:
    def loss(t: float) -> float:
        return -(math.log(1 - t**2) / 2 + concentration * t)

    best = minimize_scalar(loss, bounds=(0, 1 - 1e-12), method="bounded", options={"xatol": 1e-12})
    assert math.isclose(kde.critical_rate(concentration), concentration + best.fun, rel_tol=1e-9)


@pytest.mark.parametrize(("ratio", "n", "points"), [(3, 20, 464), (1, 75, 1.99e5), (1, 50, 840), (2, 20, 41)])
def test_certified_capacity(ratio: float, n: int, points: float) -> None:
    assert abs(kde.certified_capacity(n, ratio * math.sqrt(n - 1), 1.0, 0.001) / points - 1) < 0.02


def test_nothing_is_certified_in_the_plane_or_under_one_wide_kernel() -> None:
    assert kde.certified_capacity(2, 1.0, 1.0, 0.1) == kde.certified_capacity(10, 1.0, 0.5, 1e-9) == 0
    assert not kde.certified(np.array([[0.0], [0.1]]), 1.0).any()


def test_certified_capacity_keeps_its_word() -> None:
    """Of 60 clouds as large as it allows at failure 0.1, at least 90 %, less four standard deviations, are whole."""
    p = math.floor(kde.certified_capacity(20, 2 * math.sqrt(20), 1.0, 0.1))
    assert p > 100
    rng = generator("tests", "certified")
    clouds = (sphere(p, 20, rng, radius=2 * math.sqrt(20), **HERE).numpy() for _ in range(60))
    assert sum(kde.certified(cloud, 1.0).all() for cloud in clouds) >= 60 * 0.9 - 4 * math.sqrt(60 * 0.09)


def test_two_points_are_certified_from_2_31_bandwidths_apart() -> None:
    """Then R = d, and d²/h² = u solves u = 2(1 + ln u)."""
    least = 0.4 * math.sqrt(brentq(lambda u: u - 2 * (1 + math.log(u)), 2, 10, xtol=1e-14))
    assert abs(least / 0.4 - 2.31) < 5e-3
    for apart, wanted in ((least * (1 - 1e-9), False), (least * (1 + 1e-9), True)):
        assert kde.certified(np.array([[0.0, 0.0], [0.0, apart]]), 0.4).tolist() == [wanted, wanted]


@given(p=st.integers(2, 8), n=st.integers(1, 5), spread=st.floats(1, 20), seed=seeds)
@settings(max_examples=60)
def test_theorem_b_step_by_step(p: int, n: int, spread: float, seed: int) -> None:
    """In the ball of radius r = h²/R about x_i, 1 − p_i ≤ η, ‖T(x) − x_i‖ ≤ Rη, ‖∇T‖ ≤ R²η/h²; certified: η ≤ h²/R²."""
    rng, h = generator("tests", "theorem B", seed), 0.7
    points = spread * torch.randn(p, n, generator=rng, dtype=torch.float64)
    apart = torch.cdist(points, points)
    diameter = apart.max().item()
    assume(diameter >= h)
    r, certified = h**2 / diameter, kde.certified(points.numpy(), h)
    nearest, allowed = kde.nearest_distance(points.numpy()), kde.certified_displacement(points.numpy(), h)
    assert np.allclose(nearest, apart.fill_diagonal_(math.inf).min(-1).values)
    inside = sphere(10, n, rng, radius=r, **HERE) * torch.rand(10, 1, generator=rng, dtype=torch.float64)
    for i in range(p):
        if r >= nearest[i] / 2:
            assert not certified[i], "the balls of certified points are disjoint"
            continue
        eta = (p - 1) * math.exp(-nearest[i] * (nearest[i] - 2 * r) / (2 * h**2))
        assert math.isclose(allowed[i], diameter * eta, rel_tol=1e-9)
        x = points[i] + inside
        share = (-(x[:, None] - points).square().sum(-1) / (2 * h**2)).softmax(-1)
        moved = mean_shift(points, h)(x)
        offset = points - moved[:, None]
        jacobian = torch.einsum("qp,qpi,qpj->qij", share, offset, offset) / h**2
        assert (share.sum(-1) - share[:, i]).max() <= eta + 1e-12
        assert torch.linalg.vector_norm(moved - points[i], dim=-1).max() <= diameter * eta + 1e-9
        assert torch.linalg.matrix_norm(jacobian, ord=2).max() <= diameter**2 * eta / h**2 + 1e-9
        if certified[i]:
            assert eta <= (h / diameter) ** 2 * (1 + 1e-12)
            ends = run(mean_shift(points, h), x, steps=2000, tolerance=1e-13).state
            assert (ends - ends[0]).abs().max() < 1e-6
            assert torch.linalg.vector_norm(ends[0] - points[i]) <= min(r, allowed[i]) + 1e-9


def mean_field_by_quadrature(n: int, concentration: float, s: float) -> float:
    """(1−s)/(s − A(κs)) · e^{κs}/m(κs), m(κ) the mean of e^{κ cos θ} on the sphere and A = (ln m)′, by integration."""

    def moment(power: int) -> float:
        kappa = concentration * s
        weight = lambda t: t**power * (1 - t**2) ** ((n - 3) / 2) * math.exp(kappa * (t - 1))  # noqa: E731
        return quad(weight, -1, 1, epsabs=0, epsrel=1e-11, limit=200)[0]

    whole = quad(lambda t: (1 - t**2) ** ((n - 3) / 2), -1, 1)[0]
    return (1 - s) / (s - moment(1) / moment(0)) * whole / moment(0)


@pytest.mark.parametrize(("n", "p"), [(4, 3.5), (6, 11), (8, 34), (10, 108), (12, 343), (14, 1093), (16, 3489)])
def test_mean_field_capacity(n: int, p: float) -> None:
    """The printed table at h = 1, M = √n, tolerance 0.1, and the maximum over s by quadrature."""
    found = kde.mean_field_capacity(n, float(n), 0.1)
    assert abs(found / p - 1) < 0.02
    known = max(mean_field_by_quadrature(n, float(n), s) for s in np.linspace(0.9, 0.999, 100))
    assert 1 - 1e-9 <= found / known < 1.001


@pytest.mark.parametrize(("n", "p", "tolerance"), [(5, 30.0, 0.1), (12, 343.0, 0.1), (8, 1e4, 0.05), (3, 1.1, 0.4)])
def test_mean_field_concentration_inverts_the_capacity(n: int, p: float, tolerance: float) -> None:
    kappa = kde.mean_field_concentration(n, p, tolerance)
    assert math.isclose(kde.mean_field_capacity(n, kappa, tolerance), p, rel_tol=1e-6)


def test_mean_field_capacity_is_infinite_where_the_shell_itself_is_a_mode() -> None:
    """In one word: a large κ in few dimensions, where the others' pull A(κs) ≥ s."""
    assert kde.mean_field_capacity(2, 50.0, 0.1) == math.inf


@pytest.mark.parametrize("concentration", [3.0, 5.0, 8.0, 12.0])
def test_capacity_saturates_at_a_fixed_concentration(concentration: float) -> None:
    """The limit n → ∞ of the mean field, and the largest (1−s)/s · e^{κs} on a grid."""
    found = kde.saturated_capacity(concentration, 0.1)
    s = np.linspace(0.9, 1, 100_001)
    assert math.isclose(found, ((1 - s) / s * np.exp(concentration * s)).max(), rel_tol=1e-6)
    assert math.isclose(found, kde.mean_field_capacity(10**7, concentration, 0.1), rel_tol=1e-4)


def test_half_of_the_points_are_kept_near_the_measured_capacity() -> None:
    """n = 8, h = 1, M = √8: the measured N₅₀ is 22, the mean field 34."""
    rng, radius = generator("tests", "half"), math.sqrt(8)

    def kept(p: int) -> float:
        found = []
        for _ in range(60):
            points = sphere(p, 8, rng, radius=radius, **HERE)
            ends = run(mean_shift(points, 1.0), points, steps=500, tolerance=1e-5 * radius).state
            found.append((torch.linalg.vector_norm(ends - points, dim=-1) < 0.1 * radius).double().mean().item())
        return float(np.mean(found))

    at = kept(11), kept(22), kept(68)
    assert at[0] > 0.7 > at[1] > 0.3 > at[2]


@pytest.mark.parametrize(
    ("apart", "bandwidth"), [(1.0, 0.6), (2.0, 1.0), (2.001, 1.0), (3.0, 1.0), (4.0, 0.5), (30.0, 1.0)]
)
def test_modes_of_two_points(apart: float, bandwidth: float) -> None:
    """Where mean shift ends, coming from a point."""
    points = torch.tensor([[-apart / 2], [apart / 2]], dtype=torch.float64)
    found = kde.two_point_mode(apart, bandwidth)
    assert abs(found - apart / 2 * math.tanh(found * apart / 2 / bandwidth**2)) < 1e-9
    assert (found > 0) is (apart > 2 * bandwidth)
    if apart != 2 * bandwidth:  # there it arrives only as 1/√steps
        end = run(mean_shift(points, bandwidth), points[1], steps=200_000, tolerance=1e-14).state.item()
        assert abs(end - found) < 1e-6


# --- numbers of every kind --------------------------------------------------------------------------------------------

PREDICTIONS = [subject for subject in SUBJECTS if str(subject).startswith("theory.")]


@pytest.mark.parametrize("kind", ["NumPy's", "arrays without axes", "tensors without axes"])
@pytest.mark.parametrize("subject", PREDICTIONS, ids=str)
def test_numbers_of_other_kinds_predict_the_same(subject: Subject, kind: str) -> None:
    def cast(value: Any) -> Any:
        if not isinstance(value, (int, float)):
            return value
        if kind.startswith("tensors"):
            return torch.tensor(value, dtype=torch.int32 if isinstance(value, int) else torch.float64)
        plain = np.int32(value) if isinstance(value, int) else np.float64(value)
        return np.array(plain) if kind.startswith("arrays") else plain

    with type_checker_away():
        known = subject.function(**subject.right)
        found = subject.function(**{name: cast(value) for name, value in subject.right.items()})
    assert type(found) is type(known) and np.array_equal(np.asarray(found), np.asarray(known), equal_nan=True)


def test_whole_numbers_of_numpy_do_not_overflow() -> None:
    """1000⁷ is beyond 64 bits, and so is 25¹⁴; of a lattice that is too large the message says so."""
    with type_checker_away():
        assert dense.capacity(np.int64(1000), np.int64(8), 0.01) == dense.capacity(1000, 8, 0.01) > 0
        assert dense.capacity_without_errors(np.int32(1000), np.int32(5)) == dense.capacity_without_errors(1000, 5) > 0
        for n in (25, np.int64(25)):
            with pytest.raises(ValueError, match="lattice of at most"):
                dense.one_step_error(n, 3, np.int64(14))
        assert dense.exponential_capacity_all(np.int64(70)) == dense.exponential_capacity_all(70)


def test_tiles_of_points_say_what_all_at_once_say(monkeypatch: pytest.MonkeyPatch) -> None:
    points = np.random.default_rng(0).standard_normal((40, 3))
    whole = attention._separation(points, 0, 40)
    parts = np.concatenate([attention._separation(points, start, start + 7) for start in range(0, 40, 7)])
    assert np.allclose(parts, whole, atol=1e-14, rtol=0)
    monkeypatch.setattr(kde, "ALL_PAIRS", 8)
    diameters = kde._diameter(points)
    monkeypatch.undo()
    assert diameters == pytest.approx(kde._diameter(points), rel=1e-14)

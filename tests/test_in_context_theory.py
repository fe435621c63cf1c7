"""The limits of learning in context against brute force, and the sampler's variances against its own recursion."""

import functools
import itertools
import math
from typing import Any

import numpy as np
import pytest
import torch
from scipy.special import logsumexp
from scipy.stats import multivariate_normal, norm
from strategies import refused

from amem.dynamics.noisy import NoisyDescent
from amem.energies import Energy
from amem.seeds import generator
from amem.tasks import GaussianMixtures, LinearRegressions
from amem.theory import in_context, langevin


def joint(points: np.ndarray, components: int, spread: float, scale: float) -> float:
    """The log density of all points together, labelling by labelling, from the covariance of points with a common
    mean."""

    @functools.cache
    def together(group: tuple[int, ...]) -> float:
        covariance = spread**2 * np.ones((len(group), len(group))) + scale**2 * np.eye(len(group))
        return sum(multivariate_normal(cov=covariance).logpdf(column) for column in points[list(group)].T)

    ways = [
        sum(together(group) for component in range(components) if (group := tuple(np.flatnonzero(labels == component))))
        for labels in map(np.array, itertools.product(range(components), repeat=len(points)))
    ]
    return float(logsumexp(ways)) - len(points) * math.log(components)


def drawn(count: int, *name: object) -> np.ndarray:
    rng = generator("in context theory", *name, count)
    return GaussianMixtures(3, 2.0, 0.4).draw(1, rng).sample(count, rng)[0].numpy()


@pytest.mark.parametrize("components", [1, 2, 3, 4])
@pytest.mark.parametrize("m", [1, 2, 5])
def test_the_exact_prediction_is_a_ratio_of_joint_densities(components: int, m: int) -> None:
    context, queries = drawn(m, "context", components), drawn(4, "queries")
    numbers = {"components": components, "spread": 2.0, "scale": 0.4}
    wanted = [joint(np.vstack([context, x]), **numbers) - joint(context, **numbers) for x in queries]
    found = in_context.predictive_log_density(context, queries, **numbers)
    assert np.allclose(found, wanted, rtol=1e-9, atol=1e-9)


FAR = {
    "two close, two alone": [(60.0, 0.0), (60.0, 1.0), (0.0, 60.0), (-60.0, 0.0)],
    "three close, far from the prior": [(60.0, 0.0), (60.0, 1.0), (60.0, -0.5), (0.0, 1.0)],
    "more clusters than components": [(12.0, 0.0), (-12.0, 0.0), (0.0, 12.0), (0.0, -12.0)],
}


@pytest.mark.parametrize("components", [1, 2, 3])
@pytest.mark.parametrize("context", FAR.values(), ids=FAR.keys())
def test_the_exact_prediction_far_from_the_prior(
    components: int, context: list[tuple[float, float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where densities are beyond the range of floating point, their ratio is not."""
    monkeypatch.setattr(in_context, "NEGLIGIBLE", 1e-300)  # which is not negligible for queries as far away
    shown = np.array(context)
    queries = shown.max() * np.array([(1.0, 0.005), (0.0, 0.0), (-0.5, 0.1)])
    numbers = {"components": components, "spread": 2.0, "scale": 0.4}
    wanted = [joint(np.vstack([shown, x]), **numbers) - joint(shown, **numbers) for x in queries]
    found = in_context.predictive_log_density(shown, queries, **numbers)
    assert np.isfinite(found).all() and np.allclose(found, wanted, rtol=1e-8)


@pytest.mark.parametrize("components", [1, 2, 3, 4])
def test_logarithms_give_the_same_sum(components: int, monkeypatch: pytest.MonkeyPatch) -> None:
    context, queries = drawn(7, "logarithms"), drawn(4, "queries")
    numbers = {"components": components, "spread": 2.0, "scale": 0.4}
    plain = in_context.predictive_log_density(context, queries, **numbers)
    monkeypatch.setattr(in_context, "GREATEST", -math.inf)
    assert np.allclose(in_context.predictive_log_density(context, queries, **numbers), plain, rtol=1e-12)


def test_nothing_known_is_the_marginal() -> None:
    queries = drawn(6, "marginal")
    found = in_context.predictive_log_density(queries[:0], queries, components=3, spread=2.0, scale=0.4)
    assert np.allclose(found, norm(scale=math.sqrt(4.16)).logpdf(queries).sum(1), rtol=1e-12)


def test_the_order_of_the_context_does_not_matter() -> None:
    context, queries = drawn(12, "order"), drawn(3, "order queries")
    numbers = {"components": 3, "spread": 2.0, "scale": 0.4}
    one, other = (in_context.predictive_log_density(c, queries, **numbers) for c in (context, context[::-1].copy()))
    assert np.allclose(one, other, rtol=1e-9)


def test_blocks_of_the_convolution_agree() -> None:
    """Subsets of twelve points pass through both ways in which the sum is split."""
    rng = np.random.default_rng(0)
    f, g = rng.random(2**12), rng.random(2**12)
    found = in_context._convolution(f, g, np.multiply, np.add)
    for s in (0, 5, 1234, 4095):
        inside = [a for a in range(s + 1) if a & s == a]
        assert math.isclose(found[s], sum(f[a] * g[s ^ a] for a in inside), rel_tol=1e-10)


def test_no_prediction_is_better_on_average() -> None:
    """The exact prediction beats the same formula with a wrong spread or scale, by more than chance, over 300 tasks."""
    rng = generator("in context theory", "average")
    points = GaussianMixtures(3, 2.0, 0.4).draw(300, rng).sample(7, rng).numpy()

    def losses(spread: float, scale: float) -> np.ndarray:
        numbers = {"components": 3, "spread": spread, "scale": scale}
        return np.array([-in_context.predictive_log_density(p[:6], p[6:], **numbers)[0] for p in points])

    best = losses(2.0, 0.4)
    for wrong in (losses(2.0, 0.6), losses(1.2, 0.4), losses(2.0, 0.28)):
        excess = wrong - best
        assert excess.mean() > 2 * excess.std() / math.sqrt(300)


@pytest.mark.parametrize(("n", "spread", "scale"), [(2, 2.0, 0.4), (2, 5.0, 0.33), (3, 1.0, 2.0)])
def test_the_nll_without_context_is_an_entropy(n: int, spread: float, scale: float) -> None:
    wanted = multivariate_normal(np.zeros(n), (spread**2 + scale**2) * np.eye(n)).entropy()
    assert math.isclose(in_context.no_context_nll(n, spread, scale), wanted, rel_tol=1e-12)


def test_the_entropy_of_mixtures_lies_between_its_bounds() -> None:
    lower, upper = in_context.entropy_bounds(2, 3, 0.4)
    assert math.isclose(upper, 2.104, abs_tol=5e-4) and math.isclose(upper - lower, math.log(3))
    rng = generator("in context theory", "bounds")
    for spread, end in ((1e-3, lower), (100.0, upper)):
        tasks = GaussianMixtures(3, spread, 0.4).draw(40, rng)
        entropy = -tasks.log_density(tasks.sample(5000, rng))
        assert abs(entropy.mean() - end) <= 4 * entropy.std() / math.sqrt(entropy.numel())


def test_the_least_error_of_a_line_is_that_of_ridge_regression() -> None:
    rng = generator("in context theory", "lines")
    lines = LinearRegressions(2.0, 1.0, 0.5).draw(20_000, rng)
    points = lines.sample(4, rng).numpy()
    x, y = points[:, :3, 0], points[:, :3, 1]
    slope = (x * y).sum(1) / ((x**2).sum(1) + 0.5**2 / 1.0**2)
    squares = (slope * points[:, 3, 0] - points[:, 3, 1]) ** 2
    wanted = in_context.slope_error(x, points[:, 3, 0], slope=1.0, noise=0.5)
    excess = squares - wanted
    assert abs(excess.mean()) <= 4 * excess.std() / math.sqrt(len(excess))


class Well(Energy):
    def __init__(self, curvature: float) -> None:
        super().__init__()
        self.curvature = curvature

    def forward(self, state: torch.Tensor) -> torch.Tensor:
        return self.curvature * state.square().sum(-1) / 2


@pytest.mark.parametrize(("steps", "pull"), [(1, 0.3), (8, 0.24), (20, 1.7)])
def test_variances_follow_the_sampler(steps: int, pull: float) -> None:
    rng = generator("in context theory", "variance", steps, pull)
    state = 2 * torch.randn(20_000, 2, generator=rng, dtype=torch.float64)
    move = NoisyDescent(step=0.1, noise=0.5, noise_first=False).update(Well(pull / 0.1), rng)
    for _ in range(steps):
        state = move(state).detach()
    wanted = langevin.variance_after(steps, pull / 0.1, 0.1, 0.5, 4.0)
    assert abs(float(state.square().mean()) / wanted - 1) <= 4 * math.sqrt(2 / state.numel())


def test_variances_come_to_rest() -> None:
    for pull in (0.1, 1.0, 1.9):
        rest = langevin.stationary_variance(pull / 0.1, 0.1, 0.5)
        assert math.isclose(langevin.variance_after(2000, pull / 0.1, 0.1, 0.5, 7.0), rest, rel_tol=1e-9)
    assert langevin.stationary_variance(20.0, 0.1, 0.5) == math.inf


def test_the_learned_curvature_gives_the_data_their_variance() -> None:
    numbers = {"steps": 8, "step": 0.1, "noise": 0.1, "start": 12.0}
    k = langevin.learned_curvature(4.16, **numbers)
    assert math.isclose(langevin.variance_after(8, k, 0.1, 0.1, 12.0), 4.16, rel_tol=1e-9)
    assert math.isclose(k * 0.1, 10 * langevin.learned_curvature(4.16, **{**numbers, "step": 1.0}) * 0.1, rel_tol=1e-9)


def test_no_curvature_where_there_is_none() -> None:
    numbers = {"steps": 8, "step": 0.1, "start": 12.0}
    assert math.isnan(langevin.learned_curvature(0.16, noise=0.41, **numbers)), "noise wider than the data"
    assert not math.isnan(langevin.learned_curvature(0.16, noise=0.39, **numbers))
    assert math.isnan(langevin.learned_curvature(13.0, noise=0.1, **numbers)), "data wider than the start"


def predicted(**other: Any) -> None:
    numbers = {"context": np.ones((2, 2)), "queries": np.ones((1, 2)), "components": 2, "spread": 1.0, "scale": 1.0}
    in_context.predictive_log_density(**(numbers | other))


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: in_context.no_context_nll(0, 1.0, 1.0), "n"),
        (lambda: in_context.no_context_nll(2, 0.0, 1.0), "spread"),
        (lambda: in_context.entropy_bounds(2, 0, 1.0), "components"),
        (lambda: in_context.slope_error(np.ones(2), np.array(1.0), slope=1.0, noise=0.0), "noise"),
        (lambda: predicted(context=np.ones((2, 3))), "context"),
        (lambda: predicted(context=np.full((2, 2), math.nan)), "context"),
        (lambda: predicted(queries=np.full((1, 2), math.inf)), "queries"),
        (lambda: predicted(spread=-1.0), "spread"),
        (lambda: predicted(scale=0.0), "scale"),
        (lambda: langevin.stationary_variance(1.0, 0.0, 1.0), "step"),
        (lambda: langevin.variance_after(-1, 1.0, 1.0, 1.0, 1.0), "steps"),
        (lambda: langevin.learned_curvature(0.0, steps=1, step=1.0, noise=1.0, start=1.0), "variance"),
    ],
)
def test_bad_input_is_named(call, name: str) -> None:
    with pytest.raises(ValueError, match=rf"^{name}: wanted"):
        call()


def test_words_are_no_numbers() -> None:
    for name in ("spread", "scale", "components"):
        refused(name, lambda name=name: predicted(**{name: "a"}))

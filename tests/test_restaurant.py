"""Memories on demand: laws that clusterings must obey, second roads to their numbers, and the estimators' manners."""

import itertools
import math
from collections.abc import Callable
from unittest import SkipTest

import numpy as np
import pytest
import torch
from conftest import DEVICES
from scipy.stats import multivariate_normal
from sklearn.base import clone
from sklearn.metrics import adjusted_rand_score
from sklearn.utils.estimator_checks import estimator_checks_generator
from strategies import refused, type_checker_away
from torch import Tensor

from amem.energies.assignment import AssignmentEnergy
from amem.energies.sphere import VonMisesFisher as Density
from amem.learning import kernels, restaurant, streams
from amem.learning.conjugate import Categorical, Gaussian, Likelihood, VonMisesFisher
from amem.learning.dp_means import dp_means, online_dp_means
from amem.learning.estimators import DPMeans, DynamicalRestaurantClustering, RestaurantClustering
from amem.learning.restaurant import Restaurant, settings
from amem.learning.streams import DynamicalRestaurant
from amem.seeds import generator
from amem.theory import restaurant as theory

KERNELS = [kernels.constant(), kernels.exponential(0.3), kernels.oscillator(0.7), kernels.hyperbolic(0.2)]
BY_NAME = {kernel.name: kernel for kernel in KERNELS}


def clouds(runs: int, count: int, n: int, name: str = "clouds") -> Tensor:
    rng = generator("tests", "restaurant", name, runs, count, n)
    means = 4 * torch.randn(runs, 4, n, generator=rng, dtype=torch.float64)
    chosen = torch.randint(4, (runs, count), generator=rng)
    noise = torch.randn(runs, count, n, generator=rng, dtype=torch.float64)
    return means.gather(1, chosen[..., None].expand(runs, count, n)) + noise


def on_sphere(count: int, n: int) -> Tensor:
    draw = torch.randn(count, n, generator=generator("tests", "sphere", count, n), dtype=torch.float64)
    return torch.nn.functional.normalize(draw, dim=-1)


# --- CLAM+CRP+ELBO ----------------------------------------------------------------------------------------------------


class TestRestaurant:
    def test_log_joint_is_the_densities_of_scipy(self) -> None:
        points = clouds(1, 30, 3)
        network = Restaurant(3, **settings(alpha=1.3, beta=0.8, rho=0.2, discount=0.3))
        network.learn(points)
        x = points[0, 0] + 0.1
        number = int(network.number)
        expected = [
            math.log(network.counts[0, k] - 0.3)
            + multivariate_normal(network.memories[0, k].numpy(), 1 / 0.8).logpdf(x.numpy())
            for k in range(number)
        ]
        new = math.log(1.3 + 0.3 * number) + multivariate_normal(np.zeros(3), 1 / 0.8 + 1 / 0.2).logpdf(x.numpy())
        found = network.log_joint(x[None])[0]
        assert np.allclose(found[:number], expected, atol=1e-12) and float(found[-1]) == pytest.approx(new)
        assert torch.isneginf(found[number:-1]).all()

    def test_without_normalisers_new_memories_gain_a_known_factor(self) -> None:
        points, numbers = clouds(1, 5, 4), settings(alpha=1.0, beta=2.0, rho=0.1)
        odds = []
        for normalised in (True, False):
            network = Restaurant(4, **numbers, normalised=normalised)
            network.see(points[:, 0])
            log_joint = network.log_joint(points[:, 1])[0]
            odds.append(log_joint[-1] - log_joint[0])
        assert float(odds[1] - odds[0]) == pytest.approx(2 * math.log1p(20))

    @pytest.mark.parametrize("hard", [True, False])
    def test_memories_are_the_conjugate_means(self, hard: bool) -> None:
        points = clouds(3, 60, 2)
        network = Restaurant(2, **settings(alpha=[0.1, 1.0, 5.0], beta=0.7, rho=0.3), hard=hard)
        shares = network.learn(points)
        held = shares.sum(1)
        means = torch.einsum("rck,rcn->rkn", shares, points) / (held + 0.3 / 0.7)[..., None]
        assert torch.allclose(network.memories, means, atol=1e-12)
        assert torch.allclose(shares.sum(-1), torch.ones(3, 60, dtype=torch.float64))
        assert not hard or bool(((shares == 0) | (shares == 1)).all())

    def test_runs_do_not_see_one_another(self) -> None:
        points, alphas = clouds(4, 80, 3), [0.01, 1.0, 100.0, 1e6]
        together = Restaurant(3, **settings(alpha=alphas, beta=1.0, rho=0.1)).learn(points).argmax(-1)
        for run, alpha in enumerate(alphas):
            alone = Restaurant(3, **settings(alpha=alpha, beta=1.0, rho=0.1)).learn(points[run : run + 1]).argmax(-1)
            assert torch.equal(together[run], alone[0])

    def test_extremes_of_alpha(self) -> None:
        points = clouds(2, 50, 2)
        for alpha, number in ((1e-300, 1), (1e300, 50)):
            network = Restaurant(2, **settings(alpha=[alpha] * 2, beta=1.0, rho=0.1))
            network.learn(points)
            assert network.number.tolist() == [number] * 2

    def test_forgetting_undoes_seeing(self) -> None:
        points = clouds(2, 40, 3)
        network = Restaurant(3, **settings(alpha=[1.0, 10.0], beta=1.0, rho=0.1))
        network.learn(points)
        counts, sums = network.counts, network.sums
        share = network.see(points[:, 7])
        network.forget(points[:, 7], share)
        room = counts.shape[1]
        assert torch.allclose(network.counts[:, :room], counts) and torch.allclose(network.sums[:, :room], sums)

    def test_further_passes_keep_every_point_once(self) -> None:
        points = clouds(2, 40, 3)
        network = Restaurant(3, **settings(alpha=[1.0, 10.0], beta=1.0, rho=0.1))
        shares = network.learn(points, passes=4)
        assert torch.allclose(network.counts.sum(-1), torch.full((2,), 40.0, dtype=torch.float64))
        assert torch.allclose(network.counts, shares.sum(1), atol=1e-9)

    def test_decisions_are_those_of_theory_and_a_lost_half_would_show(self) -> None:
        points = clouds(20, 30, 2)
        network = Restaurant(2, **settings(alpha=[1.0] * 20, beta=1.5, rho=0.1, discount=0.2))
        wrong = {0.5: 0, 1.0: 0}
        for x in points.unbind(1):
            there, before = network.counts > 0, network.number.clone()
            apart = (x[:, None] - network.memories).square().sum(-1).masked_fill(~there, math.inf)
            beyond = theory.creation_distance(
                network.counts.clamp_min(0.3).numpy(), x.square().sum(-1)[:, None].numpy(), n=2,
                memories=before[:, None].numpy(), alpha=1.0, beta=1.5, rho=0.1, discount=0.2,
            )  # fmt: skip
            network.see(x)
            made = (network.number > before).numpy()
            for factor in wrong:
                wrong[factor] += int(((apart.numpy() > factor * beyond).all(-1) != made).sum())
        assert wrong[1.0] == 0 and wrong[0.5] > 20

    @pytest.mark.parametrize("steps", [1, 5])
    def test_few_steps_are_the_energys_own_dynamics(self, steps: int) -> None:
        points = clouds(1, 20, 3)
        network = Restaurant(3, **settings(alpha=1.0, beta=0.3, rho=0.1), steps=steps)
        network.learn(points[:, :10])
        log_joint = network.log_joint(points[:, 10])[0]
        energy = AssignmentEnergy(log_joint[log_joint.isfinite()])
        v = torch.zeros_like(energy.log_joint)
        for _ in range(steps):
            v = v + energy.force(v)
        q = torch.zeros_like(log_joint).masked_scatter(log_joint.isfinite(), v.softmax(-1))
        assert torch.allclose(network._assign(log_joint[None])[0], q, atol=1e-14)

    def test_many_steps_reach_the_posterior(self) -> None:
        log_joint = torch.tensor([[-1.0, -math.inf, 0.5, -3.0]], dtype=torch.float64)
        network = Restaurant(1, **settings(alpha=1.0, beta=1.0, rho=1.0), steps=3000)
        assert torch.allclose(network._assign(log_joint), log_joint.softmax(-1), atol=1e-10)

    def test_too_many_memories_say_so(self) -> None:
        network = Restaurant(2, **settings(alpha=1e9, beta=1.0, rho=1.0), max_memories=5)
        with pytest.raises(RuntimeError, match="max_memories: wanted room"):
            network.learn(clouds(1, 6, 2))

    def test_bad_input_is_named(self) -> None:
        good = settings(alpha=1.0, beta=1.0, rho=1.0, discount=0.0)
        for name in good:
            refused(name, lambda name=name: Restaurant(2, **good | settings(**{name: -1.0})))
        refused("discount", lambda: Restaurant(2, **good | settings(discount=1.0)))
        refused("beta", lambda: Restaurant(2, **good | settings(beta=[1.0, 2.0])))
        refused("n", lambda: Restaurant(0, **good))
        refused("max_memories", lambda: Restaurant(2, **good, max_memories=0))
        refused("steps", lambda: Restaurant(2, **good, steps=0))
        refused("passes", lambda: RestaurantClustering(passes=0).fit(np.ones((3, 2))))

    @pytest.mark.parametrize("device", DEVICES, ids=str)
    def test_same_on_every_device(self, device: torch.device) -> None:
        points = clouds(2, 60, 3)
        numbers = settings(alpha=[1.0, 3.0], beta=1.0, rho=0.1)
        here = Restaurant(3, **numbers).learn(points)
        there = Restaurant(3, **{name: value.to(device) for name, value in numbers.items()}).learn(points.to(device))
        assert torch.allclose(there.cpu(), here, atol=1e-10)


# --- DP-means ---------------------------------------------------------------------------------------------------------


def objective(points: Tensor, labels: Tensor, threshold: float) -> float:
    total = threshold * len(labels.unique())
    for label in labels.unique():
        inside = points[labels == label]
        total += float((inside - inside.mean(0)).square().sum())
    return total


class TestDPMeans:
    def test_the_objective_never_rises(self) -> None:
        points = clouds(3, 80, 2)
        for run in range(3):
            costs = [
                objective(points[run], dp_means(points, points.new_tensor([2.0, 9.0, 40.0]), passes).labels[run], bound)
                for passes in range(1, 8)
                for bound in [(2.0, 9.0, 40.0)[run]]
            ]
            assert (np.diff(costs) <= 1e-9).all() and costs[-1] < costs[0]

    def test_at_rest_no_point_wants_to_leave(self) -> None:
        points, threshold = clouds(2, 80, 2), 9.0
        found = dp_means(points, points.new_full((2,), threshold), 100)
        apart = (points[:, :, None] - found.centres[:, None]).square().sum(-1)
        apart = apart.masked_fill(found.counts[:, None] == 0, math.inf)
        own = apart.gather(-1, found.labels[..., None])[..., 0]
        assert (own <= threshold).all() and torch.equal(own, apart.min(-1).values)

    def test_online_centres_are_means_of_their_points(self) -> None:
        points = clouds(2, 80, 3)
        found = online_dp_means(points, points.new_full((2,), 12.0))
        for run, label in itertools.product(range(2), range(3)):
            inside = points[run][found.labels[run] == label]
            assert torch.allclose(found.centres[run, label], inside.mean(0)) and found.counts[run, label] == len(inside)

    def test_without_price_the_first_points_are_the_centres_of_k_means(self) -> None:
        points = clouds(2, 50, 2)
        found = online_dp_means(points, points.new_zeros(2), torch.tensor([3, 7]))
        assert found.labels[0, :3].tolist() == [0, 1, 2] and found.labels[1, :7].tolist() == list(range(7))
        assert found.labels.max(-1).values.tolist() == [2, 6]

    def test_extremes_of_the_price(self) -> None:
        points = clouds(1, 30, 2)
        for make in (lambda bound: dp_means(points, bound), lambda bound: online_dp_means(points, bound)):
            assert len(make(points.new_tensor([1e9])).labels.unique()) == 1
            assert len(make(points.new_tensor([0.0])).labels.unique()) == 30

    def test_it_is_the_limit_of_the_network(self) -> None:
        points, threshold, beta, rho = clouds(3, 100, 2), 16.0, 30.0, 0.01
        alpha = math.exp(theory.dp_means_log_alpha(threshold, n=2, beta=beta, rho=rho))
        network = Restaurant(2, **settings(alpha=[alpha] * 3, beta=beta, rho=rho), hard=True)
        same = network.learn(points).argmax(-1) == online_dp_means(points, points.new_full((3,), threshold)).labels
        assert same.double().mean() > 0.97

    def test_the_estimator_makes_so_many_passes(self) -> None:
        points = clouds(1, 80, 2)
        found = {passes: dp_means(points, points.new_tensor([9.0]), passes) for passes in (1, 2, 8)}
        assert not torch.allclose(found[1].centres, found[8].centres)
        for passes, partition in found.items():
            centres = DPMeans(threshold=9.0, passes=passes).fit(points[0].numpy()).cluster_centers_
            assert np.allclose(centres, partition.centres[0, partition.counts[0] > 0])

    def test_bad_input_is_named(self) -> None:
        points = clouds(2, 10, 2)
        refused("points", lambda: dp_means(points[0], points.new_ones(2)))
        refused("threshold", lambda: dp_means(points, -points.new_ones(2)))
        refused("threshold", lambda: online_dp_means(points, points.new_ones(3)))
        refused("passes", lambda: dp_means(points, points.new_ones(2), 0))


# --- kernels and conjugate families -----------------------------------------------------------------------------------


class TestKernels:
    @pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
    def test_stream_is_the_sum_over_the_past(self, kernel: kernels.Kernel) -> None:
        rng = generator("tests", "kernel", kernel.name)
        times = torch.rand(30, generator=rng, dtype=torch.float64).mul(40).sort().values.tolist()
        visits = torch.rand(30, 2, 5, generator=rng, dtype=torch.float64)
        state = kernel.start(5, torch.ones(2, dtype=torch.float64))
        for n, time in enumerate(times):
            state = kernel.later(state, time - times[n - 1] if n else 0.0)
            gaps = torch.tensor(kernel(time - np.array(times[:n])), dtype=torch.float64)
            direct = (gaps[:, None, None] * visits[:n]).sum(0)
            assert torch.allclose(kernel.occupancy(state), direct, atol=1e-12)
            state = state + visits[n][:, None]

    def test_kernels_are_their_formulas(self) -> None:
        gaps = np.geomspace(0.01, 1e4, 200)
        formulas = (np.ones_like(gaps), np.exp(-0.3 * gaps), 0.5 + 0.5 * np.cos(0.7 * gaps), 1 / (1 + 0.2 * gaps))
        bound = 2 * math.sqrt(8 * math.pi**2) * math.exp(-2 * math.pi**2)
        for kernel, formula in zip(KERNELS, formulas, strict=True):
            assert np.abs(kernel(gaps) - formula).max() <= (bound if kernel.name == "hyperbolic" else 1e-12)

    @pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
    def test_the_matrix_is_the_kernel_of_every_gap(self, kernel: kernels.Kernel) -> None:
        times = [5.0, 0.0, 2.0, 7.5, 2.0, math.pi / 0.7]  # the oscillator is 0 half a period after 0
        found = kernel.matrix(times)
        for n, one in enumerate(times):
            for m, other in enumerate(times):
                assert abs(found[n, m] - max(float(kernel(abs(one - other))), 0.0)) <= 1e-15
        assert found.min() >= 0 and np.array_equal(found, found.T)

    def test_rounding_below_zero_is_cut(self) -> None:
        assert kernels.Kernel("negative", (0.0,), (-1e-17,)).matrix([0.0, 1.0]).max() == 0

    def test_bad_input_is_named(self) -> None:
        for times in ([[0.0]], [math.nan], [math.inf, 0.0]):
            refused("times", lambda times=times: kernels.constant().matrix(times))
        refused("rate", lambda: kernels.exponential(0.0))
        refused("rate", lambda: kernels.hyperbolic(-1.0))
        refused("frequency", lambda: kernels.oscillator(0.0))
        refused("weights", lambda: kernels.Kernel("odd", (0.0, 1.0), (1.0,)))


def families() -> list[tuple[str, Likelihood, Tensor]]:
    values = torch.randint(3, (12, 4), generator=generator("tests", "values")).double()
    return [
        ("Gaussian", Gaussian(2.0, 0.3), clouds(1, 12, 3)[0]),
        ("Categorical", Categorical((0.5, 1.0, 2.0)), values),
        ("VonMisesFisher", VonMisesFisher(7.0), on_sphere(12, 5)),
    ]


@pytest.mark.parametrize(("name", "family", "points"), families(), ids=[name for name, *_ in families()])
class TestConjugate:
    def test_order_does_not_matter(self, name: str, family: Likelihood, points: Tensor) -> None:
        """∏ predictive is the evidence of all points, an exchangeable number."""
        evidence = []
        for order in (range(12), reversed(range(12))):
            belief, total = family.prior(1, points[:1]), 0.0
            for place in order:
                x = points[place : place + 1]
                total += float(family.predictive(belief, x))
                belief = family.updated(belief, x, torch.ones(1, 1, dtype=torch.float64))
            evidence.append(total)
        assert evidence[0] == pytest.approx(evidence[1], rel=1e-10)

    def test_expectation_inside_the_logarithm_is_never_more(
        self, name: str, family: Likelihood, points: Tensor
    ) -> None:
        belief = family.prior(1, points[:1])
        for x in points[:8].split(1):
            assert float(family.expected(belief, x)) <= float(family.predictive(belief, x)) + 1e-12
            belief = family.updated(belief, x, torch.ones(1, 1, dtype=torch.float64))

    def test_expectation_is_an_average_over_beliefs(self, name: str, family: Likelihood, points: Tensor) -> None:
        """Parameters drawn from the belief after eight points: log densities and densities, averaged."""
        one = torch.ones(1, 1, dtype=torch.float64)
        belief = family.prior(1, points[:1])
        for x in points[:8].split(1):
            belief = family.updated(belief, x, one)
        x, rng, draws = points[9], generator("tests", "belief", name), 40_000
        if isinstance(family, Gaussian):
            held, mean = belief
            noise = torch.randn(draws, 3, generator=rng, dtype=torch.float64)
            mu = mean[0, 0] + noise / (0.3 + 2.0 * held[0, 0]).sqrt()
            logs = 1.5 * math.log(2.0 / (2 * math.pi)) - (x - mu).square().sum(-1)
        elif isinstance(family, Categorical):
            gammas = torch.from_numpy(np.random.default_rng(0).gamma(belief[0][0, 0].numpy(), size=(draws, 4, 3)))
            logs = (gammas / gammas.sum(-1, keepdim=True))[:, range(4), x.long()].log().sum(-1)
        else:
            total = belief[0][0, 0]
            m = Density(total / total.norm(), total.norm()).sample((draws,), generator=rng)
            logs = Density(m, torch.full((draws,), 7.0, dtype=torch.float64)).log_prob(x)
        mean, error = logs.mean(), logs.std() / math.sqrt(draws)
        assert abs(float(family.expected(belief, x[None])) - mean) <= 4 * error
        density, spread = logs.exp().mean(), logs.exp().std() / math.sqrt(draws)
        assert abs(math.exp(float(family.predictive(belief, x[None]))) - density) <= 4 * spread

    def test_half_a_point_twice_is_a_point(self, name: str, family: Likelihood, points: Tensor) -> None:
        once = family.updated(family.prior(2, points[:1]), points[:1], torch.ones(1, 2, dtype=torch.float64))
        twice = family.prior(2, points[:1])
        for _ in range(2):
            twice = family.updated(twice, points[:1], torch.full((1, 2), 0.5, dtype=torch.float64))
        assert all(torch.allclose(*pair, atol=1e-12) for pair in zip(once, twice, strict=True))


def test_damped_means_lag_behind() -> None:
    x, half = torch.ones(1, 2, dtype=torch.float64), torch.full((1, 1), 0.5, dtype=torch.float64)
    plain, damped = Gaussian(4.0, 1.0), Gaussian(4.0, 1.0, damped=True)
    first = plain.updated(plain.prior(1, x), x, 2 * half)
    means = [float(family.updated(first, 3 * x, half)[1][0, 0, 0]) for family in (plain, damped)]
    start = float(first[1][0, 0, 0])
    assert means[1] - start == pytest.approx((means[0] - start) * 0.5 / 1.5)


def test_bad_likelihoods_are_named() -> None:
    refused("beta", lambda: Gaussian(beta=0.0))
    refused("rho", lambda: Gaussian(rho=torch.tensor([1.0, -1.0])))
    refused("kappa", lambda: VonMisesFisher(-1.0))
    refused("pseudo_counts", lambda: Categorical((1.0,)))
    refused("pseudo_counts", lambda: Categorical((1.0, 0.0)))
    x = torch.full((1, 2), 0.5, dtype=torch.float64)
    refused("x", lambda: Categorical((1.0, 1.0)).predictive(Categorical((1.0, 1.0)).prior(1, x), x))


# --- the dynamical restaurant -----------------------------------------------------------------------------------------


def flat() -> Gaussian:
    """A likelihood that says nothing: points of enormous variance."""
    return Gaussian(1e-12, 1.0)


class TestDynamical:
    @pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
    @pytest.mark.parametrize("collapsed", [True, False])
    def test_prior_adds_up_to_one_and_new_is_as_theory_says(self, kernel: kernels.Kernel, collapsed: bool) -> None:
        points = clouds(2, 40, 3)
        alpha = points.new_tensor([0.5, 4.0])
        network = DynamicalRestaurant(alpha, kernel, Gaussian(1.0, 0.1), collapsed=collapsed)
        times = np.arange(40.0)
        weights = kernel(np.abs(times[:, None] - times)).clip(0)
        for n, x in enumerate(points.unbind(1)):
            prior = network.prior(times[n])
            assert torch.allclose(prior.sum(-1), torch.ones(2, dtype=torch.float64), atol=1e-9)
            expected = [theory.new_table_chances(weights, float(a))[n] for a in alpha]
            assert np.allclose(prior[:, -1], expected, atol=1e-9)
            network.see(x, times[n])

    @pytest.mark.parametrize("kernel", KERNELS, ids=lambda kernel: kernel.name)
    def test_without_evidence_it_is_the_recursion(self, kernel: kernels.Kernel) -> None:
        """The number of memories is then Poisson-binomial with the prior's own chances."""
        points = clouds(1, 25, 2)
        found = DynamicalRestaurant(points.new_tensor([2.0]), kernel, flat(), collapsed=True).learn(points)
        times = np.arange(25.0)
        chances = theory.new_table_chances(kernel(np.abs(times[:, None] - times)).clip(0), 2.0)
        assert np.allclose(found.opened[0], chances, atol=1e-6)

    def test_with_certain_memories_beliefs_are_the_batch_posterior(self) -> None:
        rng = generator("tests", "certain")
        truth = torch.randint(3, (60,), generator=rng)
        means = 50 * torch.eye(3, dtype=torch.float64)
        points = (means[truth] + 0.3 * torch.randn(60, 3, generator=rng, dtype=torch.float64))[None]
        network = DynamicalRestaurant(points.new_tensor([1.0]), kernels.constant(), Gaussian(10.0, 0.001))
        found = network.learn(points)
        assert int(network.made) == 3 and network.belief is not None
        for place in range(3):
            inside = points[0, found.labels[0] == place]
            expected = inside.sum(0) * 10 / (0.001 + 10 * len(inside))
            assert torch.allclose(network.belief[1][0, place], expected, atol=1e-9)
            assert float(network.belief[0][0, place]) == pytest.approx(len(inside))

    def test_the_first_two_points_by_hand(self) -> None:
        """Collapsed, it is Bayes: the second point joins the first with the odds of its predictive densities."""
        points = torch.tensor([[[1.0, 0.0], [1.5, 0.5]]], dtype=torch.float64)
        kernel, alpha, beta, rho = kernels.exponential(0.4), 0.7, 2.0, 0.5
        network = DynamicalRestaurant(points.new_tensor([alpha]), kernel, Gaussian(beta, rho), collapsed=True)
        found = network.learn(points)
        mean, variance = 2.0 / 2.5, 1 / beta + 1 / (rho + beta)
        join = math.exp(-0.4) * multivariate_normal([mean, 0.0], variance).pdf([1.5, 0.5])
        new = alpha * multivariate_normal([0.0, 0.0], 1 / beta + 1 / rho).pdf([1.5, 0.5])
        assert float(found.opened[0, 1]) == pytest.approx(new / (new + join), rel=1e-12)
        assert found.opened[0, 0] == 1

    def test_a_memory_has_one_name(self) -> None:
        """A far cluster after a doubtful point: all of its points answer to one memory, hardly to any other."""
        rng = generator("tests", "name")
        near = torch.tensor([[0.0], [2.0]], dtype=torch.float64)
        far = 40 + 0.1 * torch.randn(20, 1, generator=rng, dtype=torch.float64)
        found = DynamicalRestaurant(far.new_tensor([1.0]), kernels.constant(), Gaussian(1.0, 0.001)).learn(
            torch.cat([near, far])[None]
        )
        later = found.shares[0, 2:]
        assert len(later.argmax(-1).unique()) == 1 and float(later.max(-1).values.min()) > 0.95

    def test_forgetting_is_by_gaps_in_time(self) -> None:
        points = clouds(1, 30, 2)
        times = np.cumsum(np.random.default_rng(0).random(30))
        one, two = (
            DynamicalRestaurant(points.new_tensor([2.0]), kernels.exponential(rate), Gaussian(1.0, 0.1))
            .learn(points, factor * times)
            .shares
            for rate, factor in ((0.5, 1.0), (0.25, 2.0))
        )
        assert torch.allclose(one, two, atol=1e-10)

    def test_a_stream_in_two_parts_is_one_stream(self) -> None:
        points = clouds(2, 40, 2)
        whole, parts = (
            DynamicalRestaurant(points.new_tensor([1.0, 3.0]), kernels.hyperbolic(0.1), Gaussian(1.0, 0.1))
            for _ in range(2)
        )
        labels = whole.learn(points).labels
        split = [parts.learn(part).labels for part in points.split((15, 25), 1)]
        assert torch.equal(torch.cat(split, 1), labels)

    @pytest.mark.parametrize(
        "kernel", [*KERNELS[:1], kernels.exponential(0.05), *KERNELS[2:]], ids=lambda kernel: kernel.name
    )
    @pytest.mark.parametrize("collapsed", [True, False])
    def test_suspicions_are_given_up_and_little_else_changes(
        self, kernel: kernels.Kernel, collapsed: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """On a long stream places do not run out, memories keep their names, and the prior still adds up."""
        rng = generator("tests", "long")
        truth = torch.randint(4, (800,), generator=rng)
        means = 6 * torch.tensor([[1.0, 1.0], [-1.0, 1.0], [0.0, -1.0], [2.0, -2.0]], dtype=torch.float64)
        points = (means[truth] + torch.randn(800, 2, generator=rng, dtype=torch.float64))[None]
        start: Callable[[int], DynamicalRestaurant] = lambda places: DynamicalRestaurant(  # noqa: E731
            points.new_tensor([1.0]), kernel, Gaussian(1.0, 0.03), collapsed=collapsed, max_memories=places
        )
        network = start(64)
        labels = network.learn(points).labels[0]
        assert int(network.number) <= 64 < int(network.made)
        assert float(network.held.sum()) == pytest.approx(800)
        total = kernel(np.arange(1.0, 801.0)).sum()
        assert float(network.prior(801.0)[0, -1]) == pytest.approx(1 / (1 + total), abs=1e-9)
        main = [int(labels[truth == cluster].mode().values) for cluster in range(4)]
        assert len(set(main)) == 4 and set(main) <= set(network.names[0].tolist())
        monkeypatch.setattr(streams, "FAINT", 0.0)
        keeps = start(2000)
        assert adjusted_rand_score(keeps.learn(points).labels[0], labels) > 0.99
        assert int(keeps.number) == int(keeps.made)
        with pytest.raises(RuntimeError, match="max_memories: wanted room"):
            start(64).learn(points)

    def test_runs_do_not_see_one_another(self) -> None:
        points, alphas = clouds(3, 150, 2), [0.01, 1.0, 30.0]
        kernel, gaussian = kernels.exponential(0.3), Gaussian(1.0, 0.1)
        together = DynamicalRestaurant(points.new_tensor(alphas), kernel, gaussian).learn(points)
        for run, alpha in enumerate(alphas):
            alone = DynamicalRestaurant(points.new_tensor([alpha]), kernel, gaussian).learn(points[run : run + 1])
            assert torch.equal(together.labels[run], alone.labels[0])
            assert torch.allclose(together.opened[run], alone.opened[0], atol=1e-12)

    @pytest.mark.parametrize("sweeps", [1, 3])
    def test_a_mean_field_step_by_hand(self, sweeps: int) -> None:
        """Two points in one dimension: q and the belief of the first memory take turns, so many times."""
        alpha, beta, rho, x = 0.7, 2.0, 0.5, (1.0, 1.6)
        held, mean = 1.0, beta * x[0] / (rho + beta)
        new = alpha * multivariate_normal([0.0], 1 / beta + 1 / rho).pdf(x[1])
        precision, chance = rho + beta * held, 0.0
        for _ in range(sweeps):
            spread = (x[1] - mean) ** 2 + 1 / precision
            join = held * math.sqrt(beta / (2 * math.pi)) * math.exp(-beta / 2 * spread)
            chance = join / (join + new)
            precision = rho + beta * (held + chance)
            mean = beta * (x[0] + chance * x[1]) / precision
        points = torch.tensor(x, dtype=torch.float64)[None, :, None]
        network = DynamicalRestaurant(
            points.new_tensor([alpha]), kernels.constant(), Gaussian(beta, rho), sweeps=sweeps
        )
        assert float(network.learn(points).shares[0, 1, 0]) == pytest.approx(chance, rel=1e-12)

    def test_rooms_of_binary_landmarks_are_told_apart(self) -> None:
        rng = np.random.default_rng(3)
        looks = rng.random((3, 40)) < 0.5
        truth = rng.integers(3, size=80)
        seen = torch.from_numpy((looks[truth] ^ (rng.random((80, 40)) < 0.05)).astype(float))[None]
        network = DynamicalRestaurant(seen.new_tensor([1.0]), kernels.exponential(0.01), Categorical(), collapsed=True)
        labels = network.learn(seen).labels[0]
        assert len({pair for pair in zip(labels.tolist(), truth.tolist(), strict=True)}) == 3 == len(labels.unique())

    def test_errors_are_named(self) -> None:
        one, x = torch.ones(1, dtype=torch.float64), torch.zeros(1, 2, dtype=torch.float64)
        make: Callable[..., DynamicalRestaurant] = lambda **more: DynamicalRestaurant(  # noqa: E731
            one, kernels.constant(), Gaussian(), **more
        )
        refused("alpha", lambda: DynamicalRestaurant(-one, kernels.constant(), Gaussian()))
        refused("sweeps", lambda: make(sweeps=0))
        refused("max_memories", lambda: make(max_memories=0))
        refused("times", lambda: make().learn(x[None], [1.0, 2.0]))
        network = make()
        with pytest.raises(ValueError, match="must have seen a point"):
            network.log_joint(x)
        network.see(x, 3.0)
        refused("time", lambda: network.see(x, 2.0))
        with pytest.raises(RuntimeError, match="max_memories: wanted room"):
            DynamicalRestaurant(1e9 * one, kernels.constant(), Gaussian(), max_memories=3).learn(clouds(1, 5, 2))

    @pytest.mark.parametrize("device", DEVICES, ids=str)
    def test_same_on_every_device(self, device: torch.device) -> None:
        points = clouds(2, 40, 3)
        here, there = (
            DynamicalRestaurant(moved.new_tensor([1.0, 3.0]), kernels.oscillator(0.5), Gaussian(1.0, 0.1)).learn(moved)
            for moved in (points, points.to(device))
        )
        assert torch.allclose(there.shares.cpu(), here.shares, atol=1e-9)


# --- estimators -------------------------------------------------------------------------------------------------------

ESTIMATORS = [RestaurantClustering(), RestaurantClustering(hard=True, passes=2), DPMeans(), DPMeans(online=True)]
ESTIMATORS += [DynamicalRestaurantClustering(), DynamicalRestaurantClustering(collapsed=True)]


def scikit_learns() -> list[object]:
    return [
        pytest.param(check, estimator, id=f"{type(estimator).__name__}-{place}-{check.func.__name__}")
        for place, estimator in enumerate(ESTIMATORS[:1] + ESTIMATORS[2:3] + ESTIMATORS[4:5])
        for _, check in estimator_checks_generator(estimator)
    ]


@pytest.mark.parametrize(("check", "estimator"), scikit_learns())
def test_manners_of_scikit_learn(check: Callable[[object], None], estimator: object) -> None:
    try:
        with type_checker_away():
            check(clone(estimator))
    except SkipTest as reason:
        pytest.skip(str(reason))


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda estimator: repr(estimator))
class TestEstimators:
    def test_it_predicts_what_it_found(self, estimator: RestaurantClustering) -> None:
        means = 3 * torch.tensor([[1.0, 1.0], [-1.0, 1.0], [0.0, -1.0]], dtype=torch.float64)
        rng = generator("tests", "estimators")
        truth = torch.randint(3, (90,), generator=rng)
        points = (means[truth] + 0.2 * torch.randn(90, 2, generator=rng, dtype=torch.float64)).numpy()
        found = clone(estimator).fit(points)
        assert len({pair for pair in zip(found.labels_, truth.tolist(), strict=True)}) == 3
        assert np.array_equal(found.predict(points), found.labels_)

    def test_a_stream_is_like_an_array(self, estimator: RestaurantClustering) -> None:
        points = clouds(1, 40, 2)[0].numpy()
        one_pass = clone(estimator).set_params(**{"passes": 1} if "passes" in estimator.get_params() else {})
        if isinstance(estimator, DPMeans):
            one_pass.set_params(online=True)
        whole, stream = clone(one_pass).fit(points), clone(one_pass)
        labels = np.concatenate([stream.partial_fit(part).labels_ for part in np.split(points, (1, 13, 30))])
        assert np.array_equal(labels, whole.labels_)
        assert np.array_equal(stream.predict(points), whole.predict(points))


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_kernels_are_found_by_estimators(name: str) -> None:
    points = clouds(1, 30, 2)[0].numpy()
    model = DynamicalRestaurantClustering(kernel=BY_NAME[name], likelihood=Gaussian(1.0, 0.05))
    found = model.fit(points, times=np.linspace(0, 5, 30))
    assert found.n_memories_ == found.labels_.max() + 1
    assert np.allclose(found.predict_proba(points).sum(-1), 1)


def test_a_memory_that_has_vanished_keeps_its_number() -> None:
    """After an age everything is forgotten: old labels are not given to new memories, and have no chance."""
    kernel, gaussian = kernels.exponential(1.0), Gaussian(4.0, 0.05)
    model = DynamicalRestaurantClustering(kernel=kernel, likelihood=gaussian, max_memories=3)
    here = np.array([[0.0, 5.0], [4.0, -4.0], [-5.0, -5.0]])
    assert model.fit(here, times=[0.0, 1.0, 2.0]).labels_.tolist() == [0, 1, 2]
    model.partial_fit(here[1:], times=[1e4, 1e4 + 1])
    assert model.labels_.tolist() == [3, 4] and model.n_memories_ == 5
    assert model.predict(here[1:]).tolist() == [3, 4]
    assert (model.predict_proba(here)[:, :3] == 0).all() and np.allclose(model.predict_proba(here).sum(-1), 1)


# --- shapes, refusals, devices ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("likelihood", [Gaussian(), Categorical(), VonMisesFisher(2.0)], ids=repr)
class TestLikelihoods:
    def test_points_must_fit_the_beliefs(self, likelihood: Likelihood) -> None:
        x = torch.nn.functional.one_hot(torch.tensor([0, 1]), 3).double()
        belief, share = likelihood.prior(4, x), torch.full((2, 4), 0.25, dtype=torch.float64)
        for wrong in (x[:, :1], x[:1], torch.cat([x, x], 1)):
            for ask in (likelihood.expected, likelihood.predictive, lambda b, y: likelihood.updated(b, y, share)):
                refused("x", lambda ask=ask, wrong=wrong: ask(belief, wrong))

    def test_beliefs_stay_where_their_points_are(self, likelihood: Likelihood) -> None:
        """On the device meta a tensor that was made elsewhere would not fit; where values are asked for it stops."""
        x = torch.empty(2, 3, dtype=torch.float64, device="meta")
        belief, share = likelihood.prior(4, x), torch.empty(2, 4, dtype=torch.float64, device="meta")
        made = [*belief]
        if isinstance(likelihood, Gaussian):
            made += [likelihood.expected(belief, x), likelihood.predictive(belief, x)]
            made += likelihood.updated(belief, x, share)
        if isinstance(likelihood, VonMisesFisher):
            made += likelihood.updated(belief, x, share)
        assert {value.device.type for value in made} == {"meta"}


def test_numbers_of_numpy_make_the_same_likelihoods() -> None:
    with type_checker_away():
        assert Gaussian(np.float64(4.0), torch.tensor(1.0)) == Gaussian(4.0, 1.0)
        assert Categorical((np.int64(1), np.float64(2.0))) == Categorical((1.0, 2.0))
        assert type(VonMisesFisher(np.int32(3)).kappa) is float
        assert kernels.hyperbolic(np.float64(0.2)) == kernels.hyperbolic(0.2)


def test_points_must_fit_the_restaurant() -> None:
    network, x = Restaurant(3, **settings(alpha=[1.0, 2.0], beta=4.0, rho=1.0)), clouds(2, 1, 3)[:, 0]
    share = network.see(x)
    for wrong in (x[:, :1], x[:1], x[0], torch.cat([x, x], 1), x.long()):
        for ask in (network.see, network.log_joint, network.log_joint_memories, lambda y: network.forget(y, share)):
            refused("x", lambda ask=ask, wrong=wrong: ask(wrong))
    refused("x", lambda: network.see(x[None]))
    moving = DynamicalRestaurant(x.new_ones(2), kernels.constant(), Gaussian())
    moving.see(x, 1.0)
    for wrong in (x[:, :1], x[:1], torch.cat([x, x], 1)):
        for ask in (lambda y: moving.see(y, 2.0), moving.log_joint):
            refused("x", lambda ask=ask, wrong=wrong: ask(wrong))
    for learner in (network, moving):
        refused("points", lambda learner=learner: learner.learn(x))
        refused("points", lambda learner=learner: learner.learn(x[:, None] * math.nan))


def test_many_points_are_asked_about_in_tiles(monkeypatch: pytest.MonkeyPatch) -> None:
    network, points = Restaurant(3, **settings(alpha=[1.0, 2.0], beta=4.0, rho=1.0)), clouds(2, 30, 3)
    network.learn(points)
    rows = points.movedim(1, 0).reshape(5, 6, 2, 3)
    whole = network.log_joint_memories(rows)
    monkeypatch.setattr(restaurant, "TILE", 7 * network.memories.numel())
    assert torch.equal(network.log_joint_memories(rows), whole)


@pytest.mark.parametrize("kind", [Restaurant, DynamicalRestaurant])
def test_what_is_refused_is_not_half_learned(kind: type) -> None:
    """No room at the fourth of many far points; and times that fall at the last."""
    far = 1e3 * clouds(1, 20, 2)

    def make() -> Restaurant | DynamicalRestaurant:
        if kind is Restaurant:
            return Restaurant(2, **settings(alpha=10.0, beta=1.0, rho=1.0), max_memories=4)
        return DynamicalRestaurant(far.new_tensor([10.0]), kernels.constant(), Gaussian(1.0, 1.0), max_memories=4)

    network, untouched = make(), make()
    with pytest.raises(RuntimeError, match="max_memories"):
        network.learn(far)
    for name, value in vars(untouched).items():
        same = torch.equal(getattr(network, name), value) if isinstance(value, Tensor) else True
        assert same and (name != "time" or getattr(network, name) is None), name
    if isinstance(network, DynamicalRestaurant):
        refused("time", lambda: network.learn(far[:, :2], [2.0, 1.0]))
        assert network.time is None and network.belief is None


def test_dates_are_no_times_of_a_restaurant() -> None:
    network = DynamicalRestaurant(torch.ones(1, dtype=torch.float64), kernels.constant(), Gaussian())
    days = np.arange("2024-01-01", "2024-01-04", dtype="datetime64[D]")
    refused("times", lambda: network.learn(clouds(1, 3, 2), days))
    refused("time", lambda: network.see(clouds(1, 1, 2)[:, 0], days.astype("datetime64[ns]")[0]))


def test_numbers_of_settings_may_lie_in_any_order() -> None:
    backwards = np.array([1.0, 2.0, 3.0])[::-1]
    with type_checker_away():
        assert settings(alpha=backwards)["alpha"].tolist() == [3.0, 2.0, 1.0]


def test_far_from_the_origin_the_nearest_centre_is_found() -> None:
    near = np.array([[0.0, 0.0], [0.3, 0.0], [0.0, 0.3]])
    model = DPMeans(threshold=0.01).fit(near + 1e7)
    assert model.predict(near + 1e7 + 0.05).tolist() == model.labels_.tolist() == [0, 1, 2]

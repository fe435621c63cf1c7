"""The distributions on the sphere: torch's conventions, SciPy's values, exact moments, and gradients of draws."""

import math
import warnings
from functools import partial
from typing import Any

import mpmath
import numpy as np
import pytest
import scipy.stats
import torch
from strategies import refused
from torch import Tensor
from torch.autograd import gradcheck, gradgradcheck
from torch.distributions import Categorical, MixtureSameFamily

from amem import patterns
from amem.dynamics.sphere import mode_seeking
from amem.energies import LogSumExp
from amem.energies.concentration import log_normaliser, mean_length, slope
from amem.energies.sphere import SphericalMixture, VonMisesFisher, VonMisesFisherMixture, unit_vector
from amem.seeds import generator

DOUBLE: dict[str, Any] = {"device": "cpu", "dtype": torch.float64}


def directions(p: int, n: int, *name: object) -> Tensor:
    return patterns.sphere(p, n, generator("tests", "sphere", p, n, *name), radius=1.0, **DOUBLE)


def number(value: float) -> Tensor:
    return torch.tensor(value, dtype=torch.float64)


def mixture(p: int = 4, n: int = 5) -> SphericalMixture:
    kappa, weight = torch.linspace(0, 20, p, dtype=torch.float64), torch.linspace(0, 1, p, dtype=torch.float64)
    return SphericalMixture(directions(p, n), kappa, weight)


class TestConventions:
    def test_shapes(self) -> None:
        law = VonMisesFisher(directions(6, 4).reshape(2, 3, 4), torch.ones(3).double())
        assert law.batch_shape == (2, 3) and law.event_shape == (4,)
        draws = law.sample((7, 1), generator=generator("tests"))
        assert draws.shape == (7, 1, 2, 3, 4)
        assert law.log_prob(draws).shape == (7, 1, 2, 3)
        assert law.mean.shape == law.variance.shape == law.mode.shape == (2, 3, 4)
        assert law.entropy().shape == (2, 3)
        assert law.sample(generator=generator("tests")).shape == (2, 3, 4)
        assert VonMisesFisher(directions(1, 4)[0], torch.ones(5).double()).batch_shape == (5,)

    def test_expand(self) -> None:
        law = VonMisesFisher(directions(1, 4)[0], number(3.0))
        wide = law.expand((2, 3))
        assert isinstance(wide, VonMisesFisher) and wide.batch_shape == (2, 3)
        point = directions(1, 4, "point")[0]
        assert torch.equal(wide.log_prob(point), law.log_prob(point).expand(2, 3))
        assert wide.sample(generator=generator("tests")).shape == (2, 3, 4)

    def test_support_and_constraints(self) -> None:
        assert VonMisesFisher.has_rsample
        assert VonMisesFisher.support.check(directions(3, 4)).all()
        assert not VonMisesFisher.support.check(1.01 * directions(3, 4)).any()
        assert unit_vector.check(directions(50, 700).float()).all()
        law = VonMisesFisher(directions(1, 4)[0], number(3.0))
        for bad in (torch.zeros(4).double(), 2 * directions(1, 4)[0], torch.full((4,), math.nan).double()):
            with pytest.raises(ValueError):
                law.log_prob(bad)
            with pytest.raises(ValueError):
                VonMisesFisher(bad, number(3.0))
        for bad in (-1.0, math.nan):
            with pytest.raises(ValueError):
                VonMisesFisher(directions(1, 4)[0], number(bad))
        refused("mean_direction", lambda: VonMisesFisher(torch.ones(1), number(3.0)))
        refused("mean_direction", lambda: VonMisesFisher(torch.ones(3).int(), number(3.0)))
        refused("concentration", lambda: VonMisesFisher(directions(1, 4)[0], 3.0))  # pyright: ignore[reportArgumentType]

    def test_without_checks_the_formula_holds_off_the_sphere(self) -> None:
        m = directions(1, 4)[0]
        law = VonMisesFisher(m, number(3.0), validate_args=False)
        assert torch.isclose(law.log_prob(5 * m), log_normaliser(number(3.0), 4) + 15)

    def test_chance_is_the_generators(self) -> None:
        law, chance = VonMisesFisher(directions(1, 4)[0], number(3.0)), torch.get_rng_state()
        one, same = (law.sample((5,), generator=generator("tests", "chance")) for _ in range(2))
        assert torch.equal(one, same)
        assert torch.equal(torch.get_rng_state(), chance)
        assert not torch.equal(law.sample((5,)), one)
        assert not torch.equal(torch.get_rng_state(), chance), "the global one is asked, as in torch"
        torch.set_rng_state(chance)

    def test_single_precision(self) -> None:
        law = VonMisesFisher(directions(1, 9)[0].float(), torch.tensor(3.0))
        draws = law.rsample((5,), generator=generator("tests"))
        assert draws.dtype == law.log_prob(draws).dtype == law.entropy().dtype == law.variance.dtype == torch.float32
        wide = VonMisesFisher(directions(1, 9)[0], number(3.0))
        assert torch.allclose(draws.double(), wide.sample((5,), generator=generator("tests")), atol=1e-6)


@pytest.mark.parametrize("n", [2, 3, 256])
def test_single_precision_at_large_concentrations(n: int) -> None:
    """Where log C and κ m·s, or κ A, cancel: the results are those of double precision, rounded."""
    kappa = 10.0 ** torch.arange(0, 7, dtype=torch.float64)
    wide = VonMisesFisher(directions(7, n), kappa)
    narrow = VonMisesFisher(directions(7, n).float(), kappa.float())
    points = wide.sample((9,), generator=generator("tests", "narrow", n))
    logits = torch.zeros(7, 1)
    mixtures = [
        VonMisesFisherMixture(
            Categorical(logits=logits.to(law.mean)),
            VonMisesFisher(law.mean_direction[:, None], law.concentration[:, None]),
        )
        for law in (wide, narrow)
    ]
    one = VonMisesFisherMixture(
        Categorical(logits=logits[:1, 0].expand(1)),
        VonMisesFisher(narrow.mean_direction[-1:], narrow.concentration[-1:]),
    )
    pairs = [
        (narrow.entropy(), wide.entropy()),
        (narrow.variance, wide.variance),
        (narrow.log_prob(narrow.mode), wide.log_prob(wide.mode)),
        (mixtures[1].log_prob(narrow.mode), mixtures[0].log_prob(wide.mode)),
        (one.log_prob(narrow.mode[-1]), wide.log_prob(wide.mode)[-1]),
    ]
    for got, known in pairs:
        assert got.dtype == torch.float32
        assert torch.allclose(got.double(), known, rtol=3e-6, atol=1e-6)
    # a draw that is rounded is moved along the sphere, by 1e-7 of some widths of the density
    moved = (narrow.log_prob(points.float()).double() - wide.log_prob(points)).abs()
    assert (moved <= 1e-6 * (n + wide.log_prob(points).abs()) + 3e-7 * (kappa * n).sqrt()).all()


@pytest.mark.parametrize(("n", "kappa"), [(2, 1e-9), (3, 1e6), (256, 1e5), (5, 3.0)])
def test_variance_is_the_density_s_in_every_direction(n: int, kappa: float) -> None:
    """Along the mean direction A′, across it A/κ, by fifty digits."""
    law = VonMisesFisher(torch.eye(n, dtype=torch.float64)[0], number(kappa))
    with mpmath.workdps(50):
        order, k = mpmath.mpf(n) / 2 - 1, mpmath.mpf(kappa)
        length = mpmath.besseli(order + 1, k, maxterms=10**8) / mpmath.besseli(order, k, maxterms=10**8)
        along, across = float(1 - length**2 - (n - 1) * length / k), float(length / k)
    assert np.allclose(law.variance, [along] + [across] * (n - 1), rtol=1e-11, atol=0)


@pytest.mark.parametrize(("n", "kappa"), [(2, 0.3), (3, 40.0), (7, 5.0), (50, 100.0)])
def test_scipy_agrees(n: int, kappa: float) -> None:
    """Where SciPy has a number."""
    m, points = directions(1, n)[0], directions(9, n, "points")
    known = scipy.stats.vonmises_fisher(m.numpy(), kappa)
    law = VonMisesFisher(m, number(kappa))
    assert np.allclose(law.log_prob(points), known.logpdf(points.numpy()), rtol=1e-12, atol=1e-12)
    assert np.allclose(law.entropy(), known.entropy(), rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize(("n", "kappa"), [(2, 2.0), (3, 0.0), (4, 9.0), (20, 30.0), (300, 200.0)])
def test_draws_have_the_exact_moments(n: int, kappa: float) -> None:
    """Mean, variance of every coordinate, entropy, and no preference across the mean direction: |z| ≤ 4."""
    count = 20_000
    law = VonMisesFisher(directions(1, n)[0], number(kappa))
    draws = law.sample((count,), generator=generator("tests", "moments", n, kappa))
    assert torch.allclose(draws.norm(dim=-1), torch.ones(count).double(), atol=1e-14)
    z = (draws.mean(0) - law.mean) / (law.variance / count).sqrt()
    # the largest of n Gaussian numbers, at the odds of 4 for one
    assert z.abs().max() <= math.sqrt(16 + 2 * math.log(n))
    spread = (draws - law.mean).square()
    z = (spread.mean(0) - law.variance) / (spread.var(0) / count).sqrt()
    assert z.abs().max() <= math.sqrt(16 + 2 * math.log(n)) + 0.5
    level = -law.log_prob(draws)
    deviation = kappa * slope(number(kappa), n).sqrt() / math.sqrt(count)
    assert (level.mean() - law.entropy()).abs() <= 4 * deviation + 1e-12


@pytest.mark.parametrize(("n", "kappa"), [(2, 1e6), (3, 1e6), (4096, 1e4), (2, 1e-6), (4096, 1e-6)])
def test_draws_at_the_ends_of_the_range(n: int, kappa: float) -> None:
    """By the distance to the mean direction, which keeps its digits where the cosine loses them."""
    count = 4000
    m = directions(1, n)[0]
    draws = VonMisesFisher(m, number(kappa)).sample((count,), generator=generator("tests", "ends", n, kappa))
    versine = (draws - m).square().sum(-1) / 2
    z = (versine.mean() - (1 - mean_length(number(kappa), n))) / (slope(number(kappa), n) / count).sqrt()
    assert abs(z) <= 4


def test_two_dimensions_are_the_circle() -> None:
    """The angle follows von Mises; Kolmogorov's distance at the odds of four standard deviations."""
    draws = VonMisesFisher(torch.tensor([1.0, 0.0]).double(), number(2.5)).sample(
        (5000,), generator=generator("circle")
    )
    angle = torch.atan2(draws[:, 1], draws[:, 0]).numpy()
    assert scipy.stats.kstest(angle, scipy.stats.vonmises(2.5).cdf).pvalue > 6e-5


@pytest.mark.parametrize("first", [-1.0, -0.3, 0.05, 1.0])
def test_gradient_of_draws_in_the_mean_direction(first: float) -> None:
    """The map is smooth for any direction, ±e₁ included, and the mean of the gradient is the gradient of the mean."""
    rest = math.sqrt(1 - first**2)
    m = torch.tensor([first, rest * 0.6, rest * 0.8], dtype=torch.float64)
    tilt = torch.linalg.cross(m, torch.tensor([0.3, -0.8, 0.5], dtype=torch.float64))
    angle = torch.zeros((), dtype=torch.float64, requires_grad=True)

    def turned(angle: Tensor) -> Tensor:
        size = tilt.norm()
        return m * angle.cos() + tilt / size * angle.sin()

    def draw(angle: Tensor, count: int = 3) -> Tensor:
        law = VonMisesFisher(turned(angle), number(4.0), validate_args=False)
        return law.rsample((count,), generator=generator("tests", "turned"))

    assert gradcheck(draw, angle)
    seen = torch.tensor([0.2, 1.0, -0.7], dtype=torch.float64)
    count = 20_000
    along = (draw(angle, count) @ seen).mean()
    (got,) = torch.autograd.grad(along, angle)
    wanted = mean_length(number(4.0), 3) * (tilt / tilt.norm()) @ seen
    assert abs(got - wanted) <= 4 * seen.norm() / math.sqrt(count)


@pytest.mark.parametrize(
    ("n", "kappa"), [(2, 0.2), (2, 30.0), (3, 1.0), (8, 4.0), (8, 300.0), (100, 50.0), (2000, 1.0)]
)
def test_gradient_of_draws_in_the_concentration(n: int, kappa: float) -> None:
    """Means of functions of the draw: d⟨cos⟩/dκ = A′, and d⟨cos²⟩/dκ = Cov(cos², cos), which is A″ + 2AA′."""
    count = 20_000 if n < 1000 else 3000
    sharpness = number(kappa).requires_grad_()
    m = directions(1, n)[0]
    cosine = VonMisesFisher(m, sharpness).rsample((count,), generator=generator("tests", "sharp", n, kappa)) @ m
    at = number(kappa).requires_grad_()
    (curve,) = torch.autograd.grad(slope(at, n), at)
    length, change = mean_length(number(kappa), n), slope(number(kappa), n)
    for power, wanted in ((1, change), (2, curve + 2 * length * change)):
        each = cosine**power
        (got,) = torch.autograd.grad(each.mean(), sharpness, retain_graph=True)
        # a draw's own gradient scatters about as much as it is large
        assert abs(got - wanted) <= 4 * 2 * (change + abs(wanted)) / math.sqrt(count)


@pytest.mark.parametrize(("n", "kappa"), [(2, 5.0), (3, 0.4), (6, 2.0), (40, 60.0)])
def test_gradient_of_one_draw_is_the_quantile_s(n: int, kappa: float) -> None:
    """At a fixed quantile, by finite differences of the distribution function."""
    from scipy.integrate import quad

    def quantile(angle: float, k: float) -> float:
        q = lambda a: math.exp(k * (math.cos(a) - 1)) * math.sin(a) ** (n - 2)  # noqa: E731
        return quad(q, 0, angle, epsrel=1e-12, epsabs=0)[0] / quad(q, 0, math.pi, epsrel=1e-12, epsabs=0, limit=200)[0]

    sharpness = number(kappa).requires_grad_()
    m = torch.eye(n, dtype=torch.float64)[0]
    for name in range(5):
        cosine = VonMisesFisher(m, sharpness).rsample(generator=generator("tests", "quantile", name)) @ m
        (got,) = torch.autograd.grad(cosine, sharpness)
        angle, h = math.acos(cosine.item()), 1e-4 * kappa
        in_kappa = (quantile(angle, kappa + h) - quantile(angle, kappa - h)) / (2 * h)
        in_angle = (quantile(angle + 1e-5, kappa) - quantile(angle - 1e-5, kappa)) / 2e-5
        assert math.isclose(got.item(), math.sin(angle) * in_kappa / in_angle, rel_tol=1e-5, abs_tol=1e-9)


def test_gradient_of_draws_is_first_order() -> None:
    sharpness = number(3.0).requires_grad_()
    total = VonMisesFisher(directions(1, 4)[0], sharpness).rsample((3,), generator=generator("tests")).sum()
    (first,) = torch.autograd.grad(total, sharpness, create_graph=True)
    with pytest.raises(RuntimeError):
        torch.autograd.grad(first, sharpness)


def test_log_prob_and_entropy_are_differentiable() -> None:
    points = directions(3, 5, "points")

    def level(m: Tensor, kappa: Tensor) -> Tensor:
        law = VonMisesFisher(torch.nn.functional.normalize(m, dim=-1), kappa)
        return law.log_prob(points) + law.entropy()

    inputs = (directions(1, 5)[0].requires_grad_(), number(4.0).requires_grad_())
    assert gradcheck(level, inputs)
    assert gradgradcheck(level, inputs)


class TestMixture:
    def law(self, batch: tuple[int, ...] = ()) -> VonMisesFisherMixture:
        count = math.prod(batch)
        m = directions(count * 4, 5).reshape(*batch, 4, 5)
        kappa = torch.linspace(0, 30, count * 4, dtype=torch.float64).reshape(*batch, 4)
        logits = torch.linspace(-1, 1, count * 4, dtype=torch.float64).reshape(*batch, 4)
        return VonMisesFisherMixture(Categorical(logits=logits), VonMisesFisher(m, kappa))

    @pytest.mark.parametrize("batch", [(), (3,), (2, 3)])
    def test_is_torch_s_mixture(self, batch: tuple[int, ...]) -> None:
        law = self.law(batch)
        plain = MixtureSameFamily(law.mixture_distribution, law.component_distribution)
        points = law.sample((6,), generator=generator("tests", "mixture"))
        assert points.shape == (6, *batch, 5)
        assert torch.allclose(law.log_prob(points), plain.log_prob(points), rtol=1e-13, atol=1e-13)
        shares = law.responsibilities(points)
        assert shares.shape == (6, *batch, 4) and torch.allclose(shares.sum(-1), torch.ones(6, *batch).double())
        joint = law.components.log_prob(points[..., None, :]) + law.mixture_distribution.logits
        assert torch.allclose(shares.log(), joint - law.log_prob(points)[..., None], atol=1e-12)
        assert law.expand((7, *batch)).log_prob(points[0]).shape == (7, *batch)

    def test_off_the_sphere_only_where_it_is_asked_for(self) -> None:
        law, points = self.law(), 1.5 * directions(6, 5)
        for density in (law.log_prob, law.responsibilities):
            with pytest.raises(ValueError, match="within the support"):
                density(points)
        free = VonMisesFisherMixture(law.mixture_distribution, law.components, validate_args=False)
        joint = law.components.concentration * (points @ law.components.mean_direction.T)
        joint += law.mixture_distribution.logits + log_normaliser(law.components.concentration, 5)
        assert torch.allclose(free.log_prob(points), joint.logsumexp(-1), rtol=1e-13)
        assert torch.allclose(free.responsibilities(points), joint.softmax(-1), rtol=1e-12)

    def test_draws(self) -> None:
        """Moments of the whole, and how often each component was drawn."""
        law, count = self.law(), 40_000
        points = law.sample((count,), generator=generator("tests", "mixture draws"))
        z = (points.mean(0) - law.mean) / (law.variance / count).sqrt()
        assert z.abs().max() <= 4
        shares, wanted = law.responsibilities(points), law.mixture_distribution.probs
        z = (shares.mean(0) - wanted) / (shares.var(0) / count).sqrt()
        assert z.abs().max() <= 4

    def test_draws_a_different_place_in_each_batch(self) -> None:
        law = self.law((2, 3))
        points = law.sample((3000,), generator=generator("tests", "batch"))
        z = (points.mean(0) - law.mean) / (law.variance / 3000).sqrt()
        assert z.abs().max() <= math.sqrt(16 + 2 * math.log(30))

    def test_refuses_points_off_the_sphere(self) -> None:
        with pytest.raises(ValueError):
            self.law().log_prob(2 * directions(1, 5)[0])
        with pytest.raises(ValueError):
            self.law().responsibilities(2 * directions(1, 5)[0])


class TestEnergy:
    """What the contract does not ask."""

    def test_is_minus_the_log_likelihood(self) -> None:
        energy, points = mixture(), directions(6, 5, "points")
        assert torch.allclose(energy.log_density(points), energy.distribution().log_prob(points), atol=1e-13)
        assert torch.equal(energy(points), -energy.log_density(points))
        assert torch.allclose(energy.responsibilities(points), energy.distribution().responsibilities(points))

    def test_integrates_to_one(self) -> None:
        points = directions(200_000, 5, "everywhere")
        density = mixture()(points).neg().exp() / log_normaliser(number(0.0), 5).exp()
        assert abs(density.mean() - 1) <= 4 * density.std() / math.sqrt(200_000)

    def test_one_concentration_is_the_modern_network(self) -> None:
        """On the sphere, a homogeneous mixture of equal weights is β times the log-sum-exp energy, up to a constant."""
        m = directions(4, 5)
        same = SphericalMixture(m, torch.full((4,), 7.0).double(), torch.zeros(4).double())
        points = directions(6, 5, "points")
        apart = same(points) - 7 * LogSumExp(m, 7.0)(points)
        assert torch.allclose(apart, apart[0].expand(6), atol=1e-12)

    def test_learned_parameters_get_gradients(self) -> None:
        m, points = directions(4, 5), directions(6, 5, "points")
        kappa = torch.nn.Parameter(torch.tensor([0.5, 2.0, 9.0, 60.0]).double())
        weight = torch.nn.Parameter(torch.zeros(4).double())
        energy = SphericalMixture(m, kappa, weight)
        assert dict(energy.named_parameters()).keys() == {"concentrations", "log_weights"}
        assert gradcheck(lambda k, w: SphericalMixture(m, k, w)(points), (kappa, weight))
        assert gradgradcheck(lambda k, w: SphericalMixture(m, k, w)(points), (kappa, weight))

    def test_bad_input(self) -> None:
        m, ones = directions(4, 5), torch.ones(4).double()
        refused("mean_directions", lambda: SphericalMixture(1.1 * m, ones, ones))
        refused("mean_directions", lambda: SphericalMixture(torch.ones(4, 1), ones, ones))
        for name in ("concentrations", "log_weights"):
            for bad in (ones[:3], ones[None], ones * math.nan, ones * math.inf, ones.int(), 3.0):
                values = {"concentrations": ones, "log_weights": ones} | {name: bad}
                refused(name, lambda values=values: SphericalMixture(m, **values))
        refused("concentrations", lambda: SphericalMixture(m, -ones, ones))


class TestModeSeeking:
    def test_rests_on_the_one_direction_there_is(self) -> None:
        m = directions(1, 6)
        one = SphericalMixture(m, torch.full((1,), 3.0).double(), torch.zeros(1).double())
        assert torch.allclose(mode_seeking(one)(directions(5, 6, "starts")), m.expand(5, 6))

    def test_rests_where_there_is_no_force(self) -> None:
        flat = SphericalMixture(directions(3, 6), torch.zeros(3).double(), torch.zeros(3).double())
        start = directions(5, 6, "starts")
        assert torch.equal(mode_seeking(flat)(start), start)

    def test_refuses_what_is_no_energy(self) -> None:
        refused("energy", lambda: mode_seeking(None))  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("kappa", [math.inf, math.nan, 1e15, -1.0])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_a_concentration_beyond_all_precision_is_refused(kappa: float, dtype: torch.dtype) -> None:
    m = torch.tensor([0.0, 1.0], dtype=dtype)
    with pytest.raises(ValueError, match="concentration"):
        VonMisesFisher(m, torch.tensor(kappa, dtype=dtype), validate_args=True)
    with pytest.raises(ValueError, match="concentration"):
        VonMisesFisher(m, torch.tensor(kappa, dtype=dtype), validate_args=False).sample()
    with pytest.raises(ValueError, match="concentrations"):
        SphericalMixture(m[None], torch.tensor([kappa], dtype=dtype), torch.zeros(1, dtype=dtype))


def test_densities_are_right_up_to_the_largest_concentration() -> None:
    """log C(κ) + κ cos θ at its maximum is ½(n − 1) log(κ/2π) up to 1/κ."""
    m, kappa = directions(1, 4)[0], 10.0 ** torch.arange(6, 15, dtype=torch.float64)
    law = VonMisesFisher(m, kappa)
    assert (law.log_prob(m) - 1.5 * (kappa / (2 * math.pi)).log()).abs().max() < 0.05
    draws = law.sample((100,), generator=generator("tests", "largest"))
    assert draws.isfinite().all()


@pytest.mark.parametrize("m", [(1.0, 0.0), (0.6, 0.8)])
def test_every_draw_on_the_circle_has_a_gradient(m: tuple[float, float]) -> None:
    """Single precision rounds some of 400 000 draws to the opposite pole."""
    kappa, direction = torch.ones(400_000, requires_grad=True), torch.tensor(m, requires_grad=True)
    draws = VonMisesFisher(direction, kappa).rsample(generator=generator("tests", "circle"))
    opposite = (draws.detach() + direction.detach()).square().sum(-1) == 0
    assert opposite.any()
    for gradient in torch.autograd.grad(draws[:, 0].sum(), (kappa, direction)):
        assert gradient.isfinite().all()


@pytest.mark.parametrize("n", [2, 5])
def test_divergence_is_the_mean_of_the_log_ratio(n: int) -> None:
    p = VonMisesFisher(directions(1, n)[0], number(8.0))
    q = VonMisesFisher(directions(2, n, "other")[1], number(3.0))
    draws = p.sample((100_000,), generator=generator("tests", "divergence", n))
    ratio = p.log_prob(draws) - q.log_prob(draws)
    divergence = torch.distributions.kl_divergence
    assert abs(divergence(p, q) - ratio.mean()) < 4 * ratio.std() / math.sqrt(len(ratio))
    assert abs(divergence(p, p)) < 1e-14
    with pytest.raises(ValueError, match="q"):
        divergence(p, VonMisesFisher(directions(1, n + 1)[0], number(3.0)))


def test_points_of_another_width_are_refused() -> None:
    law = VonMisesFisher(directions(1, 4)[0], number(3.0), validate_args=False)
    mixed = mixture(3, 4).distribution()
    for ask in (law.log_prob, mixed.log_prob, mixed.responsibilities):
        for width in (1, 3, 5):
            with pytest.raises(ValueError, match="wanted shape"):
                ask(torch.ones(2, width, dtype=torch.float64))


def test_functions_of_a_concentration_can_be_transformed() -> None:
    """vmap, forward and mixed derivatives are what plain ones are."""
    kappa = torch.tensor([0.0, 0.5, 30.0, 1e4], dtype=torch.float64)
    for function in (log_normaliser, mean_length, slope):
        ask = partial(function, n=5)
        assert torch.equal(torch.vmap(ask)(kappa), ask(kappa))
        wanted = torch.autograd.functional.jacobian(ask, kappa).diagonal()
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "`torch.jit.script`", DeprecationWarning)
            assert torch.allclose(torch.func.jvp(ask, (kappa,), (torch.ones_like(kappa),))[1], wanted)
        assert torch.allclose(torch.vmap(torch.func.grad(ask))(kappa), wanted)
        assert ask(kappa.to("meta")).shape == kappa.shape

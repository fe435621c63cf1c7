"""EM on the sphere: it climbs, finds what was planted, and survives empty and lonely components."""

import math
from typing import Any

import torch
from strategies import refused
from torch import Tensor

from amem import patterns
from amem.energies.concentration import concentration, mean_length
from amem.energies.sphere import SphericalMixture, VonMisesFisher
from amem.learning.mixture import fit_mixture, scattered
from amem.seeds import generator

DOUBLE: dict[str, Any] = {"device": "cpu", "dtype": torch.float64}


def directions(p: int, n: int, name: str) -> Tensor:
    return patterns.sphere(p, n, generator("tests", "EM", name, p, n), radius=1.0, **DOUBLE)


def test_one_component_is_maximum_likelihood() -> None:
    """In closed form: the mean direction, and A(κ) = the mean's length; in the first step already."""
    points = VonMisesFisher(directions(1, 6, "m")[0], torch.tensor(9.0).double()).sample(
        (50,), generator=generator("one")
    )
    fit = fit_mixture(points, directions(1, 6, "start"), sweeps=3)
    mean = points.mean(0)
    assert torch.allclose(fit.mixture.mean_directions[0], mean / mean.norm(), atol=1e-13)
    assert torch.allclose(mean_length(fit.mixture.concentrations, 6), mean.norm(), atol=1e-14)
    around = [
        SphericalMixture(fit.mixture.mean_directions, fit.mixture.concentrations * factor, torch.zeros(1).double())
        for factor in (0.99, 1.01)
    ]
    best = fit.mixture.log_density(points).mean()
    assert all(best > other.log_density(points).mean() for other in around)


def test_likelihood_never_falls_and_the_fit_stops() -> None:
    points = directions(300, 4, "points")
    fit = fit_mixture(points, directions(5, 4, "start"), sweeps=400, tolerance=1e-4)
    steps = torch.tensor(fit.log_likelihood, dtype=torch.float64).diff()
    assert (steps >= -1e-12).all() and 2 < len(fit.log_likelihood) < 400
    assert steps[-1] <= 1e-4 and (steps[:-1] > 1e-4).all()
    assert abs(fit.mixture.log_weights.exp().sum() - 300) < 1e-8


def test_planted_parameters_come_back() -> None:
    """Within four standard errors of the fit with known labels, or the angle that belongs to one."""
    n, kappa = 10, torch.tensor([30.0, 100.0, 300.0]).double()
    m, weight = directions(3, n, "planted"), torch.tensor([0.5, 0.2, 0.3]).double()
    truth = SphericalMixture(m, kappa, weight.log())
    points = truth.distribution().sample((3000,), generator=generator("tests", "planted"))
    fit = fit_mixture(points, m + 0.3 * directions(3, n, "noise"), sweeps=100, tolerance=1e-12).mixture
    held = 3000 * weight
    length = mean_length(kappa, n)
    slope = 1 - length**2 - (n - 1) * length / kappa
    assert ((fit.concentrations - kappa).abs() <= 4 / (held * slope).sqrt()).all()
    sine = (1 - (fit.mean_directions * m).sum(-1).square()).sqrt()
    assert (sine <= 4 * ((n - 1) / (held * kappa * length)).sqrt()).all()
    shares = fit.log_weights.softmax(-1)
    assert ((shares - weight).abs() <= 4 * (weight * (1 - weight) / 3000).sqrt()).all()


def test_a_component_with_one_point_stays_finite() -> None:
    points = torch.cat([directions(40, 3, "cloud").abs(), -torch.eye(3).double()[:1]])
    for to in (points, points.float()):
        fit = fit_mixture(to, torch.tensor([[1.0, 1, 1], [-1, 0, 0]]).to(to), sweeps=100)
        assert fit.mixture.concentrations.isfinite().all() and fit.mixture.mean_directions.dtype == to.dtype


def test_a_component_without_points_keeps_its_place() -> None:
    north = torch.tensor([0.0, 0.0, 1.0]).double()
    points = VonMisesFisher(north, torch.tensor(1e5).double()).sample((40,), generator=generator("north"))
    fit = fit_mixture(points, torch.stack([north, -north]), sweeps=5).mixture
    assert torch.equal(fit.mean_directions[1], -north)
    assert fit.log_weights.softmax(-1)[1] < 1e-300


def test_lengths_of_points_and_starts_do_not_matter() -> None:
    points, start = directions(30, 4, "points"), directions(3, 4, "start")
    one, other = fit_mixture(points, start, sweeps=9), fit_mixture(3 * points, 7 * start, sweeps=9)
    assert torch.allclose(one.mixture.concentrations, other.mixture.concentrations, rtol=1e-10)


def test_shared_direction_of_estimates() -> None:
    """Two starts at the same place stay one: nothing breaks their symmetry."""
    points = directions(50, 4, "points")
    fit = fit_mixture(points, directions(1, 4, "start").expand(2, 4), sweeps=20).mixture
    assert torch.allclose(fit.mean_directions[0], fit.mean_directions[1])
    assert math.isclose(fit.concentrations[0].item(), concentration(points.mean(0).norm(), 4).item(), rel_tol=1e-10)


def test_bad_input() -> None:
    points, start = directions(9, 4, "points"), directions(2, 4, "start")
    for bad in (points[0], points * math.nan, points.int(), points[:0], 0 * points):
        refused("points", lambda bad=bad: fit_mixture(bad, start, sweeps=3))
    for bad in (start[0], start[:, :3], start * math.inf, 0 * start):
        refused("start", lambda bad=bad: fit_mixture(points, bad, sweeps=3))
    for bad in (0, 1.5, -1, None):
        refused("sweeps", lambda bad=bad: fit_mixture(points, start, sweeps=bad))  # pyright: ignore[reportArgumentType]
    for bad in (-1.0, math.nan, "0"):
        refused("tolerance", lambda bad=bad: fit_mixture(points, start, sweeps=3, tolerance=bad))


class TestScattered:
    def test_finds_every_cluster(self) -> None:
        """Tight clusters are all met; starts drawn at random would miss one nearly always."""
        centres = directions(8, 6, "centres")
        points = centres[torch.arange(400) % 8] + 1e-3 * directions(400, 6, "noise")
        for name in range(20):
            chosen = scattered(points, 8, generator("tests", "scattered", name))
            assert sorted((chosen @ centres.T).argmax(-1).tolist()) == list(range(8))

    def test_chance_is_one_minus_the_cosine(self) -> None:
        """From the first of three points, the others are drawn as 1 − cos says: |z| ≤ 4."""
        points = torch.tensor([[1.0, 0, 0], [0, 1, 0], [-1, 0, 0]]).double()
        pairs = [scattered(points, 2, generator("tests", "pairs", name)) for name in range(2000)]
        second = [int(pair[1, 0] == -1) for pair in pairs if pair[0, 0] == 1]
        z = (sum(second) - len(second) * 2 / 3) / math.sqrt(len(second) * 2 / 9)
        assert abs(z) <= 4

    def test_copies_of_one_point(self) -> None:
        assert torch.equal(scattered(torch.ones(5, 3), 4, generator("tests")), torch.ones(4, 3))

    def test_bad_input(self) -> None:
        points, rng = directions(5, 3, "points"), generator("tests")
        for bad in (0, 6, 1.5, None):
            refused("p", lambda bad=bad: scattered(points, bad, rng))  # pyright: ignore[reportArgumentType]
        refused("points", lambda: scattered(points[0], 1, rng))
        refused("rng", lambda: scattered(points, 2, None))  # pyright: ignore[reportArgumentType]


def test_equal_points_are_as_likely_in_single_precision() -> None:
    """Their concentration is where 1 − ‖mean‖ is told from nothing, which single precision cannot."""
    point = torch.tensor([[0.5, 0.25, 1.0]])
    points = point.expand(50, 3)
    single, double = (fit_mixture(points.to(kind), point.to(kind), sweeps=3) for kind in (torch.float32, torch.float64))
    assert single.log_likelihood == double.log_likelihood
    assert {value.dtype for value in single.mixture.state_dict().values()} == {torch.float32}
    assert torch.equal(single.mixture.concentrations, double.mixture.concentrations.float())

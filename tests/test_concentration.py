"""The normaliser of a von Mises–Fisher density, its derivatives and the way back, by fifty digits and closed forms."""

import math
from collections.abc import Callable

import mpmath
import numpy as np
import pytest
import torch
from scipy.integrate import quad
from strategies import refused
from torch import Tensor
from torch.autograd import gradcheck, gradgradcheck

from amem.energies.concentration import RADIUS, concentration, log_normaliser, mean_length, slope

DIMENSIONS = [2, 3, 4, 5, 8, 17, 40, 81, 82, 83, 100, 257, 1000, 4096]
KAPPAS = [1e-6, 1e-3, 0.1, 1.0, 7.0, 25.0, 39.999, 40.001, 55.0, 300.0, 1e4, 1e6]


def exact(n: int, kappa: float) -> tuple[mpmath.mpf, mpmath.mpf, mpmath.mpf]:
    with mpmath.workdps(50):
        order, k = mpmath.mpf(n) / 2 - 1, mpmath.mpf(kappa)
        lower, upper = (mpmath.besseli(order + shift, k, maxterms=10**8) for shift in (0, 1))
        length = upper / lower
        log_c = order * mpmath.log(k) - (order + 1) * mpmath.log(2 * mpmath.pi) - mpmath.log(lower)
        return log_c, length, 1 - length**2 - (n - 1) * length / k


@pytest.mark.parametrize("n", DIMENSIONS)
def test_fifty_digits(n: int) -> None:
    """On both sides of the circle inside which the recurrence takes over, too."""
    kappas = [*KAPPAS, *(k for k in [math.sqrt(max(RADIUS**2 - (n / 2 - 1) ** 2, 1)) * (1 + s) for s in (-1e-9, 1e-9)])]
    kappa = torch.tensor(kappas, dtype=torch.float64)
    truth = [exact(n, k) for k in kappas]
    for place, (function, allowed) in enumerate([(log_normaliser, 2e-14), (mean_length, 1e-15), (slope, 5e-12)]):
        for got, known in zip(function(kappa, n).tolist(), truth, strict=True):
            size = max(1, abs(known[0])) if place == 0 else known[place]
            assert abs(got - known[place]) <= allowed * size, (function.__name__, n)


def test_closed_forms() -> None:
    kappa = torch.logspace(-3, 2, 30, dtype=torch.float64)
    assert torch.allclose(log_normaliser(kappa, 2), -(2 * math.pi * torch.special.i0(kappa)).log(), rtol=0, atol=1e-13)
    assert torch.allclose(
        log_normaliser(kappa, 3), (kappa / (4 * math.pi * kappa.sinh())).log(), rtol=1e-14, atol=1e-13
    )
    assert torch.allclose(mean_length(kappa, 3), 1 / kappa.tanh() - 1 / kappa, rtol=0, atol=1e-12)


@pytest.mark.parametrize("n", [2, 3, 10, 100, 4096])
def test_nothing_concentrated_is_uniform(n: int) -> None:
    area = math.log(2) + n / 2 * math.log(math.pi) - math.lgamma(n / 2)
    none = torch.zeros((), dtype=torch.float64)
    assert math.isclose(log_normaliser(none, n).item(), -area, rel_tol=1e-14, abs_tol=1e-13)
    assert mean_length(none, n) == 0 and concentration(none, n) == 0
    assert math.isclose(slope(none, n).item(), 1 / n, rel_tol=1e-13)


@pytest.mark.parametrize(("n", "kappa"), [(2, 0.5), (5, 12.0), (30, 90.0)])
def test_density_integrates_to_one(n: int, kappa: float) -> None:
    """By quadrature over the angle, whose density has the area of a smaller sphere in it."""
    ring = math.log(2) + (n - 1) / 2 * math.log(math.pi) - math.lgamma((n - 1) / 2)
    height = log_normaliser(torch.tensor(kappa, dtype=torch.float64), n).item() + ring
    mass = quad(lambda a: math.exp(height + kappa * math.cos(a)) * math.sin(a) ** (n - 2), 0, math.pi, epsabs=1e-12)[0]
    assert abs(mass - 1) < 1e-10


@pytest.mark.parametrize("n", [2, 3, 64, 200])
@pytest.mark.parametrize("function", [log_normaliser, mean_length])
def test_gradients_of_first_and_second_order(function: Callable[[Tensor, int], Tensor], n: int) -> None:
    kappa = torch.tensor([1e-2, 0.5, 3.0, 39.0, 41.0, 200.0], dtype=torch.float64, requires_grad=True)
    assert gradcheck(lambda k: function(k, n), kappa)
    assert gradgradcheck(lambda k: function(k, n), kappa)


def test_gradient_at_zero() -> None:
    kappa = torch.zeros(3, dtype=torch.float64, requires_grad=True)
    (first,) = torch.autograd.grad(log_normaliser(kappa, 7).sum(), kappa, create_graph=True)
    (second,) = torch.autograd.grad(first.sum(), kappa, create_graph=True)
    (third,) = torch.autograd.grad(second.sum(), kappa)
    assert first.tolist() == [0, 0, 0] and third.tolist() == [0, 0, 0]
    assert torch.allclose(second, torch.full_like(kappa, -1 / 7))


@pytest.mark.parametrize("n", [2, 3, 10, 64, 512, 4096])
def test_concentration_is_the_way_back(n: int) -> None:
    kappa = torch.logspace(-6, 6, 60, dtype=torch.float64)
    length = mean_length(kappa, n)
    assert torch.allclose(mean_length(concentration(length, n), n), length, rtol=4e-16 * 4, atol=0)
    # 1 − A = (n−1)/2κ is all that a large κ leaves in A: relative precision κ²·ε/κ
    allowed = 1e-14 + 1e-15 * kappa
    assert ((concentration(length, n) / kappa - 1).abs() <= allowed).all()


def test_the_usual_approximation_is_only_one() -> None:
    """So that the exact solution is seen to be another."""
    n, kappa = 10, torch.tensor(5.0, dtype=torch.float64)
    r = mean_length(kappa, n)
    assert abs(r * (n - r**2) / (1 - r**2) - kappa) > 1e-3
    assert abs(concentration(r, n) - kappa) < 1e-12


def test_single_precision_is_double_precision_rounded() -> None:
    kappa = torch.logspace(-6, 6, 40, dtype=torch.float64).float()
    for function in (log_normaliser, mean_length, slope):
        found = function(kappa, 100)
        assert found.dtype == torch.float32
        assert torch.equal(found, function(kappa.double(), 100).float())


def test_shape_batch_and_tiles() -> None:
    """More numbers than one tile holds; one at a time is all at once."""
    kappa = torch.linspace(0, 100, 2 * 3 * 7000, dtype=torch.float64).reshape(2, 3, 7000)
    together = log_normaliser(kappa, 12)
    assert together.shape == kappa.shape
    alone = torch.stack([log_normaliser(k, 12) for k in kappa.flatten()[::997]])
    assert torch.allclose(together.flatten()[::997], alone, rtol=1e-15, atol=1e-14)
    assert log_normaliser(kappa[:0], 12).shape == (0, 3, 7000)


def test_bad_input() -> None:
    good = torch.ones(2)
    for function in (log_normaliser, mean_length, slope, concentration):
        for n in (1, 0, -3, 2.0, True, "3"):
            refused("n", lambda function=function, n=n: function(good / 2, n))
    for bad in (1.0, None, torch.ones(2).int(), np.ones(2)):
        refused("kappa", lambda bad=bad: log_normaliser(bad, 3))
    for bad in (1.0, 1.5, -0.1, math.nan, math.inf):
        refused("length", lambda bad=bad: concentration(torch.tensor([0.5, bad]), 3))

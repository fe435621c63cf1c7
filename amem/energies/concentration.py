"""How sharply a von Mises–Fisher density is concentrated: its normaliser, its mean length, and the way back.

Everything follows from one expansion, uniform in dimension and concentration. With ν = n/2 − 1, r = √(ν² + κ²) and
t = (ν/r)²,

    log C_n(κ) = ν log((ν + r)/2π) + ½ log(r/2π) − r − Σ_k r^{−k} Σ_j c_kj t^j,

where the last sum is the logarithm of Debye's series for the Bessel function I_ν [olver1974asymptotics, ch. 10, sec.
7]. It holds to double precision outside the circle r = 40, for every ν ≥ 0: at ν = 0 it is the expansion for large κ,
at κ = 0 it is Stirling's. Derivatives in κ multiply c_kj by powers of k + 2j, so that none loses digits. Inside the
circle orders are lifted to ν + m ≥ 40 and brought down again by the stable recurrence A_ν = 1/(2(ν+1)/κ + A_{ν+1}).
"""

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from amem import checks

RADIUS, TERMS = 40.0, 13
"""Outside this radius, this many terms of the expansion leave less than 10⁻¹⁶."""
AT_ONCE = 1 << 14
"""How many concentrations are worked on together: a few arrays of 128 kB, about a core's cache."""


def log_normaliser(kappa: Float[Tensor, "*batch"], n: int) -> Float[Tensor, "*batch"]:
    """log C_n(κ), C_n(κ) = κ^{n/2−1} / ((2π)^{n/2} I_{n/2−1}(κ)): C_n e^{κ m·s} integrates to one over the unit sphere
    of n dimensions [banerjee2005clustering, sec. 2].

    Computed in double precision, differentiable to any order; at κ = 0 minus the log of the sphere's area. Raises
    TypeError or ValueError if kappa is not a floating tensor or n not a whole number of at least 2.

    >>> round(log_normaliser(torch.tensor(30.0), 64).item(), 4)
    34.3337
    """
    if torch.compiler.is_compiling():
        return _log_c(_checked(kappa, n).double(), n / 2 - 1).to(kappa)
    return _LogNormaliser.apply(_checked(kappa, n), n)


def mean_length(kappa: Float[Tensor, "*batch"], n: int) -> Float[Tensor, "*batch"]:
    """A_n(κ) = I_{n/2}(κ)/I_{n/2−1}(κ) = −d log C_n/dκ: the length of the mean, between 0 and 1
    [banerjee2005clustering, sec. 2].

    Computed in double precision, differentiable to any order. Raises as `log_normaliser` does.
    """
    return _MeanLength.apply(_checked(kappa, n), n)


def concentration(length: Float[Tensor, "*batch"], n: int) -> Float[Tensor, "*batch"]:
    """The κ with A_n(κ) = length: the most likely concentration of points whose mean has that length.

    Newton's iteration from r(n − r²)/(1 − r²) [banerjee2005clustering, sec. 4] to the last digit [sra2012short], in
    double precision. Raises TypeError or ValueError if length is not a floating tensor with values in [0, 1) or n not
    a whole number of at least 2.
    """
    goal = _checked(length, n).detach().double()
    if not ((goal >= 0) & (goal < 1)).all():
        raise ValueError(f"length: wanted values in [0, 1), got {checks.describe(length)} with others in it")
    kappa = goal * (n - goal.square()) / (1 - goal.square())
    for _ in range(20):
        # a step in log κ keeps κ positive, and A_n is close to a straight line there
        step = (mean_length(kappa, n) - goal) / (kappa * slope(kappa, n)).clamp_min(torch.finfo(goal.dtype).tiny)
        kappa = kappa * (-step.clamp(-1, 1)).exp()
        if (step.abs() < 1e-14).all():
            break
    return kappa.to(length)


def slope(kappa: Float[Tensor, "*batch"], n: int) -> Float[Tensor, "*batch"]:
    """A_n′(κ) = 1 − A_n² − (n−1)A_n/κ, the variance of m·s, computed without that formula's cancellation.

    Raises as `log_normaliser` does.
    """
    return _Slope.apply(_checked(kappa, n), n)


def _checked(kappa: Tensor, n: int) -> Tensor:
    checks.count("n", n, least=2)
    if not isinstance(kappa, Tensor) or not kappa.is_floating_point():
        raise TypeError(f"kappa: wanted a real floating tensor, got {checks.describe(kappa)}")
    return kappa


class _OfKappa(torch.autograd.Function):
    """A function of κ, number by number, whose derivative is another."""

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, int], output: Tensor) -> None:
        kappa, ctx.n = inputs
        ctx.save_for_backward(kappa)
        ctx.save_for_forward(kappa)


class _LogNormaliser(_OfKappa):
    @staticmethod
    def forward(kappa: Tensor, n: int) -> Tensor:
        return _in_tiles(_log_c, kappa, n)

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> tuple[Tensor, None]:
        (kappa,) = ctx.saved_tensors
        return -grad_outputs[0] * _MeanLength.apply(kappa, ctx.n), None

    @staticmethod
    def jvp(ctx: Any, *grad_inputs: Any) -> Tensor:
        return _LogNormaliser.backward(ctx, grad_inputs[0])[0]

    @staticmethod
    def vmap(info: Any, in_dims: tuple[int, None], *args: Any) -> tuple[Tensor, int]:
        return _LogNormaliser.apply(*args), in_dims[0]


class _MeanLength(_OfKappa):
    @staticmethod
    def forward(kappa: Tensor, n: int) -> Tensor:
        return _in_tiles(lambda k, order: k * _ratio(k, order), kappa, n)

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> tuple[Tensor, None]:
        (kappa,) = ctx.saved_tensors
        return grad_outputs[0] * _Slope.apply(kappa, ctx.n), None

    @staticmethod
    def jvp(ctx: Any, *grad_inputs: Any) -> Tensor:
        return _MeanLength.backward(ctx, grad_inputs[0])[0]

    @staticmethod
    def vmap(info: Any, in_dims: tuple[int, None], *args: Any) -> tuple[Tensor, int]:
        return _MeanLength.apply(*args), in_dims[0]


class _Slope(_OfKappa):
    """A′, whose own derivative is taken from Riccati's equation A′ = 1 − A² − (n−1)A/κ."""

    @staticmethod
    def forward(kappa: Tensor, n: int) -> Tensor:
        return _in_tiles(_slope, kappa, n)

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> tuple[Tensor, None]:
        (kappa,) = ctx.saved_tensors
        length, change = _MeanLength.apply(kappa, ctx.n), _Slope.apply(kappa, ctx.n)
        away = torch.where(kappa > 0, kappa, 1)
        second = -2 * length * change - (ctx.n - 1) * (change - length / away) / away
        return grad_outputs[0] * torch.where(kappa > 0, second, 0), None

    @staticmethod
    def jvp(ctx: Any, *grad_inputs: Any) -> Tensor:
        return _Slope.backward(ctx, grad_inputs[0])[0]

    @staticmethod
    def vmap(info: Any, in_dims: tuple[int, None], *args: Any) -> tuple[Tensor, int]:
        return _Slope.apply(*args), in_dims[0]


def _in_tiles(function: Callable[[Tensor, float], Tensor], kappa: Tensor, n: int) -> Tensor:
    """A function of κ and the order n/2 − 1, in double precision, a cache's worth of numbers at a time."""
    parts = [function(part.double(), n / 2 - 1) for part in kappa.detach().flatten().split(AT_ONCE)]
    return torch.cat(parts).reshape(kappa.shape).to(kappa)


def _log_c(kappa: Tensor, order: float) -> Tensor:
    r = _radius(kappa, order)
    log_c = order * ((order + r) / (2 * math.pi)).log() + (r / (2 * math.pi)).log() / 2 - r
    log_c -= _series(r, order, 0)

    def inside(k: Tensor) -> Tensor:
        # C_ν/C_{ν+1} = 2π A_ν/κ
        factors = [2 * math.pi * ratio for ratio in _lowered(k, order)]
        return _log_c(k, order + len(factors)) + torch.stack(factors).prod(0).log()

    return _joined(log_c, inside, kappa, order)


def _ratio(kappa: Tensor, order: float) -> Tensor:
    """A/κ."""
    r = _radius(kappa, order)
    ratio = 1 / (order + r) - (_series(r, order, 1) + 0.5) / r.square()
    return _joined(ratio, lambda k: _last(_lowered(k, order)), kappa, order)


def _slope(kappa: Tensor, order: float) -> Tensor:
    r = _radius(kappa, order)
    first, second = _series(r, order, 1) + 0.5, _series(r, order, 2)
    slope = order / (r * (order + r)) + (first + second - (order / r).square() * (second + 2 * first)) / r.square()

    def inside(k: Tensor) -> Tensor:
        ratio = _last(_lowered(k, order))
        return 1 - (k * ratio).square() - (2 * order + 1) * ratio

    return _joined(slope, inside, kappa, order)


def _radius(kappa: Tensor, order: float) -> Tensor:
    return kappa.square().add(order**2).sqrt().clamp_min(RADIUS)


def _joined(outside: Tensor, function: Callable[[Tensor], Tensor], kappa: Tensor, order: float) -> Tensor:
    """Values outside the circle, and inside it those of another function.

    A processor computes these only where they are wanted; elsewhere that would mean to wait for an answer.
    """
    if order >= RADIUS:
        return outside
    inside = kappa.square() < RADIUS**2 - order**2
    if kappa.device.type != "cpu" or torch.compiler.is_compiling():
        return torch.where(inside, function(torch.where(inside, kappa, 0)), outside)
    if inside.any():
        outside[inside] = function(kappa[inside])
    return outside


def _last(values: Iterator[Tensor]) -> Tensor:
    *_, last = values
    return last


def _lowered(kappa: Tensor, order: float) -> Iterator[Tensor]:
    """A/κ at the orders ν + m − 1, …, ν + 1, ν, by recurrence from the first order ν + m beyond RADIUS."""
    steps = math.ceil(RADIUS - order)
    squared, ratio = kappa.square(), _ratio(kappa, order + steps)
    for step in range(steps, 0, -1):
        ratio = 1 / (2 * (order + step) + squared * ratio)
        yield ratio


def _series(r: Tensor, order: float, power: int) -> Tensor:
    """Σ_k r^{−k} Σ_j c_kj (k + 2j)^power t^j: −r d/dr applied power times to the logarithm of Debye's series."""
    # r is at least ν, so that large orders need fewer terms
    reach = max(order, RADIUS)
    terms = next(k for k in range(1, TERMS + 1) if k == TERMS or _SIZES[k] < 1e-18 * reach**k)
    u, t = 1 / r, (order / r).square()
    total = torch.zeros_like(r)
    for k in range(terms, 0, -1):
        polynomial = torch.full_like(r, _COEFFICIENTS[k][-1] * (3 * k) ** power)
        for j in range(k - 1, -1, -1):
            polynomial.mul_(t).add_(_COEFFICIENTS[k][j] * (k + 2 * j) ** power)
        total.add_(polynomial).mul_(u)
    return total


def _debye() -> list[list[float]]:
    """c_kj: log Σ_k U_k(p) ν^{−k} = Σ_k r^{−k} Σ_j c_kj p^{2j}, exactly, from the recurrence of Debye's U_k."""
    series: list[dict[int, Fraction]] = [{0: Fraction(1)}]
    for _ in range(TERMS):
        following: dict[int, Fraction] = {}
        for power, c in series[-1].items():
            lower, upper = c * power / 2 + c / (8 * (power + 1)), -c * power / 2 - 5 * c / (8 * (power + 3))
            following[power + 1] = following.get(power + 1, Fraction(0)) + lower
            following[power + 3] = following.get(power + 3, Fraction(0)) + upper
        series.append(following)
    logs: list[dict[int, Fraction]] = [{}]
    for k in range(1, TERMS + 1):
        total = dict(series[k])
        for i in range(1, k):
            for p, c in logs[i].items():
                for q, d in series[k - i].items():
                    total[p + q] = total.get(p + q, Fraction(0)) - Fraction(i, k) * c * d
        logs.append(total)
    return [[float(log.get(k + 2 * j, 0)) for j in range(k + 1)] for k, log in enumerate(logs)]


_COEFFICIENTS = _debye()
_SIZES = [max((abs(c) * (3 * k) ** 2 for c in row), default=0.0) for k, row in enumerate(_COEFFICIENTS)]

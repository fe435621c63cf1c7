"""Densities on the unit sphere: the von Mises–Fisher distribution, its mixtures, and the mixture as an energy.

The two distributions follow `torch.distributions`; unlike there, every draw also takes a generator, so that chance
can have a name.
"""

import math
from typing import Any, cast

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor
from torch.distributions import Categorical, Distribution, MixtureSameFamily, constraints, register_kl

from amem import checks, shapes
from amem.energies.base import SharpEnergy
from amem.energies.concentration import log_normaliser, mean_length, slope
from amem.energies.softmax import average, log_sum_exp

NUMBERS_AT_ONCE = 1 << 18
"""How many coordinates of draws are worked on together: 2 MB in double precision."""


class _UnitVector(constraints.Constraint):
    """A real vector of length one, up to the square root of its dtype's precision."""

    event_dim = 1

    def check(self, value: Tensor) -> Tensor:
        return (torch.linalg.vector_norm(value, dim=-1) - 1).abs() < torch.finfo(value.dtype).eps ** 0.5


unit_vector = _UnitVector()

LARGEST = 1e14
"""The largest concentration: beyond it rounding moves a log density by more than 0.05, even in double precision."""


class _Concentration(constraints.Constraint):
    """A number from 0 to LARGEST."""

    def check(self, value: Tensor) -> Tensor:
        return (value >= 0) & (value <= LARGEST)


class VonMisesFisher(Distribution):
    """p(s) = C_n(κ) exp(κ m·s) on the unit sphere of n dimensions [banerjee2005clustering, sec. 2].

    mean_direction: m, (..., n), unit vectors; concentration: κ from 0 to 10¹⁴, (...). `log_prob` is the formula also
    off the sphere if `validate_args` is False; if not, values count as unit vectors, whatever rounding has done to
    their lengths. Samples are differentiable in both parameters: in m along the formula that makes them, in κ
    implicitly [figurnov2018implicit], once. What cancels at large κ is computed in double precision, for any dtype.

    Raises ValueError where a parameter or a value violates its constraint.

    >>> import torch
    >>> from amem.seeds import generator
    >>> distribution = VonMisesFisher(torch.tensor([0.0, 0.6, 0.8]), torch.tensor(50.0))
    >>> distribution.sample((2,), generator=generator("example")).shape
    torch.Size([2, 3])
    """

    # torch declares these as properties and sets them, like everyone else, as attributes of the class
    arg_constraints = {  # noqa: RUF012  # pyright: ignore
        "mean_direction": unit_vector,
        "concentration": _Concentration(),
    }
    support = unit_vector  # pyright: ignore
    has_rsample = True

    def __init__(
        self,
        mean_direction: Float[Tensor, "... n"],
        concentration: Float[Tensor, "..."],
        validate_args: bool | None = None,
    ) -> None:
        shapes.states("mean_direction", mean_direction)
        if mean_direction.shape[-1] < 2:
            raise ValueError(f"mean_direction: wanted n at least 2, got {checks.describe(mean_direction)}")
        if not isinstance(concentration, Tensor) or not concentration.is_floating_point():
            raise TypeError(f"concentration: wanted a real floating tensor, got {checks.describe(concentration)}")
        batch = torch.broadcast_shapes(mean_direction.shape[:-1], concentration.shape)
        self.mean_direction = mean_direction.expand(*batch, -1)
        self.concentration = concentration.expand(batch)
        super().__init__(batch, mean_direction.shape[-1:], validate_args)

    def expand(self, batch_shape: Any, _instance: Any = None) -> "VonMisesFisher":
        new = cast("VonMisesFisher", self._get_checked_instance(VonMisesFisher, _instance))
        batch = torch.Size(batch_shape)
        new.mean_direction = self.mean_direction.expand(batch + self.event_shape)
        new.concentration = self.concentration.expand(batch)
        super(VonMisesFisher, new).__init__(batch, self.event_shape, validate_args=False)
        new._validate_args = self._validate_args
        return new

    @property
    def mean(self) -> Float[Tensor, "... n"]:
        """A_n(κ) m."""
        return self._length[..., None] * self.mean_direction

    @property
    def mode(self) -> Float[Tensor, "... n"]:
        """m."""
        return self.mean_direction

    @property
    def variance(self) -> Float[Tensor, "... n"]:
        """The variance of each coordinate, A_n/κ + (A_n′ − A_n/κ) m_i²."""
        kappa = self.concentration.double()
        concentrated = kappa > 0
        # towards κ = 0 all directions have the variance 1/n
        across = torch.where(
            concentrated, mean_length(kappa, self._n) / torch.where(concentrated, kappa, 1), 1 / self._n
        )
        across, along = (part.to(self.concentration)[..., None] for part in (across, slope(kappa, self._n)))
        share = self.mean_direction.square()
        return along * share + across * (1 - share)

    def entropy(self) -> Float[Tensor, "..."]:
        """−log C_n(κ) − κ A_n(κ)."""
        kappa = self.concentration.double()
        entropy = -log_normaliser(kappa, self._n) - kappa * mean_length(kappa, self._n)
        return entropy.to(self.concentration)

    def log_prob(self, value: Float[Tensor, "... n"]) -> Float[Tensor, "..."]:
        """log C_n(κ) + κ m·s."""
        shapes.states("value", value, self._n)
        if self._validate_args:
            self._validate_sample(value)
        kappa = self.concentration.double()
        cosine = (_unit(self.mean_direction) * _placed(value, self._validate_args)).sum(-1)
        log_density = log_normaliser(kappa, self._n) + kappa * cosine
        return log_density.to(torch.promote_types(value.dtype, self.mean_direction.dtype))

    def sample(self, sample_shape: Any = (), *, generator: torch.Generator | None = None) -> Float[Tensor, "... n"]:
        """Independent draws, by rejection [wood1994simulation]; without a generator from torch's global one."""
        with torch.no_grad():
            return self.rsample(sample_shape, generator=generator)

    def rsample(self, sample_shape: Any = (), *, generator: torch.Generator | None = None) -> Float[Tensor, "... n"]:
        """The same draws, differentiable in the mean direction and the concentration.

        s = cos θ m + sin θ v: the angle does not depend on m, and v is the part of a Gaussian vector orthogonal to m,
        normalised, which is a uniform direction there for any m. The angle's derivative in κ is −∂_κF/∂_θF with F its
        distribution function [figurnov2018implicit, sec. 3], by quadrature.
        """
        shape = torch.Size(sample_shape)
        rows = max(1, NUMBERS_AT_ONCE // max(1, self.batch_shape.numel() * self._n))
        tiles = [rows] * (shape.numel() // rows) + [shape.numel() % rows]
        draws = torch.cat([self._draw(count, generator) for count in tiles])
        return draws.reshape(shape + self.batch_shape + self.event_shape)

    def _draw(self, count: int, generator: torch.Generator | None) -> Tensor:
        kappa, m = self.concentration.expand(count, *self.batch_shape), self.mean_direction
        versine = _Versine.apply(kappa, _draw_versine(kappa, self._n, generator), self._n)
        gaussian = _chance(torch.randn, (*kappa.shape, self._n), generator, m)
        across = gaussian - torch.linalg.vecdot(gaussian, m)[..., None] * m
        squared = versine * (2 - versine)
        # at the poles a root has no slope, but an angle that is 0 or π at one κ is so at all
        between = squared > 0
        sine = torch.where(between, torch.where(between, squared, 1).sqrt(), 0)
        sine = sine / torch.linalg.vector_norm(across, dim=-1)
        return torch.addcmul((1 - versine)[..., None] * m, sine[..., None], across)

    @property
    def _n(self) -> int:
        return self.event_shape[0]

    @property
    def _length(self) -> Tensor:
        return mean_length(self.concentration, self._n)


class VonMisesFisherMixture(MixtureSameFamily):
    """p(s) = Σ_j π_j C_n(κ_j) exp(κ_j m_j·s): a `Categorical` of weights over a `VonMisesFisher` of p components.

    As `torch.distributions.MixtureSameFamily`, with draws that take a generator, with responsibilities, and with a
    density that does not hold queries × components × dimensions numbers.
    """

    @property
    def components(self) -> VonMisesFisher:
        """The p components, of batch shape (..., p)."""
        return cast("VonMisesFisher", self.component_distribution)

    def log_prob(self, x: Float[Tensor, "... n"]) -> Float[Tensor, "..."]:
        """log p(s)."""
        shapes.states("x", x, self.event_shape[0])
        if self._validate_args:
            self._validate_sample(x)
        if self.batch_shape:
            log_density = self._joint(x).logsumexp(-1)
        else:
            log_density = log_sum_exp(_placed(x, self._validate_args), *self._scores())
        return log_density.to(self._dtype(x))

    def responsibilities(self, value: Float[Tensor, "... n"]) -> Float[Tensor, "... p"]:
        """p(j | s) = π_j C_n(κ_j) e^{κ_j m_j·s} / p(s): which component a point comes from."""
        shapes.states("value", value, self.event_shape[0])
        if self._validate_args:
            self._validate_sample(value)
        return self._joint(value).softmax(-1).to(self._dtype(value))

    def sample(self, sample_shape: Any = (), *, generator: torch.Generator | None = None) -> Float[Tensor, "... n"]:
        """Independent draws; without a generator from torch's global one."""
        with torch.no_grad():
            shape = torch.Size(sample_shape) + self.batch_shape
            weights = self.mixture_distribution.probs.detach()
            chance = _chance(torch.rand, (*shape, 1), generator, weights)
            chosen = torch.searchsorted(
                weights.cumsum(-1).expand(*shape, -1).contiguous(), chance.clamp_max(weights.sum(-1, keepdim=True))
            )
            chosen = chosen.clamp_max(weights.shape[-1] - 1)
            m, kappa = self.components.mean_direction, self.components.concentration
            m = m.expand(*shape, *m.shape[-2:]).gather(-2, chosen[..., None].expand(*shape, 1, m.shape[-1]))
            kappa = kappa.expand(*shape, -1).gather(-1, chosen)
            return VonMisesFisher(m[..., 0, :], kappa[..., 0], validate_args=False).sample(generator=generator)

    def _scores(self) -> tuple[Tensor, Tensor]:
        kappa = self.components.concentration.double()
        bias = self.mixture_distribution.logits.double() + log_normaliser(kappa, self.event_shape[0])
        return kappa[..., None] * _unit(self.components.mean_direction), bias

    def _joint(self, value: Tensor) -> Tensor:
        (keys, bias), place = self._scores(), _placed(value, self._validate_args)
        return (keys @ place[..., None])[..., 0] + bias if self.batch_shape else place @ keys.T + bias

    def _dtype(self, value: Tensor) -> torch.dtype:
        return torch.promote_types(value.dtype, self.components.mean_direction.dtype)


@register_kl(VonMisesFisher, VonMisesFisher)
def divergence(p: VonMisesFisher, q: VonMisesFisher) -> Float[Tensor, "..."]:
    """KL(p ‖ q) = log C_n(κ) − log C_n(κ′) + A_n(κ)(κ − κ′ m·m′), what `torch.distributions.kl_divergence` returns.

    Raises ValueError if the two live on spheres of different dimensions.
    """
    n = p.event_shape[0]
    if q.event_shape[0] != n:
        raise ValueError(f"q: wanted a distribution of {n} dimensions, got one of {q.event_shape[0]}")
    kappa, other = p.concentration.double(), q.concentration.double()
    apart = (_unit(p.mean_direction) - _unit(q.mean_direction)).square().sum(-1) / 2
    gained = log_normaliser(kappa, n) - log_normaliser(other, n)
    divergence = gained + mean_length(kappa, n) * (kappa - other + other * apart)
    return divergence.to(torch.promote_types(p.mean_direction.dtype, q.mean_direction.dtype))


class SphericalMixture(SharpEnergy):
    """E(s) = −log Σ_j π_j C_n(κ_j) exp(κ_j m_j·s), the mixture's negative log-likelihood [schaeffer2024bridging,
    sec. 4].

    Defined for every s, and a density on the unit sphere only. −E is convex in s, which makes
    `amem.dynamics.mode_seeking` climb. With κ_j m_j = u_j it is what a pre-norm attention head descends
    (`amem.energies.heads`).

    mean_directions: (p, n), unit vectors; concentrations: κ, (p,), from 0 to 10¹⁴; log_weights: log π up to a constant,
    (p,).
    Raises ValueError or TypeError for parameters of other shapes, that are not finite, or out of range.
    """

    mean_directions: Tensor
    concentrations: Tensor
    log_weights: Tensor

    def __init__(
        self,
        mean_directions: Float[Tensor, "p n"],
        concentrations: Float[Tensor, " p"],
        log_weights: Float[Tensor, " p"],
    ) -> None:
        super().__init__()
        p, n = shapes.matrix("mean_directions", mean_directions).shape
        if n < 2 or not unit_vector.check(mean_directions).all():
            raise ValueError(
                f"mean_directions: wanted unit vectors of at least 2 dimensions, got {checks.describe(mean_directions)}"
                f" with norms from {mean_directions.norm(dim=-1).min():g} to {mean_directions.norm(dim=-1).max():g}"
            )
        for name, value in (("concentrations", concentrations), ("log_weights", log_weights)):
            if shapes.states(name, value, p).ndim != 1 or not torch.isfinite(value).all():
                raise ValueError(f"{name}: wanted {p} finite numbers, got {checks.describe(value)}")
        if not _Concentration().check(concentrations).all():
            found = f"{concentrations.min():g} to {concentrations.max():g}"
            raise ValueError(f"concentrations: wanted numbers from 0 to {LARGEST:g}, got {found}")
        self.keep("mean_directions", mean_directions)
        self.keep("concentrations", concentrations)
        self.keep("log_weights", log_weights)
        self.look()

    @property
    def n(self) -> int:
        return self.mean_directions.shape[1]

    def largest_exponent(self) -> Float[Tensor, ""]:
        return self.concentrations.max()

    def forward(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch"]:
        query, keys, bias = self._precise(state)
        return -log_sum_exp(query, keys, bias).to(state.dtype)

    def force(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch n"]:
        """Σ_j a_j κ_j m_j with a the responsibilities: attention whose values are the keys u_j = κ_j m_j."""
        query, keys, bias = self._precise(state)
        return average(query, keys, bias).to(state.dtype)

    def log_density(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch"]:
        """log p(s) on the unit sphere, −E."""
        return -self(state)

    def responsibilities(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch p"]:
        """a_j(s) = p(j | s): the E-step, softmax_j(κ_j m_j·s + log π_j + log C_n(κ_j))."""
        query, keys, bias = self._precise(state)
        return (query @ keys.T + bias).softmax(-1).to(state.dtype)

    def distribution(self) -> VonMisesFisherMixture:
        """The mixture as a distribution to draw from."""
        components = VonMisesFisher(self.mean_directions, self.concentrations)
        return VonMisesFisherMixture(Categorical(logits=self.log_weights), components)

    def _scores(self, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        """u_j = κ_j m_j and log π_j + log C_n(κ_j)."""
        kappa, directions = self.concentrations.to(dtype), self.mean_directions.to(dtype)
        bias = self.log_weights.to(dtype).log_softmax(-1) + log_normaliser(kappa, self.n)
        return kappa[:, None] * directions, bias

    def _precise(self, state: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """The state, the keys and what each starts with, as precise as exponents must be."""
        dtype = self.precision(state.dtype)
        return state.to(dtype), *self._scores(dtype)


def _unit(vectors: Tensor) -> Tensor:
    """In double precision and of length one to the last digit: what rounding took off would count κ times."""
    return torch.nn.functional.normalize(vectors.double(), dim=-1)


def _placed(value: Tensor, on_sphere: bool) -> Tensor:
    """A value in double precision, moved back to the sphere if that is where it must be."""
    return _unit(value) if on_sphere else value.double()


def _chance(maker: Any, shape: tuple[int, ...], generator: torch.Generator | None, like: Tensor) -> Tensor:
    """Random numbers drawn in double precision where the generator lives, moved to a tensor's dtype and device."""
    device = like.device if generator is None else generator.device
    return maker(shape, generator=generator, dtype=torch.float64, device=device).to(like)


def _draw_versine(kappa: Tensor, n: int, generator: torch.Generator | None) -> Tensor:
    """1 − cos θ, θ the angle to the mean direction, by Wood's rejection from an envelope on the whole circle.

    The envelope's symmetric beta variate is (1 + y)/2, y a coordinate of a uniform unit vector of n dimensions,
    √(1 − U^{2/(n−2)}) cos 2πV [ulrich1984computer]. Everything is written in 1 − cos θ, so that digits survive at
    large κ.
    """
    k = kappa.detach().flatten().double()
    if not _Concentration().check(k).all():
        raise ValueError(f"concentration: wanted numbers from 0 to {LARGEST:g}, got {k.min():g} to {k.max():g}")
    versine, waiting = torch.empty_like(k), torch.arange(k.numel(), device=k.device)
    while waiting.numel():
        here = k[waiting]
        b = (n - 1) / (2 * here + (4 * here.square() + (n - 1) ** 2).sqrt())
        u, v, w = _chance(torch.rand, (3, len(waiting)), generator, k)
        power = u.log() * (2 / (n - 2)) if n > 2 else torch.full_like(u, -math.inf)
        y = (-power.expm1()).sqrt() * (2 * math.pi * v).cos()
        proposal = 2 * b * (1 + y) / ((1 - y) + b * (1 + y))
        # x₀ = (1 − b)/(1 + b): how far κ cos θ + (n−1) log(1 − x₀ cos θ) lies below its maximum, at cos θ = x₀
        at_peak = 2 * b / (1 + b)
        fall = here * (at_peak - proposal) + (n - 1) * (((1 + b) + (1 - b) * proposal * (1 + b) / (2 * b)) / 2).log()
        accepted = fall >= w.log()
        versine[waiting[accepted]] = proposal[accepted]
        waiting = waiting[~accepted]
    return versine.reshape(kappa.shape).to(kappa)


class _Versine(torch.autograd.Function):
    """A drawn 1 − cos θ as a function of κ."""

    @staticmethod
    def forward(kappa: Tensor, versine: Tensor, n: int) -> Tensor:
        return versine.clone()

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, Tensor, int], output: Tensor) -> None:
        kappa, versine, ctx.n = inputs
        ctx.save_for_backward(kappa, versine)
        ctx.save_for_forward(kappa, versine)

    @staticmethod
    def jvp(ctx: Any, *grad_inputs: Any) -> Tensor:
        kappa, versine = ctx.saved_tensors
        return grad_inputs[0] * _versine_slope(versine, kappa, ctx.n)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: Any, *grad_outputs: Tensor
    ) -> tuple[Tensor, None, None]:
        kappa, versine = ctx.saved_tensors
        return grad_outputs[0] * _versine_slope(versine, kappa, ctx.n), None, None


def _versine_slope(versine: Float[Tensor, "*batch"], kappa: Float[Tensor, "*batch"], n: int) -> Float[Tensor, "*batch"]:
    """d(1 − cos θ)/dκ at a fixed quantile: ± sin θ ∫ (cos φ − A) q(φ) dφ / q(θ), q ∝ e^{κ cos φ} sin^{n−2} φ.

    The integral runs from θ away from the peak of q, to the end or over twelve widths of the peak.
    """
    t, k = versine.double(), kappa.double()
    least = 1e-300
    angle = 2 * (t / 2).sqrt().clamp(least, 1).asin()
    cosine_at_peak = 2 * k / ((n - 2) + ((n - 2) ** 2 + 4 * k.square()).sqrt()).clamp_min(least)
    curvature = k * cosine_at_peak + (n - 2) / (1 - cosine_at_peak.square()).clamp_min(least)
    sign = torch.where(angle < cosine_at_peak.acos(), -1.0, 1.0)
    reach = torch.minimum(torch.where(sign < 0, angle, math.pi - angle), 12 * curvature.rsqrt())
    nodes, weights = (torch.from_numpy(part).to(k) for part in _QUADRATURE)
    theta, step = angle[..., None], (sign * reach)[..., None] * nodes
    phi = theta + step
    log_ratio = (n - 2) * (phi.sin() / theta.sin()).clamp_min(least).log()
    log_ratio -= 2 * k[..., None] * (theta + step / 2).sin() * (step / 2).sin()
    gap = (1 - mean_length(k, n))[..., None] - 2 * (phi / 2).sin().square()
    integral = reach * (gap * log_ratio.exp() * weights).sum(-1)
    return (sign * angle.sin() * integral).to(versine)


_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(64)
_QUADRATURE = ((_NODES + 1) / 2, _WEIGHTS / 2)

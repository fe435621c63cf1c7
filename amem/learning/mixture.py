"""Fitting a mixture on the sphere: expectation and maximisation, the second with the exact concentration."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from amem import checks, shapes
from amem.energies.concentration import concentration
from amem.energies.sphere import SphericalMixture

LARGEST = 1e8
"""A component that holds a single point would want κ = ∞."""


@dataclass(frozen=True)
class Fit:
    """A fitted mixture and what each sweep reached: the mean log-likelihood of a point before every update, in nats."""

    mixture: SphericalMixture
    log_likelihood: tuple[float, ...]


def fit_mixture(
    points: Float[Tensor, "count n"],
    start: Float[Tensor, "p n"],
    *,
    sweeps: int,
    tolerance: float = 0.0,
) -> Fit:
    """Maximum-likelihood weights, mean directions and concentrations by EM [banerjee2005clustering, sec. 3].

    Computed in double precision, in which alone ‖Σ_i a_ij s_i‖ of a narrow component is told from Σ_i a_ij; the mixture
    has the points' precision.

    From the mean directions `start` (equal weights; one concentration, that of the nearest starts) repeat: a_ij = p(j |
    s_i); π_j = Σ_i a_ij/count; m_j ∝ Σ_i a_ij s_i; κ_j with A_n(κ_j) = ‖Σ_i a_ij s_i‖/Σ_i a_ij exactly, not by the
    usual approximation. The likelihood never falls. Stops early when a sweep gains no more than the tolerance, in nats
    per point.

    Raises ValueError or TypeError for points or start that are not finite floating matrices of one width with rows of
    length above 0, and for sweeps or tolerance out of range.
    """
    n = shapes.matrix("points", points).shape[1]
    if shapes.matrix("start", start).shape[1] != n:
        raise ValueError(f"start: wanted shape (p, {n}), got {checks.describe(start)}")
    for name, value in (("points", points), ("start", start)):
        if not (value.square().sum(-1) > 0).all():
            raise ValueError(f"{name}: wanted rows of length above 0, got {checks.describe(value)} with a zero row")
    sweeps, tolerance = checks.count("sweeps", sweeps), checks.at_least_zero("tolerance", tolerance)
    dtype = points.dtype
    points, means = (torch.nn.functional.normalize(value.double(), dim=-1) for value in (points, start))
    nearest = (points @ means.T).amax(-1).mean()
    mixture = SphericalMixture(
        means, _concentration(nearest, n).expand(len(means)).clone(), points.new_zeros(len(means))
    )
    reached: list[float] = []
    for _ in range(sweeps):
        reached.append(float(mixture.log_density(points).mean()))
        if len(reached) > 1 and reached[-1] - reached[-2] <= tolerance:
            break
        mixture = _update(mixture, points)
    return Fit(mixture.to(dtype), tuple(reached))


def scattered(points: Float[Tensor, "count n"], p: int, rng: torch.Generator) -> Float[Tensor, "p n"]:
    """p of the points, each drawn with a chance ∝ 1 − cos of its angle to the nearest before it
    [arthur2007kmeans]: starts that are likely to lie in different clusters.

    Raises ValueError or TypeError for points that are not a finite floating matrix, p not a whole number from 1 to
    their count, or rng no generator.
    """
    unit = torch.nn.functional.normalize(shapes.matrix("points", points), dim=-1)
    shapes.generator("rng", rng)
    if (p := checks.count("p", p)) > len(points):
        raise ValueError(f"p: wanted at most the number of points, {len(points)}, got {p}")
    chosen = torch.randint(len(points), (1,), generator=rng)
    while len(chosen) < p:
        # not quite zero, so that there is a choice where all points are alike
        chance = (1 - (unit @ unit[chosen.to(points.device)].T).amax(-1)).clamp_min(1e-12)
        chosen = torch.cat([chosen, torch.multinomial(chance.cpu(), 1, generator=rng)])
    return points[chosen.to(points.device)]


def _update(mixture: SphericalMixture, points: Tensor) -> SphericalMixture:
    share = mixture.responsibilities(points)
    held, total = share.sum(0), share.T @ points
    length = torch.linalg.vector_norm(total, dim=-1)
    # a component that holds nothing keeps its place and its concentration
    alive = (held > torch.finfo(points.dtype).tiny) & (length > 0)
    kappa = _concentration(torch.where(alive, length / held, 0), points.shape[1])
    return SphericalMixture(
        torch.where(alive[:, None], total / length[:, None], mixture.mean_directions),
        torch.where(alive, kappa, mixture.concentrations),
        held.clamp_min(torch.finfo(points.dtype).tiny).log(),
    )


def _concentration(length: Tensor, n: int) -> Tensor:
    return concentration(length.double().clamp(0, 1 - (n - 1) / (2 * LARGEST)), n).to(length)

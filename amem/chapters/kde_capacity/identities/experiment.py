"""Identities between the kernel estimator and the modern Hopfield network."""

import math
from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from amem.chapters.kde_capacity.storing import spheres
from amem.dynamics import attend, mean_shift, run
from amem.energies import GaussianKDE, LogSumExp
from amem.experiment import Config, experiment
from amem.measures import distance
from amem.seeds import generator
from amem.sweep import grid, sweep
from amem.theory import attention, kde


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """p points on the sphere of radius K√n; rest in units of the radius, the bandwidth not."""

    radius_ratios: tuple[float, ...] = (1.0, 1.5)
    n: tuple[int, ...] = (4, 16)
    p: tuple[int, ...] = (8, 512)
    bandwidth: float = 0.7
    states: int = 64
    hessians: int = 8
    rest: float = 1e-12
    steps: int = 20_000


@experiment(quick=Numbers(), full=Numbers())
def identities(config: Numbers) -> pd.DataFrame:
    """The largest error of each identity over random points on spheres; all vanish but for rounding."""
    return sweep(check_identities, grid(radius_ratio=config.radius_ratios, n=config.n, p=config.p), config)


def check_identities(config: Numbers, radius_ratio: float, n: int, p: int) -> dict[str, object]:
    """The kernel estimator against the modern Hopfield network at β = 1/h², and the limits of small and large h.

    energy: how much the difference of the two energies varies from state to state. constant: its mean minus −h² ln p.
    update: mean shift against attention. separation: Δ against half the squared distance to the nearest neighbour.
    curvature: the Hessian against I − Cov/h². narrow: how far the modes lie from the points, in units of M, at a
    bandwidth of a tenth of the smallest distance. wide, off_mean: at h = 10 M, how far from their common mean starts
    on the points end, and how far from the mean of the points, in units of M.
    """
    radius, bandwidth = radius_ratio * math.sqrt(n), config.bandwidth
    points = spheres(config, p, n, radius, "identities", radius_ratio)(0)
    rng = generator("kde_capacity", "identities", "states", radius_ratio, n, p)
    states = torch.randn(config.states, n, generator=rng, dtype=torch.float64).to(config.device)
    estimator, network = GaussianKDE(points, bandwidth), LogSumExp(points, bandwidth**-2)
    difference = estimator(states) - network(states)
    update = mean_shift(points, bandwidth)(states) - attend(points, bandwidth**-2)(states)
    weights = (-torch.cdist(states, points).square() / (2 * bandwidth**2)).softmax(-1)
    centred = points - (weights @ points)[:, None]
    covariance = torch.einsum("sp,spi,spj->sij", weights, centred, centred)
    identity = torch.eye(n, dtype=torch.float64, device=config.device)
    hessian = [
        cast("Tensor", torch.autograd.functional.hessian(estimator, state)) for state in states[: config.hessians]
    ]
    known = points.cpu().numpy()
    nearest = kde.nearest_distance(known)
    narrow = run(
        mean_shift(points, float(nearest.min()) / 10), points, steps=config.steps, tolerance=config.rest * radius
    ).state
    wide = run(mean_shift(points, 10 * radius), points, steps=config.steps, tolerance=config.rest * radius).state
    return {
        "energy": float((difference - difference.mean()).abs().max()),
        "constant": float((difference.mean() + bandwidth**2 * math.log(p)).abs()),
        "update": float(update.abs().max()),
        "separation": float(np.abs(attention.separation(known) - nearest**2 / 2).max()),
        "curvature": float(
            (torch.stack(hessian) - identity + covariance[: config.hessians] / bandwidth**2).abs().max()
        ),
        "narrow": float(distance(narrow, points).max()) / radius,
        "wide": float(distance(wide, wide.mean(0).expand_as(wide)).max()) / radius,
        "off_mean": float(distance(wide, points.mean(0).expand_as(wide)).max()) / radius,
    }

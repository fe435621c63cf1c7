"""The points that theorems A and B certify beside those that are stored."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch

from amem import patterns
from amem.chapters.kde_capacity.storing import Storing, spheres
from amem.dynamics import mean_shift, run
from amem.experiment import experiment
from amem.measures import distance
from amem.seeds import generator
from amem.sweep import grid, sweep
from amem.theory import attention, kde


@dataclass(frozen=True, kw_only=True)
class Numbers(Storing):
    """K = M/√n with n, and numbers of points; h = 1, in units of which `rest` is given here.

    on_surface: starts on the surface of the ball about each point that theorem B certifies, of `started` at most.
    """

    rest: float = 1e-10
    cases: tuple[tuple[float, int], ...] = ((3.0, 8), (2.0, 16), (1.5, 24))
    p: tuple[int, ...] = (8, 16, 32, 64, 128, 256, 512, 1024, 2048)
    on_surface: int = 8


@experiment(quick=Numbers(), full=Numbers(trials=1024))
def certificates(config: Numbers) -> pd.DataFrame:
    """The fractions of points that theorems A and B certify beside the fraction stored, and theorem B's contraction."""
    cases = [{"radius_ratio": ratio, "n": n} for ratio, n in config.cases]
    points = [case | load for case in cases for load in grid(p=config.p)]
    return sweep(certify, points, config)


def certify(config: Numbers, radius_ratio: float, n: int, p: int) -> dict[str, object]:
    """Certificates and fixed points of p random points on the sphere of radius K√n at h = 1, and theorem B's balls.

    certified_stored: the fraction of theorem B's points that are stored. excess: the most by which one of their modes
    is farther away than the theorem allows. spread: the most that starts on the surface of one point's ball of
    radius h²/R end apart. contraction: the most by which one step multiplies the distance of two of them.
    """
    radius = radius_ratio * math.sqrt(n)
    draw = spheres(config, p, n, radius, "certificates", radius_ratio)
    counts = np.zeros(5, dtype=int)
    worst: list[tuple[float, float, float]] = []
    for number in range(math.ceil(config.trials / p)):
        points = draw(number)
        known = points.cpu().numpy()
        by_a = attention.separation(known) >= attention.required_separation(p, radius, 1.0)
        by_b = torch.from_numpy(kde.certified(known, 1.0)).to(config.device)
        update = mean_shift(points, 1.0)
        modes = run(update, points, steps=config.steps, tolerance=config.rest).state
        moved = distance(modes, points)
        stored = moved < config.tolerance * radius
        counts += [p, int(stored.sum()), int(by_a.sum()), int(by_b.sum()), int((by_b & stored).sum())]
        if by_b.any():
            allowed = torch.from_numpy(kde.certified_displacement(known, 1.0)).to(config.device)
            centres = points[by_b][: config.started]
            rng = generator("kde_capacity", "certificates", "directions", radius_ratio, n, p, number)
            surface = patterns.sphere(
                config.on_surface,
                n,
                rng,
                radius=1 / float(torch.pdist(points).max()),
                device=config.device,
                dtype=torch.float64,
            )
            starts = centres[:, None] + surface
            once = update(starts)
            ends = run(update, starts, steps=config.steps, tolerance=config.rest).state
            between = ~torch.eye(config.on_surface, dtype=torch.bool, device=config.device)
            contraction = torch.cdist(once, once)[:, between] / torch.cdist(starts, starts)[:, between]
            worst.append((
                float((moved - allowed)[by_b].max()),
                float(torch.cdist(ends, ends).max()),
                float(contraction.max()),
            ))  # fmt: skip
    points_tested, stored, by_a, by_b, both = counts.tolist()
    excess, spread, contraction = np.max(worst, axis=0).tolist() if worst else 3 * [math.nan]
    return {
        "tested": points_tested,
        "stored": stored / points_tested,
        "by_a": by_a / points_tested,
        "by_b": by_b / points_tested,
        "certified_stored": both / by_b if by_b else math.nan,
        "excess": excess,
        "spread": spread,
        "contraction": contraction,
    }

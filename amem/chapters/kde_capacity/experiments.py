"""How many points a Gaussian kernel density estimator remembers: measurements beside theory.

p points in n dimensions, bandwidth h. A point is stored if mean shift, started on it, comes to rest within
`tolerance` · M of it, M being the radius of the sphere on which the points lie.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from amem import patterns, sweep
from amem.dynamics import attend, mean_shift, run
from amem.energies import GaussianKDE, LogSumExp
from amem.measures import distance, proportion
from amem.seeds import generator
from amem.sweep import grid
from amem.theory import attention, kde


@dataclass(frozen=True, kw_only=True)
class Config(sweep.Config):
    """The numbers of a run.

    tolerance, rest: stored within tolerance·M; at rest when a step is no longer than rest·M, after at most `steps`.
    started, trials: so many points of a draw are started (all if there are fewer), until at least `trials` were.
    radius_ratios, largest_n: K = M/√n at h = 1, and up to which n each is measured. The next size wants a GPU:
        n = 24 at K = 1 (p ≈ 5·10⁵) and n = 14 at K = 1.5 (p ≈ 3·10⁵).
    failure: the guarantees are drawn at even odds, the fairest beside a measured one half; published_failure: as
        published.
    """

    tolerance: float = 0.1
    rest: float = 1e-5
    steps: int = 20_000
    started: int = 128
    trials: int
    radius_ratios: tuple[float, ...] = (1.0, 1.5)
    largest_n: tuple[int, ...]
    theory_n: int = 80
    failure: float = 0.5
    published_failure: float = 0.001
    published_cases: tuple[tuple[float, int], ...] = ((3.0, 20), (2.0, 20), (1.0, 50), (1.0, 75))
    bandwidth_n: tuple[int, ...] = (6, 10, 20)
    bandwidth_p: int = 1000
    concentrations: tuple[float, ...] = (8.0, 12.0)
    concentration_n: tuple[int, ...]
    rule_n: tuple[int, ...] = (3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 20, 30)
    rule_p: tuple[int, ...]
    certificate_cases: tuple[tuple[float, int], ...] = ((3.0, 8), (2.0, 16), (1.5, 24))
    certificate_p: tuple[int, ...] = (8, 16, 32, 64, 128, 256, 512, 1024, 2048)
    wells_bandwidths: tuple[float, ...] = (0.12, 0.4, 1.2)


PRESETS = {
    "quick": Config(
        preset="quick",
        trials=256,
        largest_n=(12, 8),
        concentration_n=(4, 8, 16, 32),
        rule_p=(3000,),
    ),
    "full": Config(
        preset="full",
        trials=1024,
        largest_n=(20, 12),
        concentration_n=(4, 8, 16, 32, 64, 128),
        rule_p=(300, 3000, 30_000),
    ),
}


def fraction_stored(config: Config) -> pd.DataFrame:
    """The fraction of points stored against their number, and the capacity p₅₀ at which it is one half.

    Rows of source "simulation" hold measured fractions, "threshold" the p₅₀ read off them; of the other sources,
    "mean field" predicts p₅₀, "asymptotic rate" its slope, and "theorem A" and "theorem B" guarantee at least p.
    """
    points: list[dict[str, object]] = []
    theory: list[dict[str, object]] = []
    for ratio, largest in zip(config.radius_ratios, config.largest_n, strict=True):
        for n in range(4, largest + 1, 2):
            expected = kde.mean_field_capacity(n, ratio**2 * n, config.tolerance)
            points += grid(radius_ratio=[ratio], n=[n], p=_loads(expected, 16))
        theory += _predictions(ratio, config)
    return _with_thresholds(sweep.sweep(count_stored, points, config), theory, ["radius_ratio", "n"])


def count_stored(config: Config, radius_ratio: float, n: int, p: int) -> dict[str, object]:
    """How many of p random points on the sphere of radius K√n are stored at h = 1."""
    radius = radius_ratio * math.sqrt(n)
    return _stored(config, _spheres(config, p, n, radius, "fraction_stored", radius_ratio), radius, 1.0)


def bandwidths(config: Config) -> pd.DataFrame:
    """The fraction of points stored against the bandwidth in units of M, and where mean field puts the transition."""
    points = grid(n=config.bandwidth_n, bandwidth=[round(0.1 + 0.01 * step, 2) for step in range(26)])
    measured = sweep.sweep(count_stored_at, points, config).assign(source="simulation")
    predicted = [
        {"n": n, "bandwidth": kde.mean_field_concentration(n, config.bandwidth_p, config.tolerance) ** -0.5}
        for n in config.bandwidth_n
    ]
    return pd.concat([measured, pd.DataFrame(predicted).assign(source="mean field")], ignore_index=True)


def count_stored_at(config: Config, n: int, bandwidth: float) -> dict[str, object]:
    """How many random points on the unit sphere are stored at a bandwidth."""
    return _stored(config, _spheres(config, config.bandwidth_p, n, 1.0, "bandwidths", bandwidth), 1.0, bandwidth)


def fixed_concentration(config: Config) -> pd.DataFrame:
    """The capacity p₅₀ against n with κ = M²/h² held fixed, and mean field's value at each n and as n → ∞."""
    points: list[dict[str, object]] = []
    theory: list[dict[str, object]] = []
    for concentration in config.concentrations:
        for n in config.concentration_n:
            expected = kde.mean_field_capacity(n, concentration, config.tolerance)
            points += grid(concentration=[concentration], n=[n], p=_loads(expected, 32))
        limit = kde.saturated_capacity(concentration, config.tolerance)
        for n in sorted({round(2 ** (half / 2)) for half in range(4, 21)}):
            expected = kde.mean_field_capacity(n, concentration, config.tolerance)
            theory.append({"source": "mean field", "concentration": concentration, "n": n, "p": expected})
            theory.append({"source": "limit", "concentration": concentration, "n": n, "p": limit})
    for n in range(4, 33, 2):
        growing = kde.mean_field_capacity(n, n, config.tolerance)
        theory.append({"source": "mean field, κ = n", "concentration": n, "n": n, "p": growing})
    return _with_thresholds(sweep.sweep(count_stored_concentrated, points, config), theory, ["concentration", "n"])


def count_stored_concentrated(config: Config, concentration: float, n: int, p: int) -> dict[str, object]:
    """How many of p random points on the sphere of radius √κ are stored at h = 1."""
    radius = math.sqrt(concentration)
    return _stored(config, _spheres(config, p, n, radius, "fixed_concentration", concentration), radius, 1.0)


def rule_of_thumb(config: Config) -> pd.DataFrame:
    """The fraction of standardised points stored at Scott's bandwidth p^(−1/(n+4)) against n.

    The points lie on the sphere of radius √n, are normal, or are the first n principal components of the handwritten
    digits, each scaled to unit variance. M = √n for all.
    """
    points = grid(cloud=["sphere", "normal"], n=config.rule_n, p=config.rule_p)
    points += grid(cloud=["digits"], n=config.rule_n, p=[1797])
    return sweep.sweep(count_stored_by_rule, points, config)


def count_stored_by_rule(config: Config, cloud: str, n: int, p: int) -> dict[str, object]:
    """How many of p points of a cloud are stored at Scott's bandwidth."""
    radius = math.sqrt(n)
    spheres = _spheres(config, p, n, radius, "rule_of_thumb")

    def draw(number: int) -> Tensor:
        if cloud == "sphere":
            return spheres(number)
        rng = generator("kde_capacity", "rule_of_thumb", cloud, n, p, number)
        if cloud == "normal":
            return torch.randn(p, n, generator=rng, dtype=torch.float64).to(config.device)
        images = patterns.digits(device="cpu", dtype=torch.float64)[torch.randperm(p, generator=rng)]
        components = torch.linalg.svd(images - images.mean(0), full_matrices=False).U[:, :n]
        return (components * math.sqrt(p)).to(config.device)

    return _stored(config, draw, radius, p ** (-1 / (n + 4)))


def certificates(config: Config) -> pd.DataFrame:
    """The fractions of points that theorems A and B certify beside the fraction stored, and theorem B's contraction."""
    cases = [{"radius_ratio": ratio, "n": n} for ratio, n in config.certificate_cases]
    points = [case | load for case in cases for load in grid(p=config.certificate_p)]
    return sweep.sweep(certify, points, config)


def certify(config: Config, radius_ratio: float, n: int, p: int) -> dict[str, object]:
    """Certificates and fixed points of p random points on the sphere of radius K√n at h = 1, and theorem B's balls.

    certified_stored: the fraction of theorem B's points that are stored. excess: the most by which one of their modes
    is farther away than the theorem allows. spread: the most that eight starts on the surface of one point's ball of
    radius h²/R end apart. contraction: the most by which one step multiplies the distance of two of them.
    """
    radius = radius_ratio * math.sqrt(n)
    spheres = _spheres(config, p, n, radius, "certificates", radius_ratio)
    counts = np.zeros(5, dtype=int)
    worst: list[tuple[float, float, float]] = []
    for number in range(math.ceil(config.trials / p)):
        points = spheres(number)
        known = points.cpu().numpy()
        by_a = attention.separation(known) >= attention.required_separation(p, radius, 1.0)
        by_b = torch.from_numpy(kde.certified(known, 1.0)).to(config.device)
        update = mean_shift(points, 1.0)
        modes = run(update, points, steps=config.steps, tolerance=1e-10).state
        moved = distance(modes, points)
        stored = moved < config.tolerance * radius
        counts += [p, int(stored.sum()), int(by_a.sum()), int(by_b.sum()), int((by_b & stored).sum())]
        if by_b.any():
            allowed = torch.from_numpy(kde.certified_displacement(known, 1.0)).to(config.device)
            centres = points[by_b][: config.started]
            rng = generator("kde_capacity", "certificates", "directions", radius_ratio, n, p, number)
            surface = patterns.sphere(
                8, n, rng, radius=1 / float(torch.pdist(points).max()), device=config.device, dtype=torch.float64
            )
            starts = centres[:, None] + surface
            once = update(starts)
            ends = run(update, starts, steps=config.steps, tolerance=1e-10).state
            between = ~torch.eye(8, dtype=torch.bool, device=config.device)
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


def guarantees(config: Config) -> pd.DataFrame:
    """What theorems A and B promise in published settings, M = K√(n−1), and whether theorem B's points are stored."""
    points: list[dict[str, object]] = [{"radius_ratio": ratio, "n": n} for ratio, n in config.published_cases]
    return sweep.sweep(measure_guarantee, points, config)


def measure_guarantee(config: Config, radius_ratio: float, n: int) -> dict[str, object]:
    """The constant c and the guaranteed numbers of points, and a measurement with as many as theorem B guarantees."""
    radius, failure = radius_ratio * math.sqrt(n - 1), config.published_failure
    by_b = kde.certified_capacity(n, radius, 1.0, failure)
    spheres = _spheres(config, int(by_b), n, radius, "guarantees", radius_ratio)
    return {
        "constant": attention.sphere_constant(n, radius_ratio, 1.0, failure),
        "by_a": attention.sphere_capacity(n, radius_ratio, 1.0, failure),
        "by_b": by_b,
        **_stored(config, spheres, radius, 1.0),
    }


def rates(config: Config) -> pd.DataFrame:
    """The exponent of the capacity per dimension against K = M/(h√n): guaranteed by each theorem, and predicted."""
    ratios = sorted({0.5, 1.0, 1.5, 2.0, 3.0, *np.geomspace(0.25, 4, 33).round(4).tolist()})
    return pd.DataFrame([
        {
            "radius_ratio": ratio,
            "theorem A": kde.transferred_rate(ratio),
            "theorem B": kde.certified_rate(ratio),
            "predicted": kde.critical_rate(ratio**2),
        }
        for ratio in ratios
    ])  # fmt: skip


def two_points(config: Config) -> pd.DataFrame:
    """How far from the midpoint mean shift comes to rest, started on either of two points, against their distance."""
    distances = [round(1.05 + 0.1 * step, 2) for step in range(31)] + [1.998, 2.002]
    return sweep.sweep(separate, grid(distance=sorted(distances)), config)


def separate(config: Config, distance: float) -> dict[str, object]:
    """Where mean shift rests on the line through two points, measured from the midpoint, and where it should; h = 1."""
    points = torch.tensor([[-distance / 2], [distance / 2]], dtype=torch.float64, device=config.device)
    rest = run(mean_shift(points, 1.0), points, steps=config.steps, tolerance=1e-12).state
    return {"left": float(rest[0]), "right": float(rest[1]), "predicted": kde.two_point_mode(distance, 1.0)}


def identities(config: Config) -> pd.DataFrame:
    """The largest error of each identity over random points on spheres; all vanish but for rounding."""
    return sweep.sweep(check_identities, grid(radius_ratio=config.radius_ratios, n=[4, 16], p=[8, 512]), config)


def check_identities(config: Config, radius_ratio: float, n: int, p: int) -> dict[str, object]:
    """The kernel estimator against the modern Hopfield network at β = 1/h², and the limits of small and large h.

    energy: how much the difference of the two energies varies from state to state. constant: its mean minus −h² ln p.
    update: mean shift against attention. separation: Δ against half the squared distance to the nearest neighbour.
    curvature: the Hessian against I − Cov/h². narrow: how far the modes lie from the points, in units of M, at a
    bandwidth of a tenth of the smallest distance. wide, off_mean: at h = 10 M, how far from their common mean starts
    on the points end, and how far from the mean of the points, in units of M.
    """
    radius, bandwidth = radius_ratio * math.sqrt(n), 0.7
    points = _spheres(config, p, n, radius, "identities", radius_ratio)(0)
    rng = generator("kde_capacity", "identities", "states", radius_ratio, n, p)
    states = torch.randn(64, n, generator=rng, dtype=torch.float64).to(config.device)
    estimator, network = GaussianKDE(points, bandwidth), LogSumExp(points, bandwidth**-2)
    difference = estimator(states) - network(states)
    update = mean_shift(points, bandwidth)(states) - attend(points, bandwidth**-2)(states)
    weights = (-torch.cdist(states, points).square() / (2 * bandwidth**2)).softmax(-1)
    centred = points - (weights @ points)[:, None]
    covariance = torch.einsum("sp,spi,spj->sij", weights, centred, centred)
    identity = torch.eye(n, dtype=torch.float64, device=config.device)
    hessian = [cast("Tensor", torch.autograd.functional.hessian(estimator, state)) for state in states[:8]]
    known = points.cpu().numpy()
    nearest = kde.nearest_distance(known)
    narrow = run(
        mean_shift(points, float(nearest.min()) / 10), points, steps=config.steps, tolerance=1e-12 * radius
    ).state
    wide = run(mean_shift(points, 10 * radius), points, steps=config.steps, tolerance=1e-12 * radius).state
    return {
        "energy": float((difference - difference.mean()).abs().max()),
        "constant": float((difference.mean() + bandwidth**2 * math.log(p)).abs()),
        "update": float(update.abs().max()),
        "separation": float(np.abs(attention.separation(known) - nearest**2 / 2).max()),
        "curvature": float((torch.stack(hessian) - identity + covariance[:8] / bandwidth**2).abs().max()),
        "narrow": float(distance(narrow, points).max()) / radius,
        "wide": float(distance(wide, wide.mean(0).expand_as(wide)).max()) / radius,
        "off_mean": float(distance(wide, points.mean(0).expand_as(wide)).max()) / radius,
    }


def wells(config: Config) -> pd.DataFrame:
    """The energy of twelve points in the plane at several bandwidths, with mean-shift paths and the modes they reach.

    Rows of kind "energy" lie on a grid, "point" are the memories, "path" the steps of one start each, "mode" the places
    where paths end.
    """
    return sweep.sweep(landscape, grid(bandwidth=config.wells_bandwidths), config)


def landscape(config: Config, bandwidth: float) -> list[Mapping[str, object]]:
    """The rows of one bandwidth."""
    corners = _around(3) + _around(4)[:, None] * 0.35
    points = patterns.jitter(corners.reshape(-1, 2), 0.06, generator("kde_capacity", "wells")).to(config.device)
    starts = torch.cat([points, 1.7 * _around(24).to(config.device)])
    axis = torch.linspace(-1.8, 1.8, 61, dtype=torch.float64, device=config.device)
    paths = run(mean_shift(points, bandwidth), starts, steps=1000, keep_every=1, tolerance=1e-9)
    assert paths.kept is not None
    places = [
        ("energy", 0, torch.cartesian_prod(axis, axis)),
        ("point", 0, points),
        ("mode", 0, paths.state.round(decimals=5).unique(dim=0)),
        *(("path", path, paths.kept[: steps + 1, path]) for path, steps in enumerate(paths.steps.tolist())),
    ]
    energy = GaussianKDE(points, bandwidth)
    return [
        {"kind": kind, "path": path, "x": x, "y": y, "energy": height}
        for kind, path, place in places
        for (x, y), height in zip(place.tolist(), energy(place).tolist(), strict=True)
    ]


def _around(number: int) -> Tensor:
    """Points evenly spaced on the unit circle, the first on top."""
    angles = math.pi / 2 + torch.arange(number, dtype=torch.float64) * 2 * math.pi / number
    return torch.stack([angles.cos(), angles.sin()], -1)


def _predictions(ratio: float, config: Config) -> list[dict[str, object]]:
    """What theory says of p₅₀ at M = K√n, h = 1; guarantees of fewer than two points, which are none, are left out."""
    rows: list[dict[str, object]] = []
    expected = {n: kde.mean_field_capacity(n, ratio**2 * n, config.tolerance) for n in range(4, config.theory_n + 1, 2)}
    for n, p in expected.items():
        ahead = config.theory_n - n
        capacities = {
            "mean field": p,
            "asymptotic rate": expected[config.theory_n] * math.exp(-kde.critical_rate(ratio**2) * ahead),
            "theorem A": attention.sphere_capacity(n, ratio * math.sqrt(n / (n - 1)), 1.0, config.failure),
            "theorem B": kde.certified_capacity(n, ratio * math.sqrt(n), 1.0, config.failure),
        }
        for source, capacity in capacities.items():
            if capacity >= 2:
                rows.append({"source": source, "radius_ratio": ratio, "n": n, "p": capacity})
    return rows


def _loads(expected: float, below: float) -> list[int]:
    """Whole numbers from 2 nearest to powers of √2 from expected/below on, and to powers of √√2 around expected."""
    last = 1.5 * expected + 2
    coarse = {round(2 ** (power / 2)) for power in range(2, 60) if expected / below <= 2 ** (power / 2) <= last}
    fine = {round(2 ** (power / 4)) for power in range(4, 120) if expected / 2 <= 2 ** (power / 4) <= last}
    return sorted(coarse | fine)


def _spheres(config: Config, p: int, n: int, radius: float, *name: object) -> Callable[[int], Tensor]:
    """A draw of p random points on a sphere for each number."""

    def draw(number: int) -> Tensor:
        rng = generator("kde_capacity", *name, p, n, number)
        return patterns.sphere(p, n, rng, radius=radius, device=config.device, dtype=torch.float64)

    return draw


def _stored(config: Config, draw: Callable[[int], Tensor], radius: float, bandwidth: float) -> dict[str, object]:
    """The fraction of the points of several draws that are stored, with its 95 % interval.

    Neighbours are lost together, two by two, so the interval counts two points as one trial. unfinished: how many had
    not come to rest. gathered: the fraction of the lost points of a draw that end within tolerance·M of one place.
    """
    tested = stored = unfinished = gathered = number = 0
    while tested < config.trials:
        points = draw(number)
        cues = points[: config.started]
        recall = run(mean_shift(points, bandwidth), cues, steps=config.steps, tolerance=config.rest * radius)
        lost = recall.state[distance(recall.state, cues) >= config.tolerance * radius]
        if len(lost):
            gathered += int((torch.cdist(lost, lost) < config.tolerance * radius).sum(-1).max())
        tested += len(cues)
        stored += len(cues) - len(lost)
        unfinished += int((~recall.converged).sum())
        number += 1
    _, low, high = proportion(stored // 2, tested // 2)
    return {
        "tested": tested,
        "stored": stored / tested,
        "low": low,
        "high": high,
        "unfinished": unfinished,
        "gathered": gathered / (tested - stored) if stored < tested else math.nan,
    }


def _with_thresholds(measured: pd.DataFrame, theory: list[dict[str, object]], by: Sequence[str]) -> pd.DataFrame:
    """Measured fractions, the p₅₀ of each group of them, and rows of theory, in one table.

    The curves have no common shape, so p₅₀ is read off between the grid's points, where the fraction crosses one
    half. Its interval makes no such reading: it reaches from the last point that is surely above one half to the
    first that is surely below.
    """
    crossings: list[dict[str, object]] = []
    for _, rows in measured.groupby(list(by)):
        p, stored, low, high = (rows[name].to_numpy() for name in ("p", "stored", "low", "high"))
        where = {name: rows[name].iloc[0] for name in by}
        above = p[np.minimum.accumulate(low) >= 0.5].max(initial=p[0])
        below = p[high <= 0.5].min(initial=p[-1])
        crossings.append({"source": "threshold", **where, "p": _half(p, stored), "p_low": above, "p_high": below})
    return pd.concat(
        [measured.assign(source="simulation"), pd.DataFrame(crossings), pd.DataFrame(theory)], ignore_index=True
    )


def _half(p: NDArray[np.integer], fraction: NDArray[np.floating]) -> float:
    """Where a falling fraction crosses one half, by interpolation on a logarithmic axis."""
    return float(np.exp(np.interp(-0.5, -np.minimum.accumulate(fraction), np.log(p))))

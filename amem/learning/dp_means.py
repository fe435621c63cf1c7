"""DP-means: k-means that pays λ for every cluster and so finds their number [kulis2012dpmeans].

It is what CLAM+CRP+ELBO becomes when β → ∞ (`amem.theory.restaurant.dp_means_log_alpha`).
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from amem import checks, shapes


@dataclass(frozen=True)
class Partition:
    """Points in clusters, runs side by side.

    labels: (runs, count). centres: (runs, room, n). counts: (runs, room), 0 where there is no cluster.
    """

    labels: Int[Tensor, "runs count"]
    centres: Float[Tensor, "runs room n"]
    counts: Float[Tensor, "runs room"]


def dp_means(points: Float[Tensor, "runs count n"], threshold: Float[Tensor, " runs"], passes: int = 8) -> Partition:
    """From one cluster at the mean, pass by pass: every point goes to the nearest centre or, if its squared distance
    from that is above λ, becomes a new one; then centres move to the means of their points [kulis2012dpmeans, alg. 1].

    Σ‖x − μ‖² + λK never rises from pass to pass. Stops early when nothing moves. threshold: λ, a squared length. Waits
    for the device at every point, to see whether there is a new centre.
    Raises ValueError or TypeError for points, threshold or passes out of range.
    """
    _check(points, threshold)
    passes = checks.count("passes", passes)
    runs, count, n = points.shape
    clusters = Clusters(points.mean(1, keepdim=True), points.new_ones(runs, 1))
    labels = torch.full((runs, count), -1, device=points.device)
    for _ in range(passes):
        before = labels
        labels = torch.stack([clusters.join(x, threshold) for x in points.unbind(1)], 1)
        room = clusters.counts.shape[1]
        clusters.counts = points.new_zeros(runs, room).scatter_add(1, labels, torch.ones_like(points[..., 0]))
        sums = points.new_zeros(runs, room, n).scatter_add(1, labels[..., None].expand_as(points), points)
        clusters.centres = sums / clusters.counts.clamp_min(1)[..., None]
        if torch.equal(labels, before):
            break
    return Partition(labels, clusters.centres, clusters.counts)


def online_dp_means(
    points: Float[Tensor, "runs count n"], threshold: Float[Tensor, " runs"], most: Int[Tensor, " runs"] | None = None
) -> Partition:
    """The same in one pass over a stream, each centre the running mean of its points; at most so many clusters.

    At λ = 0 the first `most` points become centres: online k-means. Raises as `dp_means` does.
    """
    _check(points, threshold)
    if most is not None and (most.shape != threshold.shape or most.is_floating_point() or not (most >= 1).all()):
        raise ValueError(f"most: wanted a whole number above 0 for each run, got {checks.describe(most)}")
    runs, _, n = points.shape
    clusters = Clusters(points.new_zeros(runs, 1, n), points.new_zeros(runs, 1))
    return clusters.stream(points, threshold, most)


class Clusters:
    """Centres that are there where counts are above 0; the first `used` places of each run have been taken."""

    def __init__(self, centres: Tensor, counts: Tensor) -> None:
        self.centres, self.counts = centres, counts
        self.used = (counts > 0).sum(-1)

    def join(self, x: Tensor, threshold: Tensor, most: Tensor | None = None) -> Tensor:
        """The cluster of each run's point: the nearest, or a new one at the point if that is too far away."""
        apart = (x[:, None] - self.centres).square().sum(-1).masked_fill(self.counts <= 0, torch.inf)
        nearest, which = apart.min(-1)
        makes = nearest > threshold if most is None else (nearest > threshold) & (self.used < most)
        if not bool(makes.any()):
            return which
        room = self.counts.shape[1]
        if bool((self.used[makes] == room).any()):
            self.centres = torch.nn.functional.pad(self.centres, (0, 0, 0, room))
            self.counts = torch.nn.functional.pad(self.counts, (0, room))
        run = makes.nonzero()[:, 0]
        self.centres[run, self.used[run]] = x[run]
        self.counts[run, self.used[run]] = 1
        which = torch.where(makes, self.used, which)
        self.used = self.used + makes
        return which

    def stream(self, points: Tensor, threshold: Tensor, most: Tensor | None) -> Partition:
        labels: list[Tensor] = []
        run = torch.arange(len(points), device=points.device)
        for x in points.unbind(1):
            before = self.used
            which = self.join(x, threshold, most)
            grown = self.counts[run, which] + (self.used == before)
            self.counts[run, which] = grown
            self.centres[run, which] += (x - self.centres[run, which]) / grown[:, None]
            labels.append(which)
        return Partition(torch.stack(labels, 1), self.centres, self.counts)


def _check(points: Tensor, threshold: Tensor) -> None:
    if shapes.states("points", points).ndim != 3 or 0 in points.shape:
        raise ValueError(f"points: wanted shape (runs, count, n), none of them 0, got {checks.describe(points)}")
    shapes.states("threshold", threshold, len(points))
    if threshold.ndim != 1 or not (threshold >= 0).all():
        raise ValueError(f"threshold: wanted a number of at least 0 for each run, got {checks.describe(threshold)}")

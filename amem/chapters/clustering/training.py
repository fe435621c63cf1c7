"""Training as in the reference: data points for a start, all points at every update."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from amem.chapters.clustering.points import Labels, starts
from amem.dynamics.assignment import attract, nearest
from amem.energies.assignment import gaussian_log_joint
from amem.experiment import Config
from amem.learning.clam import fit_clam
from amem.learning.descent import Learned
from amem.learning.elbo import fit_elbo
from amem.learning.masks import bernoulli_masks
from amem.seeds import generator


@dataclass(frozen=True, kw_only=True)
class Training(Config):
    """Adam's learning rate and updates, and the chance with which a mask hides an entry."""

    seed: int = 0
    rate: float = 0.05
    updates: int = 120
    mask: float = 0.2


def chance(
    experiment: str, set: str, points: Tensor, p: int, seeds: int, training: Training
) -> tuple[Tensor, Callable[[], Tensor]]:
    """A start and a stream of masks for every seed."""
    rngs = [generator("clustering", experiment, training.seed, set, seed) for seed in range(seeds)]
    count, n = points.shape
    return starts(points, p, rngs), bernoulli_masks(count, n, training.mask, rngs, device=training.device)


def fit(
    model: str,
    points: Tensor,
    start: Tensor,
    beta: Tensor,
    masks: Callable[[], Tensor],
    training: Training,
    updates: int,
) -> tuple[Learned, Labels]:
    """Train a model of associative memory, and assign all points."""
    if model == "CLAM+ELBO":
        found = fit_elbo(points, start, beta, rate=training.rate, updates=updates)
        assigned = gaussian_log_joint(points, found.memories, found.beta, found.log_weights).argmax(-1)
    else:
        used = masks if model == "CLAM, masked" else None
        found = fit_clam(points, start, beta, rate=training.rate, updates=updates, masks=used)
        everything = points.expand(*start.shape[:-2], *points.shape)
        assigned = nearest(attract(everything, found.memories, beta, step=0.1, steps=10), found.memories)
    return found, assigned.cpu().numpy()

"""When a point is stored, and the fraction of random points that are."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from amem import patterns
from amem.dynamics import mean_shift, run
from amem.experiment import Config
from amem.measures import distance, proportion
from amem.seeds import generator


@dataclass(frozen=True, kw_only=True)
class Storing(Config):
    """A point is stored if mean shift, started on it, comes to rest within tolerance · M of it.

    M is the radius of the sphere on which the points lie. rest: at rest when a step is no longer than rest · M, after
    at most `steps`. started, trials: so many points of a draw are started (all if there are fewer), until at least
    `trials` were.
    """

    tolerance: float = 0.1
    rest: float = 1e-5
    steps: int = 20_000
    started: int = 128
    trials: int = 256


def spheres(config: Config, p: int, n: int, radius: float, *name: object) -> Callable[[int], Tensor]:
    """A draw of p random points on a sphere for each number."""

    def draw(number: int) -> Tensor:
        rng = generator("kde_capacity", *name, p, n, number)
        return patterns.sphere(p, n, rng, radius=radius, device=config.device, dtype=torch.float64)

    return draw


def stored(config: Storing, draw: Callable[[int], Tensor], radius: float, bandwidth: float) -> dict[str, object]:
    """The fraction of the points of several draws that are stored, with its 95 % interval.

    Neighbours are lost together, two by two, so the interval counts two points as one trial. unfinished: how many had
    not come to rest. gathered: the fraction of the lost points of a draw that end within tolerance·M of one place.
    """
    tested = kept = unfinished = gathered = number = 0
    while tested < config.trials:
        points = draw(number)
        cues = points[: config.started]
        recall = run(mean_shift(points, bandwidth), cues, steps=config.steps, tolerance=config.rest * radius)
        lost = recall.state[distance(recall.state, cues) >= config.tolerance * radius]
        if len(lost):
            gathered += int((torch.cdist(lost, lost) < config.tolerance * radius).sum(-1).max())
        tested += len(cues)
        kept += len(cues) - len(lost)
        unfinished += int((~recall.converged).sum())
        number += 1
    _, low, high = proportion(kept // 2, tested // 2)
    return {
        "tested": tested,
        "stored": kept / tested,
        "low": low,
        "high": high,
        "unfinished": unfinished,
        "gathered": gathered / (tested - kept) if kept < tested else math.nan,
    }

"""CLAM+CRP+ELBO, which makes its memories as the points come in."""

import itertools
import math
from dataclasses import dataclass

import torch
from torch import Tensor

from amem.chapters.clustering.points import Labels
from amem.experiment import Config
from amem.learning.restaurant import Restaurant, settings
from amem.seeds import generator


@dataclass(frozen=True, kw_only=True)
class Restaurants(Config):
    """Every α with every β."""

    alphas: tuple[float, ...] = (0.1, 1.0, 10.0)
    betas: tuple[float, ...] = (0.5, 2.0)
    rho: float = 1.0


def seated(
    experiment: str, set: str, points: Tensor, seeds: int, seed: int, config: Restaurants
) -> list[tuple[int, float, float, float, Labels]]:
    """Once through the points in a random order, for every α, β and seed, all side by side; then all assigned anew."""
    axes = list(itertools.product(config.alphas, config.betas, range(seeds)))
    order = [
        torch.randperm(len(points), generator=generator("clustering", experiment, seed, set, "order", turn))
        for turn in range(seeds)
    ]
    alphas, betas, turns = zip(*axes, strict=True)
    chosen = {
        name: value.to(config.device) for name, value in settings(alpha=alphas, beta=betas, rho=config.rho).items()
    }
    model = Restaurant(points.shape[1], alpha=chosen["alpha"], beta=chosen["beta"], rho=chosen["rho"])
    model.learn(torch.stack([points[order[turn].to(points.device)] for turn in turns]))
    labels = torch.stack([model.log_joint_memories(x.expand(len(axes), -1)).argmax(-1) for x in points], 1)
    return [
        (turn, alpha, beta, math.nan, assigned)
        for (alpha, beta, turn), assigned in zip(axes, labels.cpu().numpy(), strict=True)
    ]

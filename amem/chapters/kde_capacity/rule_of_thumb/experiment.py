"""The fraction of standardised points stored at the bandwidth of Scott's rule of thumb."""

import math
from dataclasses import dataclass

import pandas as pd
import torch
from torch import Tensor

from amem import patterns
from amem.chapters.kde_capacity.storing import Storing, spheres, stored
from amem.experiment import experiment
from amem.seeds import generator
from amem.sweep import grid, sweep


@dataclass(frozen=True, kw_only=True)
class Numbers(Storing):
    """p random points in n dimensions, and so many digits."""

    n: tuple[int, ...] = (3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 15, 20, 30)
    p: tuple[int, ...] = (3000,)
    digits: int = 1797


@experiment(quick=Numbers(), full=Numbers(trials=1024, p=(300, 3000, 30_000)))
def rule_of_thumb(config: Numbers) -> pd.DataFrame:
    """The fraction of standardised points stored at Scott's bandwidth p^(−1/(n+4)) against n.

    The points lie on the sphere of radius √n, are normal, or are the first n principal components of the handwritten
    digits, each scaled to unit variance. M = √n for all.
    """
    points = grid(cloud=["sphere", "normal"], n=config.n, p=config.p)
    points += grid(cloud=["digits"], n=config.n, p=[config.digits])
    return sweep(count_stored_by_rule, points, config)


def count_stored_by_rule(config: Numbers, cloud: str, n: int, p: int) -> dict[str, object]:
    """How many of p points of a cloud are stored at Scott's bandwidth."""
    radius = math.sqrt(n)
    on_sphere = spheres(config, p, n, radius, "rule_of_thumb")

    def draw(number: int) -> Tensor:
        if cloud == "sphere":
            return on_sphere(number)
        rng = generator("kde_capacity", "rule_of_thumb", cloud, n, p, number)
        if cloud == "normal":
            return torch.randn(p, n, generator=rng, dtype=torch.float64).to(config.device)
        images = patterns.digits(device="cpu", dtype=torch.float64)[torch.randperm(p, generator=rng)]
        components = torch.linalg.svd(images - images.mean(0), full_matrices=False).U[:, :n]
        return (components * math.sqrt(p)).to(config.device)

    return stored(config, draw, radius, p ** (-1 / (n + 4)))

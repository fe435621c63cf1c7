"""A head of four features, all of its sphere seen from two sides."""

import math
from dataclasses import dataclass

import pandas as pd
import torch
from torch import Tensor

from amem.chapters.hypersphere.heads import random_head, random_tokens
from amem.chapters.hypersphere.terms import LAYER_NORM
from amem.energies.sphere import SphericalMixture
from amem.experiment import Config, experiment
from amem.seeds import generator
from amem.sweep import Row, grid, sweep


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """A head of four features on the ordinary sphere, its tokens, and how finely the sphere is drawn."""

    tokens: int = 6
    seed: int = 331
    pixels: int = 51


@experiment(quick=Numbers(), full=Numbers())
def view(config: Numbers) -> pd.DataFrame:
    """A LayerNorm head of four features puts its tokens on the ordinary sphere: all of it, seen from two sides."""
    return sweep(_view_cell, grid(side=("front", "back")), config)


def _view_cell(config: Numbers, side: str) -> list[Row]:
    rng = generator("hypersphere", "view", config.seed, config.tokens)
    head = random_head(4, 4, LAYER_NORM, rng, size=2.2, offset=0.0)
    mixtures = head.mixtures(random_tokens(config.tokens, 4, rng))
    # turned, so that the keys are well seen: from where the second coordinate was least
    turn = torch.tensor([[1, 0, 0], [0, 0, -1], [0, 1, 0]], dtype=torch.float64)
    mixture = SphericalMixture(mixtures.mean_directions[0] @ turn, mixtures.concentrations[0], mixtures.log_weights[0])
    facing = 1.0 if side == "front" else -1.0

    shares = [f"share_{j}" for j in range(config.tokens)]
    blank: dict[str, object] = {"step": 0, **dict.fromkeys(("kappa", "weight", "log_density", *shares), math.nan)}

    def row(what: str, label: int, place: Tensor, share: Tensor | None = None, **numbers: float) -> Row:
        x, y, z = (place * torch.tensor([facing, 1.0, facing])).tolist()
        named = {} if share is None else dict(zip(shares, share.tolist(), strict=True))
        return {"what": what, "label": label, "x": x, "y": y, "z": z, **blank, **numbers, **named}

    rows: list[Row] = []
    axis = torch.linspace(-1, 1, config.pixels, dtype=torch.float64)
    y, x = (flat.flatten() for flat in torch.meshgrid(axis, axis, indexing="ij"))
    places = torch.stack([facing * x, y, facing * (1 - x.square() - y.square()).clamp_min(0).sqrt()], -1)
    unit = torch.nn.functional.normalize(places, dim=-1)
    painted = x.square() + y.square() <= 1.2  # a little more than the disc, so that its rim is painted
    # a millionth is more than a picture shows
    share, density = mixture.responsibilities(unit).round(decimals=6), mixture.log_density(unit).round(decimals=6)
    for index, place in enumerate(places):
        if painted[index]:
            rows.append(row("pixel", index, place, share[index], log_density=float(density[index])))
        else:
            rows.append(row("pixel", index, place))
    for j, direction in enumerate(mixture.mean_directions):
        kappa = float(mixture.concentrations[j])
        weight = float(mixture.log_weights.softmax(0)[j])
        rows.append(row("key", j, direction, mixture.responsibilities(direction), kappa=kappa, weight=weight))
        for step, place in enumerate(_circle(direction, 0.5 / kappa)):
            rows.append(row("ring", j, place, step=step))
    for i, state in enumerate(mixtures.states[0] @ turn):
        rows.append(row("token", i, state, mixture.responsibilities(state)))
    return rows


def _circle(direction: Tensor, versine: float) -> Tensor:
    """The points whose cosine with a direction is 1 − versine."""
    angle = torch.linspace(0, 2 * math.pi, 121, dtype=torch.float64)[:, None]
    across = torch.linalg.svd(direction[None]).Vh[1:]
    circle = angle.cos() * across[0] + angle.sin() * across[1]
    versine = min(versine, 2.0)
    return (1 - versine) * direction + math.sqrt(versine * (2 - versine)) * circle

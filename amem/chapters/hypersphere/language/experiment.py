"""Character models with ordinary attention, and with concentration and mixing set free."""

import math
from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from amem.chapters.hypersphere.models import FULL, QUICK, Training, learned, untrained
from amem.datasets import tales
from amem.energies.concentration import log_normaliser
from amem.experiment import Config, experiment
from amem.learning.language import Block, CharacterModel, encode, windows
from amem.seeds import generator
from amem.sweep import Row, grid, sweep


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """Models of each kind; pieces of unseen text on which they are tested, and on how many of them keys are shown."""

    training: Training = QUICK
    seeds: int = 2
    test: int = 64
    shown: int = 1


@experiment(quick=Numbers(), full=Numbers(training=FULL, seeds=3))
def language(config: Numbers) -> pd.DataFrame:
    """A character model trained as usual and one whose concentration and mixing are free: losses, and their keys."""
    points = grid(attention=("tied", "untied"), seed=range(config.seeds))
    return sweep(_language_cell, points, config)


def _language_cell(config: Numbers, attention: str, seed: int) -> list[Row]:
    training = config.training
    unseen = tales(training.text // 10, generator("hypersphere", "unseen text", training.text))
    rng = generator("hypersphere", "test", config.test)
    test = windows(encode(unseen.characters), config.test, training.context + 1, rng).to(config.device)
    blank: dict[str, object] = dict.fromkeys(("loss", "kappa", "log_weight", "tie"), math.nan)
    blank |= {"what": "", "step": -1, "block": -1, "head": -1}
    start = untrained(training, attention, seed)
    rows: list[Row] = [blank | {"what": "key, at the start"} | key for key in _keys(start, test[: config.shown, :-1])]
    model, losses = learned(training, attention, seed)
    every = max(1, training.steps // 50)
    for step in range(0, training.steps, every):
        rows.append(blank | {"what": "training", "step": step, "loss": float(np.mean(losses[step : step + every]))})
    with torch.no_grad():
        final = {"test": model.loss(test).item(), "test, uniform weights": model.loss(test, uniform=True).item()}
    final |= {"information": unseen.information / len(unseen.characters), "parameters": float(model.size())}
    rows += [blank | {"what": name, "step": training.steps, "loss": value} for name, value in final.items()]
    rows += [blank | {"what": "key, trained"} | key for key in _keys(model, test[: config.shown, :-1])]
    return rows


def _keys(model: CharacterModel, text: Tensor) -> list[dict[str, object]]:
    """κ_j of each key and log π_j, up to a constant: as it is, and −log C(κ_j), as the tie alone would have it."""
    rows: list[dict[str, object]] = []
    with torch.no_grad():
        for piece in text:
            for number, tokens in enumerate(model.entering(piece[None])[:-1]):
                block = cast("Block", model.blocks[number])
                found = block.mixtures(tokens[0])
                n = found.states.shape[-1]
                uniform = log_normaliser(torch.zeros_like(found.concentrations), n)
                tie = uniform - log_normaliser(found.concentrations, n)
                weight = found.log_weights if block.untied else found.log_weights + uniform
                for head, numbers in enumerate(zip(found.concentrations, weight, tie, strict=True)):
                    for one in torch.stack(numbers, -1).tolist():
                        names = ("kappa", "log_weight", "tie")
                        rows.append({"block": number, "head": head, **dict(zip(names, one, strict=True))})
    return rows

"""A digit and a patch of a photograph, spoiled and recalled."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from amem.chapters.landscapes.spoiled import Images, black_and_white, recall, spoil
from amem.chapters.landscapes.spoiled import images as drawn
from amem.chapters.landscapes.terms import CUES, IMAGES, RECALLERS
from amem.experiment import experiment
from amem.seeds import generator
from amem.sweep import grid, sweep


@dataclass(frozen=True, kw_only=True)
class Numbers(Images):
    """So many are stored, of which one is shown."""

    stored: int = 40
    shown: int = 10


@experiment(quick=Numbers(), full=Numbers())
def images(config: Numbers) -> pd.DataFrame:
    """A digit and a patch of a photograph, spoiled in three ways, and what four memories make of them, by pixel."""
    return sweep(pictures, grid(images=IMAGES, cue=CUES), config)


def pictures(config: Numbers, images: str, cue: str) -> list[Mapping[str, object]]:
    rng = generator("landscapes", "images", config.seed, images, cue)
    stored = drawn(config, images, config.stored)
    spoiled = spoil(config, stored, cue, rng)
    shown = {"stored": stored, "in black and white": black_and_white(stored), "cue": spoiled}
    shown |= {memory: recall(config, memory, stored, spoiled, rng)[1] for memory in RECALLERS}
    side = math.isqrt(stored.shape[-1])
    return [
        {"shows": shows, "row": row, "column": column, "value": value}
        for shows, states in shown.items()
        for row, line in enumerate(states[config.shown].reshape(side, side).tolist())
        for column, value in enumerate(line)
    ]

"""The fraction of real images that come back from spoiled ones."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from amem import measures
from amem.chapters.landscapes.spoiled import Images, recall, spoil
from amem.chapters.landscapes.spoiled import images as drawn
from amem.chapters.landscapes.terms import CUES, IMAGES, RECALLERS
from amem.experiment import experiment
from amem.seeds import generator
from amem.sweep import grid, sweep


@dataclass(frozen=True, kw_only=True)
class Numbers(Images):
    """p images are stored; so many are asked for, over as many sets as it takes.

    differing: the fraction of pixels in which two ±1 images differ that are as far apart as an answer may be.
    """

    p: tuple[int, ...] = (5, 20, 80)
    asked: int = 20
    differing: float = 0.05


@experiment(quick=Numbers(), full=Numbers(p=(5, 10, 20, 40, 80, 160, 320), asked=80))
def image_recall(config: Numbers) -> pd.DataFrame:
    """How many of the stored images each memory recalls from spoiled ones, against how many it holds."""
    return sweep(recalls, grid(images=IMAGES, cue=CUES, p=config.p), config)


def recalls(config: Numbers, images: str, cue: str, p: int) -> list[Mapping[str, object]]:
    """Counts over as many sets of p images as it takes; recalled: closer than ±1 images that differ in a twentieth."""
    rng = generator("landscapes", "recalls", config.seed, images, cue, p)
    per_set = min(p, config.asked)
    sets = math.ceil(config.asked / p)
    right = dict.fromkeys(RECALLERS, 0)
    for number in range(sets):
        stored = drawn(config, images, p, number)
        spoiled = spoil(config, stored[:per_set], cue, rng)
        tolerance = 2 * math.sqrt(config.differing * stored.shape[-1])
        for memory in RECALLERS:
            target, answer = recall(config, memory, stored, spoiled, rng)
            right[memory] += int(measures.recalled(answer, target[:per_set], tolerance).sum())
    rates = {memory: measures.proportion(count, sets * per_set) for memory, count in right.items()}
    return [
        {"memory": memory, "source": "simulation", "recalled": rate, "low": low, "high": high}
        for memory, (rate, low, high) in rates.items()
    ]

"""The energy along sweeps of the spin memories."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd
import torch

from amem import patterns
from amem.chapters.landscapes.memories import MEMORIES, of_coins
from amem.dynamics import asynchronous, run
from amem.experiment import Config, experiment
from amem.seeds import generator
from amem.sweep import grid, sweep


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """p patterns of n spins, random states to start from, and sweeps."""

    seed: int = 0
    n: int = 50
    p: int = 20
    starts: int = 200
    sweeps: int = 4


@experiment(quick=Numbers(), full=Numbers())
def descent(config: Numbers) -> pd.DataFrame:
    """The energy of spin memories, swept one spin after the other from random states: its mean and its largest rise."""
    return sweep(sweeps, grid(memory=list(MEMORIES)), config)


def sweeps(config: Numbers, memory: str) -> list[Mapping[str, object]]:
    """A row a sweep, each of starts · n updates; energies relative to the lowest seen."""
    rng = generator("landscapes", "sweeps", config.seed, memory)
    n, starts = config.n, config.starts
    energy = of_coins(memory, config.p, n, rng, config)
    start = patterns.spins(starts, n, rng, device=config.device, dtype=torch.float64)
    path = run(asynchronous(energy, rng), start, steps=config.sweeps, keep_every=1).kept
    assert path is not None
    value = energy(path) / energy(path).abs().max()
    return [
        {"updates": starts * n, "energy": float(after.mean()), "rise": float((after - before).max())}
        for before, after in pairwise(value)
    ]

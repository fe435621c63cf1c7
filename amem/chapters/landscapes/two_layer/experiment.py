"""The two-layer network under four choices of its Lagrangians."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd
import torch
from torch.nn.functional import normalize

from amem import patterns
from amem.dynamics import relax, run
from amem.energies import KrotovHopfield
from amem.energies.two_layer import Lagrangian, activation, hyperbolic, linear, power, softmax, spherical
from amem.experiment import Config, experiment
from amem.seeds import generator
from amem.sweep import grid, sweep

MODELS: dict[str, tuple[Lagrangian, Lagrangian]] = {
    "A, dense memory": (hyperbolic(gain=4.0), power(3)),
    "B, attention": (linear, softmax(beta=0.3)),
    "C, on the sphere": (spherical, power(4)),
    "Hopfield": (hyperbolic(), linear),
}


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """Neurons, time constants of the layers, the cue's flipped fraction; every so many Euler steps a row."""

    seed: int = 0
    visible: int = 30
    hidden: int = 12
    visible_time: float = 1.0
    hidden_time: float = 0.3
    euler_step: float = 0.002
    duration: float = 5.0
    flipped: float = 0.2
    every: int = 10


@experiment(quick=Numbers(), full=Numbers())
def two_layer(config: Numbers) -> pd.DataFrame:
    """Energy and overlap with the cued memory against time, for the four choices of Lagrangians."""
    return sweep(motion, grid(model=list(MODELS)), config)


def motion(config: Numbers, model: str) -> list[Mapping[str, object]]:
    """Rows some Euler steps apart; rise: the largest change of energy in a step since the last row, over max |E|."""
    rng = generator("landscapes", "motion", config.seed, config.hidden, config.visible)
    stored = patterns.spins(config.hidden, config.visible, rng, device=config.device, dtype=torch.float64)
    visible, hidden = MODELS[model]
    network = KrotovHopfield(stored, visible, hidden)
    cue = patterns.flip(stored[0], config.flipped, rng)
    update = relax(network, config.euler_step, visible_time=config.visible_time, hidden_time=config.hidden_time)
    steps, every = round(config.duration / config.euler_step), config.every
    path = run(update, torch.cat([cue, stored.new_zeros(config.hidden)]), steps=steps, keep_every=1).kept
    assert path is not None
    energy = network(path)
    rise = energy.diff() / energy.abs().max()
    direction = normalize(activation(visible, path[:, : config.visible]), dim=-1)
    overlap = direction @ normalize(stored[0], dim=-1)
    return [
        {
            "time": step * config.euler_step,
            "energy": float(energy[step]),
            "overlap": float(overlap[step]),
            "rise": float(rise[max(0, step - every) : step].max()) if step else math.nan,
        }
        for step in range(0, steps + 1, every)
    ]

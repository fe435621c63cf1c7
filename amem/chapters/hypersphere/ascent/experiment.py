"""Mode seeking under random heads."""

from dataclasses import dataclass

import pandas as pd

from amem.chapters.hypersphere.heads import RandomHeads, random_head, random_tokens
from amem.chapters.hypersphere.terms import NORMS
from amem.dynamics import run
from amem.dynamics.sphere import mode_seeking
from amem.experiment import experiment
from amem.seeds import generator
from amem.sweep import Row, grid, sweep


@dataclass(frozen=True, kw_only=True)
class Numbers(RandomHeads):
    """Tokens of each head, and the layers they pass."""

    tokens: int = 36
    layers: int = 50


@experiment(quick=Numbers(), full=Numbers(draws=20))
def ascent(config: Numbers) -> pd.DataFrame:
    """Mode seeking under the mixtures of random heads: is there a step that goes down?"""
    return sweep(_ascent_cell, grid(norm=NORMS, draw=range(config.draws)), config)


def _ascent_cell(config: Numbers, norm: str, draw: int) -> list[Row]:
    rng = generator("hypersphere", "ascent", norm, draw, config.width)
    head = random_head(config.width, config.head_width, norm, rng, size=2.0)
    mixtures = head.mixtures(random_tokens(config.tokens, config.width, rng))
    mixture = mixtures.mixture(0, 0)
    kept = run(mode_seeking(mixture), mixtures.states[0], steps=config.layers, keep_every=1).kept
    assert kept is not None
    density = mixture.log_density(kept)
    steps = density.diff(dim=0)
    return [{"layer": time + 1, "lowest_step": float(step.min())} for time, step in enumerate(steps)]

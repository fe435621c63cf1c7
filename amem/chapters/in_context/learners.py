"""The networks of the chapter: what they are taught, and where they are kept once they have learned.

A network is trained once and then read by every experiment that looks at it. What shapes it stands in this file and in
what it imports: how it is looked at may change without training it again.
"""

import sys
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

import torch
from torch import Tensor

from amem import sweep
from amem.checkpoints import checkpoint
from amem.dynamics.noisy import NoisyDescent
from amem.energies.in_context import InContextEnergy
from amem.files import put
from amem.learning.contrastive import train
from amem.learning.objectives import ContrastiveDivergence, Ranking, uniform
from amem.learning.training import Checkpoint, History, Training
from amem.seeds import generator
from amem.tasks import GaussianMixtures, LinearRegressions, Mixtures, endless, pool

DIVERGENCE, RANKING = "contrastive divergence", "ranking"


@dataclass(frozen=True, kw_only=True)
class Learning(sweep.Config):
    """The numbers that shape a network.

    components, spread, scale: a task is a mixture of so many Gaussians of standard deviation `scale` (s) around means
        of standard deviation `spread` (S).
    pool, pool_samples: so many mixtures with so many points each are all that it ever meets; 0: always new ones.
    length: of a sequence, the longest context and one point more. layers, heads, width, hidden, positions, invariant:
        the network.
    batch, rate, epsilon, decay: of Adam. stages: updates after which a network on its way is kept, too.
    updates, negatives, norm: of contrastive divergence; sampler_*: α, σ and T, the largest move of a coordinate and the
        box that holds the negatives; start: half the width of the box where they begin; penalty: λ; runaway: the
        size of the gap below zero at which training on mixtures is stopped.
    ranking_*: of the ranking objective, whose negatives are uniform in a box of half the width `half`.
    regression_*: the straight lines; half the width of the box of y; updates on them.
    """

    components: int = 3
    spread: float
    scale: float
    pool: int = 0
    pool_samples: int = 1000
    length: int
    layers: int
    heads: int
    width: int
    hidden: int
    positions: bool
    invariant: bool = False
    batch: int
    rate: float
    epsilon: float = 1e-4
    decay: float
    stages: tuple[int, ...]
    updates: int
    negatives: int
    norm: float
    sampler_step: float
    sampler_noise: float
    sampler_steps: int
    sampler_clip: float = 10.0
    sampler_box: float
    start: float
    penalty: float
    runaway: float = 10.0
    half: float
    ranking_updates: int
    ranking_negatives: int
    ranking_norm: float = 1.0
    regression_width: float
    regression_slope: float
    regression_noise: float
    regression_half: float
    regression_updates: int

    @property
    def mixtures(self) -> GaussianMixtures:
        return GaussianMixtures(self.components, self.spread, self.scale)

    @property
    def lines(self) -> LinearRegressions:
        return LinearRegressions(self.regression_width, self.regression_slope, self.regression_noise)

    @property
    def sampler(self) -> NoisyDescent:
        return NoisyDescent(
            step=self.sampler_step,
            noise=self.sampler_noise,
            noise_first=False,
            clip=self.sampler_clip,
            box=self.sampler_box,
        )

    def all_updates(self, objective: str) -> int:
        return self.updates if objective == DIVERGENCE else self.ranking_updates


def pooled(config: Learning, seed: int) -> Mixtures:
    """The mixtures of a pool."""
    return config.mixtures.draw(config.pool, generator("in_context", "pool", config.pool, seed, config.spread))


def network(config: Learning, seed: int) -> InContextEnergy:
    """A network that has learned nothing yet."""
    return InContextEnergy(
        dimension=2,
        layers=config.layers,
        heads=config.heads,
        width=config.width,
        hidden=config.hidden,
        length=config.length,
        positions=config.positions,
        invariant=config.invariant,
        rng=generator("in_context", "weights", seed, config.layers, config.heads, config.width, config.hidden),
    ).to(config.device)


def taught(
    config: Learning, subject: str, objective: str, seed: int, updates: int, path: Path | None = None
) -> tuple[InContextEnergy, History]:
    """A network after so many updates, on "mixtures" or on "lines", of whose negatives only the y is drawn and
    moved."""
    learner, divergence, lines = network(config, seed), objective == DIVERGENCE, subject == "lines"
    family = config.lines if lines else config.mixtures
    source = endless(family)
    if config.pool:
        chance = generator("in_context", "pool", "samples", config.pool, config.pool_samples, seed)
        source = pool(pooled(config, seed), config.pool_samples, chance)
    half = config.regression_half if lines else config.start if divergence else config.half
    sampler = replace(config.sampler, moving=(1,), box=config.regression_half) if lines else config.sampler

    def only_y(sequences: Tensor, negatives: int, rng: torch.Generator) -> Tensor:
        begun = uniform(half)(sequences, negatives, rng)
        return torch.stack([sequences[:, None, :, 0].expand(begun.shape[:-1]), begun[..., 1]], -1)

    about = {"family": asdict(family), "pool": config.pool, "samples": config.pool_samples, "half": half}
    history = train(
        learner,
        lambda rng: source(config.batch, config.length, rng),
        only_y if lines else uniform(half),
        ContrastiveDivergence(
            sampler=sampler,
            steps=config.sampler_steps,
            penalty=config.penalty,
            replay=0.0,
            runaway=None if lines else config.runaway,
        )
        if divergence
        else Ranking(),
        Training(
            updates=updates,
            negatives=config.negatives if divergence else config.ranking_negatives,
            rate=config.rate,
            epsilon=config.epsilon,
            decay=config.decay,
            norm=config.norm if divergence else config.ranking_norm,
            seed=seed,
        ),
        checkpoint=None if path is None else Checkpoint(path, about, every=500),
        report_every=100 if sys.stderr.isatty() else 0,  # where somebody is watching
    )
    return learner.requires_grad_(False), history


def learned(config: Learning, subject: str, objective: str, seed: int, updates: int) -> tuple[InContextEnergy, History]:
    """What `taught` gives, from its file if it is there."""
    made = Learning(**{part.name: getattr(config, part.name) for part in fields(Learning)})

    shape = replace(made, stages=(), updates=0, ranking_updates=0, regression_updates=0)  # these stand in the name

    def file(updates: int) -> Path:
        return checkpoint(learned, shape, subject, objective, seed, updates)

    path, earlier = file(updates), [file(stage) for stage in config.stages if stage < updates]
    if not path.exists() and (ready := [stage for stage in earlier if stage.exists()]):
        put(path.parent, {path.name: ready[-1].read_bytes()})  # a longer run goes on where a shorter one has ended
    return taught(made, subject, objective, seed, updates, path)

"""The networks of the chapter: what they are taught, and where they are kept once they have learned.

A network is trained once and then read by every experiment that looks at it. What shapes it stands in this file and in
what it imports: how it is looked at may change without training it again.
"""

import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import torch
from torch import Tensor

from amem.chapters.in_context.terms import DIVERGENCE
from amem.checkpoints import checkpoint, trained
from amem.dynamics.noisy import NoisyDescent
from amem.energies.in_context import InContextEnergy
from amem.experiment import Config
from amem.files import put
from amem.learning import objectives
from amem.learning.contrastive import train
from amem.learning.objectives import ContrastiveDivergence, uniform
from amem.learning.training import Checkpoint, History, Training
from amem.learning.weights import kept
from amem.seeds import generator
from amem.tasks import GaussianMixtures, LinearRegressions, Mixtures, endless, pool


@dataclass(frozen=True, kw_only=True)
class Divergence(Config):
    """Contrastive divergence.

    step, noise, steps, clip, box: α, σ and T of the sampler, the largest move of a coordinate and the box that holds
        the negatives. start: half the width of the box where they begin.
    negatives: to a point. penalty: λ. norm: bound on the gradient. runaway: the size of the gap below zero at which
        training on mixtures is stopped.
    """

    updates: int = 500
    negatives: int = 1
    norm: float = 1.0
    step: float = 0.1
    noise: float = 0.3
    steps: int = 12
    clip: float = 10.0
    box: float = 8.0
    start: float = 6.0
    penalty: float = 2e-2
    runaway: float = 10.0

    @property
    def sampler(self) -> NoisyDescent:
        return NoisyDescent(step=self.step, noise=self.noise, noise_first=False, clip=self.clip, box=self.box)


@dataclass(frozen=True, kw_only=True)
class Ranking(Config):
    """Ranking among negatives that are uniform in a box."""

    updates: int = 1100
    negatives: int = 16
    norm: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Lines(Config):
    """Straight lines, half the width of the box of y, and updates on them."""

    width: float = 2.0
    slope: float = 1.0
    noise: float = 0.2
    half: float = 5.0
    updates: int = 200

    @property
    def family(self) -> LinearRegressions:
        return LinearRegressions(self.width, self.slope, self.noise)


@dataclass(frozen=True, kw_only=True)
class Learning(Config):
    """The numbers that shape a network.

    components, spread, scale: a task is a mixture of so many Gaussians of standard deviation `scale` (s) around means
        of standard deviation `spread` (S). half: half the width of the box that holds them, where ranking draws its
        negatives.
    pool, pool_samples: so many mixtures with so many points each are all that it ever meets; 0: always new ones.
    length: of a sequence, the longest context and one point more. layers, heads, width, hidden, positions, invariant:
        the network.
    batch, rate, epsilon, decay: of Adam. stages: updates after which a network on its way is kept, too.
    """

    components: int = 3
    spread: float = 2.0
    scale: float = 0.4
    half: float = 8.0
    pool: int = 0
    pool_samples: int = 1000
    length: int = 16
    layers: int = 2
    heads: int = 4
    width: int = 32
    hidden: int = 128
    positions: bool = False
    invariant: bool = False
    batch: int = 16
    rate: float = 3e-3
    epsilon: float = 1e-4
    decay: float = 0.0
    stages: tuple[int, ...] = (100, 200)
    divergence: Divergence = Divergence()
    ranking: Ranking = Ranking()
    lines: Lines = Lines()

    @property
    def mixtures(self) -> GaussianMixtures:
        return GaussianMixtures(self.components, self.spread, self.scale)

    def all_updates(self, objective: str) -> int:
        """Of a network that is trained to the end on mixtures."""
        return self.divergence.updates if objective == DIVERGENCE else self.ranking.updates

    @property
    def shape(self) -> "Learning":
        """What is the same at every stage of the way."""
        return replace(
            self,
            stages=(),
            divergence=replace(self.divergence, updates=0),
            ranking=replace(self.ranking, updates=0),
            lines=replace(self.lines, updates=0),
        )


SMALL = Learning()
PAPER_SIZE = Learning(
    spread=5.0,
    scale=0.33,
    half=20.0,
    length=36,
    layers=6,
    heads=8,
    width=128,
    hidden=512,
    batch=64,
    rate=1e-3,
    decay=1e-5,
    stages=(500, 1500),
    divergence=Divergence(
        updates=5000, negatives=3, norm=0.1, step=0.316, noise=0.1, steps=15, box=20.0, start=15.0, penalty=1e-2
    ),
    ranking=Ranking(updates=5000, negatives=64),
    lines=Lines(width=15.0, slope=2.0, noise=0.5, half=75.0, updates=5000),
)


def pooled(numbers: Learning, seed: int) -> Mixtures:
    """The mixtures of a pool."""
    return numbers.mixtures.draw(numbers.pool, generator("in_context", "pool", numbers.pool, seed, numbers.spread))


def network(numbers: Learning, seed: int) -> InContextEnergy:
    """A network that has learned nothing yet."""
    return InContextEnergy(
        dimension=2,
        layers=numbers.layers,
        heads=numbers.heads,
        width=numbers.width,
        hidden=numbers.hidden,
        length=numbers.length,
        positions=numbers.positions,
        invariant=numbers.invariant,
        rng=generator("in_context", "weights", seed, numbers.layers, numbers.heads, numbers.width, numbers.hidden),
    ).to(numbers.device)


def taught(
    numbers: Learning, subject: str, objective: str, seed: int, updates: int, path: Path | None = None
) -> tuple[InContextEnergy, History]:
    """A network after so many updates, on "mixtures" or on "lines", of whose negatives only the y is drawn and
    moved."""
    learner, way, lines = network(numbers, seed), numbers.divergence, subject == "lines"
    family = numbers.lines.family if lines else numbers.mixtures
    source = endless(family)
    if numbers.pool:
        chance = generator("in_context", "pool", "samples", numbers.pool, numbers.pool_samples, seed)
        source = pool(pooled(numbers, seed), numbers.pool_samples, chance)
    half = numbers.lines.half if lines else way.start if objective == DIVERGENCE else numbers.half
    sampler = replace(way.sampler, moving=(1,), box=numbers.lines.half) if lines else way.sampler

    def only_y(sequences: Tensor, negatives: int, rng: torch.Generator) -> Tensor:
        begun = uniform(half)(sequences, negatives, rng)
        return torch.stack([sequences[:, None, :, 0].expand(begun.shape[:-1]), begun[..., 1]], -1)

    about = {"family": asdict(family), "pool": numbers.pool, "samples": numbers.pool_samples, "half": half}
    effort = way if objective == DIVERGENCE else numbers.ranking
    history = train(
        learner,
        lambda rng: source(numbers.batch, numbers.length, rng),
        only_y if lines else uniform(half),
        ContrastiveDivergence(
            sampler=sampler, steps=way.steps, penalty=way.penalty, replay=0.0, runaway=None if lines else way.runaway
        )
        if objective == DIVERGENCE
        else objectives.Ranking(),
        Training(
            updates=updates,
            negatives=effort.negatives,
            rate=numbers.rate,
            epsilon=numbers.epsilon,
            decay=numbers.decay,
            norm=effort.norm,
            seed=seed,
        ),
        checkpoint=None if path is None else Checkpoint(path, about, every=500),
        report_every=100 if sys.stderr.isatty() else 0,  # where somebody is watching
    )
    return learner.requires_grad_(False), history


def learned(
    numbers: Learning, subject: str, objective: str, seed: int, updates: int
) -> tuple[InContextEnergy, History]:
    """What `taught` gives, from its file if it is there, by way of the stages, each with a file and seconds of its own."""
    way = [*(stage for stage in numbers.stages if stage < updates), updates]
    files = [checkpoint(learned, numbers.shape, subject, objective, seed, stage) for stage in way]
    for number in range(_reached(files, way), len(way)):
        path = files[number]
        with trained(path):
            if number and not path.exists():
                put(path.parent, {path.name: files[number - 1].read_bytes()})
            taught(numbers, subject, objective, seed, way[number], path)
    return taught(numbers, subject, objective, seed, updates, files[-1])


def _reached(files: Sequence[Path], way: Sequence[int]) -> int:
    """How many of the stages need no training any more."""
    for number in reversed(range(len(way))):
        if files[number].exists():
            tensors, card = kept(files[number])
            if len(tensors["rows"]) == way[number] or card["stopped"] is not None:
                return number + 1
    return 0


def last(numbers: Learning, objective: str, seed: int) -> InContextEnergy:
    """A network that is trained to the end on mixtures."""
    return learned(numbers, "mixtures", objective, seed, numbers.all_updates(objective))[0]

"""What an energy is taught by: points that are to lie low, negatives that are to lie high, and where these begin."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from amem import checks
from amem.dynamics.noisy import NoisyDescent

Draw = Callable[[torch.Generator], Tensor]
"""A batch of sequences, (batch, t, d), drawn on the CPU."""
Start = Callable[[Tensor, int, torch.Generator], Tensor]
"""Where r negatives of each point of the sequences begin, (batch, r, t, d), on the CPU."""

WINDOW = 50
"""Over how many updates the gap is averaged before it is called a run-away."""


@dataclass(frozen=True, kw_only=True)
class ContrastiveDivergence:
    """Mean E₊ − mean E₋ + λ (mean E₊² + mean E₋²), with negatives where a sampler has led them [hinton2002training].

    No gradient goes through the sampler [schaeffer2024bridging, sec. 1].

    steps: of the sampler. penalty: λ, at least 0. replay: the chance that a sequence is shown once more at the next
    update, where its negatives go on from where they were. runaway: the size of the mean gap E₊ − E₋ below zero at
    which training stops, or None. Raises ValueError or TypeError for numbers out of range.
    """

    sampler: NoisyDescent
    steps: int
    penalty: float
    replay: float
    runaway: float | None

    def __post_init__(self) -> None:
        if not isinstance(self.sampler, NoisyDescent):
            raise TypeError(f"sampler: wanted a NoisyDescent, got {checks.describe(self.sampler)}")
        object.__setattr__(self, "steps", checks.count("steps", self.steps))
        object.__setattr__(self, "penalty", checks.at_least_zero("penalty", self.penalty))
        object.__setattr__(self, "replay", checks.fraction("replay", self.replay))
        if self.runaway is not None:
            object.__setattr__(self, "runaway", checks.positive("runaway", self.runaway))

    def loss(self, positive: Float[Tensor, "batch t"], negative: Float[Tensor, "batch r t"]) -> Float[Tensor, ""]:
        """The loss, of which only the gradient means something."""
        size = positive.square().mean() + negative.square().mean()
        return positive.mean() - negative.mean() + self.penalty * size

    def trouble(self, gaps: Sequence[float], update: int) -> str | None:
        """What to say if the mean of the last gaps E₊ − E₋ has run away."""
        gap = sum(gaps) / len(gaps)
        if self.runaway is None or gap >= -self.runaway:
            return None
        return (
            f"the gap E₊ − E₋ has run away to {gap:.3g} at update {update}, the sampler does not reach the "
            "wells that it is to raise: a smaller step, more steps, a penalty, clipping or replay may help"
        )


@dataclass(frozen=True)
class Ranking:
    """Mean E₊ + log(e^{−E₊} + Σ_r e^{−E₋,r}), which of them is the point; the negatives stay where they start
    [ma2018noise].

    With negatives uniform in a box it is least, at any number of them, for energies that are −log p there up to a
    constant of the context.
    """

    def loss(self, positive: Float[Tensor, "batch t"], negative: Float[Tensor, "batch r t"]) -> Float[Tensor, ""]:
        """Minus the log-probability of telling the points from their negatives, in nats; log(1 + r) by chance."""
        return (positive + torch.cat([-positive[:, None], -negative], 1).logsumexp(1)).mean()


def uniform(half_width: float) -> Start:
    """Negatives that begin anywhere in the box [−w, w]^d. Raises ValueError or TypeError for a width not above 0."""
    return _Uniform(checks.positive("half_width", half_width))


@dataclass(frozen=True)
class _Uniform:
    half_width: float

    def __call__(self, sequences: Tensor, negatives: int, rng: torch.Generator) -> Tensor:
        batch, t, d = sequences.shape
        return self.half_width * (2 * torch.rand(batch, negatives, t, d, generator=rng, dtype=torch.float64) - 1)

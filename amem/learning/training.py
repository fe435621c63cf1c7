"""How a run of training is set up, where it is kept, and what was seen on its way."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jaxtyping import Float
from torch import Tensor

from amem import checks
from amem.learning.weights import path_of, sayable


@dataclass(frozen=True, kw_only=True)
class Training:
    """How an objective is followed: Adam with weight decay, on gradients of a bounded norm.

    updates: how many. negatives: r, of each point. rate, epsilon, decay: Adam's step size, the ε beside its root, and
    the factor of θ that is added to the gradient. norm: the largest norm of the gradient. seed: names all chance.
    bfloat16: whether matrix products are taken with 8 significant bits; energies then have errors of about a hundredth
    of their spread. Raises ValueError or TypeError for numbers out of range.
    """

    updates: int
    negatives: int
    rate: float
    epsilon: float
    decay: float
    norm: float
    seed: int
    bfloat16: bool = False

    def __post_init__(self) -> None:
        for name in ("updates", "negatives"):
            object.__setattr__(self, name, checks.count(name, getattr(self, name)))
        for name in ("rate", "epsilon", "norm"):
            object.__setattr__(self, name, checks.positive(name, getattr(self, name)))
        object.__setattr__(self, "decay", checks.at_least_zero("decay", self.decay))
        object.__setattr__(self, "seed", checks.count("seed", self.seed, least=0))


@dataclass(frozen=True)
class History:
    """What was seen on the way, an entry an update; and if training stopped early, why.

    gap is E₊ − E₋: about zero or a little below it where contrastive divergence is healthy.
    """

    loss: Float[Tensor, " updates"]
    positive: Float[Tensor, " updates"]
    negative: Float[Tensor, " updates"]
    norm: Float[Tensor, " updates"]
    stopped: str | None

    @property
    def gap(self) -> Float[Tensor, " updates"]:
        return self.positive - self.negative


@dataclass(frozen=True)
class Checkpoint:
    """A file for the state of a run, written every so many updates (0: never) and at the end.

    about: what the functions that draw data and begin negatives are, in plain numbers and words. It is kept in the
    file's card, so that a run with other data is not taken for this one. Raises ValueError or TypeError for a path that
    is none, for what a card cannot say, and for a number out of range.
    """

    path: Path
    about: Mapping[str, object]
    every: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", path_of("path", self.path))
        sayable("about", self.about)
        object.__setattr__(self, "every", checks.count("every", self.every, least=0))

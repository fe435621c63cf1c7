"""Heads drawn at random: gain and bias of the norm, query and key matrices with biases. Their tokens are Gaussian."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from amem.chapters.hypersphere.terms import LAYER_NORM
from amem.energies.heads import HeadMixtures, Norm, Projection, pre_norm_heads
from amem.experiment import Config


@dataclass(frozen=True, kw_only=True)
class RandomHeads(Config):
    """Heads of this width in a stream of `width` features, so many of each norm."""

    width: int = 32
    head_width: int = 8
    draws: int = 3


@dataclass(frozen=True)
class Head:
    """A norm, and query and key projections of one head."""

    norm: Norm
    query: Projection
    key: Projection

    def mixtures(self, tokens: Tensor) -> HeadMixtures:
        return pre_norm_heads(self.norm, self.query, self.key, tokens, scale=self.scale, causal=False)

    def attention(self, tokens: Tensor) -> Tensor:
        """softmax(q·k/√d_k), as a transformer computes it."""
        return (self.scale * self.vectors(tokens)[0] @ self.vectors(tokens)[1].T).softmax(-1)

    def vectors(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        normalised = self.norm(tokens)
        return self.query(normalised)[0], self.key(normalised)[0]

    @property
    def scale(self) -> float:
        return 1 / math.sqrt(self.query.weight.shape[1])


def random_head(
    width: int,
    head_width: int,
    kind: str,
    rng: torch.Generator,
    *,
    size: float,
    offset: float = 0.3,
    epsilon: float = 0.0,
) -> Head:
    """A head whose gain scatters by 0.3 around one, with biases of standard deviation `offset`."""

    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=rng, dtype=torch.float64)

    gain, bias = (0.3 * normal(width)).exp(), offset * normal(width)
    query, key = (
        Projection(size * normal(1, head_width, width) / math.sqrt(width), offset * normal(1, head_width))
        for _ in range(2)
    )
    centred = kind == LAYER_NORM
    return Head(Norm(gain, bias if centred else 0 * bias, epsilon, centred), query, key)


def random_tokens(count: int, width: int, rng: torch.Generator) -> Tensor:
    return torch.randn(count, width, generator=rng, dtype=torch.float64)

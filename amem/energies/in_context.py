"""An energy learned in context: a transformer of fixed weights whose landscape is that of the data it is shown.

A point is a token. It sees the points shown before it and itself, and the network answers with its energy. A context is
read once: all that a point needs of it are its keys and values, so that a landscape costs what its points cost.
"""

import math
from functools import partial
from typing import Any, cast

import torch
from jaxtyping import Float
from torch import Tensor, nn

from amem import checks, shapes
from amem.energies.base import Energy


class InContextEnergy(nn.Module):
    """E_θ(x | x₁ … x_n), up to a constant of the context −log p(x | x₁ … x_n) [schaeffer2024bridging, sec. 1].

    A linear map takes the points into pre-norm transformer blocks, another takes each token to its energy. The context
    is causal: each of its points sees those before it, and one reading serves all prefixes of a sequence. With
    `positions`, a learned code of its index is added to each token.

    The context points of an `invariant` network all see one another, so that their order does not matter. Every prefix
    is then read by itself, exactly, and reading a sequence costs as many times more as it has points.

    dimension: of the points; hidden: units between the two linear maps of a block; length: of the longest sequence, a
    context and the point after it. Weights are drawn on the CPU, in float32. Raises ValueError or TypeError for sizes
    that are not whole numbers, a width that the heads do not divide, and positions in an invariant network.
    """

    def __init__(
        self,
        *,
        dimension: int,
        layers: int,
        heads: int,
        width: int,
        hidden: int,
        length: int,
        positions: bool,
        invariant: bool,
        rng: torch.Generator,
    ) -> None:
        super().__init__()
        dimension, layers = checks.count("dimension", dimension), checks.count("layers", layers)
        heads, width = checks.count("heads", heads), checks.count("width", width)
        hidden, length = checks.count("hidden", hidden), checks.count("length", length)
        sizes = {"dimension": dimension, "layers": layers, "heads": heads, "width": width, "hidden": hidden}
        self.config = {**sizes, "length": length, "positions": positions, "invariant": invariant}
        if width % heads:
            raise ValueError(f"width: wanted a multiple of heads = {heads}, got {width}")
        if positions and invariant:
            raise ValueError("positions: wanted False in an invariant network, got True")
        shapes.generator("rng", rng)
        self.dimension, self.length, self.invariant = dimension, length, invariant
        self.enter = _linear(dimension, width, rng)
        self.position = nn.Parameter(_gaussian(length, width, rng)) if positions else None
        self.blocks = nn.ModuleList(_Block(width, heads, hidden, rng) for _ in range(layers))
        self.norm, self.leave = nn.LayerNorm(width), _linear(width, 1, rng)

    def forward(self, sequence: Float[Tensor, "*batch t d"]) -> Float[Tensor, "*batch t"]:
        """E(x_n | x_{<n}) of every index n at once."""
        return self.prefixes(sequence)(sequence[..., None, :, :])[..., 0, :]

    def negatives(
        self, sequence: Float[Tensor, "*batch t d"], negatives: Float[Tensor, "*batch r t d"]
    ) -> Float[Tensor, "*batch r t"]:
        """E(x⁻_{n,r} | x_{<n}) of points that stand in for each x_n, and that no other point sees."""
        return self.prefixes(sequence)(negatives)

    def prefixes(self, sequence: Float[Tensor, "*batch t d"]) -> "Landscape":
        """The landscapes of all prefixes at once: an energy of points (*batch, r, t, d), the n-th of which see x_{<n}.

        Raises ValueError or TypeError for anything but sequences of 1 to `length` points.
        """
        t = self._shown("sequence", sequence, 1, self.length)
        before = torch.ones(1, t, t, dtype=torch.bool, device=sequence.device).tril(-1)
        if not self.invariant:
            return Landscape(self, sequence, before, before, first=0)
        # a context for each prefix: all t points, of which the first n are seen
        contexts = sequence[..., None, :, :].expand(*sequence.shape[:-1], t, self.dimension)
        seen = before[0, :, None].repeat(math.prod(sequence.shape[:-2]), 1, 1)
        others = seen & ~torch.eye(t, dtype=torch.bool, device=seen.device)
        return Landscape(self, contexts, others, seen, first=0, by_index=True)

    def given(self, context: Float[Tensor, "*batch n d"]) -> "Landscape":
        """E(· | x₁ … x_n): an energy of points (*batch, …, d) that all see the whole context, which may be empty.

        Points for all of a batch of contexts alike are repeated for each: `points.expand(*batch, *points.shape)`.
        Raises ValueError or TypeError for anything but contexts of 0 to `length` − 1 points.
        """
        n = self._shown("context", context, 0, self.length - 1)
        others = ~torch.eye(n, dtype=torch.bool, device=context.device)[None]
        among, seen = others if self.invariant else others.tril(), others.new_ones(1, 1, n)
        return Landscape(self, context, among, seen, first=n)

    def tokens(self, points: Float[Tensor, "c q d"], places: range) -> Float[Tensor, "c q width"]:
        """The points as they enter the first block, at places that they take in turn."""
        entered = self.enter(points)
        if self.position is None:
            return entered
        return entered + self.position[places.start : places.stop].repeat(points.shape[1] // len(places), 1)

    def layers(self) -> list["_Block"]:
        """The blocks, in their order."""
        return cast("list[_Block]", list(self.blocks))

    def _shown(self, name: str, points: Tensor, least: int, most: int) -> int:
        """How many points are shown."""
        shapes.states(name, points, self.dimension)
        if points.ndim < 2 or not least <= points.shape[-2] <= most:
            wanted = f"shape (*batch, n, {self.dimension}) with n from {least} to {most}"
            raise ValueError(f"{name}: wanted {wanted}, got {checks.describe(points)}")
        return points.shape[-2]


class Landscape(Energy):
    """The energy of points in view of contexts, as `InContextEnergy.given` and `InContextEnergy.prefixes` make it.

    The contexts are read when it is made; their keys and values in each block are kept. A copy reads them again, with
    a network of its own.

    contexts: (*batch, m, d). among, (contexts or 1, m, m): which points of its context each of them sees beside
    itself. seen, (contexts or 1, places, m): which ones are seen by the points whose energy is asked for; these take
    the places, the first of which is `first`, in turn. by_index: whether the last axis of the batch is that of the
    index in points (*batch, r, t, d).
    """

    mask: Tensor

    def __init__(
        self,
        network: InContextEnergy,
        contexts: Tensor,
        among: Tensor,
        seen: Tensor,
        *,
        first: int,
        by_index: bool = False,
    ) -> None:
        super().__init__()
        self.network, self.by_index, self.batch = network, by_index, contexts.shape[:-2]
        self.places = range(first, first + seen.shape[1])
        self._read, self._first = (contexts, among, seen), first
        self.keep("mask", _mask(seen, contexts))
        flat = contexts.reshape(math.prod(self.batch), *contexts.shape[-2:])
        x, mask = network.tokens(flat, range(max(flat.shape[1], 1))), _mask(among, contexts)
        layers = network.layers()
        for number, block in enumerate(layers):
            query, key, value = block.project(x)
            self.keep(f"key{number}", key)
            self.keep(f"value{number}", value)
            if number + 1 < len(layers):
                x = block.mix(x, query, key, value, key, value, mask)

    @property
    def n(self) -> int:
        return self.network.dimension

    def __reduce__(self) -> tuple[Any, ...]:
        device = self.mask.device
        contexts, among, seen = (part.detach().to(device) for part in self._read)
        make = partial(Landscape, first=self._first, by_index=self.by_index)
        return make, (self.network, contexts.to(self.mask.dtype), among, seen)

    def forward(self, state: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch"]:
        """The energy of each point. Raises ValueError for points whose first axes are not those of the contexts."""
        points = state.transpose(-3, -2) if self.by_index and state.ndim > 2 else state
        places = len(self.places)
        if points.shape[: len(self.batch)] != self.batch or (places > 1 and points.shape[-2] != places):
            axes = ", ".join([*map(str, self.batch), "...", *([str(places)] if places > 1 else []), str(self.n)])
            raise ValueError(f"state: wanted shape ({axes}), got {checks.describe(state)}")
        flat = points.reshape(math.prod(self.batch), -1, points.shape[-1])
        x = self.network.tokens(flat, self.places)
        mask = self.mask.repeat(1, 1, flat.shape[1] // places, 1)
        for number, block in enumerate(self.network.layers()):
            keys, values = self.get_buffer(f"key{number}"), self.get_buffer(f"value{number}")
            x = block.mix(x, *block.project(x), keys, values, mask)
        energy = self.network.leave(self.network.norm(x)).reshape(points.shape[:-1])
        return energy.transpose(-2, -1) if self.by_index else energy


class _Block(nn.Module):
    """x + attention(norm(x)), then + network(norm(x)); attention is over what is seen of a context, and oneself."""

    def __init__(self, width: int, heads: int, hidden: int, rng: torch.Generator) -> None:
        super().__init__()
        self.heads = heads
        self.norm, self.second_norm = nn.LayerNorm(width), nn.LayerNorm(width)
        self.projections, self.output = _linear(width, 3 * width, rng), _linear(width, width, rng)
        self.rise, self.fall = _linear(width, hidden, rng), _linear(hidden, width, rng)

    def project(self, x: Float[Tensor, "c q width"]) -> tuple[Tensor, Tensor, Tensor]:
        """Query, key and value of each token, (c, heads, q, width/heads)."""
        query, key, value = self.projections(self.norm(x)).unflatten(-1, (3, self.heads, -1)).unbind(-3)
        return query.transpose(1, 2), key.transpose(1, 2), value.transpose(1, 2)

    def mix(
        self, x: Tensor, query: Tensor, key: Tensor, value: Tensor, keys: Tensor, values: Tensor, mask: Tensor
    ) -> Float[Tensor, "c q width"]:
        """The tokens after the block, from their own query, key and value and those that a context has kept."""
        query = query / math.sqrt(query.shape[-1])
        scores = torch.cat([query @ keys.mT + mask, (query * key).sum(-1, keepdim=True)], -1)
        weights = scores.softmax(-1)
        mixed = weights[..., :-1] @ values + weights[..., -1:] * value
        x = x + self.output(mixed.transpose(1, 2).flatten(-2))
        return x + self.fall(nn.functional.gelu(self.rise(self.second_norm(x))))


def _mask(seen: Tensor, like: Tensor) -> Tensor:
    """0 where seen and −∞ elsewhere, with an axis for the heads."""
    return torch.zeros(seen.shape, dtype=like.dtype, device=like.device).masked_fill_(~seen, -math.inf)[:, None]


def _gaussian(rows: int, columns: int, rng: torch.Generator) -> Tensor:
    """Independent Gaussians of variance 1/columns."""
    return (torch.randn(rows, columns, generator=rng, dtype=torch.float64) / math.sqrt(columns)).float()


def _linear(inputs: int, outputs: int, rng: torch.Generator) -> nn.Linear:
    layer = nn.Linear(inputs, outputs, device="meta")
    layer.weight, layer.bias = nn.Parameter(_gaussian(outputs, inputs, rng)), nn.Parameter(torch.zeros(outputs))
    return layer

"""Attention read as a mixture: what a head that normalises before it attends takes its tokens to be made of.

A normalised token lies on a sphere, and attention weights are then the responsibilities of a mixture of von
Mises–Fisher densities whose components are the keys [schaeffer2024bridging, sec. 4]. Positions that rotate the keys
with the query's place are not covered: the mixture would be another for every query.
"""

import math
from dataclasses import dataclass
from typing import Any, cast

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from amem import checks, shapes
from amem.energies.concentration import log_normaliser
from amem.energies.sphere import SphericalMixture
from amem.seeds import generator


@dataclass(frozen=True)
class Norm:
    """γ ⊙ x̂ + δ with x̂ = (x − mean)/√(variance + ε), LayerNorm, or x̂ = x/√(mean square + ε), RMSNorm.

    gain: γ, (n,); bias: δ, (n,); epsilon: ε, at least 0; centred: whether the mean is taken away, as LayerNorm does.
    """

    gain: Float[Tensor, " n"]
    bias: Float[Tensor, " n"]
    epsilon: float
    centred: bool

    def __call__(self, tokens: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch n"]:
        return self.gain * self.bare(tokens) + self.bias

    def bare(self, tokens: Float[Tensor, "*batch n"]) -> Float[Tensor, "*batch n"]:
        """x̂, before gain and bias: of length √n (1 + ε/τ²)^{−½}, τ² the token's variance or mean square."""
        shifted = tokens - tokens.mean(-1, keepdim=True) if self.centred else tokens
        return shifted / (shifted.square().mean(-1, keepdim=True) + self.epsilon).sqrt()

    def basis(self) -> Float[Tensor, "d n"]:
        """Orthonormal rows that span the bare tokens: everything, or what is orthogonal to (1, …, 1)."""
        n = len(self.gain)
        identity = torch.eye(n, dtype=self.gain.dtype, device=self.gain.device)
        if not self.centred:
            return identity
        # the reflection that exchanges the first axis and the diagonal, without the image of the first axis
        normal = identity[0] + 1 / math.sqrt(n)
        return (identity - 2 * torch.outer(normal, normal) / normal.square().sum())[1:]

    @staticmethod
    def of(module: nn.Module) -> "Norm":
        """The norm that a `LayerNorm` or an `RMSNorm` module computes, PyTorch's or one that is named so.

        Names do not tell what is computed: Hugging Face's T5LayerNorm takes no mean away, and a GemmaRMSNorm's gain is
        1 + weight. So the module itself is asked, about two tokens, and its answer decides.
        Raises TypeError for another module, and for one which computes none of these norms.
        """
        kind, layer = type(module).__name__, cast("Any", module)
        if not kind.endswith(("LayerNorm", "RMSNorm")):
            raise TypeError(f"module: wanted a LayerNorm or an RMSNorm, got {kind}")
        weight = getattr(layer, "weight", None)
        if not isinstance(weight, Tensor) or weight.ndim != 1:
            raise TypeError(f"module: wanted a {kind} with a weight of shape (n,), got {checks.describe(weight)}")
        weight, given = weight.detach(), getattr(layer, "bias", None)
        bias = given.detach() if isinstance(given, Tensor) else torch.zeros_like(weight)
        named = (getattr(layer, name, None) for name in ("variance_epsilon", "eps"))
        epsilon = next((float(value) for value in named if value is not None), torch.finfo(weight.dtype).eps)
        # the second token is as small as ε, which must be where a norm has it
        sizes = torch.tensor([1.0, math.sqrt(epsilon) or 1.0], dtype=torch.float64)[:, None]
        chance = generator("heads", "norm", len(weight))
        probe = (sizes * (1 + torch.randn(2, len(weight), generator=chance, dtype=torch.float64))).to(weight)
        with torch.no_grad():
            answer = layer(probe)
        # some modules compute in single precision whatever they are given
        tolerance = max(torch.finfo(weight.dtype).eps, torch.finfo(torch.float32).eps) ** 0.5
        for gain in (weight, 1 + weight):
            for centred in (True, False):
                norm = Norm(gain, bias, epsilon, centred)
                if torch.allclose(norm(probe), answer, rtol=tolerance, atol=tolerance):
                    return norm
        raise TypeError(f"module: wanted a LayerNorm or an RMSNorm, got a {kind} that computes something else")


@dataclass(frozen=True)
class Projection:
    """W y + b for every head. weight: (heads, d_k, n); bias: (heads, d_k)."""

    weight: Float[Tensor, "heads d n"]
    bias: Float[Tensor, "heads d"]

    def __call__(self, tokens: Float[Tensor, "t n"]) -> Float[Tensor, "heads t d"]:
        return tokens @ self.weight.mT + self.bias[:, None]


@dataclass(frozen=True)
class HeadMixtures:
    """The mixture of each head over one sequence of tokens, in coordinates of the space in which they are normalised.

    states: s_i, (heads, queries, n), the normalised queries, inside the unit sphere by as much as the norm's ε has
    shortened them. mean_directions: m_j, (heads, keys, n). concentrations: κ_j, (heads, keys). log_weights: log π_j up
    to a constant of each head. visible: (queries, keys), which components a query's mixture has.
    """

    states: Float[Tensor, "heads queries n"]
    mean_directions: Float[Tensor, "heads keys n"]
    concentrations: Float[Tensor, "heads keys"]
    log_weights: Float[Tensor, "heads keys"]
    visible: Bool[Tensor, "queries keys"]

    def responsibilities(self) -> Float[Tensor, "heads queries keys"]:
        """p(j | s_i) for all heads, queries and keys: the attention weights."""
        n = self.states.shape[-1]
        cosine = self.states @ self.mean_directions.mT
        prior = self.log_weights + log_normaliser(self.concentrations, n)
        joint = self.concentrations[:, None] * cosine + prior[:, None]
        return joint.masked_fill(~self.visible, -math.inf).softmax(-1)

    def mixture(self, head: int, query: int) -> SphericalMixture:
        """The mixture that a head computes for one query, of the keys which that query sees."""
        seen = self.visible[query]
        return SphericalMixture(
            self.mean_directions[head, seen], self.concentrations[head, seen], self.log_weights[head, seen]
        )


def pre_norm_heads(
    norm: Norm, query: Projection, key: Projection, tokens: Float[Tensor, "t n"], *, scale: float, causal: bool
) -> HeadMixtures:
    """The mixtures of softmax(scale · q_i·k_j) with q = W_Q y + b_Q, k = W_K y + b_K and y = γ ⊙ x̂ + δ.

    u_j = scale · γ ⊙ W_Qᵀk_j and c_j = scale · (W_Q δ + b_Q)·k_j give κ_j m_j = √n P u_j, P the projection on the
    sphere's space, and log π_j = c_j − log C(κ_j) [schaeffer2024bridging, sec. 4]. LayerNorm's sphere has n − 1
    dimensions.

    tokens: (t, n), as they enter the norm. Raises ValueError or TypeError for shapes that do not fit.
    """
    n, scale = len(norm.gain), checks.real("scale", scale)
    if shapes.matrix("tokens", tokens).shape[1] != n:
        raise ValueError(f"tokens: wanted shape (t, {n}), got {checks.describe(tokens)}")
    for name, projection in (("query", query), ("key", key)):
        if projection.weight.shape[-1] != n or projection.weight.shape[:2] != query.weight.shape[:2]:
            raise ValueError(
                f"{name}: wanted a weight of shape (heads, d, {n}), got {checks.describe(projection.weight)}"
            )
    keys = scale * key(norm(tokens))
    pull = norm.gain * (keys @ query.weight)
    offset = (keys @ (query.weight @ norm.bias + query.bias)[..., None])[..., 0]
    states = norm.bare(tokens).expand(len(keys), -1, -1)
    return _heads(states, pull, offset, norm.basis(), causal)


def query_key_norm_heads(
    query_norm: Norm,
    key_norm: Norm,
    queries: Float[Tensor, "heads t d"],
    keys: Float[Tensor, "heads p d"],
    *,
    scale: float,
    causal: bool,
) -> HeadMixtures:
    """The mixtures of softmax(scale · norm(q_i)·norm(k_j)), normalised after the projections [henry2020query].

    The sphere is that of the queries. With gains of one and no bias all keys have the same κ = scale · d.
    Raises ValueError or TypeError for queries and keys that are not (heads, t, d) with the norms' d.
    """
    d, scale = len(query_norm.gain), checks.real("scale", scale)
    for name, value in (("queries", queries), ("keys", keys)):
        if shapes.states(name, value, d).ndim != 3:
            raise ValueError(f"{name}: wanted shape (heads, t, {d}), got {checks.describe(value)}")
    normalised = scale * key_norm(keys)
    return _heads(
        query_norm.bare(queries), query_norm.gain * normalised, normalised @ query_norm.bias, query_norm.basis(), causal
    )


def encoder_layer_heads(
    layer: nn.TransformerEncoderLayer, tokens: Float[Tensor, "t n"], *, causal: bool = False
) -> HeadMixtures:
    """The mixtures of PyTorch's `TransformerEncoderLayer(norm_first=True)`.

    Raises ValueError for a layer that normalises last and as `pre_norm_heads` does.
    """
    if not layer.norm_first:
        raise ValueError("layer: wanted norm_first=True, got a layer that normalises after it attends")
    attention = layer.self_attn
    n, heads = attention.embed_dim, attention.num_heads
    bias = attention.in_proj_bias if cast("Tensor | None", attention.in_proj_bias) is not None else torch.zeros(3 * n)
    query, key, _ = _split(attention.in_proj_weight, bias.to(attention.in_proj_weight), heads)
    return pre_norm_heads(Norm.of(layer.norm1), query, key, tokens, scale=1 / math.sqrt(n // heads), causal=causal)


def gpt2_block_heads(block: nn.Module, tokens: Float[Tensor, "t n"]) -> HeadMixtures:
    """The mixtures of a Hugging Face GPT-2 block: `ln_1`, then causal `attn` whose `c_attn` weight is (n, 3n).

    Known by its attributes; nothing is imported. tokens are the hidden states that enter the block. Raises TypeError
    for a module without them and as `pre_norm_heads` does.
    """
    parts = cast("Any", block)
    try:
        attention, norm, heads = parts.attn, parts.ln_1, int(parts.attn.num_heads)
        weight, bias = attention.c_attn.weight, attention.c_attn.bias
        scaled, by_layer = attention.scale_attn_weights, attention.scale_attn_by_inverse_layer_idx
    except AttributeError as missing:
        raise TypeError(f"block: wanted a GPT-2 block, got {type(block).__name__} without {missing.name}") from missing
    query, key, _ = _split(weight.mT, bias, heads)
    scale = 1 / math.sqrt(query.weight.shape[1]) if scaled else 1.0
    if by_layer:
        scale /= attention.layer_idx + 1
    return pre_norm_heads(Norm.of(norm), query, key, tokens, scale=scale, causal=True)


def _split(weight: Tensor, bias: Tensor, heads: int) -> list[Projection]:
    """Query, key and value projections from one stacked matrix of shape (3n, n)."""
    return [
        Projection(w.detach().reshape(heads, -1, w.shape[-1]), b.detach().reshape(heads, -1))
        for w, b in zip(weight.chunk(3), bias.chunk(3), strict=True)
    ]


def _heads(bare: Tensor, pull: Tensor, offset: Tensor, basis: Tensor, causal: bool) -> HeadMixtures:
    """From x̂_i, u_j and c_j, in ambient coordinates, to the sphere."""
    root = math.sqrt(bare.shape[-1])
    natural = root * pull @ basis.mT
    kappa = torch.linalg.vector_norm(natural, dim=-1)
    # a key that pulls nowhere is a uniform component: any direction will do
    first = torch.zeros_like(natural)
    first[..., 0] = 1
    visible = torch.ones(bare.shape[-2], natural.shape[-2], dtype=torch.bool, device=bare.device)
    return HeadMixtures(
        states=bare @ basis.mT / root,
        mean_directions=torch.where(
            kappa[..., None] > 0, torch.nn.functional.normalize(natural, dim=-1, eps=1e-300), first
        ),
        concentrations=kappa,
        log_weights=offset - log_normaliser(kappa, natural.shape[-1]),
        visible=visible.tril() if causal else visible,
    )

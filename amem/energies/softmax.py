"""The sum over all memories, log Σ_j exp(q·k_j + b_j), and its gradient, never holding queries × memories numbers."""

from collections.abc import Iterator
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

SCORES_AT_ONCE = 1 << 20
"""How many scores a tile holds: 128 queries × 8192 memories, 4 MB in float32, about a core's cache."""


def log_sum_exp(
    queries: Float[Tensor, "*batch n"], keys: Float[Tensor, "p n"], bias: Float[Tensor, " p"]
) -> Float[Tensor, "*batch"]:
    """log Σ_j exp(q·k_j + b_j) for every query q, differentiable to any order in all three arguments."""
    flat = queries.reshape(-1, queries.shape[-1])
    return _LogSumExp.apply(flat, keys, bias).reshape(queries.shape[:-1])


def average(
    queries: Float[Tensor, "*batch n"], keys: Float[Tensor, "p n"], bias: Float[Tensor, " p"] | None = None
) -> Float[Tensor, "*batch n"]:
    """Σ_j a_j k_j with a = softmax_j(q·k_j + b_j): the gradient of `log_sum_exp` in q, which is attention.

    Goes through the fused attention kernels, which want four axes; where gradients are asked for, through plain
    products that can be differentiated again.
    """
    flat = queries.reshape(-1, queries.shape[-1])
    inputs = [flat, keys] if bias is None else [flat, keys, bias]
    if torch.is_grad_enabled() and any(tensor.requires_grad for tensor in inputs):
        mean = _weights(flat, keys, bias) @ keys
    else:
        mean = torch.nn.functional.scaled_dot_product_attention(
            flat[None, None],
            keys[None, None],
            keys[None, None],
            attn_mask=None if bias is None else bias.expand(1, 1, len(flat), len(keys)),
            scale=1.0,
        )[0, 0]
    return mean.reshape(queries.shape)


def _weights(queries: Tensor, keys: Tensor, bias: Tensor | None) -> Tensor:
    scores = queries @ keys.T
    return (scores if bias is None else scores + bias).softmax(-1)


def _rows(memories: int) -> int:
    return max(1, SCORES_AT_ONCE // memories)


def _tiles(queries: Tensor, memories: int) -> Iterator[slice]:
    rows = _rows(memories)
    return (slice(start, start + rows) for start in range(0, len(queries), rows))


class _LogSumExp(torch.autograd.Function):
    """Forward in tiles that stay in the cache; backward out of differentiable products, tile by tile."""

    @staticmethod
    def forward(queries: Tensor, keys: Tensor, bias: Tensor) -> Tensor:
        transposed, sums = keys.T.contiguous(), queries.new_empty(len(queries))
        room = queries.new_empty(min(_rows(len(keys)), len(queries)), len(keys))
        for tile in _tiles(queries, len(keys)):
            scores = torch.addmm(bias, queries[tile], transposed, out=room[: len(queries[tile])])
            largest = scores.amax(-1, keepdim=True)
            sums[tile] = scores.sub_(largest).exp_().sum(-1).log_().add_(largest[:, 0])
        return sums

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, Tensor, Tensor], output: Tensor) -> None:
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        (cotangent,) = grad_outputs
        queries, keys, bias = ctx.saved_tensors
        for_queries: list[Tensor] = []
        for_keys, for_bias = torch.zeros_like(keys), torch.zeros_like(bias)
        for tile in _tiles(queries, len(keys)):
            weights = _weights(queries[tile], keys, bias)
            share = cotangent[tile, None] * weights
            for_queries.append(share @ keys)
            for_keys = for_keys + share.T @ queries[tile]
            for_bias = for_bias + share.sum(0)
        return torch.cat(for_queries) if for_queries else queries, for_keys, for_bias

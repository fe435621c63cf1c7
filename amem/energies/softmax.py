"""The sum over all memories, log Σ_j exp(q·k_j + b_j), and its gradient, never holding queries × memories numbers."""

import math
from collections.abc import Callable, Iterator
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd import forward_ad

SCORES_AT_ONCE = 1 << 20
"""How many scores a tile holds: 128 queries × 8192 memories, 4 MB in float32, about a core's cache."""


def log_sum_exp(
    queries: Float[Tensor, "*batch n"], keys: Float[Tensor, "p n"], bias: Float[Tensor, " p"]
) -> Float[Tensor, "*batch"]:
    """log Σ_j exp(q·k_j + b_j) for every query q, differentiable to any order in all three arguments.

    Where a graph is traced, by `torch.compile` or `torch.export`, it is one expression without tiles.
    """
    if torch.compiler.is_compiling():
        return (queries @ keys.T + bias).logsumexp(-1)
    flat = queries.reshape(-1, queries.shape[-1])
    return _LogSumExp.apply(flat, keys, bias).reshape(queries.shape[:-1])


def average(
    queries: Float[Tensor, "*batch n"], keys: Float[Tensor, "p n"], bias: Float[Tensor, " p"] | None = None
) -> Float[Tensor, "*batch n"]:
    """Σ_j a_j k_j with a = softmax_j(q·k_j + b_j): the gradient of `log_sum_exp` in q, which is attention.

    Goes through the fused attention kernels, which want four axes; where gradients are asked for, through plain
    products that can be differentiated again or, in a traced graph, run anywhere.
    """
    if torch.compiler.is_compiling():
        return _weights(queries, keys, bias) @ keys
    flat = queries.reshape(-1, queries.shape[-1])
    inputs = [flat, keys] if bias is None else [flat, keys, bias]
    mean = _weights(flat, keys, bias) @ keys if _differentiated(*inputs) else _Fused.apply(flat, keys, bias)
    return mean.reshape(queries.shape)


def log_count(memories: Float[Tensor, "p n"]) -> float | Float[Tensor, ""]:
    """log p; where a graph is traced, a tensor, so that p can vary."""
    if torch.compiler.is_compiling():
        return torch.zeros_like(memories[:, 0]).logsumexp(0)
    return math.log(len(memories))


def _differentiated(*inputs: Tensor) -> bool:
    """Whether a derivative is asked for, backward or forward."""
    if torch.is_grad_enabled() and any(tensor.requires_grad for tensor in inputs):
        return True
    return any(forward_ad.unpack_dual(tensor).tangent is not None for tensor in inputs)


def _weights(queries: Tensor, keys: Tensor, bias: Tensor | None) -> Tensor:
    scores = queries @ keys.T
    return (scores if bias is None else scores + bias).softmax(-1)


def _rows(memories: int) -> int:
    return max(1, SCORES_AT_ONCE // memories)


def tiles(queries: Tensor, numbers: int) -> Iterator[slice]:
    """Slices of the queries, each of which leads to so many numbers, a cache's worth at a time."""
    rows = _rows(numbers)
    return (slice(start, start + rows) for start in range(0, len(queries), rows))


def batched(
    function: Callable[..., Tensor], info: Any, in_dims: tuple[int | None, ...], queries: Tensor, *memories: Any
) -> tuple[Tensor, int]:
    """The rule of `torch.vmap` for a function of (q, n) queries and their memories that answers each query alone.

    A batch of queries is many queries; a batch of memories goes one by one.
    """
    if in_dims[0] is not None:
        queries = queries.movedim(in_dims[0], 0)
    if all(place is None for place in in_dims[1:]):
        return function(queries.flatten(0, 1), *memories).unflatten(0, queries.shape[:2]), 0
    parts = [
        function(
            queries if in_dims[0] is None else queries[row],
            *(
                memory if place is None else memory.select(place, row)
                for memory, place in zip(memories, in_dims[1:], strict=True)
            ),
        )
        for row in range(info.batch_size)
    ]
    return torch.stack(parts), 0


class _Fused(torch.autograd.Function):
    """Attention by the fused kernels, for which nobody asks a derivative."""

    @staticmethod
    def forward(queries: Tensor, keys: Tensor, bias: Tensor | None) -> Tensor:
        return torch.nn.functional.scaled_dot_product_attention(
            queries[None, None],
            keys[None, None],
            keys[None, None],
            attn_mask=None if bias is None else bias.expand(1, 1, len(queries), len(keys)),
            scale=1.0,
        )[0, 0]

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, Tensor, Tensor | None], output: Tensor) -> None:
        pass

    @staticmethod
    def vmap(info: Any, in_dims: tuple[int | None, ...], *inputs: Any) -> tuple[Tensor, int]:
        return batched(_Fused.apply, info, in_dims, *inputs)


class _LogSumExp(torch.autograd.Function):
    """Forward in tiles that stay in the cache; backward out of differentiable products, tile by tile."""

    @staticmethod
    def forward(queries: Tensor, keys: Tensor, bias: Tensor) -> Tensor:
        transposed, sums = keys.T.contiguous(), queries.new_empty(len(queries))
        room = queries.new_empty(min(_rows(len(keys)), len(queries)), len(keys))
        for tile in tiles(queries, len(keys)):
            scores = torch.addmm(bias, queries[tile], transposed, out=room[: len(queries[tile])])
            largest = scores.amax(-1, keepdim=True)
            sums[tile] = scores.sub_(largest).exp_().sum(-1).log_().add_(largest[:, 0])
        return sums

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, Tensor, Tensor], output: Tensor) -> None:
        ctx.save_for_backward(*inputs)
        ctx.save_for_forward(*inputs)

    @staticmethod
    def vmap(info: Any, in_dims: tuple[int | None, ...], *inputs: Tensor) -> tuple[Tensor, int]:
        return batched(_LogSumExp.apply, info, in_dims, *inputs)

    @staticmethod
    def jvp(ctx: Any, *grad_inputs: Tensor | None) -> Tensor:
        queries, keys, bias = ctx.saved_tensors
        for_queries, for_keys, for_bias = grad_inputs
        changes: list[Tensor] = []
        for tile in tiles(queries, len(keys)):
            weights = _weights(queries[tile], keys, bias)
            change = torch.zeros_like(queries[tile, 0])
            if for_queries is not None:
                change = change + ((weights @ keys) * for_queries[tile]).sum(-1)
            if for_keys is not None:
                change = change + (weights * (queries[tile] @ for_keys.T)).sum(-1)
            if for_bias is not None:
                change = change + weights @ for_bias
            changes.append(change)
        return torch.cat(changes) if changes else queries.new_zeros(0)

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        (cotangent,) = grad_outputs
        queries, keys, bias = ctx.saved_tensors
        for_queries: list[Tensor] = []
        for_keys, for_bias = torch.zeros_like(keys), torch.zeros_like(bias)
        for tile in tiles(queries, len(keys)):
            weights = _weights(queries[tile], keys, bias)
            share = cotangent[tile, None] * weights
            for_queries.append(share @ keys)
            for_keys = for_keys + share.T @ queries[tile]
            for_bias = for_bias + share.sum(0)
        return torch.cat(for_queries) if for_queries else queries, for_keys, for_bias

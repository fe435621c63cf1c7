"""Attention heads read as mixtures: the weights of real layers, computed a second way."""

import math
from collections.abc import Callable

import pytest
import torch
from strategies import refused
from torch import Tensor, nn
from transformers import GPT2Config, GPT2Model
from transformers.models.gemma.modeling_gemma import GemmaRMSNorm
from transformers.models.llama.modeling_llama import LlamaRMSNorm
from transformers.models.t5.modeling_t5 import T5LayerNorm

from amem.energies.concentration import log_normaliser
from amem.energies.heads import (
    HeadMixtures,
    Norm,
    Projection,
    encoder_layer_heads,
    gpt2_block_heads,
    pre_norm_heads,
    query_key_norm_heads,
)
from amem.seeds import generator


def normal(*shape: int, name: str = "normal") -> Tensor:
    return torch.randn(*shape, generator=generator("tests", "heads", name, *shape), dtype=torch.float64)


def shaken(module: nn.Module) -> nn.Module:
    """In double precision, with every weight, bias and gain away from where it starts."""
    module = module.double()
    with torch.no_grad():
        for number, parameter in enumerate(module.parameters()):
            parameter.copy_(0.3 * normal(*parameter.shape, name=f"weight {number}") + (parameter.ndim == 1))
    return module.eval()


def encoder_layer(epsilon: float = 0.0, bias: bool = True) -> nn.TransformerEncoderLayer:
    layer = nn.TransformerEncoderLayer(
        24, 3, 8, 0.0, layer_norm_eps=epsilon, norm_first=True, batch_first=True, bias=bias
    )
    return shaken(layer)  # pyright: ignore[reportReturnType]


class Conv1D(nn.Module):
    """Hugging Face's layout: a weight of shape (inputs, outputs)."""

    def __init__(self, outputs: int, inputs: int) -> None:
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.zeros(inputs, outputs)), nn.Parameter(torch.zeros(outputs))

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.weight + self.bias


class LikeGPT2Attention(nn.Module):
    """The parts of Hugging Face's GPT2Attention that decide on the weights, written from their description."""

    def __init__(self, width: int, heads: int, scaled: bool, by_layer: bool, layer: int) -> None:
        super().__init__()
        self.num_heads, self.layer_idx = heads, layer
        self.scale_attn_weights, self.scale_attn_by_inverse_layer_idx = scaled, by_layer
        self.c_attn = Conv1D(3 * width, width)

    def weights(self, y: Tensor) -> Tensor:
        q, k, _ = (part.unflatten(-1, (self.num_heads, -1)).transpose(0, 1) for part in self.c_attn(y).chunk(3, -1))
        scores = q @ k.transpose(1, 2)
        if self.scale_attn_weights:
            scores = scores / math.sqrt(k.shape[-1])
        if self.scale_attn_by_inverse_layer_idx:
            scores = scores / (self.layer_idx + 1)
        return scores.masked_fill(torch.ones(len(y), len(y)).triu(1).bool(), -math.inf).softmax(-1)


class LikeGPT2Block(nn.Module):
    def __init__(
        self, width: int = 24, heads: int = 3, scaled: bool = True, by_layer: bool = False, layer: int = 0
    ) -> None:
        super().__init__()
        self.ln_1 = nn.LayerNorm(width, eps=1e-5)
        self.attn = LikeGPT2Attention(width, heads, scaled, by_layer, layer)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("epsilon", [0.0, 1e-5, 0.1])
@pytest.mark.parametrize("bias", [False, True])
def test_encoder_layer(causal: bool, epsilon: float, bias: bool) -> None:
    """The weights that PyTorch itself returns, also with a large ε, which puts tokens deep inside the sphere."""
    layer, tokens = encoder_layer(epsilon, bias), normal(7, 24)
    y = layer.norm1(tokens)[None]
    mask = torch.ones(7, 7).triu(1).bool() if causal else None
    known = layer.self_attn(y, y, y, attn_mask=mask, average_attn_weights=False)[1][0]
    heads = encoder_layer_heads(layer, tokens, causal=causal)
    assert (heads.responsibilities() - known).abs().max() < 1e-12
    assert heads.states.shape == (3, 7, 23), "LayerNorm's sphere has one dimension less"
    length = heads.states.norm(dim=-1)
    assert (length < 1 - 1e-3).all() if epsilon == 0.1 else torch.allclose(length, torch.ones_like(length), atol=1e-4)


@pytest.mark.parametrize("block", [{}, {"scaled": False}, {"by_layer": True, "layer": 4}], ids=str)
def test_block_laid_out_like_gpt2(block: dict[str, int]) -> None:
    module = shaken(LikeGPT2Block(**block))
    tokens = normal(7, 24)
    known = module.attn.weights(module.ln_1(tokens))
    assert (gpt2_block_heads(module, tokens).responsibilities() - known).abs().max() < 1e-12


def test_block_of_gpt2() -> None:
    """The real one, with random weights: nothing is fetched."""
    config = GPT2Config(
        vocab_size=11, n_positions=16, n_embd=24, n_layer=2, n_head=3, bos_token_id=None, eos_token_id=None
    )
    config._attn_implementation = "eager"
    model = shaken(GPT2Model(config))
    with torch.no_grad():
        out = model(torch.arange(9)[None], output_attentions=True, output_hidden_states=True)
    for block, entering, known in zip(model.h, out.hidden_states, out.attentions, strict=False):
        assert (gpt2_block_heads(block, entering[0]).responsibilities() - known[0]).abs().max() < 1e-11


@pytest.mark.parametrize(
    "make",
    [
        nn.LayerNorm,
        nn.RMSNorm,
        lambda n: nn.RMSNorm(n, eps=0.0),
        lambda n: nn.LayerNorm(n, bias=False),
        # Hugging Face's own: names, the name of ε, and what the weight means differ; computed in single precision
        LlamaRMSNorm,
        T5LayerNorm,
        GemmaRMSNorm,
    ],
)
def test_norm_of_a_module(make: Callable[[int], nn.Module]) -> None:
    module, tokens = shaken(make(6)), normal(5, 6) * 0.01 + 0.01
    norm = Norm.of(module)
    rounding = 1e-13 if isinstance(module, nn.LayerNorm | nn.RMSNorm) else 1e-5
    assert torch.allclose(norm(tokens), module(tokens), rtol=rounding, atol=rounding)
    assert norm.centred == isinstance(module, nn.LayerNorm)
    basis = norm.basis()
    assert torch.allclose(basis @ basis.T, torch.eye(len(basis)).double(), atol=1e-14)
    assert torch.allclose(norm.bare(tokens) @ basis.T @ basis, norm.bare(tokens), atol=1e-13), "nothing is lost"


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("make", [nn.LayerNorm, lambda n: nn.RMSNorm(n, eps=1e-5), T5LayerNorm, GemmaRMSNorm])
def test_norm_of_a_module_in_less_than_double(make: Callable[[int], nn.Module], dtype: torch.dtype) -> None:
    module = shaken(make(64)).to(dtype)
    assert Norm.of(module).centred == isinstance(module, nn.LayerNorm)


class OutsideLayerNorm(nn.LayerNorm):
    """ε added to the standard deviation, not to the variance."""

    def forward(self, input: Tensor) -> Tensor:
        shifted = input - input.mean(-1, keepdim=True)
        return self.weight * shifted / (shifted.std(-1, correction=0, keepdim=True) + self.eps) + self.bias


class FixedRMSNorm(nn.RMSNorm):
    """A weight that is not used."""

    def forward(self, x: Tensor) -> Tensor:
        return x / x.square().mean(-1, keepdim=True).sqrt()


@pytest.mark.parametrize("make", [OutsideLayerNorm, FixedRMSNorm])
def test_norm_that_computes_something_else(make: Callable[[int], nn.Module]) -> None:
    refused("module", lambda: Norm.of(shaken(make(6))))


def projection(heads: int, d: int, n: int, name: str) -> Projection:
    return Projection(normal(heads, d, n, name=name) / math.sqrt(n), normal(heads, d, name=name))


def rms_heads(tokens: Tensor, causal: bool = False) -> tuple[HeadMixtures, Tensor]:
    norm = Norm(normal(8, name="gain").exp(), torch.zeros(8).double(), 0.0, centred=False)
    query, key = projection(2, 5, 8, "query"), projection(2, 5, 8, "key")
    scores = 0.7 * query(norm(tokens)) @ key(norm(tokens)).mT
    if causal:
        scores = scores.masked_fill(torch.ones(len(tokens), len(tokens)).triu(1).bool(), -math.inf)
    return pre_norm_heads(norm, query, key, tokens, scale=0.7, causal=causal), scores.softmax(-1)


def test_rms_norm_and_any_scale() -> None:
    heads, known = rms_heads(normal(9, 8))
    assert heads.states.shape == (2, 9, 8)
    assert (heads.responsibilities() - known).abs().max() < 1e-12


@pytest.mark.parametrize("centred", [False, True])
def test_normalised_queries_and_keys(centred: bool) -> None:
    queries, keys = normal(2, 6, 5, name="queries"), normal(2, 6, 5, name="keys")
    norms = [
        Norm(normal(5, name=f"gain {i}").exp(), normal(5, name=f"bias {i}") * centred, 1e-6, centred) for i in range(2)
    ]
    heads = query_key_norm_heads(*norms, queries, keys, scale=1.3, causal=False)
    known = (1.3 * norms[0](queries) @ norms[1](keys).mT).softmax(-1)
    assert (heads.responsibilities() - known).abs().max() < 1e-12


def test_normalised_keys_are_equally_concentrated() -> None:
    """Without gains: κ = scale · d for all, a homogeneous mixture."""
    plain = Norm(torch.ones(5).double(), torch.zeros(5).double(), 0.0, centred=False)
    heads = query_key_norm_heads(plain, plain, normal(2, 6, 5), normal(2, 4, 5), scale=1.3, causal=False)
    assert torch.allclose(heads.concentrations, torch.full((2, 4), 1.3 * 5).double(), rtol=1e-13)


def test_one_key_has_all_the_weight() -> None:
    heads, _ = rms_heads(normal(1, 8))
    assert torch.equal(heads.responsibilities(), torch.ones(2, 1, 1).double())


def test_a_mixture_per_query() -> None:
    """Under a causal mask the components are the keys up to the query; E-step and attention are the same."""
    heads, known = rms_heads(normal(6, 8), causal=True)
    for query in range(6):
        one = heads.mixture(1, query)
        assert len(one.concentrations) == query + 1
        assert (one.responsibilities(heads.states[1, query]) - known[1, query, : query + 1]).abs().max() < 1e-12


def test_a_key_without_pull_is_a_uniform_component() -> None:
    """κ = 0, with any direction: the identity still holds."""
    norm = Norm(torch.ones(8).double(), torch.zeros(8).double(), 0.0, centred=True)
    query, key = projection(1, 5, 8, "query"), projection(1, 5, 8, "key")
    still = Projection(0 * query.weight, query.bias)
    tokens = normal(4, 8)
    heads = pre_norm_heads(norm, still, key, tokens, scale=1.0, causal=False)
    known = (still(norm(tokens)) @ key(norm(tokens)).mT).softmax(-1)
    assert (heads.concentrations == 0).all()
    assert (heads.responsibilities() - known).abs().max() < 1e-12
    assert torch.allclose(
        heads.log_weights + log_normaliser(heads.concentrations, 7), (key(norm(tokens)) @ query.bias[0])
    )
    heads.mixture(0, 0).distribution().sample((2,), generator=generator("tests"))


def test_single_precision() -> None:
    layer, tokens = encoder_layer(1e-5).float(), normal(7, 24).float()
    y = layer.norm1(tokens)[None]
    known = layer.self_attn(y, y, y, average_attn_weights=False)[1][0]
    heads = encoder_layer_heads(layer, tokens)
    assert heads.concentrations.dtype == torch.float32
    assert (heads.responsibilities() - known).abs().max() < 1e-4


def test_bad_input() -> None:
    layer = encoder_layer()
    refused("tokens", lambda: encoder_layer_heads(layer, normal(7, 23)))
    refused("tokens", lambda: encoder_layer_heads(layer, normal(24)))
    last = nn.TransformerEncoderLayer(24, 3, norm_first=False, batch_first=True)
    refused("layer", lambda: encoder_layer_heads(last, normal(7, 24).float()))
    refused("block", lambda: gpt2_block_heads(nn.Linear(2, 2), normal(7, 24)))
    refused("module", lambda: Norm.of(nn.Linear(2, 2)))
    refused("module", lambda: Norm.of(nn.LayerNorm(3, elementwise_affine=False)))
    norm = Norm(torch.ones(8).double(), torch.zeros(8).double(), 0.0, centred=True)
    good = projection(2, 5, 8, "query")
    refused(
        "key", lambda: pre_norm_heads(norm, good, projection(2, 4, 8, "key"), normal(3, 8), scale=1.0, causal=False)
    )
    refused(
        "query", lambda: pre_norm_heads(norm, projection(2, 5, 7, "query"), good, normal(3, 8), scale=1.0, causal=False)
    )
    refused("keys", lambda: query_key_norm_heads(norm, norm, normal(2, 3, 8), normal(3, 8), scale=1.0, causal=False))
    refused(
        "queries", lambda: query_key_norm_heads(norm, norm, normal(2, 3, 7), normal(2, 3, 8), scale=1.0, causal=False)
    )

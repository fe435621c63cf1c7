"""Attention beside the responsibilities of a mixture, for random heads."""

import math
from dataclasses import dataclass

import pandas as pd
import torch
from torch import Tensor

from amem.chapters.hypersphere.heads import Head, RandomHeads, random_head, random_tokens
from amem.chapters.hypersphere.terms import LAYER_NORM, NORMS
from amem.energies.heads import HeadMixtures, Norm, Projection
from amem.experiment import experiment
from amem.seeds import generator
from amem.sweep import Row, grid, sweep


@dataclass(frozen=True, kw_only=True)
class Numbers(RandomHeads):
    """epsilon, spreads: the norm's ε and the standard deviations of the tokens on which it acts."""

    tokens: int = 9
    epsilon: float = 1e-5
    spreads: tuple[float, ...] = (1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0, 3.0)


@experiment(quick=Numbers(), full=Numbers(draws=20))
def identity(config: Numbers) -> pd.DataFrame:
    """Attention beside the mixture's responsibilities, key by key, with all that must not or must change it, and the
    norm's ε."""
    pairs = sweep(_pairs_cell, grid(norm=NORMS, draw=range(config.draws)), config)
    residue = sweep(_epsilon_cell, grid(norm=NORMS, spread=config.spreads), config)
    return pd.concat([pairs.assign(what="pair"), residue.assign(what="epsilon")], ignore_index=True)


def _pairs_cell(config: Numbers, norm: str, draw: int) -> list[Row]:
    rng = generator("hypersphere", "identity", norm, draw, config.width, config.tokens)
    head = random_head(config.width, config.head_width, norm, rng, size=1.5)
    tokens = random_tokens(config.tokens, config.width, rng)
    mixtures, attention = head.mixtures(tokens), head.attention(tokens)
    uniform = HeadMixtures(
        mixtures.states, mixtures.mean_directions, mixtures.concentrations, 0 * mixtures.log_weights, mixtures.visible
    ).responsibilities()[0]
    q, k = head.vectors(tokens)
    q_length, k_length = (torch.linalg.vector_norm(v, dim=-1) for v in (q, k))
    cosine = (q @ k.T) / q_length[:, None] / k_length
    # how many orders of magnitude the poster's product of exponentials is away from exp(q·k)
    product_error = (k_length * cosine + q_length[:, None] - q @ k.T) / math.log(10)
    pull, offset = (
        head.scale * head.norm.gain * (k @ head.query.weight[0]),
        head.scale * k @ head.query(head.norm.bias[None])[0, 0],
    )
    # another multiple of (1, …, 1) for every key
    moved = pull + torch.arange(len(k), dtype=torch.float64)[:, None]
    shifted = (head.norm.bare(tokens) @ moved.T + offset).softmax(-1)
    still = Head(head.norm, Projection(1e-9 * head.query.weight, head.query.bias), head.key)
    columns = {
        "attention": attention,
        "responsibility": mixtures.responsibilities()[0],
        "uniform": uniform,
        "rescaled": head.attention(7.3 * tokens + (2.1 if norm == LAYER_NORM else 0)),
        "shifted": shifted,
        "still": still.mixtures(tokens).responsibilities()[0],
        "prior": (head.scale * k @ head.query.bias[0]).softmax(-1).expand_as(attention),
        "gradient_gap": _gradient_gap(head, tokens, mixtures, pull),
        "product_error": product_error,
    }
    flat = {name: value.flatten().tolist() for name, value in columns.items()}
    return [{name: values[index] for name, values in flat.items()} for index in range(config.tokens**2)]


def _gradient_gap(head: Head, tokens: Tensor, mixtures: HeadMixtures, pull: Tensor) -> Tensor:
    """Largest difference, for each query, of Σ_j a_j u_j and autograd's gradient of log Σ_j exp(x̂·u_j + c_j): of all
    its n coordinates, and of the part on the sphere, where the sum is the mixture's force."""
    root = math.sqrt(tokens.shape[1])
    mixture, basis = mixtures.mixture(0, 0), head.norm.basis()
    q, k = (v.detach() for v in head.vectors(tokens))
    bare = head.norm.bare(tokens).requires_grad_()
    scores = head.scale * head.query(head.norm.gain * bare + head.norm.bias)[0] @ k.T
    (gradient,) = torch.autograd.grad(scores.logsumexp(-1).sum(), bare)
    everywhere = gradient - mixtures.responsibilities()[0] @ pull
    on_sphere = gradient @ basis.T - mixture.force(mixtures.states[0]) / root
    return torch.cat([everywhere, on_sphere], -1).abs().amax(-1, keepdim=True).expand(len(q), len(k))


def _epsilon_cell(config: Numbers, norm: str, spread: float) -> dict[str, object]:
    rng = generator("hypersphere", "epsilon", norm, config.width, config.tokens)
    head = random_head(config.width, config.head_width, norm, rng, size=1.5, epsilon=config.epsilon)
    tokens = random_tokens(config.tokens, config.width, rng)
    plain = torch.ones(config.width, dtype=torch.float64)
    tokens = spread * Norm(plain, 0 * plain, 0.0, norm == LAYER_NORM).bare(tokens)
    mixtures, attention = head.mixtures(tokens), head.attention(tokens)
    length = torch.linalg.vector_norm(mixtures.states[0], dim=-1)
    on_sphere = HeadMixtures(
        torch.nn.functional.normalize(mixtures.states, dim=-1),
        mixtures.mean_directions, mixtures.concentrations, mixtures.log_weights, mixtures.visible,
    )  # fmt: skip
    return {
        "length": float(length.mean()),
        "predicted": (1 + config.epsilon / spread**2) ** -0.5,
        "residue": float((on_sphere.responsibilities()[0] - attention).abs().max()),
        "inside": float((mixtures.responsibilities()[0] - attention).abs().max()),
    }

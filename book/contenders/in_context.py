"""An update of a network that learns energies in context."""

import torch
from torch import nn

from amem.dynamics.noisy import NoisyDescent
from amem.energies.in_context import InContextEnergy
from amem.learning.contrastive import train
from amem.learning.objectives import ContrastiveDivergence, uniform
from amem.learning.training import Training
from amem.seeds import generator
from contenders import Contender, Row, Task

LAYERS, HEADS, WIDTH, HIDDEN, SHOWN, BATCH, NEGATIVES, STEPS = 2, 4, 32, 128, 16, 16, 2, 8


def sequences(rng: torch.Generator) -> torch.Tensor:
    return 2 * torch.randn(BATCH, SHOWN, 2, generator=rng, dtype=torch.float64)


def update_amem(queries: int) -> Task:
    network = InContextEnergy(
        dimension=2,
        layers=LAYERS,
        heads=HEADS,
        width=WIDTH,
        hidden=HIDDEN,
        length=SHOWN,
        positions=False,
        invariant=False,
        rng=generator("bench", "network"),
    )
    sampler = NoisyDescent(step=0.1, noise=0.1, noise_first=True, clip=10.0, box=8.0)
    objective = ContrastiveDivergence(sampler=sampler, steps=STEPS, penalty=0.01, replay=0.0, runaway=None)
    training = Training(updates=queries, negatives=NEGATIVES, rate=1e-3, epsilon=1e-4, decay=1e-5, norm=0.1, seed=0)
    return lambda: train(network, sequences, uniform(6.0), objective, training)


def update_naive(queries: int) -> Task:
    """A pass of PyTorch's encoder for every prefix, with autograd for every step of the sampler."""
    layer = nn.TransformerEncoderLayer(WIDTH, HEADS, HIDDEN, 0.0, "gelu", batch_first=True, norm_first=True)
    encoder = nn.TransformerEncoder(layer, LAYERS, nn.LayerNorm(WIDTH), enable_nested_tensor=False)
    enter, leave = nn.Linear(2, WIDTH), nn.Linear(WIDTH, 1)
    parameters = [parameter for module in (enter, encoder, leave) for parameter in module.parameters()]
    optimiser = torch.optim.Adam(parameters, lr=1e-3, eps=1e-4, weight_decay=1e-5)
    rng = generator("bench", "naive")

    def energies(shown: torch.Tensor, points: torch.Tensor) -> torch.Tensor:
        columns: list[torch.Tensor] = []
        for n in range(SHOWN):
            context = shown[:, None, :n].expand(-1, points.shape[1], -1, -1)
            tokens = torch.cat([context, points[:, :, n : n + 1]], 2).flatten(0, 1)
            mask = nn.Transformer.generate_square_subsequent_mask(n + 1)
            columns.append(leave(encoder(enter(tokens), mask=mask, is_causal=True)[:, -1]))
        return torch.cat(columns, 1)

    def updates() -> None:
        for _ in range(queries):
            shown = sequences(rng).float()
            x = 12 * torch.rand(BATCH, NEGATIVES, SHOWN, 2, generator=rng) - 6
            for _ in range(STEPS):
                x = (x + 0.1 * torch.randn(x.shape, generator=rng)).requires_grad_()
                (gradient,) = torch.autograd.grad(energies(shown, x).sum(), x)
                x = (x - (0.1 * gradient).clamp(-10, 10)).clamp(-8, 8).detach()
            positive, negative = energies(shown, shown[:, None]), energies(shown, x)
            size = positive.square().mean() + negative.square().mean()
            loss = positive.mean() - negative.mean() + 0.01 * size
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(parameters, 0.1)
            optimiser.step()

    return updates


def update_operations() -> int:
    """A token costs twice its weights and scores a pass; a gradient in the points two passes, in the weights three."""
    token = 2 * LAYERS * (4 * WIDTH**2 + 2 * WIDTH * HIDDEN + SHOWN * WIDTH)
    return BATCH * SHOWN * token * (2 * STEPS * NEGATIVES + 3 * (NEGATIVES + 1))


ROWS = [
    Row(
        "contrastive divergence in context, an update",
        f"A query is an update: {BATCH} sequences of {SHOWN} points, {NEGATIVES} negatives for each point, {STEPS} "
        f"steps of the sampler, a network of {LAYERS} layers of width {WIDTH}.",
        update_operations(),
        [Contender("amem", update_amem, 20), Contender("torch, a pass for every prefix", update_naive, 2)],
    ),
]

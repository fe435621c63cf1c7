"""A small pre-norm transformer for characters, tied as usual or with concentration and mixing set free."""

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from amem import checks, shapes
from amem.energies.concentration import log_normaliser
from amem.energies.heads import HeadMixtures, Norm, Projection, pre_norm_heads

ALPHABET = "abcdefghijklmnopqrstuvwxyz ."


def encode(text: str) -> Int[Tensor, " t"]:
    """The place of each character in the alphabet. Raises ValueError for a character that is not in it."""
    places = [ALPHABET.find(character) for character in text]
    if -1 in places:
        raise ValueError(f"text: wanted characters of {ALPHABET!r}, got {text[places.index(-1)]!r}")
    return torch.tensor(places)


class Block(nn.Module):
    """x + attention(norm(x)), then + network(norm(x)), with causal attention that normalises first.

    Tied, the score of a key is q·k/√d. Untied it is log π_j + log C(κ_j) + κ_j m_j·s: the direction m_j is that of the
    tied head's key, but log κ_j and log π_j are linear features of the key's token of their own
    [schaeffer2023probabilistic_lens].
    """

    def __init__(self, width: int, heads: int, hidden: int, untied: bool, rng: torch.Generator) -> None:
        super().__init__()
        self.heads, self.untied = heads, untied
        self.norm, self.second_norm = nn.LayerNorm(width), nn.LayerNorm(width)
        self.query, self.key, self.value, self.output = (_matrix(width, width, rng) for _ in range(4))
        self.rise, self.rise_bias = _matrix(hidden, width, rng), nn.Parameter(torch.zeros(hidden))
        self.fall = _matrix(width, hidden, rng)
        if untied:
            self.sharpness = nn.Parameter(torch.zeros(heads, width))
            # scores spread at the start as those of the tied head
            self.sharpness_bias = nn.Parameter(torch.full((heads,), math.log(width) / 2))
            self.share = nn.Parameter(torch.zeros(heads, width))

    def forward(self, x: Float[Tensor, "batch t n"], uniform: bool = False) -> Float[Tensor, "batch t n"]:
        normalised = self.norm(x)
        weights = self.scores(x, uniform).softmax(-1)
        values = (normalised @ self.value.T).unflatten(-1, (self.heads, -1)).transpose(1, 2)
        x = x + (weights @ values).transpose(1, 2).flatten(-2) @ self.output.T
        return x + torch.nn.functional.gelu(self.second_norm(x) @ self.rise.T + self.rise_bias) @ self.fall.T

    def scores(self, x: Float[Tensor, "batch t n"], uniform: bool = False) -> Float[Tensor, "batch heads t t"]:
        """Log-responsibilities up to a constant per query; if `uniform`, with all mixing weights made equal."""
        normalised, width = self.norm(x), x.shape[-1]
        keys = (normalised @ self.key.T).unflatten(-1, (self.heads, -1)).transpose(1, 2)
        query = self.query.unflatten(0, (self.heads, -1))
        future = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool, device=x.device).triu(1)
        if not self.untied and not uniform:
            queries = (normalised @ self.query.T).unflatten(-1, (self.heads, -1)).transpose(1, 2)
            return (queries @ keys.mT / math.sqrt(keys.shape[-1])).masked_fill(future, -math.inf)
        # s = x̂/√n is orthogonal to (1, …, 1), the length of u is counted there
        states = Norm.of(self.norm).bare(x)[:, None] / math.sqrt(width)
        pull = self.norm.weight * (keys @ query) * math.sqrt(width / keys.shape[-1])
        length = torch.linalg.vector_norm(pull - pull.mean(-1, keepdim=True), dim=-1)
        kappa, log_weight = length, torch.zeros_like(length)
        if self.untied:
            kappa, log_weight = self.free(normalised)
        cosine = states @ (pull / length.clamp_min(1e-12)[..., None]).mT
        prior = log_normaliser(kappa, width - 1) + (0 if uniform else log_weight)
        return (kappa[..., None, :] * cosine + prior[..., None, :]).masked_fill(future, -math.inf)

    def free(self, normalised: Float[Tensor, "batch t n"]) -> tuple[Tensor, Tensor]:
        """κ and log π of an untied block, (batch, heads, t)."""
        features = normalised[:, None]
        log_kappa = (features @ self.sharpness[:, :, None])[..., 0] + self.sharpness_bias[:, None]
        return log_kappa.exp(), (features @ self.share[:, :, None])[..., 0]

    def mixtures(self, tokens: Float[Tensor, "t n"]) -> HeadMixtures:
        """What the block's heads take these tokens to be made of."""
        query, key = (
            Projection(w.detach().unflatten(0, (self.heads, -1)), w.new_zeros(self.heads, len(w) // self.heads))
            for w in (self.query, self.key)
        )
        scale = 1 / math.sqrt(len(self.query) // self.heads)
        tied = pre_norm_heads(Norm.of(self.norm), query, key, tokens, scale=scale, causal=True)
        if not self.untied:
            return tied
        kappa, log_weight = self.free(self.norm(tokens[None]))
        return HeadMixtures(tied.states, tied.mean_directions, kappa[0].detach(), log_weight[0].detach(), tied.visible)


class CharacterModel(nn.Module):
    """The next character from the last `context` ones, through pre-norm blocks.

    With `untied`, each head has 2·width + 1 parameters more, and each block as many hidden units less as it has heads,
    which have as many parameters: both models are of one size.
    Raises ValueError or TypeError for sizes that are not whole numbers, or a width that the heads do not divide.
    """

    def __init__(
        self, *, width: int, heads: int, blocks: int, hidden: int, context: int, untied: bool, rng: torch.Generator
    ) -> None:
        super().__init__()
        width, heads = checks.count("width", width), checks.count("heads", heads)
        blocks, context = checks.count("blocks", blocks), checks.count("context", context)
        hidden = checks.count("hidden", hidden, least=heads + 1)
        shapes.generator("rng", rng)
        if width % heads:
            raise ValueError(f"width: wanted a multiple of heads = {heads}, got {width}")
        self.embedding, self.position = _matrix(len(ALPHABET), width, rng), _matrix(context, width, rng)
        self.blocks = nn.ModuleList(
            Block(width, heads, hidden - heads if untied else hidden, untied, rng) for _ in range(blocks)
        )
        self.norm = nn.LayerNorm(width)
        self.readout = _matrix(len(ALPHABET), width, rng)

    def forward(self, text: Int[Tensor, "batch t"], uniform: bool = False) -> Float[Tensor, "batch t c"]:
        return self.norm(self.entering(text, uniform)[-1]) @ self.readout.T

    def entering(self, text: Int[Tensor, "batch t"], uniform: bool = False) -> list[Tensor]:
        """The tokens as they enter each block, and as they leave the last.

        Raises ValueError for a text that is longer than the context.
        """
        if text.ndim != 2 or not 0 < text.shape[1] <= len(self.position):
            raise ValueError(f"text: wanted shape (batch, 1 to {len(self.position)}), got {checks.describe(text)}")
        states = [self.embedding[text] + self.position[: text.shape[1]]]
        for block in self.blocks:
            states.append(block(states[-1], uniform))
        return states

    def loss(self, text: Int[Tensor, "batch t"], uniform: bool = False) -> Float[Tensor, ""]:
        """Mean negative log-likelihood of every character but the first, in nats."""
        logits = self(text[:, :-1], uniform)
        return torch.nn.functional.cross_entropy(logits.flatten(0, 1), text[:, 1:].flatten())

    def size(self) -> int:
        """The number of parameters."""
        return sum(parameter.numel() for parameter in self.parameters())


def windows(text: Int[Tensor, " t"], count: int, length: int, rng: torch.Generator) -> Int[Tensor, "count length"]:
    """Pieces of a text, cut at random.

    Raises ValueError or TypeError for a text shorter than a piece or a bad count.
    """
    count, length = checks.count("count", count), checks.count("length", length)
    shapes.generator("rng", rng)
    if len(text) < length:
        raise ValueError(f"text: wanted at least {length} characters, got {len(text)}")
    starts = torch.randint(len(text) - length + 1, (count, 1), generator=rng)
    return text[starts + torch.arange(length)]


@torch.inference_mode(False)
@torch.enable_grad()
def train(
    model: CharacterModel, text: Int[Tensor, " t"], *, steps: int, batch: int, rate: float, rng: torch.Generator
) -> list[float]:
    """Adam with a step size that falls linearly to zero; returns the loss at every step, in nats per character.

    Waits for the device at every step. Raises ValueError or TypeError for numbers out of range, and for a model that
    was made under `torch.inference_mode`.
    """
    steps, batch, rate = checks.count("steps", steps), checks.count("batch", batch), checks.positive("rate", rate)
    if model.position.is_inference():
        raise ValueError("model: wanted one that can learn, got one made under torch.inference_mode")
    optimiser = torch.optim.Adam(model.parameters(), lr=rate, betas=(0.9, 0.99))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: 1 - step / steps)
    losses: list[float] = []
    for _ in range(steps):
        piece = windows(text, batch, len(model.position) + 1, rng).to(model.position.device)
        loss = model.loss(piece)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        losses.append(loss.item())
    return losses


def _matrix(rows: int, columns: int, rng: torch.Generator) -> nn.Parameter:
    """Independent Gaussians of variance 1/columns."""
    return nn.Parameter((torch.randn(rows, columns, generator=rng, dtype=torch.float64) / math.sqrt(columns)).float())

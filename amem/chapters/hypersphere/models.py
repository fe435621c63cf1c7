"""The character models of the chapter, and their training, which is done once."""

from dataclasses import dataclass

import torch

from amem.checkpoints import checkpoint, trained
from amem.datasets import tales
from amem.experiment import Config
from amem.learning.language import CharacterModel, encode, train
from amem.learning.weights import keep, kept
from amem.seeds import generator


@dataclass(frozen=True, kw_only=True)
class Training(Config):
    """A model, the characters of its text, and its training. The next size wants a GPU: width 384, 6 blocks, context
    256."""

    width: int = 32
    heads: int = 2
    blocks: int = 2
    context: int = 96
    text: int = 200_000
    steps: int = 600
    batch: int = 8
    rate: float = 1e-2


QUICK = Training()
FULL = Training(width=48, heads=4, steps=2000, batch=12)


def untrained(config: Training, attention: str, seed: int) -> CharacterModel:
    """A model with "tied" or "untied" attention and random weights."""
    return CharacterModel(
        width=config.width,
        heads=config.heads,
        blocks=config.blocks,
        hidden=2 * config.width,
        context=config.context,
        untied=attention == "untied",
        rng=generator("hypersphere", "model", seed, config.width),
    ).to(config.device)


def learned(config: Training, attention: str, seed: int) -> tuple[CharacterModel, list[float]]:
    """The model after its training and the loss at every step; from its file if it is there."""
    path, model = checkpoint(learned, config, attention, seed), untrained(config, attention, seed)
    if not path.exists():
        text = encode(tales(config.text, generator("hypersphere", "text", config.text)).characters)
        with trained(path):
            losses = train(
                model,
                text,
                steps=config.steps,
                batch=config.batch,
                rate=config.rate,
                rng=generator("hypersphere", "batches", seed, config.steps, config.batch),
            )
        keep(path, {**model.state_dict(), "losses": torch.tensor(losses, dtype=torch.float64)}, config.numbers())
    weights, _ = kept(path)
    losses = weights.pop("losses").tolist()
    model.load_state_dict(weights)
    return model, losses

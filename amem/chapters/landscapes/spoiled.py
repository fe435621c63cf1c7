"""Real images, spoiled, and what memories make of them."""

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, pad

from amem import patterns
from amem.chapters.landscapes.memories import MEMORIES
from amem.dynamics import asynchronous, attend, run
from amem.experiment import Config
from amem.seeds import generator


@dataclass(frozen=True, kw_only=True)
class Images(Config):
    """The side of a patch, β times the number of pixels, and the noise of noisy cues, a pixel."""

    seed: int = 0
    patch: int = 24
    beta: float = 32.0
    noise: float = 0.8


def images(config: Images, kind: str, p: int, number: int = 0) -> Tensor:
    """A set of p images, each with mean 0 and mean square 1; patches of bare sky are left out."""
    rng = generator("landscapes", "images", kind, config.seed, number)
    if kind == "digits":
        drawn = patterns.digits(device=config.device, dtype=torch.float64)
        drawn = drawn[torch.randperm(len(drawn), generator=rng)]
    else:
        drawn = patterns.photographs(10 * p, config.patch, rng, device=config.device, dtype=torch.float64)
        drawn = drawn[drawn.std(-1) > 0.1]
    centred = drawn[:p] - drawn[:p].mean(-1, keepdim=True)
    return centred / centred.square().mean(-1, keepdim=True).sqrt()


def spoil(config: Images, images: Tensor, cue: str, rng: torch.Generator) -> Tensor:
    """Half masked: the lower half is 0, which says nothing. Blurred: means of 3 × 3 pixels, again if there are many."""
    if cue == "noisy":
        return patterns.jitter(images, config.noise, rng)
    side = math.isqrt(images.shape[-1])
    square = images.reshape(-1, 1, side, side)
    if cue == "half masked":
        known = torch.arange(side, device=images.device) < side // 2
        return (square * known[:, None]).flatten(1)
    for _ in range(side // 8):
        square = avg_pool2d(pad(square, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
    return square.flatten(1)


def recall(config: Images, memory: str, stored: Tensor, cues: Tensor, rng: torch.Generator) -> tuple[Tensor, Tensor]:
    """What is stored, black and white for the memories of ±1 spins, and what each cue recalls."""
    if memory == "log-sum-exp":
        return stored, run(attend(stored, config.beta / stored.shape[-1]), cues, steps=100, tolerance=1e-6).state
    bits = black_and_white(stored)
    known = torch.where(cues == 0, 0, black_and_white(cues))
    return bits, run(asynchronous(MEMORIES[memory](bits), rng), known, steps=30, tolerance=0.0).state


def black_and_white(images: Tensor) -> Tensor:
    """+1 above the image's median, −1 at it and below."""
    return torch.where(images > images.median(-1, keepdim=True).values, 1, -1).to(images)

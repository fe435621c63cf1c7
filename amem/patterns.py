"""Memories to store and ways to spoil them.

Makers draw on the CPU in float64 and then move, so that every device and dtype sees the same problem.
"""

import math

import torch
from jaxtyping import Float
from sklearn.datasets import load_digits, load_sample_images
from torch import Tensor

from amem import checks, shapes


def spins(
    p: int, n: int, rng: torch.Generator, *, device: torch.device | str, dtype: torch.dtype
) -> Float[Tensor, "p n"]:
    """p independent patterns of n fair coins ±1.

    Raises ValueError or TypeError if p or n is not a whole number of at least 1, rng not a generator or dtype not
    floating.
    """
    p, n = checks.count("p", p), checks.count("n", n)
    shapes.generator("rng", rng)
    shapes.floating("dtype", dtype)
    return (torch.randint(0, 2, (p, n), generator=rng) * 2 - 1).to(device, dtype)


def sphere(
    p: int, n: int, rng: torch.Generator, *, radius: float, device: torch.device | str, dtype: torch.dtype
) -> Float[Tensor, "p n"]:
    """p independent points, uniform on the sphere of the given radius in n dimensions.

    Raises ValueError or TypeError if p or n is not a whole number of at least 1, radius not positive, rng not a
    generator or dtype not floating.
    """
    p, n = checks.count("p", p), checks.count("n", n)
    shapes.generator("rng", rng)
    radius = checks.positive("radius", radius)
    shapes.floating("dtype", dtype)
    gaussian = torch.randn(p, n, generator=rng, dtype=torch.float64)
    return (radius * torch.nn.functional.normalize(gaussian, dim=-1)).to(device, dtype)


def digits(*, device: torch.device | str, dtype: torch.dtype) -> Float[Tensor, "1797 64"]:
    """The 1797 handwritten digits bundled with scikit-learn: 8×8 grey values, scaled to [−1, 1], ordered as there.

    Raises TypeError if dtype is not floating.
    """
    shapes.floating("dtype", dtype)
    images: Tensor = torch.from_numpy(load_digits(return_X_y=True)[0])
    return (images / 8 - 1).to(device, dtype)


def photographs(
    p: int, size: int, rng: torch.Generator, *, device: torch.device | str, dtype: torch.dtype
) -> Float[Tensor, "p n"]:
    """p square patches (n = size² grey values in [−1, 1]) cut at random from the two photographs in scikit-learn.

    Half of the patches, rounded up, come from the first photograph.

    Raises ValueError or TypeError if p or size is not a whole number of at least 1, a patch does not fit, rng is not a
    generator or dtype not floating.
    """
    p, size = checks.count("p", p), checks.count("size", size)
    shapes.generator("rng", rng)
    shapes.floating("dtype", dtype)
    grey = [torch.from_numpy(image.astype("float64")).mean(-1) / 127.5 - 1 for image in load_sample_images().images]
    height, width = grey[0].shape
    if size > min(height, width):
        raise ValueError(f"size: wanted at most {min(height, width)}, the photographs' height, got {size}")
    patches: list[Tensor] = []
    for index in range(p):
        top = int(torch.randint(0, height - size + 1, (), generator=rng))
        left = int(torch.randint(0, width - size + 1, (), generator=rng))
        patches.append(grey[index % 2][top : top + size, left : left + size].flatten())
    return torch.stack(patches).to(device, dtype)


def flip(states: Float[Tensor, "*batch n"], fraction: float, rng: torch.Generator) -> Float[Tensor, "*batch n"]:
    """Change the sign of exactly round(fraction · n) entries of each state, chosen at random.

    Raises ValueError or TypeError if states is not floating of shape (..., n) or fraction not in [0, 1].
    """
    return torch.where(_chosen(states, fraction, rng), -states, states)


def mask(
    states: Float[Tensor, "*batch n"], fraction: float, rng: torch.Generator, value: float = 0.0
) -> Float[Tensor, "*batch n"]:
    """Replace exactly round(fraction · n) entries of each state, chosen at random, by one value.

    Raises ValueError or TypeError if states is not floating of shape (..., n) or fraction not in [0, 1].
    """
    return torch.where(_chosen(states, fraction, rng), checks.real("value", value), states)


def jitter(states: Float[Tensor, "*batch n"], scale: float, rng: torch.Generator) -> Float[Tensor, "*batch n"]:
    """Add independent Gaussian noise of standard deviation `scale` to every entry.

    Raises ValueError or TypeError if states is not floating of shape (..., n) or scale negative.
    """
    shapes.states("states", states)
    scale = checks.at_least_zero("scale", scale)
    shapes.generator("rng", rng)
    return states + scale * torch.randn(states.shape, generator=rng, dtype=torch.float64).to(states)


def _chosen(states: Tensor, fraction: float, rng: torch.Generator) -> Tensor:
    shapes.states("states", states)
    fraction = checks.fraction("fraction", fraction)
    shapes.generator("rng", rng)
    rank = torch.rand(states.shape, generator=rng, dtype=torch.float64).argsort(-1).argsort(-1)
    return (rank < math.floor(fraction * states.shape[-1] + 0.5)).to(states.device)

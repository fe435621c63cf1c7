"""NumPy's chance with a name, for the theory's samplers."""

import numpy as np
import torch

from amem.seeds import generator


def numpy_generator(*name: object) -> np.random.Generator:
    """NumPy's generator, seeded by the name."""
    return np.random.default_rng(int(torch.randint(2**62, (), generator=generator("new_memories", *name))))

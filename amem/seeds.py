"""Chance with a name: every draw of the book comes from a generator that says what it is for."""

import hashlib

import numpy as np
import torch


def generator(*name: object) -> torch.Generator:
    """A CPU generator seeded by the first 63 bits of SHA-256 of its name.

    The name is any sequence of strings and numbers, e.g. ``generator("kde_capacity", "stored", seed, n, d)``. Different
    names give independent streams; the same name gives the same stream on every machine.

    A number of NumPy's is the same number. Raises TypeError for any other part, whose text would not be stable.

    >>> import torch
    >>> torch.equal(torch.rand(3, generator=generator("a", 1)), torch.rand(3, generator=generator("a", 1)))
    True
    >>> torch.equal(torch.rand(3, generator=generator("a", 1)), torch.rand(3, generator=generator("a", 2)))
    False
    """
    plain = tuple(part.item() if isinstance(part, np.generic) else part for part in name)
    for part in plain:
        if not isinstance(part, (str, int, float)):
            raise TypeError(f"name: wanted strings and numbers, got {part!r} ({type(part).__name__})")
    digest = hashlib.sha256(repr(plain).encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:8], "big") >> 1)


def numpy_generator(*name: object) -> np.random.Generator:
    """NumPy's generator, seeded by the first draw of `generator` with this name; for code that knows no tensors.

    Raises TypeError as `generator` does.

    >>> float(numpy_generator("a", 1).random()) == float(numpy_generator("a", 1).random())
    True
    """
    return np.random.default_rng(int(torch.randint(2**62, (), generator=generator(*name))))

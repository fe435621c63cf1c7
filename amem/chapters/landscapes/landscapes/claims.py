"""What is said of the Epanechnikov energy, as numbers."""

import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from amem.book import Claim, numbers
from amem.chapters.landscapes.sources import EPANECHNIKOV


def _epanechnikov(table: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Memories and attractors in the plane, and the reach of the kernels."""
    memories, attractors = (
        np.stack([numbers(table, name, energy="Epanechnikov", kind=kind) for name in "xy"], axis=-1)
        for kind in ("memory", "attractor")
    )
    return memories, attractors, np.unique(numbers(table, "parameter", energy="Epanechnikov")).item()


def _isolated_off(table: pd.DataFrame) -> float:
    """How far the farthest memory without a neighbour in reach is from the nearest attractor."""
    memories, attractors, reach = _epanechnikov(table)
    apart = np.linalg.norm(memories[:, None] - memories, axis=-1) + np.diag(np.full(len(memories), math.inf))
    alone = memories[apart.min(-1) > reach]
    return float(np.linalg.norm(alone[:, None] - attractors, axis=-1).min(-1).max())


def _emergent(table: pd.DataFrame) -> float:
    """How many attractors are not memories."""
    memories, attractors, _ = _epanechnikov(table)
    return float((np.linalg.norm(attractors[:, None] - memories, axis=-1).min(-1) > 0.01).sum())


CLAIMS = [
    Claim(
        "claim-landscapes-epanechnikov-exact",
        EPANECHNIKOV,
        (0, 1e-5),
        _isolated_off,
        says="The Epanechnikov energy keeps memories without a neighbour in reach exactly: largest distance to where "
        "paths end.",
        because="paths stop when a stride is below 10⁻⁷",
    ),
    Claim(
        "claim-landscapes-epanechnikov-emergent",
        EPANECHNIKOV,
        (1, 6),
        _emergent,
        says="It adds memories that were never stored: how many.",
        because="one or more, in this layout",
    ),
]

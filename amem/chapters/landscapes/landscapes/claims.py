"""What is said of the Epanechnikov energy, as numbers."""

import math

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from amem.book import Claim, numbers
from amem.chapters.landscapes.sources import EPANECHNIKOV


def places(table: pd.DataFrame, kind: str, **panel: object) -> NDArray[np.float64]:
    """Memories or attractors in the plane."""
    return np.stack([numbers(table, name, kind=kind, **panel) for name in "xy"], axis=-1)


def distances(ones: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.float64]:
    """From each one to each other; from a place to itself for ever."""
    apart = np.linalg.norm(ones[:, None] - others, axis=-1)
    return apart + np.diag(np.full(len(ones), math.inf)) if ones is others else apart


def _epanechnikov(table: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Memories and attractors in the plane, and the reach of the kernels."""
    memories, attractors = (places(table, kind, energy="Epanechnikov") for kind in ("memory", "attractor"))
    return memories, attractors, np.unique(numbers(table, "parameter", energy="Epanechnikov")).item()


def _isolated_off(table: pd.DataFrame) -> float:
    """How far the farthest memory without a neighbour in reach is from the nearest attractor."""
    memories, attractors, reach = _epanechnikov(table)
    alone = memories[distances(memories, memories).min(-1) > reach]
    return float(distances(alone, attractors).min(-1).max())


def _emergent(table: pd.DataFrame) -> float:
    """How many attractors are not memories."""
    memories, attractors, _ = _epanechnikov(table)
    return float((distances(attractors, memories).min(-1) > 0.01).sum())


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

"""The inverse temperature below which memories can fall together."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from amem import checks, shapes


def collapse_beta(points: Float[Tensor, "count n"]) -> float:
    """β_c = 1/λ_max(Cov x): below it, all memories on the data's mean are a stable fixed point of EM with equal
    weights [schaeffer2024bridging, sec. 2.1].

    Raises ValueError or TypeError if the points are not a finite floating matrix, or all the same.
    """
    covariance = torch.atleast_2d(shapes.matrix("points", points).T.cov(correction=0))
    largest = float(torch.linalg.eigvalsh(covariance)[-1]) if covariance.isfinite().all() else math.inf
    if not 0 < largest < math.inf:
        raise ValueError(
            f"points: wanted points that differ, got {checks.describe(points)}, all alike or too far apart"
        )
    return 1 / largest

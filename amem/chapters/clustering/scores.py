"""Seven scores of a clustering."""

import math
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn import metrics
from torch import Tensor

from amem.chapters.clustering.points import Labels
from amem.chapters.clustering.rounding import rounded
from amem.datasets import load
from amem.seeds import generator


def scores(set: str, points: Tensor, labels: Labels, *, seed: int, shown: int) -> dict[str, object]:
    """Four scores that know the classes and three that do not, and how many memories hold points.

    The silhouette is that of a sample of so many points. With a single cluster, or one for each point, it is −1 and the
    other two are not defined.
    """
    known, data = _classes(set), points.cpu().numpy()
    used = len(np.unique(labels))
    rng = generator("clustering", "silhouette", seed, set)
    sample = torch.randperm(len(data), generator=rng)[:shown].numpy()
    return {
        "rand": rounded(metrics.rand_score(known, labels)),
        "ari": rounded(metrics.adjusted_rand_score(known, labels)),
        "ami": rounded(metrics.adjusted_mutual_info_score(known, labels)),
        "nmi": rounded(metrics.normalized_mutual_info_score(known, labels)),
        "calinski": rounded(metrics.calinski_harabasz_score(data, labels)) if 1 < used < len(data) else math.nan,
        "davies": rounded(metrics.davies_bouldin_score(data, labels)) if 1 < used < len(data) else math.nan,
        "silhouette": _silhouette(data[sample], labels[sample]),
        "used": used,
    }


@cache
def _classes(set: str) -> Labels:
    """Of every point, read once and not for each of thousands of fits."""
    return load(set).labels.numpy()


def _silhouette(data: NDArray[np.float64], labels: Labels) -> float:
    return rounded(metrics.silhouette_score(data, labels)) if 1 < len(np.unique(labels)) < len(data) else -1.0

"""K-means and mixtures of Gaussians with scikit-learn's defaults, one start a seed; mixtures with full covariances."""

import warnings
from collections.abc import Callable

import numpy as np
import torch
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import BayesianGaussianMixture, GaussianMixture
from torch import Tensor

from amem.chapters.clustering.points import Labels


def _kmeans(points: Tensor, p: int, seed: int) -> Labels:
    model = KMeans(p, n_init=1, random_state=seed)  # pyright: ignore[reportArgumentType]
    return model.fit_predict(points.cpu().numpy()).astype(np.int64)


def _gaussians(points: Tensor, p: int, seed: int) -> Labels:
    return _settled(GaussianMixture(p, random_state=seed), points)


def _variational(points: Tensor, p: int, seed: int) -> Labels:
    model = BayesianGaussianMixture(
        n_components=p, weight_concentration_prior_type="dirichlet_process", random_state=seed
    )
    return _settled(model, points)


def _settled(model: GaussianMixture | BayesianGaussianMixture, points: Tensor) -> Labels:
    with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):
        return model.fit_predict(points.cpu().numpy())


BASELINES: dict[str, Callable[[Tensor, int, int], Labels]] = {
    "K-means": _kmeans,
    "GMM": _gaussians,
    "VI-DP-GMM": _variational,
}


def kmeans_from(points: Tensor, starts: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """K-means from each start: centres, the sums of squared distances, and labels."""
    models = [KMeans(len(start), init=start.cpu().numpy(), n_init=1).fit(points.cpu().numpy()) for start in starts]  # pyright: ignore[reportArgumentType]
    centres, labels = (np.stack([getattr(one, name) for one in models]) for name in ("cluster_centers_", "labels_"))
    return torch.from_numpy(centres), starts.new_tensor([one.inertia_ for one in models]), torch.from_numpy(labels)

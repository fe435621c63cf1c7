"""Clustering as scikit-learn does it, beside which a memory's is put: k-means and mixtures of Gaussians.

Points are (count, n), arrays or tensors on any device. That a peer stopped early, or found fewer clusters than it
might, is no news here: scikit-learn's warnings of that are left out.
"""

import warnings
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import BayesianGaussianMixture, GaussianMixture
from torch import Tensor

Points = NDArray[np.floating] | Tensor
Labels = NDArray[np.int64]


def k_means(points: Points, clusters: int, seed: int) -> Labels:
    """Labels by k-means from one start."""
    return _labels(KMeans(clusters, n_init=1, random_state=seed), points)  # pyright: ignore[reportArgumentType]


def k_means_from(
    points: Float[Tensor, "count n"], starts: Float[Tensor, "runs p n"]
) -> tuple[Float[Tensor, "runs p n"], Float[Tensor, " runs"], Int[Tensor, "runs count"]]:
    """K-means from each start: centres, the sums of squared distances, and labels. Centres and labels on the CPU."""
    models = [KMeans(len(start), init=_array(start), n_init=1).fit(_array(points)) for start in starts]  # pyright: ignore[reportArgumentType]
    centres, labels = (np.stack([getattr(one, name) for one in models]) for name in ("cluster_centers_", "labels_"))
    return torch.from_numpy(centres), starts.new_tensor([one.inertia_ for one in models]), torch.from_numpy(labels)


def gaussian_mixture(points: Points, components: int, seed: int) -> Labels:
    """Labels by a mixture of Gaussians with full covariances, from one start."""
    return _labels(GaussianMixture(components, random_state=seed), points)


def variational_mixture(
    points: Points,
    components: int,
    seed: int,
    *,
    alpha: float | None = None,
    variance: float | None = None,
    spherical: bool = False,
) -> Labels:
    """Labels by a variational mixture of at most so many Gaussians, with a Dirichlet process on its weights.

    alpha: its concentration, None for one over the number of components. variance: that of the covariances' prior, None
    for the data's; with it, or if `spherical`, each component has one width, else a full covariance.
    """
    model = BayesianGaussianMixture(
        n_components=components,
        covariance_type="spherical" if spherical or variance is not None else "full",
        covariance_prior=variance,
        weight_concentration_prior_type="dirichlet_process",
        weight_concentration_prior=alpha,
        random_state=seed,
    )
    return _labels(model, points)


def mixture_log_likelihood(points: Points, queries: Points, components: int, *, width: float, seed: int = 0) -> float:
    """The mean log-density of further points under a mixture of round Gaussians that EM fits to the first, in nats.

    width: its square is added to every variance, without which a component that holds one point would have none.
    """
    model = GaussianMixture(
        components, covariance_type="spherical", reg_covar=width**2, init_params="k-means++", random_state=seed
    )
    with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):
        return float(model.fit(_array(points)).score(_array(queries)))


def _labels(model: Any, points: Points) -> Labels:
    with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):
        return model.fit_predict(_array(points)).astype(np.int64)


def _array(points: Points) -> NDArray[np.floating]:
    return points.cpu().numpy() if isinstance(points, Tensor) else points

"""scikit-learn's clusterings, as labels."""

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import BayesianGaussianMixture


def mixture(
    points: NDArray[np.float64],
    components: int,
    seed: int,
    *,
    alpha: float | None = None,
    variance: float | None = None,
    spherical: bool = False,
) -> NDArray[np.int64]:
    """Labels by scikit-learn's variational mixture with a Dirichlet process on its weights."""
    model = BayesianGaussianMixture(
        n_components=components,
        covariance_type="spherical" if spherical or variance is not None else "full",
        covariance_prior=variance,
        weight_concentration_prior=alpha,
        random_state=seed,
    )
    return _quietly(model, points)


def k_means(points: NDArray[np.float64], clusters: int, seed: int) -> NDArray[np.int64]:
    """Labels by scikit-learn's k-means from one start."""
    model: Any = KMeans(clusters, random_state=seed).set_params(n_init=1)
    return _quietly(model, points)


def _quietly(model: Any, points: NDArray[np.float64]) -> NDArray[np.int64]:
    """fit_predict; that it stopped early, or saw fewer clusters than it might, is no news."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit_predict(points).astype(np.int64)

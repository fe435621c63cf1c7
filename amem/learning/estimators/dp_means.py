"""DP-means as an estimator of scikit-learn."""

from copy import deepcopy

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from amem import checks
from amem.learning.dp_means import Clusters, dp_means, online_dp_means
from amem.learning.estimators.base import Clustering
from amem.learning.unchanged import unchanged_if_refused


class DPMeans(Clustering):
    """DP-means as a clustering estimator of scikit-learn: `fit` in passes, or on a stream with `partial_fit`.

    threshold: λ, the squared distance beyond which a point becomes a new centre. online: one pass, with running means.
    labels_, cluster_centers_ (p, n) and counts_ (p,) are what was found.

    >>> DPMeans(threshold=4.0).fit_predict(np.array([[0.0], [1.0], [9.0], [10.0]]))
    array([0, 0, 1, 1])
    """

    def __init__(self, threshold: float = 1.0, *, passes: int = 8, online: bool = False, device: str = "cpu") -> None:
        self.threshold = threshold
        self.passes = passes
        self.online = online
        self.device = device

    def fit(self, X: ArrayLike, y: object = None) -> "DPMeans":
        """Cluster the rows of X (count, n). Raises as `dp_means` does."""
        with unchanged_if_refused(self):
            points, bound = self._points(X, first=True)[None], self._bound()
            found = online_dp_means(points, bound) if self.online else dp_means(points, bound, self.passes)
            used = found.labels[0].unique()
            order = torch.full_like(found.counts[0], -1, dtype=torch.int64)
            order[used] = torch.arange(len(used), device=used.device)
            return self._found(Clusters(found.centres[:, used], found.counts[:, used]), order[found.labels[0]])

    def partial_fit(self, X: ArrayLike, y: object = None) -> "DPMeans":
        """Go on with a stream, with running means; labels_ are those of these rows. Raises as `dp_means` does."""
        with unchanged_if_refused(self):
            first = not hasattr(self, "_clusters")
            points = self._points(X, first=first)[None]
            if first:
                clusters = Clusters(torch.zeros_like(points[:, :1]), torch.zeros_like(points[:, :1, 0]))
            else:
                clusters = deepcopy(self._clusters)
            return self._found(clusters, clusters.stream(points, self._bound(), None).labels[0])

    def predict(self, X: ArrayLike) -> NDArray[np.int64]:
        """The nearest centre of each row."""
        check_is_fitted(self)
        points, centres = self._points(X, first=False), torch.tensor(self.cluster_centers_, device=self.device)
        plain = "donot_use_mm_for_euclid_dist"  # differences, which keep their digits far from the origin
        return torch.cdist(points, centres, compute_mode=plain).argmin(-1).cpu().numpy()

    def _bound(self) -> Tensor:
        threshold = checks.at_least_zero("threshold", self.threshold)
        return torch.tensor([threshold], dtype=torch.float64, device=self.device)

    def _found(self, clusters: Clusters, labels: Tensor) -> "DPMeans":
        self._clusters = clusters
        there = self._clusters.counts[0] > 0
        self.cluster_centers_ = self._clusters.centres[0, there].cpu().numpy()
        self.counts_ = self._clusters.counts[0, there].cpu().numpy()
        self.labels_ = labels.cpu().numpy()
        return self

"""CLAM+CRP+ELBO as an estimator of scikit-learn."""

from copy import copy

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from amem import checks
from amem.learning.estimators.base import Clustering
from amem.learning.restaurant import Restaurant, settings
from amem.learning.unchanged import unchanged_if_refused


class RestaurantClustering(Clustering):
    """CLAM+CRP+ELBO as a clustering estimator of scikit-learn that finds the number of clusters, on a stream too.

    `fit` reads the rows in their order, `passes` times; `partial_fit` goes on with a stream. The prior puts memories
    around the origin with variance 1/ρ, so centre the data; β is one over the variance within a cluster.

    labels_, memories_ (p, n), counts_ (p,), n_memories_ are what was found; the parameters are those of `Restaurant`.

    >>> points = np.array([[0.0, 5.0], [0.1, 5.0], [4.0, -4.0], [0.0, 4.9]])
    >>> RestaurantClustering(alpha=1.0, beta=4.0, rho=0.05).fit_predict(points)
    array([0, 0, 1, 0])
    """

    def __init__(
        self,
        alpha: float = 1.0,
        beta: float = 4.0,
        rho: float = 1.0,
        *,
        discount: float = 0.0,
        passes: int = 1,
        hard: bool = False,
        normalised: bool = True,
        steps: int | None = None,
        max_memories: int = 1000,
        device: str = "cpu",
    ) -> None:
        self.alpha = alpha
        self.beta = beta
        self.rho = rho
        self.discount = discount
        self.passes = passes
        self.hard = hard
        self.normalised = normalised
        self.steps = steps
        self.max_memories = max_memories
        self.device = device

    def fit(self, X: ArrayLike, y: object = None) -> "RestaurantClustering":
        """Read the rows of X (count, n) from nothing, `passes` times. Raises as `Restaurant` does."""
        passes = checks.count("passes", self.passes)
        with unchanged_if_refused(self):
            points = self._points(X, first=True)
            restaurant = self._start(points.shape[1])
            shares = restaurant.learn(points[None], passes)[0]
            # of memories whose points have all moved on, only shares are left
            labels = shares.argmax(-1)
            used = labels.unique()
            order = labels.new_full((shares.shape[1],), -1)
            order[used] = torch.arange(len(used), device=labels.device)
            restaurant.counts = restaurant.counts[:, used].clone()
            restaurant.sums = restaurant.sums[:, used].clone()
            return self._found(restaurant, order[labels])

    def partial_fit(self, X: ArrayLike, y: object = None) -> "RestaurantClustering":
        """Read further rows of a stream; labels_ are those of these rows. Raises as `Restaurant` does."""
        with unchanged_if_refused(self):
            first = not hasattr(self, "_restaurant")
            points = self._points(X, first=first)
            restaurant = self._start(points.shape[1]) if first else copy(self._restaurant)
            return self._found(restaurant, restaurant.learn(points[None])[0].argmax(-1))

    def predict(self, X: ArrayLike) -> NDArray[np.int64]:
        """The most likely among the memories there are, for each row."""
        return self.predict_proba(X).argmax(-1)

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """The posterior over the memories there are, for each row: (count, p)."""
        check_is_fitted(self)
        points = self._points(X, first=False)
        return self._restaurant.log_joint_memories(points[:, None])[:, 0, : self.n_memories_].softmax(-1).cpu().numpy()

    def _start(self, n: int) -> Restaurant:
        names = "alpha", "beta", "rho", "discount"
        numbers = {name: checks.real(name, getattr(self, name)) for name in names}
        return Restaurant(
            n,
            **{name: value.to(self.device) for name, value in settings(**numbers).items()},
            hard=self.hard,
            normalised=self.normalised,
            steps=self.steps,
            max_memories=self.max_memories,
        )

    def _found(self, restaurant: Restaurant, labels: Tensor) -> "RestaurantClustering":
        self._restaurant = restaurant
        self.n_memories_ = int(self._restaurant.number[0])
        self.memories_ = self._restaurant.memories[0, : self.n_memories_].cpu().numpy()
        self.counts_ = self._restaurant.counts[0, : self.n_memories_].cpu().numpy()
        self.labels_ = labels.cpu().numpy()
        return self

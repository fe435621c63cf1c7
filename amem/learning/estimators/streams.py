"""The dynamical Chinese restaurant as an estimator of scikit-learn, for streams."""

from copy import copy
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from amem import checks
from amem.learning.conjugate import Gaussian, Likelihood
from amem.learning.estimators.base import Clustering
from amem.learning.kernels import Kernel, constant
from amem.learning.streams import DynamicalRestaurant
from amem.learning.unchanged import unchanged_if_refused


class DynamicalRestaurantClustering(Clustering):
    """The dynamical Chinese restaurant as a clustering estimator of scikit-learn, for streams.

    `fit` reads the rows in their order, at times 1, 2, … or those given; `partial_fit` goes on. kernel: constant,
    exponential, oscillator or hyperbolic of `amem.learning.kernels` (None: constant); likelihood: Gaussian, Categorical
    or VonMisesFisher of `amem.learning.conjugate` (None: Gaussian, β = 4, ρ = 1, for centred data). labels_ are the
    most likely memories, numbered from 0; n_memories_ is how many of them there are.

    >>> points = np.array([[0.0, 5.0], [0.1, 5.0], [4.0, -4.0], [0.0, 4.9]])
    >>> DynamicalRestaurantClustering(alpha=1.0, likelihood=Gaussian(4.0, 0.05)).fit_predict(points)
    array([0, 0, 1, 0])
    """

    def __init__(
        self,
        alpha: float = 1.0,
        kernel: Kernel | None = None,
        likelihood: Likelihood | None = None,
        *,
        sweeps: int = 3,
        collapsed: bool = False,
        max_memories: int = 1000,
        device: str = "cpu",
    ) -> None:
        self.alpha = alpha
        self.kernel = kernel
        self.likelihood = likelihood
        self.sweeps = sweeps
        self.collapsed = collapsed
        self.max_memories = max_memories
        self.device = device

    def fit(self, X: ArrayLike, y: object = None, times: ArrayLike | None = None) -> "DynamicalRestaurantClustering":
        """Read the rows of X (count, n) from nothing. Raises as `DynamicalRestaurant` does."""
        with unchanged_if_refused(self):
            points = self._points(X, first=True)
            self._start()
            return self._read(points, times)

    def partial_fit(
        self, X: ArrayLike, y: object = None, times: ArrayLike | None = None
    ) -> "DynamicalRestaurantClustering":
        """Read further rows of a stream; labels_ are those of these rows. Raises as `DynamicalRestaurant` does."""
        with unchanged_if_refused(self):
            first = not hasattr(self, "_restaurant")
            points = self._points(X, first=first)
            if first:
                self._start()
            else:
                self._restaurant = copy(self._restaurant)
            return self._read(points, times)

    def predict(self, X: ArrayLike) -> NDArray[np.int64]:
        """The most likely among the memories that there are now, for each row."""
        return self.predict_proba(X).argmax(-1)

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """The posterior over the memories that there are now, for each row: (count, p), 0 for one given up."""
        check_is_fitted(self)
        places = {name: place for place, name in enumerate(self._restaurant.names[0].tolist())}
        there = [(label, places[name]) for name, label in self._labels.items() if name in places]
        labels, used = (list(each) for each in zip(*there, strict=True))
        rows = [self._restaurant.log_joint(x[None])[0, used].softmax(-1) for x in self._points(X, first=False)]
        chances = np.zeros((len(rows), self.n_memories_))
        chances[:, labels] = torch.stack(rows).cpu().numpy()
        return chances

    def _start(self) -> None:
        alpha = torch.tensor([checks.positive("alpha", self.alpha)], dtype=torch.float64, device=self.device)
        kernel = constant() if self.kernel is None else self.kernel
        likelihood = Gaussian() if self.likelihood is None else self.likelihood
        chosen: dict[str, Any] = {name: getattr(self, name) for name in ("sweeps", "collapsed", "max_memories")}
        self._restaurant = DynamicalRestaurant(alpha, kernel, likelihood, **chosen)
        self._labels: dict[int, int] = {}

    def _read(self, points: Tensor, times: ArrayLike | None) -> "DynamicalRestaurantClustering":
        names = self._restaurant.learn(points[None], times).labels[0].tolist()
        labels = dict(self._labels)
        self.labels_ = np.array([labels.setdefault(name, len(labels)) for name in names])
        self._labels = labels
        self.n_memories_ = len(self._labels)
        return self

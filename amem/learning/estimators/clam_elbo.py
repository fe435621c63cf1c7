"""CLAM+ELBO as an estimator of scikit-learn."""

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from amem.energies.assignment import gaussian_log_joint
from amem.learning.descent import Learned
from amem.learning.elbo import Evidence, fit_elbo
from amem.learning.estimators.memories import Memories
from amem.learning.masks import Batches


class CLAMELBO(Memories):
    """CLAM+ELBO, whose state is the posterior over memories, as an estimator [schaeffer2024bridging, sec. 2.1]; see
    `fit_elbo`.

    beta: None for 10 β_c; weighted, learn_beta: whether weights and β are learned too. batch_size: how many points an
    update sees, the same for all restarts, or None for all; `partial_fit` learns from a stream of batches.

    >>> import numpy as np
    >>> points = np.array([[0.0, 0.0], [0.1, 0.0], [5.0, 5.0], [5.0, 5.1], [5.1, 5.0]])
    >>> CLAMELBO(n_clusters=2, random_state=0).fit(points).predict_proba([[2.0, 2.0]]).round(2)
    array([[0.02, 0.98]])
    """

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        beta: float | None = None,
        weighted: bool = True,
        learn_beta: bool = False,
        learning_rate: float = 0.05,
        max_iter: int = 120,
        n_init: int = 10,
        batch_size: int | None = None,
        random_state: int | np.random.RandomState | None = None,
        device: str = "cpu",
    ) -> None:
        self.n_clusters = n_clusters
        self.beta = beta
        self.weighted = weighted
        self.learn_beta = learn_beta
        self.learning_rate = learning_rate
        self.max_iter = max_iter
        self.n_init = n_init
        self.batch_size = batch_size
        self.random_state = random_state
        self.device = device

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """p(k|x) for every point and memory."""
        check_is_fitted(self)
        return self._log_joint(self._points(X, first=False)).softmax(-1).cpu().numpy()

    def _objective(self, beta: Tensor) -> Evidence:
        return Evidence(beta, weighted=self.weighted, learn_beta=self.learn_beta)

    def _learn(
        self, points: Tensor, start: Tensor, beta: float, rng: torch.Generator, batches: Batches | None
    ) -> Learned:
        return fit_elbo(
            points,
            start,
            beta,
            rate=self.learning_rate,
            updates=self.max_iter,
            batches=batches,
            weighted=self.weighted,
            learn_beta=self.learn_beta,
        )

    def _log_joint(self, points: Tensor) -> Tensor:
        memories, log_weights, beta = self._fitted(points)
        return gaussian_log_joint(points, memories, beta, log_weights)

    def _assign(self, points: Tensor) -> Tensor:
        return self._log_joint(points).argmax(-1)

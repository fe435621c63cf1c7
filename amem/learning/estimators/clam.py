"""CLAM as an estimator of scikit-learn."""

import numpy as np
import torch
from numpy.typing import ArrayLike
from torch import Tensor

from amem import checks
from amem.dynamics.assignment import attract, nearest
from amem.learning.clam import Completion, fit_clam
from amem.learning.descent import Learned, Loss
from amem.learning.estimators.memories import Memories
from amem.learning.masks import Batches, Masks, bernoulli_masks


class CLAM(Memories):
    """Clustering with an associative memory, as an estimator of scikit-learn [saha2023clam]; see `fit_clam`.

    A point follows `attract` and is assigned to the memory nearest to where it ends. beta: None for 10 β_c. mask: the
    chance with which an entry is hidden in training, 0 for none. batch_size: how many points an update sees, the same
    for all restarts, or None for all; `partial_fit` learns from a stream of batches.

    >>> import numpy as np
    >>> points = np.array([[0.0, 0.0], [0.1, 0.0], [5.0, 5.0], [5.0, 5.1], [5.1, 5.0]])
    >>> CLAM(n_clusters=2, random_state=0).fit_predict(points)
    array([1, 1, 0, 0, 0])
    """

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        beta: float | None = None,
        mask: float = 0.0,
        step: float = 0.1,
        steps: int = 10,
        weighted: bool = False,
        spherical: bool = False,
        learning_rate: float = 0.05,
        max_iter: int = 120,
        n_init: int = 10,
        batch_size: int | None = None,
        random_state: int | np.random.RandomState | None = None,
        device: str = "cpu",
    ) -> None:
        self.n_clusters = n_clusters
        self.beta = beta
        self.mask = mask
        self.step = step
        self.steps = steps
        self.weighted = weighted
        self.spherical = spherical
        self.learning_rate = learning_rate
        self.max_iter = max_iter
        self.n_init = n_init
        self.batch_size = batch_size
        self.random_state = random_state
        self.device = device

    def _points(self, X: ArrayLike, *, first: bool, least: int = 1) -> Tensor:
        points = super()._points(X, first=first, least=least)
        if self.spherical and points.shape[-1] < 2:
            raise ValueError("X: wanted at least 2 features, of which to take a direction, got n_features=1")
        return torch.nn.functional.normalize(points, dim=-1) if self.spherical else points

    def _origin_of(self, points: Tensor) -> Tensor:
        return torch.zeros_like(points[0]) if self.spherical else super()._origin_of(points)

    def _numbers(self) -> float:
        checks.fraction("mask", self.mask)
        checks.positive("step", self.step)
        checks.count("steps", self.steps)
        return super()._numbers()

    def _objective(self, beta: Tensor) -> Completion:
        return Completion(beta, float(self.step), int(self.steps), self.weighted, self.spherical)

    def _loss(self, beta: Tensor, points: Tensor, rng: torch.Generator) -> Loss:
        masks, objective = self._masks(len(points), points.shape[1], rng), self._objective(beta)
        mask = None if masks is None else masks()[0]
        return lambda parameters: objective.loss(parameters, points, mask)

    def _masks(self, count: int, n: int, rng: torch.Generator) -> Masks | None:
        # the same for all restarts: which is best shall not be a matter of masks
        return bernoulli_masks(count, n, self.mask, [rng], device=self.device) if self.mask else None

    def _learn(
        self, points: Tensor, start: Tensor, beta: float, rng: torch.Generator, batches: Batches | None
    ) -> Learned:
        size = len(points) if batches is None else int(self.batch_size or 0)
        return fit_clam(
            points,
            start,
            beta,
            rate=self.learning_rate,
            updates=self.max_iter,
            masks=self._masks(size, points.shape[1], rng),
            batches=batches,
            step=self.step,
            steps=self.steps,
            weighted=self.weighted,
            spherical=self.spherical,
        )

    def _assign(self, points: Tensor) -> Tensor:
        memories, log_weights, beta = self._fitted(points)
        end = attract(points, memories, beta, step=self.step, steps=self.steps, log_weights=log_weights)
        return nearest(end, memories)

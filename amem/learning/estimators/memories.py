"""What estimators whose memories are learned by gradients share."""

from abc import ABC, abstractmethod
from copy import deepcopy
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from amem import checks
from amem.learning.clam import Completion
from amem.learning.collapse import collapse_beta
from amem.learning.descent import Adam, Learned, Loss
from amem.learning.elbo import Evidence
from amem.learning.estimators.base import Clustering, warn_of_repeats
from amem.learning.masks import Batches, random_batches
from amem.learning.unchanged import unchanged_if_refused
from amem.seeds import generator

M = TypeVar("M", bound="Memories")  # the runtime type checker of the tests knows no Self in single methods


class Memories(Clustering, ABC):
    """What the estimators share: restarts trained at once, of which the lowest loss is kept.

    Features should be standardised first. Memories are numbered by how many points they hold, the fullest first.
    """

    n_clusters: int
    beta: float | None
    learning_rate: float
    max_iter: int
    n_init: int
    batch_size: int | None
    random_state: int | np.random.RandomState | None

    def fit(self: M, X: ArrayLike, y: object = None) -> M:
        """Learn memories from the points X, (count, n).

        Raises ValueError or TypeError for bad points or parameters, FloatingPointError if no restart has a finite loss.
        """
        with unchanged_if_refused(self):
            self._numbers()
            updates = checks.count("max_iter", self.max_iter)
            points = self._points(X, first=True, least=2)
            beta = self._scale(points)
            starts, rng = self._starts(points)
            batches = None
            if self.batch_size is not None and self.batch_size < len(points):
                batches = random_batches(len(points), self.batch_size, generator("estimator", self._seed, "batches"))
            learned = self._learn(points, starts, beta, rng, batches)
            best = int(learned.loss.nan_to_num(torch.inf).argmin())
            self._model = tuple(value[best].cpu() for value in (learned.memories, learned.log_weights, learned.beta))
            held = torch.bincount(self._assign(points), minlength=starts.shape[-2]).cpu()
            order = held.argsort(descending=True, stable=True)
            self._model = (self._model[0][order], self._model[1][order], self._model[2])
            self._adam: Adam | None = None
            return self._found(points, float(learned.loss[best]), updates)

    def partial_fit(self: M, X: ArrayLike, y: object = None) -> M:
        """One update of the memories, on the points X alone, in the order that they have.

        The first batch of a stream sets the origin and, where it is None, β; the best of n_init starts among its points
        is where it begins. After `fit` it goes on from there. labels_ and loss_ are those of these points, the loss
        before the update. Raises as `fit` does.
        """
        with unchanged_if_refused(self), torch.inference_mode(False), torch.enable_grad():
            rate = self._numbers()
            first = not hasattr(self, "_model")
            points = self._points(X, first=first, least=2 if first else 1)
            if first:
                self._begin(points)
            memories, log_weights, beta = self._fitted(points)
            objective = self._objective(beta)
            adam = deepcopy(self._adam) or Adam(objective.parameters(memories, log_weights), rate)
            rng = generator("estimator", self._seed, "stream", self.n_iter_)
            level, gradients = adam.gradients(self._loss(beta, points, rng))
            adam.move(gradients)
            with torch.no_grad():
                objective.bounded(adam.parameters)
                self._model = tuple(value.detach().cpu().clone() for value in objective.model(adam.parameters))
            self._adam = adam
            return self._found(points, float(level), self.n_iter_ + 1)

    def predict(self, X: ArrayLike) -> NDArray[np.int64]:
        """The index of the memory that each point is assigned to."""
        check_is_fitted(self)
        return self._assign(self._points(X, first=False)).cpu().numpy()

    def score(self, X: ArrayLike, y: object = None) -> float:
        """Minus the mean loss of the points, with nothing hidden: the higher, the better they fit."""
        check_is_fitted(self)
        points = self._points(X, first=False)
        memories, log_weights, beta = self._fitted(points)
        objective = self._objective(beta)
        with torch.no_grad():
            return -float(objective.loss(objective.parameters(memories, log_weights), points))

    def _numbers(self) -> float:
        """Look at the parameters, by their own names, and return the learning rate."""
        checks.count("n_clusters", self.n_clusters)
        checks.count("n_init", self.n_init)
        if self.batch_size is not None:
            checks.count("batch_size", self.batch_size)
        if self.beta is not None:
            checks.positive("beta", self.beta)
        return checks.positive("learning_rate", self.learning_rate)

    def _scale(self, points: Tensor) -> float:
        if self.beta is not None:
            return checks.positive("beta", self.beta)
        if bool((points == points[0]).all()):
            raise ValueError(
                f"X: wanted points that differ, or a number for beta, got {len(points)} that are all alike"
            )
        return 10 * collapse_beta(points)

    def _starts(self, points: Tensor) -> tuple[Tensor, torch.Generator]:
        """Points to start from, (n_init, p, n), and the chance that drew the first of them."""
        clusters = checks.count("n_clusters", self.n_clusters)
        if len(points) < clusters:
            raise ValueError(f"X: wanted at least n_clusters={clusters} points, got n_samples={len(points)}")
        warn_of_repeats(points, clusters)
        drawn = check_random_state(self.random_state).randint(2**31 - 1, size=checks.count("n_init", self.n_init))
        self._seed = int(drawn[0])
        rngs = [generator("estimator", int(seed)) for seed in drawn]
        chosen = torch.stack([torch.randperm(len(points), generator=rng)[:clusters] for rng in rngs])
        return points[chosen.to(points.device)], rngs[0]

    def _begin(self, points: Tensor) -> None:
        """The model of the best start among the points."""
        starts, _ = self._starts(points)
        objective = self._objective(points.new_full((len(starts),), self._scale(points)))
        parameters = objective.parameters(starts)
        with torch.no_grad():
            best = int(objective.loss(parameters, points).nan_to_num(torch.inf).argmin())
            self._model = tuple(value[best].cpu() for value in objective.model(parameters))
        self._adam, self.n_iter_ = None, 0

    def _found(self: M, points: Tensor, loss: float, updates: int) -> M:
        if not np.isfinite(loss):
            raise FloatingPointError("no loss is finite: a smaller learning_rate or standardised features may help")
        self.cluster_centers_ = (self._model[0] + self._origin.cpu()).numpy()
        self.beta_, self.loss_, self.n_iter_ = float(self._model[2]), loss, updates
        self.labels_ = self._assign(points).cpu().numpy()
        return self

    def _points(self, X: ArrayLike, *, first: bool, least: int = 1) -> Tensor:
        """The points as the model sees them, from an origin that the first ones set."""
        points = super()._points(X, first=first, least=least)
        if first:
            self._origin = self._origin_of(points)
        return points - self._origin

    def _origin_of(self, points: Tensor) -> Tensor:
        return points.mean(0)

    def _fitted(self, like: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        memories, log_weights, beta = (value.to(like) for value in self._model)
        return memories, log_weights, beta

    def _loss(self, beta: Tensor, points: Tensor, rng: torch.Generator) -> Loss:
        """What an update on these points lowers, which may have chance in it."""
        objective = self._objective(beta)
        return lambda parameters: objective.loss(parameters, points)

    @abstractmethod
    def _objective(self, beta: Tensor) -> Completion | Evidence: ...

    @abstractmethod
    def _learn(
        self, points: Tensor, start: Tensor, beta: float, rng: torch.Generator, batches: Batches | None
    ) -> Learned: ...

    @abstractmethod
    def _assign(self, points: Tensor) -> Tensor: ...

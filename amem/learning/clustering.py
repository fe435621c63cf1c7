"""Clustering by memories that are learned: CLAM, CLAM+ELBO, and expectation–maximisation as the second road.

Leading axes are settings and seeds, all trained at once: points (..., count, n), memories (..., p, n), β and learning
rates (...). β is the inverse temperature 1/σ² of the book, with the kernel exp(−β‖x − μ‖²/2). The form exp(−β‖x − μ‖²)
[schaeffer2023probabilistic_lens] is this one at twice its β.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from amem import checks, shapes
from amem.energies.assignment import assignment_energy, assignment_force, gaussian_log_joint
from amem.learning.base import Clustering
from amem.seeds import generator

LIGHTEST = 1e-3
"""The range of CLAM's weights, from this to its inverse, as in the published code."""


# --- what is completed, and how -------------------------------------------------------------------------------------


def attract(
    state: Float[Tensor, "... count n"],
    memories: Float[Tensor, "... p n"],
    beta: Float[Tensor, "..."],
    *,
    step: float,
    steps: int,
    mask: Bool[Tensor, "... count n"] | None = None,
    log_weights: Float[Tensor, "... p"] | None = None,
) -> Float[Tensor, "... count n"]:
    """v ← v + α m ⊙ Σ_k σ_k(log w_k − β‖v − μ_k‖²/2)(μ_k − v), so many times, α = step [saha2023clam].

    The mean shift of the memories, of which only masked entries feel the pull. Without a mask it lowers
    E(v) = −β⁻¹ log Σ_k w_k exp(−β‖v − μ_k‖²/2) for every step below 2. With memories of length one the norm ‖v‖ drops
    out of σ_k: the spherical variant is the same rule.
    """
    keys = beta[..., None, None] * memories
    bias = -(keys * memories).sum(-1)[..., None, :] / 2
    if log_weights is not None:
        bias = bias + log_weights[..., None, :]
    for _ in range(steps):
        pull = (state @ keys.mT + bias).softmax(-1) @ memories - state
        state = state + step * (pull if mask is None else pull * mask)
    return state


def settle(log_joint: Float[Tensor, "... p"], *, step: float | None = None, steps: int = 1) -> Float[Tensor, "... p"]:
    """The logits after so many Euler steps of v̇ = −∇E(v) from v = 0 [schaeffer2024bridging, sec. 2.1].

    E is the AssignmentEnergy of log_joint. One step of size p, the default, lands on the posterior.
    """
    logits = torch.zeros_like(log_joint)
    for _ in range(steps):
        logits = logits + (log_joint.shape[-1] if step is None else step) * assignment_force(logits, log_joint)
    return logits


def nearest(points: Float[Tensor, "... count n"], memories: Float[Tensor, "... p n"]) -> Int[Tensor, "... count"]:
    """The index of the memory nearest to each point."""
    centre = memories.mean(-2, keepdim=True)
    x, mu = points - centre, memories - centre
    return (x @ mu.mT - mu.square().sum(-1)[..., None, :] / 2).argmax(-1)


def collapse_beta(points: Float[Tensor, "count n"]) -> float:
    """β_c = 1/λ_max(Cov x): below it, all memories on the data's mean are a stable fixed point of EM with equal
    weights [schaeffer2024bridging, sec. 2.1].

    Raises ValueError or TypeError if the points are not a finite floating matrix, or all the same.
    """
    covariance = torch.atleast_2d(shapes.matrix("points", points).T.cov(correction=0))
    largest = float(torch.linalg.eigvalsh(covariance)[-1])
    if largest <= 0:
        raise ValueError(f"points: wanted points that differ, got {checks.describe(points)} with all alike")
    return 1 / largest


# --- masks ----------------------------------------------------------------------------------------------------------

Masks = Callable[[], Bool[Tensor, "... count n"]]
"""The next update's masks, True where an entry is hidden."""


def bernoulli_masks(
    count: int, n: int, probability: float, rngs: Sequence[torch.Generator], *, device: torch.device | str = "cpu"
) -> Masks:
    """Every entry hidden with the probability, independently, and at least one in each point, for each generator.

    Each call returns new masks (generators, count, n). Raises ValueError or TypeError for a bad argument.
    """
    checks.count("count", count)
    checks.count("n", n)
    checks.fraction("probability", probability)
    for rng in rngs:
        shapes.generator("rngs", rng)

    def draw() -> Tensor:
        chance = torch.stack([torch.rand(count, n, generator=rng, dtype=torch.float64) for rng in rngs])
        return ((chance < probability) | (chance == chance.amin(-1, keepdim=True))).to(device)

    return draw


def published_masks(
    count: int, n: int, probability: float, rngs: Sequence[torch.Generator], *, device: torch.device | str = "cpu"
) -> Masks:
    """As in the code of [saha2023clam]: ⌊probability · n⌋ indices from 1 to n − 1, drawn with replacement.

    The first entry is never hidden, and for n < 1/probability none is. Raises as `bernoulli_masks` does.
    """
    checks.fraction("probability", probability)
    checks.count("n", n, least=2)

    def draw() -> Tensor:
        hidden = torch.zeros(len(rngs), count, n, dtype=torch.bool)
        drawn = [torch.randint(1, n, (count, int(probability * n)), generator=rng) for rng in rngs]
        return hidden.scatter(-1, torch.stack(drawn), True).to(device)

    return draw


# --- learning -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Learned:
    """What training found: memories (..., p, n), log-weights (..., p) and β (...) at the lowest loss met (...).

    losses: (updates, ...), before each update: the mean squared error of the hidden entries, or the mean energy. With
    masks it is that of one draw of them, the first, which stays the same and is not trained on: else the lowest would
    be that of the luckiest draw.
    """

    memories: Float[Tensor, "... p n"]
    log_weights: Float[Tensor, "... p"]
    beta: Float[Tensor, "..."]
    loss: Float[Tensor, "..."]
    losses: Float[Tensor, "updates ..."]


def fit_clam(
    points: Float[Tensor, "... count n"],
    start: Float[Tensor, "*batch p n"],
    beta: float | Float[Tensor, "*batch"],
    *,
    rate: float | Float[Tensor, "*batch"],
    updates: int,
    masks: Masks | None = None,
    hidden_value: Float[Tensor, " n"] | None = None,
    step: float = 0.1,
    steps: int = 10,
    weighted: bool = False,
    spherical: bool = False,
) -> Learned:
    """CLAM: memories that complete hidden entries best, min_μ mean (m ⊙ (x − v^(T)))² [saha2023clam].

    From v⁰, the point with its hidden entries set to hidden_value (0, the mean of standardised features), `attract`
    takes `steps` steps; the error is sent back through them and Adam moves the memories. Without masks v⁰ = x and all
    entries count. weighted: weights are learned too, between 10⁻³ and 10³. spherical: points and memories are kept at
    length one. The memories of the lowest loss are returned.

    Raises ValueError or TypeError for a bad argument.
    """
    inverse = _settings(points, start, beta, rate, updates)
    checks.positive("step", step)
    checks.count("steps", steps)
    if spherical:
        points, start = (torch.nn.functional.normalize(value, dim=-1) for value in (points, start))
    weights = start.new_zeros(start.shape[:-1])
    same = masks() if masks else None

    def loss(parameters: list[Tensor], mask: Tensor | None) -> Tensor:
        memories = torch.nn.functional.normalize(parameters[0], dim=-1) if spherical else parameters[0]
        hidden = points if mask is None else torch.where(mask, 0.0 if hidden_value is None else hidden_value, points)
        end = attract(
            hidden,
            memories,
            inverse,
            step=step,
            steps=steps,
            mask=mask,
            log_weights=parameters[1] if weighted else None,
        )
        error = (end - points).square()
        if mask is None:
            return error.mean((-2, -1))
        return (error * mask).sum((-2, -1)) / mask.sum((-2, -1)).clamp_min(1)

    def bounded(parameters: list[Tensor]) -> None:
        if weighted:
            parameters[1].clamp_(math.log(LIGHTEST), -math.log(LIGHTEST))

    found, best, losses = _adam(
        lambda parameters: loss(parameters, masks() if masks else None),
        [start, weights] if weighted else [start],
        rate,
        updates,
        bounded=bounded,
        judge=(lambda parameters: loss(parameters, same)) if masks else None,
    )
    memories = torch.nn.functional.normalize(found[0], dim=-1) if spherical else found[0]
    return Learned(memories, found[1] if weighted else weights, inverse, best, losses)


def fit_elbo(
    points: Float[Tensor, "... count n"],
    start: Float[Tensor, "*batch p n"],
    beta: float | Float[Tensor, "*batch"],
    *,
    rate: float | Float[Tensor, "*batch"],
    updates: int,
    step: float | None = None,
    steps: int = 1,
    weighted: bool = True,
    learn_beta: bool = False,
) -> Learned:
    """CLAM+ELBO: min_θ Σ_x E(q_x^(T); θ), the energy of the assignments that `settle` reaches
    [schaeffer2024bridging, sec. 2.1].

    θ are the memories and, if wanted, the logarithms of weights and β. The gradient goes through the steps; at the
    posterior that makes no difference, since there E does not change with q. Starts with equal weights.

    Raises ValueError or TypeError for a bad argument.
    """
    inverse = _settings(points, start, beta, rate, updates)
    checks.count("steps", steps)
    if step is not None:
        checks.positive("step", step)
    learned = [start, start.new_zeros(start.shape[:-1])] if weighted else [start]
    learned += [inverse.log()] if learn_beta else []

    def model(parameters: list[Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        weights = parameters[1] if weighted else parameters[0].new_zeros(start.shape[:-1])
        return parameters[0], weights.log_softmax(-1), parameters[-1].exp() if learn_beta else inverse

    def loss(parameters: list[Tensor]) -> Tensor:
        memories, log_weights, scale = model(parameters)
        log_joint = gaussian_log_joint(points, memories, scale, log_weights)
        return assignment_energy(settle(log_joint, step=step, steps=steps), log_joint).mean(-1)

    found, best, losses = _adam(loss, learned, rate, updates)
    return Learned(*model(found), best, losses)


def expectation_maximisation(
    points: Float[Tensor, "... count n"],
    start: Float[Tensor, "*batch p n"],
    beta: float | Float[Tensor, "*batch"],
    *,
    updates: int,
    weighted: bool = False,
) -> Learned:
    """EM for a mixture with covariance I/β: q = p(k|x), then μ_k = Σ_x q_k x / Σ_x q_k and π_k ∝ Σ_x q_k.

    The memories' half is CLAM+ELBO's gradient step of length (β Σ_x q_k)⁻¹. A memory that nobody is assigned to stays.
    Raises ValueError or TypeError for a bad argument.
    """
    inverse = _settings(points, start, beta, 1.0, updates)
    memories, log_weights = start, start.new_zeros(start.shape[:-1]).log_softmax(-1)
    losses: list[Tensor] = []
    for _ in range(updates):
        log_joint = gaussian_log_joint(points, memories, inverse, log_weights)
        losses.append(-log_joint.logsumexp(-1).mean(-1))
        memories, held = _maximise(points, memories, log_joint.softmax(-1))
        if weighted:
            log_weights = (held / held.sum(-1, keepdim=True)).clamp_min(torch.finfo(held.dtype).tiny).log()
    return Learned(memories, log_weights, inverse, losses[-1], torch.stack(losses))


def _maximise(points: Tensor, memories: Tensor, share: Tensor) -> tuple[Tensor, Tensor]:
    """The share-weighted means of the points, taken as moves so that far-away data lose no digits, and the shares."""
    held = share.sum(-2)
    move = (share.mT @ points - held[..., None] * memories) / held.clamp_min(torch.finfo(held.dtype).tiny)[..., None]
    return memories + move, held


def _settings(points: Tensor, start: Tensor, beta: float | Tensor, rate: float | Tensor, updates: int) -> Tensor:
    """β of every setting, after all arguments have been looked at."""
    shapes.states("points", points)
    shapes.states("start", start)
    for name, value in (("points", points), ("start", start)):
        if value.ndim < 2 or not value.numel() or not torch.isfinite(value).all():
            raise ValueError(f"{name}: wanted finite numbers of shape (..., p, n), got {checks.describe(value)}")
    if start.shape[-1] != points.shape[-1]:
        raise ValueError(f"start: wanted shape (..., p, {points.shape[-1]}), got {checks.describe(start)}")
    checks.count("updates", updates)
    for name, value in (("beta", beta), ("rate", rate)):
        if not isinstance(value, Tensor):
            checks.positive(name, value)
        elif value.shape != start.shape[:-2] or not bool((value > 0).all() and torch.isfinite(value).all()):
            wanted = tuple(start.shape[:-2])
            raise ValueError(f"{name}: wanted numbers above 0 of shape {wanted}, got {checks.describe(value)}")
    return torch.as_tensor(beta, dtype=start.dtype, device=start.device).expand(start.shape[:-2]).clone()


def _adam(
    loss: Callable[[list[Tensor]], Tensor],
    start: list[Tensor],
    rate: float | Tensor,
    updates: int,
    *,
    bounded: Callable[[list[Tensor]], None] = lambda parameters: None,
    judge: Callable[[list[Tensor]], Tensor] | None = None,
) -> tuple[list[Tensor], Tensor, Tensor]:
    """Adam with its usual constants, each setting on its own: a rate each, and the parameters of its lowest loss.

    judge: what is to be lowest, if that is not the loss itself because chance is in it.
    """
    parameters = [value.detach().clone().requires_grad_() for value in start]
    batch = start[0].ndim - 2
    rates = torch.as_tensor(rate, dtype=start[0].dtype, device=start[0].device)

    def each(numbers: Tensor, like: Tensor) -> Tensor:
        """One number a setting, for all entries of its parameters."""
        return numbers.reshape(*numbers.shape, *[1] * (like.ndim - batch)) if numbers.ndim else numbers

    first, second = ([torch.zeros_like(value) for value in parameters] for _ in range(2))
    kept, lowest, losses = [value.detach().clone() for value in parameters], None, []
    for update in range(1, updates + 1):
        levels = loss(parameters)
        gradients = torch.autograd.grad(levels.sum(), parameters)
        with torch.no_grad():
            level = levels.detach() if judge is None else judge(parameters)
            losses.append(level)
            better = torch.ones_like(level, dtype=torch.bool) if lowest is None else level < lowest
            lowest = level if lowest is None else torch.where(better, level, lowest)
            for index, (value, gradient) in enumerate(zip(parameters, gradients, strict=True)):
                kept[index] = torch.where(each(better, value), value, kept[index])
                first[index].lerp_(gradient, 0.1)
                second[index].lerp_(gradient.square(), 0.001)
                size = (second[index] / (1 - 0.999**update)).sqrt_().add_(1e-8)
                value -= each(rates, value) / (1 - 0.9**update) * first[index] / size
            bounded(parameters)
    assert lowest is not None
    return kept, lowest, torch.stack(losses)


# --- estimators -----------------------------------------------------------------------------------------------------

M = TypeVar("M", bound="_Memories")  # the runtime type checker of the tests knows no Self in single methods


class _Memories(Clustering, ABC):
    """What the estimators share: restarts trained at once, of which the lowest loss is kept.

    Features should be standardised first. Memories are numbered by how many points they hold, the fullest first.
    """

    n_clusters: int
    beta: float | None
    learning_rate: float
    max_iter: int
    n_init: int
    random_state: int | np.random.RandomState | None

    def fit(self: M, X: ArrayLike, y: object = None) -> M:
        """Learn memories from the points X, (count, n).

        Raises ValueError or TypeError for bad points or parameters.
        """
        checks.count("n_clusters", self.n_clusters)
        checks.count("n_init", self.n_init)
        points = self._points(X, first=True, least=2)
        if len(points) < self.n_clusters:
            raise ValueError(f"X: wanted at least n_clusters={self.n_clusters} points, got n_samples={len(points)}")
        beta = 10 * collapse_beta(points) if self.beta is None else float(checks.positive("beta", self.beta))
        seeds = check_random_state(self.random_state).randint(2**31 - 1, size=self.n_init)
        rngs = [generator("estimator", int(seed)) for seed in seeds]
        chosen = torch.stack([torch.randperm(len(points), generator=rng)[: self.n_clusters] for rng in rngs])
        learned = self._learn(points, points[chosen.to(points.device)], beta, rngs)
        best = int(learned.loss.argmin())
        self._model = tuple(value[best].cpu() for value in (learned.memories, learned.log_weights, learned.beta))
        held = torch.bincount(self._assign(points), minlength=self.n_clusters).cpu()
        order = held.argsort(descending=True, stable=True)
        self._model = (self._model[0][order], self._model[1][order], self._model[2])
        self.cluster_centers_ = (self._model[0] + self._origin.cpu()).numpy()
        self.beta_, self.loss_, self.n_iter_ = float(self._model[2]), float(learned.loss[best]), self.max_iter
        self.labels_ = self._assign(points).cpu().numpy()
        return self

    def predict(self, X: ArrayLike) -> NDArray[np.int64]:
        """The index of the memory that each point is assigned to."""
        check_is_fitted(self)
        return self._assign(self._points(X, first=False)).cpu().numpy()

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

    @abstractmethod
    def _learn(self, points: Tensor, start: Tensor, beta: float, rngs: list[torch.Generator]) -> Learned: ...

    @abstractmethod
    def _assign(self, points: Tensor) -> Tensor: ...


class CLAM(_Memories):
    """Clustering with an associative memory, as an estimator of scikit-learn [saha2023clam]; see `fit_clam`.

    A point follows `attract` and is assigned to the memory nearest to where it ends. beta: None for 10 β_c. mask: the
    chance with which an entry is hidden in training, 0 for none.

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
        self.random_state = random_state
        self.device = device

    def _points(self, X: ArrayLike, *, first: bool, least: int = 1) -> Tensor:
        points = super()._points(X, first=first, least=least)
        if self.spherical and points.shape[-1] < 2:
            raise ValueError("X: wanted at least 2 features, of which to take a direction, got n_features=1")
        return torch.nn.functional.normalize(points, dim=-1) if self.spherical else points

    def _origin_of(self, points: Tensor) -> Tensor:
        return torch.zeros_like(points[0]) if self.spherical else super()._origin_of(points)

    def _learn(self, points: Tensor, start: Tensor, beta: float, rngs: list[torch.Generator]) -> Learned:
        checks.fraction("mask", self.mask)
        count, n = points.shape
        return fit_clam(
            points,
            start,
            beta,
            rate=self.learning_rate,
            updates=self.max_iter,
            # the same for all restarts: which is best shall not be a matter of masks
            masks=bernoulli_masks(count, n, self.mask, rngs[:1], device=self.device) if self.mask else None,
            step=self.step,
            steps=self.steps,
            weighted=self.weighted,
            spherical=self.spherical,
        )

    def _assign(self, points: Tensor) -> Tensor:
        memories, log_weights, beta = self._fitted(points)
        end = attract(points, memories, beta, step=self.step, steps=self.steps, log_weights=log_weights)
        return nearest(end, memories)


class CLAMELBO(_Memories):
    """CLAM+ELBO, whose state is the posterior over memories, as an estimator [schaeffer2024bridging, sec. 2.1]; see
    `fit_elbo`.

    beta: None for 10 β_c; weighted, learn_beta: whether weights and β are learned too.

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
        self.random_state = random_state
        self.device = device

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """p(k|x) for every point and memory."""
        check_is_fitted(self)
        return self._log_joint(self._points(X, first=False)).softmax(-1).cpu().numpy()

    def _learn(self, points: Tensor, start: Tensor, beta: float, rngs: list[torch.Generator]) -> Learned:
        return fit_elbo(
            points,
            start,
            beta,
            rate=self.learning_rate,
            updates=self.max_iter,
            weighted=self.weighted,
            learn_beta=self.learn_beta,
        )

    def _log_joint(self, points: Tensor) -> Tensor:
        memories, log_weights, beta = self._fitted(points)
        return gaussian_log_joint(points, memories, beta, log_weights)

    def _assign(self, points: Tensor) -> Tensor:
        return self._log_joint(points).argmax(-1)

"""The dynamical Chinese restaurant: memories made on demand in a world that changes [schaeffer2022streaming].

What a memory held long ago counts less than, or in rhythm with, what it holds now: a point at time t_n joins memory c
with prior weight N_c(t_n) = Σ_{m<n} k(t_n − t_m) 1[c_m = c], and a new one with weight α.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from amem import checks
from amem.learning.base import Clustering
from amem.learning.conjugate import Belief, Gaussian, Likelihood

NEGLIGIBLE = 1e-3
"""A point that makes a memory with less than this chance does not make one."""


@dataclass(frozen=True)
class Kernel:
    """k(Δ) = Re Σ_j w_j e^{−r_j Δ}: how much a visit Δ ago still counts, as numbers that a stream can carry along.

    Raises ValueError unless there are as many weights as rates.
    """

    name: str
    rates: tuple[complex, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.rates) != len(self.weights) or not self.rates:
            raise ValueError(f"weights: wanted one for each of {len(self.rates)} rates, got {len(self.weights)}")

    def __call__(self, gap: ArrayLike) -> NDArray[np.float64]:
        terms = np.asarray(self.weights) * np.exp(-np.asarray(gap, dtype=float)[..., None] * np.asarray(self.rates))
        return np.asarray(terms.sum(-1).real)

    def start(self, room: int, like: Float[Tensor, "runs"]) -> Tensor:
        """The state (runs, terms, room) before anyone has come: zero."""
        real = all(complex(rate).imag == 0 for rate in self.rates)
        kind = like.dtype if real else torch.promote_types(like.dtype, torch.complex64)
        return torch.zeros(len(like), len(self.rates), room, dtype=kind, device=like.device)

    def later(self, state: Tensor, gap: float) -> Tensor:
        """The state a time later."""
        decay = [np.exp(-gap * complex(rate)) for rate in self.rates]
        factors = torch.tensor(decay if state.is_complex() else np.real(decay), dtype=state.dtype, device=state.device)
        return state * factors[:, None]

    def occupancy(self, state: Tensor) -> Float[Tensor, "runs room"]:
        """N_c, at least 0 whatever rounding says."""
        weights = torch.tensor(self.weights, dtype=state.dtype, device=state.device)
        return (state * weights[:, None]).sum(1).real.clamp_min(0)


def constant() -> Kernel:
    """k(Δ) = 1: nothing is forgotten; the ordinary Chinese restaurant."""
    return Kernel("constant", (0.0,), (1.0,))


def exponential(rate: float) -> Kernel:
    """k(Δ) = e^{−rate Δ}. Raises ValueError or TypeError if rate is not above 0."""
    return Kernel("exponential", (checks.positive("rate", rate),), (1.0,))


def oscillator(frequency: float) -> Kernel:
    """k(Δ) = ½ + ½ cos(frequency Δ): what comes back in rhythm. Raises ValueError or TypeError if it is not above 0."""
    return Kernel("oscillator", (0.0, 1j * checks.positive("frequency", frequency)), (0.5, 0.5))


def hyperbolic(rate: float) -> Kernel:
    """k(Δ) = 1/(1 + rate Δ) = ∫ e^{−u(1 + rate Δ)} du, as 48 exponentials: the trapezoidal rule in log u at step h = ½,
    off by at most 2√(2πy) e^{−πy/2} = 5·10⁻⁸, y = 2π/h, at any Δ.

    Raises ValueError or TypeError if rate is not above 0.
    """
    checks.positive("rate", rate)
    u = np.exp(np.arange(-20.0, 4.0, 0.5))
    return Kernel("hyperbolic", tuple((rate * u).tolist()), tuple((0.5 * u * np.exp(-u)).tolist()))


@dataclass(frozen=True)
class Seating:
    """How a stream was shared out.

    shares: (runs, count, room), the part of each point that went to each memory, in the order of making; labels:
    (runs, count), its most likely memory. opened: (runs, count), the chance that a point made a memory; their number
    is then Poisson-binomial.
    """

    shares: Float[Tensor, "runs count room"]
    labels: Int[Tensor, "runs count"]
    opened: Float[Tensor, "runs count"]


class DynamicalRestaurant:
    """Streaming variational inference of the dynamical restaurant, runs side by side [schaeffer2022streaming].

    Every point brings a candidate for a new memory, so that a memory has one name, the point that opened it. For a
    point x at a time t,

        q_c ∝ N_c(t) exp E[log p(x | φ_c)],   q_new ∝ α ∫ p(x | φ) p(φ) dφ,

    where N_c(t) = Σ_m k(t − t_m) q_mc is the exact recursion with assignments in the place of chances; the prior adds
    up to one because Σ_c N_c(t) = Σ_m k(t − t_m) is not random. Then the beliefs about φ_c take the part q_c of x in,
    which changes the expectation: `sweeps` times over.

    exp E log is less than E, which measures a new memory: the mean field makes too many. With collapsed=True the
    memories that are there are measured by E[p(x | φ_c)] too, and one sweep is all.

    alpha: (runs,). Raises ValueError or TypeError naming an argument that is out of range.
    """

    def __init__(
        self,
        alpha: Float[Tensor, " runs"],
        kernel: Kernel,
        likelihood: Likelihood,
        *,
        sweeps: int = 3,
        collapsed: bool = False,
        max_memories: int = 1000,
    ) -> None:
        checks.states("alpha", alpha)
        if alpha.ndim != 1 or not bool((alpha > 0).all() and alpha.isfinite().all()):
            raise ValueError(f"alpha: wanted finite numbers above 0, one for each run, got {checks.describe(alpha)}")
        self.alpha, self.kernel, self.likelihood, self.collapsed = alpha, kernel, likelihood, collapsed
        self.sweeps, self.max_memories = checks.count("sweeps", sweeps), checks.count("max_memories", max_memories)
        room = min(16, max_memories)
        self.visits, self.all_visits = kernel.start(room, alpha), kernel.start(1, alpha)
        self.used = torch.zeros_like(alpha, dtype=torch.int64)
        self.belief: Belief | None = None
        self.time: float | None = None

    def prior(self, time: float) -> Float[Tensor, "runs room_and_new"]:
        """p(c) of a point at a time, before it is looked at; last, that of a new memory."""
        visits, total = (self.kernel.occupancy(state) for state in self._later(time))
        return torch.cat([visits, self.alpha[:, None]], -1) / (total + self.alpha[:, None])

    def see(self, x: Float[Tensor, "runs n"], time: float) -> tuple[Float[Tensor, "runs room"], Float[Tensor, " runs"]]:
        """Take a point in and return what part of it went to each memory, and the chance that it made one.

        Raises ValueError if time runs backwards, RuntimeError when more than max_memories are called for.
        """
        belief = self.belief or self.likelihood.prior(self.visits.shape[2], x)
        self.visits, self.all_visits = self._later(time)
        self.time = float(time)
        held = self.kernel.occupancy(self.visits).log()
        new = self.alpha.log()[:, None] + self.likelihood.predictive(self.likelihood.prior(1, x), x)
        if self.collapsed:
            q = torch.cat([held + self.likelihood.predictive(belief, x), new], -1).softmax(-1)
        else:
            after, q = belief, new
            for _ in range(self.sweeps):
                q = torch.cat([held + self.likelihood.expected(after, x), new], -1).softmax(-1)
                after = self.likelihood.updated(belief, x, q[:, :-1])
        opened = torch.where(q[:, -1] > NEGLIGIBLE, q[:, -1], 0)
        opens = opened > 0
        while bool((self.used[opens] == self.visits.shape[2]).any()):
            belief = self._make_room(belief, x)
        room = self.visits.shape[2]
        share = torch.nn.functional.pad(q[:, :-1], (0, room + 1 - q.shape[1]))
        share = share.scatter_add(1, self.used.clamp_max(room - 1)[:, None], opened[:, None])
        share = share / share.sum(-1, keepdim=True)
        self.used = self.used + opens
        self.belief = self.likelihood.updated(belief, x, share)
        self.visits = self.visits + share[:, None]
        self.all_visits = self.all_visits + 1
        return share, opened

    def learn(self, points: Float[Tensor, "runs count n"], times: ArrayLike | None = None) -> Seating:
        """See every point in turn, at times 1, 2, … further on unless others are given. Raises as `see` does."""
        first = 0.0 if self.time is None else self.time
        moments = np.arange(1, points.shape[1] + 1) + first if times is None else np.asarray(times, dtype=float)
        if moments.shape != (points.shape[1],) or not np.isfinite(moments).all():
            raise ValueError(f"times: wanted a finite number for each of {points.shape[1]} points, got {moments.shape}")
        seen = [self.see(x, float(moment)) for x, moment in zip(points.unbind(1), moments, strict=True)]
        room = self.visits.shape[2]
        shares = torch.stack([torch.nn.functional.pad(share, (0, room - share.shape[1])) for share, _ in seen], 1)
        return Seating(shares, shares.argmax(-1), torch.stack([opened for _, opened in seen], 1))

    def log_joint(self, x: Float[Tensor, "runs n"]) -> Float[Tensor, "runs room"]:
        """log N_c + log E[p(x | φ_c)], now, for the memories that there are; −∞ for those that hold nothing.

        Raises ValueError before the first point.
        """
        if self.belief is None:
            raise ValueError("a restaurant must have seen a point before it is asked about one")
        return self.kernel.occupancy(self.visits).log() + self.likelihood.predictive(self.belief, x)

    def _later(self, time: float) -> tuple[Tensor, Tensor]:
        if self.time is not None and time < self.time:
            raise ValueError(f"time: wanted times that do not fall, got {time} after {self.time}")
        gap = 0.0 if self.time is None else time - self.time
        return self.kernel.later(self.visits, gap), self.kernel.later(self.all_visits, gap)

    def _make_room(self, belief: Belief, x: Tensor) -> Belief:
        room = self.visits.shape[2]
        if room == self.max_memories:
            raise RuntimeError(
                f"max_memories: wanted room for one more memory, got all {room} taken; raise it, or lower alpha"
            )
        more = min(2 * room, self.max_memories) - room
        self.visits = torch.nn.functional.pad(self.visits, (0, more))
        return tuple(torch.cat(parts, 1) for parts in zip(belief, self.likelihood.prior(more, x), strict=True))


class DynamicalRestaurantClustering(Clustering):
    """The dynamical Chinese restaurant as a clustering estimator of scikit-learn, for streams.

    `fit` reads the rows in their order, at times 1, 2, … or those given; `partial_fit` goes on. kernel: constant,
    exponential, oscillator or hyperbolic of this module (None: constant); likelihood: Gaussian, Categorical or
    VonMisesFisher of `amem.learning.conjugate` (None: Gaussian, β = 4, ρ = 1, for centred data). labels_ are the most
    likely memories, numbered from 0; n_memories_ is how many of them there are.

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
        points = self._points(X, first=True)
        self._start()
        return self._read(points, times)

    def partial_fit(
        self, X: ArrayLike, y: object = None, times: ArrayLike | None = None
    ) -> "DynamicalRestaurantClustering":
        """Read further rows of a stream; labels_ are those of these rows. Raises as `DynamicalRestaurant` does."""
        first = not hasattr(self, "_restaurant")
        points = self._points(X, first=first)
        if first:
            self._start()
        return self._read(points, times)

    def predict(self, X: ArrayLike) -> NDArray[np.int64]:
        """The most likely among the memories that there are now, for each row."""
        return self.predict_proba(X).argmax(-1)

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """The posterior over the memories that there are now, for each row: (count, p)."""
        check_is_fitted(self)
        used = torch.tensor(self._used, device=self.device)
        rows = [self._restaurant.log_joint(x[None])[0, used].softmax(-1) for x in self._points(X, first=False)]
        return torch.stack(rows).cpu().numpy()

    def _start(self) -> None:
        alpha = torch.tensor([checks.positive("alpha", self.alpha)], dtype=torch.float64, device=self.device)
        kernel, likelihood = self.kernel or constant(), self.likelihood or Gaussian()
        chosen: dict[str, Any] = {name: getattr(self, name) for name in ("sweeps", "collapsed", "max_memories")}
        self._restaurant = DynamicalRestaurant(alpha, kernel, likelihood, **chosen)
        self._used: list[int] = []

    def _read(self, points: Tensor, times: ArrayLike | None) -> "DynamicalRestaurantClustering":
        places = self._restaurant.learn(points[None], times).labels[0].tolist()
        self._used += [place for place in dict.fromkeys(places) if place not in self._used]
        self.labels_ = np.array([self._used.index(place) for place in places])
        self.n_memories_ = len(self._used)
        return self

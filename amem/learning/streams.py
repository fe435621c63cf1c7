"""The dynamical Chinese restaurant: memories made on demand in a world that changes [schaeffer2022streaming].

What a memory held long ago counts less than, or in rhythm with, what it holds now: a point at time t_n joins memory c
with prior weight N_c(t_n) = Σ_{m<n} k(t_n − t_m) 1[c_m = c], and a new one with weight α.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from amem import checks, shapes
from amem.learning.base import Clustering
from amem.learning.conjugate import Belief, Gaussian, Likelihood

NEGLIGIBLE = 1e-3
"""A point that makes a memory with less than this chance does not make one."""
FAINT = 1e-2
"""A memory that is rather not there than there is given up once it weighs less than this, or than this part of α."""


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

    def ceiling(self, state: Tensor) -> Float[Tensor, "runs room"]:
        """The most that N_c can be from now on if nobody comes: Σ_j w_j |state_j|."""
        size = state.abs()
        return (size * size.new_tensor(self.weights)[:, None]).sum(1)


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

    shares: (runs, count, room), the part of each point that went to each place; the memory in a place may be given up
    and another made there. labels: (runs, count), the most likely memory, numbered for good in the order of making.
    opened: (runs, count), the chance that a point made a memory; their number is then Poisson-binomial.
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

    Most memories are only a suspicion, of a part of a point. When a run needs places it gives up those that hold less
    than half a point in all and weigh less than `FAINT` from now on; what they hold goes to the others in proportion,
    so that Σ_c N_c(t) stays what it is. A memory whose weight has vanished is given up whatever it held.

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
        shapes.states("alpha", alpha)
        if alpha.ndim != 1 or not bool((alpha > 0).all() and alpha.isfinite().all()):
            raise ValueError(f"alpha: wanted finite numbers above 0, one for each run, got {checks.describe(alpha)}")
        self.alpha, self.kernel, self.likelihood, self.collapsed = alpha, kernel, likelihood, collapsed
        self.sweeps, self.max_memories = checks.count("sweeps", sweeps), checks.count("max_memories", max_memories)
        room = min(16, max_memories)
        self.visits, self.held = kernel.start(room, alpha), alpha.new_zeros(len(alpha), room)
        self.names = torch.full((len(alpha), room), -1, device=alpha.device)
        self.made = torch.zeros_like(alpha, dtype=torch.int64)
        self.places = torch.full_like(self.made, room)
        self.belief: Belief | None = None
        self.time: float | None = None

    @property
    def number(self) -> Int[Tensor, " runs"]:
        """How many memories there are, the merely suspected among them."""
        return (self.names >= 0).sum(-1)

    def prior(self, time: float) -> Float[Tensor, "runs room_and_new"]:
        """p(c) of a point at a time, before it is looked at; last, that of a new memory."""
        weights = torch.cat([self.kernel.occupancy(self._later(time)), self.alpha[:, None]], -1)
        return weights / weights.sum(-1, keepdim=True)

    def see(self, x: Float[Tensor, "runs n"], time: float) -> tuple[Float[Tensor, "runs room"], Float[Tensor, " runs"]]:
        """Take a point in and return what part of it went to each place, and the chance that it made a memory.

        Raises ValueError if time runs backwards, RuntimeError when more than max_memories are called for.
        """
        belief = self.belief or self.likelihood.prior(self.visits.shape[2], x)
        self.visits = self._later(time)
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
        share = q[:, :-1]
        if bool((opens & (self.number == self.places)).any()):
            belief, share = self._make_room(belief, share, opens & (self.number == self.places), x)
        place = (self.names < 0).to(torch.int8).argmax(-1, keepdim=True)
        share = share.scatter_add(1, place, opened[:, None])
        share = share / share.sum(-1, keepdim=True)
        name = torch.where(opens, self.made, self.names.gather(1, place)[:, 0])
        self.names = self.names.scatter(1, place, name[:, None])
        self.made = self.made + opens
        self.belief = self.likelihood.updated(belief, x, share)
        self.visits, self.held = self.visits + share[:, None], self.held + share
        return share, opened

    def learn(self, points: Float[Tensor, "runs count n"], times: ArrayLike | None = None) -> Seating:
        """See every point in turn, at times 1, 2, … further on unless others are given. Raises as `see` does."""
        first = 0.0 if self.time is None else self.time
        moments = np.arange(1, points.shape[1] + 1) + first if times is None else np.asarray(times, dtype=float)
        if moments.shape != (points.shape[1],) or not np.isfinite(moments).all():
            raise ValueError(f"times: wanted a finite number for each of {points.shape[1]} points, got {moments.shape}")
        shares: list[Tensor] = []
        labels: list[Tensor] = []
        opened: list[Tensor] = []
        for x, moment in zip(points.unbind(1), moments, strict=True):
            share, opens = self.see(x, float(moment))
            shares.append(share)
            labels.append(self.names.gather(1, share.argmax(-1, keepdim=True))[:, 0])
            opened.append(opens)
        room = self.visits.shape[2]
        padded = [torch.nn.functional.pad(share, (0, room - share.shape[1])) for share in shares]
        return Seating(torch.stack(padded, 1), torch.stack(labels, 1), torch.stack(opened, 1))

    def log_joint(self, x: Float[Tensor, "runs n"]) -> Float[Tensor, "runs room"]:
        """log N_c + log E[p(x | φ_c)], now, for the memories that there are; −∞ for those that hold nothing.

        Raises ValueError before the first point.
        """
        if self.belief is None:
            raise ValueError("a restaurant must have seen a point before it is asked about one")
        return self.kernel.occupancy(self.visits).log() + self.likelihood.predictive(self.belief, x)

    def _later(self, time: float) -> Tensor:
        if self.time is not None and time < self.time:
            raise ValueError(f"time: wanted times that do not fall, got {time} after {self.time}")
        return self.kernel.later(self.visits, 0.0 if self.time is None else time - self.time)

    def _make_room(
        self, belief: Belief, share: Float[Tensor, "runs room"], full: Bool[Tensor, " runs"], x: Float[Tensor, "runs n"]
    ) -> tuple[Belief, Float[Tensor, "runs wider"]]:
        """Give up faint memories of the runs that are full, and where that frees less than half, double the places."""
        weight = self.kernel.ceiling(self.visits)
        faint = (self.held < 0.5) & (weight < FAINT * self.alpha.clamp_max(1)[:, None])
        lost = full[:, None] & (faint | (weight < torch.finfo(weight.dtype).tiny))
        rest = torch.where(lost, 0, self.held)
        part = rest / rest.sum(-1, keepdim=True).clamp_min(torch.finfo(rest.dtype).tiny)
        spare = (self.visits * lost[:, None]).sum(-1, keepdim=True)
        self.visits = torch.where(lost[:, None], 0, self.visits) + spare * part[:, None]
        self.held = rest + (self.held * lost).sum(-1, keepdim=True) * part
        self.names = self.names.masked_fill(lost, -1)
        share = share.masked_fill(lost, 0)
        fresh = self.likelihood.prior(lost.shape[1], x)
        belief = tuple(
            torch.where(lost.reshape(lost.shape + (1,) * (old.ndim - 2)), new, old)
            for old, new in zip(belief, fresh, strict=True)
        )
        crowded = full & (2 * self.number > self.places)
        self.places = torch.where(crowded, (2 * self.places).clamp_max(self.max_memories), self.places)
        if bool((full & (self.number == self.places)).any()):
            raise RuntimeError(
                f"max_memories: wanted room for one more memory, got all {self.max_memories} places taken by memories "
                "that hold half a point or still weigh something; raise it, or lower alpha"
            )
        more = int(self.places.max()) - lost.shape[1]
        self.visits, self.held, share = (
            torch.nn.functional.pad(old, (0, more)) for old in (self.visits, self.held, share)
        )
        self.names = torch.nn.functional.pad(self.names, (0, more), value=-1)
        wider = self.likelihood.prior(more, x)
        return tuple(torch.cat(parts, 1) for parts in zip(belief, wider, strict=True)), share


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
        kernel, likelihood = self.kernel or constant(), self.likelihood or Gaussian()
        chosen: dict[str, Any] = {name: getattr(self, name) for name in ("sweeps", "collapsed", "max_memories")}
        self._restaurant = DynamicalRestaurant(alpha, kernel, likelihood, **chosen)
        self._labels: dict[int, int] = {}

    def _read(self, points: Tensor, times: ArrayLike | None) -> "DynamicalRestaurantClustering":
        names = self._restaurant.learn(points[None], times).labels[0].tolist()
        self.labels_ = np.array([self._labels.setdefault(name, len(self._labels)) for name in names])
        self.n_memories_ = len(self._labels)
        return self

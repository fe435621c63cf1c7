"""CLAM+CRP+ELBO: a memory that makes new memories when the data call for them.

Points are Gaussian around memories, x ~ N(μ_k, I/β), memories around the origin, μ_k ~ N(0, I/ρ), and which memory a
point belongs to follows a Chinese restaurant [schaeffer2024bridging]: a memory is chosen ∝ the number N_k of points
it holds, a new one ∝ α. The state is the assignment q over the memories there are and one more that is not there yet;
it descends E(q) = −Σ_k q_k ℓ_k + Σ_k q_k log q_k, whose minimum is the posterior.

Here β and ρ are inverse variances; in the mixture form of the papers they are half of that.
"""

import math
from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float, Int
from numpy.typing import ArrayLike, NDArray
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from amem import checks, shapes
from amem.energies.assignment import assignment_force
from amem.learning.base import Clustering

EMPTY = 1e-9
"""A memory that holds less than this has been given up."""
ABSENT = -1e4
"""The logit of a memory that is not there: exp of it is zero, and it exerts no force."""


class Restaurant:
    """Runs side by side, each with its own α, β, ρ and discount d, and with memories that it makes as points come in.

    For a point x the log joint probabilities are, with κ₀ = βρ/(β + ρ),

        ℓ_k = log(N_k − d) − ½β‖x − μ_k‖² + ½n log(β/2π)          for a memory that is there,
        ℓ_new = log(α + dK) − ½κ₀‖x‖² + ½n log(κ₀/2π)             for a new one,

    after [schaeffer2023probabilistic_lens], which leaves the normalisers out (normalised=False): that favours a new
    memory by the factor (1 + β/ρ)^{n/2}. If the new one is the most likely, a memory is made that holds the point;
    else the point is shared out by q among the memories that are there (hard=False) or given to the most likely one
    (hard=True). Then N_k = Σ q_k and μ_k = Σ q_k x/(N_k + ρ/β). With `steps`, q is not the minimum of E(q) but what so
    many Euler steps of unit length reach from equal logits, v ← v − ∂E/∂v, q = softmax(v).

    alpha, beta, rho, discount: (runs,); α > 0, β and ρ in one over squared length, 0 ≤ d < 1.
    counts: (runs, room), sums: (runs, room, n); room grows, up to max_memories.
    Raises ValueError or TypeError naming the argument that is out of range.
    """

    def __init__(
        self,
        n: int,
        *,
        alpha: Float[Tensor, " runs"],
        beta: Float[Tensor, " runs"],
        rho: Float[Tensor, " runs"],
        discount: Float[Tensor, " runs"] | None = None,
        hard: bool = False,
        normalised: bool = True,
        steps: int | None = None,
        max_memories: int = 1000,
    ) -> None:
        checks.count("n", n)
        checks.count("max_memories", max_memories)
        if steps is not None:
            checks.count("steps", steps)
        discount = torch.zeros_like(alpha) if discount is None else discount
        for name, value in (("alpha", alpha), ("beta", beta), ("rho", rho), ("discount", discount)):
            shapes.states(name, value, alpha.shape[-1])
            lowest = (value >= 0) & (value < 1) if name == "discount" else (value > 0) & value.isfinite()
            if value.ndim != 1 or not lowest.all():
                wanted = "numbers from 0 to below 1" if name == "discount" else "finite numbers above 0"
                raise ValueError(f"{name}: wanted {wanted}, one for each run, got {checks.describe(value)} of {value}")
        self.alpha, self.beta, self.rho, self.discount = alpha, beta, rho, discount
        self.hard, self.normalised, self.steps, self.max_memories = hard, normalised, steps, max_memories
        room = min(16, max_memories)
        self.counts = alpha.new_zeros(len(alpha), room)
        self.sums = alpha.new_zeros(len(alpha), room, n)

    @property
    def memories(self) -> Float[Tensor, "runs room n"]:
        """μ_k = Σ q_k x/(N_k + ρ/β); the origin where there is none."""
        return self.sums / (self.counts + (self.rho / self.beta)[:, None])[..., None]

    @property
    def number(self) -> Int[Tensor, " runs"]:
        """How many memories there are."""
        return (self.counts > EMPTY).sum(-1)

    def log_joint(self, x: Float[Tensor, "runs n"]) -> Float[Tensor, "runs room_and_new"]:
        """ℓ of every memory, −∞ where there is none, and last of a new one."""
        near = self.log_joint_memories(x)
        fresh = self.beta * self.rho / (self.beta + self.rho)
        new = (self.alpha + self.discount * self.number).log() - fresh / 2 * x.square().sum(-1)
        if self.normalised:
            new = new + x.shape[-1] / 2 * (fresh / (2 * math.pi)).log()
        return torch.cat([near, new[:, None]], -1)

    def log_joint_memories(self, x: Float[Tensor, "*batch runs n"]) -> Float[Tensor, "*batch runs room"]:
        """ℓ of every memory, −∞ where there is none."""
        apart = (x[..., None, :] - self.memories).square().sum(-1)
        held = torch.where(self.counts > EMPTY, self.counts - self.discount[:, None], 0).clamp_min(0)
        near = held.log() - self.beta[:, None] / 2 * apart
        if self.normalised:
            near = near + x.shape[-1] / 2 * (self.beta / (2 * math.pi)).log()[:, None]
        return near

    def see(self, x: Float[Tensor, "runs n"]) -> Float[Tensor, "runs room"]:
        """Take a point in and return how it was shared out among the memories.

        Raises RuntimeError when a memory is called for and max_memories are there.
        """
        q = self._assign(self.log_joint(x))
        creates = q.argmax(-1) == q.shape[-1] - 1
        free = self.counts <= EMPTY
        if bool((creates & ~free.any(-1)).any()):
            self._make_room()
            q = torch.cat([q[:, :-1], q.new_zeros(len(q), self.counts.shape[1] + 1 - q.shape[1]), q[:, -1:]], -1)
            free = self.counts <= EMPTY
        share = q[:, :-1]
        chosen = torch.where(creates, free.to(torch.int8).argmax(-1), share.argmax(-1))
        whole = torch.nn.functional.one_hot(chosen, share.shape[1]).to(share)
        shared = whole if self.hard else share / share.sum(-1, keepdim=True).clamp_min(torch.finfo(share.dtype).tiny)
        share = torch.where(creates[:, None], whole, shared)
        self.counts = self.counts + share
        self.sums = self.sums + share[..., None] * x[:, None]
        return share

    def forget(self, x: Float[Tensor, "runs n"], share: Float[Tensor, "runs held"]) -> None:
        """Take a point out that was shared out so. A memory that then holds nothing is given up."""
        share = torch.nn.functional.pad(share, (0, self.counts.shape[1] - share.shape[1]))
        counts = self.counts - share
        self.sums = torch.where(counts[..., None] > EMPTY, self.sums - share[..., None] * x[:, None], 0)
        self.counts = torch.where(counts > EMPTY, counts, 0)

    def learn(self, points: Float[Tensor, "runs count n"], passes: int = 1) -> Float[Tensor, "runs count room"]:
        """See every point in turn; in each further pass, first forget it. Returns how the points are shared out.

        Raises RuntimeError when a memory is called for and max_memories are there.
        """
        shares: list[Tensor] = []
        for sweep in range(passes):
            for place, x in enumerate(points.unbind(1)):
                if sweep:
                    self.forget(x, shares[place])
                    shares[place] = self.see(x)
                else:
                    shares.append(self.see(x))
        room = self.counts.shape[1]
        return torch.stack([torch.nn.functional.pad(share, (0, room - share.shape[1])) for share in shares], 1)

    def _assign(self, log_joint: Tensor) -> Tensor:
        """q: the posterior, or where so many steps of its dynamics lead from v = 0."""
        if self.steps is None:
            return log_joint.softmax(-1)
        there = log_joint > -math.inf
        v, log_joint = torch.where(there, 0.0, ABSENT).to(log_joint), torch.where(there, log_joint, 0)
        for _ in range(self.steps):
            v = v + assignment_force(v, log_joint)
        return v.softmax(-1)

    def _make_room(self) -> None:
        room = self.counts.shape[1]
        if room == self.max_memories:
            raise RuntimeError(
                f"max_memories: wanted room for one more memory, got all {room} taken; raise it, or lower alpha or beta"
            )
        more = min(2 * room, self.max_memories) - room
        self.counts = torch.nn.functional.pad(self.counts, (0, more))
        self.sums = torch.nn.functional.pad(self.sums, (0, 0, 0, more))


def settings(**values: float | Sequence[float]) -> dict[str, Float[Tensor, " runs"]]:
    """Numbers, or a sequence of them for each run, as double-precision tensors of one length.

    >>> settings(alpha=1.0, beta=[1.0, 2.0])
    {'alpha': tensor([1., 1.], dtype=torch.float64), 'beta': tensor([1., 2.], dtype=torch.float64)}
    """
    tensors = [torch.as_tensor(value, dtype=torch.float64).reshape(-1) for value in values.values()]
    return {name: value.clone() for name, value in zip(values, torch.broadcast_tensors(*tensors), strict=True)}


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
        points = self._points(X, first=True)
        self._restaurant = self._start(points.shape[1])
        shares = self._restaurant.learn(points[None], passes)[0]
        # of memories whose points have all moved on, only shares are left
        labels = shares.argmax(-1)
        used = labels.unique()
        order = labels.new_full((shares.shape[1],), -1)
        order[used] = torch.arange(len(used), device=labels.device)
        self._restaurant.counts = self._restaurant.counts[:, used].clone()
        self._restaurant.sums = self._restaurant.sums[:, used].clone()
        self._found(order[labels])
        return self

    def partial_fit(self, X: ArrayLike, y: object = None) -> "RestaurantClustering":
        """Read further rows of a stream; labels_ are those of these rows. Raises as `Restaurant` does."""
        first = not hasattr(self, "_restaurant")
        points = self._points(X, first=first)
        if first:
            self._restaurant = self._start(points.shape[1])
        self._found(self._restaurant.learn(points[None])[0].argmax(-1))
        return self

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

    def _found(self, labels: Tensor) -> None:
        self.n_memories_ = int(self._restaurant.number[0])
        self.memories_ = self._restaurant.memories[0, : self.n_memories_].cpu().numpy()
        self.counts_ = self._restaurant.counts[0, : self.n_memories_].cpu().numpy()
        self.labels_ = labels.cpu().numpy()

"""The dynamical Chinese restaurant: memories made on demand in a world that changes [schaeffer2022streaming].

What a memory held long ago counts less than, or in rhythm with, what it holds now: a point at time t_n joins memory c
with prior weight N_c(t_n) = Σ_{m<n} k(t_n − t_m) 1[c_m = c], and a new one with weight α.
"""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from numpy.typing import ArrayLike
from torch import Tensor

from amem import checks, shapes
from amem.learning.conjugate import Belief, Likelihood
from amem.learning.kernels import Kernel
from amem.learning.unchanged import unchanged_if_refused

NEGLIGIBLE = 1e-3
"""A point that makes a memory with less than this chance does not make one."""
FAINT = 1e-2
"""A memory that is rather not there than there is given up once it weighs less than this, or than this part of α."""


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

    What raises leaves it as it was.

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
        room = min(16, self.max_memories)
        self.visits, self.held = kernel.start(room, alpha), alpha.new_zeros(len(alpha), room)
        self.names = torch.full((len(alpha), room), -1, device=alpha.device)
        self.made = torch.zeros_like(alpha, dtype=torch.int64)
        self.places = torch.full_like(self.made, room)
        self.belief: Belief | None = None
        self.time: float | None = None
        self.width: int | None = None

    @property
    def number(self) -> Int[Tensor, " runs"]:
        """How many memories there are, the merely suspected among them."""
        return (self.names >= 0).sum(-1)

    def prior(self, time: float) -> Float[Tensor, "runs room_and_new"]:
        """p(c) of a point at a time, before it is looked at; last, that of a new memory."""
        later = self._later(checks.real("time", time))
        weights = torch.cat([self.kernel.occupancy(later), self.alpha[:, None]], -1)
        return weights / weights.sum(-1, keepdim=True)

    def see(self, x: Float[Tensor, "runs n"], time: float) -> tuple[Float[Tensor, "runs room"], Float[Tensor, " runs"]]:
        """Take a point in and return what part of it went to each place, and the chance that it made a memory.

        Waits for the device at every point, to see whether there is room.

        Raises ValueError if time runs backwards or x is of another shape than the points before, RuntimeError when
        more than max_memories are called for.
        """
        with unchanged_if_refused(self):
            return self._see(x, checks.real("time", time))

    def _see(self, x: Tensor, time: float) -> tuple[Tensor, Tensor]:
        self._fits(x)
        belief = self.belief or self.likelihood.prior(self.visits.shape[2], x)
        self.visits = self._later(time)
        self.time, self.width = time, x.shape[-1]
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
        """See every point in turn, at times 1, 2, … further on unless others are given. Raises as `see` does, and
        TypeError for dates as times."""
        if shapes.states("points", points).ndim != 3 or points.shape[1] == 0:
            raise ValueError(f"points: wanted shape (runs, count, n), got {checks.describe(points)}")
        if not torch.isfinite(points).all():
            raise ValueError(f"points: wanted finite values, got {checks.describe(points)} with others in it")
        with unchanged_if_refused(self):
            return self._learn(points, times)

    def _learn(self, points: Tensor, times: ArrayLike | None) -> Seating:
        first = 0.0 if self.time is None else self.time
        moments = np.arange(1, points.shape[1] + 1) + first if times is None else checks.numbers("times", times)
        if moments.shape != (points.shape[1],) or not np.isfinite(moments).all():
            raise ValueError(f"times: wanted a finite number for each of {points.shape[1]} points, got {moments.shape}")
        shares: list[Tensor] = []
        labels: list[Tensor] = []
        opened: list[Tensor] = []
        for x, moment in zip(points.unbind(1), moments, strict=True):
            share, opens = self._see(x, float(moment))
            shares.append(share)
            labels.append(self.names.gather(1, share.argmax(-1, keepdim=True))[:, 0])
            opened.append(opens)
        room = self.visits.shape[2]
        padded = [torch.nn.functional.pad(share, (0, room - share.shape[1])) for share in shares]
        return Seating(torch.stack(padded, 1), torch.stack(labels, 1), torch.stack(opened, 1))

    def log_joint(self, x: Float[Tensor, "runs n"]) -> Float[Tensor, "runs room"]:
        """log N_c + log E[p(x | φ_c)], now, for the memories that there are; −∞ for those that hold nothing.

        Raises ValueError before the first point, and for points of another shape.
        """
        if self.belief is None:
            raise ValueError("a restaurant must have seen a point before it is asked about one")
        self._fits(x)
        return self.kernel.occupancy(self.visits).log() + self.likelihood.predictive(self.belief, x)

    def _fits(self, x: Tensor) -> None:
        shapes.states("x", x, self.width)
        if x.shape[:-1] != self.alpha.shape:
            raise ValueError(f"x: wanted shape ({len(self.alpha)}, n), a point a run, got {checks.describe(x)}")

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

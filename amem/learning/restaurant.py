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
from torch import Tensor

from amem import checks, shapes
from amem.energies.assignment import assignment_force
from amem.learning.unchanged import unchanged_if_refused

EMPTY = 1e-9
"""A memory that holds less than this has been given up."""
TILE = 1 << 24
"""Numbers that are held at once where distances are taken coordinate by coordinate."""
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
        n, max_memories = checks.count("n", n), checks.count("max_memories", max_memories)
        steps = None if steps is None else checks.count("steps", steps)
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
        """ℓ of every memory, −∞ where there is none, and last of a new one.

        Raises ValueError or TypeError if x is not floating of shape (runs, n).
        """
        self._fits(x)
        near = self.log_joint_memories(x)
        fresh = self.beta * self.rho / (self.beta + self.rho)
        new = (self.alpha + self.discount * self.number).log() - fresh / 2 * x.square().sum(-1)
        if self.normalised:
            new = new + x.shape[-1] / 2 * (fresh / (2 * math.pi)).log()
        return torch.cat([near, new[:, None]], -1)

    def log_joint_memories(self, x: Float[Tensor, "*batch runs n"]) -> Float[Tensor, "*batch runs room"]:
        """ℓ of every memory, −∞ where there is none.

        Raises ValueError or TypeError if x is not floating of shape (..., runs, n).
        """
        self._fits(x, batch=True)
        memories = self.memories
        if x.shape[:-2].numel() * memories.numel() <= TILE:
            apart = (x[..., None, :] - memories).square().sum(-1)
        else:
            rows = x.flatten(0, -3).split(max(1, TILE // memories.numel()))
            distances = torch.cat([(row[..., None, :] - memories).square().sum(-1) for row in rows])
            apart = distances.unflatten(0, x.shape[:-2])
        held = torch.where(self.counts > EMPTY, self.counts - self.discount[:, None], 0).clamp_min(0)
        near = held.log() - self.beta[:, None] / 2 * apart
        if self.normalised:
            near = near + x.shape[-1] / 2 * (self.beta / (2 * math.pi)).log()[:, None]
        return near

    def see(self, x: Float[Tensor, "runs n"]) -> Float[Tensor, "runs room"]:
        """Take a point in and return how it was shared out among the memories.

        Waits for the device at every point, to see whether there is room.

        Raises ValueError or TypeError if x is not floating of shape (runs, n), RuntimeError when a memory is called
        for and max_memories are there.
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
        """Take a point out that was shared out so. A memory that then holds nothing is given up.

        Raises ValueError or TypeError if x is not floating of shape (runs, n).
        """
        self._fits(x)
        share = torch.nn.functional.pad(share, (0, self.counts.shape[1] - share.shape[1]))
        counts = self.counts - share
        self.sums = torch.where(counts[..., None] > EMPTY, self.sums - share[..., None] * x[:, None], 0)
        self.counts = torch.where(counts > EMPTY, counts, 0)

    def learn(self, points: Float[Tensor, "runs count n"], passes: int = 1) -> Float[Tensor, "runs count room"]:
        """See every point in turn; in each further pass, first forget it. Returns how the points are shared out.

        All of them, or none when it raises: ValueError or TypeError for points that are not floating of shape (runs,
        count, n), RuntimeError when a memory is called for and max_memories are there.
        """
        passes = checks.count("passes", passes)
        if shapes.states("points", points).ndim != 3 or points.shape[1] == 0:
            raise ValueError(f"points: wanted shape (runs, count, n), got {checks.describe(points)}")
        if not torch.isfinite(points).all():
            raise ValueError(f"points: wanted finite values, got {checks.describe(points)} with others in it")
        with unchanged_if_refused(self):
            return self._learn(points, passes)

    def _learn(self, points: Tensor, passes: int) -> Tensor:
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

    def _fits(self, x: Tensor, batch: bool = False) -> None:
        runs, _, n = self.sums.shape
        if shapes.states("x", x, n).shape[-2:-1] != (runs,) or (x.ndim > 2 and not batch):
            wanted = f"({'..., ' if batch else ''}{runs}, {n})"
            raise ValueError(f"x: wanted shape {wanted}, a point a run, got {checks.describe(x)}")

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
    plain = [value if isinstance(value, Tensor) else np.array(value, dtype=np.float64) for value in values.values()]
    tensors = [torch.as_tensor(value, dtype=torch.float64).reshape(-1) for value in plain]
    return {name: value.clone() for name, value in zip(values, torch.broadcast_tensors(*tensors), strict=True)}

"""The evidence lower bound as an energy over assignments: the state is a belief about which memory a point is of."""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from amem import checks, shapes
from amem.energies.base import Energy


class AssignmentEnergy(Energy):
    """E(v) = Σ_k q_k (log q_k − ℓ_k) = KL(q ‖ p(k|x)) − log p(x), q = softmax(v) [schaeffer2024bridging, sec. 2.1].

    The state is a vector of p logits, one for each memory, and ℓ_k = log p(x, k) the log-joint of a point and memory k.
    Convex in q, with its one minimum at the posterior, where it is −log p(x). Adding a number to all logits changes
    nothing, and neither does the force: Σ_k v_k is conserved.

    log_joint: (..., p), broadcast against the states: one point for all of them, or one for each.
    Raises ValueError or TypeError for a log_joint that is not floating, finite and not empty.
    """

    log_joint: Tensor

    def __init__(self, log_joint: Float[Tensor, "... p"]) -> None:
        super().__init__()
        known = torch.isfinite(shapes.states("log_joint", log_joint))
        if not (known.numel() and known.all()):
            raise ValueError(f"log_joint: wanted finite values, got {checks.describe(log_joint)} with others or none")
        self.keep("log_joint", log_joint)

    @property
    def n(self) -> int:
        return self.log_joint.shape[-1]

    def forward(self, state: Float[Tensor, "*batch p"]) -> Float[Tensor, "*batch"]:
        return assignment_energy(state, self.log_joint)

    def force(self, state: Float[Tensor, "*batch p"]) -> Float[Tensor, "*batch p"]:
        """q_k (g_k − Σ_j q_j g_j), g = ℓ − log q: every memory excites itself and inhibits all others, in O(p)."""
        return assignment_force(state, self.log_joint)

    def posterior(self) -> Float[Tensor, "... p"]:
        """p(k|x) = softmax(ℓ): where every finite start ends."""
        return self.log_joint.softmax(-1)


def assignment_energy(logits: Float[Tensor, "... p"], log_joint: Float[Tensor, "... p"]) -> Float[Tensor, "..."]:
    """Σ_k q_k (log q_k − ℓ_k) with q = softmax(logits)."""
    log_q = logits.log_softmax(-1)
    return (log_q.exp() * (log_q - log_joint)).sum(-1)


def assignment_force(logits: Float[Tensor, "... p"], log_joint: Float[Tensor, "... p"]) -> Float[Tensor, "... p"]:
    """Minus the gradient of `assignment_energy` in the logits."""
    log_q = logits.log_softmax(-1)
    q, gain = log_q.exp(), log_joint - log_q
    return q * (gain - (q * gain).sum(-1, keepdim=True))


def gaussian_log_joint(
    points: Float[Tensor, "... count n"],
    memories: Float[Tensor, "... p n"],
    beta: float | Float[Tensor, "..."],
    log_weights: Float[Tensor, "... p"] | None = None,
) -> Float[Tensor, "... count p"]:
    """ℓ_k = log π_k + log N(x; μ_k, I/β) for every point x and memory μ_k; without log_weights π_k = 1/p.

    Leading axes, of all four, are broadcast against one another. Distances are taken from the memories' mean and in
    double precision, so that data far from the origin or far apart lose no digits: ℓ is right to 0.05 nats, or to its
    dtype's last digit, where points and memories are no further from that mean than 10⁷/√β.

    Raises ValueError if points and memories differ in width.
    """
    n, p = memories.shape[-1], memories.shape[-2]
    if points.shape[-1] != n:
        raise ValueError(f"points: wanted shape (..., count, {n}), got {checks.describe(points)}")
    scale = torch.as_tensor(beta, dtype=torch.float64, device=memories.device)[..., None, None]
    centre = memories.double().mean(-2, keepdim=True)
    x, mu = points.double() - centre, memories.double() - centre
    squares = x.square().sum(-1, keepdim=True) + mu.square().sum(-1)[..., None, :]
    weight = -math.log(p) if log_weights is None else log_weights.double().log_softmax(-1)[..., None, :]
    log_joint = scale * (x @ mu.mT - squares / 2) + n / 2 * (scale / (2 * math.pi)).log() + weight
    return log_joint.to(memories.dtype)

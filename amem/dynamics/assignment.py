"""What a point does among memories, and what its logits do, on the way to the memory that it belongs to.

Leading axes are settings and seeds, all at once: points (..., count, n), memories (..., p, n), β (...).
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from amem import checks, shapes
from amem.energies.assignment import assignment_force


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

    Raises ValueError or TypeError if the widths differ or a number is out of range.
    """
    shapes.states("state", state, shapes.states("memories", memories).shape[-1])
    step, steps = checks.positive("step", step), checks.count("steps", steps)
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

    Raises ValueError or TypeError for a bad argument.
    """
    shapes.states("log_joint", log_joint)
    length = log_joint.shape[-1] if step is None else checks.positive("step", step)
    logits = torch.zeros_like(log_joint)
    for _ in range(checks.count("steps", steps)):
        logits = logits + length * assignment_force(logits, log_joint)
    return logits


def nearest(points: Float[Tensor, "... count n"], memories: Float[Tensor, "... p n"]) -> Int[Tensor, "... count"]:
    """The index of the memory nearest to each point. Raises ValueError or TypeError if the widths differ."""
    shapes.states("points", points, shapes.states("memories", memories).shape[-1])
    centre = memories.mean(-2, keepdim=True)
    x, mu = points - centre, memories - centre
    return (x @ mu.mT - mu.square().sum(-1)[..., None, :] / 2).argmax(-1)

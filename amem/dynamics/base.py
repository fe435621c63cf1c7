"""Updates and `run`, which drives them."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from amem import checks, shapes

Update = Callable[[Tensor], Tensor]
"""A rule from states (..., n) to the next states (..., n). A stochastic rule is given its generator when it is made."""


@dataclass(frozen=True)
class Trajectory:
    """Where a run ended and what it passed through.

    state: (..., n), the last state of every query. steps: (...), how many updates each query took. converged: (...),
    whether its last update moved it by no more than the tolerance. kept: (t, ..., n), the states after `times`
    updates, or None.
    """

    state: Float[Tensor, "*batch n"]
    steps: Int[Tensor, "*batch"]
    converged: Bool[Tensor, "*batch"]
    kept: Tensor | None
    times: tuple[int, ...]


def run(
    update: Update,
    start: Float[Tensor, "*batch n"],
    *,
    steps: int,
    keep_every: int = 0,
    tolerance: float | None = None,
) -> Trajectory:
    """Apply an update at most `steps` times to every query in start, (..., n).

    With a tolerance, a query rests once an update moves it by no more than that distance, ‖next − state‖ ≤ tolerance,
    and leaves the batch: the others go on without it, and what it answers does not depend on them. A tolerance of 0
    asks for an exact fixed point. With keep_every = k, the states after 0, k, 2k, … updates are kept, time first.

    Raises ValueError or TypeError for a bad argument and FloatingPointError if a state is not finite at the end.
    """
    shapes.states("start", start)
    checks.count("steps", steps, least=0)
    checks.count("keep_every", keep_every, least=0)
    if tolerance is not None:
        checks.at_least_zero("tolerance", tolerance)
    n = start.shape[-1]
    moving = start.reshape(-1, n)
    index = torch.arange(len(moving), device=start.device)
    rested: list[tuple[Tensor, Tensor]] = []
    taken = torch.full((len(moving),), steps, device=start.device)
    kept = [start.clone()] if keep_every else []
    for step in range(1, steps + 1):
        if not len(index):
            break
        before, moving = moving, update(moving)
        if tolerance is not None:
            rests = torch.linalg.vector_norm(moving - before, dim=-1) <= tolerance
            if rests.any():
                taken[index[rests]] = step
                rested.append((index[rests], moving[rests]))
                index, moving = index[~rests], moving[~rests]
        if keep_every and step % keep_every == 0:
            kept.append(_whole(rested, index, moving).reshape(start.shape))
    final = _whole(rested, index, moving)
    if keep_every:
        kept.extend([final.reshape(start.shape)] * (1 + steps // keep_every - len(kept)))
    if not torch.isfinite(final).all():
        worst = int((~torch.isfinite(final)).any(-1).sum())
        raise FloatingPointError(
            f"{worst} of {len(final)} states are not finite after {steps} steps; "
            "a smaller step, a lower beta or float64 may help"
        )
    converged = torch.ones(len(final), dtype=torch.bool, device=start.device)
    converged[index] = False
    batch = start.shape[:-1]
    return Trajectory(
        state=final.reshape(start.shape),
        steps=taken.reshape(batch),
        converged=converged.reshape(batch),
        kept=torch.stack(kept) if kept else None,
        times=tuple(range(0, steps + 1, keep_every)) if keep_every else (),
    )


def _whole(rested: list[tuple[Tensor, Tensor]], index: Tensor, moving: Tensor) -> Tensor:
    """All queries in their first order, those at rest and those still moving."""
    if not rested:
        return moving
    order = torch.cat([*(where for where, _ in rested), index]).argsort()
    return torch.cat([*(state for _, state in rested), moving])[order]

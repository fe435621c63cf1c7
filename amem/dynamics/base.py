"""Updates and `run`, which drives them."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from amem import checks, shapes

Update = Callable[[Tensor], Tensor]
"""A rule from states (..., n) to the next states (..., n). A stochastic rule is given its generator when it is made.
The rules of this package can be copied and pickled, generator included."""


class Sequential(ABC):
    """An update that moves one neuron after another. It is told which are held, and passes over them: put back only at
    the end, they would meanwhile have moved the others."""

    @abstractmethod
    def __call__(
        self, state: Float[Tensor, "*batch n"], held: Bool[Tensor, "*batch n"] | None = None
    ) -> Float[Tensor, "*batch n"]:
        """The next states, in which the neurons held have kept their values."""


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
    held: Bool[Tensor, "..."] | None = None,
) -> Trajectory:
    """Apply an update at most `steps` times to every query in start, (..., n).

    With a tolerance, a query rests once an update moves it by no more than that distance, ‖next − state‖ ≤ tolerance,
    and leaves the batch: the others go on without it, and what it answers does not depend on them. A tolerance of 0
    asks for an exact fixed point. With keep_every = k, the states after 0, k, 2k, … updates are kept, time first.

    held: neurons that keep the value they start with, a mask of truth values that broadcasts against start, such as
    `cue != 0` for the known neurons of a masked cue. A rule that moves all neurons at once has them put back after each
    update; one that moves them in turn (`Sequential`) passes over them. Either way the others move as they would in the
    landscape in which those held are constants.

    Values are looked at, for which a GPU is waited for, at the start, at the end and, with a tolerance, after every
    update. Raises ValueError or TypeError for a bad argument, a start that is not finite among them, and
    FloatingPointError if a state is not finite at the end.
    """
    shapes.states("start", start)
    if not torch.isfinite(start).all():
        raise ValueError(f"start: wanted finite values, got {checks.describe(start)} with NaN or infinity in it")
    steps = checks.count("steps", steps, least=0)
    keep_every = checks.count("keep_every", keep_every, least=0)
    if tolerance is not None:
        tolerance = checks.at_least_zero("tolerance", tolerance)
    n = start.shape[-1]
    moving = start.reshape(-1, n)
    fixed = None if held is None else _mask(held, start).reshape(-1, n)
    index = torch.arange(len(moving), device=start.device)
    rested: list[tuple[Tensor, Tensor]] = []
    taken = torch.full((len(moving),), steps, device=start.device)
    kept = [start.clone()] if keep_every else []
    for step in range(1, steps + 1):
        if not len(index):
            break
        before, moving = moving, _moved(update, moving, fixed)
        if tolerance is not None:
            rests = _rests(before, moving, tolerance)
            if rests.any():
                taken[index[rests]] = step
                rested.append((index[rests], moving[rests]))
                index, moving = index[~rests], moving[~rests]
                fixed = None if fixed is None else fixed[~rests]
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


def _mask(held: Tensor, start: Tensor) -> Tensor:
    """Which neurons of which state are held, in full."""
    if not isinstance(held, Tensor) or held.dtype is not torch.bool:
        raise TypeError(f"held: wanted a tensor of truth values, got {checks.describe(held)}")
    try:
        return held.to(start.device).expand(start.shape)
    except RuntimeError:
        wanted = f"a mask that broadcasts to the start's shape {tuple(start.shape)}"
        raise ValueError(f"held: wanted {wanted}, got {checks.describe(held)}") from None


def _moved(update: Update, state: Tensor, held: Tensor | None) -> Tensor:
    if held is None:
        return update(state)
    if isinstance(update, Sequential):
        return update(state, held)
    return torch.where(held, state, update(state))


def _rests(before: Tensor, after: Tensor, tolerance: float) -> Tensor:
    """Which states have moved no further than the tolerance; the square of a very short move may be 0."""
    if tolerance == 0:
        return (after == before).all(-1)
    return torch.linalg.vector_norm(after - before, dim=-1) <= tolerance


def _whole(rested: list[tuple[Tensor, Tensor]], index: Tensor, moving: Tensor) -> Tensor:
    """All queries in their first order, those at rest and those still moving."""
    if not rested:
        return moving
    order = torch.cat([*(where for where, _ in rested), index]).argsort()
    return torch.cat([*(state for _, state in rested), moving])[order]

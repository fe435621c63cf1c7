"""Going downhill with noise of any size: the sampler of contrastive divergence."""

from dataclasses import dataclass
from functools import partial

import torch
from jaxtyping import Float
from torch import Tensor

from amem import checks, shapes
from amem.dynamics.base import Update
from amem.energies import Energy


@dataclass(frozen=True, kw_only=True)
class NoisyDescent:
    """x ← x − α∇E(x) + σω, ω ~ N(0, I), with a noise σ that the step α does not fix [schaeffer2024bridging, sec. 1].

    In a well of curvature k it has the temperature σ²/2α up to terms in αk, and is stable for αk < 2. It samples
    exp(−E) for σ = √(2α) and a small step: then it is `langevin`.

    step: α, above 0. noise: σ, at least 0. noise_first: whether the gradient is taken where the noise has led, as the
    authors' code has it, or before. clip: the largest move α|∂E/∂x_i| of a coordinate, or None. box: the largest |x_i|
    after a step, or None. moving: which coordinates move, counted from 0, or None for all. Raises ValueError or
    TypeError for numbers out of range; `move` raises ValueError for states without the coordinates that are to move.
    """

    step: float
    noise: float
    noise_first: bool
    clip: float | None = None
    box: float | None = None
    moving: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        plain: dict[str, object] = {
            "step": checks.positive("step", self.step),
            "noise": checks.at_least_zero("noise", self.noise),
        }
        for name, bound in (("clip", self.clip), ("box", self.box)):
            if bound is not None:
                plain[name] = checks.positive(name, bound)
        if self.moving is not None:
            if not isinstance(self.moving, tuple):
                raise TypeError(f"moving: wanted a tuple of whole numbers, got {checks.describe(self.moving)}")
            coordinates = tuple(checks.count("moving", coordinate, least=0) for coordinate in self.moving)
            if not coordinates or len(set(coordinates)) < len(coordinates):
                raise ValueError(f"moving: wanted one coordinate or several different ones, got {self.moving}")
            plain["moving"] = coordinates
        for name, value in plain.items():
            object.__setattr__(self, name, value)

    def update(self, energy: Energy, rng: torch.Generator) -> Update:
        """The rule for one energy, with chance from one generator.

        Raises TypeError if energy is not an Energy or rng no generator.
        """
        if not isinstance(energy, Energy):
            raise TypeError(f"energy: wanted an amem Energy, got {checks.describe(energy)}")
        return partial(self._drawn, energy, shapes.generator("rng", rng))

    def move(
        self, energy: Energy, state: Float[Tensor, "*batch n"], draw: Float[Tensor, "*batch n"]
    ) -> Float[Tensor, "*batch n"]:
        """One step with the normal numbers ω given."""
        if self.moving is not None and max(self.moving) >= state.shape[-1]:
            wanted = f"at least {max(self.moving) + 1} coordinates, of which {self.moving} move"
            raise ValueError(f"state: wanted {wanted}, got {checks.describe(state)}")
        noise = self.noise * draw
        start = self._held(state, state + noise) if self.noise_first else state
        move = self.step * energy.force(start)
        if self.clip is not None:
            move = move.clamp(-self.clip, self.clip)
        moved = start + move if self.noise_first else start + move + noise
        return self._held(state, moved if self.box is None else moved.clamp(-self.box, self.box))

    def _drawn(self, energy: Energy, rng: torch.Generator, state: Tensor) -> Tensor:
        draw = torch.randn(state.shape, generator=rng, dtype=torch.float64, device=rng.device)
        return self.move(energy, state, draw.to(state))

    def _held(self, state: Tensor, moved: Tensor) -> Tensor:
        """The new state, with the coordinates that do not move as they were."""
        if self.moving is None:
            return moved
        kept = state.clone()
        for coordinate in self.moving:
            kept[..., coordinate] = moved[..., coordinate]
        return kept

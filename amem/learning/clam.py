"""CLAM: memories that complete what is hidden of their points [saha2023clam].

Leading axes are settings and seeds, all trained at once: points (..., count, n), memories (..., p, n), β and learning
rates (...). β is the inverse temperature 1/σ² of the book, with the kernel exp(−β‖x − μ‖²/2). The form exp(−β‖x − μ‖²)
[schaeffer2023probabilistic_lens] is this one at twice its β.
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn.functional import normalize

from amem import checks, shapes
from amem.dynamics.assignment import attract
from amem.learning.descent import Learned, minimise, plain, settings_of
from amem.learning.masks import Batches, Masks

LIGHTEST = 1e-3
"""The range of CLAM's weights, from this to its inverse, as in the published code."""


@dataclass(frozen=True)
class Completion:
    """What CLAM lowers: mean (m ⊙ (x − v^(T)))², over the memories and, if weighted, their log-weights.

    beta: (...); the others as `fit_clam` has them.
    """

    beta: Float[Tensor, "..."]
    step: float = 0.1
    steps: int = 10
    weighted: bool = False
    spherical: bool = False
    hidden_value: Float[Tensor, " n"] | None = None

    def parameters(
        self, memories: Float[Tensor, "... p n"], log_weights: Float[Tensor, "... p"] | None = None
    ) -> list[Tensor]:
        """Those of a model, without log_weights of equal weights."""
        weights = memories.new_zeros(memories.shape[:-1]) if log_weights is None else log_weights
        return [memories, weights] if self.weighted else [memories]

    def model(self, parameters: list[Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        """Memories, log-weights and β."""
        memories = normalize(parameters[0], dim=-1) if self.spherical else parameters[0]
        return memories, parameters[1] if self.weighted else memories.new_zeros(memories.shape[:-1]), self.beta

    def loss(
        self,
        parameters: list[Tensor],
        points: Float[Tensor, "... count n"],
        mask: Bool[Tensor, "... count n"] | None = None,
    ) -> Float[Tensor, "..."]:
        """The mean squared error of the hidden entries, or without a mask of all."""
        memories, log_weights, beta = self.model(parameters)
        value = 0.0 if self.hidden_value is None else self.hidden_value
        end = attract(
            points if mask is None else torch.where(mask, value, points),
            memories,
            beta,
            step=self.step,
            steps=self.steps,
            mask=mask,
            log_weights=log_weights if self.weighted else None,
        )
        error = (end - points).square()
        if mask is None:
            return error.mean((-2, -1))
        return (error * mask).sum((-2, -1)) / mask.sum((-2, -1)).clamp_min(1)

    @torch.no_grad()
    def bounded(self, parameters: list[Tensor]) -> None:
        """Hold the weights in their range."""
        if self.weighted:
            parameters[1].clamp_(math.log(LIGHTEST), -math.log(LIGHTEST))


@torch.inference_mode(False)
@torch.enable_grad()
def fit_clam(
    points: Float[Tensor, "... count n"],
    start: Float[Tensor, "*batch p n"],
    beta: float | Float[Tensor, "*batch"],
    *,
    rate: float | Float[Tensor, "*batch"],
    updates: int,
    masks: Masks | None = None,
    batches: Batches | None = None,
    hidden_value: Float[Tensor, " n"] | None = None,
    step: float = 0.1,
    steps: int = 10,
    weighted: bool = False,
    spherical: bool = False,
) -> Learned:
    """CLAM: memories that complete hidden entries best, min_μ mean (m ⊙ (x − v^(T)))² [saha2023clam].

    From v⁰, the point with its hidden entries set to hidden_value (0, the mean of standardised features), `attract`
    takes `steps` steps; the error is sent back through them and Adam moves the memories. Without masks v⁰ = x and all
    entries count. batches: the points of each update, if not all; masks are then masks of so many. weighted: weights
    are learned too, between 10⁻³ and 10³. spherical: points and memories are kept at length one. The memories of the
    lowest loss are returned.

    Raises ValueError or TypeError for a bad argument.
    """
    chosen = settings_of(points, start, beta, rate, updates)
    points, start = plain(points), plain(start)
    if hidden_value is not None:
        hidden_value = plain(shapes.states("hidden_value", hidden_value, points.shape[-1]))
    if spherical:
        points, start = (normalize(value, dim=-1) for value in (points, start))
    completion = Completion(
        chosen.beta, checks.positive("step", step), checks.count("steps", steps), weighted, spherical, hidden_value
    )

    def draw() -> tuple[Tensor, Tensor | None]:
        seen = points if batches is None else points[..., batches().to(points.device), :]
        mask = None if masks is None else plain(masks())
        if mask is not None and mask.shape[-2:] != seen.shape[-2:]:
            raise ValueError(f"masks: wanted shape (..., {len(seen)}, {seen.shape[-1]}), got {checks.describe(mask)}")
        return seen, mask

    same = draw() if masks or batches else None
    found, best, losses = minimise(
        lambda parameters: completion.loss(parameters, *draw()),
        completion.parameters(start),
        chosen.rate,
        chosen.updates,
        bounded=completion.bounded,
        judge=None if same is None else lambda parameters: completion.loss(parameters, *same),
    )
    return Learned(*completion.model(found), best, losses)

"""CLAM+ELBO, memories under which data are likely [schaeffer2024bridging], and expectation–maximisation beside it.

Leading axes are settings and seeds, all trained at once, as in `amem.learning.clam`.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from amem import checks
from amem.dynamics.assignment import settle
from amem.energies.assignment import assignment_energy, gaussian_log_joint
from amem.learning.descent import Learned, minimise, plain, settings_of
from amem.learning.masks import Batches


@dataclass(frozen=True)
class Evidence:
    """What CLAM+ELBO lowers: the mean energy of the assignments, over the memories and, if wanted, the logarithms of
    weights and β.

    beta: (...), or where it starts; the others as `fit_elbo` has them.
    """

    beta: Float[Tensor, "..."]
    step: float | None = None
    steps: int = 1
    weighted: bool = True
    learn_beta: bool = False

    def parameters(
        self, memories: Float[Tensor, "... p n"], log_weights: Float[Tensor, "... p"] | None = None
    ) -> list[Tensor]:
        """Those of a model, without log_weights of equal weights."""
        weights = memories.new_zeros(memories.shape[:-1]) if log_weights is None else log_weights
        learned = [memories, weights] if self.weighted else [memories]
        return [*learned, self.beta.log()] if self.learn_beta else learned

    def model(self, parameters: list[Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        """Memories, log-weights and β."""
        weights = parameters[1] if self.weighted else parameters[0].new_zeros(parameters[0].shape[:-1])
        return parameters[0], weights.log_softmax(-1), parameters[-1].exp() if self.learn_beta else self.beta

    def loss(self, parameters: list[Tensor], points: Float[Tensor, "... count n"]) -> Float[Tensor, "..."]:
        """The mean energy of the assignments; at the posterior, minus the mean log-likelihood of a point."""
        memories, log_weights, scale = self.model(parameters)
        log_joint = gaussian_log_joint(points, memories, scale, log_weights)
        return assignment_energy(settle(log_joint, step=self.step, steps=self.steps), log_joint).mean(-1)

    def bounded(self, parameters: list[Tensor]) -> None:
        """Nothing is out of bounds."""


@torch.inference_mode(False)
@torch.enable_grad()
def fit_elbo(
    points: Float[Tensor, "... count n"],
    start: Float[Tensor, "*batch p n"],
    beta: float | Float[Tensor, "*batch"],
    *,
    rate: float | Float[Tensor, "*batch"],
    updates: int,
    batches: Batches | None = None,
    step: float | None = None,
    steps: int = 1,
    weighted: bool = True,
    learn_beta: bool = False,
) -> Learned:
    """CLAM+ELBO: min_θ Σ_x E(q_x^(T); θ), the energy of the assignments that `settle` reaches
    [schaeffer2024bridging, sec. 2.1].

    θ are the memories and, if wanted, the logarithms of weights and β. The gradient goes through the steps; at the
    posterior that makes no difference, since there E does not change with q. Starts with equal weights. batches: the
    points of each update, if not all.

    Raises ValueError or TypeError for a bad argument.
    """
    chosen = settings_of(points, start, beta, rate, updates)
    points, start = plain(points), plain(start)
    step, steps = None if step is None else checks.positive("step", step), checks.count("steps", steps)
    evidence = Evidence(chosen.beta, step, steps, weighted, learn_beta)

    def draw() -> Tensor:
        return points if batches is None else points[..., batches().to(points.device), :]

    same = None if batches is None else draw()
    found, best, losses = minimise(
        lambda parameters: evidence.loss(parameters, draw()),
        evidence.parameters(start),
        chosen.rate,
        chosen.updates,
        judge=None if same is None else lambda parameters: evidence.loss(parameters, same),
    )
    return Learned(*evidence.model(found), best, losses)


def expectation_maximisation(
    points: Float[Tensor, "... count n"],
    start: Float[Tensor, "*batch p n"],
    beta: float | Float[Tensor, "*batch"],
    *,
    updates: int,
    weighted: bool = False,
) -> Learned:
    """EM for a mixture with covariance I/β: q = p(k|x), then μ_k = Σ_x q_k x / Σ_x q_k and π_k ∝ Σ_x q_k.

    The memories' half is CLAM+ELBO's gradient step of length (β Σ_x q_k)⁻¹. A memory that nobody is assigned to stays.
    Raises ValueError or TypeError for a bad argument.
    """
    chosen = settings_of(points, start, beta, 1.0, updates)
    memories, log_weights = start, start.new_zeros(start.shape[:-1]).log_softmax(-1)
    losses: list[Tensor] = []
    for _ in range(chosen.updates):
        log_joint = gaussian_log_joint(points, memories, chosen.beta, log_weights)
        losses.append(-log_joint.logsumexp(-1).mean(-1))
        memories, held = _maximise(points, memories, log_joint.softmax(-1))
        if weighted:
            log_weights = (held / held.sum(-1, keepdim=True)).clamp_min(torch.finfo(held.dtype).tiny).log()
    return Learned(memories, log_weights, chosen.beta, losses[-1], torch.stack(losses))


def _maximise(points: Tensor, memories: Tensor, share: Tensor) -> tuple[Tensor, Tensor]:
    """The share-weighted means of the points, taken as moves so that far-away data lose no digits, and the shares."""
    held = share.sum(-2)
    move = (share.mT @ points - held[..., None] * memories) / held.clamp_min(torch.finfo(held.dtype).tiny)[..., None]
    return memories + move, held

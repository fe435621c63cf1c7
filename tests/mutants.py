"""Wrong energies, rules, runs and measures. The contracts must reject every one: a test must be seen to fail."""

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from energies_list import caps
from scipy.stats import binomtest, t
from torch import Tensor

from amem import measures
from amem.dynamics import (
    Sequential,
    Trajectory,
    Update,
    asynchronous,
    attend,
    glauber,
    gradient_flow,
    langevin,
    mean_shift,
    relax,
    synchronous,
)
from amem.energies import (
    AssignmentEnergy,
    Energy,
    Epanechnikov,
    Exponential,
    GaussianKDE,
    Hopfield,
    KrotovHopfield,
    LogSumExp,
    Polynomial,
)
from amem.energies.concentration import log_normaliser
from amem.energies.sphere import SphericalMixture
from amem.energies.two_layer import activation, hyperbolic, linear, power, softmax, spherical
from amem.measures import Threshold, threshold

# --- energies ---------------------------------------------------------------------------------------------------------


class Scaled(Hopfield):
    """Consistently wrong: energy, force and gap together."""

    factor = 1.0

    def forward(self, state: Tensor) -> Tensor:
        return self.factor * super().forward(state)

    def force(self, state: Tensor) -> Tensor:
        return self.factor * super().force(state)

    def gap(self, state: Tensor) -> Tensor:
        return self.factor * super().gap(state)

    def gap_at(self, site: int, spin: Tensor, overlap: Tensor) -> Tensor:
        return self.factor * super().gap_at(site, spin, overlap)


class WrongSign(Scaled):
    factor = -1.0


class HalfLost(Scaled):
    factor = 2.0


class SelfCoupled(Hopfield):
    def _diagonal(self) -> Tensor:
        return torch.zeros_like(self.patterns[0])


class FirstPatternCountsMore(Hopfield):
    def overlap(self, state: Tensor) -> Tensor:
        return super().overlap(state) * torch.linspace(2, 1, len(self.patterns)).to(state)


class MeanOverlap(Polynomial):
    """Overlaps between −1 and 1 in the energy alone."""

    def forward(self, state: Tensor) -> Tensor:
        return -self.interaction(self.overlap(state) / state.shape[-1]).sum(-1)


class SlopeForGap(Polynomial):
    """2F′(m)·ξ: the self-coupling is back."""

    def gap(self, state: Tensor) -> Tensor:
        return 2 * self.force(state)


class StaleGap(Polynomial):
    """The overlap still holds the spin in question."""

    def gap_at(self, site: int, spin: Tensor, overlap: Tensor) -> Tensor:
        return self.difference(overlap) @ self.patterns[:, site]


class TwoPoints(Polynomial):
    """The identity of ±1 spins, taken for one of all."""

    def gap(self, state: Tensor) -> Tensor:
        overlap = self.overlap(state)
        below, above = self.difference(overlap - 1), self.difference(overlap + 1)
        return (below + above) / 2 @ self.patterns + state * (below - above).sum(-1, keepdim=True) / 2


class UnscaledPowers(Polynomial):
    """∞ − ∞ in a large network."""

    def _in_range(self) -> bool:
        return True


class HalfPrecision(Polynomial):
    def overlap(self, state: Tensor) -> Tensor:
        return state @ self.patterns.T


class NaiveGap(Exponential):
    """Overflows to ∞ − ∞."""

    def gap(self, state: Tensor) -> Tensor:
        weight = 2 * math.sinh(1) * self.overlap(state).exp()
        return math.cosh(1) * weight @ self.patterns - math.sinh(1) * state * weight.sum(-1, keepdim=True)


class VanishingGap(Exponential):
    """Relative to the largest overlap, but scaled back to zero where that is far below zero."""

    def gap(self, state: Tensor) -> Tensor:
        overlap = self.overlap(state)
        largest = overlap.amax(-1, keepdim=True)
        weight = 2 * math.sinh(1) * (overlap - largest).exp()
        relative = math.cosh(1) * weight @ self.patterns - math.sinh(1) * state * weight.sum(-1, keepdim=True)
        return torch.where(relative == 0, relative, relative * largest.exp())


class ClampedExponential(Exponential):
    def interaction(self, overlap: Tensor) -> Tensor:
        return overlap.clamp(max=5.0).exp()


def mixture(
    change: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]], sign: float = 1.0
) -> Callable[[Tensor, float], SphericalMixture]:
    """A mixture on the sphere with other keys κ_j m_j and biases log π_j C(κ_j), its force in step with its energy."""

    class Changed(SphericalMixture):
        def forward(self, state: Tensor) -> Tensor:
            return sign * super().forward(state)

        def force(self, state: Tensor) -> Tensor:
            return sign * super().force(state)

        def _scores(self, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
            return change(*super()._scores(dtype))

    def make(patterns: Tensor, beta: float) -> SphericalMixture:
        right = caps(patterns, beta)
        return Changed(right.mean_directions, right.concentrations, right.log_weights)

    return make


def log_c(keys: Tensor, more: int) -> Tensor:
    """log C(κ_j) of keys κ_j m_j, in so many more dimensions."""
    return log_normaliser(keys.norm(dim=-1), keys.shape[1] + more)


class Modern(LogSumExp):
    """Its force by autograd, so that it agrees with whatever energy a mutant has."""

    def force(self, state: Tensor) -> Tensor:
        return Energy.force(self, state)

    def scores(self, state: Tensor) -> Tensor:
        return self.beta * state @ self.patterns.T

    def rest(self, state: Tensor) -> Tensor:
        largest = self.patterns.square().sum(-1).amax()
        return math.log(len(self.patterns)) / self.beta + (state.square().sum(-1) + largest) / 2

    def forward(self, state: Tensor) -> Tensor:
        return self.rest(state) - self.scores(state).logsumexp(-1) / self.beta


class BetaTwice(Modern):
    def scores(self, state: Tensor) -> Tensor:
        return self.beta * super().scores(state)


class BetaForgottenOutside(Modern):
    def forward(self, state: Tensor) -> Tensor:
        return self.rest(state) - self.scores(state).logsumexp(-1)


class BetaForgottenInside(Modern):
    def scores(self, state: Tensor) -> Tensor:
        return state @ self.patterns.T


class LogCountForgotten(Modern):
    def rest(self, state: Tensor) -> Tensor:
        return super().rest(state) - math.log(len(self.patterns)) / self.beta


class HalfOfNormLost(Modern):
    def rest(self, state: Tensor) -> Tensor:
        return super().rest(state) + state.square().sum(-1) / 2


class NormOfTheFirst(Modern):
    """½M² from one pattern instead of the largest."""

    def rest(self, state: Tensor) -> Tensor:
        norms = self.patterns.square().sum(-1)
        return super().rest(state) + (norms[0] - norms.amax()) / 2


class NaiveLogSumExp(Modern):
    def forward(self, state: Tensor) -> Tensor:
        return self.rest(state) - self.scores(state).exp().sum(-1).log() / self.beta


class Clamped(Modern):
    def scores(self, state: Tensor) -> Tensor:
        return super().scores(state).clamp(-50, 50)


class MaximumForLogSumExp(Modern):
    def forward(self, state: Tensor) -> Tensor:
        return self.rest(state) - self.scores(state).amax(-1) / self.beta


class BatchSummed(Modern):
    """Of the right shape, but every state is given the batch's similarity."""

    def forward(self, state: Tensor) -> Tensor:
        return self.rest(state) - (self.scores(state).logsumexp(-1) / self.beta).mean()


class Detached(Modern):
    def scores(self, state: Tensor) -> Tensor:
        return super().scores(state.detach())


class WritesIntoState(LogSumExp):
    def forward(self, state: Tensor) -> Tensor:
        with torch.no_grad():
            state.clamp_(-1e6, 1e6)
        return super().forward(state)


class DrawsFromEverybody(LogSumExp):
    def forward(self, state: Tensor) -> Tensor:
        return super().forward(state) + 0 * torch.rand(()).to(state)


class DoubleOnly(LogSumExp):
    def forward(self, state: Tensor) -> Tensor:
        return super().forward(state).double()


class SinglePrecision(Modern):
    def forward(self, state: Tensor) -> Tensor:
        return super().forward(state).float().to(state)


class ForceOffByFactor(LogSumExp):
    def force(self, state: Tensor) -> Tensor:
        return self.beta * super().force(state)


class ForceFromTheRight(LogSumExp):
    """The direction of attention, but not the way back."""

    def force(self, state: Tensor) -> Tensor:
        return super().force(state) + state


class ForceCannotBeDifferentiated(LogSumExp):
    def force(self, state: Tensor) -> Tensor:
        with torch.no_grad():
            moved = super().force(state)
        return moved + state - state.detach()


class ForceLeavesAGraph(LogSumExp):
    def force(self, state: Tensor) -> Tensor:
        return Energy.force(self, state.detach().requires_grad_())


class _OnceOnly(torch.autograd.Function):
    """The right first derivative out of constants: the second is zero."""

    @staticmethod
    def forward(ctx: Any, scores: Tensor) -> Tensor:
        ctx.weights = scores.softmax(-1)
        return scores.logsumexp(-1)

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> Tensor:
        return grad_outputs[0][..., None] * ctx.weights


class CurvatureLost(LogSumExp):
    def forward(self, state: Tensor) -> Tensor:
        return Modern.rest(self, state) - _OnceOnly.apply(self.beta * state @ self.patterns.T) / self.beta  # pyright: ignore


class DiscountsAge(Modern):
    """Later patterns weigh less: the order of storing matters."""

    def scores(self, state: Tensor) -> Tensor:
        return super().scores(state) - 0.1 * torch.arange(len(self.patterns)).to(state)


class NotSaved(Modern):
    """The patterns are an attribute, not a buffer."""

    def keep(self, name: str, value: Tensor) -> None:
        if name == "patterns":
            object.__setattr__(self, "patterns", value)
        else:
            super().keep(name, value)


class Unchecked(Modern):
    def __init__(self, patterns: Tensor, beta: float) -> None:
        Energy.__init__(self)
        self.keep("patterns", patterns)
        self.keep("beta", torch.tensor(beta, dtype=patterns.dtype))


class DensityOfAnyDimension(LogSumExp):
    def log_density(self, state: Tensor) -> Tensor:
        return super().log_density(state) + (state.shape[-1] - 1) / 2 * (2 * math.pi / self.beta).log()


class AnyWidth(LogSumExp):
    n = None  # pyright: ignore


class ForceByAutograd(LogSumExp):
    """Which inference mode forbids, and `torch.func`."""

    def force(self, state: Tensor) -> Tensor:
        with torch.enable_grad():
            point = state if state.requires_grad else state.detach().requires_grad_()
            return -torch.autograd.grad(self(point).sum(), point, create_graph=state.requires_grad)[0]


class HoldsAClosure(LogSumExp):
    def __init__(self, patterns: Tensor, beta: float) -> None:
        super().__init__(patterns, beta)
        self.square = lambda x: x.square()


class WaitsForANumber(LogSumExp):
    def forward(self, state: Tensor) -> Tensor:
        return super().forward(state) * (1.0 if self.beta.item() > 0 else -1.0)


class BandwidthNotSquared(GaussianKDE):
    def __init__(self, points: Tensor, bandwidth: float) -> None:
        super().__init__(points, bandwidth**0.5)


class ForgetsTheNormOfThePoints(GaussianKDE):
    """Attention's scores instead of distances: the same on a sphere only."""

    def _bias(self, points: Tensor, h: Tensor) -> Tensor:
        return 0 * super()._bias(points, h)


class FarDataLoseDigits(GaussianKDE):
    def _precise(self, state: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return state, self.points, self.bandwidth


class NormaliserForgotten(GaussianKDE):
    def log_density(self, state: Tensor) -> Tensor:
        return super().log_density(state) + math.log(len(self.points))


class SinglePrecisionAtAnyScale(GaussianKDE):
    def precision(self, dtype: torch.dtype) -> torch.dtype:
        return dtype


class Unrectified(Epanechnikov):
    def _total(self, state: Tensor) -> Tensor:
        return (1 - (state[..., None, :] - self.points).square().sum(-1) / self.bandwidth.square()).sum(-1)


class ParabolaHalfLost(Epanechnikov):
    def forward(self, state: Tensor) -> Tensor:
        return 2 * super().forward(state)

    def force(self, state: Tensor) -> Tensor:
        return 2 * super().force(state)


class PullNotNormalised(Epanechnikov):
    def force(self, state: Tensor) -> Tensor:
        return super().force(state) * self._total(state)[..., None]


class DriveForgotten(KrotovHopfield):
    def forward(self, state: Tensor) -> Tensor:
        return super().forward(state) + (self.drive * activation(self.visible, self.layers(state)[0])).sum(-1)


class LagrangianForgotten(KrotovHopfield):
    def forward(self, state: Tensor) -> Tensor:
        return super().forward(state) + self.hidden(self.layers(state)[1])


class HalfTheInteraction(KrotovHopfield):
    """−½ fᵀΞg, as in a network with couplings within one layer."""

    def forward(self, state: Tensor) -> Tensor:
        plain = KrotovHopfield(0 * self.patterns, self.visible, self.hidden, self.drive)(state)
        return (super().forward(state) + plain) / 2


Make = Callable[[Tensor, float], Energy]


class EntropyForgotten(AssignmentEnergy):
    def forward(self, state: Tensor) -> Tensor:
        return -(state.softmax(-1) * self.log_joint).sum(-1)


class OtherWayRound(AssignmentEnergy):
    """KL(p ‖ q) for KL(q ‖ p)."""

    def forward(self, state: Tensor) -> Tensor:
        gap = self.log_joint.log_softmax(-1) - state.log_softmax(-1)
        return (self.posterior() * gap).sum(-1) - self.log_joint.logsumexp(-1)

    def force(self, state: Tensor) -> Tensor:
        return self.posterior() - state.softmax(-1)


class EvidenceForgotten(AssignmentEnergy):
    def forward(self, state: Tensor) -> Tensor:
        return super().forward(state) + self.log_joint.logsumexp(-1)


class NaiveLogarithm(AssignmentEnergy):
    """log(softmax v): −∞ where a memory is out of the question."""

    def forward(self, state: Tensor) -> Tensor:
        q = state.softmax(-1)
        return (q * (q.log() - self.log_joint)).sum(-1)


class WithoutInhibition(AssignmentEnergy):
    def force(self, state: Tensor) -> Tensor:
        log_q = state.log_softmax(-1)
        return log_q.exp() * (self.log_joint - log_q)


def assigned(energy: Callable[[Tensor], Energy]) -> Make:
    return lambda patterns, beta: energy(beta * patterns.sum(0))


def alone(energy: Callable[[Tensor], Energy]) -> Make:
    return lambda patterns, beta: energy(patterns)


def kernel(energy: Callable[[Tensor, float], Energy]) -> Make:
    return lambda points, beta: energy(points, beta**-0.5)


def classical(energy: Callable[..., Energy]) -> Make:
    return lambda patterns, beta: energy(patterns, hyperbolic(2.0), linear, 0 * patterns.sum(0) + 0.25)


ENERGIES: dict[str, dict[str, Make]] = {
    "Hopfield": {
        "wrong sign": alone(WrongSign),
        "half lost": alone(HalfLost),
        "self-coupling kept": alone(SelfCoupled),
        "the first pattern counts more": alone(FirstPatternCountsMore),
    },
    "Polynomial, order 2": {"mean overlaps": alone(lambda x: MeanOverlap(x, 2)), "Hopfield's": alone(Hopfield)},
    "Polynomial, order 3": {
        "slope for gap": alone(lambda x: SlopeForGap(x, 3)),
        "own spin in the overlap": alone(lambda x: StaleGap(x, 3)),
        "order off by one": alone(lambda x: Polynomial(x, 4)),
        "rectified": alone(lambda x: Polynomial(x, 3, rectified=True)),
    },
    "Polynomial, order 15": {"powers not scaled": alone(lambda x: UnscaledPowers(x, 15))},
    "Polynomial, rectified": {"not rectified": alone(lambda x: Polynomial(x, 3))},
    "Exponential": {
        "naive gap": alone(NaiveGap),
        "vanishing gap": alone(VanishingGap),
        "clamped": alone(ClampedExponential),
    },
    "LogSumExp": {
        "beta twice": BetaTwice,
        "beta forgotten outside": BetaForgottenOutside,
        "beta forgotten inside": BetaForgottenInside,
        "log p forgotten": LogCountForgotten,
        "half of the norm lost": HalfOfNormLost,
        "norm of the first pattern": NormOfTheFirst,
        "naive log-sum-exp": NaiveLogSumExp,
        "clamped": Clamped,
        "maximum for log-sum-exp": MaximumForLogSumExp,
        "batch summed": BatchSummed,
        "state detached": Detached,
        "writes into the state": WritesIntoState,
        "draws from everybody's chance": DrawsFromEverybody,
        "double precision only": DoubleOnly,
        "single precision inside": SinglePrecision,
        "force off by a factor": ForceOffByFactor,
        "force without the way back": ForceFromTheRight,
        "force cannot be differentiated": ForceCannotBeDifferentiated,
        "force leaves a graph": ForceLeavesAGraph,
        "curvature lost": CurvatureLost,
        "order of patterns matters": DiscountsAge,
        "patterns not saved": NotSaved,
        "input not checked": Unchecked,
        "density of any dimension": DensityOfAnyDimension,
        "any width": AnyWidth,
        "force by autograd alone": ForceByAutograd,
        "holds a closure": HoldsAClosure,
        "waits for a number": WaitsForANumber,
    },
    "GaussianKDE": {
        "bandwidth not squared": kernel(BandwidthNotSquared),
        "norm of the points forgotten": kernel(ForgetsTheNormOfThePoints),
        "far data lose digits": kernel(FarDataLoseDigits),
        "normaliser forgotten": kernel(NormaliserForgotten),
        "single precision at any scale": kernel(SinglePrecisionAtAnyScale),
    },
    "Epanechnikov": {
        "not rectified": kernel(Unrectified),
        "half lost": kernel(ParabolaHalfLost),
        "pull not normalised": kernel(PullNotNormalised),
        "Gaussian": kernel(GaussianKDE),
    },
    "KrotovHopfield, dense": {"another gain": lambda x, beta: KrotovHopfield(x, hyperbolic(1.0), power(3))},
    "SphericalMixture": {
        "uphill": mixture(lambda keys, bias: (keys, bias), -1.0),
        "without its normaliser": mixture(lambda keys, bias: (keys, bias - log_c(keys, 0))),
        "normaliser of one dimension less": mixture(lambda keys, bias: (keys, bias - log_c(keys, 0) + log_c(keys, -1))),
        "concentration twice": mixture(lambda keys, bias: (keys * keys.norm(dim=-1, keepdim=True), bias)),
        "concentration forgotten": mixture(lambda keys, bias: (keys / keys.norm(dim=-1, keepdim=True), bias)),
        "weights forgotten": mixture(lambda keys, bias: (keys, bias.mean().expand_as(bias))),
        "weights not normalised": mixture(lambda keys, bias: (keys, bias + 1)),
        "first key only": mixture(lambda keys, bias: (keys[:1], bias[:1])),
    },
    "AssignmentEnergy": {
        "entropy forgotten": assigned(EntropyForgotten),
        "divergence the other way round": assigned(OtherWayRound),
        "evidence forgotten": assigned(EvidenceForgotten),
        "naive logarithm": assigned(NaiveLogarithm),
        "no inhibition": assigned(WithoutInhibition),
    },
    "KrotovHopfield, attention": {"another beta": lambda x, beta: KrotovHopfield(x, linear, softmax(1.0))},
    "KrotovHopfield, sphere": {"another power": lambda x, beta: KrotovHopfield(x, spherical, power(3))},
    "KrotovHopfield, classical": {
        "drive forgotten": classical(DriveForgotten),
        "Lagrangian forgotten": classical(LagrangianForgotten),
        "half of the interaction": classical(HalfTheInteraction),
    },
}
"""Of each case in `energies_list.py`, energies that claim to be it."""


# --- rules ------------------------------------------------------------------------------------------------------------

MakeRule = Callable[[Tensor, torch.Generator], Update]


def pointed(gap: Callable[[Tensor, Tensor], Tensor], at_a_tie: Callable[[Tensor], Tensor]) -> MakeRule:
    """Synchronous, with another gap or another way out of a tie."""

    def make(patterns: Tensor, rng: torch.Generator) -> Update:
        def update(state: Tensor) -> Tensor:
            field = gap(patterns, state)
            return torch.where(field == 0, at_a_tie(state), field.sign())

        return update

    return make


def field(patterns: Tensor, state: Tensor) -> Tensor:
    return Hopfield(patterns).gap(state)


def self_coupled(patterns: Tensor, state: Tensor) -> Tensor:
    return state @ patterns.T @ patterns


def in_place(patterns: Tensor, rng: torch.Generator) -> Update:
    return lambda state: state.copy_(synchronous(Hopfield(patterns))(state))


def visits(
    order: Callable[[int, torch.Generator], list[int]], carried: bool = True, down: float = 1.0, each: bool = False
) -> MakeRule:
    """Asynchronous, in another order; overlaps not carried along; uphill; or each state in an order of its own."""

    def make(patterns: Tensor, rng: torch.Generator) -> Update:
        energy = Hopfield(patterns)

        def update(state: Tensor) -> Tensor:
            if each and state.ndim > 1:
                return torch.stack([update(one) for one in state])
            state, overlap = state.clone(), energy.overlap(state)
            for site in order(state.shape[-1], rng):
                gap = down * energy.gap_at(site, state[..., site], overlap)
                state[..., site] = torch.where(gap == 0, state[..., site], gap.sign())
                overlap = energy.overlap(state) if carried else overlap
            return state

        return update

    return make


def shuffled(n: int, rng: torch.Generator) -> list[int]:
    return torch.randperm(n, generator=rng).tolist()


def parallel_heat_bath(patterns: Tensor, rng: torch.Generator) -> Update:
    def update(state: Tensor) -> Tensor:
        torch.randperm(state.shape[-1], generator=rng)
        chance = torch.rand(state.shape, generator=rng, dtype=torch.float64).to(state)
        return torch.where(chance < torch.sigmoid(Hopfield(patterns).gap(state) / 5), 1, -1).to(state)

    return update


def call(update: Update, state: Tensor) -> Tensor:
    return update(state)


def swallows(patterns: Tensor, rng: torch.Generator) -> Update:
    """A state that is not a number is taken for the origin."""
    return lambda state: attend(patterns, 0.7)(state.nan_to_num())


def noisy(scale: float, shared: bool = False) -> MakeRule:
    """Langevin with noise of another size, or the same noise for the whole batch."""

    def make(patterns: Tensor, rng: torch.Generator) -> Update:
        drift = gradient_flow(LogSumExp(patterns, 0.7), 0.3)

        def update(state: Tensor) -> Tensor:
            shape = state.shape[-1:] if shared else state.shape
            return drift(state) + scale * torch.randn(shape, generator=rng, dtype=torch.float64).to(state)

        return update

    return make


def from_everybody(patterns: Tensor, rng: torch.Generator) -> Update:
    return langevin(LogSumExp(patterns, 0.7), 0.3, 0.2, torch.default_generator)


def nearest(patterns: Tensor, rng: torch.Generator) -> Update:
    return lambda state: patterns[(state @ patterns.T).argmax(-1)]


def of_the_batch(patterns: Tensor, rng: torch.Generator) -> Update:
    """Softmax over the queries."""
    return lambda state: (
        (0.7 * state.reshape(-1, state.shape[-1]) @ patterns.T).softmax(0).reshape(*state.shape[:-1], len(patterns))
        @ patterns
    )


def relaxing(step: float, visible_time: float, hidden_time: float, sign: float = 1.0) -> MakeRule:
    def make(patterns: Tensor, rng: torch.Generator) -> Update:
        update = relax(
            KrotovHopfield(patterns, hyperbolic(2.0), power(2)),
            step,
            visible_time=visible_time,
            hidden_time=hidden_time,
        )
        return lambda state: state + sign * (update(state) - state)

    return make


def modern(patterns: Tensor) -> LogSumExp:
    return LogSumExp(patterns, 0.7)


RULES: dict[str, dict[str, MakeRule]] = {
    "synchronous, Hopfield": {
        "a tie becomes zero": pointed(field, torch.zeros_like),
        "a tie points up": pointed(field, torch.ones_like),
        "a tie turns": pointed(field, torch.neg),
        "self-coupling kept": pointed(self_coupled, lambda state: state),
        "wrong sign": pointed(lambda patterns, state: -field(patterns, state), lambda state: state),
        "changes its input": in_place,
        "one by one": lambda patterns, rng: asynchronous(Hopfield(patterns), rng),
    },
    "synchronous, cubic": {
        "another order": lambda patterns, rng: synchronous(Polynomial(patterns, 2)),
        "two points for an unknown spin": lambda patterns, rng: synchronous(TwoPoints(patterns, 3)),
        "cannot be pickled": lambda patterns, rng: lambda state: synchronous(Polynomial(patterns, 3))(state),
        "in half precision": lambda patterns, rng: synchronous(HalfPrecision(patterns, 3)),
    },
    "asynchronous, Hopfield": {
        "all at once": lambda patterns, rng: synchronous(Hopfield(patterns)),
        "overlaps not carried along": visits(shuffled, carried=False),
        "always in the same order": visits(lambda n, rng: list(range(n))),
        "with replacement": visits(lambda n, rng: torch.randint(n, (n,), generator=rng).tolist()),
        "in everybody's order": visits(lambda n, rng: torch.randperm(n).tolist()),
        "an order for each state": visits(shuffled, each=True),
        "uphill": visits(shuffled, down=-1.0),
        "half a sweep": visits(lambda n, rng: shuffled(n, rng)[: n // 2]),
        "visits what is held": lambda patterns, rng: partial(call, asynchronous(Hopfield(patterns), rng)),
    },
    "glauber": {
        "twice the temperature": lambda patterns, rng: glauber(Hopfield(patterns), 10.0, rng),
        "half the temperature": lambda patterns, rng: glauber(Hopfield(patterns), 2.5, rng),
        "all at once": parallel_heat_bath,
        "without chance": lambda patterns, rng: asynchronous(Hopfield(patterns), rng),
    },
    "attend": {
        "beta twice": lambda patterns, rng: attend(patterns, 0.49),
        "beta forgotten": lambda patterns, rng: attend(patterns, 1.0),
        "the nearest alone": nearest,
        "over the batch": of_the_batch,
        "takes what is no number for zero": swallows,
        "a step too far": lambda patterns, rng: gradient_flow(modern(patterns), 2.5),
        "in single precision": lambda patterns, rng: (
            lambda state: attend(patterns.float(), 0.7)(state.float()).to(state)
        ),
    },
    "mean shift": {
        "bandwidth not squared": lambda points, rng: mean_shift(points, 1.3**0.5),
        "attention": lambda points, rng: attend(points, 1.3**-2),
        "a step too short": lambda points, rng: gradient_flow(GaussianKDE(points, 1.3), 0.5),
    },
    "gradient flow": {
        "uphill": lambda patterns, rng: lambda state: state - 0.3 * modern(patterns).force(state),
        "the whole way": lambda patterns, rng: attend(patterns, 0.7),
    },
    "langevin": {
        "two forgotten under the root": noisy(math.sqrt(0.3 * 0.2)),
        "no root": noisy(2 * 0.3 * 0.2),
        "step forgotten in the noise": noisy(math.sqrt(2 * 0.2)),
        "one noise for all": noisy(math.sqrt(2 * 0.3 * 0.2), shared=True),
        "everybody's chance": from_everybody,
    },
    "relax": {
        "times exchanged": relaxing(0.01, 0.5, 1.5),
        "backwards": relaxing(0.01, 1.5, 0.5, sign=-1.0),
        "down the gradient": lambda patterns, rng: gradient_flow(
            KrotovHopfield(patterns, hyperbolic(2.0), power(2)), 0.01
        ),
    },
}
"""Of each rule in `test_dynamics.py`, rules that claim to be it."""


def flawed_run(flaw: str = "") -> Callable[..., Trajectory]:
    """A plain run, one state after another, with one flaw. With none it keeps the contract."""

    def run(
        update: Update,
        start: Tensor,
        *,
        steps: int,
        keep_every: int = 0,
        tolerance: float | None = None,
        held: Tensor | None = None,
    ) -> Trajectory:
        if flaw != "any start" and not start.isfinite().all():
            raise ValueError("start: wanted finite values, got NaN or infinity")
        if flaw != "any mask" and held is not None:
            if not isinstance(held, Tensor) or held.dtype is not torch.bool:
                raise TypeError(f"held: wanted truth values, got {held}")
            try:
                held = held.expand(start.shape)
            except RuntimeError as error:
                raise ValueError(f"held: wanted shape {tuple(start.shape)}, got {tuple(held.shape)}") from error
        steps, keep_every = int(steps), int(keep_every)
        masks = None if held is None else held.expand(start.shape).reshape(-1, start.shape[-1])

        def moved(state: Tensor, index: int) -> Tensor:
            if masks is None or flaw == "holds nothing":
                return update(state[None])[0]
            given = masks[0 if flaw == "one mask for all" else index]
            if isinstance(update, Sequential) and flaw != "puts back at the end of a turn":
                return update(state[None], given[None])[0]
            return torch.where(given, state, update(state[None])[0])

        paths: list[Tensor] = []
        rested: list[int | None] = []
        for index, state in enumerate(start.reshape(-1, start.shape[-1])):
            path, rest = [state], None
            for step in range(1, steps + 1):
                after = path[-1]
                if rest is None or flaw in ("goes on computing", "moves on at rest"):
                    after = moved(path[-1], index)
                if rest is None and tolerance is not None:
                    move = after - path[-1]
                    size = move.abs().amax() if flaw == "largest entry" else torch.linalg.vector_norm(move)
                    size = move.abs().amax() if tolerance == 0 and flaw != "squares away" else size
                    size = size / torch.linalg.vector_norm(after) if flaw == "relative" else size
                    if size < tolerance or (size == tolerance and flaw != "strictly below"):
                        rest = step
                        after = path[-1] if flaw == "last move not made" else after
                path.append(path[-1] if rest is not None and rest < step and flaw != "moves on at rest" else after)
            paths.append(torch.stack(path))
            rested.append(rest)
        whole = torch.stack(paths, 1) if paths else start.new_empty(steps + 1, 0, start.shape[-1])
        ends = whole[-1]
        if flaw == "in order of arrival":
            ends = ends[sorted(range(len(ends)), key=lambda index: rested[index] or steps + 1)]
        if flaw == "writes into its start" and len(ends):
            start.reshape(-1)[:1] += 1e-9
        if flaw != "silent" and not ends.isfinite().all():
            raise FloatingPointError(f"{int((~ends.isfinite()).any(-1).sum())} of {len(ends)} states: a smaller step")
        batch = start.shape[:-1]
        if flaw == "forgets the batch" and len(batch) > 1:
            batch = torch.Size([math.prod(batch)])
        less = 1 if flaw == "counts one less" else 0
        taken = [steps if rest is None else rest - less for rest in rested]
        converged = [rest is not None or flaw == "always converged" for rest in rested]
        times = tuple(range(1 if flaw == "path without its start" else 0, steps + 1, keep_every)) if keep_every else ()
        return Trajectory(
            state=ends.reshape(start.shape),
            steps=torch.tensor(taken, dtype=torch.int64).reshape(batch),
            converged=torch.tensor(converged, dtype=torch.bool).reshape(batch),
            kept=whole[list(times)].reshape(len(times), *start.shape) if keep_every else None,
            times=times,
        )

    return run


RUN_FLAWS = [
    "largest entry",
    "relative",
    "strictly below",
    "last move not made",
    "moves on at rest",
    "counts one less",
    "always converged",
    "in order of arrival",
    "path without its start",
    "forgets the batch",
    "writes into its start",
    "silent",
    "goes on computing",
    "any start",
    "any mask",
    "holds nothing",
    "one mask for all",
    "puts back at the end of a turn",
    "squares away",
]

# --- measures ---------------------------------------------------------------------------------------------------------

MEASURES: dict[str, dict[str, Callable[..., Any]]] = {
    "overlap": {
        "not divided": lambda states, patterns: states @ patterns.T,
        "divided by p": lambda states, patterns: states @ patterns.T / len(patterns),
        "absolute": lambda states, patterns: measures.overlap(states, patterns).abs(),
        "cosine": lambda states, patterns: torch.cosine_similarity(states[..., None, :], patterns, dim=-1),
        "of signs": lambda states, patterns: measures.overlap(states.sign(), patterns),
    },
    "bit_errors": {
        "a sum": lambda states, targets: (states.sign() != targets.sign()).to(states.dtype).sum(-1),
        "over the batch": lambda states, targets: (
            (states.sign() != targets.sign()).double().mean().expand(states.shape[:-1])
        ),
        "values, not signs": lambda states, targets: (states != targets).double().mean(-1),
        "undecided is right": lambda states, targets: (states * targets < 0).double().mean(-1),
        "agreement": lambda states, targets: 1 - measures.bit_errors(states, targets),
        "dtype lost": lambda states, targets: measures.bit_errors(states, targets).double(),
    },
    "distance": {
        "squared": lambda states, targets: (states - targets).square().sum(-1),
        "root mean square": lambda states, targets: (states - targets).square().mean(-1).sqrt(),
        "city block": lambda states, targets: (states - targets).abs().sum(-1),
        "of the batch": lambda states, targets: torch.linalg.norm(states - targets).expand(states.shape[:-1]),
    },
    "recalled": {
        "strictly within": lambda states, targets, tolerance: measures.distance(states, targets) < tolerance,
        "relative": lambda states, targets, tolerance: (
            measures.distance(states, targets) <= tolerance * torch.linalg.vector_norm(targets, dim=-1)
        ),
        "entry by entry": lambda states, targets, tolerance: ((states - targets).abs() <= tolerance).all(-1),
        "all or none": lambda states, targets, tolerance: (
            measures.recalled(states, targets, tolerance).all().expand(states.shape[:-1])
        ),
        "always exact": lambda states, targets, tolerance: (states == targets).all(-1),
    },
    "effective_number": {
        "in bits": lambda weights: (torch.special.entr(weights).sum(-1) / math.log(2)).exp(),
        "participation ratio": lambda weights: 1 / weights.square().sum(-1),
        "entropy itself": lambda weights: torch.special.entr(weights).sum(-1),
        "0 log 0 is not a number": lambda weights: (-(weights * weights.log()).sum(-1)).exp(),
    },
    "mean_error": {
        "spread": lambda values: (float(np.mean(values)), float(np.std(np.asarray(values, float), ddof=1))),
        "divided by k": lambda values: (
            float(np.mean(values)),
            float(np.std(np.asarray(values, float)) / len(values) ** 0.5),
        ),
    },
    "student": {
        "normal": lambda values: (
            (found := measures.mean_error(values))[0],
            found[0] - 1.96 * found[1],
            found[0] + 1.96 * found[1],
        ),
        "one sided": lambda values: tuple(
            np.mean(values) + t.ppf((0.5, 0.05, 0.95), max(1, len(values) - 1)) * measures.mean_error(values)[1]
        ),
    },
    "proportion": {
        "normal approximation": lambda k, n: (
            k / n,
            max(0.0, k / n - 1.96 * math.sqrt(k / n * (1 - k / n) / n)),
            min(1.0, k / n + 1.96 * math.sqrt(k / n * (1 - k / n) / n)),
        ),
        "Wilson's": lambda k, n: (k / n, *binomtest(k, n).proportion_ci(0.95, method="wilson")),
        "90 %": lambda k, n: (k / n, *binomtest(k, n).proportion_ci(0.9)),
        "one sided": lambda k, n: (k / n, 0.0, measures.proportion(k, n)[2]),
    },
    "threshold": {
        "the largest load that once worked": lambda load, k, n: Threshold(load[k > 0].max(), load[0], load[-1], 0.2),
        "trials forgotten": lambda load, k, n: threshold(load, k / n, n / n),
        "width of a tanh": lambda load, k, n: Threshold(
            *(getattr(threshold(load, k, n), name) for name in ("middle", "low", "high")),
            2 * threshold(load, k, n).width,
        ),
        "rising": lambda load, k, n: threshold(-load, k, n),
        "interval of one standard deviation": lambda load, k, n: Threshold(
            (fit := threshold(load, k, n)).middle,
            fit.middle - (fit.middle - fit.low) / 1.96,
            fit.middle + (fit.high - fit.middle) / 1.96,
            fit.width,
        ),
    },
}

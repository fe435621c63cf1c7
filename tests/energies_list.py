"""One entry an energy: how it is built, and what must be true of it. The contract in `test_energies.py` does the rest.

References are the papers' formulas in extended-precision NumPy, one state at a time, written without a glance at the
package. They return the energy and the size of the largest term that enters it, against which rounding is measured.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import mpmath
import numpy as np
import torch
from torch import Tensor

from amem.dynamics import Update, asynchronous, attend, gradient_flow, mean_shift, relax
from amem.dynamics.sphere import mode_seeking
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
from amem.energies.sphere import SphericalMixture
from amem.energies.two_layer import Lagrangian, hyperbolic, linear, power, softmax, spherical
from amem.seeds import generator

Array = np.ndarray[Any, np.dtype[np.longdouble]]
Number = np.longdouble | float
Reference = Callable[[Array, float, Array], tuple[Number, Number]]
Limit = Iterator[tuple[Tensor, Tensor, float]]

CPU64 = (torch.float64, torch.device("cpu"))


@dataclass(frozen=True, kw_only=True)
class Case:
    """An energy and its truths. beta is an inverse temperature, for kernels a bandwidth β^(−½)."""

    name: str
    make: Callable[[Tensor, float], Energy]
    reference: Reference
    one_pattern: Callable[[Array, float, Array], Number]
    """The energy of a memory of one pattern, in closed form."""
    rule: Callable[[Energy], Update]
    """Its own rule, which never raises it."""
    symmetry: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]
    """A change of the patterns and of the states that leaves the energy as it is."""
    limit: Callable[["Case"], Limit]
    """What it gives, what it must tend to, and how close it must be."""
    beta: float = 1.0
    betas: tuple[float, ...] = (1.0,)
    stored: str = "patterns"
    sharpness: str | None = None
    likelihood: float | None = None
    """log density = −likelihood · β · E + constant."""
    spins: bool = False
    exact: bool = True
    """Whether gaps of small networks of spins are whole numbers, right to the bit."""
    two_layers: bool = False
    on_sphere: bool = False
    """Its rule keeps states at length one: where that rests, what is left of the force points outwards."""
    force_at_zero: bool = True
    n: int = 6

    def patterns(self, dtype: torch.dtype, device: torch.device, p: int = 4) -> Tensor:
        draw = torch.randn(p, self.n, generator=generator("tests", "patterns", p), dtype=torch.float64)
        return (draw.sign() if self.spins else draw / self.n**0.5).to(device, dtype)

    def states(self, batch: tuple[int, ...], dtype: torch.dtype, device: torch.device, p: int = 4) -> Tensor:
        width = self.n + (p if self.two_layers else 0)
        draw = torch.randn(*batch, width, generator=generator("tests", "states", *batch), dtype=torch.float64)
        if self.on_sphere:
            return torch.nn.functional.normalize(draw, dim=-1).to(device, dtype)
        return (draw.sign() if self.spins else draw / self.n**0.5).to(device, dtype)

    def build(self, dtype: torch.dtype, device: torch.device) -> Energy:
        return self.make(self.patterns(dtype, device), self.beta)

    def __str__(self) -> str:
        return self.name


def log_sum_exp(exponents: Array) -> np.longdouble:
    top = exponents.max()
    return top + np.log(np.exp(exponents - top).sum())


def hadamard(n: int) -> Tensor:
    """n = 2^k mutually orthogonal rows of ±1."""
    matrix = torch.ones(1, 1, dtype=torch.float64)
    while len(matrix) < n:
        matrix = torch.cat([torch.cat([matrix, matrix], 1), torch.cat([matrix, -matrix], 1)])
    return matrix


# --- symmetries -------------------------------------------------------------------------------------------------------


def gauge(patterns: Tensor, states: Tensor) -> tuple[Tensor, Tensor]:
    """The same neurons change sign everywhere."""
    signs = torch.randn(patterns.shape[1], generator=generator("tests", "gauge"), dtype=torch.float64).sign().to(states)
    return patterns * signs, states * signs


def rotation(patterns: Tensor, states: Tensor) -> tuple[Tensor, Tensor]:
    square = torch.randn(*[patterns.shape[1]] * 2, generator=generator("tests", "rotation"), dtype=torch.float64)
    turn = torch.linalg.qr(square)[0].to(states)
    return patterns @ turn, states @ turn


def motion(patterns: Tensor, states: Tensor) -> tuple[Tensor, Tensor]:
    patterns, states = rotation(patterns, states)
    return patterns + 3, states + 3


def renumbered(patterns: Tensor, states: Tensor) -> tuple[Tensor, Tensor]:
    """The visible neurons change places."""
    n = patterns.shape[1]
    order = torch.randperm(n, generator=generator("tests", "renumbered"))
    return patterns[:, order], torch.cat([states[..., :n][..., order], states[..., n:]], -1)


# --- energies of spins ------------------------------------------------------------------------------------------------


def hopfield(patterns: Array, beta: float, state: Array) -> tuple[Number, Number]:
    weights = patterns.T @ patterns
    np.fill_diagonal(weights, 0)
    return -(state @ weights @ state) / 2, np.square(np.abs(patterns) @ np.abs(state)).sum()


def hopfield_of_one(pattern: Array, beta: float, state: Array) -> Number:
    return (np.square(pattern * state).sum() - (pattern @ state) ** 2) / 2


def sweeps(energy: Energy) -> Update:
    return asynchronous(energy, generator("tests", "sweeps"))  # pyright: ignore[reportArgumentType]


def flat_when_full(case: Case) -> Limit:
    """n orthogonal patterns in n neurons cancel: nothing is remembered."""
    energy = case.make(hadamard(8), case.beta)
    states = torch.randn(5, 8, generator=generator("tests", "full"), dtype=torch.float64).sign()
    yield energy(states), torch.zeros(5, dtype=torch.float64), 0.0
    yield energy.force(states), torch.zeros(5, 8, dtype=torch.float64), 0.0


def twice_hopfield(case: Case) -> Limit:
    """Order 2 is Hopfield's energy doubled, less pn."""
    patterns, states = case.patterns(*CPU64), case.states((5,), *CPU64)
    yield case.make(patterns, 1.0)(states), 2 * Hopfield(patterns)(states) - patterns.numel(), 0.0


def dense(name: str, make: Callable[[Tensor], Energy], interaction: Callable[[Any], Any], **other: Any) -> Case:
    """A memory E = −Σ F(ξ·σ), from F."""

    def reference(patterns: Array, beta: float, state: Array) -> tuple[Number, Number]:
        values = np.array([interaction(pattern @ state) for pattern in patterns])
        return -values.sum(), np.abs(values).sum()

    def no_crosstalk(case: Case) -> Limit:
        """On a pattern that is orthogonal to all the others, only its own term is left: −F(n) − (p−1)F(0)."""
        patterns = hadamard(8)[:5]
        wanted = torch.full((5,), -interaction(8.0) - 4 * interaction(0.0), dtype=torch.float64)
        yield case.make(patterns, case.beta)(patterns), wanted, 1e-12 * interaction(8.0)

    truths = {
        "reference": reference,
        "one_pattern": lambda pattern, beta, state: -interaction(pattern @ state),
        "limit": no_crosstalk,
        "rule": sweeps,
        "symmetry": gauge,
    }
    return Case(name=name, make=lambda patterns, beta: make(patterns), spins=True, **(truths | other))


def cube(x: Any) -> Any:
    return x**3


def fifteenth(x: Any) -> Any:
    """Of 800 spins beyond single precision."""
    return x**15


def rectified_cube(x: Any) -> Any:
    return np.maximum(x, 0) ** 3


# --- energies of real states ------------------------------------------------------------------------------------------


def modern(patterns: Array, beta: float, state: Array) -> tuple[Number, Number]:
    similarity, entropy = log_sum_exp(beta * patterns @ state) / beta, np.log(len(patterns)) / beta
    largest = max(pattern @ pattern for pattern in patterns)
    energy = -similarity + state @ state / 2 + entropy + largest / 2
    return energy, max(abs(similarity), state @ state, entropy, largest)


def gaussian_kde(points: Array, beta: float, state: Array) -> tuple[Number, Number]:
    apart = np.array([(state - point) @ (state - point) for point in points])
    energy = -log_sum_exp(-beta * apart / 2) / beta
    return energy, abs(energy) + np.max(apart) + np.square(points - points.mean(0)).sum(-1).max()


def epanechnikov(points: Array, beta: float, state: Array) -> tuple[Number, Number]:
    kernels = np.array([max(1 - beta * (state - point) @ (state - point), np.longdouble(0)) for point in points])
    total = kernels.sum()
    if total == 0:
        return np.inf, np.inf
    return -np.log(total) / beta / 2, (1 + abs(np.log(total)) + len(points) / total) / beta


def unit(patterns: Tensor) -> Tensor:
    """Rows of length one, where there are numbers to divide."""
    good = patterns.ndim == 2 and patterns.is_floating_point() and patterns.isfinite().all()
    return torch.nn.functional.normalize(patterns, dim=-1) if good else patterns


def shares(patterns: Tensor) -> Tensor:
    """Log-weights of the patterns, by which they are told apart: the same for the same pattern."""
    return unit(patterns)[:, 0] if patterns.ndim == 2 and patterns.numel() else patterns


def caps(patterns: Tensor, beta: float) -> SphericalMixture:
    kappa = torch.full_like(patterns.flatten()[: len(patterns)], beta)
    return SphericalMixture(unit(patterns), kappa, shares(patterns))


def log_cap(beta: float, n: int) -> np.longdouble:
    """log C_n(β), β^{n/2−1} / ((2π)^{n/2} I_{n/2−1}(β)), to 25 digits."""
    with mpmath.workdps(30):
        order, k = mpmath.mpf(n) / 2 - 1, mpmath.mpf(float(beta))
        bessel = mpmath.besseli(order, k, maxterms=10**8)
        value = order * mpmath.log(k) - (order + 1) * mpmath.log(2 * mpmath.pi) - mpmath.log(bessel)
        return np.longdouble(mpmath.nstr(value, 25))


def spherical_mixture(patterns: Array, beta: float, state: Array) -> tuple[Number, Number]:
    directions = patterns / np.sqrt(np.square(patterns).sum(-1, keepdims=True))
    weights = directions[:, 0] - log_sum_exp(directions[:, 0])
    height = log_cap(float(beta), len(state))
    energy = -log_sum_exp(beta * directions @ state + weights + height)
    return energy, beta * np.sqrt(state @ state) + abs(height) + beta + 1


def one_cap(pattern: Array, beta: float, state: Array) -> Number:
    return -beta * (pattern @ state) / np.sqrt(pattern @ pattern) - log_cap(float(beta), len(state))


def nearest_cap(case: Case) -> Limit:
    """β → ∞: only the nearest direction counts."""
    patterns, states = case.patterns(*CPU64), case.states((5,), *CPU64)
    height = -1e7 * (states @ unit(patterns).T).amax(-1) - float(log_cap(1e7, case.n))
    yield case.make(patterns, 1e7)(states) / 1e7, height / 1e7, 1e-6


def mirror(patterns: Tensor, states: Tensor) -> tuple[Tensor, Tensor]:
    """Every axis but the first is turned: weights, which are read off the first, stay."""
    turn = torch.eye(patterns.shape[1]).to(states)
    turn[1:, 1:] = rotation(turn[1:, 1:], turn[1:, 1:])[1]
    return patterns @ turn, states @ turn


def half_square(pattern: Array, beta: float, state: Array) -> Number:
    return np.square(state - pattern).sum() / 2


def one_parabola(point: Array, beta: float, state: Array) -> Number:
    return -np.log(1 - beta * np.square(state - point).sum()) / beta / 2


def of_one_memory(case: Case, patterns: Tensor, states: Tensor) -> Tensor:
    """The energy that each state would have in a memory of each pattern alone: (states, patterns)."""
    if case.stored == "points":
        return (states[:, None] - patterns).square().sum(-1) / 2
    norm = patterns.square().sum(-1).max() + states.square().sum(-1, keepdim=True)
    return norm / 2 - states @ patterns.T


def sharp(case: Case) -> Limit:
    """β → ∞: only the memory of lowest energy counts."""
    patterns, states = case.patterns(*CPU64), case.states((5,), *CPU64)
    yield case.make(patterns, 1e8)(states), of_one_memory(case, patterns, states).amin(-1), 1e-7


def blunt(case: Case) -> Limit:
    """β → 0: all memories count the same."""
    patterns, states = case.patterns(*CPU64), case.states((5,), *CPU64)
    shared = np.log(len(patterns)) / 1e-5 / (case.likelihood or 1) if case.stored == "points" else 0.0
    yield case.make(patterns, 1e-5)(states) + shared, of_one_memory(case, patterns, states).mean(-1), 1e-3


def sharp_and_blunt(case: Case) -> Limit:
    yield from sharp(case)
    yield from blunt(case)


# --- the two-layer network: two Lagrangians, here with their activations written out ---------------------------------


@dataclass(frozen=True)
class Layer:
    lagrangian: Lagrangian
    value: Callable[[Any], Any]
    activation: Callable[[Any], Any]


LINEAR = Layer(linear, lambda x: np.square(x).sum() / 2, lambda x: x)
CUBE = Layer(power(3), lambda x: rectified_cube(x).sum() / 3, lambda x: np.square(np.maximum(x, 0)))
SQUARE = Layer(power(2), lambda x: np.square(np.maximum(x, 0)).sum() / 2, lambda x: np.maximum(x, 0))
SOFTMAX = Layer(softmax(3.0), lambda x: log_sum_exp(3 * x) / 3, lambda x: np.exp(3 * x - log_sum_exp(3 * x)))
SPHERE = Layer(spherical, lambda x: np.sqrt(x @ x), lambda x: x / (np.sqrt(x @ x) or 1))
TANH = Layer(
    hyperbolic(2.0),
    lambda x: (np.logaddexp(2 * x, -2 * x) - np.log(np.longdouble(2))).sum() / 2,
    lambda x: np.tanh(2 * x),
)


def two_layers(
    name: str, visible: Layer, hidden: Layer, one_pattern: Callable[[Any, Any, Any], Number], drive: float = 0.0
) -> Case:
    """Visible and hidden neurons; of one pattern, the energy is a function of ξ, v and the one hidden current h."""

    def make(patterns: Tensor, beta: float) -> Energy:
        current = 0 * patterns.sum(0) + drive if drive else None
        return KrotovHopfield(patterns, visible.lagrangian, hidden.lagrangian, current)

    def reference(patterns: Array, beta: float, state: Array) -> tuple[Number, Number]:
        v, h = state[: patterns.shape[1]], state[patterns.shape[1] :]
        g, f = visible.activation(v), hidden.activation(h)
        terms = [(v - drive) @ g, -visible.value(v), h @ f, -hidden.value(h), -(f @ patterns @ g)]
        return sum(terms), max(map(abs, terms))

    def settled(case: Case) -> Limit:
        """Fast hidden neurons leave the energy (v − I)·g − L_v − L_h(Ξg) of a dense memory."""
        patterns, visibles = case.patterns(*CPU64), case.states((5,), *CPU64)[:, : case.n]
        energy = case.make(patterns, case.beta)
        assert isinstance(energy, KrotovHopfield)
        dense: list[float] = []
        for v in visibles.numpy().astype(np.longdouble):
            g = visible.activation(v)
            dense.append(float((v - drive) @ g - visible.value(v) - hidden.value(patterns.numpy() @ g)))
        yield energy(energy.settled(visibles)), torch.tensor(dense, dtype=torch.float64), 1e-12

    return Case(
        name=f"KrotovHopfield, {name}",
        make=make,
        reference=reference,
        one_pattern=lambda pattern, beta, state: one_pattern(pattern, state[:-1], state[-1]),
        rule=lambda energy: relax(energy, 0.05, visible_time=1.0, hidden_time=0.5),  # pyright: ignore[reportArgumentType]
        symmetry=renumbered,
        limit=settled,
        two_layers=True,
        force_at_zero=visible is not SPHERE,  # the origin has no direction
    )


def of_tanh(v: Any, drive: float = 0.0) -> Number:
    return (v - drive) @ np.tanh(2 * v) - np.log(np.cosh(2 * v)).sum() / 2


# --- assignments: the state is the logits of n memories, and patterns add up to the log-joint -------------------------


def assignment(patterns: Tensor, beta: float) -> Energy:
    scale = torch.tensor(beta, dtype=torch.float64).to(patterns)
    return AssignmentEnergy(scale * patterns.sum(0) if len(patterns) else patterns)


def lower_bound(patterns: Array, beta: float, state: Array) -> tuple[Number, Number]:
    joint, log_q = beta * patterns.sum(0), state - log_sum_exp(state)
    return np.exp(log_q) @ (log_q - joint), beta * np.abs(patterns).sum()


def at_the_posterior(case: Case) -> Limit:
    """At the posterior: minus the log-evidence and no force. Certain of memory k: −ℓ_k."""
    patterns = case.patterns(*CPU64)
    energy, joint = case.make(patterns, case.beta), case.beta * patterns.sum(0)
    yield energy(joint + 7), -joint.logsumexp(-1), 1e-12
    yield energy.force(joint + 7), torch.zeros(case.n, dtype=torch.float64), 1e-12
    yield energy(1e6 * torch.eye(case.n, dtype=torch.float64)), -joint, 1e-12


# --- the list ---------------------------------------------------------------------------------------------------------

ANY_SCALE = (1e-6, 1.0, 1e6)

CASES = [
    Case(
        name="Hopfield",
        make=lambda patterns, beta: Hopfield(patterns),
        reference=hopfield,
        one_pattern=hopfield_of_one,
        rule=sweeps,
        symmetry=gauge,
        limit=flat_when_full,
        spins=True,
    ),
    dense("Polynomial, order 2", lambda patterns: Polynomial(patterns, 2), np.square, limit=twice_hopfield),
    dense("Polynomial, order 3", lambda patterns: Polynomial(patterns, 3), cube),
    dense("Polynomial, rectified", lambda patterns: Polynomial(patterns, 3, rectified=True), rectified_cube),
    dense("Polynomial, order 15", lambda patterns: Polynomial(patterns, 15), fifteenth, exact=False),
    dense("Exponential", Exponential, np.exp, exact=False),
    Case(
        name="LogSumExp",
        make=LogSumExp,
        reference=modern,
        one_pattern=half_square,
        rule=lambda energy: attend(energy.patterns, energy.beta.item()),
        symmetry=rotation,
        limit=sharp_and_blunt,
        beta=2.0,
        betas=ANY_SCALE,
        sharpness="beta",
        likelihood=1.0,
    ),
    Case(
        name="GaussianKDE",
        make=lambda points, beta: GaussianKDE(points, beta**-0.5),
        reference=gaussian_kde,
        one_pattern=half_square,
        rule=lambda energy: mean_shift(energy.points, energy.bandwidth.item()),
        symmetry=motion,
        limit=sharp_and_blunt,
        beta=2.0,
        betas=ANY_SCALE,
        stored="points",
        sharpness="bandwidth",
        likelihood=1.0,
    ),
    Case(
        name="Epanechnikov",
        make=lambda points, beta: Epanechnikov(points, beta**-0.5),
        reference=epanechnikov,
        one_pattern=one_parabola,
        rule=lambda energy: gradient_flow(energy, 0.1),
        symmetry=motion,
        limit=blunt,
        beta=1 / 16,
        betas=ANY_SCALE,
        stored="points",
        sharpness="bandwidth",
        likelihood=2.0,
    ),
    Case(
        name="SphericalMixture",
        make=caps,
        reference=spherical_mixture,
        one_pattern=one_cap,
        rule=mode_seeking,
        symmetry=mirror,
        limit=nearest_cap,
        beta=3.0,
        betas=(1e-6, 1.0, 1e6),
        stored="mean_directions",
        on_sphere=True,
    ),
    Case(
        name="AssignmentEnergy",
        make=assignment,
        reference=lower_bound,
        one_pattern=lambda pattern, beta, state: lower_bound(pattern[None], beta, state)[0],
        rule=lambda energy: gradient_flow(energy, 1.0),
        symmetry=renumbered,
        limit=at_the_posterior,
        betas=ANY_SCALE,
        stored="log_joint",
    ),
    two_layers(
        "dense",
        TANH,
        CUBE,
        lambda x, v, h: of_tanh(v) + 2 * CUBE.value(h) - CUBE.activation(h) * (x @ np.tanh(2 * v)),
    ),
    two_layers("attention", LINEAR, SOFTMAX, lambda x, v, h: v @ v / 2 - x @ v),
    two_layers(
        "sphere",
        SPHERE,
        SQUARE,
        lambda x, v, h: SQUARE.value(h) - SQUARE.activation(h) * (x @ v) / np.sqrt(v @ v),
    ),
    two_layers(
        "classical",
        TANH,
        LINEAR,
        lambda x, v, h: of_tanh(v, 0.25) + h * h / 2 - h * (x @ np.tanh(2 * v)),
        drive=0.25,
    ),
]

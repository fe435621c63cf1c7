"""The contract of rules and of `run`. Each `check_…` is a plain function, which `test_mutants.py` holds against wrong
ones."""

import copy
import math
import pickle
from collections.abc import Callable
from dataclasses import dataclass, field, fields, is_dataclass, replace
from fractions import Fraction
from functools import partial
from itertools import product
from typing import Any

import numpy as np
import pytest
import torch
from conftest import DEVICES, TOLERANCE
from energies_list import hadamard
from scipy.stats import chi2
from strategies import refused, type_checker_away
from test_energies import chance_state, exactly
from torch import Tensor, nn

from amem import dynamics
from amem.dynamics import Update, asynchronous, attend, glauber, gradient_flow, langevin, mean_shift, relax, synchronous
from amem.dynamics.sphere import mode_seeking
from amem.energies import Energy, Exponential, GaussianKDE, Hopfield, KrotovHopfield, LogSumExp, Polynomial, SpinEnergy
from amem.energies.two_layer import activation, hyperbolic, linear, power, softmax, spherical
from amem.patterns import flip, mask, spins
from amem.seeds import generator

Array = np.ndarray[Any, Any]
Run = Callable[..., dynamics.Trajectory]


class Well(Energy):
    """E = ½ k ‖x‖²."""

    def __init__(self, curvature: float) -> None:
        super().__init__()
        self.curvature = curvature

    def forward(self, state: Tensor) -> Tensor:
        return self.curvature * state.square().sum(-1) / 2


@dataclass(frozen=True, kw_only=True)
class Rule:
    """A rule made from patterns and chance, and what must be true of it."""

    name: str
    make: Callable[[Tensor, torch.Generator], Update]
    step: Callable[..., Array]
    """The same step of a single state in plain NumPy, with the same chance."""
    spins: bool = False
    one_by_one: bool = False
    """Whether neurons move in turn: then `step` passes over those that are held."""
    points: bool = True
    """Whether spins are pointed rather than drawn."""
    noisy: bool = False
    """Whether each state of a batch has chance of its own, so that it depends on its company."""
    energy: Callable[[Tensor], Energy] | None = None
    """What it never raises."""
    recalls: bool = True
    """Whether it keeps a well separated pattern."""
    law: Callable[["Rule"], None] | None = None
    """A check of the law it samples."""
    width: Callable[[int, int], int] = field(default=lambda n, p: n)

    def patterns(self, dtype: torch.dtype, device: torch.device) -> Tensor:
        draw = torch.randn(5, 9, generator=generator("tests", "rule", "patterns"), dtype=torch.float64)
        return (draw.sign() if self.spins else draw).to(device, dtype)

    def states(self, batch: tuple[int, ...], dtype: torch.dtype, device: torch.device) -> Tensor:
        draw = torch.randn(*batch, self.width(9, 5), generator=generator("tests", "rule", *batch), dtype=torch.float64)
        return (draw.sign() if self.spins else draw).to(device, dtype)

    def build(self, dtype: torch.dtype, device: torch.device) -> Update:
        return self.make(self.patterns(dtype, device), generator("tests", "rule", "chance"))

    def __str__(self) -> str:
        return self.name


# --- the rules in NumPy -----------------------------------------------------------------------------------------------


def field_of(interaction: Callable[[Any], Any], patterns: Array, state: Array, site: int) -> float:
    """Σ_μ F(ξ_i + r) − F(−ξ_i + r), r the overlap without site i: [krotov2016dense, eq. 2] as it is printed."""
    rest = patterns @ state - patterns[:, site] * state[site]
    return float((interaction(rest + patterns[:, site]) - interaction(rest - patterns[:, site])).sum())


def all_at_once(interaction: Callable[[Any], Any]) -> Callable[[Array, Array, torch.Generator], Array]:
    def step(patterns: Array, state: Array, rng: torch.Generator) -> Array:
        fields = np.array([field_of(interaction, patterns, state, site) for site in range(len(state))])
        return np.where(fields == 0, state, np.sign(fields))

    return step


def one_by_one(interaction: Callable[[Any], Any]) -> Callable[..., Array]:
    def step(patterns: Array, state: Array, rng: torch.Generator, held: Array | None = None) -> Array:
        state = state.copy()
        for site in torch.randperm(len(state), generator=rng).tolist():
            if held is None or not held[site]:
                state[site] = np.sign(field_of(interaction, patterns, state, site)) or state[site]
        return state

    return step


def heat_bath(patterns: Array, state: Array, rng: torch.Generator, held: Array | None = None) -> Array:
    """Temperature 5; the field of F = x²/2 is the gap of Hopfield's energy."""
    state = state.copy()
    for site in torch.randperm(len(state), generator=rng).tolist():
        gap = field_of(lambda x: x**2 / 2, patterns, state, site)
        up = torch.rand((), generator=rng, dtype=torch.float64).item() < 1 / (1 + math.exp(-gap / 5))
        if held is None or not held[site]:
            state[site] = 1 if up else -1
    return state


def averaged(scores: Array, patterns: Array) -> Array:
    weights = np.exp(scores - scores.max())
    return weights @ patterns / weights.sum()


def attention(patterns: Array, state: Array, rng: torch.Generator) -> Array:
    return averaged(0.7 * patterns @ state, patterns)


def shifted(points: Array, state: Array, rng: torch.Generator) -> Array:
    """Bandwidth 1.3."""
    return averaged(-np.square(points - state).sum(-1) / 2 / 1.3**2, points)


def downhill(patterns: Array, state: Array, rng: torch.Generator) -> Array:
    return state + 0.3 * (attention(patterns, state, rng) - state)


def downhill_with_noise(patterns: Array, state: Array, rng: torch.Generator) -> Array:
    noise = torch.randn(len(state), generator=rng, dtype=torch.float64).numpy()
    return downhill(patterns, state, rng) + math.sqrt(2 * 0.3 * 0.2) * noise


def relaxed(patterns: Array, state: Array, rng: torch.Generator) -> Array:
    """tanh(2v) and [h]₊ with times 1.5 and 0.5."""
    v, h = state[:9], state[9:]
    g, f = np.tanh(2 * v), np.maximum(h, 0)
    return state + 0.01 * np.concatenate([(f @ patterns - v) / 1.5, (patterns @ g - h) / 0.5])


def layers(patterns: Tensor) -> KrotovHopfield:
    return KrotovHopfield(patterns, hyperbolic(2.0), power(2))


# --- the laws of the noisy ones ---------------------------------------------------------------------------------------


def boltzmann_law(rule: Rule) -> None:
    """20 000 chains of five spins, after 25 sweeps: the counts of all 32 states against exp(−E/T)/Z."""
    patterns = torch.tensor([[1, 1, 1, -1, 1], [1, -1, 1, 1, 1], [-1, 1, 1, 1, 1]], dtype=torch.float64)
    every = torch.tensor(list(product([-1.0, 1.0], repeat=5)), dtype=torch.float64)
    weight = (Hopfield(patterns)(every) / -5.0).softmax(-1).numpy()
    rng = generator("tests", "boltzmann")
    states, update = spins(20_000, 5, rng, device="cpu", dtype=torch.float64), rule.make(patterns, rng)
    for _ in range(25):
        states = update(states)
    code = ((states > 0).long() @ torch.tensor([16, 8, 4, 2, 1])).numpy()
    counts, expected = np.bincount(code, minlength=32), 20_000 * weight
    z = (counts - expected) / np.sqrt(expected * (1 - weight))
    assert np.abs(z).max() <= 4, f"z = {z}"
    assert ((counts - expected) ** 2 / expected).sum() < chi2.isf(1e-4, 31)


def langevin_law(rule: Rule) -> None:
    """20 000 chains in the well of one pattern: variance T/(k(1 − step·k/2)), k = 1, T = 0.2, in either coordinate."""
    rng = generator("tests", "langevin")
    update = rule.make(torch.zeros(1, 2, dtype=torch.float64), rng)
    states = torch.zeros(20_000, 2, dtype=torch.float64)
    for _ in range(60):
        states = update(states)
    expected = 0.2 / (1 - 0.3 / 2)
    z = (states.square().mean(0) / expected - 1) * math.sqrt(20_000 / 2)
    assert z.abs().max() <= 4, f"z = {z}"
    correlation = (states[:, 0] * states[:, 1]).mean() / expected * math.sqrt(20_000)
    assert correlation.abs() <= 4, f"z = {correlation}"


def square(x: Any) -> Any:
    return x**2


def cube(x: Any) -> Any:
    return x**3


RULES = [
    Rule(
        name="synchronous, Hopfield",
        make=lambda patterns, rng: synchronous(Hopfield(patterns)),
        step=all_at_once(square),
        spins=True,
    ),
    Rule(
        name="synchronous, cubic",
        make=lambda patterns, rng: synchronous(Polynomial(patterns, 3)),
        step=all_at_once(cube),
        spins=True,
    ),
    Rule(
        name="asynchronous, Hopfield",
        make=lambda patterns, rng: asynchronous(Hopfield(patterns), rng),
        step=one_by_one(square),
        energy=Hopfield,
        spins=True,
        one_by_one=True,
    ),
    Rule(
        name="asynchronous, cubic",
        make=lambda patterns, rng: asynchronous(Polynomial(patterns, 3), rng),
        step=one_by_one(cube),
        energy=lambda patterns: Polynomial(patterns, 3),
        spins=True,
        one_by_one=True,
    ),
    Rule(
        name="glauber",
        make=lambda patterns, rng: glauber(Hopfield(patterns), 5.0, rng),
        step=heat_bath,
        spins=True,
        one_by_one=True,
        points=False,
        noisy=True,
        recalls=False,
        law=boltzmann_law,
    ),
    Rule(name="attend", make=lambda x, rng: attend(x, 0.7), step=attention, energy=lambda x: LogSumExp(x, 0.7)),
    Rule(name="mean shift", make=lambda x, rng: mean_shift(x, 1.3), step=shifted, energy=lambda x: GaussianKDE(x, 1.3)),
    Rule(
        name="gradient flow",
        make=lambda patterns, rng: gradient_flow(LogSumExp(patterns, 0.7), 0.3),
        step=downhill,
        energy=lambda patterns: LogSumExp(patterns, 0.7),
    ),
    Rule(
        name="langevin",
        make=lambda patterns, rng: langevin(LogSumExp(patterns, 0.7), 0.3, 0.2, rng),
        step=downhill_with_noise,
        noisy=True,
        recalls=False,
        law=langevin_law,
    ),
    Rule(
        name="relax",
        make=lambda patterns, rng: relax(layers(patterns), 0.01, visible_time=1.5, hidden_time=0.5),
        step=relaxed,
        energy=layers,
        recalls=False,
        width=lambda n, p: n + p,
    ),
]


# --- the contract of a rule -------------------------------------------------------------------------------------------


def check_shape(rule: Rule, dtype: torch.dtype, device: torch.device) -> None:
    """The smoke test."""
    for batch in ((), (3,), (2, 3)):
        states = rule.states(batch, dtype, device)
        assert rule.build(dtype, device)(states).shape == states.shape


def check_place(rule: Rule, dtype: torch.dtype, device: torch.device) -> None:
    moved = rule.build(dtype, device)(rule.states((3,), dtype, device))
    assert (moved.dtype, moved.device) == (dtype, torch.empty(0, device=device).device)


def check_step(rule: Rule, dtype: torch.dtype, device: torch.device) -> None:
    """Three steps of single states, as in NumPy: of spins to the bit, also from states in which some are unknown."""
    update, chance = rule.build(dtype, device), generator("tests", "rule", "chance")
    patterns, states = exactly(rule.patterns(dtype, device)), rule.states((6,), dtype, device)
    if rule.spins:
        states = torch.cat([states, mask(states, 0.3, chance), mask(states, 0.6, chance)])
        chance = generator("tests", "rule", "chance")
    for state in states:
        for _ in range(3):
            wanted, state = rule.step(patterns, exactly(state), chance), update(state)
            slack = 0 if rule.spins else 10 * TOLERANCE[dtype]
            assert (np.abs(exactly(state) - wanted) <= slack).all()


def check_pure(rule: Rule, dtype: torch.dtype, device: torch.device) -> None:
    """The start and everybody else's chance are left alone; the same stream gives the same bits."""
    states, chance = rule.states((4,), dtype, device), chance_state()
    before, version = states.clone(), states._version
    moved = rule.build(dtype, device)(states)
    assert torch.equal(states, before) and states._version == version
    assert chance_state() == chance
    torch.rand(3)  # somebody else draws
    assert torch.equal(rule.build(dtype, device)(states), moved)
    assert not moved.requires_grad


def check_company(rule: Rule, dtype: torch.dtype, device: torch.device) -> None:
    """What a state becomes does not depend on its company."""
    states = rule.states((2, 3), dtype, device)
    together = rule.build(dtype, device)(states).flatten(0, 1)
    for state, wanted in zip(states.flatten(0, 1), together, strict=True):
        slack = 0 if rule.spins else 10 * TOLERANCE[dtype]
        assert (rule.build(dtype, device)(state) - wanted).abs().max() <= slack


def check_descent(rule: Rule, dtype: torch.dtype, device: torch.device) -> None:
    assert rule.energy
    energy, update = rule.energy(rule.patterns(dtype, device)), rule.build(dtype, device)
    states = rule.states((30,), dtype, device)
    levels = [energy(states)]
    for _ in range(40):
        states = update(states)
        levels.append(energy(states))
    heights = torch.stack(levels)
    slack = 16 * torch.finfo(dtype).eps * heights.abs().clamp(min=1).amax(0)
    assert (heights.diff(dim=0) <= slack).all()
    assert (heights[-1] < heights[0]).any()


def check_recall(rule: Rule, dtype: torch.dtype, device: torch.device) -> None:
    """Orthogonal patterns stay where they are."""
    memory = hadamard(16)[1:3].to(device, dtype)
    update = rule.make(memory, generator("tests", "recall"))
    assert (update(memory) - memory).abs().max() <= 100 * math.exp(-0.7 * 16)


def check_tie(rule: Rule, dtype: torch.dtype, device: torch.device) -> None:
    """Two patterns that differ at one neuron only pull it both ways: it stays as it is, up or down."""
    memory = spins(1, 16, generator("tests", "ties"), device=device, dtype=dtype).repeat(2, 1)
    memory[1, 5] *= -1
    states = spins(40, 16, generator("tests", "tied"), device=device, dtype=dtype)
    moved = rule.make(memory, generator("tests", "tie"))(states)
    assert torch.equal(moved[:, 5], states[:, 5])
    assert (moved.abs() == 1).all()


def check_precision(rule: Rule, dtype: torch.dtype, device: torch.device) -> None:
    """Spins take the same path in float32 and float64, whole: fields are whole numbers."""
    memory, states = (spins(p, 60, generator("tests", p), device=device, dtype=dtype) for p in (25, 20))
    single, double = (rule.make(memory.to(kind), generator("tests", "precision")) for kind in (dtype, torch.float64))
    low, high = states, states.double()
    for _ in range(4):
        low, high = single(low), double(high)
        assert torch.equal(low.double(), high)


def check_held(rule: Rule, dtype: torch.dtype, device: torch.device) -> None:
    """Neurons that are held keep their bits, and the others move as if those were constants."""
    update, chance = rule.build(dtype, device), generator("tests", "rule", "chance")
    patterns, states = exactly(rule.patterns(dtype, device)), rule.states((6,), dtype, device)
    masks = torch.rand(states.shape, generator=generator("tests", "held")).to(device) < 0.4
    for state, held in zip(states, masks, strict=True):
        got = dynamics.run(update, state, steps=3, held=held).state
        assert torch.equal(got[held], state[held])
        wanted = exactly(state)
        for _ in range(3):
            if rule.one_by_one:
                wanted = rule.step(patterns, wanted, chance, held.cpu().numpy())
            else:
                wanted = np.where(held.cpu(), wanted, rule.step(patterns, wanted, chance))
        assert (np.abs(exactly(got) - wanted) <= (0 if rule.spins else 10 * TOLERANCE[dtype])).all()


def check_width(rule: Rule, dtype: torch.dtype, device: torch.device) -> None:
    """States of another width, which torch might broadcast, and states without axes are refused by name."""
    update, states = rule.build(dtype, device), rule.states((2,), dtype, device)
    for bad in (states[:, :1], states[:, 1:], torch.cat([states, states], -1), states[:, :0], states[0, 0]):
        refused("state", lambda bad=bad: update(bad))


def check_copies(rule: Rule, dtype: torch.dtype, device: torch.device) -> None:
    """A copy, also one that went to another process, makes the same steps with a chance of its own."""
    update, states = rule.build(dtype, device), rule.states((3,), dtype, device)
    copies = copy.deepcopy(update), pickle.loads(pickle.dumps(update))
    wanted = update(update(states))
    for other in copies:
        assert torch.equal(other(other(states)), wanted)


def check_inference(rule: Rule, dtype: torch.dtype, device: torch.device) -> None:
    wanted = dynamics.run(rule.build(dtype, device), rule.states((3,), dtype, device), steps=2, tolerance=0.0).state
    with torch.inference_mode():
        got = dynamics.run(rule.build(dtype, device), rule.states((3,), dtype, device), steps=2, tolerance=0.0).state
    assert torch.equal(got, wanted)


def to_meta(thing: Any) -> Any:
    """A rule whose tensors are all on the device that computes shapes only."""
    if isinstance(thing, Tensor):
        return thing.to("meta")
    if isinstance(thing, nn.Module):
        return copy.deepcopy(thing).to("meta")
    if isinstance(thing, partial):
        return partial(thing.func, *map(to_meta, thing.args), **thing.keywords)
    if is_dataclass(thing) and not isinstance(thing, type):
        return replace(thing, **{part.name: to_meta(getattr(thing, part.name)) for part in fields(thing)})
    return thing


def check_place_of_all(rule: Rule, dtype: torch.dtype, device: torch.device) -> None:
    """Nothing is made on a device of its own, and no value is looked at: then the rule also works on shapes alone."""
    moved = to_meta(rule.build(dtype, device))(rule.states((2, 3), dtype, device).to("meta"))
    assert moved.is_meta and moved.shape == rule.states((2, 3), dtype, device).shape and moved.dtype is dtype


def check_not_a_number(rule: Rule, dtype: torch.dtype, device: torch.device) -> None:
    """What is not a number does not become one, and the others do not notice."""
    states = rule.states((4,), dtype, device)
    spoiled = states.clone()
    spoiled[1, 2] = math.nan
    got, wanted = rule.build(dtype, device)(spoiled), rule.build(dtype, device)(states)
    assert not got[1].isfinite().all()
    assert (got - wanted)[[0, 2, 3]].abs().max() <= 10 * TOLERANCE[dtype]


def check_half(rule: Rule, dtype: torch.dtype, device: torch.device) -> None:
    """Spins and patterns of half precision take the path of whole numbers, also where it cannot hold their fields."""
    memory, states = (spins(p, 300, generator("tests", p), device=device, dtype=dtype) for p in (45, 20))
    cues = torch.cat([states, flip(memory, 0.1, generator("tests", "half"))])
    wanted = rule.make(memory, generator("tests", "half"))(cues)
    for half in (torch.float16, torch.bfloat16):
        got = rule.make(memory.to(half), generator("tests", "half"))(cues.to(half))
        assert got.dtype is half and torch.equal(got.to(dtype), wanted)


def check_law(rule: Rule, dtype: torch.dtype, device: torch.device) -> None:
    assert rule.law
    rule.law(rule)


Check = Callable[[Rule, torch.dtype, torch.device], None]


def contract(rule: Rule) -> list[Check]:
    checks: list[Check] = [check_shape, check_place, check_step, check_pure, check_held, check_width]
    checks += [check_copies, check_inference, check_place_of_all, check_half if rule.spins else check_not_a_number]
    if not rule.noisy:
        checks += [check_company]
    if rule.energy:
        checks += [check_descent]
    if rule.recalls:
        checks += [check_recall]
    if rule.spins and rule.points:
        checks += [check_precision, check_tie]
    if rule.law:
        checks += [check_law]
    return checks


@pytest.mark.parametrize("device", DEVICES, ids=str)
@pytest.mark.parametrize("dtype", TOLERANCE, ids=lambda dtype: str(dtype)[6:])
@pytest.mark.parametrize(
    ("rule", "check"),
    [pytest.param(rule, check, id=f"{rule}-{check.__name__[6:]}") for rule in RULES for check in contract(rule)],
)
def test_contract(rule: Rule, check: Check, dtype: torch.dtype, device: torch.device) -> None:
    check(rule, dtype, device)


# --- the contract of run ----------------------------------------------------------------------------------------------


def shrink(state: Tensor) -> Tensor:
    """Each query carries its own rate in its second entry, so that some come to rest long before others."""
    return torch.stack([state[..., 0] * state[..., 1], state[..., 1]], -1)


def shrinking() -> Tensor:
    """Made afresh each time: some mutants write into it."""
    return torch.tensor([[1.0, 0.9], [8.0, 0.1], [4.0, 0.5], [1.0, 0.99], [0.0, 0.5], [2.0, 0.3]], dtype=torch.float64)


def check_run_repeats(run: Run) -> None:
    for steps in (0, 1, 7):
        wanted = shrinking()
        for _ in range(steps):
            wanted = shrink(wanted)
        walk = run(shrink, shrinking(), steps=steps)
        assert torch.equal(walk.state, wanted)
        assert (walk.steps == steps).all() and not walk.converged.any()
        assert walk.kept is None and walk.times == ()


def check_run_shapes(run: Run) -> None:
    for batch in ((), (2,), (2, 3), (0,), (2, 0)):
        start = torch.ones(*batch, 2, dtype=torch.float32) / 2
        walk = run(shrink, start, steps=4, keep_every=2, tolerance=1e-9)
        assert walk.state.shape == start.shape and walk.state.dtype == start.dtype
        assert walk.steps.shape == batch and walk.converged.shape == batch
        assert walk.kept is not None and walk.kept.shape == (3, *start.shape)


def check_run_alone(run: Run) -> None:
    """An answer, its number of steps and its path do not depend on who else is in the batch."""
    together = run(shrink, shrinking(), steps=50, tolerance=1e-3, keep_every=4)
    assert len(set(together.steps.tolist())) > 3
    assert together.converged.any() and not together.converged.all()
    for index, start in enumerate(shrinking()):
        alone = run(shrink, start, steps=50, tolerance=1e-3, keep_every=4)
        assert torch.equal(together.state[index], alone.state)
        assert together.steps[index] == alone.steps
        assert together.converged[index] == alone.converged
        assert torch.equal(together.kept[:, index], alone.kept)


def check_run_counts(run: Run) -> None:
    """4 · ½ᵏ moves by 4 · ½ᵏ at step k: by no more than ¼ at step 4, and a step taken is a step counted."""
    walk = run(shrink, shrinking()[2:3], steps=50, tolerance=0.25)
    assert walk.steps.tolist() == [4] and walk.converged.all()
    assert walk.state[0, 0] == 0.25
    cut = run(shrink, shrinking()[2:3], steps=3, tolerance=0.25)
    assert cut.steps.tolist() == [3] and not cut.converged.any()


def check_run_distance(run: Run) -> None:
    """The tolerance is a Euclidean distance: not a mean, not a largest entry, not relative to the state."""
    far = torch.full((1, 4), 1e6, dtype=torch.float64)
    for tolerance, rests in ((1.99, False), (2.0, True)):
        assert run(lambda state: state + 1, far, steps=1, tolerance=tolerance).converged.item() is rests


def check_run_keeps(run: Run) -> None:
    """The path is kept at 0, k, 2k, …, also of queries at rest: they stay where they came to rest."""
    path = [shrinking()[1:3]]
    for _ in range(12):
        path.append(shrink(path[-1]))
    for keep_every, times in ((1, range(13)), (5, (0, 5, 10)), (13, (0,))):
        walk = run(shrink, shrinking()[1:3], steps=12, keep_every=keep_every)
        assert walk.times == tuple(times)
        assert torch.equal(walk.kept, torch.stack([path[time] for time in times]))
    rest = run(shrink, shrinking()[2], steps=12, keep_every=3, tolerance=0.25)  # at rest after 4
    assert rest.kept[:, 0].tolist() == [4.0, 0.5, 0.25, 0.25, 0.25]


def check_run_spares(run: Run) -> None:
    """A query at rest is not computed again, and nothing is when all are at rest."""
    seen: list[int] = []

    def counted(state: Tensor) -> Tensor:
        seen.append(len(state))
        return shrink(state)

    walk = run(counted, shrinking()[[1, 2, 5]], steps=100, tolerance=1e-3)
    assert sum(seen) == walk.steps.sum() < 100 and 0 not in seen


def check_run_exact(run: Run) -> None:
    """At tolerance 0 a two-cycle never comes to rest; a fixed point does at once."""
    update = synchronous(Hopfield(torch.ones(1, 2)))
    walk = run(update, torch.tensor([[1.0, -1.0], [1.0, 1.0]]), steps=9, tolerance=0.0)
    assert walk.converged.tolist() == [False, True] and walk.steps.tolist() == [9, 1]
    assert walk.state.tolist() == [[-1.0, 1.0], [1.0, 1.0]]


def check_run_finite(run: Run) -> None:
    """A run-away is an error with a number and advice, also where all the others are well."""
    start = torch.tensor([[1.0, 0.5], [1e200, 1e200]], dtype=torch.float64)
    for tolerance in (None, 1e-6):
        with pytest.raises(FloatingPointError, match=r"1 of 2 .*smaller step"):
            run(shrink, start, steps=5, tolerance=tolerance)
    with pytest.raises(FloatingPointError):
        run(lambda state: state * math.nan, start, steps=1)


def check_run_start(run: Run) -> None:
    """Of a start that is not finite nothing is recalled."""
    memory = torch.randn(10, 4, generator=generator("tests", "start"))
    for bad in (math.nan, math.inf, -math.inf):
        cue = memory.clone()
        cue[3, 1] = bad
        for steps, tolerance in ((5, 1e-6), (5, None), (0, None)):
            refused(
                "start",
                lambda cue=cue, steps=steps, tolerance=tolerance: run(
                    attend(memory, 8.0), cue, steps=steps, tolerance=tolerance
                ),
            )


def check_run_lost(run: Run) -> None:
    """What stops being a number on the way is not recalled either."""
    memory = torch.randn(10, 4, generator=generator("tests", "lost"))
    recall, seen = attend(memory, 8.0), [0]

    def stumbles(state: Tensor) -> Tensor:
        seen[0] += 1
        return recall(state) * (math.nan if seen[0] == 2 else 1)

    with pytest.raises(FloatingPointError):
        run(stumbles, memory[:1] + 0.1, steps=9)


def check_run_short(run: Run) -> None:
    """At tolerance 0 a move is a move, also one whose square is no number above 0."""
    walk = run(lambda state: state / 2, torch.full((1, 2), 1e-30), steps=3, tolerance=0.0)
    assert walk.steps.tolist() == [3] and not walk.converged.any()


def check_run_numbers(run: Run) -> None:
    """NumPy's numbers are numbers."""
    with type_checker_away():
        options = {"steps": np.int64(4), "keep_every": np.int32(2), "tolerance": np.float32(0.25)}
        walk = run(shrink, shrinking(), **options)
    known = run(shrink, shrinking(), steps=4, keep_every=2, tolerance=0.25)
    assert torch.equal(walk.state, known.state) and walk.times == known.times == (0, 2, 4)
    assert {type(time) for time in walk.times} == {int}


class Turn(dynamics.Sequential):
    """One after another, each neuron becomes the sum of all."""

    def __call__(self, state: Tensor, held: Tensor | None = None) -> Tensor:
        state = state.clone()
        for site in range(state.shape[-1]):
            total = state.sum(-1)
            state[..., site] = total if held is None else torch.where(held[..., site], state[..., site], total)
        return state


def check_run_held(run: Run) -> None:
    """Each query has its own mask, which stays with it while others come to rest."""
    start = shrinking()
    held = torch.tensor([[i % 3 == 0, i % 2 == 0] for i in range(len(start))])
    walk = run(lambda state: shrink(state) / 2, start, steps=50, tolerance=1e-3, held=held, keep_every=5)
    assert len(set(walk.steps.tolist())) > 2
    assert torch.equal(walk.state[held], start[held]) and not torch.equal(walk.state[~held], start[~held])
    for index, (one, mask_of_one) in enumerate(zip(start, held, strict=True)):
        path = [one]
        for _ in range(50):
            path.append(torch.where(mask_of_one, one, shrink(path[-1]) / 2))
        assert torch.equal(walk.state[index], path[int(walk.steps[index])])
        assert torch.equal(walk.kept[1, index], path[min(5, int(walk.steps[index]))])
    for every in (torch.tensor(True), torch.tensor([True, True]), torch.ones(6, 1, dtype=torch.bool)):
        still = run(shrink, start, steps=5, tolerance=0.0, held=every)
        assert torch.equal(still.state, start) and still.converged.all() and (still.steps == 1).all()
    first = torch.tensor([False, True, False])
    in_turn = run(Turn(), torch.ones(2, 3), steps=1, held=first).state
    assert in_turn.tolist() == [[3.0, 1.0, 5.0]] * 2  # not 9, as if the second had moved meanwhile
    for bad in (torch.ones(6, 2), [True, False], torch.ones(5, 2, dtype=torch.bool), torch.ones(1, 6, 2) > 0, True):
        refused("held", lambda bad=bad: run(shrink, start, steps=1, held=bad))


def check_run_pure(run: Run) -> None:
    """The start and everybody's chance are left alone."""
    start, chance = shrinking(), chance_state()
    with type_checker_away():  # it draws
        run(shrink, start, steps=5, keep_every=1, tolerance=1e-3)
    assert torch.equal(start, shrinking()) and start._version == 0
    assert chance_state() == chance


RUN_CHECKS = [
    check_run_repeats,
    check_run_shapes,
    check_run_alone,
    check_run_counts,
    check_run_distance,
    check_run_keeps,
    check_run_spares,
    check_run_exact,
    check_run_finite,
    check_run_start,
    check_run_lost,
    check_run_short,
    check_run_numbers,
    check_run_held,
    check_run_pure,
]


@pytest.mark.parametrize("check", RUN_CHECKS, ids=lambda check: check.__name__[6:])
def test_run(check: Callable[[Run], None]) -> None:
    check(dynamics.run)


# --- what the papers say ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [Hopfield, lambda x: Polynomial(x, 3), Exponential])
def test_no_single_update_of_ten_thousand_raises_the_energy(make: Callable[[Tensor], SpinEnergy]) -> None:
    """Every visit of every sweep, in an overloaded memory."""
    energy = make(spins(30, 20, generator("tests", "overloaded"), device="cpu", dtype=torch.float64))
    states = spins(25, 20, generator("tests", "starts"), device="cpu", dtype=torch.float64)
    levels, look = [energy(states)], energy.gap_at

    def looked(site: int, spin: Tensor, overlap: Tensor) -> Tensor:
        diagonal = 20 * 30 / 2 if isinstance(energy, Hopfield) else None
        levels.append(diagonal - overlap.square().sum(-1) / 2 if diagonal else -energy.interaction(overlap).sum(-1))
        return look(site, spin, overlap)

    energy.gap_at = looked  # pyright: ignore[reportAttributeAccessIssue]
    dynamics.run(asynchronous(energy, generator("tests", "visits")), states, steps=20)
    heights = torch.stack(levels)
    assert heights.diff(dim=0).numel() == 25 * 20 * 20 == 10_000
    assert (heights.diff(dim=0) <= 16 * torch.finfo(torch.float64).eps * heights[:-1].abs()).all()
    assert (heights[-1] < heights[0]).all()


def test_synchronous_updates_can_cycle_and_can_raise_the_energy() -> None:
    """Two ferromagnetic spins that disagree change places for ever; an overloaded memory climbs."""
    update = synchronous(Hopfield(torch.ones(1, 2)))
    split = torch.tensor([1.0, -1.0])
    assert torch.equal(update(split), -split) and torch.equal(update(update(split)), split)
    energy = Hopfield(spins(200, 12, generator("tests", "climb"), device="cpu", dtype=torch.float64))
    states = spins(500, 12, generator("tests", "climbers"), device="cpu", dtype=torch.float64)
    assert (energy(synchronous(energy)(states)) > energy(states)).any()


@pytest.mark.parametrize("make", [Hopfield, lambda x: Polynomial(x, 2)])
def test_synchronous_cycles_are_no_longer_than_two(make: Callable[[Tensor], SpinEnergy]) -> None:
    """Of symmetric couplings; a longer cycle would mean an asymmetric field."""
    update = synchronous(make(spins(9, 15, generator("tests", "cycles"), device="cpu", dtype=torch.float64)))
    end = dynamics.run(update, spins(300, 15, generator("tests", 1), device="cpu", dtype=torch.float64), steps=60).state
    assert torch.equal(update(update(end)), end)
    assert (update(end) != end).any()


def test_cold_glauber_is_asynchronous() -> None:
    """The first sweep visits in the same order, so at temperature → 0 it is the same sweep."""
    energy = Hopfield(
        spins(7, 30, generator("tests", "cold"), device="cpu", dtype=torch.float64)
    )  # odd fields: no ties
    states = spins(40, 30, generator("tests", "colder"), device="cpu", dtype=torch.float64)
    cold, pointed = glauber(energy, 1e-9, generator("tests", 0)), asynchronous(energy, generator("tests", 0))
    assert torch.equal(cold(states), pointed(states))


STEEP = [(order, rectified) for order in (2, 9, 12, 15, 20, 61, 400) for rectified in (False, True)]


@pytest.mark.parametrize("device", DEVICES, ids=str)
@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.bfloat16, torch.float16], ids=str)
@pytest.mark.parametrize(("order", "rectified"), STEEP)
def test_every_order_recalls_in_every_dtype(
    order: int, rectified: bool, dtype: torch.dtype, device: torch.device
) -> None:
    """Ten patterns of 784 spins, a tenth of them flipped or unknown, by each of the rules."""
    memory = spins(10, 784, generator("tests", "steep"), device=device, dtype=dtype)
    energy, rng = Polynomial(memory, order, rectified), generator("tests", "steeper")
    for cue in (flip(memory, 0.1, rng), mask(memory, 0.1, rng)):
        for rule in (synchronous(energy), asynchronous(energy, rng), glauber(energy, 0.1, rng)):
            walk = dynamics.run(rule, cue, steps=5, tolerance=0.0)
            assert torch.equal(walk.state, memory) and walk.converged.all()


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("n", [3, 9, 30])
@pytest.mark.parametrize(("order", "rectified"), STEEP)
def test_gaps_and_energies_are_those_of_whole_numbers(order: int, rectified: bool, n: int, dtype: torch.dtype) -> None:
    """Python's integers have any size: the gap's sign, its size, and infinity of its sign beyond the dtype's range."""
    memory, states = (spins(p, n, generator("tests", p, n), device="cpu", dtype=dtype) for p in (5, 8))
    states = torch.cat([states, mask(states, 0.3, generator("tests", "whole"))])
    energy = Polynomial(memory, order, rectified)
    gap, overlap, height = energy.gap(states), energy.overlap(states), energy(states)
    eps, largest = Fraction(torch.finfo(dtype).eps), torch.finfo(dtype).max
    lost = 4 * 3**order * eps  # by the two-point identity, where it is used
    slack = 30 * order * eps + (lost if lost < 1 / 4 else 0)

    def powers(state: list[int]) -> list[int]:
        overlaps = (sum(x * y for x, y in zip(row, state, strict=True)) for row in memory.int().tolist())
        return [max(m, 0) ** order if rectified else m**order for m in overlaps]

    def close(got: float, terms: list[int]) -> bool:
        total, size = sum(terms), max(map(abs, terms))
        if size > largest / 100:
            return abs(total) <= slack * size or (got > 0) - (got < 0) == (total > 0) - (total < 0)
        return abs(Fraction(got) - total) <= slack * size

    for index, state in enumerate(states.int().tolist()):
        assert close(height[index].item(), [-power for power in powers(state)])
        for site in range(n):
            down, up = ([*state[:site], spin, *state[site + 1 :]] for spin in (-1, 1))
            terms = [*powers(up), *(-power for power in powers(down))]
            at = energy.gap_at(site, states[index, site], overlap[index])
            assert close(gap[index, site].item(), terms) and close(at.item(), terms)


def test_glauber_knows_the_size_of_a_steep_gap() -> None:
    """In single precision it takes the path of double precision, at temperatures near the end of its range."""
    memory, states = (spins(p, 60, generator("tests", p), device="cpu", dtype=torch.float64) for p in (10, 40))
    cues = torch.cat([states, flip(memory, 0.1, generator("tests", "warm"))])
    low, high = (
        glauber(Polynomial(memory.to(dtype), 20), 3e34, generator("tests", "warm"))(cues.to(dtype))
        for dtype in (torch.float32, torch.float64)
    )
    assert torch.equal(low.double(), high) and 0 < (high[40:] != memory).double().mean() < 0.5


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("make", [Hopfield, lambda x: Polynomial(x, 3), lambda x: Polynomial(x, 4), Exponential])
def test_from_unknown_spins_at_once_and_in_turn_agree(make: Callable[[Tensor], SpinEnergy], dtype: torch.dtype) -> None:
    """A state with one unknown spin, the others held: both rules set it by the same gap, the energies' difference."""
    memory = spins(9, 15, generator("tests", "unknown"), device="cpu", dtype=dtype)
    states, energy = spins(50, 15, generator("tests", "rest"), device="cpu", dtype=dtype), make(memory)
    unknown = states.clone()
    unknown[:, 4] = 0
    wanted = (energy(torch.where(unknown == 0, -1, unknown)) - energy(torch.where(unknown == 0, 1, unknown))).sign()
    for rule in (synchronous(energy), asynchronous(energy, generator("tests", "turns"))):
        got = dynamics.run(rule, unknown, steps=1, held=unknown != 0).state
        assert torch.equal(got[:, 4], wanted) and torch.equal(got[:, :4], states[:, :4])


def test_held_spins_condition_the_heat_bath() -> None:
    """Two of five spins held: the other three are drawn from exp(−E/T) given those."""
    memory = torch.tensor([[1, 1, 1, -1, 1], [1, -1, 1, 1, 1], [-1, 1, 1, 1, 1]], dtype=torch.float64)
    rng, held = generator("tests", "given"), torch.tensor([True, False, False, True, False])
    start = torch.tensor([1.0, 1.0, 1.0, -1.0, 1.0], dtype=torch.float64).expand(20_000, 5)
    ends = dynamics.run(glauber(Hopfield(memory), 5.0, rng), start, steps=25, held=held).state
    every = torch.tensor([[1.0, a, b, -1.0, c] for a, b, c in product([-1.0, 1.0], repeat=3)], dtype=torch.float64)
    weight = (Hopfield(memory)(every) / -5.0).softmax(-1)
    counts = torch.stack([(ends == state).all(-1).sum() for state in every])
    z = (counts - 20_000 * weight) / (20_000 * weight * (1 - weight)).sqrt()
    assert counts.sum() == 20_000 and z.abs().max() <= 4, f"z = {z}"


def test_mode_seeking_does_not_rest_where_the_force_is_no_number() -> None:
    class Broken(Well):
        def force(self, state: Tensor) -> Tensor:
            return state * math.nan

    assert mode_seeking(Broken(1.0))(torch.ones(2, 3)).isnan().all()


def test_numbers_of_numpy_make_the_same_rules() -> None:
    memory, states = torch.randn(5, 4, generator=generator("tests", "numbers")), torch.ones(2, 4)
    rng = partial(generator, "tests", "numbers")
    with type_checker_away():
        pairs = [
            [attend(memory, beta) for beta in (np.float32(0.5), 0.5)],
            [mean_shift(memory, width) for width in (np.float64(2.0), 2.0)],
            [gradient_flow(LogSumExp(memory, 0.5), step) for step in (torch.tensor(0.25), 0.25)],
            [langevin(LogSumExp(memory, 0.5), kind(0.5), kind(2.0), rng()) for kind in (np.float64, float)],
            [glauber(Hopfield(memory), kind(3.0), rng()) for kind in (np.float32, float)],
            [
                dynamics.NoisyDescent(
                    step=kind(0.5), noise=kind(0.25), noise_first=True, clip=kind(2.0), box=kind(1.5), moving=moving
                ).update(LogSumExp(memory, 0.5), rng())
                for kind, moving in ((np.float64, (np.int64(1),)), (float, (1,)))
            ],
        ]
        for one, other in pairs:
            got = one(states)
            assert isinstance(got, Tensor) and got.dtype is torch.float32 and torch.equal(got, other(states))


def test_langevin_without_temperature_is_gradient_flow() -> None:
    energy, states = LogSumExp(torch.eye(3), 4.0), torch.rand(5, 3, generator=generator("tests", "still"))
    update = langevin(energy, 0.1, 0.0, generator("tests", "unused"))
    assert torch.equal(update(states), gradient_flow(energy, 0.1)(states))


@pytest.mark.parametrize(("curvature", "step", "temperature"), [(2.0, 0.5, 0.7), (0.5, 1.0, 3.0), (9.2, 0.1, 1.0)])
def test_langevin_variance_in_a_well(curvature: float, step: float, temperature: float) -> None:
    """T/(k(1 − step·k/2)), not its limit T/k."""
    update = langevin(Well(curvature), step, temperature, generator("tests", "well", curvature))
    ends = dynamics.run(update, torch.zeros(40_000, 1, dtype=torch.float64), steps=50).state
    expected = temperature / (curvature * (1 - step * curvature / 2))
    z = (ends.square().mean().item() / expected - 1) * math.sqrt(40_000 / 2)
    assert abs(z) <= 4, f"z = {z:.2f}"


@pytest.mark.parametrize(("step", "stable"), [(0.99, True), (1.01, False)])
def test_gradient_flow_is_stable_up_to_twice_the_inverse_curvature(step: float, stable: bool) -> None:
    end = dynamics.run(gradient_flow(Well(2.0), step), torch.ones(1, dtype=torch.float64), steps=200).state
    assert (end.abs().item() < 1) is stable


@pytest.mark.parametrize("beta", [0.01, 1.0, 100.0])
def test_attention_never_raises_its_energy(beta: float) -> None:
    """[ramsauer2021hopfield, thm. 1]: from anywhere, at any temperature."""
    rng = generator("tests", "attention", beta)
    patterns, states = (torch.randn(p, 8, generator=rng, dtype=torch.float64) for p in (20, 200))
    energy = LogSumExp(patterns, beta)
    walk = dynamics.run(attend(patterns, beta), 3 * states, steps=30, keep_every=1)
    heights = energy(walk.kept)
    assert (heights.diff(dim=0) <= 16 * 2.3e-16 * (heights[:-1].abs() + math.log(20) / beta)).all()


@pytest.mark.parametrize("bandwidth", [0.2, 1.0, 5.0])
def test_mean_shift_on_a_sphere_is_attention(bandwidth: float) -> None:
    rng = generator("tests", "sphere")
    points = 2 * torch.nn.functional.normalize(torch.randn(12, 6, generator=rng, dtype=torch.float64), dim=-1)
    states = torch.randn(30, 6, generator=rng, dtype=torch.float64)
    assert torch.allclose(mean_shift(points, bandwidth)(states), attend(points, bandwidth**-2)(states), atol=1e-12)
    assert not torch.allclose(mean_shift(points * torch.rand(12, 1), 1.0)(states), attend(points, 1.0)(states))


@pytest.mark.parametrize(("bandwidth", "modes"), [(1e-2, 10), (1e3, 1)])
def test_mean_shift_keeps_all_points_or_their_mean(bandwidth: float, modes: int) -> None:
    points = torch.randn(10, 4, generator=generator("tests", "modes"), dtype=torch.float64)
    ends = dynamics.run(mean_shift(points, bandwidth), points, steps=500, tolerance=1e-12).state
    target = points if modes == 10 else points.mean(0).expand(10, 4)
    assert torch.allclose(ends, target, atol=1e-4)


def test_three_regimes_of_attention() -> None:
    """Hot: the mean of all. In between: of a cluster. Cold: one pattern."""
    rng = generator("tests", "regimes")
    centres = 4 * hadamard(8)[:2]
    patterns = torch.cat([centres + 0.5 * torch.randn(2, 8, generator=rng, dtype=torch.float64) for _ in range(4)])
    for beta, goal in ((1e-4, patterns.mean(0)), (0.05, patterns[::2].mean(0)), (20.0, patterns[0])):
        end = dynamics.run(attend(patterns, beta), patterns[0], steps=300, tolerance=1e-9).state
        assert torch.linalg.vector_norm(end - goal) < 0.15 * torch.linalg.vector_norm(patterns[0])


@pytest.mark.parametrize(
    ("visible", "hidden"),
    [
        (hyperbolic(2.0), power(3)),
        (linear, softmax(3.0)),
        (spherical, power(2)),
        (hyperbolic(), linear),
    ],
)
def test_energy_of_two_layers_falls_as_the_paper_says(visible: Any, hidden: Any) -> None:
    """Ė = ∇E·ẋ = −τ_v v̇ᵀ∇²L_v v̇ − τ_h ḣᵀ∇²L_h ḣ ≤ 0 [krotov2021large]; and along small steps E never rises."""
    rng = generator("tests", "two layers")
    patterns, drive = torch.randn(4, 6, generator=rng, dtype=torch.float64), torch.ones(6, dtype=torch.float64) / 5
    energy = KrotovHopfield(patterns, visible, hidden, drive)
    states = torch.randn(5, 10, generator=rng, dtype=torch.float64)
    for state in states:
        velocity = energy.velocity(state, 1.5, 0.4)
        v, h, v_dot, h_dot = *energy.layers(state), *energy.layers(velocity)
        curvature = [torch.autograd.functional.hessian(part, x) for part, x in ((visible, v), (hidden, h))]
        known = -1.5 * v_dot @ curvature[0] @ v_dot - 0.4 * h_dot @ curvature[1] @ h_dot
        assert torch.allclose(-energy.force(state) @ velocity, known, atol=1e-10)
        assert known <= 0
    update = relax(energy, 0.002, visible_time=1.5, hidden_time=0.4)
    heights = energy(dynamics.run(update, states, steps=400, keep_every=1).kept)
    assert heights.diff(dim=0).max() <= 2e-12


def test_settled_hidden_neurons_feel_no_force() -> None:
    patterns = torch.randn(3, 5, generator=generator("tests", "settled"), dtype=torch.float64)
    energy = layers(patterns)
    visible = torch.ones(2, 5, dtype=torch.float64) / 3
    _, hidden = energy.layers(energy.velocity(energy.settled(visible), 1.0, 1.0))
    assert torch.allclose(hidden, torch.zeros(2, 3, dtype=torch.float64), atol=1e-15)


def test_activation_leaves_no_graph_unless_asked() -> None:
    currents = torch.ones(3, dtype=torch.float64)
    assert not activation(linear, currents).requires_grad
    assert activation(linear, currents.requires_grad_()).requires_grad


def test_two_lines_store_and_retrieve() -> None:
    patterns = torch.randn(20, 30, generator=generator("tests", "two lines"), dtype=torch.float64)
    recalled = dynamics.run(attend(patterns, 2.0), patterns[3] + 0.2, steps=10, tolerance=1e-9).state
    assert torch.allclose(recalled, patterns[3], atol=1e-6)

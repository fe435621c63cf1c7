"""The contract every energy keeps. Each `check_…` is a plain function, which `test_mutants.py` holds against wrong
energies."""

import copy
import math
import pickle
import random
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from conftest import DEVICES, TOLERANCE
from energies_list import CASES, CPU64, Case, hadamard, unit
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from safetensors.torch import load, save
from sklearn.neighbors import KernelDensity
from strategies import refused, scales, seeds, type_checker_away
from torch import Tensor, nn
from torch.autograd import gradcheck, gradgradcheck

from amem.dynamics import mean_shift, run
from amem.energies import (
    Energy,
    Epanechnikov,
    Exponential,
    GaussianKDE,
    Hopfield,
    LogSumExp,
    Polynomial,
    SpinEnergy,
)
from amem.energies import softmax as softmax_module
from amem.energies.two_layer import hyperbolic, power, softmax
from amem.patterns import spins
from amem.seeds import generator

BATCHES: list[tuple[int, ...]] = [(), (3,), (2, 3)]


def home(case: Case, energy: Energy) -> tuple[torch.dtype, torch.device]:
    stored: Tensor = getattr(energy, case.stored)
    return stored.dtype, stored.device


def exactly(tensor: Tensor) -> np.ndarray[Any, Any]:
    return tensor.detach().cpu().numpy().astype(np.longdouble)


def referred(case: Case, patterns: Tensor, beta: float, states: Tensor) -> tuple[Any, Any]:
    """The reference at each of several states: energies, and the sizes of their terms."""
    with np.errstate(over="ignore"):
        known = [case.reference(exactly(patterns), np.longdouble(beta), state) for state in exactly(states)]
    energies, sizes = np.array(known, dtype=np.longdouble).T
    return energies, sizes


def close(got: Tensor, wanted: Any, size: Any, multiple: float = 1.0) -> bool:
    """Whether two agree to a multiple of the table's tolerance, relative to max(1, size)."""
    wanted = exactly(wanted) if isinstance(wanted, Tensor) else np.asarray(wanted)
    slack = multiple * TOLERANCE[got.dtype] * np.maximum(1, np.asarray(size))
    return bool((np.abs(exactly(got) - wanted) <= slack).all())


def follows_reference(case: Case, energy: Energy, patterns: Tensor, beta: float, states: Tensor) -> bool:
    """Whether energies are right where they are within the dtype's range, and infinite of the right sign beyond."""
    wanted, size = referred(case, patterns, beta, states)
    got, inside = energy(states), np.abs(wanted) < torch.finfo(states.dtype).max
    beyond = exactly(got)[~inside] == np.sign(wanted[~inside]) * np.inf
    return close(got[torch.from_numpy(inside)], wanted[inside], size[inside], 10) and bool(beyond.all())


def chance_state() -> list[object]:
    """The state of every generator that nobody was asked for."""
    return [random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()]


# --- the contract -----------------------------------------------------------------------------------------------------


def check_shape(case: Case, energy: Energy) -> None:
    """The smoke test. Alone it would pass almost every mutant."""
    for batch in BATCHES:
        states = case.states(batch, *home(case, energy))
        assert energy(states).shape == batch
        assert energy.force(states).shape == states.shape


def check_place(case: Case, energy: Energy) -> None:
    """dtype and device are those of the state, and follow `.to()`."""
    for dtype in (home(case, energy)[0], torch.float64):
        moved = energy.to(dtype)
        states = case.states((2,), dtype, home(case, energy)[1])
        for result in (moved(states), moved.force(states)):
            assert (result.dtype, result.device) == (dtype, states.device)


def check_gradients(case: Case, energy: Energy) -> None:
    """First and second derivatives in the state, and of the closed-form force; first ones in real-valued patterns."""
    states = case.states((2,), *home(case, energy)).requires_grad_()
    assert gradcheck(energy, states, raise_exception=False)
    assert gradgradcheck(energy, states, raise_exception=False)
    assert gradcheck(energy.force, states, raise_exception=False)
    if not case.spins:
        stored = case.patterns(*home(case, energy)).requires_grad_()
        assert gradcheck(lambda learned: case.make(learned, case.beta)(states), stored, raise_exception=False)
        assert gradcheck(lambda learned: case.make(learned, case.beta).force(states), stored, raise_exception=False)


def check_force(case: Case, energy: Energy) -> None:
    """The force is minus autograd's gradient, and minus the central difference."""
    dtype, device = home(case, energy)
    states = case.states((3,), dtype, device)
    point = states.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(energy(point).sum(), point)
    force = energy.force(states)
    assert close(force, -gradient, force.abs().max().item(), 10)
    if dtype is torch.float64:
        steps = 1e-5 * torch.eye(states.shape[-1], dtype=dtype, device=device)
        slope = (energy(states[:, None] + steps) - energy(states[:, None] - steps)) / 2e-5
        assert torch.allclose(force, -slope, rtol=1e-7, atol=1e-7)


def check_batch(case: Case, energy: Energy) -> None:
    """One at a time is all at once."""
    states = case.states((2, 3), *home(case, energy))
    for function in (energy, energy.force):
        together = function(states)
        alone = torch.stack([torch.stack([function(state) for state in row]) for row in states])
        assert close(together, alone, alone.abs().max().item())
    assert energy(states[:0]).shape == (0, 3)
    assert energy.force(states[:0]).shape == states[:0].shape


def check_order(case: Case, energy: Energy) -> None:
    """The order in which patterns were stored does not matter."""
    patterns, states = case.patterns(*home(case, energy)), case.states((3,), *home(case, energy))
    order = torch.tensor([2, 0, 3, 1], device=states.device)
    renamed = torch.cat([states[:, : case.n], states[:, case.n :][:, order]], -1) if case.two_layers else states
    got, wanted = case.make(patterns[order], case.beta)(renamed), energy(states)
    assert close(got, wanted, wanted.abs().max().item(), 10)


def check_symmetry(case: Case, energy: Energy) -> None:
    patterns, states = case.patterns(*home(case, energy)), case.states((3,), *home(case, energy))
    changed, seen = case.symmetry(patterns, states)
    wanted = energy(states)
    assert close(case.make(changed, case.beta)(seen), wanted, 10 + wanted.abs().max().item(), 10)


def check_reference(case: Case, energy: Energy) -> None:
    """The formula in NumPy, at ordinary and at extreme scale: finite wherever the true value is within range."""
    dtype, device = home(case, energy)
    patterns = case.patterns(dtype, device)
    for beta in {case.beta, *case.betas}:
        landscape = case.make(patterns, beta)
        for scale in (0.0, 1e-10, 1.0, 1e2, 1e5, 1e10):
            states = scale * case.states((4,), dtype, device)
            where = f"beta {beta:g}, states of size {scale:g}"
            assert follows_reference(case, landscape, patterns, beta, states), where
            if not case.spins and (scale or case.force_at_zero):
                assert landscape.force(states).isfinite().all(), where


def check_pure(case: Case, energy: Energy) -> None:
    """The same bits twice; nobody's chance, state or weight touched; no graph left behind."""
    states = case.states((3,), *home(case, energy))
    before, version, chance = states.clone(), states._version, chance_state()
    weights = {name: value.clone() for name, value in energy.state_dict().items()}
    first = energy(states), energy.force(states)
    second = energy(states), energy.force(states)
    with torch.no_grad():
        third = energy(states), energy.force(states)
    for again in (second, third):
        assert all(torch.equal(one, other) for one, other in zip(first, again, strict=True))
    assert torch.equal(states, before) and states._version == version
    assert chance_state() == chance
    assert not any(result.requires_grad for result in (*first, *third))
    assert not states.requires_grad
    assert all(torch.equal(value, weights[name]) for name, value in energy.state_dict().items())


def check_rule(case: Case, energy: Energy) -> None:
    """Its own rule never raises it by more than rounding."""
    rule, states = case.rule(energy), case.states((20,), *home(case, energy))
    levels = [energy(states)]
    for _ in range(60):
        states = rule(states)
        levels.append(energy(states))
    heights = torch.stack(levels)
    slack = 16 * torch.finfo(heights.dtype).eps * heights.abs().clamp(min=1).amax(0)
    assert (heights.diff(dim=0) <= slack).all()
    assert (heights[-1] < heights[0]).any()


def check_fixed_points(case: Case, energy: Energy) -> None:
    """Where the rule rests there is no force; of spins, none gains by turning."""
    dtype, device = home(case, energy)
    near = 1e-4 if dtype is torch.float32 else 1e-9
    tolerance = 0.0 if case.spins else near / 50
    rested = run(case.rule(energy), case.states((5,), dtype, device), steps=3000, tolerance=tolerance)
    assert rested.converged.all()
    if case.spins:
        turned = rested.state[:, None] * (1 - 2 * torch.eye(case.n, dtype=dtype, device=device))
        assert (energy(turned) >= energy(rested.state)[:, None]).all()
    else:
        force = energy.force(rested.state)
        if case.on_sphere:
            force = force - (force * rested.state).sum(-1, keepdim=True) * rested.state
        assert force.abs().max() < near


def check_limit(case: Case, energy: Energy) -> None:
    for got, wanted, slack in case.limit(case):
        assert (got - wanted).abs().max() <= slack


def check_one_pattern(case: Case, energy: Energy) -> None:
    """The closed form of a memory of one."""
    to = home(case, energy)
    patterns, states = case.patterns(*to, p=1), case.states((5,), *to, p=1)
    wanted = [case.one_pattern(exactly(patterns)[0], np.longdouble(case.beta), state) for state in exactly(states)]
    got = case.make(patterns, case.beta)(states)
    assert close(got, wanted, 1 / case.beta + np.abs(np.array(wanted)).max(), 10)


def check_saved(case: Case, energy: Energy) -> None:
    """safetensors keeps all that was stored: a memory of something else becomes this one, bit for bit."""
    to = home(case, energy)
    states = case.states((3,), *to)
    copy = case.make(case.patterns(*to).roll(1, 1), case.beta * 0.9)
    copy.load_state_dict(load(save(energy.state_dict())))
    assert torch.equal(copy(states), energy(states))
    assert torch.equal(copy.force(states), energy.force(states))


def check_bad_input(case: Case, energy: Energy) -> None:
    """The error names the argument, what was wanted and what was got. (`test_bad_input.py` has the many kinds.)"""
    good = case.patterns(*home(case, energy))
    for bad in (good * math.nan, good * math.inf, good[0], good[:0], good[:, :0], good.int(), good.cfloat()):
        refused(case.stored, lambda bad=bad: case.make(bad, case.beta))
    if case.sharpness:
        for beta in (0.0, -1.0, math.nan, math.inf):
            refused(case.sharpness, lambda beta=beta: type(energy)(good, beta))


def check_gap(case: Case, energy: Energy) -> None:
    """gap is E(σᵢ = −1) − E(σᵢ = +1), at once and site by site, of unknown spins too; with whole numbers, to the
    bit."""
    assert isinstance(energy, SpinEnergy)
    states = case.states((10,), *home(case, energy))
    states[5:, ::2] = 0
    states[9, 1] = 0
    assert torch.equal(energy.overlap(states), states @ energy.patterns.T)
    gap = energy.gap(states)
    for site in range(case.n):
        down, up = states.clone(), states.clone()
        down[:, site], up[:, site] = -1, 1
        wanted = energy(down) - energy(up)
        at = energy.gap_at(site, states[:, site], energy.overlap(states))
        if not case.exact:
            size = torch.maximum(energy(down).abs(), energy(up).abs()).cpu()
            assert close(gap[:, site], wanted, size, 10) and close(at, wanted, size, 10)
        else:
            assert torch.equal(gap[:, site], wanted) and torch.equal(at, wanted)


def check_large_gap(case: Case, energy: Energy) -> None:
    """In a large network the gap keeps its sign, also where energies are beyond the dtype's range or below its smallest
    number."""
    dtype, device = home(case, energy)
    patterns = spins(3, 800, generator("tests", "large"), device=device, dtype=dtype)
    patterns[1] = patterns[0]
    patterns[1, :200] *= -1
    for count in (1, 2, 3):
        memory = case.make(patterns[:count], case.beta)
        assert isinstance(memory, SpinEnergy)
        overlapping = torch.stack([patterns[0], -patterns[0], patterns[1], patterns[2], -patterns[1]])
        gap, overlap = memory.gap(overlapping), memory.overlap(overlapping)
        for site in (0, 150, 500):
            down, up = overlapping.clone(), overlapping.clone()
            down[:, site], up[:, site] = -1, 1
            below, size = referred(case, patterns[:count], case.beta, down)
            above, _ = referred(case, patterns[:count], case.beta, up)
            clear = np.abs(below - above) > 1e-12 * size
            wanted = np.sign(below - above)
            for found in (gap[:, site], memory.gap_at(site, overlapping[:, site], overlap)):
                assert (np.sign(exactly(found)) == wanted)[clear].all()


def check_density(case: Case, energy: Energy) -> None:
    """log_density is minus the energy in its own unit, up to a constant, and it integrates to one."""
    assert case.likelihood
    to = home(case, energy)
    states = case.states((5,), *to)
    level = energy.log_density(states) + case.likelihood * case.beta * energy(states)  # pyright: ignore
    assert close(level, level[0].expand(5), 10)
    axis = torch.linspace(-7, 7, 401, dtype=to[0], device=to[1])
    plane = torch.cartesian_prod(axis, axis)
    flat = case.make(case.patterns(*to)[:, :2], case.beta)
    mass = flat.log_density(plane).exp().sum() * (axis[1] - axis[0]) ** 2  # pyright: ignore
    assert abs(mass.item() - 1) < 1e-3


def check_far(case: Case, energy: Energy) -> None:
    """Data far from the origin lose no digits: on a dyadic grid the shift is exact, so nothing may change."""
    dtype, device = home(case, energy)
    patterns, states = ((64 * x).round() / 64 for x in (case.patterns(dtype, device), case.states((5,), dtype, device)))
    near, far = case.make(patterns, case.beta), case.make(patterns + 4096, case.beta)
    assert close(far(states + 4096), near(states), 10)
    assert close(far.force(states + 4096), near.force(states), 10)


def asked(energy: Energy) -> list[str]:
    """What can be asked about a state."""
    names = ("forward", "force", "log_density", "responsibilities", "overlap", "gap", "layers")
    return [name for name in names if hasattr(energy, name)]


def check_width(case: Case, energy: Energy) -> None:
    """States of another width, and what are no states, are refused by name, not broadcast."""
    states = case.states((3,), *home(case, energy))
    for name in asked(energy):
        for bad in (states[:, :1], states[:, :-1], torch.cat([states, states], -1), states[0, 0], states.int(), None):
            refused("state", lambda name=name, bad=bad: getattr(energy, name)(bad))


def check_transforms(case: Case, energy: Energy) -> None:
    """`torch.func`: vmap is a batch, jvp is what the force says, and hessian what autograd finds in reverse."""
    states, ways = (case.states(batch, *home(case, energy)) for batch in ((2, 3), (3, 2)))
    ways = ways.reshape(states.shape)
    for function in (energy, energy.force):
        assert close(torch.vmap(function)(states), function(states), 10)
        assert close(torch.vmap(torch.vmap(function), in_dims=1, out_dims=1)(states), function(states), 10)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`torch.jit.script`", DeprecationWarning)  # torch loads its own rules by it
        values, rise = torch.func.jvp(energy, (states,), (ways,))
    assert close(values, energy(states), 10)
    assert close(rise, -(energy.force(states) * ways).sum(-1), rise.abs().max().item(), 10)
    slopes = torch.vmap(torch.vmap(torch.func.grad(energy)))(states)
    assert close(slopes, -energy.force(states), slopes.abs().max().item(), 10)
    curvature = torch.autograd.functional.hessian(energy, states[0, 0])
    size = curvature.abs().max().item()
    assert close(torch.func.hessian(energy)(states[0, 0]), curvature, size, 10)
    assert close(torch.func.jacfwd(energy.force)(states[0, 0]), -curvature, size, 10)
    assert close(torch.func.jacrev(energy.force)(states[0, 0]), -curvature, size, 10)


def check_inference(case: Case, energy: Energy) -> None:
    """The same bits in inference mode, also of an energy and states that were made there."""
    states = case.states((3,), *home(case, energy))
    wanted = energy(states), energy.force(states)
    with torch.inference_mode():
        made = case.make(case.patterns(*home(case, energy)), case.beta)
        for memory, seen in ((energy, states), (made, states.clone())):
            assert torch.equal(memory(seen), wanted[0]) and torch.equal(memory.force(seen), wanted[1])


def check_copies(case: Case, energy: Energy) -> None:
    """It can be copied and sent to another process, bit for bit."""
    states = case.states((3,), *home(case, energy))
    for twin in (copy.deepcopy(energy), pickle.loads(pickle.dumps(energy))):
        assert torch.equal(twin(states), energy(states)) and torch.equal(twin.force(states), energy.force(states))
        assert all(one is not other for one, other in zip(twin.buffers(), energy.buffers(), strict=True))


def check_meta(case: Case, energy: Energy) -> None:
    """Where there are shapes and no numbers: nothing waits for one."""
    dtype = home(case, energy)[0]
    shell, states = copy.deepcopy(energy).to("meta"), case.states((2, 3), dtype, torch.device("meta"))
    for name in asked(energy):
        answers = getattr(shell, name)(states)
        for answer in answers if isinstance(answers, tuple) else [answers]:
            assert answer.is_meta and answer.dtype is dtype and answer.shape[:2] == (2, 3)
    assert shell(states).shape == (2, 3) and shell.force(states).shape == states.shape


def check_sharp(case: Case, energy: Energy) -> None:
    """Memories ten thousand widths apart: log densities are right to 0.05 nats in single precision too, and so is where
    attention points."""
    patterns, to = case.patterns(*CPU64), home(case, energy)
    if case.on_sphere:
        far, beta = patterns.to(to[1], to[0]), 1e9
    else:
        far = torch.cat([1e4 + patterns, -1e4 - patterns.flip(0)]).to(to[1], to[0])
        beta = 4.0
    states = (unit(far) if case.on_sphere else far) + 0.01 * beta**-0.5
    sharp, exact = case.make(far, beta), case.make(far.double(), beta)
    if case.on_sphere:
        exact = copy.deepcopy(sharp).double()  # of the same unit vectors, to the bit
    got, wanted = sharp.log_density(states), exact.log_density(states.double())  # pyright: ignore
    ulp = torch.finfo(to[0]).eps * wanted.abs()
    assert got.dtype is to[0] and ((got - wanted).abs() <= 0.05 + ulp).all()
    size = wanted.new_tensor(beta if case.on_sphere else 0.01)
    assert ((sharp.force(states) - exact.force(states.double())).abs() <= 0.05 * size).all()


CHECKS = [
    check_shape,
    check_place,
    check_force,
    check_batch,
    check_order,
    check_symmetry,
    check_reference,
    check_pure,
    check_rule,
    check_fixed_points,
    check_one_pattern,
    check_saved,
    check_bad_input,
    check_width,
    check_inference,
    check_copies,
    check_meta,
]
IN_DOUBLE_PRECISION = [check_gradients, check_limit, check_transforms]
Check = Callable[[Case, Energy], None]


def contract(case: Case, dtype: torch.dtype) -> list[Check]:
    """All checks that concern an energy."""
    checks = list[Check](CHECKS)
    if dtype is torch.float64:
        checks += IN_DOUBLE_PRECISION
    if case.spins:
        checks += [check_gap, check_large_gap]
    if case.stored == "points":
        checks += [check_far]
    if case.sharpness or case.on_sphere:
        checks += [check_sharp]
    if case.likelihood and dtype is torch.float64:
        checks += [check_density]
    return checks


@pytest.mark.parametrize("device", DEVICES, ids=str)
@pytest.mark.parametrize(
    ("case", "dtype", "check"),
    [
        pytest.param(case, dtype, check, id=f"{case}-{str(dtype)[6:]}-{check.__name__[6:]}")
        for case in CASES
        for dtype in TOLERANCE
        for check in contract(case, dtype)
    ],
)
def test_contract(case: Case, dtype: torch.dtype, check: Check, device: torch.device) -> None:
    check(case, case.build(dtype, device))


@given(
    case=st.sampled_from(CASES),
    p=st.integers(1, 6),
    n=st.integers(1, 6),
    scale=scales,
    beta=scales,
    dtype=st.sampled_from(sorted(TOLERANCE, key=str)),
    seed=seeds,
)
@settings(max_examples=300)
def test_any_small_problem(
    case: Case, p: int, n: int, scale: float, beta: float, dtype: torch.dtype, seed: int
) -> None:
    """Any shape, scale and temperature; a single pattern and a single neuron too."""
    assume(n > 1 or not case.on_sphere)
    rng = generator("tests", "small", seed)
    patterns, states = (
        torch.randn(p, n, generator=rng, dtype=torch.float64),
        torch.randn(3, n + p * case.two_layers, generator=rng, dtype=torch.float64),
    )
    if case.spins:
        patterns, states = patterns.sign(), states.sign()
    elif not case.two_layers:
        patterns, states = scale * patterns, scale * states
    patterns, states = patterns.to(dtype), states.to(dtype)
    energy = case.make(patterns, beta)
    assert follows_reference(case, energy, patterns, beta, states)
    assert energy.force(states).isfinite().all()


class Question(nn.Module):
    """One of an energy's functions, with memories that can be put in the place of its own."""

    def __init__(self, energy: Energy, name: str) -> None:
        super().__init__()
        self.energy, self.name = energy, name

    def forward(self, states: Tensor) -> Tensor:
        return getattr(self.energy, self.name)(states)


class Program(nn.Module):
    def __init__(self, question: Question) -> None:
        super().__init__()
        self.question = question

    def forward(self, memories: dict[str, Tensor], states: Tensor) -> Tensor:
        return torch.func.functional_call(self.question, memories, (states,))


def stored_in(energy: Energy, p: int) -> dict[str, Tensor]:
    """All that is stored p times."""
    buffers = dict(Question(energy, "").named_buffers())
    return {name: value for name, value in buffers.items() if value.ndim and len(value) == p}


@pytest.mark.parametrize("name", ["forward", "force", "log_density", "responsibilities", "gap"])
@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_program_serves_any_number_of_states_and_memories(case: Case, name: str) -> None:
    """`torch.export` at four memories and three states, asked at seven and five, and at one and one."""
    energy = case.build(*CPU64)
    if name not in asked(energy):
        pytest.skip("it has none")
    memories, states = stored_in(energy, 4), case.states((3,), *CPU64)
    many = torch.export.Dim.DYNAMIC
    dims = ({key: {0: many} for key in memories}, {0: many, **({1: many} if case.two_layers else {})})
    with type_checker_away(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=FutureWarning, module="torch|copyreg")
        program = torch.export.export(Program(Question(energy, name)), (memories, states), dynamic_shapes=dims).module()
    for p, batch in ((7, 5), (2, 2)):
        if not memories:
            p = 4
        other, seen = case.make(case.patterns(*CPU64, p=p), case.beta), case.states((batch,), *CPU64, p=p)
        wanted = getattr(other, name)(seen)
        got = program(stored_in(other, p) if memories else {}, seen)
        if not memories:
            wanted = getattr(energy, name)(seen)
        assert close(got, wanted, wanted.abs().max().item())


@pytest.mark.parametrize("case", CASES, ids=str)
def test_it_can_be_compiled_and_differentiated(case: Case) -> None:
    energy, states = case.build(*CPU64), case.states((3,), *CPU64)
    torch.compiler.reset()
    with type_checker_away():
        for function in (energy, energy.force):
            slopes: list[Tensor] = []
            for asked in (function, torch.compile(function, backend="aot_eager")):
                point = states.clone().requires_grad_()
                slopes.append(torch.autograd.grad(asked(point).square().sum(), point)[0])
            assert close(slopes[1], slopes[0], slopes[0].abs().max().item(), 10)


# --- what only some energies promise ----------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("make", [lambda x: Hopfield(x), lambda x: Polynomial(x, 2), lambda x: Polynomial(x, 3)])
def test_whole_numbers_are_the_same_in_every_dtype(make: Callable[[Tensor], SpinEnergy], dtype: torch.dtype) -> None:
    memories, states = (spins(p, 40, generator("tests", p), device="cpu", dtype=dtype) for p in (30, 20))
    energy, exact = make(memories), make(memories.double())
    assert torch.equal(energy.gap(states).double(), exact.gap(states.double()))
    assert torch.equal(energy(states).double(), exact(states.double()))


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32, torch.float16], ids=str)
def test_hopfield_refuses_what_it_cannot_recall(dtype: torch.dtype) -> None:
    """Zeros and ones, and entries whose products are beyond the dtype or vanish in it; not ±1, 0 or any one value."""
    bits = (hadamard(4).to(dtype) + 1) / 2
    refused("patterns", lambda: Hopfield(bits))
    for right in (2 * bits - 1, bits - bits[0], 0 * bits, 0 * bits + 1, 0.5 * bits):
        assert Hopfield(right).gap(2 * bits - 1).isfinite().all()
    if dtype is not torch.float16:
        for exponent in (0.6, -0.6):
            refused("patterns", lambda exponent=exponent: Hopfield(bits * torch.finfo(dtype).max ** exponent))


def test_order_two_is_the_outer_product_rule_without_diagonal() -> None:
    """[krotov2016dense]: with F = x², four times the field of W = ΞᵀΞ, W_ii = 0, to the bit."""
    memories, states = (spins(p, 31, generator("tests", p), device="cpu", dtype=torch.float64) for p in (17, 50))
    weights = memories.T @ memories
    weights.fill_diagonal_(0)
    assert torch.equal(Polynomial(memories, 2).gap(states), 4 * states @ weights)
    assert torch.equal(Hopfield(memories).gap(states), 2 * states @ weights)


def test_exponential_energy_beyond_the_range_is_minus_infinity() -> None:
    pattern = torch.ones(1, 1000, dtype=torch.float64)
    assert Exponential(pattern)(pattern).item() == -math.inf


def test_modern_energy_lies_between_0_and_2m2_on_the_convex_hull() -> None:
    rng = generator("tests", "hull")
    patterns = torch.randn(7, 5, generator=rng, dtype=torch.float64)
    hull = torch.rand(500, 7, generator=rng, dtype=torch.float64).pow(8)
    states = hull / hull.sum(-1, keepdim=True) @ patterns
    for beta in (1e-3, 0.1, 1.0, 10.0, 1e3):
        energy = LogSumExp(patterns, beta)(states)
        assert (energy >= -1e-12 / beta).all()
        assert (energy <= 2 * patterns.square().sum(-1).max()).all()


@pytest.mark.parametrize("bandwidth", [0.3, 1.0, 3.0])
def test_kde_on_a_sphere_is_the_modern_hopfield_network(bandwidth: float) -> None:
    """[schaeffer2024bridging]: β = 1/h², the constants being h² log p."""
    rng = generator("tests", "sphere")
    points = 1.7 * torch.nn.functional.normalize(torch.randn(9, 5, generator=rng, dtype=torch.float64), dim=-1)
    states = torch.randn(20, 5, generator=rng, dtype=torch.float64)
    kernel, modern = GaussianKDE(points, bandwidth), LogSumExp(points, bandwidth**-2)
    assert close(kernel(states) + bandwidth**2 * math.log(9), modern(states), 10 / bandwidth**2)
    assert close(kernel.force(states), modern.force(states), 10 / bandwidth**2)


def test_curvature_of_a_kernel_density_is_one_less_the_variance_of_the_assignment() -> None:
    """∇²E = I − Cov_p[x]/h²."""
    case = next(case for case in CASES if case.name == "GaussianKDE")
    points, state = case.patterns(*CPU64), case.states((), *CPU64)
    curvature = torch.autograd.functional.hessian(GaussianKDE(points, 0.8), state)
    share = ((points - state).square().sum(-1) / -(2 * 0.64)).softmax(-1)
    covariance = torch.cov(points.T, correction=0, aweights=share)
    assert torch.allclose(curvature, torch.eye(6, dtype=torch.float64) - covariance / 0.64, atol=1e-12)


@pytest.mark.parametrize(("apart", "modes"), [(1.98, 1), (2.02, 2)])
def test_two_points_have_two_modes_beyond_twice_the_bandwidth(apart: float, modes: int) -> None:
    """The count of places on the line between them where mean shift stands still and comes back."""
    points = torch.tensor([[-apart / 2], [apart / 2]], dtype=torch.float64)
    ends = run(mean_shift(points, 1.0), points, steps=100_000, tolerance=1e-13).state
    assert len(torch.unique(ends.round(decimals=3))) == modes


@pytest.mark.parametrize(("kernel", "energy"), [("gaussian", GaussianKDE), ("epanechnikov", Epanechnikov)])
def test_log_density_is_scikit_learns(kernel: str, energy: Callable[[Tensor, float], Any]) -> None:
    rng = generator("tests", "scikit-learn")
    points, queries = (torch.rand(size, 3, generator=rng, dtype=torch.float64) for size in (50, 30))
    known = KernelDensity(kernel=kernel, bandwidth=0.9, rtol=1e-12).fit(points.numpy()).score_samples(queries.numpy())
    assert np.allclose(energy(points, 0.9).log_density(queries), known, rtol=1e-9)


def test_modern_density_is_the_mixture_of_gaussians() -> None:
    case = next(case for case in CASES if case.name == "LogSumExp")
    patterns, states = case.patterns(*CPU64), case.states((5,), *CPU64)
    weights = (patterns.square().sum(-1) * 3 / 2).softmax(-1)
    parts = torch.distributions.MultivariateNormal(patterns, torch.eye(6, dtype=torch.float64) / 3)
    known = torch.distributions.MixtureSameFamily(torch.distributions.Categorical(weights), parts).log_prob(states)
    assert torch.allclose(LogSumExp(patterns, 3.0).log_density(states), known, atol=1e-12)


@pytest.mark.parametrize("make", [LogSumExp, GaussianKDE, Epanechnikov])
def test_a_learned_scale_is_a_parameter_with_a_gradient(make: Callable[[Tensor, nn.Parameter], Energy]) -> None:
    states = CASES[0].states((4,), *CPU64) / 4
    scale = nn.Parameter(torch.tensor(3.0, dtype=torch.float64))
    energy = make(CASES[0].patterns(*CPU64) / 4, scale)
    assert [parameter is scale for parameter in energy.parameters()] == [True]
    energy(states).sum().backward()
    with torch.no_grad():
        ends = [make(CASES[0].patterns(*CPU64) / 4, nn.Parameter(scale + step))(states).sum() for step in (-1e-6, 1e-6)]
    assert scale.grad is not None
    assert torch.allclose(scale.grad, (ends[1] - ends[0]) / 2e-6, rtol=1e-6)


def test_learned_patterns_are_a_parameter() -> None:
    patterns = nn.Parameter(CASES[0].patterns(*CPU64))
    assert next(Hopfield(patterns).parameters()) is patterns
    assert list(Hopfield(patterns.detach()).parameters()) == []


@pytest.mark.parametrize("bad", [torch.ones(2), torch.tensor(-1.0)])
def test_a_learned_scale_is_checked_too(bad: Tensor) -> None:
    refused("beta", lambda: LogSumExp(torch.ones(2, 2), nn.Parameter(bad)))


@pytest.mark.parametrize("bias", [None, torch.tensor([0.5, -1.0, 2.0, 0.0, 3.0], dtype=torch.float64)])
def test_tiles_and_the_fused_kernel_change_nothing(bias: Tensor | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven queries, two at a time, values and derivatives; and attention with and without gradients."""
    rng = generator("tests", "tiles")
    queries, keys = (torch.randn(size, 3, generator=rng, dtype=torch.float64, requires_grad=True) for size in (7, 5))
    offset = torch.zeros(5, dtype=torch.float64) if bias is None else bias
    wanted = (queries @ keys.T + offset).logsumexp(-1)
    slopes = torch.autograd.grad(wanted.square().sum(), (queries, keys))
    monkeypatch.setattr(softmax_module, "SCORES_AT_ONCE", 10)
    got = softmax_module.log_sum_exp(queries, keys, offset)
    assert torch.allclose(got, wanted, rtol=1e-14)
    for one, other in zip(torch.autograd.grad(got.square().sum(), (queries, keys)), slopes, strict=True):
        assert torch.allclose(one, other, rtol=1e-12)
    learned = (queries, keys, offset.clone().requires_grad_())
    assert gradgradcheck(softmax_module.log_sum_exp, learned, raise_exception=False)
    found, known = (  # gradgradcheck overlooks a first derivative that is cut off from its input
        torch.autograd.functional.hessian(lambda q, k, b, total=total: total(q, k, b).square().sum(), learned)
        for total in (softmax_module.log_sum_exp, lambda q, k, b: (q @ k.T + b).logsumexp(-1))
    )
    for one, other in zip(sum(found, ()), sum(known, ()), strict=True):
        assert torch.allclose(one, other, atol=1e-12)
    plain = softmax_module.average(queries, keys, bias)
    with torch.no_grad():
        fused = softmax_module.average(queries, keys, bias)
    assert plain.requires_grad and not fused.requires_grad
    assert torch.allclose(plain, fused, rtol=1e-13)


@pytest.mark.parametrize("make", [GaussianKDE, LogSumExp])
def test_what_double_precision_cannot_tell_apart_is_said(make: Callable[[Tensor, float], Energy]) -> None:
    points = torch.tensor([[-1e9], [1e9]], dtype=torch.float64)
    with pytest.warns(RuntimeWarning, match="nats"):
        make(points, 1.0)


def test_what_is_loaded_is_looked_at_too() -> None:
    """How precise exponents must be follows the memories."""
    near = torch.randn(40, 3, generator=generator("tests", "loaded"))
    far, energy = torch.cat([near + 1e4, near - 1e4]), GaussianKDE(torch.cat([near, near]), 0.5)
    energy.load_state_dict(GaussianKDE(far, 0.5).state_dict())
    wanted = GaussianKDE(far.double(), 0.5).log_density(far.double() + 0.1)
    assert (energy.log_density(far + 0.1) - wanted).abs().max() < 0.05


def test_tiles_of_the_epanechnikov_energy_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Values and the derivatives in states, points and bandwidth, some points and some states at a time."""
    rng = generator("tests", "reach")
    states, points = (torch.rand(size, 3, generator=rng, dtype=torch.float64) for size in (7, 9))
    inputs = (states.requires_grad_(), points.requires_grad_(), torch.tensor(0.9).double().requires_grad_())

    def naive(x: Tensor, memories: Tensor, h: Tensor) -> Tensor:
        return (1 - (x[:, None] - memories).square().sum(-1) / h.square()).relu().sum(-1)

    def tiled(x: Tensor, memories: Tensor, h: Tensor) -> Tensor:
        memory = Epanechnikov(memories.detach(), 1.0)
        return torch.func.functional_call(memory, {"points": memories, "bandwidth": h}, (x,)).mul(-2 / h**2).exp()

    for numbers in (1 << 20, 12, 1):
        monkeypatch.setattr(softmax_module, "SCORES_AT_ONCE", numbers)
        assert torch.allclose(tiled(*inputs), naive(*inputs), rtol=1e-13)
        found, known = (
            torch.autograd.functional.hessian(lambda *all, f=f: f(*all).square().sum(), inputs) for f in (tiled, naive)
        )
        for one, other in zip(sum(found, ()), sum(known, ()), strict=True):
            assert torch.allclose(one, other, atol=1e-10)
        ways = tuple(torch.ones_like(one) for one in inputs)
        got, wanted = (torch.func.jvp(f, inputs, ways)[1] for f in (tiled, naive))
        assert torch.allclose(got, wanted, atol=1e-12)


def test_patterns_of_zeros_and_ones_are_refused_with_advice() -> None:
    with pytest.raises(ValueError, match=r"2x − 1"):
        Hopfield(torch.eye(4))
    assert Hopfield(torch.ones(2, 4)).n == 4


@pytest.mark.parametrize("gain", [1.0, 3.0])
@pytest.mark.parametrize(
    ("lagrangian", "activation"),
    [
        (lambda gain: hyperbolic(gain), lambda x, gain: (gain * x).tanh()),
        (lambda gain: softmax(gain), lambda x, gain: (gain * x).softmax(-1)),
        (lambda gain: power(int(gain) + 1), lambda x, gain: x.relu() ** gain),
    ],
)
def test_activation_is_the_gradient_of_the_lagrangian(lagrangian: Any, activation: Any, gain: float) -> None:
    x = torch.linspace(-2, 2, 12, dtype=torch.float64).reshape(3, 4).requires_grad_()
    (gradient,) = torch.autograd.grad(lagrangian(gain)(x).sum(), x)
    assert torch.allclose(gradient, activation(x, gain), atol=1e-14)


def test_a_steep_hyperbolic_lagrangian_is_the_absolute_value() -> None:
    x = torch.tensor([[-2.0, 0.5, 1e10]], dtype=torch.float64)
    assert torch.allclose(hyperbolic(1e6)(x), x.abs().sum(-1), rtol=1e-6)


def test_energies_of_a_transposed_matrix_can_be_saved() -> None:
    """safetensors refuses tensors that do not lie in one piece."""
    energy = Hopfield(hadamard(4)[:, :3].T)
    assert torch.equal(load(save(energy.state_dict()))["patterns"], energy.patterns)


def test_a_base_class_cannot_be_built() -> None:
    with pytest.raises(TypeError, match="abstract"):
        Energy()  # pyright: ignore[reportAbstractUsage]

"""The sampler of contrastive divergence: its recursion in a well, its stationary law, its bounds; and wrong ones."""

import math
from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from strategies import refused
from torch import Tensor, nn

from amem.dynamics import langevin, run
from amem.dynamics.noisy import NoisyDescent
from amem.energies import Energy, LogSumExp
from amem.seeds import generator
from amem.theory.langevin import stationary_variance

Move = Callable[[NoisyDescent, Energy, Tensor, Tensor], Tensor]


class Well(Energy):
    """½ Σ k_i x_i², with a curvature that can be learned."""

    def __init__(self, *curvature: float) -> None:
        super().__init__()
        self.curvature = nn.Parameter(torch.tensor(curvature, dtype=torch.float64))

    def forward(self, state: Tensor) -> Tensor:
        return (self.curvature * state.square()).sum(-1) / 2


def normal(*shape: int, name: str = "draw") -> Tensor:
    return torch.randn(*shape, generator=generator("tests", "noisy", name, *shape), dtype=torch.float64)


AFTER = NoisyDescent(step=0.3, noise=0.2, noise_first=False)
FIRST = replace(AFTER, noise_first=True)


def check_recursion(move: Move) -> None:
    """In a well a step is linear: (1 − αk)x + σω, or (1 − αk)(x + σω) with the noise first."""
    k = torch.tensor([0.5, 2.0, 9.0], dtype=torch.float64)
    for rule in (AFTER, FIRST):
        got = wanted = normal(4, 3, name="start")
        for draw in normal(6, 4, 3):
            got = move(rule, Well(*k.tolist()), got, draw)
            before, after = (rule.noise * draw, 0) if rule.noise_first else (0, rule.noise * draw)
            wanted = (1 - rule.step * k) * (wanted + before) + after
        assert (got - wanted).abs().max() <= 1e-13 * wanted.abs().max()


def check_bounds(move: Move) -> None:
    """The clip holds each coordinate's move, not the gradient nor the noise; the box holds where it ends."""
    well = Well(1.0, 100.0, 100.0)
    start, draw = torch.tensor([[1.0, 3.0, -0.01]], dtype=torch.float64), torch.ones(1, 3, dtype=torch.float64)
    clipped = move(replace(AFTER, noise=5.0, clip=0.5), well, start, draw)
    assert torch.allclose(clipped, torch.tensor([[0.7, 2.5, 0.29]], dtype=torch.float64) + 5.0, atol=1e-14)
    boxed = move(replace(AFTER, noise=5.0, clip=0.5, box=6.0), well, start, draw)
    assert torch.allclose(boxed, torch.tensor([[5.7, 6.0, 5.29]], dtype=torch.float64), atol=1e-14)
    left = move(replace(FIRST, noise=5.0, clip=0.5, box=6.0), well, start, -draw)
    assert torch.allclose(left, torch.tensor([[-3.5, -1.5, -4.51]], dtype=torch.float64), atol=1e-14)


def check_moving(move: Move) -> None:
    """Coordinates that do not move keep their bits, outside the box too, and the others see them where they are."""
    patterns = normal(4, 3, name="patterns")
    start, draw = 5 * normal(6, 3, name="start"), normal(6, 3)
    for rule in (AFTER, FIRST):
        moved = move(replace(rule, moving=(2,), box=1.0), LogSumExp(patterns, 1.0), start, draw)
        assert torch.equal(moved[:, :2], start[:, :2])
        alone = start.clone()
        alone[:, 2] += rule.noise * draw[:, 2] if rule.noise_first else 0
        wanted = alone[:, 2] + rule.step * LogSumExp(patterns, 1.0).force(alone)[:, 2]
        wanted += 0 if rule.noise_first else rule.noise * draw[:, 2]
        assert torch.allclose(moved[:, 2], wanted.clamp(-1, 1), atol=1e-14)


def check_no_graph(move: Move) -> None:
    """No parameter of the energy is drawn into the sampler: memory does not grow with its steps."""
    moved = move(FIRST, Well(1.0, 2.0), normal(3, 2), normal(3, 2))
    assert not moved.requires_grad and moved.grad_fn is None


CHECKS = [check_recursion, check_bounds, check_moving, check_no_graph]


@pytest.mark.parametrize("check", CHECKS)
def test_step(check: Callable[[Move], None]) -> None:
    check(NoisyDescent.move)


def attached(rule: NoisyDescent, energy: Energy, state: Tensor, draw: Tensor) -> Tensor:
    with torch.enable_grad():
        (gradient,) = torch.autograd.grad(energy(state.requires_grad_()).sum(), state, create_graph=True)
    return state + rule.noise * draw - rule.step * gradient


def gradient_clipped(rule: NoisyDescent, energy: Energy, state: Tensor, draw: Tensor) -> Tensor:
    if rule.clip is None:
        return rule.move(energy, state, draw)
    return replace(rule, clip=rule.clip * rule.step).move(energy, state, draw)


def clipped_with_noise(rule: NoisyDescent, energy: Energy, state: Tensor, draw: Tensor) -> Tensor:
    change = replace(rule, clip=None, box=None).move(energy, state, draw) - state
    bounded = change if rule.clip is None else change.clamp(-rule.clip, rule.clip)
    return state + bounded if rule.box is None else (state + bounded).clamp(-rule.box, rule.box)


def boxed_everywhere(rule: NoisyDescent, energy: Energy, state: Tensor, draw: Tensor) -> Tensor:
    moved = replace(rule, box=None).move(energy, state, draw)
    return moved if rule.box is None else moved.clamp(-rule.box, rule.box)


MUTANTS: dict[str, Move] = {
    "noise added on the other side": lambda rule, *rest: replace(rule, noise_first=not rule.noise_first).move(*rest),
    "variance for standard deviation": lambda rule, *rest: replace(rule, noise=rule.noise**2).move(*rest),
    "noise of √(2α)": lambda rule, *rest: replace(rule, noise=math.sqrt(2 * rule.step)).move(*rest),
    "uphill": lambda rule, energy, state, draw: 2 * state - rule.move(energy, state, -draw),
    "half a step": lambda rule, *rest: replace(rule, step=rule.step / 2).move(*rest),
    "the gradient is clipped": gradient_clipped,
    "the noise is clipped too": clipped_with_noise,
    "no box": lambda rule, *rest: replace(rule, box=None).move(*rest),
    "the box holds what does not move": boxed_everywhere,
    "everything moves": lambda rule, *rest: replace(rule, moving=None).move(*rest),
    "parameters have gradients in the sampler": attached,
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_mutant_is_rejected(mutant: str) -> None:
    def rejects(check: Callable[[Move], None]) -> bool:
        try:
            check(MUTANTS[mutant])
        except AssertionError:
            return True
        return False

    assert any(map(rejects, CHECKS))


@pytest.mark.parametrize("noise_first", [False, True])
@pytest.mark.parametrize("pull", [0.05, 0.9, 1.6])
def test_stationary_variance(pull: float, noise_first: bool) -> None:
    """σ²/(αk(2 − αk)), with the noise first times (1 − αk)²: |z| ≤ 4, and the two are told apart."""
    rule = NoisyDescent(step=0.5, noise=0.3, noise_first=noise_first)
    k, chains = pull / rule.step, 40_000
    update = rule.update(Well(k), generator("tests", "noisy", "well", pull, noise_first))
    wide = stationary_variance(k, rule.step, rule.noise)
    expected, other = (wide * (1 - pull) ** 2, wide) if noise_first else (wide, wide * (1 - pull) ** 2)
    start = math.sqrt(expected) * normal(chains, 1, name="start")
    measured = run(update, start, steps=30).state.square().mean().item()
    z, wrong = ((measured / law - 1) * math.sqrt(chains / 2) for law in (expected, other))
    assert abs(z) <= 4 < abs(wrong), f"z = {z:.2f}"


def test_temperature_of_langevin() -> None:
    """With σ = √(2α·temperature) after the move it is `langevin`, to the bit."""
    energy, start = LogSumExp(normal(4, 3, name="patterns"), 2.0), normal(5, 3, name="start")
    rule = NoisyDescent(step=0.1, noise=math.sqrt(2 * 0.1 * 0.7), noise_first=False)
    one = run(rule.update(energy, generator("tests", "same")), start, steps=5).state
    other = run(langevin(energy, 0.1, 0.7, generator("tests", "same")), start, steps=5).state
    assert torch.allclose(one, other, rtol=0, atol=1e-14)


def test_bad_input() -> None:
    for bad in (0.0, -1.0, math.nan, math.inf, None, "1"):
        refused("step", lambda bad=bad: replace(AFTER, step=bad))
    for bad in (-1.0, math.nan, None):
        refused("noise", lambda bad=bad: replace(AFTER, noise=bad))
    for bad in (0.0, -1.0, math.inf):
        refused("clip", lambda bad=bad: replace(AFTER, clip=bad))
        refused("box", lambda bad=bad: replace(AFTER, box=bad))
    refused("energy", lambda: AFTER.update(torch.sum, generator("tests")))  # pyright: ignore[reportArgumentType]
    refused("rng", lambda: AFTER.update(Well(1.0), None))  # pyright: ignore[reportArgumentType]
    for bad in ((), (0.5,), (-1,), (0, 0), 1, [0]):
        refused("moving", lambda bad=bad: replace(AFTER, moving=bad))
    wide = replace(AFTER, moving=(0, 3))
    refused("state", lambda: wide.move(Well(1.0, 1.0), torch.zeros(2, 2), torch.zeros(2, 2)))

"""Memories and ways to spoil them: exact counts, the laws they are drawn from, and nobody's chance but the given."""

import math
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from conftest import DEVICES, TOLERANCE
from hypothesis import example, given
from hypothesis import strategies as st
from sklearn.datasets import load_digits, load_sample_images
from strategies import seeds, type_checker_away
from test_energies import chance_state
from torch import Tensor

from amem import patterns
from amem.seeds import generator

HERE: dict[str, Any] = {"device": "cpu", "dtype": torch.float64}

MAKERS: dict[str, Callable[..., Tensor]] = {
    "spins": partial(patterns.spins, 7, 5),
    "sphere": partial(patterns.sphere, 7, 5, radius=2.5),
    "photographs": partial(patterns.photographs, 7, 4),
    "digits": lambda rng, **place: patterns.digits(**place),
}
STATES = torch.randn(4, 3, 10, generator=generator("tests", "to spoil"), dtype=torch.float64)
SPOILERS: dict[str, Callable[[Tensor, torch.Generator], Tensor]] = {
    "flip": lambda states, rng: patterns.flip(states, 0.3, rng),
    "mask": lambda states, rng: patterns.mask(states, 0.3, rng, 7.0),
    "jitter": lambda states, rng: patterns.jitter(states, 0.3, rng),
}


def z(mean: Any, expected: float, deviation: float, count: int) -> Any:
    return (mean - expected) / (deviation / math.sqrt(count))


@pytest.mark.parametrize("device", DEVICES, ids=str)
@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_makers_draw_one_problem_for_every_place(
    make: Callable[..., Tensor], dtype: torch.dtype, device: torch.device
) -> None:
    """float32 is the float64 problem, rounded."""
    made, known = make(rng=generator("tests"), device=device, dtype=dtype), make(rng=generator("tests"), **HERE)
    assert (made.dtype, made.device.type) == (dtype, device.type)
    assert torch.equal(made.cpu(), known.to(dtype))


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_makers_use_the_given_chance_only(make: Callable[..., Tensor]) -> None:
    before = chance_state()
    first = make(rng=generator("tests", 1), **HERE)
    assert chance_state() == before
    assert torch.equal(first, make(rng=generator("tests", 1), **HERE))
    if make is not MAKERS["digits"]:
        assert not torch.equal(first, make(rng=generator("tests", 2), **HERE))


def test_spins_are_independent_fair_coins() -> None:
    draw = patterns.spins(2000, 20, generator("tests", "coins"), **HERE)
    assert draw.shape == (2000, 20) and set(draw.unique().tolist()) == {-1.0, 1.0}
    assert (draw.mean(0) * math.sqrt(2000)).abs().max() <= 4
    pairs = (draw.T @ draw / math.sqrt(2000)).fill_diagonal_(0)
    assert pairs.abs().max() <= 4.5  # 190 pairs


def test_sphere_is_uniform() -> None:
    """The mean of each coordinate is 0, of its square M²/n, of its fourth power 3M⁴/n(n+2)."""
    draw = patterns.sphere(5000, 6, generator("tests", "sphere"), radius=2.5, **HERE)
    assert draw.shape == (5000, 6)
    assert torch.allclose(draw.square().sum(-1), torch.tensor(6.25, dtype=torch.float64), rtol=1e-14)
    for power, expected in ((1, 0.0), (2, 1 / 6), (4, 3 / 48)):
        moment = (draw / 2.5) ** power
        assert (z(moment.mean(0), expected, moment.std().item(), 5000)).abs().max() <= 4


def test_digits_are_scikit_learns() -> None:
    images = patterns.digits(**HERE)
    assert images.shape == (1797, 64) and images.min() == -1 and images.max() == 1
    assert torch.equal((images + 1) * 8, torch.from_numpy(load_digits(return_X_y=True)[0]))


@pytest.mark.parametrize("size", [1, 8, 427])
def test_photographs_are_cut_from_the_two_in_turn(size: int) -> None:
    """Each patch is found again, whole, in its photograph. 427 is their height."""
    found = patterns.photographs(5, size, generator("tests", "cut"), **HERE)
    assert found.shape == (5, size * size)
    grey = [torch.from_numpy(image.astype("float64")).mean(-1) / 127.5 - 1 for image in load_sample_images().images]
    for index, patch in enumerate(found):
        windows = grey[index % 2].unfold(0, size, 1).unfold(1, size, 1)
        same_corner = (windows[..., 0, 0] == patch[0]).nonzero()
        assert any(torch.equal(windows[top, left].flatten(), patch) for top, left in same_corner)


def test_photographs_are_cut_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a photograph of 3 × 4 points, all six patches of 2 × 2 are equally likely, edges included."""
    tiny = np.arange(12).reshape(3, 4, 1).repeat(3, -1)
    monkeypatch.setattr(patterns, "load_sample_images", lambda: SimpleNamespace(images=[tiny, tiny]))
    found = patterns.photographs(6000, 2, generator("tests", "everywhere"), **HERE)
    corners, counts = ((found[:, 0] + 1) * 127.5).round().unique(return_counts=True)
    assert corners.tolist() == [0, 1, 2, 4, 5, 6]
    assert z(counts / 6000, 1 / 6, math.sqrt(5 / 36), 6000).abs().max() <= 4


@pytest.mark.parametrize("spoil", SPOILERS.values(), ids=SPOILERS)
def test_spoilers_touch_only_what_they_should(spoil: Callable[[Tensor, torch.Generator], Tensor]) -> None:
    states, chance = STATES.clone(), chance_state()
    spoilt = spoil(states, generator("tests", 3))
    assert torch.equal(states, STATES) and states._version == 0 and chance_state() == chance
    assert spoilt.shape == states.shape and spoilt.dtype == states.dtype
    assert torch.equal(spoil(states, generator("tests", 3)), spoilt)
    single = spoil(states.float(), generator("tests", 3))
    assert single.dtype is torch.float32 and torch.allclose(single.double(), spoilt, atol=1e-6)


@given(n=st.integers(1, 40), fraction=st.floats(0, 1), seed=seeds)
@example(n=5, fraction=0.5, seed=0)
@example(n=1, fraction=0.5, seed=0)
def test_flip_and_mask_change_exactly_the_nearest_number(n: int, fraction: float, seed: int) -> None:
    """round(fraction · n) in every state, halves up."""
    states, rng = torch.full((6, n), 3.0), generator("tests", seed)
    wanted = math.floor(fraction * n + 0.5)
    flipped, masked = patterns.flip(states, fraction, rng), patterns.mask(states, fraction, rng, -0.5)
    assert set(flipped.abs().unique().tolist()) == {3.0}
    assert ((flipped == -3.0).sum(-1) == wanted).all()
    assert ((masked == -0.5).sum(-1) == wanted).all() and ((masked == 3.0).sum(-1) == n - wanted).all()


@pytest.mark.parametrize(
    "spoil", [partial(patterns.flip, fraction=0.3), partial(patterns.mask, fraction=0.3, value=-1.0)]
)
def test_all_entries_are_chosen_equally_often(spoil: Callable[..., Tensor]) -> None:
    """Three of ten at a time, independently in each state: counts have variance 0.3 · 0.7, pairs covary by −0.21/9."""
    chosen = (spoil(torch.ones(20_000, 10, dtype=torch.float64), rng=generator("tests", "chosen")) == -1).double()
    assert (z(chosen.mean(0), 0.3, math.sqrt(0.21), 20_000)).abs().max() <= 4
    pairs = (chosen.T @ chosen / 20_000).fill_diagonal_(1 / 15)
    assert z(pairs, 1 / 15, math.sqrt(14 / 225), 20_000).abs().max() <= 4


def test_jitter_adds_gaussian_noise() -> None:
    noise = patterns.jitter(STATES[0, 0].expand(20_000, 10), 0.4, generator("tests", "noise")) - STATES[0, 0]
    assert (z(noise.mean(0), 0, 0.4, 20_000)).abs().max() <= 4
    assert (z(noise.square().mean(0), 0.16, 0.16 * math.sqrt(2), 20_000)).abs().max() <= 4
    assert (z(noise.pow(4).mean(0), 3 * 0.4**4, 0.4**4 * math.sqrt(96), 20_000)).abs().max() <= 4
    assert torch.equal(patterns.jitter(STATES, 0.0, generator("tests")), STATES)


def test_numbers_of_numpy_draw_the_same() -> None:
    with type_checker_away():
        for make, numbers, kinds in (
            (patterns.spins, (3, 4), (np.int64, np.int32)),
            (partial(patterns.sphere, radius=np.float32(2.5)), (3, 4), (np.int64, np.uint8)),
            (patterns.photographs, (3, 4), (np.int64, np.int32)),
        ):
            plain = partial(patterns.sphere, radius=2.5) if isinstance(make, partial) else make
            known = plain(*numbers, generator("tests"), **HERE)
            got = make(*(kind(number) for kind, number in zip(kinds, numbers, strict=True)), generator("tests"), **HERE)
            assert torch.equal(got, known)
        for spoil in (patterns.flip, patterns.mask, patterns.jitter):
            got, known = (spoil(STATES, kind(0.5), generator("tests")) for kind in (np.float64, float))
            assert isinstance(got, Tensor) and torch.equal(got, known)


def test_mask_is_zero_unless_told() -> None:
    assert (patterns.mask(STATES, 1.0, generator("tests")) == 0).all()

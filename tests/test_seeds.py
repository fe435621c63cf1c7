"""Chance with a name."""

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import refused
from test_energies import chance_state

from amem.seeds import generator, numpy_generator

names = st.lists(st.one_of(st.text(max_size=3), st.integers(), st.floats(allow_nan=False), st.booleans()), max_size=4)


@pytest.mark.parametrize(
    ("name", "seed"),
    [
        ((), 1665333220245342802),
        (("kde_capacity", "stored", 0), 2781854171101970757),
        (("a", 0.1, True), 4159534159372597009),
    ],
)
def test_streams_are_the_same_for_ever(name: tuple[object, ...], seed: int) -> None:
    """Another value here would change every table of the book."""
    assert generator(*name).initial_seed() == seed


@given(names)
def test_the_same_name_gives_the_same_stream(name: list[object]) -> None:
    assert torch.equal(torch.rand(5, generator=generator(*name)), torch.rand(5, generator=generator(*name)))


@given(names, names)
def test_different_names_give_different_streams(one: list[object], other: list[object]) -> None:
    assume(repr(one) != repr(other))
    assert generator(*one).initial_seed() != generator(*other).initial_seed()


@pytest.mark.parametrize(
    ("one", "other"), [(("a", "bc"), ("ab", "c")), ((1,), ("1",)), ((1, 2), (12,)), ((0.1,), ("0.1",))]
)
def test_parts_are_told_apart(one: tuple[object, ...], other: tuple[object, ...]) -> None:
    assert generator(*one).initial_seed() != generator(*other).initial_seed()


def test_a_number_of_numpys_is_the_same_number() -> None:
    """Its text changed between NumPy 1 and 2; a grid made by linspace must not depend on that."""
    for number, plain in ((np.float64(0.5), 0.5), (np.int64(3), 3), (np.int32(3), 3), (np.bool_(True), True)):
        assert generator("a", number).initial_seed() == generator("a", plain).initial_seed()


def test_numpys_chance_follows_the_same_names() -> None:
    """The seed is written down: another value would change the sampled tables of the book."""
    before = np.random.get_state()[1]
    assert numpy_generator("a", 0.1, True).random() == np.random.default_rng(900125032762749619).random()
    assert numpy_generator("a", np.float64(0.1)).random() == numpy_generator("a", 0.1).random()
    assert numpy_generator("a", "bc").random() != numpy_generator("ab", "c").random()
    assert np.array_equal(np.random.get_state()[1], before)
    refused("name", lambda: numpy_generator(None))


def test_it_lives_on_the_cpu_and_touches_nothing() -> None:
    before = chance_state()
    rng = generator("tests")
    torch.rand(3, generator=rng)
    assert rng.device.type == "cpu" and chance_state() == before


@pytest.mark.parametrize("part", [None, 1j, ("a",), [1], b"a", torch.ones(1), np.ones(1)])
def test_parts_without_a_stable_text_are_refused(part: object) -> None:
    refused("name", lambda: generator("a", part))

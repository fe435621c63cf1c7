"""Every argument, got wrong in every way we know: refused by name, by the package's own check."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import (
    ABOVE_ONE,
    ARRAY,
    AT_LEAST_ZERO,
    BELOW_HALF,
    DRIVE,
    DTYPE,
    ENERGY,
    FRACTION,
    FUNCTION,
    GENERATOR,
    INSIDE_FRACTION,
    INSIDE_HALF,
    LIKE,
    MATRIX,
    OTHER_ENERGY,
    POSITIVE,
    REAL,
    SIGNS,
    STATES,
    STATES_OF_TWO,
    TRUTH,
    Kinds,
    count,
    refused,
)

from amem import dynamics, energies, measures, patterns
from amem.energies import two_layer
from amem.seeds import generator
from amem.theory import attention, dense, hopfield, kde

SPINS = torch.tensor([[1.0, -1.0], [1.0, 1.0]])
POINTS = np.array([[0.0, 1.0], [3.0, 1.0], [0.0, 5.0]])
RNG = generator("tests", "bad input")
PLACE = {"device": "cpu", "dtype": torch.float64}
MEMORY = energies.Hopfield(SPINS)
LAYERS = energies.KrotovHopfield(SPINS, two_layer.linear, two_layer.linear)


@dataclass(frozen=True)
class Subject:
    """A function, arguments that are right, and what each of them should be."""

    function: Callable[..., object]
    wanted: dict[str, Kinds]
    right: dict[str, Any]

    def __str__(self) -> str:
        function = getattr(self.function, "func", self.function)
        return f"{function.__module__.removeprefix('amem.')}.{function.__qualname__}"


def subject(function: Callable[..., object], **arguments: tuple[Any, Kinds | None]) -> Subject:
    right = {name: value for name, (value, _) in arguments.items()}
    return Subject(function, {name: kinds for name, (_, kinds) in arguments.items() if kinds is not None}, right)


P, N = (3, count(1)), (4, count(1))
AT_LEAST_TWO = (3, count(2))
RANDOM = (RNG, GENERATOR)
SOME = (2.0, POSITIVE)
PLACED: dict[str, tuple[Any, Kinds | None]] = {"device": ("cpu", None), "dtype": (torch.float64, DTYPE)}

SUBJECTS = [
    subject(patterns.spins, p=P, n=N, rng=RANDOM, **PLACED),
    subject(patterns.sphere, p=P, n=N, rng=RANDOM, radius=SOME, **PLACED),
    subject(patterns.digits, **PLACED),
    subject(patterns.photographs, p=P, size=(3, count(1) | {"too large": st.integers(10_000)}), rng=RANDOM, **PLACED),
    subject(patterns.flip, states=(SPINS, STATES), fraction=(0.5, FRACTION), rng=RANDOM),
    subject(patterns.mask, states=(SPINS, STATES), fraction=(0.5, FRACTION), rng=RANDOM, value=(0.0, REAL)),
    subject(patterns.jitter, states=(SPINS, STATES), scale=(1.0, AT_LEAST_ZERO), rng=RANDOM),
    subject(energies.Hopfield, patterns=(SPINS, MATRIX)),
    subject(energies.Polynomial, patterns=(SPINS, SIGNS), order=AT_LEAST_TWO, rectified=(True, TRUTH)),
    subject(energies.Exponential, patterns=(SPINS, SIGNS)),
    subject(energies.LogSumExp, patterns=(SPINS, MATRIX), beta=SOME),
    subject(energies.GaussianKDE, points=(SPINS, MATRIX), bandwidth=SOME),
    subject(energies.Epanechnikov, points=(SPINS, MATRIX), bandwidth=SOME),
    subject(
        energies.KrotovHopfield,
        patterns=(SPINS, MATRIX),
        visible=(two_layer.linear, FUNCTION),
        hidden=(two_layer.linear, FUNCTION),
        drive=(torch.ones(2), {name: kind for name, kind in DRIVE.items() if name != "nothing"}),
    ),
    subject(two_layer.power, order=AT_LEAST_TWO),
    subject(two_layer.hyperbolic, gain=SOME),
    subject(two_layer.softmax, beta=SOME),
    subject(
        partial(dynamics.run, lambda state: state),
        start=(SPINS, STATES),
        steps=(3, count(0)),
        keep_every=(1, count(0)),
        tolerance=(0.1, {name: kind for name, kind in AT_LEAST_ZERO.items() if name != "nothing"}),
    ),
    subject(dynamics.synchronous, energy=(MEMORY, OTHER_ENERGY)),
    subject(dynamics.asynchronous, energy=(MEMORY, OTHER_ENERGY), rng=RANDOM),
    subject(dynamics.glauber, energy=(MEMORY, OTHER_ENERGY), temperature=SOME, rng=RANDOM),
    subject(dynamics.attend, patterns=(SPINS, MATRIX), beta=SOME),
    subject(dynamics.mean_shift, points=(SPINS, MATRIX), bandwidth=SOME),
    subject(dynamics.gradient_flow, energy=(MEMORY, ENERGY), step=SOME),
    subject(dynamics.langevin, energy=(MEMORY, ENERGY), step=SOME, temperature=(0.0, AT_LEAST_ZERO), rng=RANDOM),
    subject(dynamics.relax, energy=(LAYERS, OTHER_ENERGY), step=SOME, visible_time=SOME, hidden_time=SOME),
    subject(measures.overlap, states=(SPINS, STATES_OF_TWO), patterns=(SPINS, MATRIX)),
    subject(measures.bit_errors, states=(SPINS, STATES), targets=(SPINS, LIKE)),
    subject(measures.distance, states=(SPINS, STATES), targets=(SPINS, LIKE)),
    subject(measures.recalled, states=(SPINS, STATES), targets=(SPINS, LIKE), tolerance=(0.0, AT_LEAST_ZERO)),
    subject(measures.effective_number, weights=(SPINS.abs() / 2, STATES)),
    subject(measures.proportion, successes=(1, count(0) | {"more than trials": st.integers(10)}), trials=(9, count(1))),
    subject(hopfield.one_step_error, n=AT_LEAST_TWO, p=P),
    subject(hopfield.gaussian_one_step_error, n=N, p=P),
    subject(dense.one_step_error, n=AT_LEAST_TWO, p=P, order=AT_LEAST_TWO),
    subject(dense.gaussian_one_step_error, n=N, p=P, order=AT_LEAST_TWO),
    subject(dense.capacity, n=N, order=AT_LEAST_TWO, error=(0.01, INSIDE_HALF)),
    subject(dense.capacity_without_errors, n=AT_LEAST_TWO, order=AT_LEAST_TWO),
    subject(dense.rate_function, a=(0.5, REAL | {"beyond one": st.floats(1, 1e300, exclude_min=True)})),
    subject(dense.exponential_rate_all, flipped=(0.1, BELOW_HALF)),
    subject(dense.exponential_rate_one, flipped=(0.1, BELOW_HALF)),
    subject(dense.exponential_one_step_error, n=AT_LEAST_TWO, p=P),
    subject(dense.exponential_capacity_one, n=AT_LEAST_TWO),
    subject(dense.exponential_capacity_all, n=AT_LEAST_TWO),
    subject(dense.exponential_recall_all, n=AT_LEAST_TWO, p=P),
    subject(attention.separation, patterns=(POINTS, ARRAY)),
    subject(attention.required_separation, p=AT_LEAST_TWO, radius=SOME, beta=SOME),
    subject(
        attention.one_step_error_bound,
        p=AT_LEAST_TWO,
        radius=SOME,
        beta=SOME,
        separation=(1.0, REAL),
        start=(0.1, AT_LEAST_ZERO),
        fixed=(0.1, AT_LEAST_ZERO),
    ),
    subject(attention.sphere_constant, n=AT_LEAST_TWO, radius_ratio=SOME, beta=SOME, failure=(0.1, INSIDE_FRACTION)),
    subject(attention.sphere_capacity, n=AT_LEAST_TWO, radius_ratio=SOME, beta=SOME, failure=(0.1, INSIDE_FRACTION)),
    subject(kde.transferred_rate, radius_ratio=SOME),
    subject(kde.nearest_distance, points=(POINTS, ARRAY)),
    subject(kde.certified, points=(POINTS, ARRAY), bandwidth=SOME),
    subject(kde.certified_displacement, points=(POINTS, ARRAY), bandwidth=SOME),
    subject(kde.certified_capacity, n=AT_LEAST_TWO, radius=SOME, bandwidth=SOME, failure=(0.1, INSIDE_FRACTION)),
    subject(kde.certified_rate, radius_ratio=SOME),
    subject(kde.critical_rate, concentration=SOME),
    subject(kde.mean_field_capacity, n=AT_LEAST_TWO, concentration=SOME, tolerance=(0.1, INSIDE_FRACTION)),
    subject(kde.mean_field_concentration, n=AT_LEAST_TWO, p=(9.0, ABOVE_ONE), tolerance=(0.1, INSIDE_FRACTION)),
    subject(kde.saturated_capacity, concentration=SOME, tolerance=(0.1, INSIDE_FRACTION)),
    subject(kde.two_point_mode, distance=SOME, bandwidth=SOME),
]


@pytest.mark.parametrize("subject", SUBJECTS, ids=str)
def test_right_arguments_pass(subject: Subject) -> None:
    """Else a refusal would mean nothing."""
    subject.function(**subject.right)


@pytest.mark.parametrize("subject", SUBJECTS, ids=str)
@given(data=st.data())
@settings(max_examples=3)
def test_wrong_arguments_are_named(subject: Subject, data: st.DataObject) -> None:
    for argument, kinds in subject.wanted.items():
        for kind, values in kinds.items():
            bad = data.draw(values, label=f"{argument} as {kind}")
            refused(argument, lambda: subject.function(**subject.right | {argument: bad}))  # noqa: B023


def test_there_are_many_kinds() -> None:
    kinds = {(argument, kind) for subject in SUBJECTS for argument, kinds in subject.wanted.items() for kind in kinds}
    assert len({kind for _, kind in kinds}) >= 40
    assert len(kinds) >= 300

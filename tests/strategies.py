"""What hypothesis draws: small random problems, and every way we know to get an argument wrong."""

import math
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from jaxtyping import config as jaxtyping_config

from amem.energies import LogSumExp

settings.register_profile("amem", deadline=None, derandomize=True, database=None)  # the same draws every time
settings.load_profile("amem")

seeds = st.integers(0, 2**32 - 1)
scales = st.floats(-3, 3).map(lambda exponent: 10.0**exponent)


@contextmanager
def type_checker_away() -> Any:
    """The tests' runtime type checker would refuse most bad input first; what a user meets is our own check."""
    was = jaxtyping_config.jaxtyping_disable
    jaxtyping_config.update("jaxtyping_disable", True)
    try:
        yield
    finally:
        jaxtyping_config.update("jaxtyping_disable", was)


def refused(name: str, call: Callable[[], object]) -> None:
    """The call must raise our error: its name, what was wanted and what was got."""
    with type_checker_away():
        try:
            call()
        except (TypeError, ValueError) as error:
            message = str(error)
            assert message.startswith(f"{name}: wanted ") and ", got " in message, message
        else:
            raise AssertionError(f"a bad {name} was accepted")


# --- wrong values, by what the argument should have been --------------------------------------------------------------

Kinds = dict[str, st.SearchStrategy[Any]]

NAN, INFINITE = st.just(math.nan), st.sampled_from([math.inf, -math.inf])
NEGATIVE = st.floats(-1e300, -1e-300)

NO_NUMBER: Kinds = {
    "nothing": st.none(),
    "a string": st.text(max_size=3),
    "a truth value": st.booleans(),
    "a list": st.lists(st.floats(), max_size=2),
    "a complex number": st.complex_numbers(),
    "a tensor": st.just(torch.ones(2)),
}
REAL: Kinds = NO_NUMBER | {"NaN": NAN, "infinite": INFINITE, "an integer beyond all floats": st.just(10**400)}
AT_LEAST_ZERO: Kinds = REAL | {"negative": NEGATIVE}
POSITIVE: Kinds = AT_LEAST_ZERO | {"zero": st.sampled_from([0, 0.0, -0.0])}
ABOVE_ONE: Kinds = POSITIVE | {"at most one": st.floats(0, 1)}
FRACTION: Kinds = AT_LEAST_ZERO | {"above one": st.floats(1, 1e300, exclude_min=True)}
INSIDE_FRACTION: Kinds = FRACTION | {"zero": st.just(0.0), "one": st.just(1.0)}
BELOW_HALF: Kinds = FRACTION | {"above a half": st.floats(0.5, 1, exclude_min=True)}
INSIDE_HALF: Kinds = BELOW_HALF | {"zero": st.just(0.0), "a half": st.just(0.5)}


def count(least: int) -> Kinds:
    return NO_NUMBER | {"a float": st.floats(1, 9), "NaN": NAN, "too small": st.integers(-(10**30), least - 1)}


NO_TENSOR: Kinds = {
    "nothing": st.none(),
    "a number": st.floats(),
    "nested lists": st.just([[1.0, -1.0], [1.0, 1.0]]),
    "a NumPy array": arrays.arrays(np.float64, (2, 2), elements=st.floats(-1, 1)),
}
WRONG_DTYPE: Kinds = {
    "whole numbers": st.just(torch.ones(2, 2, dtype=torch.int64)),
    "truth values": st.just(torch.ones(2, 2, dtype=torch.bool)),
    "complex": st.just(torch.ones(2, 2, dtype=torch.complex64)),
}
STATES: Kinds = NO_TENSOR | WRONG_DTYPE | {"no axes": st.just(torch.ones(())), "no neurons": st.just(torch.ones(3, 0))}
STATES_OF_TWO: Kinds = STATES | {"other neurons": st.integers(3, 9).map(torch.ones)}
MATRIX: Kinds = STATES | {
    "a vector": st.just(torch.ones(3)),
    "a stack of matrices": st.just(torch.ones(2, 2, 2)),
    "no patterns": st.just(torch.ones(0, 3)),
    "a NaN": st.just(torch.tensor([[1.0, math.nan]])),
    "an infinity": st.just(torch.tensor([[1.0, -math.inf]])),
}
SIGNS: Kinds = MATRIX | {
    "a zero": st.just(torch.tensor([[1.0, 0.0]])),
    "other than ±1": st.floats(1.01, 1e6).map(lambda value: torch.tensor([[1.0, value]])),
}
LIKE: Kinds = STATES | {"another shape": st.integers(3, 9).map(lambda n: torch.ones(2, n))}
DRIVE: Kinds = STATES_OF_TWO | {"a matrix": st.just(torch.ones(2, 2)), "a NaN": st.just(torch.tensor([1.0, math.nan]))}
GENERATOR: Kinds = {
    "nothing": st.none(),
    "a seed": seeds,
    "NumPy's": seeds.map(np.random.default_rng),
}
DTYPE: Kinds = {
    "nothing": st.none(),
    "a string": st.just("float64"),
    "whole numbers": st.just(torch.int64),
    "complex": st.just(torch.complex128),
}
ENERGY: Kinds = {
    "nothing": st.none(),
    "a function": st.just(torch.sum),
    "patterns": st.just(torch.ones(2, 2)),
    "a class": st.just(LogSumExp),
}
OTHER_ENERGY: Kinds = ENERGY | {"an energy of another kind": st.just(LogSumExp(torch.ones(2, 2), 1.0))}
TRUTH: Kinds = {"nothing": st.none(), "a number": st.sampled_from([0, 1, 2.0]), "a string": st.just("yes")}
FUNCTION: Kinds = {"nothing": st.none(), "a name": st.just("tanh"), "a number": st.just(1.0)}
ARRAY: Kinds = {
    "nothing": st.none(),
    "a vector": st.just(np.ones(4)),
    "a single point": st.just(np.ones((1, 3))),
    "no neurons": st.just(np.ones((3, 0))),
    "a string": st.just("patterns"),
    "ragged lists": st.just([[1.0], [1.0, 2.0]]),
    "complex": st.just(np.ones((2, 2)) * 1j),
    "a NaN": st.just(np.array([[1.0], [math.nan]])),
}

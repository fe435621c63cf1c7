"""The contract of measures. Each `check_…` takes the measure, so that `test_mutants.py` can hand in a wrong one."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from conftest import TOLERANCE
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import binom
from strategies import refused
from test_energies import chance_state
from torch import Tensor

from amem import measures
from amem.patterns import spins
from amem.seeds import generator

PATTERNS = spins(5, 8, generator("tests", "measured"), device="cpu", dtype=torch.float64)
STATES = torch.randn(2, 3, 8, generator=generator("tests", "states"), dtype=torch.float64)
TARGETS = torch.randn(2, 3, 8, generator=generator("tests", "targets"), dtype=torch.float64)
Measure = Callable[..., Any]


def each(function: Callable[[Tensor, Tensor], Any], states: Tensor, targets: Tensor) -> Tensor:
    """State by state."""
    rows = zip(states, targets, strict=True)
    return torch.tensor([[function(*pair) for pair in zip(*row, strict=True)] for row in rows], dtype=torch.float64)


def check_overlap(overlap: Measure) -> None:
    got = overlap(STATES, PATTERNS)
    assert got.shape == (2, 3, 5)
    for index in np.ndindex(2, 3, 5):
        wanted = np.mean(STATES[index[:2]].numpy() * PATTERNS[index[2]].numpy())
        assert abs(got[index].item() - wanted) < TOLERANCE[torch.float64]
    assert torch.equal(overlap(PATTERNS, PATTERNS).diagonal(), torch.ones(5, dtype=torch.float64))
    assert torch.equal(overlap(-PATTERNS[0], PATTERNS)[0], torch.tensor(-1.0, dtype=torch.float64))
    assert overlap(STATES[0, 0], PATTERNS).shape == (5,)


def check_bit_errors(bit_errors: Measure) -> None:
    wanted = each(lambda state, target: np.mean(np.sign(state.numpy()) != np.sign(target.numpy())), STATES, TARGETS)
    assert torch.allclose(bit_errors(STATES, TARGETS), wanted)
    assert bit_errors(torch.zeros(4), torch.ones(4)) == 1, "an undecided entry is not right"
    assert bit_errors(torch.tensor([-3.0, 0.1]), torch.tensor([-1.0, 1.0])) == 0, "only signs count"
    assert bit_errors(STATES.float(), TARGETS.float()).dtype is torch.float32


def check_distance(distance: Measure) -> None:
    wanted = each(lambda state, target: math.dist(state.tolist(), target.tolist()), STATES, TARGETS)
    assert torch.allclose(distance(STATES, TARGETS), wanted, rtol=1e-12)


def check_recalled(recalled: Measure) -> None:
    states, targets = torch.zeros(3, 4), torch.zeros(3, 4)
    states[1] += 0.5  # at distance 1, exactly
    states[2] += 1e-3
    for tolerance, wanted in ((0.0, [True, False, False]), (0.6, [True, False, True]), (1.0, [True, True, True])):
        got = recalled(states, targets, tolerance)
        assert got.dtype is torch.bool and got.tolist() == wanted
    assert not recalled(torch.full((1, 4), 1e-30), torch.zeros(1, 4), 0.0).item(), "its square is 0"
    assert recalled(1e6 + states, 1e6 + targets, 0.1).tolist() == [True, False, True], "not relative to the target"
    assert recalled(states.reshape(3, 2, 2), targets.reshape(3, 2, 2), 0.0).shape == (3, 2)


def check_effective_number(effective_number: Measure) -> None:
    for p in (1, 3, 10):
        assert math.isclose(effective_number(torch.full((p,), 1 / p, dtype=torch.float64)), p, rel_tol=1e-12)
    assert effective_number(torch.tensor([0.0, 1.0, 0.0])) == 1, "0 log 0 is 0"
    weights = torch.tensor([[0.5, 0.25, 0.25], [0.9, 0.1, 0.0]], dtype=torch.float64)
    wanted = [2**1.5, math.exp(-0.9 * math.log(0.9) - 0.1 * math.log(0.1))]
    assert np.allclose(effective_number(weights), wanted, rtol=1e-12)


def check_mean_error(mean_error: Measure) -> None:
    """Of a row of ones and zeros both have a closed form; by hand for two numbers; shifts leave the error alone."""
    mean, error = mean_error([1] * 3 + [0] * 9)
    assert math.isclose(mean, 0.25) and math.isclose(error, math.sqrt(0.25 * 0.75 / 11))
    assert np.allclose(mean_error([1.0, 4.0]), (2.5, 1.5), rtol=1e-15)
    assert math.isclose(mean_error(np.array([1.0, 4.0]) + 100)[1], 1.5)
    alone, unknown = mean_error([2.0])
    assert alone == 2.0 and math.isnan(unknown)
    for bad in ([], [[1.0]], ["a"]):
        refused("values", lambda bad=bad: mean_error(bad))


def check_student(student: Measure) -> None:
    """Cauchy's law for two numbers, whose 97.5 % quantile is tan(0.475 π); the law's table for eleven."""
    mean, low, high = student([1.0, 4.0])
    assert mean == 2.5 and np.allclose([low, high], 2.5 + 1.5 * np.tan(0.475 * np.pi) * np.array([-1, 1]), rtol=1e-9)
    mean, low, high = student(np.arange(11))
    assert mean == 5.0 and math.isclose(high - mean, 2.228139 * math.sqrt(11 / 11), rel_tol=1e-6)
    assert math.isclose(mean - low, high - mean)
    alone, *ends = student([2.0])
    assert alone == 2.0 and np.isnan(ends).all()


def check_proportion(proportion: Measure) -> None:
    """Clopper–Pearson by its definition: at either end the tail beyond the count holds 2.5 %."""
    for successes, trials in ((0, 7), (7, 7), (3, 10), (200, 1000), (1, 1)):
        rate, low, high = proportion(successes, trials)
        assert rate == successes / trials and low <= rate <= high
        assert low == 0 if successes == 0 else math.isclose(binom.sf(successes - 1, trials, low), 0.025, rel_tol=1e-6)
        assert (
            high == 1 if successes == trials else math.isclose(binom.cdf(successes, trials, high), 0.025, rel_tol=1e-6)
        )


LOADS = np.linspace(2, 5, 13)


def falling(middle: float, width: float, trials: int, number: int) -> np.ndarray[Any, Any]:
    """Binomial counts on a grid of loads."""
    chance = torch.from_numpy(expit((middle - LOADS) / width)).expand(trials, -1)
    return torch.bernoulli(chance, generator=generator("tests", "falling", middle, number)).sum(0).numpy()


def check_threshold(threshold: Measure) -> None:
    # counts in exact proportion are their own best fit
    exact = threshold(LOADS, 1e6 * expit((3.3 - LOADS) / 0.2), np.full(13, 1e6))
    assert abs(exact.middle - 3.3) < 0.004 and abs(exact.width / 0.2 - 1) < 0.1
    assert exact.high - exact.low < 0.02
    # another solver, and unequal trials
    successes, trials = falling(3.6, 0.25, 40, 0), np.where(np.arange(13) % 2, 40, 400)
    successes = np.where(np.arange(13) % 2, successes, 10 * successes - 3 * (successes > 0))

    def cost(at: np.ndarray[Any, Any]) -> float:
        chance = np.clip(expit((at[0] - LOADS) / math.exp(at[1])), 1e-300, 1 - 1e-16)
        return -float(successes @ np.log(chance) + (trials - successes) @ np.log1p(-chance))

    known = minimize(cost, np.array([3.5, -1.4]), method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-10})
    found = threshold(LOADS, successes, trials)
    assert abs(found.middle - known.x[0]) < 0.004 and abs(math.log(found.width) - known.x[1]) < 0.1
    for end in (found.low, found.high):  # at the ends the best likelihood is 1.92 lower
        profile = min(cost(np.array([end, math.log(width)])) for width in np.geomspace(0.02, 3, 400))
        assert abs(profile - known.fun - 1.92) < 0.35


CHECKS = {
    "overlap": check_overlap,
    "bit_errors": check_bit_errors,
    "distance": check_distance,
    "recalled": check_recalled,
    "effective_number": check_effective_number,
    "mean_error": check_mean_error,
    "student": check_student,
    "proportion": check_proportion,
    "threshold": check_threshold,
}


@pytest.mark.parametrize("name", CHECKS)
def test_contract(name: str) -> None:
    CHECKS[name](getattr(measures, name))


@pytest.mark.parametrize("name", ["overlap", "bit_errors", "distance", "recalled", "effective_number"])
def test_measures_change_nothing(name: str) -> None:
    others = {"overlap": [PATTERNS], "recalled": [TARGETS, 0.5], "effective_number": []}.get(name, [TARGETS])
    states, before = STATES.softmax(-1), chance_state()
    copy = states.clone()
    result = getattr(measures, name)(states, *others)
    assert torch.equal(states, copy) and states._version == 0 and chance_state() == before
    assert torch.equal(result, getattr(measures, name)(states, *others))


def test_the_interval_of_a_threshold_holds_the_truth_as_often_as_it_says() -> None:
    """95 % of 40 draws, less four standard deviations."""
    fits = [measures.threshold(LOADS, falling(3.6, 0.25, 20, number), np.full(13, 20)) for number in range(40)]
    assert sum(fit.low <= 3.6 <= fit.high for fit in fits) >= 33


def test_a_fitted_threshold_follows_its_axis() -> None:
    """Shift and stretch the loads and the fit goes along."""
    successes, trials = falling(3.6, 0.25, 40, 1), np.full(13, 40)
    plain, moved = measures.threshold(LOADS, successes, trials), measures.threshold(10 * LOADS - 4, successes, trials)
    for name in ("middle", "low", "high"):
        assert math.isclose(10 * getattr(plain, name) - 4, getattr(moved, name), rel_tol=1e-9)
    assert math.isclose(10 * plain.width, moved.width, rel_tol=1e-9)


@pytest.mark.parametrize(
    ("name", "load", "successes", "trials"),
    [
        ("load, successes, trials", [1.0], [1], [2]),
        ("load, successes, trials", [1.0, 2.0], [1], [2, 2]),
        ("load, successes, trials", [[1.0, 2.0]], [[1, 1]], [[2, 2]]),
        ("load", [1.0, 1.0], [1, 1], [2, 2]),
        ("load", [1.0, math.nan], [1, 1], [2, 2]),
        ("successes", [1.0, 2.0], [3, 1], [2, 2]),
        ("successes", [1.0, 2.0], [-1, 1], [2, 2]),
        ("successes", [1.0, 2.0], [math.nan, 1], [2, 2]),
        ("successes", [1.0, 2.0], [0, 0], [0, 2]),
        ("successes", [1.0, 2.0], [0, 0], [2, 2]),
        ("successes", [1.0, 2.0], [2, 2], [2, 2]),
    ],
)
def test_a_grid_that_cannot_be_fitted_is_refused(name: str, load: Any, successes: Any, trials: Any) -> None:
    refused(name, lambda: measures.threshold(load, successes, trials))

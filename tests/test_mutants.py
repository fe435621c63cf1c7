"""The contracts reject every mutant, and each of their checks rejects some; a smoke test alone, next to none."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import mutants
import pytest
import test_dynamics
import test_energies
import test_measures
import torch
from conftest import TOLERANCE
from energies_list import CASES, Case
from test_dynamics import RULES, Rule

Attempt = tuple[str, Callable[[], None]]
CPU = torch.device("cpu")
DTYPES = sorted(TOLERANCE, key=lambda dtype: -dtype.itemsize)


def against_energy(case: Case) -> list[Attempt]:
    """The contract of an energy on this case, check by check."""
    return [
        (check.__name__, partial(lambda check, dtype: check(case, case.build(dtype, CPU)), check, dtype))
        for dtype in DTYPES
        for check in test_energies.contract(case, dtype)
    ]


def against_rule(rule: Rule) -> list[Attempt]:
    checks = test_dynamics.contract(rule)
    return [(check.__name__, partial(check, rule, dtype, CPU)) for dtype in DTYPES for check in checks]


def against_run(flaw: str) -> list[Attempt]:
    return [(check.__name__, partial(check, mutants.flawed_run(flaw))) for check in test_dynamics.RUN_CHECKS]


MUTANTS: dict[str, list[Attempt]] = {
    **{
        f"{case}: {flaw}": against_energy(replace(case, make=make))
        for case in CASES
        for flaw, make in mutants.ENERGIES[case.name].items()
    },
    **{
        f"{rule}: {flaw}": against_rule(replace(rule, make=make))
        for rule in RULES
        for flaw, make in mutants.RULES.get(rule.name, {}).items()
    },
    **{f"run: {flaw}": against_run(flaw) for flaw in mutants.RUN_FLAWS},
    **{
        f"{measure}: {flaw}": [(measure, partial(test_measures.CHECKS[measure], wrong))]
        for measure, flaws in mutants.MEASURES.items()
        for flaw, wrong in flaws.items()
    },
}


def rejects(check: Callable[[], None]) -> bool:
    """A mutant may also fall by an error of its own, such as that of a broken graph."""
    try:
        check()
    except (Exception, pytest.fail.Exception):
        return True
    return False


@pytest.mark.parametrize("mutant", MUTANTS)
def test_mutant_is_rejected(mutant: str) -> None:
    assert any(rejects(check) for _, check in MUTANTS[mutant]), "accepted by the whole contract"


def test_there_are_enough_mutants() -> None:
    assert sum(map(len, mutants.ENERGIES.values())) >= 18
    assert sum(map(len, mutants.RULES.values())) + len(mutants.RUN_FLAWS) >= 10
    assert sum(map(len, mutants.MEASURES.values())) >= 8


def test_a_smoke_test_would_let_nearly_all_pass() -> None:
    """So the mutants are not simply broken."""
    smoke = [check for attempts in MUTANTS.values() for name, check in attempts if name == "check_shape"]
    assert len(smoke) >= 150
    assert sum(rejects(check) for check in smoke) <= 2


NAMES = {name for attempts in MUTANTS.values() for name, _ in attempts}


@pytest.mark.parametrize("name", sorted(NAMES - {"check_shape"}))
def test_check_can_fail(name: str) -> None:
    assert any(rejects(check) for attempts in MUTANTS.values() for known, check in attempts if known == name)


def test_a_run_without_a_flaw_passes() -> None:
    assert not any(rejects(check) for _, check in against_run(""))

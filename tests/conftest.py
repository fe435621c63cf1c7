"""What all tests share: shapes and types checked at every call, one table of tolerances, the devices at hand."""

from jaxtyping import install_import_hook

# Before the package is imported. An int may stand for a float, as the type checker has it.
install_import_hook("amem", "beartype.beartype(conf=beartype.BeartypeConf(is_pep484_tower=True))")

import subprocess  # noqa: E402
import sys  # noqa: E402
from collections.abc import Callable  # noqa: E402
from functools import cache  # noqa: E402
from pathlib import Path  # noqa: E402

import pytest  # noqa: E402
import torch  # noqa: E402

from amem.book import Recorded, record  # noqa: E402
from amem.book.questions import experiment_of, questions  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent

TOLERANCE = {torch.float32: 1e-5, torch.float64: 1e-12}
"""The error we allow, relative to the largest term of a sum. A test names a multiple of it."""

DEVICES = [torch.device("cpu"), *([torch.device("cuda")] if torch.cuda.is_available() else [])]


@pytest.fixture(scope="session")
def site() -> Path:
    """The built site, brought up to date: notebooks run again only where something changed."""
    command = [sys.executable, ROOT / "book/press.py", "--preset", "quick"]
    outcome = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=3600)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr
    return ROOT / "build/site"


Results = dict[str, Recorded]


@pytest.fixture(scope="session")
def results_of() -> Callable[[str], Results]:
    """A chapter's results in the preset quick, by question."""

    @cache
    def results_of(topic: str) -> Results:
        asked = [experiment_of(question) for question in questions() if f".{topic}." in question]
        return {experiment.question: record(experiment, "quick", "cpu") for experiment in asked}

    return results_of


@pytest.fixture(scope="module")
def results(request: pytest.FixtureRequest, results_of: Callable[[str], Results]) -> Results:
    """Those of the chapter that the module is named after."""
    return results_of(request.module.__name__.removeprefix("test_"))

"""What all tests share: shapes and types checked at every call, one table of tolerances, the devices at hand."""

from jaxtyping import install_import_hook

# Before the package is imported. An int may stand for a float, as the type checker has it.
install_import_hook("amem", "beartype.beartype(conf=beartype.BeartypeConf(is_pep484_tower=True))")

import fcntl  # noqa: E402
import os  # noqa: E402
import subprocess  # noqa: E402
import sys  # noqa: E402
from collections import Counter  # noqa: E402
from collections.abc import Callable  # noqa: E402
from functools import cache  # noqa: E402
from pathlib import Path  # noqa: E402

import pytest  # noqa: E402
import torch  # noqa: E402

from amem.book import Recorded, record  # noqa: E402
from amem.book.questions import experiment_of, questions  # noqa: E402

if "PYTEST_XDIST_WORKER" in os.environ:  # a worker has one core
    torch.set_num_threads(1)

ROOT = Path(__file__).resolve().parent.parent

TOLERANCE = {torch.float32: 1e-5, torch.float64: 1e-12}
"""The error we allow, relative to the largest term of a sum. A test names a multiple of it."""

DEVICES = [torch.device("cpu"), *([torch.device("cuda")] if torch.cuda.is_available() else [])]


@pytest.fixture(scope="session")
def site() -> Path:
    """The built site, brought up to date: notebooks run again only where something changed."""
    command = [sys.executable, ROOT / "book/press.py", "--preset", "quick"]
    (ROOT / "build").mkdir(exist_ok=True)
    with (ROOT / "build/site.lock").open("w") as lock:  # tests run side by side, the press does not
        fcntl.flock(lock, fcntl.LOCK_EX)
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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Time by chapter, against the budget that CONTRIBUTING states."""
    topics = [path.parent.name for path in (ROOT / "amem/chapters").glob("*/__init__.py")]
    spent: Counter[str] = Counter()
    for report in (report for reports in terminalreporter.stats.values() for report in reports):
        if isinstance(report, pytest.TestReport):
            named = [topic for topic in topics if topic in report.nodeid]
            spent[named[0] if named else "the core and the book"] += report.duration
    terminalreporter.section("seconds by chapter")
    for name, seconds in spent.most_common():
        terminalreporter.write_line(f"{seconds:7.1f}  {name}")

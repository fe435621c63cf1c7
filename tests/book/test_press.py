"""The press on a book of one small chapter: what runs again, what an error costs, what a kill leaves."""

import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import press
import pytest
from conftest import ROOT

NOTEBOOK = """# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A toy
#
# Of which {numref}`fig-toy-wave` is all, at [[wave.n]] places.

# %% tags=["parameters"]
preset = "quick"
device = "auto"

# %%
from amem.book import judge, record, show
from amem.chapters.toy.wave import experiment, figures

wave = record(experiment.wave, preset, device)
show(figures.wave, wave)

# %%
judge(wave)
"""
LONG = 900
"""Seconds in which anything here ends, on any machine."""
GENERATED = ("gallery", "scoreboard", "computed", "benchmark", "bibliography")
CHAPTER = {
    "__init__.py": '"""A wave, for [krotov2016dense]."""\n',
    "wave/__init__.py": '"""How high is it?"""\n',
    "wave/experiment.py": """
import math
from dataclasses import dataclass

import pandas as pd

from amem.experiment import Config, experiment


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    n: int = 8


@experiment(quick=Numbers())
def wave(config: Numbers) -> pd.DataFrame:
    return pd.DataFrame([{"x": x, "height": math.sin(x)} for x in range(config.n)])
""",
    "wave/figures.py": """
import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure


@figure(
    "fig-toy-wave",
    caption="A wave, $\\\\sin x$ {cite}`krotov2016dense`. It reaches [[top]].",
    alt="A wave to [[top]].",
)
def wave(table: pd.DataFrame) -> Figure:
    drawing = Figure()
    drawing.subplots().plot(table["x"], table["height"])
    return drawing
""",
    "wave/text.py": """
from amem.book import Statement, reverse


def numbers(table, config):
    return {"top": f"{table['height'].max():.3f}", "n": str(config["n"])}


STATEMENTS = [Statement("It reaches", lambda table: table["height"][2] > 0.9, reverse("height"))]
""",
    "wave/claims.py": """
from amem.book import Claim, Source

CLAIMS = [
    Claim(
        "claim-toy-top", Source("krotov2016dense", "PAPER", "eq. 1"), (0.0, 1.0), lambda table: table["height"].max(),
        says="It is below $|1|$.", because="it is a sine",
    )
]
""",
}


class Book:
    """A repository with one chapter, and the press on it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.site = root / "build/site"
        skip = shutil.ignore_patterns("chapters", "__pycache__", "results", "how_to_read.md", "symbols.md")
        for folder in ("amem", "book"):
            shutil.copytree(ROOT / folder, root / folder, ignore=skip)
        for file in ("_config.yml", "requirements.lock"):
            shutil.copy(ROOT / file, root)
        (root / "amem/chapters/toy/wave").mkdir(parents=True)
        (root / "amem/chapters/__init__.py").touch()
        for name, text in CHAPTER.items():
            (root / "amem/chapters/toy" / name).write_text(text)
        (root / "notebooks").mkdir()
        self.notebook.write_text(NOTEBOOK)
        self.first_page.write_text("# A book\n")
        (root / "book/_toc.yml").write_text(
            "format: jb-book\nroot: book/intro\nparts:\n  - caption: All\n    numbered: true\n    chapters:\n"
            + "".join(f"      - file: {page}\n" for page in ("notebooks/toy", *(f"book/{name}" for name in GENERATED)))
        )

    @property
    def notebook(self) -> Path:
        return self.root / "notebooks/toy.py"

    @property
    def first_page(self) -> Path:
        return self.root / "book/intro.md"

    def start(self, output: Path) -> subprocess.Popen:
        with output.open("w") as file:
            return subprocess.Popen(
                [sys.executable, self.root / "book/press.py"], cwd=self.root, start_new_session=True,
                env={**os.environ, "PYTHONPATH": str(self.root)}, stdout=file, stderr=subprocess.STDOUT,
            )  # fmt: skip

    def press(self) -> tuple[int, str]:
        output = self.root / "output.txt"
        code = self.start(output).wait(timeout=LONG)
        return code, output.read_text()

    def kill_at(self, sign: str) -> None:
        """Start the press and kill it, with its kernels, as soon as there is a file or folder of that name."""
        output, end = self.root / "output.txt", time.monotonic() + LONG
        process = self.start(output)
        while not (self.root / sign).exists():
            assert process.poll() is None and time.monotonic() < end, output.read_text()
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def files(self) -> dict[str, bytes]:
        files = (path for path in self.site.rglob("*") if path.is_file())
        return {str(path.relative_to(self.site)): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    built = Book(tmp_path_factory.mktemp("book"))
    code, said = built.press()
    assert code == 0, said
    assert "[1/1] toy: running (quick preset)" in said
    page = (built.site / "notebooks/toy.html").read_text()
    assert "is all, at 8 places" in page and "It reaches 0.909" in page and "[[" not in page
    figure = (built.site / "figures/fig-toy-wave.html").read_text()
    assert "✓ It reaches" in figure
    assert str(built.site / "index.html") in said
    return built


def test_nothing_runs_twice_and_two_builds_are_the_same_bytes(book: Book) -> None:
    before = book.files()
    code, said = book.press()
    assert (code, "[1/1] toy: unchanged" in said) == (0, True)
    after = book.files()
    assert before.keys() == after.keys()
    assert [name for name in before if before[name] != after[name]] == []
    assert {"figures/fig-toy-wave.html", "figures/fig-toy-wave.pdf", "notebooks/toy.html"} <= after.keys()


def test_a_notebook_depends_on_all_that_can_change_its_numbers(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press, "ROOT", book.root)
    made = [
        "notebooks/toy.py", "requirements.lock", "amem/measures.py", "amem/energies/base.py",
        "amem/chapters/toy/wave/figures.py", "book/results/full/toy/wave.csv",
    ]  # fmt: skip
    keys = [press.key("toy", "quick", "auto"), press.key("toy", "full", "auto"), press.key("toy", "quick", "cpu")]
    for name in made:
        path = book.root / name
        before = path.read_bytes() if path.exists() else None
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("changed")
        keys.append(press.key("toy", "quick", "auto"))
        path.unlink() if before is None else path.write_bytes(before)
    assert len(set(keys)) == len(keys)
    other = book.root / "amem/chapters/other/wave/experiment.py"
    other.parent.mkdir(parents=True)
    other.write_text("")
    (book.root / "book/symbols.md").write_text("")
    assert press.key("toy", "quick", "auto") == keys[0]
    shutil.rmtree(other.parents[1])
    (book.root / "book/symbols.md").unlink()


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("book/intro.md", "# A book", "# A book\n\n{ref}`nowhere`\n\n```{nonsense}\n```", "nonsense"),
        ("notebooks/toy.py", 'device = "auto"\n', "", "notebooks/toy.py declares no parameter 'device'"),
        ("notebooks/toy.py", "judge(", "1 / 0\njudge(", "ZeroDivisionError"),
        ("notebooks/toy.py", "judge(", "import warnings\nwarnings.warn('beware')\njudge(", "stderr"),
    ],
    ids=["directive", "parameter", "cell", "warning"],
)
def test_an_error_keeps_the_earlier_site(book: Book, file: str, old: str, new: str, says: str) -> None:
    before, path = book.files(), book.root / file
    text = path.read_text()
    path.write_text(text.replace(old, new))
    try:
        for _ in range(2 if says == "nonsense" else 1):  # old leavings must not pass for a page without warnings
            code, said = book.press()
            assert code == 1
            assert says in said
            assert book.files() == before
    finally:
        path.write_text(text)


HELD = """
# %%
import time
from pathlib import Path

Path("started").touch()
while Path("held").exists():
    time.sleep(0.02)
"""


@pytest.mark.parametrize(
    ("sign", "again"), [("notebooks/started", True), ("build/.scratch/press/html", False)], ids=["running", "building"]
)
def test_a_killed_run_loses_nothing_and_the_next_is_whole(book: Book, sign: str, again: bool) -> None:
    """Killed in the last cell of the notebook, or while Sphinx writes the pages."""
    held, text, before = book.root / "notebooks/held", book.notebook.read_text(), book.files()
    book.notebook.write_text(text + HELD)
    if again:
        held.touch()
    try:
        book.kill_at(sign)
    finally:
        held.unlink(missing_ok=True)
    assert book.files() == before
    code, said = book.press()
    assert (code, "toy: running" in said) == (0, again), said
    assert not (book.root / "build/.scratch/press").exists()


def test_a_kill_between_the_two_renames_leaves_the_old_site(book: Book) -> None:
    before = book.files()
    old = book.root / "build/.scratch/press/old"
    old.parent.mkdir(parents=True, exist_ok=True)
    book.site.rename(old)
    text = book.first_page.read_text()
    book.first_page.write_text(text + "\n{ref}`nowhere`\n")
    try:
        assert book.press()[0] == 1
    finally:
        book.first_page.write_text(text)
    assert book.files() == before


def test_two_runs_at_once_are_refused(book: Book) -> None:
    with (book.root / "build/press.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        code, said = book.press()
    assert (code, said) == (1, "another run of the press is at work in this folder\n")


def test_the_scoreboard_counts_by_what_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    judged = [("PAPER", "reproduced within 3 %"), ("CODE", "not reproduced"), ("PAPER", "not reproduced")]
    claims = [{"mark": mark, "verdict": verdict} for mark, verdict in judged]
    monkeypatch.setattr(press.pages, "claims_table", lambda _: "")
    table = press.pages.scoreboard([press.pages.Chapter("toy", "A toy", [], claims)]).split("```")[1]
    cells = re.findall(r"- ([^\n]+)", table)
    assert [cells[i : i + 3] for i in range(0, len(cells), 3)] == [
        ["known from", "reproduced", "not reproduced"],
        ["CODE", "0", "1"],
        ["PAPER", "1", "1"],
        ["**all**", "**1**", "**2**"],
    ]


def test_papers_that_would_be_cited_alike_get_letters() -> None:
    entry = "@article{{{}, author={{{}}}, title={{T}}, year={{{}}}}}\n"
    many, other = "Doe, A and Roe, B and Poe, C", "Doe, A and Moe, D and Loe, E"
    bibliography = "".join([
        entry.format("doe2024second", many, 2024), entry.format("doe2024first", other, 2024),
        entry.format("doe2023", many, 2023), entry.format("doe2024pair", "Doe, A and Roe, B", 2024),
    ])  # fmt: skip
    years = re.findall(r"\{(\w+),.*year=\{(\w+)\}", press.pages.told_apart(bibliography))
    assert years == [
        ("doe2024second", "2024b"),
        ("doe2024first", "2024a"),
        ("doe2023", "2023"),
        ("doe2024pair", "2024"),
    ]

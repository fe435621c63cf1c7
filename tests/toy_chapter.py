"""A chapter small enough to see through, in a checkout of its own, for the tests of the spine."""

import importlib.util
import shutil
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import SimpleNamespace

import joblib
import pytest

import amem
from amem import files, source
from amem.book import citing, questions

FILES = {
    "__init__.py": '"""A wave, after fourier1822theorie."""\n',
    "helper.py": "def scale():\n    return 2.0\n",
    "wave/__init__.py": '"""How high is a wave?"""\n',
    "wave/experiment.py": '''"""What the toy computes."""

from dataclasses import dataclass

import torch
from toy.helper import scale

from amem.experiment import Config, experiment
from amem.sweep import grid, sweep

calls = []


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    n: int = 4
    phases: tuple[float, ...] = (0.0, 0.5)


def cell(config, x, phase):
    """One point."""
    return {"height": scale() * torch.sin(torch.tensor(x + phase, dtype=torch.float64)).item()}


@experiment(quick=Numbers(), full=Numbers(n=8))
def wave(config):
    """The wave."""
    calls.append(config)  # seen by the tests
    return sweep(cell, grid(x=range(config.n), phase=config.phases), config)
''',
    "wave/figures.py": '''"""What the toy shows."""

from matplotlib.figure import Figure

from amem.book import figure


@figure(
    "fig-toy-wave",
    caption="A wave of {cite}`fourier1822theorie` & co, $h = 2 \\\\sin(x)$. Two phases reach [[top]].",
    alt="Two sine waves below [[bound]].",
)
def wave(table):
    drawn = Figure()
    axes = drawn.subplots()
    for phase, rows in table.groupby("phase"):
        axes.plot(rows.x, rows.height, label=f"phase {phase}")
    axes.set(xlabel=r"position $x$ (dimensionless)", ylabel="height (dimensionless)")
    axes.legend()
    return drawn
''',
    "wave/text.py": '''"""What the toy says."""

from amem.book import Statement, exchange


def numbers(table, config):
    return {"top": f"{table.height.max():.2f}", "bound": "two", "n": str(config["n"])}


STATEMENTS = [
    Statement(
        "Two phases",
        lambda table: table.groupby("phase").height.first()[0.0] == 0.0,
        exchange("phase", 0.0, 0.5),
    ),
    Statement("Said elsewhere", lambda table: False, exchange("phase", 0.0, 0.5)),
]
''',
    "wave/claims.py": '''"""What the toy claims."""

from amem.book import Claim, Source

CLAIMS = [
    Claim(
        "claim-toy-bounded",
        Source("fourier1822theorie", "PAPER", "eq. 1"),
        (0.0, 2.0),
        lambda table: float(table.height.abs().max()),
        says="The wave is bounded, |h| ≤ 2",
        because="the sine is",
    ),
    Claim(
        "claim-toy-forever",
        Source("laplace1812theorie", "RECALLED", "p. 2"),
        (1.0, float("inf")),
        None,
        says="It never ends",
        because="nobody has seen it end",
    ),
]
''',
    "constant/__init__.py": '"""What stays?"""\n',
    "constant/experiment.py": '''"""A constant, of which nothing is shown and nothing claimed."""

from amem.experiment import Config, experiment
from amem.sweep import grid, sweep


@experiment(quick=Config())
def constant(config):
    return sweep(lambda config, x: {"height": 1.0}, grid(x=(1,)), config)
''',
}
BIBLIOGRAPHY = "@book{fourier1822theorie,\n  title={Chaleur}}\n\n@book{unread1900book,\n  title={Unread}}\n"
SPINE = ("__init__", "__main__", "checkpoints", "experiment", "files", "source", "store", "sweep")


def write(folder: Path) -> None:
    """The toy chapter as `<folder>/toy`."""
    for name, text in FILES.items():
        path = folder / "toy" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def checkout(folder: Path) -> Path:
    """A checkout in `folder` with a copy of the spine and the toy as its only chapter: for other processes."""
    (folder / "amem").mkdir(parents=True)
    package = Path(amem.__file__).parent
    for name in SPINE:
        shutil.copy(package / f"{name}.py", folder / "amem")
    shutil.copytree(package / "book", folder / "amem/book")
    (folder / "amem/references.bib").write_text(BIBLIOGRAPHY)
    write(folder / "amem/chapters")
    write(folder)
    contents(folder)
    return folder


def contents(folder: Path) -> None:
    """What makes a folder a checkout."""
    (folder / "book").mkdir(parents=True)
    (folder / "book/_toc.yml").touch()


def forget() -> None:
    """Nothing that was read of a toy is known any more."""
    for name in [name for name in sys.modules if name.split(".")[0] == "toy" or "amem.chapters.toy" in name]:
        del sys.modules[name]
    reread()
    questions.part.cache_clear()


def reread() -> None:
    """As in a new process: source is what the files say now."""
    for known in (source.source_hash, source._read, source._path, source._passes_on):
        known.cache_clear()
    importlib.invalidate_caches()


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """The toy as `toy` and as the only chapter of `amem`, in a checkout of its own; sweeps run one cell by one."""
    house, code = tmp_path / "house", tmp_path / "code"
    contents(house)
    write(code)
    spec = ModuleSpec("amem.chapters", None, is_package=True)
    spec.submodule_search_locations = [str(code)]
    chapters = importlib.util.module_from_spec(spec)
    monkeypatch.setattr(files, "CHECKOUT", house)
    monkeypatch.setattr(citing, "bibliography", lambda: BIBLIOGRAPHY)
    monkeypatch.setattr(amem, "chapters", chapters, raising=False)
    monkeypatch.setitem(sys.modules, "amem.chapters", chapters)
    monkeypatch.syspath_prepend(code)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    forget()
    parts = {name: importlib.import_module(f"toy.wave.{name}") for name in ("experiment", "figures", "claims", "text")}
    constant = importlib.import_module("toy.constant.experiment").constant
    with joblib.parallel_config("sequential"):
        parts |= {"wave": parts["experiment"].wave, "constant": constant}
        yield SimpleNamespace(house=house, folder=code / "toy", **parts)
    forget()

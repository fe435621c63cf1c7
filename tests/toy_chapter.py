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
from amem import store

FILES = {
    "__init__.py": '"""A wave, after fourier1822theorie."""\n',
    "helper.py": "def scale():\n    return 2.0\n",
    "experiments.py": '''"""What the toy computes."""

from dataclasses import dataclass

import torch
from toy.helper import scale

from amem.sweep import Config as Base
from amem.sweep import grid, sweep

calls = []


@dataclass(frozen=True, kw_only=True)
class Config(Base):
    n: int
    phases: tuple[float, ...] = (0.0, 0.5)


PRESETS = {"quick": Config(preset="quick", n=4), "full": Config(preset="full", n=8)}


def cell(config, x, phase):
    """One point."""
    return {"height": scale() * torch.sin(torch.tensor(x + phase, dtype=torch.float64)).item()}


def wave(config):
    """The wave."""
    calls.append(config)  # seen by the tests
    return sweep(cell, grid(x=range(config.n), phase=config.phases), config)


def constant(config):
    return sweep(lambda config, x: {"height": 1.0}, grid(x=(1,)), config)
''',
    "figures.py": '''"""What the toy shows."""

from matplotlib.figure import Figure

from amem.book import figure


@figure(
    id="fig-toy-wave",
    experiment="wave",
    caption="A wave of {cite}`fourier1822theorie` & co, $h = 2 \\\\sin(x)$. Two phases.",
    alt="Two sine waves.",
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
    "claims.py": '''"""What the toy claims."""

from amem.book import Claim

CLAIMS = [
    Claim(
        id="claim-toy-bounded",
        says="The wave is bounded, |h| ≤ 2",
        source="fourier1822theorie, eq. 1",
        mark="PAPER",
        experiment="wave",
        measure=lambda table: float(table.height.abs().max()),
        expect=(0.0, 2.0),
        because="the sine is",
    ),
    Claim(
        id="claim-toy-forever",
        says="It never ends",
        source="laplace1812theorie, p. 2",
        mark="RECALLED",
        expect=(1.0, float("inf")),
        because="nobody has seen it end",
    ),
]
''',
}
BIBLIOGRAPHY = "@book{fourier1822theorie,\n  title={Chaleur}}\n\n@book{unread1900book,\n  title={Unread}}\n"
SPINE = ("__init__.py", "store.py", "sweep.py", "book.py", "__main__.py")


def write(folder: Path) -> None:
    """The toy chapter as `<folder>/toy`."""
    (folder / "toy").mkdir(parents=True)
    for name, text in FILES.items():
        (folder / "toy" / name).write_text(text)


def checkout(folder: Path) -> Path:
    """A checkout in `folder` with a copy of the spine and the toy as its only chapter: for other processes."""
    (folder / "amem").mkdir(parents=True)
    for name in SPINE:
        shutil.copy(Path(store.__file__).parent / name, folder / "amem")
    write(folder / "amem/chapters")
    write(folder)
    contents(folder)
    return folder


def contents(folder: Path) -> None:
    """What makes a folder a checkout."""
    (folder / "book").mkdir(parents=True)
    (folder / "book/_toc.yml").touch()
    (folder / "book/references.bib").write_text(BIBLIOGRAPHY)


def forget() -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "toy" or "amem.chapters.toy" in name]:
        del sys.modules[name]


@pytest.fixture
def toy(tmp_path, monkeypatch):
    """The toy as `toy` and as the only chapter of `amem`, in a checkout of its own; sweeps run one cell by one."""
    house, code = tmp_path / "house", tmp_path / "code"
    contents(house)
    write(code)
    spec = ModuleSpec("amem.chapters", None, is_package=True)
    spec.submodule_search_locations = [str(code)]
    chapters = importlib.util.module_from_spec(spec)
    monkeypatch.setattr(store, "CHECKOUT", house)
    monkeypatch.setattr(amem, "chapters", chapters, raising=False)
    monkeypatch.setitem(sys.modules, "amem.chapters", chapters)
    monkeypatch.syspath_prepend(code)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    forget()
    parts = {name: importlib.import_module(f"toy.{name}") for name in ("experiments", "figures", "claims")}
    with joblib.parallel_config("sequential"):
        yield SimpleNamespace(house=house, folder=code / "toy", **parts)
    forget()

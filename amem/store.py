"""Result files that are whole, verified and never stale.

A result is a table in three files: `<chapter>/<experiment>.csv`, its card `.json` and `.run.json`. The card says
what the table is (experiment, config, hash of the source, hash of the bytes) and is the same whenever it is made
again; `.run.json` says how it was made this time (seconds, machine, versions).
"""

import ast
import hashlib
import importlib.metadata
import importlib.util
import inspect
import io
import json
import platform
import re
import subprocess
import tokenize
from collections.abc import Callable, Iterator
from csv import reader
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypedDict, TypeVar

import joblib
import numpy as np
import pandas as pd
import torch

from amem import __version__
from amem.files import put

CHECKOUT = Path(__file__).resolve().parents[1]
READ: dict[str, Callable[[str], object]] = {
    "bool": {"True": True, "False": False}.__getitem__,
    "int64": int,
    "float64": float,
    "str": str,
}


@dataclass(frozen=True, kw_only=True)
class Config:
    """What a run is made of: plain numbers, strings and tuples of them; `device` is only where it runs.

    Raises ValueError for a preset that cannot name a folder or an unknown device, TypeError for any other value.
    """

    preset: str
    device: str = "cpu"

    def __post_init__(self) -> None:
        if re.fullmatch(r"[a-z0-9][a-z0-9_-]*", self.preset) is None:
            raise ValueError(f"preset must be a word in lower case, got {self.preset!r}")
        if self.device not in ("cpu", "cuda"):
            raise ValueError(f"device must be cpu or cuda, got {self.device!r}")
        for name, value in asdict(self).items():
            if not _is_plain(value):
                raise TypeError(f"{name} must be a number, a string or a tuple of them, got {value!r}")


C = TypeVar("C", bound=Config)
Experiment = Callable[[C], pd.DataFrame]


class Card(TypedDict):
    """What a table is."""

    id: str
    experiment: str
    config: dict[str, object]
    source: str
    sha256: str
    columns: dict[str, str]
    rows: int


class Run(TypedDict):
    """How a table, the one with these bytes, was made."""

    sha256: str
    seconds: float
    device: str
    machine: str
    versions: dict[str, str]
    commit: str | None
    date: str


@dataclass(frozen=True, eq=False)
class Recorded:
    """A kept table with its card, its run and the path of its CSV file."""

    table: pd.DataFrame
    card: Card
    run: Run
    path: Path

    @property
    def preset(self) -> str:
        return str(self.card["config"]["preset"])

    @property
    def experiment(self) -> str:
        """The name of the function that computed the table."""
        return self.card["experiment"].rpartition(".")[2]


def place(inside: str, outside: str) -> Path:
    """`inside` the checkout this package lies in or, without a checkout, `outside` in ./amem-results."""
    return CHECKOUT / inside if _in_checkout() else Path("amem-results", outside).absolute()


def results(preset: str) -> Path:
    """The folder of a preset's results; those of "full" are under version control."""
    return place("book/results/full" if preset == "full" else f"build/results/{preset}", preset)


def read(experiment: Experiment[C], config: C) -> Recorded | None:
    """The kept result of `experiment(config)`, None if it is missing, damaged, stale or of another config."""
    path = results(config.preset) / f"{_id(experiment)}.csv"
    try:
        data, text = path.read_bytes(), path.with_suffix(".json").read_text("utf-8")
        found: Card = json.loads(text)
        source = source_hash(experiment.__module__)
        card = _card(experiment, config, source, data, found["columns"], found["rows"])
        run: Run = json.loads(path.with_suffix(".run.json").read_text("utf-8"))
        same = _json(card).decode() == text and run["sha256"] == card["sha256"]
        return Recorded(_table(data, card), card, run, path) if same else None
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def write(experiment: Experiment[C], config: C, table: pd.DataFrame, *, source: str, seconds: float) -> Recorded:
    """Keep `table`, which `experiment(config)` gave when its source had that hash.

    Raises TypeError for a table that is not plain, see `csv`.
    """
    name, data = _id(experiment), csv(table)
    card = _card(experiment, config, source, data, _kinds(table), len(table))
    cpu = f"{platform.system()} {platform.machine()}, {joblib.cpu_count()} cores"
    packages = {package: importlib.metadata.version(package) for package in ("torch", "numpy")}
    run: Run = {
        "sha256": card["sha256"],
        "seconds": round(seconds, 3),
        "device": config.device,
        "machine": torch.cuda.get_device_name() if config.device == "cuda" else cpu,
        "versions": {"python": platform.python_version(), "amem": __version__, **packages},
        "commit": _commit(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    files = {f"{name}.csv": data, f"{name}.run.json": _json(run), f"{name}.json": _json(card)}
    put(results(config.preset), files)
    return Recorded(_table(data, card), card, run, results(config.preset) / f"{name}.csv")


def csv(table: object) -> bytes:
    """The table as CSV with 17 significant digits, which give back every bit.

    Raises TypeError unless it is a DataFrame with rows, unique column names, no named index, and columns of floats,
    integers, booleans or strings.
    """
    if not isinstance(table, pd.DataFrame):
        raise TypeError(f"an experiment must return a pandas DataFrame, got {type(table).__name__}")
    names = list(table.columns)
    if table.empty or len({str(name) for name in names} & set(names)) < len(names) or table.index.names != [None]:
        wanted = "rows, unique strings as columns and no named index (reset_index() makes it a column)"
        raise TypeError(f"the table must have {wanted}, got {len(table)} rows, {table.columns}, {table.index}")
    _kinds(table)
    return table.to_csv(index=False, float_format="%.17g", na_rep="nan", lineterminator="\n").encode()


def source_hash(module: str) -> str:
    """SHA-256 of the source of a module and of every module of `amem`, or of its own package, that it imports.

    Comments, docstrings and blank lines do not count, so that better prose does not cost hours of computing; nor do
    the names that a package only passes on, so that a new energy makes no older result stale. What counts is what
    the files say: after an edit, restart Python.
    """
    code: dict[str, str] = {}
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in code or name == "amem" or name.split(".")[0] not in ("amem", module.split(".")[0]):
            continue
        if (path := _path(name)) is None:
            waiting.append(_origin(name))
            continue
        text = path.read_text("utf-8")
        tree = ast.parse(text)
        code[name] = _without_prose(text, tree)
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        above = [package] if package != name and not _passes_on(package) else []
        waiting += [*above, *_imports(tree, package)]
    return hashlib.sha256("\0".join(f"{name}\0{code[name]}" for name in sorted(code)).encode()).hexdigest()


def _in_checkout() -> bool:
    return (CHECKOUT / "book" / "_toc.yml").exists()


def _is_plain(value: object) -> bool:
    return all(map(_is_plain, value)) if isinstance(value, tuple) else isinstance(value, int | float | str)


def _id(experiment: Experiment[C]) -> str:
    """`<chapter>/<experiment>`; the chapter is the package that holds the experiment's module."""
    module = experiment.__module__
    if module == "__main__" or not inspect.isfunction(experiment) or not experiment.__qualname__.isidentifier():
        raise ValueError(f"experiment must be a function of a module in a file, got {experiment!r}")
    return f"{module.split('.')[-2:][0]}/{experiment.__name__}"


def _card(experiment: Experiment[C], config: C, source: str, data: bytes, columns: dict[str, str], rows: int) -> Card:
    return {
        "id": _id(experiment),
        "experiment": f"{experiment.__module__}.{experiment.__name__}",
        "config": {name: value for name, value in asdict(config).items() if name != "device"},
        "source": source,
        "sha256": hashlib.sha256(data).hexdigest(),
        "columns": columns,
        "rows": rows,
    }


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def _kinds(table: pd.DataFrame) -> dict[str, str]:
    kinds: dict[str, str] = {}
    for name in table.columns:
        values = table[name].to_numpy()
        numbers = (kind for kind in ("bool", "int64", "float64") if np.can_cast(values.dtype, kind))
        kinds[name] = next(numbers, "str")
        if kinds[name] == "str" and not all(isinstance(value, str) for value in values):
            raise TypeError(f"column {name!r} must hold floats, integers, booleans or strings, got {values[:3]}")
    return kinds


def _table(data: bytes, card: Card) -> pd.DataFrame:
    names, *rows = reader(io.StringIO(data.decode(), newline=""))
    if names != list(card["columns"]) or len(rows) != card["rows"]:
        raise ValueError("the card is of another table")
    columns = zip(card["columns"].items(), zip(*rows, strict=True), strict=True)
    return pd.DataFrame({name: pd.Series(map(READ[kind], text), dtype=kind) for (name, kind), text in columns})


def _commit() -> str | None:
    if not _in_checkout():
        return None
    command = ["git", "-C", str(CHECKOUT), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None


def _path(name: str) -> Path | None:
    """The file of a module, None for a name inside one."""
    try:
        spec = importlib.util.find_spec(name)
    except ModuleNotFoundError:
        return None
    return Path(spec.origin) if spec is not None and spec.origin is not None else None


def _origin(name: str) -> str:
    """Where a name inside a module comes from: that module or, if it only passes the name on, the next one."""
    module, _, last = name.rpartition(".")
    for node in _passes_on(module):
        for alias in node.names:
            if last == (alias.asname or alias.name):
                return f"{importlib.util.resolve_name('.' * node.level + (node.module or ''), module)}.{alias.name}"
    return module


def _passes_on(package: str) -> list[ast.ImportFrom]:
    """The imports of a package that holds nothing but imports, its docstring and `__all__`; else nothing."""
    path = _path(package)
    if path is None or path.name != "__init__.py":
        return []
    body = ast.parse(path.read_text("utf-8")).body
    imports = [node for node in body if isinstance(node, ast.ImportFrom)]
    rest = [node for node in body if not isinstance(node, ast.ImportFrom)]
    return imports if all(_is_label(node) for node in rest) else []


def _is_label(node: ast.stmt) -> bool:
    match node:
        case ast.Expr(ast.Constant(str())) | ast.Assign([ast.Name("__all__")]):
            return True
        case _:
            return False


def _imports(tree: ast.Module, package: str) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = importlib.util.resolve_name("." * node.level + (node.module or ""), package)
            yield from (base if alias.name == "*" else f"{base}.{alias.name}" for alias in node.names)


def _without_prose(text: str, tree: ast.Module) -> str:
    lines = text.split("\n")
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            lines[row - 1] = lines[row - 1][:column].rstrip()
    prose: set[int] = set()
    strings: set[int] = set()  # where a blank line is data
    for node in ast.walk(tree):
        match node:
            case ast.Expr(ast.Constant(str()), lineno=first, end_lineno=int(last), end_col_offset=end):
                before, after = lines[first - 1][: node.col_offset], lines[last - 1].encode()[end:]
                if not before.strip() and not after.strip():
                    prose |= set(range(first, last + 1))
            case ast.Constant(str() | bytes()) | ast.JoinedStr():
                strings |= set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
            case _:
                pass
    rows = range(1, len(lines) + 1)
    return "\n".join(lines[row - 1] for row in rows if row not in prose and (lines[row - 1].strip() or row in strings))

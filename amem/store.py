"""Result files that are whole, verified and never stale.

A result is a table in three files: `<chapter>/<question>.csv` (`.csv.gz` where it is large), its card `.json` and
`.run.json`. The card says what the table is (experiment, preset, numbers, hash of the source, hash of the bytes) and is
the same whenever it is made again; `.run.json` says how it was made this time (seconds, machine, versions).
"""

import gzip
import hashlib
import importlib.metadata
import io
import json
import platform
import subprocess
import zlib
from collections.abc import Callable, Iterator
from csv import reader
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypedDict

import joblib
import numpy as np
import pandas as pd

from amem import __version__, files
from amem.experiment import PRESETS, C, Experiment
from amem.files import in_checkout, place, put
from amem.source import source_hash

LARGE = 100_000
"""Bytes of a table from which on it is kept compressed."""
READ: dict[str, Callable[[str], object]] = {
    "bool": {"True": True, "False": False}.__getitem__,
    "int64": int,
    "float64": float,
    "str": str,
}
OWN = "own"
"""In place of a preset's name where the numbers are the caller's."""


class Card(TypedDict):
    """What a table is; sha256 is that of its CSV text."""

    id: str
    experiment: str
    preset: str
    config: dict[str, object]
    source: str
    sha256: str
    columns: dict[str, str]
    rows: int


class Run(TypedDict):
    """How a table, the one with these bytes, was made; training: the seconds its networks had been trained for."""

    sha256: str
    seconds: float
    training: float
    device: str
    machine: str
    versions: dict[str, str]
    commit: str | None
    date: str


@dataclass(frozen=True, eq=False)
class Recorded:
    """A kept table with its experiment, card, run and the path of its CSV file."""

    table: pd.DataFrame
    experiment: Experiment[Any]
    card: Card
    run: Run
    path: Path

    @property
    def preset(self) -> str:
        return self.card["preset"]


def results(preset: str) -> Path:
    """The folder in which a preset's results are written; those above quick are under version control."""
    kept = preset in PRESETS[1:]
    return place(f"book/results/{preset}" if kept else f"build/results/{preset}", f"results/{preset}")


def read(experiment: Experiment[C], preset: str, config: C) -> Recorded | None:
    """The kept result of an experiment, None if it is missing, damaged, stale or of other numbers.

    With AMEM_OUTPUT, results of that folder go before those under version control.
    """
    found = (_read(folder, experiment, preset, config) for folder in _folders(preset))
    return next((recorded for recorded in found if recorded is not None), None)


def state(experiment: Experiment[Any], preset: str) -> tuple[object, ...]:
    """What tells one state of the kept files from another without reading them."""
    paths = [path for folder in _folders(preset) for path in sorted(folder.glob(f"{experiment.id}.*"))]
    return tuple((path, (stat := path.stat()).st_mtime_ns, stat.st_size) for path in paths)


def write(
    experiment: Experiment[C], preset: str, config: C, table: pd.DataFrame, *, seconds: float, training: float = 0.0
) -> Recorded:
    """Keep `table`, which the experiment gave for these numbers in so many seconds.

    Raises TypeError for a table that is not plain, see `csv`.
    """
    data, folder = csv(table), results(preset)
    card = _card(experiment, preset, config, data, _kinds(table), len(table))
    run: Run = {
        "sha256": card["sha256"],
        "seconds": round(seconds, 3),
        "training": round(training, 3),
        "device": config.device,
        "machine": _machine(config.device),
        "versions": {
            "python": platform.python_version(),
            "amem": __version__,
            **{package: importlib.metadata.version(package) for package in ("torch", "numpy")},
        },
        "commit": _commit(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    name = file_name(experiment.id, data)
    put(
        folder,
        {name: packed(name, data), f"{experiment.id}.run.json": _json(run), f"{experiment.id}.json": _json(card)},
    )
    for other in {"csv", "csv.gz"} - {name.removeprefix(f"{experiment.id}.")}:  # left by a table of another size
        (folder / f"{experiment.id}.{other}").unlink(missing_ok=True)
    return Recorded(_table(data, card), experiment, card, run, folder / name)


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


def packed(name: str, data: bytes) -> bytes:
    """The bytes of a file of that name: compressed, without a date, if it ends in .gz."""
    return gzip.compress(data, mtime=0) if name.endswith(".gz") else data


def file_name(stem: str, data: bytes) -> str:
    """The name of a table's file: large ones are compressed."""
    return f"{stem}.csv.gz" if len(data) > LARGE else f"{stem}.csv"


def _folders(preset: str) -> list[Path]:
    return list(dict.fromkeys((results(preset), files.CHECKOUT / "book/results" / preset)))


def _read(folder: Path, experiment: Experiment[C], preset: str, config: C) -> Recorded | None:
    try:
        text = (folder / f"{experiment.id}.json").read_text("utf-8")
        run: Run = json.loads((folder / f"{experiment.id}.run.json").read_text("utf-8"))
        found: Card = json.loads(text)
        for path, data in _tables(folder, experiment):
            card = _card(experiment, preset, config, data, found["columns"], found["rows"])
            if _json(card).decode() == text and run["sha256"] == card["sha256"]:
                return Recorded(_table(data, card), experiment, card, run, path)
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError):
        pass
    return None


def _tables(folder: Path, experiment: Experiment[Any]) -> Iterator[tuple[Path, bytes]]:
    for suffix in ("csv", "csv.gz"):
        path = folder / f"{experiment.id}.{suffix}"
        if path.exists():
            try:
                yield path, gzip.decompress(path.read_bytes()) if suffix.endswith("gz") else path.read_bytes()
            except (OSError, EOFError, zlib.error):
                continue


def _card(experiment: Experiment[C], preset: str, config: C, data: bytes, columns: dict[str, str], rows: int) -> Card:
    return {
        "id": experiment.id,
        "experiment": f"{experiment.module}.{experiment.question}",
        "preset": preset,
        "config": config.numbers(),
        "source": source_hash(experiment.module),
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
    return pd.DataFrame(
        {name: pd.Series([READ[kind](word) for word in text], dtype=kind) for (name, kind), text in columns}
    )


def _machine(device: str) -> str:
    if device == "cpu":
        return f"{platform.system()} {platform.machine()}, {joblib.cpu_count()} cores"
    import torch  # a reader of results needs none

    return torch.cuda.get_device_name()


def _commit() -> str | None:
    if not in_checkout():
        return None
    command = ["git", "-C", str(files.CHECKOUT), "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return None

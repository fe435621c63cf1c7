"""Where learned weights are kept between experiments: under a name that no other code and no other numbers have."""

import hashlib
import json
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from amem.experiment import Config
from amem.files import place, put
from amem.source import source_hash

_asked: ContextVar[set[Path] | None] = ContextVar("_asked", default=None)


def checkpoint(learn: Callable[..., object], config: Config, *point: str | int | float) -> Path:
    """The file for what `learn(config, *point)` learns: `<chapter>/<function>-<point>-<hash>.safetensors`.

    The hash is of the config, the device with it, and of the source of the function's module and of every module that
    it imports, as a result's is: after a change of any of them the file has another name, and nothing old is read.
    """
    module = learn.__module__
    made = json.dumps([source_hash(module), config.device, config.numbers(), list(point)])
    words = "-".join(["".join(letter if letter.isalnum() else "-" for letter in str(word)) for word in point])
    name = f"{learn.__name__.strip('_')}-{words}-{hashlib.sha256(made.encode()).hexdigest()[:16]}.safetensors"
    path = place("build/checkpoints", "checkpoints") / module.removeprefix("amem.chapters.").split(".")[0] / name
    if (asked := _asked.get()) is not None:
        asked.add(path)
    return path


@contextmanager
def asked() -> Generator[set[Path]]:
    """The files that `checkpoint` has named within: what a table rests on."""
    found: set[Path] = set()
    token = _asked.set(found)
    try:
        yield found
    finally:
        _asked.reset(token)


def note(paths: Iterable[Path]) -> None:
    """Count files named elsewhere, by a cell in another process, say, as named here."""
    if (asked := _asked.get()) is not None:
        asked.update(paths)


@contextmanager
def trained(path: Path) -> Generator[None]:
    """Add the seconds spent within to what training the file's weights has taken so far, over all runs."""
    start = time.perf_counter()
    yield
    put(
        path.parent,
        {_beside(path).name: json.dumps({"seconds": seconds([path]) + time.perf_counter() - start}).encode()},
    )


def seconds(paths: Iterable[Path]) -> float:
    """What training the weights in these files has taken."""
    return sum(json.loads(_beside(path).read_bytes())["seconds"] for path in sorted(paths) if _beside(path).exists())


def _beside(path: Path) -> Path:
    return path.with_suffix(".run.json")

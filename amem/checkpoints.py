"""Where learned weights are kept between experiments: under a name that no other code and no other numbers have."""

import functools
import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np

from amem import store
from amem.store import Config

_source = functools.cache(store.source_hash)  # a process runs the code that it has read


def checkpoint(learn: Callable[..., object], config: Config, *point: str | int | float | np.number) -> Path:
    """The file for what `learn(config, *point)` learns: `<chapter>/<function>-<point>-<hash>.safetensors`.

    The hash is of the config, the device with it, and of the source of the function's module and of every module that
    it imports, as a result's is: after a change of any of them the file has another name, and nothing old is read.
    """
    module = learn.__module__
    plain = [value.item() if isinstance(value, np.generic) else value for value in point]
    made = json.dumps([_source(module), asdict(config), plain])
    words = "-".join(["".join(letter if letter.isalnum() else "-" for letter in str(word)) for word in plain])
    name = f"{learn.__name__.strip('_')}-{words}-{hashlib.sha256(made.encode()).hexdigest()[:16]}.safetensors"
    return store.place("build/checkpoints", "checkpoints") / module.split(".")[-2] / name

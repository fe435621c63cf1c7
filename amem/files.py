"""Files that are there whole or not at all."""

import fcntl
import os
import shutil
from collections.abc import Mapping
from pathlib import Path


def put(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write `files`, named by their paths in `folder`, in the order given, each of them whole or not at all.

    One writer at a time holds the folder, so whatever it finds in `.scratch` was left by a killed one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    scratch = folder / ".scratch"
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        scratch.mkdir(exist_ok=True)
        for number, data in enumerate(files.values()):
            with (scratch / str(number)).open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
        for number, name in enumerate(files):
            target = folder / name
            target.parent.mkdir(exist_ok=True)
            (scratch / str(number)).replace(target)
            _sync(target.parent)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        os.close(held)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)

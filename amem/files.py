"""Files that are there whole or not at all, and the folders where they belong."""

import fcntl
import os
import shutil
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]


def in_checkout() -> bool:
    """Whether this package lies in a checkout of the book, and not where pip has put it."""
    return (CHECKOUT / "book" / "_toc.yml").exists()


def place(inside: str, outside: str) -> Path:
    """Where to write: `outside` in the folder named by AMEM_OUTPUT; else `inside` the checkout that this package lies
    in or, without a checkout, `outside` in ./amem-results."""
    if chosen := os.environ.get("AMEM_OUTPUT"):
        return Path(chosen, outside).absolute()
    return CHECKOUT / inside if in_checkout() else Path("amem-results", outside).absolute()


def prepare(folder: Path) -> None:
    """Make a folder that can be written to. Raises PermissionError with advice where that is impossible."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _held(folder):
            pass
    except OSError as error:
        raise PermissionError(
            f"cannot write to {folder} ({error.strerror}); choose another folder with --output or AMEM_OUTPUT"
        ) from error


def put(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write `files`, named by their paths in `folder`, in the order given, each of them whole or not at all.

    One writer at a time holds the folder, so whatever it finds in `.scratch` was left by a killed one.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _held(folder) as scratch:
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


@contextmanager
def _held(folder: Path) -> Generator[Path]:
    scratch = folder / ".scratch"
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        scratch.mkdir(exist_ok=True)
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
        os.close(held)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)

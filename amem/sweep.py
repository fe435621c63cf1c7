"""Independent cells on whatever machinery the caller picks, with the same bytes on all of it."""

import itertools
import traceback
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Concatenate, cast

import joblib
import pandas as pd
import torch
from threadpoolctl import threadpool_limits

from amem import checkpoints
from amem.experiment import C

Row = Mapping[str, object]
Cell = Callable[Concatenate[C, ...], Row | list[Row]]
_Rows = list[dict[str, object]]
_Ended = tuple[int, _Rows | RuntimeError, set[Path]]


def grid(**axes: Sequence[object]) -> list[dict[str, object]]:
    """All points of a grid, the last axis running fastest.

    >>> grid(n=(10, 20), seed=(0, 1))
    [{'n': 10, 'seed': 0}, {'n': 10, 'seed': 1}, {'n': 20, 'seed': 0}, {'n': 20, 'seed': 1}]
    """
    return [dict(zip(axes, values, strict=True)) for values in itertools.product(*axes.values())]


def sweep(cell: Cell[C], points: Sequence[Row], config: C) -> pd.DataFrame:
    """The table of `cell(config, **point)` over the points, in their order.

    A cell returns a row of numbers or a list of such rows; in the table each starts with the cell's point. Cells
    run on the backend of the caller's `joblib.parallel_config` (loky, threading, dask, sequential: one that can return
    a generator), or one by one if the config is for a GPU, each with one thread, so that the bytes depend neither on
    the backend nor on the number of cores.

    Raises ValueError without points, and RuntimeError naming the point at which a cell failed, once the cells
    already handed out have ended.
    """
    if not points:
        raise ValueError("points must have at least one point, got none")
    parts: dict[int, _Rows] = {}
    failed: list[RuntimeError] = []
    # one thread here for the cells in threads of this process, in `_rows` for those in other processes
    with joblib.parallel_config("sequential") if config.device == "cuda" else nullcontext(), _one_thread():
        begun = itertools.takewhile(lambda _: not failed, enumerate(points))
        cells = (joblib.delayed(_rows)(cell, config, point, place) for place, point in begun)
        ended = joblib.Parallel(return_as="generator_unordered")(cells)
        for place, part, weights in cast("Iterable[_Ended]", ended):
            checkpoints.note(weights)
            if isinstance(part, RuntimeError):
                failed.append(part)
            else:
                parts[place] = part
    if failed:
        raise failed[0]
    return pd.DataFrame([row for place in sorted(parts) for row in parts[place]])


def _rows(cell: Cell[C], config: C, point: Row, place: int) -> _Ended:
    # an error is returned: raised, it would leave cells behind that give their threads back after the caller has his
    with checkpoints.asked() as weights:
        try:
            with _one_thread():
                rows = cell(config, **point)
            rows = rows if isinstance(rows, list) else [rows]
            if taken := {name for row in rows for name in row if name in point}:
                raise ValueError(f"a row must not repeat the columns of its point, got {sorted(taken)}")
        except Exception as error:
            where = ", ".join(f"{name}={value!r}" for name, value in point.items())
            failure = RuntimeError(f"{cell.__name__} failed at {where}: {type(error).__name__}: {error}")
            failure.add_note(traceback.format_exc())
            return place, failure, weights
    return place, [{**point, **row} for row in rows], weights


@contextmanager
def _one_thread() -> Generator[None]:
    threads = torch.get_num_threads()
    with threadpool_limits(1):
        torch.set_num_threads(1)
        try:
            yield
        finally:
            torch.set_num_threads(threads)

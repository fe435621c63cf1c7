"""Sweeps: the table's order, the same bytes on every machinery, one thread for each cell, errors that say where."""

import importlib
import multiprocessing
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import joblib
import pandas as pd
import pytest
import torch
from threadpoolctl import threadpool_info

from amem import store
from amem.experiment import Config
from amem.sweep import grid, sweep

CELLS = '''
import os
import threading
import time

import numpy as np
import torch
from threadpoolctl import threadpool_info


def heavy(config, n, seed):
    """Sums that end in other bits when several threads share them."""
    draws = np.random.default_rng([n, seed]).normal(size=(n, n))
    x = torch.from_numpy(draws)
    return {
        "torch": (x @ x.T).logsumexp(1).sum().item(),
        "numpy": float(np.linalg.slogdet(draws @ draws.T)[1]),
        "threads": max(torch.get_num_threads(), *(pool["num_threads"] for pool in threadpool_info())),
    }


def several(config, n):
    return [{"k": k, "square": k * n} for k in range(n)]


def where(config, x):
    return {"process": os.getpid(), "thread": threading.get_ident()}


def fragile(config, n, name):
    if n == 2:
        raise KeyError("no such memory")
    return {"y": n}


ENDED = []


def lingering(config, n):
    """One fails while the other still runs."""
    if n == 1:
        raise ValueError("too early")
    time.sleep(0.3)
    ENDED.append(n)
    return {"y": n}


def greedy(config, n):
    return {"n": n + 1}
'''
CONFIG = Config()
POINTS = grid(n=(30, 170), seed=(0, 1, 2))


@pytest.fixture
def cells(tmp_path, monkeypatch):
    """A module of cells that other processes can import."""
    (tmp_path / "cells.py").write_text(CELLS)
    monkeypatch.syspath_prepend(tmp_path)
    yield importlib.import_module("cells")
    del sys.modules["cells"]


def test_a_grid_runs_its_last_axis_fastest():
    assert grid(a=(1, 2), b="xy") == [{"a": 1, "b": "x"}, {"a": 1, "b": "y"}, {"a": 2, "b": "x"}, {"a": 2, "b": "y"}]
    assert grid(a=(), b=(1,)) == []


def test_rows_keep_the_order_of_the_points_and_start_with_them(cells):
    with joblib.parallel_config("threading", n_jobs=2):
        table = sweep(cells.several, [{"n": 2}, {"n": 1}], CONFIG)
    assert table.equals(pd.DataFrame({"n": [2, 2, 1], "k": [0, 1, 0], "square": [0, 2, 0]}))


@pytest.fixture(scope="module")
def dask():
    """A Dask cluster of two processes on this machine."""
    distributed = pytest.importorskip("distributed")
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=2, processes=True, dashboard_address=None, host="127.0.0.1"
    )
    with cluster, distributed.Client(cluster):
        yield {"backend": "dask"}


MACHINERIES = {
    "two processes": {"backend": "loky", "n_jobs": 2},
    "two processes of two threads": {"backend": "loky", "n_jobs": 2, "inner_max_num_threads": 2},
    "two threads": {"backend": "threading", "n_jobs": 2},
    "one by one, told so": {"backend": "sequential"},
}


@pytest.mark.parametrize("name", [*MACHINERIES, "dask"])
def test_the_bytes_are_the_same_on_every_machinery(cells, name, request):
    here = sweep(cells.heavy, POINTS, CONFIG)
    with joblib.parallel_config(**(MACHINERIES.get(name) or request.getfixturevalue(name))):
        there = sweep(cells.heavy, POINTS, CONFIG)
    assert store.csv(there) == store.csv(here)
    assert set(here.threads) == {1}


@pytest.mark.parametrize("backend", ["sequential", "threading"])
def test_a_cell_has_one_thread_and_the_caller_gets_his_back(cells, backend):
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    pools = threadpool_info()
    try:
        with joblib.parallel_config(backend, n_jobs=2):
            assert set(sweep(cells.heavy, POINTS, CONFIG).threads) == {1}
            with pytest.raises(RuntimeError):
                sweep(cells.fragile, grid(n=(1, 2, 3), name="a"), CONFIG)
        assert torch.get_num_threads() == 3
        assert threadpool_info() == pools
        with ThreadPoolExecutor(1) as later:
            assert later.submit(torch.get_num_threads).result() == 3
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize("machinery", [{"backend": "sequential"}, {"backend": "loky", "n_jobs": 2}])
def test_a_cell_that_fails_says_at_which_point(cells, machinery):
    with joblib.parallel_config(**machinery), pytest.raises(RuntimeError) as error:
        sweep(cells.fragile, grid(n=(1, 2), name=("a b",)), CONFIG)
    assert str(error.value) == "fragile failed at n=2, name='a b': KeyError: 'no such memory'"
    assert 'raise KeyError("no such memory")' in error.value.__notes__[0]


def test_a_failure_waits_for_the_cells_beside_it(cells):
    with joblib.parallel_config("threading", n_jobs=2), pytest.raises(RuntimeError, match="too early"):
        sweep(cells.lingering, grid(n=(1, 2)), CONFIG)
    assert cells.ENDED == [2]


@pytest.mark.parametrize(("backend", "most"), [("sequential", 3), ("threading", 100)])
def test_after_a_failure_few_cells_are_begun(cells, backend, most):
    counted = []

    def counting(config, n):
        counted.append(n)
        time.sleep(0.01 if n or backend == "sequential" else 2)
        return cells.fragile(config, n, "a")

    with joblib.parallel_config(backend, n_jobs=2), pytest.raises(RuntimeError, match="n=2"):
        sweep(counting, grid(n=range(200)), CONFIG)
    assert len(counted) <= most, "also while the first is still running"


def test_a_row_may_not_hide_its_point(cells):
    with pytest.raises(RuntimeError, match=r"greedy failed at n=1: ValueError: .* got \['n'\]"):
        sweep(cells.greedy, grid(n=(1,)), CONFIG)


def test_no_points_is_a_mistake(cells):
    with pytest.raises(ValueError, match="points must have at least one point, got none"):
        sweep(cells.several, grid(n=()), CONFIG)


def test_on_a_gpu_cells_run_one_by_one_in_this_process(cells):
    with joblib.parallel_config("loky", n_jobs=2):
        table = sweep(cells.where, grid(x=range(4)), Config(device="cuda"))
    assert set(table.process) == {multiprocessing.current_process().pid}
    assert table.thread.nunique() == 1

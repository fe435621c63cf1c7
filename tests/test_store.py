"""Result files: every bit comes back, nothing wrong or stale is ever read, and a kill at any moment loses nothing."""

import math
import os
import subprocess
import sys
import threading

import numpy as np
import pandas as pd
import pytest
import toy_chapter

from amem import files, store

toy = toy_chapter.toy
ODD_TEXT = ["", "nan", "NA", "1", "True", "a,b", 'say "b"', "two\nlines", "# no comment", "ξ·s", " blank "]


def keep(toy, table, preset="quick"):
    return store.write(toy.wave, preset, toy.wave.presets[preset], table, seconds=1.0)


def kept(toy, preset="quick"):
    return store.read(toy.wave, preset, toy.wave.presets[preset])


def bits(table):
    columns = [(name, column.to_numpy()) for name, column in table.items()]
    return [(name, str(x.dtype), x.view("i8").tolist() if x.dtype == "f8" else x.tolist()) for name, x in columns]


# ------------------------------------------------------------------------------------------------ tables


def test_a_table_comes_back_bit_for_bit(toy):
    draws = np.frombuffer(np.random.default_rng(0).bytes(8 * 4000))
    edges = [0.1, -0.0, 5e-324, -2.2250738585072014e-308, 1.7976931348623157e308, math.inf, -math.inf, math.nan]
    floats = [*edges, *(draw for draw in draws.tolist() if not math.isnan(draw))]
    size = len(floats)
    table = pd.DataFrame({
        "float": floats,
        "integer": np.resize([2**63 - 1, -(2**63), 0], size),
        "boolean": np.resize([True, False], size),
        "text": np.resize(np.array(ODD_TEXT, dtype=object), size),
        "a name, with a comma": 1.0,
    })  # fmt: skip
    assert bits(keep(toy, table).table) == bits(kept(toy).table) == bits(table)


@pytest.mark.parametrize("dtype", ["float32", "float16", "int8", "uint32"])
def test_narrow_columns_keep_their_values(toy, dtype):
    column = np.array([0.1, 3, 200]).astype(dtype)
    assert keep(toy, pd.DataFrame({"x": column})).table.x.tolist() == column.tolist()


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (pd.DataFrame({"x": []}), "must have rows.*got 0 rows"),
        (pd.DataFrame([[1, 2]], columns=["x", "x"]), "unique"),
        (pd.DataFrame([[1, 2]]), "strings as columns"),
        (pd.DataFrame({"x": [1, 1], "y": 1}).groupby("x").sum(), "reset_index"),
        (pd.DataFrame({"x": [1, "a"]}), "column 'x'"),
        (pd.DataFrame({"x": ["a", None]}), "column 'x'"),
        (pd.DataFrame({"x": [1j]}), "column 'x'"),
        (pd.DataFrame({"x": [[1, 2]]}), "column 'x'"),
        (pd.DataFrame({"x": pd.to_datetime(["2020-01-01"])}), "column 'x'"),
    ],
)
def test_a_table_that_csv_would_change_is_refused(toy, table, message):
    with pytest.raises(TypeError, match=message):
        keep(toy, table)
    with pytest.raises(TypeError, match="must return a pandas DataFrame, got list"):
        store.csv([{"x": 1}])
    assert not list(toy.house.rglob("*.csv"))


# ------------------------------------------------------------------------------------------------ places


def test_full_results_are_kept_with_the_book_and_others_with_the_build(toy):
    assert keep(toy, pd.DataFrame({"x": [1]})).path == toy.house / "build/results/quick/toy/wave.csv"
    full = keep(toy, pd.DataFrame({"x": [1]}), "full")
    assert full.path == toy.house / "book/results/full/toy/wave.csv"


def test_a_chosen_folder_takes_what_is_written_and_goes_before_what_is_committed(toy, tmp_path, monkeypatch):
    committed = keep(toy, pd.DataFrame({"x": [1]}), "full")
    monkeypatch.setenv("AMEM_OUTPUT", str(tmp_path / "mine"))
    assert kept(toy, "full").path == committed.path
    own = keep(toy, pd.DataFrame({"x": [2]}), "full")
    assert own.path == tmp_path / "mine/results/full/toy/wave.csv"
    assert kept(toy, "full").table.x.tolist() == [2]
    assert bits(committed.table) == bits(pd.DataFrame({"x": [1]}))


def test_a_large_table_is_kept_compressed_and_a_small_one_again_as_it_is(toy):
    small, large = pd.DataFrame({"x": [0.1]}), pd.DataFrame({"x": np.arange(30_000) / 7, "name": "a"})
    for table, suffix in ((small, ".csv"), (large, ".csv.gz"), (small, ".csv")):
        path = keep(toy, table).path
        assert path.name == f"wave{suffix}" and bits(kept(toy).table) == bits(table)
        assert {file.name for file in path.parent.iterdir()} == {path.name, "wave.json", "wave.run.json"}
    again = keep(toy, large).path.read_bytes()
    assert again == keep(toy, large).path.read_bytes() and len(again) < len(store.csv(large)) / 2


def test_others_may_read_results(toy):
    before = os.umask(0o022)
    try:
        folder = keep(toy, pd.DataFrame({"x": [1]})).path.parent
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o644}


def test_without_a_checkout_results_are_kept_in_the_current_folder(toy, tmp_path, monkeypatch):
    (toy.house / "book/_toc.yml").unlink()
    monkeypatch.chdir(tmp_path)
    assert store.results("full") == tmp_path / "amem-results/results/full"
    assert keep(toy, pd.DataFrame({"x": [1]}), "full").run["commit"] is None


# ------------------------------------------------------------------------------------------------ freshness


def test_card_and_table_are_the_same_bytes_again_and_the_run_says_when(toy):
    table = pd.DataFrame({"x": [1.5]})
    first = keep(toy, table)
    before = {path.name: path.read_bytes() for path in first.path.parent.iterdir()}
    keep(toy, table)
    after = {path.name: path.read_bytes() for path in first.path.parent.iterdir()}
    assert set(before) == {"wave.csv", "wave.json", "wave.run.json"}
    assert before["wave.csv"] == after["wave.csv"] and before["wave.json"] == after["wave.json"]
    assert first.card["rows"] == 1 and first.card["columns"] == {"x": "float64"} and first.card["id"] == "toy/wave"
    assert "device" not in first.card["config"] and first.run["device"] == "cpu" and first.run["seconds"] == 1.0


def test_the_run_names_the_commit(toy):
    git = ["git", "-C", str(toy.house), "-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "."], check=True)
    commit = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    assert keep(toy, pd.DataFrame({"x": [1]})).run["commit"] == commit


def test_a_result_of_another_config_is_not_read(toy):
    keep(toy, pd.DataFrame({"x": [1]}))
    assert kept(toy) is not None
    assert store.read(toy.wave, "quick", toy.experiment.Numbers(n=5)) is None
    assert store.read(toy.wave, "quick", toy.experiment.Numbers(phases=(0.0,))) is None
    assert store.read(toy.wave, "own", toy.wave.presets["quick"]) is None
    assert store.read(toy.constant, "quick", toy.constant.presets["quick"]) is None


# ------------------------------------------------------------------------------------------------ damage


def test_no_flipped_bit_and_no_cut_is_read(toy):
    table = pd.DataFrame({"x": [0.25, math.nan], "name": ["a", "ξ"], "hit": [True, False], "n": [1, 20]})
    path = keep(toy, table).path
    for file in (path, path.with_suffix(".json")):
        whole = file.read_bytes()
        damaged = [whole[:length] for length in range(len(whole))] + [whole + b"\n", whole * 2]
        damaged += [
            whole[:place] + bytes([whole[place] ^ 1 << bit]) + whole[place + 1 :]
            for place in range(len(whole))
            for bit in range(8)
        ]
        for data in damaged:
            file.write_bytes(data)
            assert kept(toy) is None, data
        file.write_bytes(whole)
        assert kept(toy) is not None


def test_a_damaged_run_never_changes_the_table(toy):
    whole_table = keep(toy, pd.DataFrame({"x": [0.25]}))
    file = whole_table.path.with_suffix(".run.json")
    whole = file.read_bytes()
    for place in range(len(whole)):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        read = kept(toy)
        assert read is None or bits(read.table) == bits(whole_table.table)
    for text in ("", "[]", "{}", whole.decode().replace('"sha256": "', '"sha256": "0')):
        file.write_text(text)
        assert kept(toy) is None


@pytest.mark.parametrize("missing", [".csv", ".json", ".run.json"])
def test_a_result_without_one_of_its_files_is_missing(toy, missing):
    keep(toy, pd.DataFrame({"x": [0.25]})).path.with_suffix(missing).unlink()
    assert kept(toy) is None


def test_a_full_disk_loses_nothing(toy, monkeypatch):
    before = keep(toy, pd.DataFrame({"x": [1.0]}))

    def full(handle):
        raise OSError("No space left on device")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr(os, "fsync", full)
        keep(toy, pd.DataFrame({"x": [2.0]}))
    assert bits(kept(toy).table) == bits(before.table)
    assert not list(toy.house.rglob(".scratch"))


def test_writers_at_the_same_time_leave_files_that_belong_together(tmp_path):
    def put(number):
        for _ in range(20):
            files.put(tmp_path, {"a/x": b"%d" % number, "a/y": b"%d" % number})

    threads = [threading.Thread(target=put, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (tmp_path / "a/x").read_bytes() == (tmp_path / "a/y").read_bytes()
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a", "x", "y"]


KILLED = '''
import os, shutil, signal, stat, sys
import pandas as pd
from amem import store
from toy.wave.experiment import Numbers, wave

old, new = Numbers(n=1), Numbers(n=2)
tables = {config: pd.DataFrame({"x": [0.1 * config.n] * 50 * config.n}) for config in (old, new)}
root = store.results("quick")
CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree"}


def write(config):
    store.write(wave, "quick", config, tables[config], seconds=1.0)


def killed_at(step, config):
    """Write in a process of its own that dies at its step-th change of the file system; False if it has fewer."""
    child = os.fork()
    if child == 0:
        passed, fsync = 0, os.fsync

        def tick():
            nonlocal passed
            passed += 1
            if passed > step:
                os.kill(os.getpid(), signal.SIGKILL)

        def watch(event, args):
            if event in CHANGES or event == "open" and isinstance(args[2], int) and args[2] & os.O_CREAT:
                tick()

        def torn_fsync(handle):
            if passed == step and stat.S_ISREG(os.fstat(handle).st_mode):
                os.ftruncate(handle, os.fstat(handle).st_size // 2)
            tick()
            fsync(handle)

        os.fsync = torn_fsync
        sys.addaudithook(watch)
        write(config)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def check(config, may_be_lost):
    kept = store.read(wave, "quick", config)
    assert may_be_lost or kept is not None, "lost"
    assert kept is None or kept.table.equals(tables[config]), "wrong"


def steps(before, after, may_be_lost):
    step = 0
    while True:
        shutil.rmtree(root, ignore_errors=True)
        if before:
            write(before)
        if not killed_at(step, after):
            return step
        check(old, may_be_lost)
        check(new, True)
        write(new)
        check(new, False)
        assert not [path for path in root.rglob("*") if ".scratch" in path.parts], "scratch"
        step += 1


print(steps(None, new, True), steps(old, new, True), steps(old, old, False))
'''


def test_a_kill_at_every_step_of_the_file_system_leaves_the_old_result_or_none(tmp_path):
    house = toy_chapter.checkout(tmp_path)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", KILLED], cwd=house, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert all(int(steps) >= 12 for steps in done.stdout.split()), done.stdout  # 3 files: open, sync, rename each, …

"""Result files: every bit comes back, nothing wrong or stale is ever read, and a kill at any moment loses nothing."""

import ast
import dataclasses
import io
import math
import os
import re
import subprocess
import sys
import threading
import tokenize

import numpy as np
import pandas as pd
import pytest
import toy_chapter

from amem import files, store
from amem.store import Config

toy = toy_chapter.toy
ODD_TEXT = ["", "nan", "NA", "1", "True", "a,b", 'say "b"', "two\nlines", "# no comment", "ξ·s", " blank "]


def keep(toy, config, table):
    source = store.source_hash("toy.experiments")
    return store.write(toy.experiments.wave, config, table, source=source, seconds=1.0)


def bits(table):
    columns = [(name, column.to_numpy()) for name, column in table.items()]
    return [(name, str(x.dtype), x.view("i8").tolist() if x.dtype == "f8" else x.tolist()) for name, x in columns]


@pytest.fixture
def quick(toy):
    return toy.experiments.PRESETS["quick"]


@pytest.fixture
def same_source(monkeypatch):
    """Many reads in a row, without hashing the source each time."""
    monkeypatch.setattr(store, "source_hash", lambda module: "the source")


# ------------------------------------------------------------------------------------------------ tables


def test_a_table_comes_back_bit_for_bit(toy, quick):
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
    kept = keep(toy, quick, table)
    assert bits(kept.table) == bits(store.read(toy.experiments.wave, quick).table) == bits(table)


@pytest.mark.parametrize("dtype", ["float32", "float16", "int8", "uint32"])
def test_narrow_columns_keep_their_values(toy, quick, dtype):
    column = np.array([0.1, 3, 200]).astype(dtype)
    assert keep(toy, quick, pd.DataFrame({"x": column})).table.x.tolist() == column.tolist()


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
def test_a_table_that_csv_would_change_is_refused(toy, quick, table, message):
    with pytest.raises(TypeError, match=message):
        keep(toy, quick, table)
    with pytest.raises(TypeError, match="must return a pandas DataFrame, got list"):
        store.csv([{"x": 1}])
    assert not list(toy.house.rglob("*.csv"))


@pytest.mark.parametrize("preset", ["", "Full", "../full", "a b", ".hidden"])
def test_a_preset_names_a_folder(preset):
    with pytest.raises(ValueError, match="preset must be"):
        Config(preset=preset)


def test_a_config_holds_plain_values(toy):
    with pytest.raises(ValueError, match="device must be cpu or cuda, got 'tpu'"):
        Config(preset="quick", device="tpu")
    for wrong in (None, [1], np.int64(3), (1, [2]), {"a": 1}):
        with pytest.raises(TypeError, match="n must be"):
            toy.experiments.Config(preset="quick", n=wrong)


# ------------------------------------------------------------------------------------------------ places


def test_full_results_are_kept_with_the_book_and_others_with_the_build(toy, quick):
    assert keep(toy, quick, pd.DataFrame({"x": [1]})).path == toy.house / "build/results/quick/toy/wave.csv"
    full = keep(toy, toy.experiments.PRESETS["full"], pd.DataFrame({"x": [1]}))
    assert full.path == toy.house / "book/results/full/toy/wave.csv"


def test_others_may_read_results(toy, quick):
    before = os.umask(0o022)
    try:
        folder = keep(toy, quick, pd.DataFrame({"x": [1]})).path.parent
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o644}


def test_without_a_checkout_results_are_kept_in_the_current_folder(toy, tmp_path, monkeypatch):
    (toy.house / "book/_toc.yml").unlink()
    monkeypatch.chdir(tmp_path)
    assert store.results("full") == tmp_path / "amem-results/full"
    assert keep(toy, toy.experiments.PRESETS["full"], pd.DataFrame({"x": [1]})).run["commit"] is None


def test_only_a_function_in_a_file_has_results(toy, quick):
    def inner(config):
        return pd.DataFrame()

    for wrong in (inner, lambda config: None, toy.experiments.Config, print):
        with pytest.raises(ValueError, match="experiment must be a function of a module in a file"):
            store.read(wrong, quick)


# ------------------------------------------------------------------------------------------------ freshness


def test_card_and_table_are_the_same_bytes_again_and_the_run_says_when(toy, quick):
    table = pd.DataFrame({"x": [1.5]})
    first = keep(toy, quick, table)
    before = {path.name: path.read_bytes() for path in first.path.parent.iterdir()}
    keep(toy, dataclasses.replace(quick, device="cpu"), table)
    after = {path.name: path.read_bytes() for path in first.path.parent.iterdir()}
    assert set(before) == {"wave.csv", "wave.json", "wave.run.json"}
    assert before["wave.csv"] == after["wave.csv"] and before["wave.json"] == after["wave.json"]
    assert first.card["rows"] == 1 and first.card["columns"] == {"x": "float64"} and first.card["id"] == "toy/wave"
    assert "device" not in first.card["config"] and first.run["device"] == "cpu" and first.run["seconds"] == 1.0


def test_the_run_names_the_commit(toy, quick):
    git = ["git", "-C", str(toy.house), "-c", "user.name=a", "-c", "user.email=a@b"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "."], check=True)
    commit = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    assert keep(toy, quick, pd.DataFrame({"x": [1]})).run["commit"] == commit


def test_a_result_of_another_config_is_not_read(toy, quick):
    keep(toy, quick, pd.DataFrame({"x": [1]}))
    assert store.read(toy.experiments.wave, quick) is not None
    assert store.read(toy.experiments.wave, dataclasses.replace(quick, n=5)) is None
    assert store.read(toy.experiments.wave, dataclasses.replace(quick, phases=(0.0,))) is None
    assert store.read(toy.experiments.constant, quick) is None


EDITS = {  # file, what is there, what stands there instead, and whether results are stale
    "a number": ("helper.py", "2.0", "3.0", True),
    "a number two imports away": ("experiments.py", "config.n)", "config.n + 1)", True),
    "a comment": ("experiments.py", "# seen by the tests", "# seen", False),
    "a comment line": ("helper.py", "    return", "    # twice\n    return", False),
    "a docstring": ("experiments.py", '"""One point."""', '"""One point,\n\n    # no comment.\n    """', False),
    "a module docstring": ("experiments.py", '"""What the toy computes."""', '"""Numbers."""', False),
    "a first docstring": ("helper.py", "    return", '    "Twice."\n    return', False),
    "blank lines": ("helper.py", "    return", "\n\n   \n    return", False),
    "Windows line ends": ("helper.py", "\n", "\r\n", False),
    "a hash in a string": ("helper.py", "2.0", "len('# ')", True),
    "a blank line in a string": ("helper.py", "return 2.0", 'return len("""a\n\nb""")', True),
    "code behind a docstring": ("helper.py", "    return 2.0", '    "Twice."; return 2.0', True),
    "the chapter's own package": ("__init__.py", '"""A wave', 'one = 1\n"""A wave', True),
    "a figure": ("figures.py", "Two phases", "Three phases", False),
}  # fmt: skip


@pytest.mark.parametrize("edit", EDITS)
def test_what_an_edit_of_the_source_makes_stale(toy, quick, edit):
    keep(toy, quick, pd.DataFrame({"x": [1]}))
    name, old, new, stale = EDITS[edit]
    path = toy.folder / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new), newline="")
    assert (store.read(toy.experiments.wave, quick) is None) == stale


def test_what_only_looks_like_prose_counts(toy):
    """A hash or a blank line inside a string, and code on the line of a docstring."""
    texts = ['"""a\n\nb"""', '"""a\nb"""', '"""a\n# c\nb"""', 'f"""a\n\n{1}"""', 'f"""a\n{1}"""', "'#1'", "'#2'"]
    sources = [f"def scale():\n    return len({text})\n" for text in texts]
    sources += [f'def scale(): """Prose."""; return {n}\n' for n in (1, 2)]
    sources += [f'def scale():\n    """Prose.\n    """; return {n}\n' for n in (1, 2)]
    sources += [f'def scale():\n    x = {n}; """Prose."""\n    return x\n' for n in (1, 2)]
    hashes = set()
    for source in sources:
        (toy.folder / "helper.py").write_text(source)
        hashes.add(store.source_hash("toy.experiments"))
    assert len(hashes) == len(sources)


@pytest.mark.parametrize(
    "imported", ["import toy.helper", "from toy import helper", "from . import helper", "from .helper import scale"]
)
def test_every_way_to_import_is_followed(toy, imported):
    (toy.folder / "experiments.py").write_text(f"def f():\n    {imported}\n")
    before = store.source_hash("toy.experiments")
    (toy.folder / "helper.py").write_text("def scale():\n    return 7.0\n")
    assert store.source_hash("toy.experiments") != before


@pytest.mark.parametrize(
    ("imported", "file", "text", "stale"),
    [
        ("from toy.parts import first", "one.py", "def first(): return 2\n", True),
        ("from toy.parts import first", "two.py", "def second(): return 3\n", False),
        ("from toy.parts import first", "__init__.py", "from toy.parts.one import first, third\n", False),
        ("from toy.parts import first", "__init__.py", "from toy.parts.two import second as first\n", True),
        ("from toy.parts import first", "__init__.py", "from toy.parts.one import first\nfirst = min\n", True),
        ("from toy.parts import *", "two.py", "def second(): return 3\n", True),
        ("from toy import parts", "two.py", "def second(): return 3\n", True),
        ("import toy.parts", "two.py", "def second(): return 3\n", True),
        ("from toy.parts.one import first", "two.py", "def second(): return 3\n", False),
    ],
)
def test_a_package_that_only_passes_names_on_counts_by_the_names_taken(toy, imported, file, text, stale):
    """A new energy in the package's list leaves the results of all others fresh."""
    parts = toy.folder / "parts"
    parts.mkdir()
    (parts / "__init__.py").write_text(
        '"""Parts."""\n\nfrom .one import first\nfrom .two import second\n\n__all__ = []\n'
    )
    (parts / "one.py").write_text("def first(): return 1\ndef third(): return 1\n")
    (parts / "two.py").write_text("def second(): return 2\n")
    (toy.folder / "experiments.py").write_text(f"{imported}\n")
    before = store.source_hash("toy.experiments")
    (parts / file).write_text(text)
    assert (store.source_hash("toy.experiments") != before) == stale


def words(text):
    """The second road to what counts in a source: its tokens, less comments, layout and strings that stand alone."""
    layout = {tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    tokens = [t for t in tokenize.generate_tokens(io.StringIO(text).readline) if t.type not in layout]
    strings = ["\1" if token.type == tokenize.NEWLINE else token.string for token in tokens]
    statements = re.split("\0?\1\0?", "\0".join(strings))
    alone = re.compile(r"([\"']{3}|[\"'])((?!\1).)*\1", re.DOTALL)
    return [statement for statement in statements if statement and not alone.fullmatch(statement)]


def test_nothing_but_prose_is_taken_from_the_package():
    for path in store.CHECKOUT.glob("amem/**/*.py"):
        text = path.read_text("utf-8")
        assert words(store._without_prose(text, ast.parse(text))) == words(text), path


def test_the_hash_is_the_same_on_every_python():
    text = '"""Prose."""\n\nimport os  # why\n\n# but\nclass A:\n    """Prose."""\n\n    b = f"{os}#"\n    """b."""\n'
    assert store._without_prose(text, ast.parse(text)) == 'import os\nclass A:\n    b = f"{os}#"'


# ------------------------------------------------------------------------------------------------ damage


def test_no_flipped_bit_and_no_cut_is_read(toy, quick, same_source):
    table = pd.DataFrame({"x": [0.25, math.nan], "name": ["a", "ξ"], "hit": [True, False], "n": [1, 20]})
    path = keep(toy, quick, table).path
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
            assert store.read(toy.experiments.wave, quick) is None, data
        file.write_bytes(whole)
        assert store.read(toy.experiments.wave, quick) is not None


def test_a_damaged_run_never_changes_the_table(toy, quick, same_source):
    kept = keep(toy, quick, pd.DataFrame({"x": [0.25]}))
    file = kept.path.with_suffix(".run.json")
    whole = file.read_bytes()
    for place in range(len(whole)):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        read = store.read(toy.experiments.wave, quick)
        assert read is None or bits(read.table) == bits(kept.table)
    for text in ("", "[]", "{}", whole.decode().replace('"sha256": "', '"sha256": "0')):
        file.write_text(text)
        assert store.read(toy.experiments.wave, quick) is None


@pytest.mark.parametrize("missing", [".csv", ".json", ".run.json"])
def test_a_result_without_one_of_its_files_is_missing(toy, quick, missing):
    keep(toy, quick, pd.DataFrame({"x": [0.25]})).path.with_suffix(missing).unlink()
    assert store.read(toy.experiments.wave, quick) is None


def test_a_full_disk_loses_nothing(toy, quick, monkeypatch):
    kept = keep(toy, quick, pd.DataFrame({"x": [1.0]}))

    def full(handle):
        raise OSError("No space left on device")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr(os, "fsync", full)
        keep(toy, quick, pd.DataFrame({"x": [2.0]}))
    assert bits(store.read(toy.experiments.wave, quick).table) == bits(kept.table)
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
from toy.experiments import PRESETS, Config, wave

old, new = Config(preset="quick", n=1), Config(preset="quick", n=2)
tables = {config: pd.DataFrame({"x": [0.1 * config.n] * 50 * config.n}) for config in (old, new)}
source, root = store.source_hash("toy.experiments"), store.results("quick")
store.source_hash = lambda module: source
CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "shutil.rmtree"}


def write(config):
    store.write(wave, config, tables[config], source=source, seconds=1.0)


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
    kept = store.read(wave, config)
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

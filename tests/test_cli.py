"""The command line: lists, cites and rebuilds figures, with the package's own dependencies alone."""

import importlib
import os
import subprocess
import sys

import pytest
import toy_chapter

from amem import __version__
from amem.__main__ import main

toy = toy_chapter.toy
KINDS = ("svg", "png", "pdf", "csv", "json")


def refused(capsys, *arguments):
    with pytest.raises(SystemExit) as exit:
        main(arguments)
    assert exit.value.code == 2
    return capsys.readouterr().err


def test_figures_lists_ids_and_titles(toy, capsys):
    main(["figures"])
    assert capsys.readouterr().out == "fig-toy-wave  A wave of fourier1822theorie & co, $h = 2 \\sin(x)$\n"


def test_rebuild_writes_a_figure_and_says_where(toy, capsys):
    main(["rebuild", "fig-toy-wave", "--device", "cpu"])
    said = capsys.readouterr().out.split("\n")
    files = [str(toy.house / f"build/figures/fig-toy-wave.{kind}") for kind in KINDS]
    assert said[0].startswith("fig-toy-wave: quick preset, ") and said[0].endswith(" s on CPU, 8 rows")
    assert [line.strip() for line in said[1:] if line] == files
    assert sorted(str(path) for path in (toy.house / "build/figures").iterdir()) == sorted(files)


def test_rebuild_of_every_figure_at_another_size(toy, capsys):
    main(["rebuild", "--all", "--preset", "full", "--device", "cpu"])
    assert "full preset" in capsys.readouterr().out
    assert not (toy.house / "book/results/full/toy/constant.csv").exists(), "it has no such preset"
    assert (toy.house / "book/results/full/toy/wave.csv").exists()


def test_rebuild_of_everything_computes_what_no_figure_shows(toy, capsys):
    main(["rebuild", "--all", "--device", "cpu"])
    assert (toy.house / "build/results/quick/toy/constant.csv").exists()


def test_rebuild_writes_where_it_is_told_and_draws_what_is_committed(toy, capsys, tmp_path, monkeypatch):
    main(["rebuild", "--all", "--preset", "full", "--device", "cpu"])
    computed = len(importlib.import_module("amem.chapters.toy.wave.experiment").calls)
    before = sorted(toy.house.rglob("*"))
    monkeypatch.setenv("AMEM_OUTPUT", "")
    main(["rebuild", "fig-toy-wave", "--preset", "full", "--output", str(tmp_path / "mine")])
    assert {path.name for path in (tmp_path / "mine/figures").iterdir()} == {f"fig-toy-wave.{kind}" for kind in KINDS}
    assert len(importlib.import_module("amem.chapters.toy.wave.experiment").calls) == computed
    assert sorted(toy.house.rglob("*")) == before


def test_a_folder_that_cannot_be_written_is_refused_before_anything_is_computed(toy, capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("AMEM_OUTPUT", "")
    (tmp_path / "mine").write_text("a file")
    assert "cannot write to" in refused(capsys, "rebuild", "fig-toy-wave", "--output", str(tmp_path / "mine"))
    assert importlib.import_module("amem.chapters.toy.wave.experiment").calls == []


def test_cite_prints_bibtex_with_the_table_that_the_book_shows(toy, capsys):
    said = []
    for command in ("cite", "rebuild", "cite"):
        main([command, "fig-toy-wave", *(["--device", "cpu"] if command == "rebuild" else [])])
        said.append(capsys.readouterr().out)
    assert said[0].startswith("@misc{fig-toy-wave,") and f"version = {{{__version__}}}" in said[0]
    assert "@book{fourier1822theorie" in said[0] and "SHA-256" not in said[0] and "SHA-256" in said[2]


def test_an_unknown_figure_is_refused_with_the_close_ones(toy, capsys):
    for command in ("cite", "rebuild"):
        assert "no figure 'fig-toy-wav'; did you mean fig-toy-wave?" in refused(capsys, command, "fig-toy-wav")
    assert "one that `python -m amem figures` lists" in refused(capsys, "cite", "xyz")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["rebuild", "fig-toy-wave", "--preset", "huge"], "invalid choice: 'huge'"),
        (["rebuild", "--all", "--device", "tpu"], "device: wanted auto, cpu or cuda, got 'tpu'"),
        (["rebuild"], "one of the arguments id --all is required"),
        (["rebuild", "fig-toy-wave", "--all"], "not allowed with"),
        (["draw"], "invalid choice: 'draw'"),
        ([], "required: command"),
    ],
)
def test_what_is_not_there_is_refused(toy, capsys, arguments, message):
    assert message in refused(capsys, *arguments)
    assert not (toy.house / "build").exists()


ALONE = """
import sys

sys.modules.update(dict.fromkeys(["IPython", "jupyter_client", "ipykernel", "nbformat"]))  # as if not installed

import joblib
from amem.__main__ import main
from amem.book import judge, record, show
from toy.wave import experiment, figures

with joblib.parallel_config("sequential"):
    main(["rebuild", "--all", "--device", "cpu"])
    main(["cite", "fig-toy-wave"])
    recorded = record(experiment.wave, "quick")
show(figures.wave, recorded)
judge(recorded)
"""


def test_it_works_without_jupyter_and_outside_a_checkout(tmp_path):
    house = toy_chapter.checkout(tmp_path)
    (house / "book/_toc.yml").unlink()
    done = subprocess.run([sys.executable, "-c", ALONE], cwd=house, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    assert "@book{fourier1822theorie," in done.stdout, "the bibliography travels with the package"
    assert "fig-toy-wave: quick preset" in done.stdout and "Two sine waves below two." in done.stdout
    figures = sorted(path.name for path in (house / "amem-results/figures").iterdir())
    assert figures == sorted(f"fig-toy-wave.{kind}" for kind in KINDS)
    assert (house / "amem-results/results/quick/toy/wave.csv").exists() and not (house / "build").exists()


def test_the_package_itself_is_the_command(tmp_path):
    house = toy_chapter.checkout(tmp_path)
    done = subprocess.run([sys.executable, "-m", "amem", "figures"], cwd=house, capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.startswith("fig-toy-wave  A wave"), done.stderr


def test_a_reader_who_has_heard_enough_is_no_error(tmp_path):
    house = toy_chapter.checkout(tmp_path)
    command = f"{sys.executable} -m amem figures | true"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", command], cwd=house, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_terminal_that_knows_ascii_only_gets_what_it_can_print(tmp_path):
    house = toy_chapter.checkout(tmp_path / "Übung")
    command = [sys.executable, "-m", "amem", "rebuild", "fig-toy-wave"]
    done = subprocess.run(command, cwd=house, capture_output=True, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0 and rb"\xdcbung" in done.stdout, done.stderr

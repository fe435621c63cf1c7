"""The verbs of a chapter, configure, record, show and judge, and the look of its figures."""

import dataclasses
import hashlib
import json
import math
import os
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from types import SimpleNamespace

import joblib
import matplotlib
import pandas as pd
import pytest
import torch
import toy_chapter

from amem import book, store
from amem.book import Claim, Verdict, configure, figure, judge, published, record, show, verdict

toy = toy_chapter.toy


@pytest.fixture
def quick(toy):
    return toy.experiments.PRESETS["quick"]


@pytest.fixture
def full(toy):
    return toy.experiments.PRESETS["full"]


@pytest.fixture
def displayed(monkeypatch):
    """What is displayed in Jupyter."""
    IPython = pytest.importorskip("IPython")
    bundles = []
    monkeypatch.setattr(IPython, "get_ipython", lambda: SimpleNamespace())
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: bundles.append(bundle))
    return bundles


# ------------------------------------------------------------------------------------------------ configure


def test_configure_picks_preset_and_device(toy, monkeypatch):
    presets = toy.experiments.PRESETS
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert configure(presets, "full") == dataclasses.replace(presets["full"], device="cpu")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert configure(presets, "quick").device == "cuda"
    assert configure(presets, "quick", "cpu").device == "cpu"


def test_a_preset_is_known_by_the_name_it_is_listed_under(toy):
    assert configure({"mine": toy.experiments.PRESETS["full"]}, "mine").preset == "mine"


@pytest.mark.parametrize(
    ("preset", "device", "message"),
    [
        ("huge", "cpu", "preset must be one of quick, full, got 'huge'"),
        ("quick", "tpu", "device must be one of auto, cpu, cuda, got 'tpu'"),
        ("quick", "cuda", "no CUDA here, got 'cuda'"),
    ],
)
def test_configure_says_what_there_is(toy, monkeypatch, preset, device, message):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ValueError, match=message):
        configure(toy.experiments.PRESETS, preset, device)


# ------------------------------------------------------------------------------------------------ record


def test_record_computes_once_and_gives_the_same_table_again(toy, quick):
    first = record(toy.experiments.wave, quick)
    second = record(toy.experiments.wave, quick)
    assert len(toy.experiments.calls) == 1
    assert first.table.equals(second.table) and first.card == second.card and first.run == second.run
    assert first.path == second.path and first.preset == "quick" and first.experiment == "wave"
    assert len(first.table) == 8 and first.run["seconds"] >= 0


def test_record_computes_again_what_is_stale_damaged_or_of_another_config(toy, quick):
    path = record(toy.experiments.wave, quick).path
    record(toy.experiments.wave, dataclasses.replace(quick, n=3))
    record(toy.experiments.wave, quick)
    assert len(toy.experiments.calls) == 3
    path.write_bytes(path.read_bytes().replace(b"0", b"1", 1))
    record(toy.experiments.wave, quick)
    assert len(toy.experiments.calls) == 4
    (toy.folder / "helper.py").write_text("def scale():\n    return 3.0\n")
    record(toy.experiments.wave, quick)
    assert len(toy.experiments.calls) == 5


def test_an_edit_while_an_experiment_runs_leaves_its_result_stale(toy, quick, monkeypatch):
    def edited(config, x, phase):
        (toy.folder / "helper.py").write_text("def scale():\n    return 3.0\n")
        return {"height": 0.0}

    monkeypatch.setattr(toy.experiments, "cell", edited)
    assert len(record(toy.experiments.wave, quick).table) == 8
    assert store.read(toy.experiments.wave, quick) is None


def test_an_experiment_must_return_a_table(toy, quick, monkeypatch):
    monkeypatch.setattr(toy.experiments, "sweep", lambda *arguments: pd.DataFrame())
    with pytest.raises(TypeError, match="must have rows"):
        record(toy.experiments.wave, quick)
    assert not list(toy.house.rglob("*.csv"))


MACHINERY = """
import joblib, os, pandas as pd, sys
from dataclasses import replace
from amem import book
from toy import experiments

seen = []


def sweep(cell, points, config):
    backend, jobs = joblib.parallel.get_active_backend()
    seen.append((type(backend).__name__, jobs))
    return pd.DataFrame({"x": [1]})


experiments.sweep = sweep
quick = experiments.PRESETS["quick"]
book.record(experiments.wave, quick)
book.record(experiments.wave, replace(quick, n=1))
with joblib.parallel_config("threading"):
    book.record(experiments.wave, replace(quick, n=2))
with joblib.parallel_config(n_jobs=1):
    book.record(experiments.wave, replace(quick, n=3))
assert seen[0] == seen[1] == ("LokyBackend", joblib.cpu_count()), seen
assert seen[2][0] == "ThreadingBackend", seen
assert seen[3][1] == 1, seen
assert joblib.parallel.get_active_backend()[1] is None, "left behind"
"""


def test_sweeps_use_every_core_unless_the_caller_chose_otherwise(tmp_path):
    house = toy_chapter.checkout(tmp_path)
    done = subprocess.run([sys.executable, "-c", MACHINERY], cwd=house, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr


# ------------------------------------------------------------------------------------------------ published


def test_the_full_result_is_published_as_long_as_it_is_true(toy, quick, full):
    small = record(toy.experiments.wave, quick)
    assert published(small) is small
    large = record(toy.experiments.wave, full)
    assert published(small).table.equals(large.table) and published(small).preset == "full"
    assert published(large) is large
    large.path.write_bytes(b"damaged")
    assert published(small) is small


def test_without_a_full_preset_the_given_result_is_published(toy, quick, monkeypatch):
    small = record(toy.experiments.wave, quick)
    record(toy.experiments.wave, toy.experiments.PRESETS["full"])
    monkeypatch.delattr(toy.experiments, "PRESETS")
    assert published(small) is small


def test_provenance_says_preset_time_device_and_rows(toy, quick):
    small = record(toy.experiments.wave, quick)
    run = {**small.run, "seconds": 83.2, "device": "cuda"}
    assert book.provenance(dataclasses.replace(small, run=run)) == "quick preset, 84 s on CUDA, 8 rows"


# ------------------------------------------------------------------------------------------------ figures


def draw(table):
    drawn = matplotlib.figure.Figure()
    drawn.subplots().plot(table.x, table.x)
    return drawn


WORDS = {"id": "fig-toy-wave", "experiment": "wave", "caption": "A wave.", "alt": "A line."}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"id": "fig-toy_wave"}, "id must be fig-….*got 'fig-toy_wave'"),
        ({"id": "fig-Toy-wave"}, "id must be"),
        ({"id": "toy-wave"}, "id must be"),
        ({"id": "fig"}, "id must be"),
        ({"id": "fig-toy-"}, "id must be"),
        ({"caption": " "}, "caption of fig-toy-wave must not be empty"),
        ({"alt": ""}, "alt of fig-toy-wave must not be empty"),
        ({"experiment": ""}, "experiment of fig-toy-wave must not be empty"),
    ],
)
def test_a_figure_needs_an_id_and_words(wrong, message):
    with pytest.raises(ValueError, match=message):
        figure(**(WORDS | wrong))(draw)


def test_a_figure_is_drawn_in_the_look_of_the_book_whatever_the_caller_has_set():
    drawing = figure(**WORDS)(draw)
    with matplotlib.rc_context({"font.size": 30, "axes.spines.top": True, "figure.facecolor": "red"}):
        before = dict(matplotlib.rcParams)
        axes = (drawn := drawing(pd.DataFrame({"x": [0, 1]}))).axes[0]
        assert dict(matplotlib.rcParams) == before
    assert axes.lines[0].get_color() == "#0072B2" and not axes.spines["top"].get_visible()
    assert axes.xaxis.label.get_size() == 10 and drawn.get_size_inches()[0] == 7
    assert drawn.get_facecolor() == (1, 1, 1, 1)


def test_lines_differ_in_grey_and_to_the_colour_blind():
    colours = [matplotlib.colors.to_rgb(colour) for colour in book.COLOURS]
    assert len({str(line) for line in book.LINES}) == len(book.LINES) == len(set(colours))
    for red, green, blue in colours:  # on white: contrast of at least 2, which the pale yellow (1.3) has not
        light = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)]
        assert 1.05 / (0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2] + 0.05) > 2


DRAWN_TWICE = """
import hashlib, joblib, pathlib
from amem import book
from toy import experiments, figures

with joblib.parallel_config("sequential"):
    recorded = book.record(experiments.wave, experiments.PRESETS["quick"])
figures.wave.save(figures.wave(recorded.table), pathlib.Path("drawn"))
for path in [*sorted(pathlib.Path("drawn").iterdir()), recorded.path, recorded.path.with_suffix(".json")]:
    print(path.name, hashlib.sha256(path.read_bytes()).hexdigest())
"""


def test_two_processes_compute_and_draw_the_same_bytes(tmp_path):
    said = []
    for name, seed in (("one", "1"), ("two", "2")):
        house = toy_chapter.checkout(tmp_path / name)
        done = subprocess.run(
            [sys.executable, "-c", DRAWN_TWICE],
            cwd=house,
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            timeout=600,
        )
        assert done.returncode == 0, done.stderr
        said.append(done.stdout.split("\n"))
    assert said[0] == said[1]
    names = [line.split()[0] for line in said[0] if line]
    assert names == ["fig-toy-wave.pdf", "fig-toy-wave.png", "fig-toy-wave.svg", "wave.csv", "wave.json"]


def test_a_picture_is_saved_in_three_kinds(toy, quick, tmp_path):
    toy.figures.wave.save(draw(pd.DataFrame({"x": [0, 1]})), tmp_path / "drawn")
    starts = {path.suffix: path.read_bytes()[:4] for path in (tmp_path / "drawn").iterdir()}
    assert starts == {".svg": b"<?xm", ".png": b"\x89PNG", ".pdf": b"%PDF"}


def test_the_figures_shape_on_paper_is_what_its_table_says(toy, quick):
    """The data in the axes against the table, before any pixel."""
    recorded = record(toy.experiments.wave, quick)
    lines = toy.figures.wave(recorded.table).axes[0].lines
    for line, (phase, rows) in zip(lines, recorded.table.groupby("phase"), strict=True):
        assert line.get_label() == f"phase {phase}"
        assert line.get_xydata().tolist() == rows[["x", "height"]].to_numpy().tolist()


# ------------------------------------------------------------------------------------------------ show


def test_show_displays_a_picture_and_its_origin_and_leaves_the_files(toy, quick, displayed):
    recorded = record(toy.experiments.wave, quick)
    show(toy.figures.wave, recorded)
    folder = toy.house / "build/figures"
    picture, caption = displayed
    assert ElementTree.fromstring(picture["image/svg+xml"]).tag.endswith("svg")
    assert picture["text/plain"] == "Two sine waves."
    about = picture["application/vnd.amem.figure+json"]
    assert json.loads(json.dumps(about)) == {
        "id": "fig-toy-wave",
        "caption": "A wave of {cite}`fourier1822theorie` & co, $h = 2 \\sin(x)$. Two phases.",
        "alt": "Two sine waves.",
        "chapter": "toy",
        "drawing": "toy.figures.wave",
        "experiment": "toy.experiments.wave",
        "preset": "quick",
        "seconds": recorded.run["seconds"],
        "device": "cpu",
        "rows": 8,
        "files": [f"fig-toy-wave.{kind}" for kind in ("svg", "png", "pdf", "csv", "json")],
        "bibtex": book.bibtex(toy.figures.wave, recorded),
    }
    assert sorted(path.name for path in folder.iterdir()) == sorted(about["files"])
    assert (folder / "fig-toy-wave.csv").read_bytes() == recorded.path.read_bytes()
    origin = json.loads((folder / "fig-toy-wave.json").read_text())
    assert origin == {"figure": "fig-toy-wave", "card": json.loads(json.dumps(recorded.card)), "run": recorded.run}
    assert caption["application/vnd.amem.caption+json"] == "fig-toy-wave"
    words, origin = caption["text/markdown"].split("\n\n")
    assert words == "A wave of fourier1822theorie & co, $h = 2 \\sin(x)$. Two phases."
    assert origin == f"*{book.provenance(recorded)}*"


def test_show_prefers_the_full_result_and_keeps_the_given_one_beside_it(toy, quick, full, displayed):
    large = record(toy.experiments.wave, full)
    small = record(toy.experiments.wave, quick)
    show(toy.figures.wave, small)
    folder = toy.house / "build/figures"
    about = displayed[0]["application/vnd.amem.figure+json"]
    assert about["preset"] == "full" and about["rows"] == 16
    assert about["files"][-2:] == ["fig-toy-wave.quick.svg", "fig-toy-wave.quick.csv"]
    assert (folder / "fig-toy-wave.csv").read_bytes() == large.path.read_bytes()
    assert (folder / "fig-toy-wave.quick.csv").read_bytes() == small.path.read_bytes()
    assert (folder / "fig-toy-wave.quick.svg").read_bytes() != (folder / "fig-toy-wave.svg").read_bytes()
    assert "full preset" in displayed[1]["text/markdown"]


def test_outside_jupyter_show_and_judge_speak_plain_text(toy, quick, capsys):
    recorded = record(toy.experiments.wave, quick)
    show(toy.figures.wave, recorded)
    judge(toy.claims.CLAIMS, recorded)
    said = capsys.readouterr().out
    assert "Two sine waves." in said and "quick preset" in said and "**reproduced**" in said


def test_a_figure_does_not_draw_the_table_of_another_experiment(toy, quick):
    other = record(toy.experiments.constant, quick)
    with pytest.raises(ValueError, match="fig-toy-wave draws wave, got the table of constant"):
        show(toy.figures.wave, other)
    assert not (toy.house / "build/figures").exists()


# ------------------------------------------------------------------------------------------------ claims

CLAIM = {
    "id": "claim-toy-slope",
    "says": "The slope is 1",
    "source": "fourier1822theorie, eq. 2",
    "mark": "PAPER",
    "experiment": "wave",
    "measure": lambda table: table.height.max(),
    "expect": (0.5, 1.5),
    "because": "of noise",
}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"id": "slope"}, "id must be claim-….*got 'slope'"),
        ({"id": "claim-Slope"}, "id must be"),
        ({"says": ""}, "says of claim-toy-slope"),
        ({"source": " "}, "source of claim-toy-slope"),
        ({"because": ""}, "because of claim-toy-slope"),
        ({"experiment": ""}, "experiment of claim-toy-slope"),
        ({"mark": "GUESS"}, "mark of claim-toy-slope must be one of PAPER, .*, got 'GUESS'"),
        ({"expect": (2.0, 1.0)}, "expect of claim-toy-slope"),
        ({"expect": (math.nan, 1.0)}, "expect of claim-toy-slope"),
    ],
)
def test_a_claim_names_the_field_that_is_wrong(wrong, message):
    Claim(**CLAIM)
    with pytest.raises(ValueError, match=message):
        Claim(**(CLAIM | wrong))


@pytest.mark.parametrize(
    ("measured", "text"),
    [
        (0.5, "reproduced"),
        (1.5, "reproduced"),
        (0.4999, "not reproduced"),
        (1.5001, "not reproduced"),
        (math.nan, "not reproduced"),
        (math.inf, "not reproduced"),
    ],
)
def test_a_claim_is_reproduced_inside_its_interval(measured, text):
    found = verdict(Claim(**CLAIM), pd.DataFrame({"height": [measured]}))
    assert found.text == text and (found.measured == measured or math.isnan(measured))


def test_a_claim_without_a_measure_cannot_be_tested():
    claim = Claim(**(CLAIM | {"measure": None, "experiment": ""}))
    assert verdict(claim, pd.DataFrame()) == Verdict(None, "cannot be tested here")


@pytest.mark.parametrize(
    ("measured", "text"),
    [
        (16.0, "reproduced within 0.1 %"),
        (14.0, "reproduced within 12 %"),
        (20.0, "reproduced within 25 %"),
        (0.0, "not reproduced"),
    ],
)
def test_a_stated_number_says_how_near(measured: float, text: str) -> None:
    claim = Claim(**CLAIM | {"expect": (10.0, 20.0), "stated": 16.0})
    assert verdict(claim, pd.DataFrame({"height": [measured]})).text == text


def test_a_stated_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="stated of claim-"):
        Claim(**CLAIM | {"stated": 0.0})


def test_judge_displays_every_claim_for_the_reader_and_for_the_book(toy, quick, displayed):
    recorded = record(toy.experiments.wave, quick)
    top = recorded.table.height.abs().max()
    judge(toy.claims.CLAIMS, recorded, record(toy.experiments.constant, quick))
    (bundle,) = displayed
    bounded, forever = json.loads(json.dumps(bundle["application/vnd.amem.claims+json"], allow_nan=False))
    assert bounded == {
        "id": "claim-toy-bounded",
        "says": "The wave is bounded, |h| ≤ 2",
        "source": "fourier1822theorie, eq. 1",
        "mark": "PAPER",
        "experiment": "wave",
        "expect": [0.0, 2.0],
        "digits": 4,
        "because": "the sine is",
        "preset": "quick",
        "measured": top,
        "measured_full": None,
        "verdict": "reproduced",
        "finding": "",
    }
    assert forever["expect"] == [1.0, None] and forever["measured"] is None and forever["preset"] == "quick"
    head, rule, first, second = bundle["text/markdown"].split("\n")
    assert head == "| Claim | Source | Expected | Measured | Verdict |"
    assert first == (
        r"| The wave is bounded, \|h\| ≤ 2 | fourier1822theorie, eq. 1 (PAPER) | 0 to 2: the sine is "
        rf"| {top:.4g} (quick) | **reproduced** |"
    )
    assert second.endswith("| 1 to inf: nobody has seen it end | – | **cannot be tested here** |")
    assert rule.count("|") == head.count("|") == 6


def test_the_full_result_decides_where_there_is_one(toy, quick, full, displayed):
    record(toy.experiments.wave, full)
    rows = record(toy.experiments.wave, quick)
    count = {"measure": lambda table: float(len(table)), "expect": (16.0, 16.0), "finding": "It has $n$ rows."}
    judge([Claim(**(CLAIM | count))], rows)
    (judged,) = displayed[0]["application/vnd.amem.claims+json"]
    assert (judged["measured"], judged["measured_full"], judged["verdict"]) == (8.0, 16.0, "reproduced")
    assert "| 16 (full) | **reproduced** It has $n$ rows. |" in displayed[0]["text/markdown"]


def test_a_narrow_interval_is_shown_with_the_digits_that_it_takes(toy, quick, displayed):
    narrow = {"measure": lambda table: 3.15464, "expect": (3.1546, 3.1547)}
    judge([Claim(**(CLAIM | narrow))], record(toy.experiments.wave, quick))
    shown = displayed[0]["text/markdown"]
    assert "| 3.1546 to 3.1547: " in shown and "| 3.1546 (quick) |" in shown


def test_a_measure_that_is_not_finite_is_shown_as_such(toy, quick, displayed):
    judge([Claim(**(CLAIM | {"measure": lambda table: math.inf}))], record(toy.experiments.wave, quick))
    (judged,) = displayed[0]["application/vnd.amem.claims+json"]
    assert judged["measured"] is None and judged["verdict"] == "not reproduced"
    assert "| inf (quick) |" in displayed[0]["text/markdown"]


def test_judge_refuses_a_claim_without_its_experiment_and_a_second_id(toy, quick):
    constant = record(toy.experiments.constant, quick)
    with pytest.raises(ValueError, match="claim-toy-bounded needs the experiment wave, got constant"):
        judge(toy.claims.CLAIMS, constant)
    with pytest.raises(ValueError, match="claim ids must be unique, got claim-toy-forever twice"):
        judge([toy.claims.CLAIMS[1]] * 2)


# ------------------------------------------------------------------------------------------------ BibTeX, discovery


def test_bibtex_names_the_figure_its_table_and_the_papers_behind_it(toy, quick):
    recorded = record(toy.experiments.wave, quick)
    own, paper = book.bibtex(toy.figures.wave, recorded).split("\n\n")
    sha256 = hashlib.sha256(recorded.path.read_bytes()).hexdigest()
    assert own.startswith("@misc{fig-toy-wave,\n") and own.endswith("\n}")
    assert r"title = {A wave of fourier1822theorie \& co, $h = 2 \sin(x)$}," in own
    assert f"note = {{Figure fig-toy-wave, SHA-256 of its table {sha256}}}," in own
    assert paper == "@book{fourier1822theorie,\n  title={Chaleur}}"


def test_bibtex_does_without_a_table_and_without_a_bibliography(toy):
    (toy.house / "book/references.bib").unlink()
    own = book.bibtex(toy.figures.wave, None)
    assert own.count("@") == 1 and "note = {Figure fig-toy-wave}," in own


def test_every_figure_of_every_chapter_is_found(toy):
    (found,) = book.drawings().values()
    assert (found.id, found.draw.__module__) == ("fig-toy-wave", "amem.chapters.toy.figures")
    assert found.title == "A wave of fourier1822theorie & co, $h = 2 \\sin(x)$"


def test_two_figures_may_not_share_an_id(toy):
    path = toy.folder / "figures.py"
    again = "again = figure(id=wave.id, experiment='wave', caption='A.', alt='B.')(wave.draw)"
    path.write_text(f"{path.read_text()}\n\n{again}\n")
    with pytest.raises(ValueError, match="figure ids must be unique, got fig-toy-wave twice"):
        book.drawings()


def test_the_default_machinery_is_left_as_it_was():
    assert joblib.parallel.get_active_backend()[1] is None

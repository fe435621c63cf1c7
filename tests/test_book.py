"""The verbs of a chapter, record, show and judge, and the look of its figures."""

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
import numpy as np
import pandas as pd
import pytest
import torch
import toy_chapter

from amem import checkpoints, files, store
from amem.book import (
    Claim,
    Source,
    Statement,
    Verdict,
    exchange,
    figure,
    judge,
    look,
    published,
    record,
    reverse,
    show,
    verdict,
)
from amem.book.citing import bibtex
from amem.book.drawings import drawings
from amem.book.questions import experiment_of
from amem.book.showing import provenance
from amem.checkpoints import checkpoint
from amem.experiment import Config, experiment, on

toy = toy_chapter.toy


@pytest.fixture
def displayed(monkeypatch):
    """What is displayed in Jupyter."""
    IPython = pytest.importorskip("IPython")
    bundles = []
    monkeypatch.setattr(IPython, "get_ipython", lambda: SimpleNamespace())
    monkeypatch.setattr("IPython.display.display", lambda bundle, raw: bundles.append(bundle))
    return bundles


# ------------------------------------------------------------------------------------------------ record


def test_record_picks_preset_and_device(toy, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    record(toy.wave, "quick")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "a GPU")
    record(toy.wave, toy.experiment.Numbers(n=3))
    record(toy.wave, "full", "cpu")
    sizes = [(config.n, config.device) for config in toy.experiment.calls]
    assert sizes == [(4, "cpu"), (3, "cuda"), (8, "cpu")]


@pytest.mark.parametrize(
    ("preset", "device", "message"),
    [
        ("huge", "cpu", "preset: wanted one of quick, full for toy/wave, got 'huge'"),
        ("large", "cpu", "preset: wanted one of quick, full for toy/wave, got 'large'"),
        ("quick", "tpu", "device: wanted auto, cpu or cuda, got 'tpu'"),
        ("quick", "cuda", "no CUDA here, got 'cuda'"),
    ],
)
def test_record_says_what_there_is(toy, monkeypatch, preset, device, message):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ValueError, match=message):
        record(toy.wave, preset, device)
    with pytest.raises(TypeError, match="experiment"):
        record(toy.experiment.cell, "quick")
    assert not list(toy.house.rglob("*.csv"))


def test_nothing_is_computed_that_cannot_be_kept(toy):
    (toy.house / "build").write_text("a file where a folder should be")
    with pytest.raises(PermissionError, match=r"cannot write to .*build/results/quick.*--output or AMEM_OUTPUT"):
        record(toy.wave, "quick")
    assert toy.experiment.calls == []


def test_a_config_in_a_config_goes_to_the_device_with_it_and_stands_in_the_card(toy):
    @dataclasses.dataclass(frozen=True, kw_only=True)
    class Outer(toy.experiment.Numbers):
        inner: Config

    outer = on(Outer(inner=toy.experiment.Numbers(n=5)), "cuda")
    assert (outer.device, outer.inner.device, outer.n, outer.inner.n) == ("cuda", "cuda", 4, 5)
    assert outer.numbers() == {"n": 4, "phases": (0.0, 0.5), "inner": {"n": 5, "phases": (0.0, 0.5)}}


def test_a_config_holds_plain_values(toy):
    with pytest.raises(ValueError, match="device: wanted cpu or cuda, got 'tpu'"):
        Config(device="tpu")
    for wrong in (None, [1], np.int64(3), (1, [2]), {"a": [1]}):
        with pytest.raises(TypeError, match="n: wanted a number, a string, a config or a tuple of them"):
            toy.experiment.Numbers(n=wrong)


def test_an_experiment_is_named_like_its_question():
    def wave(config):
        return pd.DataFrame()

    with pytest.raises(ValueError, match=r"named like the question, got .*wave in test_book"):
        experiment(quick=Config())(wave)


def test_a_question_without_an_experiment_is_named(toy):
    with pytest.raises(ValueError, match=r"toy: wanted an experiment called toy in experiment\.py, got none"):
        experiment_of("toy")


def test_record_computes_once_and_gives_the_same_table_again(toy):
    first = record(toy.wave, "quick")
    second = record(toy.wave, "quick")
    assert len(toy.experiment.calls) == 1
    assert first.table.equals(second.table) and first.card == second.card and first.run == second.run
    assert first.path == second.path and first.preset == "quick" and first.experiment is toy.wave
    assert len(first.table) == 8 and first.run["seconds"] >= 0


def test_record_computes_again_what_is_stale_damaged_or_of_another_config(toy):
    path = record(toy.wave, "quick").path
    own = record(toy.wave, toy.experiment.Numbers(n=3))
    assert own.preset == "own" and published(own) is own and len(own.table) == 6
    record(toy.wave, "quick")
    assert len(toy.experiment.calls) == 2
    path.write_bytes(path.read_bytes().replace(b"0", b"1", 1))
    record(toy.wave, "quick")
    assert len(toy.experiment.calls) == 3
    (toy.folder / "helper.py").write_text("def scale():\n    return 3.0\n")
    toy_chapter.reread()
    record(toy.wave, "quick")
    assert len(toy.experiment.calls) == 4


def test_an_edit_while_an_experiment_runs_leaves_its_result_stale(toy, monkeypatch):
    def edited(config, x, phase):
        (toy.folder / "helper.py").write_text("def scale():\n    return 3.0\n")
        return {"height": 0.0}

    monkeypatch.setattr(toy.experiment, "cell", edited)
    assert len(record(toy.wave, "quick").table) == 8
    toy_chapter.reread()
    assert store.read(toy.wave, "quick", toy.wave.presets["quick"]) is None


def test_an_experiment_must_return_a_table(toy, monkeypatch):
    monkeypatch.setattr(toy.experiment, "sweep", lambda *arguments: pd.DataFrame())
    with pytest.raises(TypeError, match="must have rows"):
        record(toy.wave, "quick")
    assert not list(toy.house.rglob("*.csv"))


MACHINERY = """
import joblib, os, pandas as pd, sys
from amem import book
from toy.wave import experiment

seen = []


def sweep(cell, points, config):
    backend, jobs = joblib.parallel.get_active_backend()
    seen.append((type(backend).__name__, jobs))
    return pd.DataFrame({"x": [1]})


experiment.sweep = sweep
book.record(experiment.wave, "quick")
book.record(experiment.wave, experiment.Numbers(n=1))
with joblib.parallel_config("threading"):
    book.record(experiment.wave, experiment.Numbers(n=2))
with joblib.parallel_config(n_jobs=1):
    book.record(experiment.wave, experiment.Numbers(n=3))
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


def test_the_full_result_is_published_as_long_as_it_is_true(toy):
    small = record(toy.wave, "quick")
    assert published(small) is small
    large = record(toy.wave, "full")
    assert published(small).table.equals(large.table) and published(small).preset == "full"
    assert published(large) is large
    large.path.write_bytes(b"damaged")
    again = record(toy.wave, "quick")
    assert published(again) is again


def test_the_largest_preset_that_is_there_is_published(toy):
    small, presets = record(toy.wave, "quick"), dict(toy.wave.presets)
    toy.wave.presets["large"] = toy.experiment.Numbers(n=6)
    record(toy.wave, "large")
    assert published(small).preset == "large" and len(published(small).table) == 12
    record(toy.wave, "full")
    assert [published(record(toy.wave, preset)).preset for preset in ("quick", "large", "full")] == 3 * ["full"]
    toy.wave.presets = {"quick": presets["quick"]}
    again = record(toy.wave, "quick")
    assert published(again) is again


def test_a_published_table_is_read_once(toy, monkeypatch):
    record(toy.wave, "full")
    small, reads = record(toy.wave, "quick"), []
    read = store.read
    monkeypatch.setattr(store, "read", lambda *arguments: reads.append(arguments) or read(*arguments))
    assert published(small) is published(small) and len(reads) == 1


def test_training_that_a_table_rests_on_is_part_of_its_cost(toy, monkeypatch):
    def trained(config, x, phase):
        path = checkpoint(toy.experiment.scale, config, "net")
        if not path.exists():
            with checkpoints.trained(path):
                files.put(path.parent, {path.name: b"weights"})
        return {"height": 0.0}

    monkeypatch.setattr(toy.experiment, "cell", trained)
    with joblib.parallel_config("threading", n_jobs=1):
        first = record(toy.wave, "quick")
    assert first.run["training"] == 0.0, "it is in the seconds of the run"
    (file,) = (toy.house / "build/checkpoints/toy").glob("*.run.json")
    file.write_text(json.dumps({"seconds": 60.0}))
    again = record(toy.wave, toy.experiment.Numbers(n=4, phases=(0.0,)))
    assert again.run["training"] == 0.0, "other numbers rest on other weights"
    first.path.unlink()
    assert record(toy.wave, "quick").run["training"] == 60.0


def test_provenance_says_preset_time_device_and_rows(toy):
    small = record(toy.wave, "quick")
    run = {**small.run, "seconds": 83.2, "device": "cuda"}
    assert provenance(dataclasses.replace(small, run=run)) == "quick preset, 84 s on CUDA, 8 rows"
    run["training"] = 100.1
    told = provenance(dataclasses.replace(small, run=run))
    assert told == "quick preset, 84 s and 101 s of training before on CUDA, 8 rows"


# ------------------------------------------------------------------------------------------------ figures


def draw(table):
    drawn = matplotlib.figure.Figure()
    drawn.subplots().plot(table.x, table.x)
    return drawn


WORDS = {"id": "fig-toy-wave", "caption": "A wave.", "alt": "A line."}


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
    colours = [matplotlib.colors.to_rgb(colour) for colour in look.COLOURS]
    assert len({str(line) for line in look.LINES}) == len(look.LINES) == len(set(colours))
    for red, green, blue in colours:  # on white: contrast of at least 2, which the pale yellow (1.3) has not
        light = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)]
        assert 1.05 / (0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2] + 0.05) > 2


DRAWN_TWICE = """
import hashlib, joblib
from amem import book
from amem.book.drawings import figures_folder
from toy.wave import experiment, figures

with joblib.parallel_config("sequential"):
    recorded = book.record(experiment.wave, "quick")
drawn = [figures_folder() / name for name in figures.wave.publish(recorded) if not name.endswith("json")]
for path in [*sorted(drawn), recorded.path, recorded.path.with_suffix(".json")]:
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
    assert names == [
        "fig-toy-wave.csv",
        "fig-toy-wave.pdf",
        "fig-toy-wave.png",
        "fig-toy-wave.svg",
        "wave.csv",
        "wave.json",
    ]


def test_a_picture_is_saved_in_three_kinds(toy):
    picture = draw(pd.DataFrame({"x": [0, 1]}))
    starts = {kind: look.picture(picture, kind)[:4] for kind in ("svg", "png", "pdf")}
    assert starts == {"svg": b"<?xm", "png": b"\x89PNG", "pdf": b"%PDF"}


def test_a_figure_is_drawn_once_for_a_table(toy, monkeypatch):
    drawn, small = [], record(toy.wave, "quick")
    draw = toy.figures.wave.draw
    again = figure("fig-toy-wave", caption="A wave.", alt="A line.")(lambda table: drawn.append(1) or draw(table))
    again.draw.__module__ = "toy.wave.figures"
    for _ in range(2):
        written = again.publish(small)
    assert len(drawn) == 1
    (toy.house / "build/figures" / written[0]).write_bytes(b"damaged")
    again.publish(small)
    assert len(drawn) == 2
    again.publish(record(toy.wave, "full"))
    assert len(drawn) == 3
    path = toy.folder / "wave/figures.py"
    path.write_text(path.read_text().replace("height (", "how high ("))
    toy_chapter.reread()
    again.publish(record(toy.wave, "full"))
    assert len(drawn) == 4


def test_the_figures_shape_on_paper_is_what_its_table_says(toy):
    """The data in the axes against the table, before any pixel."""
    recorded = record(toy.wave, "quick")
    lines = toy.figures.wave(recorded.table).axes[0].lines
    for line, (phase, rows) in zip(lines, recorded.table.groupby("phase"), strict=True):
        assert line.get_label() == f"phase {phase}"
        assert line.get_xydata().tolist() == rows[["x", "height"]].to_numpy().tolist()


# ------------------------------------------------------------------------------------------------ show


def test_show_displays_a_picture_and_its_origin_and_leaves_the_files(toy, displayed):
    recorded = record(toy.wave, "quick")
    show(toy.figures.wave, recorded)
    folder = toy.house / "build/figures"
    picture, caption = displayed
    top = f"{recorded.table.height.max():.2f}"
    assert ElementTree.fromstring(picture["image/svg+xml"]).tag.endswith("svg")
    assert picture["text/plain"] == "Two sine waves below two."
    about = picture["application/vnd.amem.figure+json"]
    assert json.loads(json.dumps(about)) == {
        "id": "fig-toy-wave",
        "caption": f"A wave of {{cite}}`fourier1822theorie` & co, $h = 2 \\sin(x)$. Two phases reach {top}.",
        "alt": "Two sine waves below two.",
        "numbers": {"top": top, "bound": "two", "n": "4"},
        "statements": {"Two phases": True},
        "chapter": "toy",
        "drawing": "toy.wave.figures.wave",
        "experiment": "toy.wave.experiment.wave",
        "preset": "quick",
        "seconds": recorded.run["seconds"],
        "training": 0.0,
        "device": "cpu",
        "rows": 8,
        "files": [f"fig-toy-wave.{kind}" for kind in ("svg", "png", "pdf", "csv", "json")],
        "bibtex": bibtex(toy.figures.wave, recorded),
    }
    assert sorted(path.name for path in folder.iterdir()) == sorted(about["files"])
    assert (folder / "fig-toy-wave.csv").read_bytes() == recorded.path.read_bytes()
    origin = json.loads((folder / "fig-toy-wave.json").read_text())
    assert origin["card"] == json.loads(json.dumps(recorded.card)) and origin["run"] == recorded.run
    assert caption["application/vnd.amem.caption+json"] == "fig-toy-wave"
    words, origin = caption["text/markdown"].split("\n\n")
    assert words == f"A wave of fourier1822theorie & co, $h = 2 \\sin(x)$. Two phases reach {top}."
    assert origin == f"*{provenance(recorded)}*"


def test_show_prefers_the_full_result_and_keeps_the_given_one_beside_it(toy, displayed):
    large = record(toy.wave, "full")
    small = record(toy.wave, "quick")
    show(toy.figures.wave, small)
    folder = toy.house / "build/figures"
    about = displayed[0]["application/vnd.amem.figure+json"]
    assert about["preset"] == "full" and about["rows"] == 16
    assert about["files"][-2:] == ["fig-toy-wave.quick.svg", "fig-toy-wave.json"]
    assert (folder / "fig-toy-wave.csv").read_bytes() == large.path.read_bytes()
    assert (folder / "fig-toy-wave.quick.svg").read_bytes() != (folder / "fig-toy-wave.svg").read_bytes()
    assert "full preset" in displayed[1]["text/markdown"]


def test_outside_jupyter_show_and_judge_speak_plain_text(toy, capsys):
    recorded = record(toy.wave, "quick")
    show(toy.figures.wave, recorded)
    judge(recorded)
    said = capsys.readouterr().out
    assert "Two sine waves below two." in said and "quick preset" in said and "**reproduced**" in said


def test_a_figure_does_not_draw_the_table_of_another_experiment(toy):
    other = record(toy.constant, "quick")
    with pytest.raises(ValueError, match="fig-toy-wave draws toy/wave, got the table of toy/constant"):
        show(toy.figures.wave, other)
    with pytest.raises(TypeError, match="figure"):
        show(toy.figures.wave.draw, other)
    with pytest.raises(TypeError, match="recorded"):
        show(toy.figures.wave, pd.DataFrame())
    assert not (toy.house / "build/figures").exists()


# ------------------------------------------------------------------------------------------------ words


def test_a_number_that_nothing_computes_is_named(toy):
    unknown = dataclasses.replace(toy.figures.wave, caption="A wave. It reaches [[bottom]].")
    with pytest.raises(ValueError, match="fig-toy-wave names the number 'bottom', wanted one of top, bound, n"):
        show(unknown, record(toy.wave, "quick"))


def test_words_about_a_readers_own_numbers_may_lack_what_they_rest_on(toy, displayed, monkeypatch):
    def missing(table, *others):
        raise KeyError("a row")

    own, preset = record(toy.wave, toy.experiment.Numbers(n=2)), record(toy.wave, "quick")
    monkeypatch.setattr(toy.text, "numbers", missing)
    monkeypatch.setattr(toy.text, "STATEMENTS", [Statement("Two phases", missing, exchange("phase", 0.0, 0.5))])
    monkeypatch.setattr(toy.claims, "CLAIMS", [dataclasses.replace(toy.claims.CLAIMS[0], measure=missing)])
    show(toy.figures.wave, own)
    about = displayed[0]["application/vnd.amem.figure+json"]
    assert about["caption"].endswith("Two phases reach –.") and about["statements"] == {}
    judge(own)
    (judged,) = displayed[-1]["application/vnd.amem.claims+json"]["claims"]
    assert judged["verdict"] == "cannot be tested here"
    for verb in (lambda: show(toy.figures.wave, preset), lambda: judge(preset)):
        with pytest.raises(KeyError, match="a row"):
            verb()


def test_mistakes_are_made_of_a_table():
    table = pd.DataFrame({"name": ["a", "b", "c"], "x": [1.0, 2.0, 5.0]})
    assert exchange("name", "a", "c")(table).name.tolist() == ["c", "b", "a"]
    assert reverse("x")(table).x.tolist() == [5.0, 4.0, 1.0]
    assert table.name.tolist() == ["a", "b", "c"] and table.x.tolist() == [1.0, 2.0, 5.0]


# ------------------------------------------------------------------------------------------------ claims

CLAIM = {
    "id": "claim-toy-slope",
    "says": "The slope is 1",
    "source": Source("fourier1822theorie", "PAPER", "eq. 2"),
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
        ({"because": ""}, "because of claim-toy-slope"),
        ({"expect": (2.0, 1.0)}, "expect of claim-toy-slope"),
        ({"expect": (math.nan, 1.0)}, "expect of claim-toy-slope"),
    ],
)
def test_a_claim_names_the_field_that_is_wrong(wrong, message):
    Claim(**CLAIM)
    with pytest.raises(ValueError, match=message):
        Claim(**(CLAIM | wrong))


def test_a_source_names_the_field_that_is_wrong():
    with pytest.raises(ValueError, match=r"mark of fourier1822theorie must be one of PAPER, .*, got 'GUESS'"):
        Source("fourier1822theorie", "GUESS")
    with pytest.raises(ValueError, match="key of a source must be"):
        Source(" ", "PAPER")


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
    claim = Claim(**(CLAIM | {"measure": None}))
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


def test_judge_displays_every_claim_for_the_reader_and_for_the_book(toy, displayed):
    recorded = record(toy.wave, "quick")
    top = recorded.table.height.abs().max()
    judge(recorded, record(toy.constant, "quick"))
    (bundle,) = displayed
    about = json.loads(json.dumps(bundle["application/vnd.amem.claims+json"], allow_nan=False))
    assert about["numbers"] == {"wave": {"top": f"{recorded.table.height.max():.2f}", "bound": "two", "n": "4"}} | {
        "constant": {}
    }
    bounded, forever = about["claims"]
    assert bounded == {
        "id": "claim-toy-bounded",
        "says": "The wave is bounded, |h| ≤ 2",
        "key": "fourier1822theorie",
        "place": "eq. 1",
        "mark": "PAPER",
        "experiment": "toy.wave.experiment.wave",
        "expect": [0.0, 2.0],
        "digits": 4,
        "because": "the sine is",
        "measured": {"quick": top},
        "verdict": "reproduced",
        "finding": "",
    }
    assert forever["expect"] == [1.0, None] and forever["measured"] == {"quick": None}
    head, rule, first, second = bundle["text/markdown"].split("\n")
    assert head == "| Claim | Source | Expected | Measured | Verdict |"
    assert first == (
        r"| The wave is bounded, \|h\| ≤ 2 | fourier1822theorie, eq. 1 (PAPER) | 0 to 2: the sine is "
        rf"| {top:.4g} (quick) | **reproduced** |"
    )
    assert second.endswith("| 1 to inf: nobody has seen it end | – (quick) | **cannot be tested here** |")
    assert rule.count("|") == head.count("|") == 6


@pytest.fixture
def claim(toy, monkeypatch):
    """Puts a claim in the place of the toy's own."""
    return lambda **fields: monkeypatch.setattr(toy.claims, "CLAIMS", [Claim(**(CLAIM | fields))])


def test_the_full_result_decides_where_there_is_one(toy, displayed, claim):
    record(toy.wave, "full")
    rows = record(toy.wave, "quick")
    claim(measure=lambda table: float(len(table)), expect=(16.0, 16.0), finding="It has [[measured]] rows, $n=[[n]]$.")
    judge(rows)
    (judged,) = displayed[0]["application/vnd.amem.claims+json"]["claims"]
    assert (judged["measured"], judged["verdict"]) == ({"quick": 8.0, "full": 16.0}, "reproduced")
    assert judged["finding"] == "It has 16 rows, $n=8$."
    assert "| 16 (full) | **reproduced** It has 16 rows, $n=8$. |" in displayed[0]["text/markdown"]


def test_a_narrow_interval_is_shown_with_the_digits_that_it_takes(toy, displayed, claim):
    claim(measure=lambda table: 3.15464, expect=(3.1546, 3.1547))
    judge(record(toy.wave, "quick"))
    shown = displayed[0]["text/markdown"]
    assert "| 3.1546 to 3.1547: " in shown and "| 3.1546 (quick) |" in shown


def test_a_measure_that_is_not_finite_is_shown_as_such(toy, displayed, claim):
    claim(measure=lambda table: math.inf)
    judge(record(toy.wave, "quick"))
    (judged,) = displayed[0]["application/vnd.amem.claims+json"]["claims"]
    assert judged["measured"] == {"quick": None} and judged["verdict"] == "not reproduced"
    assert "| inf (quick) |" in displayed[0]["text/markdown"]


def test_judge_refuses_what_was_not_recorded_what_claims_nothing_and_a_second_id(toy):
    with pytest.raises(ValueError, match="beside which claims stand, got toy/constant"):
        judge(record(toy.constant, "quick"))
    with pytest.raises(TypeError, match="recorded"):
        judge(toy.claims.CLAIMS)
    wave = record(toy.wave, "quick")
    with pytest.raises(ValueError, match="claim ids must be unique, got claim-toy-bounded twice"):
        judge(wave, wave)


# ------------------------------------------------------------------------------------------------ BibTeX, discovery


def test_bibtex_names_the_figure_its_table_and_the_papers_behind_it(toy):
    recorded = record(toy.wave, "quick")
    own, paper = bibtex(toy.figures.wave, recorded).split("\n\n")
    sha256 = hashlib.sha256(recorded.path.read_bytes()).hexdigest()
    assert own.startswith("@misc{fig-toy-wave,\n") and own.endswith("\n}")
    assert r"title = {{A wave of fourier1822theorie \& co, $h = 2 \sin(x)$}}," in own
    assert f"note = {{Figure fig-toy-wave, SHA-256 of its table {sha256}}}," in own
    year = recorded.run["date"][:4]
    assert f"year = {{{year}}}," in own and "/figures/fig-toy-wave.html}," in own
    assert paper == "@book{fourier1822theorie,\n  title={Chaleur}}"


def test_bibtex_does_without_a_table(toy):
    own = bibtex(toy.figures.wave, None)
    assert own.count("@") == 2 and "note = {Figure fig-toy-wave}," in own


def test_every_figure_of_every_chapter_is_found(toy):
    (found,) = drawings().values()
    assert (found.id, found.draw.__module__) == ("fig-toy-wave", "amem.chapters.toy.wave.figures")
    assert found.title == "A wave of fourier1822theorie & co, $h = 2 \\sin(x)$"


def test_two_figures_may_not_share_an_id(toy):
    path = toy.folder / "wave/figures.py"
    again = "again = figure(wave.id, caption='A.', alt='B.')(wave.draw)"
    path.write_text(f"{path.read_text()}\n\n{again}\n")
    with pytest.raises(ValueError, match="figure ids must be unique, got fig-toy-wave twice"):
        drawings()


def test_the_default_machinery_is_left_as_it_was():
    assert joblib.parallel.get_active_backend()[1] is None

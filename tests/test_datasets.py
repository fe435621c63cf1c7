"""Data sets: sizes by which they are known, the user's folder, a network that is not there, and standardising."""

from pathlib import Path
from typing import Any
from urllib.error import URLError

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from strategies import refused, seeds

from amem import datasets
from amem.datasets import SETS, at_hand, load, standardised
from amem.patterns import digits
from amem.seeds import generator

BUNDLED = ("iris", "wine", "breast_cancer", "digits")
LOCAL = ("zoo", "ecoli", "libras_movement", "image_segmentation")


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_: object, **__: object) -> Any:
        raise URLError("no network in tests")

    monkeypatch.setattr(datasets.datasets, "fetch_openml", unreachable)
    for name, source in SETS.items():
        if source.fetcher:
            monkeypatch.setitem(SETS, name, datasets.Source(source.shape, fetcher=unreachable))


@pytest.mark.parametrize("name", BUNDLED + LOCAL)
def test_sizes(name: str) -> None:
    if not at_hand(name):
        pytest.skip("needs the folder named by AMEM_DATA")
    found = load(name)
    points, n, classes = SETS[name].shape
    assert found.features.shape == (points, n) and found.labels.shape == (points,)
    assert (found.features.dtype, found.labels.dtype) == (torch.float64, torch.int64)
    assert found.labels.unique().tolist() == list(range(classes)) and found.classes == classes


def test_what_is_at_hand_without_a_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AMEM_DATA", raising=False)
    assert tuple(name for name in SETS if at_hand(name)) == BUNDLED


@pytest.mark.parametrize("name", [name for name in SETS if name not in BUNDLED])
def test_without_a_network_the_message_names_the_file(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AMEM_DATA", raising=False)
    with pytest.raises(ConnectionError, match=rf"{name}: wanted .*{SETS[name].file or name}.*AMEM_DATA"):
        load(name)


@pytest.mark.parametrize("separator", [",", "  "])
def test_a_file_of_the_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, separator: str) -> None:
    """Any set can come from a file; numbers stay, words become ranks, and a wrong size is refused."""
    folder = tmp_path / "uci"
    folder.mkdir()
    rows = [["0.5", "no", "b"], ["1.5", "yes", "a"], ["2", "no", "b"]]
    (folder / "yale_faces.csv").write_text("\n".join(separator.join(row) for row in rows))
    monkeypatch.setenv("AMEM_DATA", str(tmp_path))
    monkeypatch.setitem(SETS, "yale_faces", datasets.Source((3, 2, 2)))
    assert at_hand("yale_faces")
    found = load("yale_faces")
    assert found.features.tolist() == [[0.5, 0.0], [1.5, 1.0], [2.0, 0.0]] and found.labels.tolist() == [1, 0, 1]
    monkeypatch.setitem(SETS, "yale_faces", datasets.Source((3, 2, 3)))
    with pytest.raises(ValueError, match=r"wanted .*\(3, 2, 3\), got \(3, 2, 2\)"):
        load("yale_faces")


def test_what_openml_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    """By name and version; text columns become numbers, and the animals' names are no feature."""
    asked: list[object] = []

    def zoo(*name: object, **how: object) -> tuple[pd.DataFrame, pd.Series]:
        asked.extend((*name, how["version"]))
        rng = np.random.default_rng(0)
        frame = pd.DataFrame({f"trait {i}": rng.choice(["true", "false"], 101) for i in range(15)})
        frame["legs"] = rng.integers(0, 8, 101)
        frame["animal"] = [f"animal {i}" for i in range(101)]
        return frame, pd.Series([f"kind {i % 7}" for i in range(101)]).astype("category")

    monkeypatch.delenv("AMEM_DATA", raising=False)
    monkeypatch.setattr(datasets.datasets, "fetch_openml", zoo)
    found = load("zoo")
    assert asked == ["zoo", 1]
    assert found.features.shape == (101, 16) and set(found.features[:, 0].tolist()) == {0.0, 1.0}


def test_an_unknown_name_is_told_the_known_ones() -> None:
    for call in (load, at_hand):
        with pytest.raises(ValueError, match="wanted one of iris, wine"):
            call("irises")


@given(seed=seeds, count=st.integers(2, 20), scale=st.sampled_from([1e-6, 1.0, 1e6]), shift=st.sampled_from([0.0, 1e3]))
def test_standardised(seed: int, count: int, scale: float, shift: float) -> None:
    rng = generator("tests", "standardised", seed)
    points = scale * (torch.randn(count, 3, generator=rng, dtype=torch.float64) + shift)
    points[:, 1] = scale * 0.1  # never changes, but for rounding in its mean
    found = standardised(points)
    assert found[:, 1].eq(0).all()
    changing = found[:, [0, 2]]
    assert changing.mean(0).abs().max() < 1e-9 and (changing.square().mean(0) - 1).abs().max() < 1e-9


def test_standardising_in_single_precision_keeps_a_constant_column_at_zero() -> None:
    assert standardised(torch.full((7, 2), 0.1)).eq(0).all()


def test_bad_features() -> None:
    bad: list[Any] = [torch.ones(3), torch.ones(2, 2).int(), torch.full((2, 2), float("nan")), [[1.0]]]
    for value in bad:
        refused("features", lambda value=value: standardised(value))


def test_digits_are_those_of_the_patterns() -> None:
    images = digits(device="cpu", dtype=torch.float64)
    assert torch.equal(load("digits").features / 8 - 1, images)

"""The chapter on attention as clustering on the sphere: its claims, figures and chance, and mistakes it would see."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
import torch

from amem import store
from amem.book import Drawing, Recorded, configure, record, verdict
from amem.chapters.hypersphere import experiments, figures
from amem.chapters.hypersphere.claims import CLAIMS
from amem.energies import heads

DRAWINGS = [value for value in vars(figures).values() if isinstance(value, Drawing)]
EXPERIMENTS = sorted({claim.experiment for claim in CLAIMS} | {drawing.experiment for drawing in DRAWINGS})
KNOWN_NOT_TO_HOLD = {"claim-hypersphere-product"}  # with a finding that says why
TINY = replace(
    experiments.PRESETS["quick"],
    preset="tiny",
    view_pixels=9,
    draws=2,
    gain_keys=8,
    merging_tokens=10,
    merging_layers=5,
    map_n=(3, 10, 64, 128, 512),
    map_exponents=(-2.0, 0.0, 2.0),
    sampled=2000,
    fitted=300,
    fitted_seeds=1,
    model_seeds=1,
    model_width=8,
    model_steps=3,
    model_batch=2,
    model_context=12,
    model_text=2000,
    model_test=2,
    model_shown=1,
)


@pytest.fixture(scope="session")
def results() -> dict[str, Recorded]:
    config = configure(experiments.PRESETS, "quick", "cpu")
    return {name: record(getattr(experiments, name), config) for name in EXPERIMENTS}


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.id)
def test_claim(claim, results: dict[str, Recorded]) -> None:
    found = verdict(claim, results[claim.experiment].table)
    assert found.text.startswith("reproduced") == (claim.id not in KNOWN_NOT_TO_HOLD), found
    assert claim.id not in KNOWN_NOT_TO_HOLD or claim.finding


def measured(claim_id: str, table: pd.DataFrame) -> bool:
    """Whether a claim's interval holds what it finds in a table."""
    (claim,) = (claim for claim in CLAIMS if claim.id == f"claim-hypersphere-{claim_id}")
    return verdict(claim, table).text.startswith("reproduced")


class TestPlantedMistakes:
    """Claims notice the errors that are easily made in the rewriting."""

    def spoil(self, monkeypatch: pytest.MonkeyPatch, change: Callable[..., heads.HeadMixtures]) -> pd.DataFrame:
        right = heads.pre_norm_heads
        monkeypatch.setattr(experiments, "pre_norm_heads", lambda *args, **kwargs: change(right(*args, **kwargs)))
        with joblib.parallel_config("sequential"):
            return experiments.identity(TINY)

    def test_right(self) -> None:
        with joblib.parallel_config("sequential"):
            table = experiments.identity(TINY)
        assert measured("identity", table) and measured("gradient", table)

    @pytest.mark.parametrize(
        "change",
        [
            lambda found: replace(found, concentrations=found.concentrations * 1.001),
            lambda found: replace(found, log_weights=found.log_weights + 1e-6 * found.concentrations),
            lambda found: replace(found, mean_directions=-found.mean_directions),
            lambda found: replace(found, states=found.states.roll(1, -2)),
        ],
        ids=["other concentrations", "other weights", "sign", "another query's token"],
    )
    def test_wrong(self, change: Callable[..., heads.HeadMixtures], monkeypatch: pytest.MonkeyPatch) -> None:
        assert not measured("identity", self.spoil(monkeypatch, change))

    def test_wrong_dimension(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The normaliser of n instead of n − 1 dimensions, which attention does not see but uniform weights do."""
        wrong = heads.log_normaliser
        monkeypatch.setattr(heads, "log_normaliser", lambda kappa, n: wrong(kappa, n + 1))
        with joblib.parallel_config("sequential"):
            assert measured("identity", experiments.identity(TINY)), "it cancels in the identity"


def test_densities_of_the_view_integrate_to_one(results: dict[str, Recorded]) -> None:
    """Over both sides; a pixel of the disc stands for an area 1/|z| times as large on the sphere."""
    table = results["view"].table
    pixels = table[(table["what"] == "pixel") & (table["x"] ** 2 + table["y"] ** 2 <= 0.98)]
    axis = np.unique(pixels["y"])
    area = np.diff(axis).min() ** 2 / pixels["z"].abs()
    whole = (np.exp(pixels["log_density"]) * area).sum()
    assert 0.7 < whole < 1.02, "the rim, a seventh of the sphere's area, is left out"
    assert np.allclose(pixels.filter(like="share_").sum(axis=1), 1)


def test_text_has_a_floor_that_no_model_is_below(results: dict[str, Recorded]) -> None:
    table = results["language"].table
    floor = table.loc[table["what"] == "information", "loss"].unique()
    assert len(floor) == 1
    assert (table.loc[table["what"].isin(["test", "training"]), "loss"] > floor[0]).all()


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_same_seed_same_bytes_on_any_backend(name: str) -> None:
    experiment: Callable[[experiments.Config], pd.DataFrame] = getattr(experiments, name)
    chance = torch.get_rng_state()
    with joblib.parallel_config("sequential"):
        alone = store.csv(experiment(TINY))
    with joblib.parallel_config("threading", n_jobs=2):
        assert store.csv(experiment(TINY)) == alone
    assert torch.equal(torch.get_rng_state(), chance), "all chance has a name"


def test_same_seed_same_card_and_picture(tmp_path: Path) -> None:
    folder = store.results("tiny")
    kept: list[dict[str, bytes]] = []
    try:
        for turn in ("first", "second"):
            shutil.rmtree(folder, ignore_errors=True)
            with joblib.parallel_config("sequential"):
                result = record(experiments.gain, TINY)
            figures.gain.save(figures.gain(result.table), tmp_path / turn)
            files = [result.path, result.path.with_suffix(".json"), tmp_path / turn / f"{figures.gain.id}.svg"]
            kept.append({file.name: file.read_bytes() for file in files})
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    assert kept[0] == kept[1]


class TestFigures:
    @pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda drawing: drawing.id)
    def test_axes_are_labelled(self, drawing: Drawing, results: dict[str, Recorded]) -> None:
        drawn = drawing(results[drawing.experiment].table)
        panels = [axes for axes in drawn.axes if axes.get_label() != "<colorbar>"]
        assert panels[0].get_ylabel()
        bottom = min(axes.get_position().y0 for axes in panels)
        assert all(axes.get_xlabel() for axes in panels if axes.get_position().y0 < bottom + 0.1)
        assert drawn.get_size_inches()[0] == 7
        assert len(drawing.alt.split()) > 25 and len(drawing.caption.split()) > 25

    def test_identity_shows_every_pair(self, results: dict[str, Recorded]) -> None:
        table = results["identity"].table
        drawn = figures.identity(table)
        for axes, norm in zip(drawn.axes, figures.NORMS, strict=False):
            rows = table[(table["what"] == "pair") & (table["norm"] == norm) & (table["draw"] < 3)]
            points = [(list(line.get_xdata()), list(line.get_ydata())) for line in axes.lines]
            assert (rows["responsibility"].tolist(), rows["attention"].tolist()) in points
            assert (rows["responsibility"].tolist(), rows["uniform"].tolist()) in points

    def test_accuracy_shows_the_map(self, results: dict[str, Recorded]) -> None:
        table = results["accuracy"].table
        drawn = figures.accuracy(table)
        methods = ("Bessel function", "scaled Bessel function", "large κ", "this book")
        for axes, method in zip(drawn.axes, methods, strict=False):
            (mesh,) = axes.collections
            error = table[table["method"] == method].pivot_table(index="n", columns="kappa", values="error")
            assert np.allclose(mesh.get_array(), np.log10(error.clip(lower=1e-16)))

    def test_tie_shows_every_key_of_the_first_seed(self, results: dict[str, Recorded]) -> None:
        table = results["language"].table
        drawn = figures.tie(table)
        kinds = (("tied", "key, at the start"), ("tied", "key, trained"), ("untied", "key, trained"))
        for axes, (attention, what) in zip(drawn.axes, kinds, strict=True):
            rows = table[(table["attention"] == attention) & (table["what"] == what) & (table["seed"] == 0)]
            dots = np.concatenate([line.get_xdata() for line in axes.lines[:-1]])
            assert sorted(dots) == sorted(rows["kappa"])

    def test_recovery_shows_theory_and_draws(self, results: dict[str, Recorded]) -> None:
        table = results["recovery"].table
        left, right = figures.recovery(table).axes
        rows = table[(table["what"] == "sample") & (table["n"] == 16)]
        drawn = [list(line.get_ydata()) for line in left.lines]
        assert rows["exact"].tolist() in drawn and rows["measured"].tolist() in drawn
        fitted = table[table["what"] == "fit"]
        dots = np.concatenate([line.get_ydata() for line in right.lines if line.get_marker() == "o"])
        assert np.allclose(sorted(dots), sorted(fitted["fitted"] / fitted["planted"]))

"""The chapter on attention as clustering on the sphere: its claims, figures and chance, and mistakes it would see."""

from collections.abc import Callable
from dataclasses import replace

import joblib
import numpy as np
import pandas as pd
import pytest

from amem.book import Recorded, verdict
from amem.chapters.hypersphere import experiments, figures
from amem.chapters.hypersphere.claims import CLAIMS
from amem.energies import heads

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

    def test_wrong_gradient(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """u_j with a component along (1, …, 1) more, which LayerNorm's sphere does not see."""
        right = experiments._gradient_gap
        monkeypatch.setattr(
            experiments, "_gradient_gap", lambda head, tokens, found, pull: right(head, tokens, found, pull + 1e-3)
        )
        with joblib.parallel_config("sequential"):
            assert not measured("gradient", experiments.identity(TINY))

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
        with joblib.parallel_config("sequential"):
            right = experiments.identity(TINY)
            monkeypatch.setattr(heads, "log_normaliser", lambda kappa, n: wrong(kappa, n + 1))
            table = experiments.identity(TINY)
        assert measured("identity", table), "it cancels in the identity"
        assert (table["uniform"] - right["uniform"]).abs().max() > 1e-3


def test_densities_of_the_view_integrate_to_one(results: dict[str, Recorded]) -> None:
    """Over both sides; a pixel of the disc stands for an area 1/|z| times as large on the sphere."""
    table = results["view"].table
    pixels = table[(table["what"] == "pixel") & (table["x"] ** 2 + table["y"] ** 2 <= 0.98)]
    axis = np.unique(pixels["y"])
    area = np.diff(axis).min() ** 2 / pixels["z"].abs()
    whole = (np.exp(pixels["log_density"]) * area).sum()
    assert 0.7 < whole < 1.02, "the rim, a seventh of the sphere's area, is left out"
    assert np.allclose(pixels.filter(like="share_").sum(axis=1), 1)


def test_keys_in_another_s_colour_are_those_of_the_caption(results: dict[str, Recorded]) -> None:
    """And the neighbour that outdoes them is the more concentrated and the more common."""
    table = results["view"].table
    keys = table[(table["what"] == "key") & (table["side"] == "front")].reset_index(drop=True)
    owner = keys.filter(like="share_").to_numpy().argmax(1)
    assert {int(key) + 1: int(owner[key]) + 1 for key in keys.index if owner[key] != key} == {2: 1, 3: 1, 5: 4}
    for name in ("kappa", "weight"):
        values = keys[name].to_numpy()
        assert all(values[owner[key]] > values[key] for key in (1, 2, 4))


def test_text_has_a_floor_that_no_model_is_below(results: dict[str, Recorded]) -> None:
    table = results["language"].table
    floor = table.loc[table["what"] == "information", "loss"].unique()
    assert len(floor) == 1
    assert (table.loc[table["what"].isin(["test", "training"]), "loss"] > floor[0]).all()


class TestFigures:
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

"""The chapter on attention as clustering on the sphere: its claims, figures and chance, and mistakes it would see."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
import torch
from matplotlib.colors import to_hex, to_rgb

from amem import checkpoints
from amem.book import Recorded, verdict
from amem.book.look import BLACK, COLOURS, colour
from amem.chapters.hypersphere import heads as random_heads
from amem.chapters.hypersphere import models
from amem.chapters.hypersphere.accuracy import experiment as accuracy
from amem.chapters.hypersphere.accuracy import figures as accuracy_figures
from amem.chapters.hypersphere.ascent import experiment as ascent
from amem.chapters.hypersphere.gain import experiment as gain
from amem.chapters.hypersphere.identity import claims, experiment, figures
from amem.chapters.hypersphere.language import experiment as language
from amem.chapters.hypersphere.language import figures as language_figures
from amem.chapters.hypersphere.merging import experiment as merging
from amem.chapters.hypersphere.merging import figures as merging_figures
from amem.chapters.hypersphere.recovery import experiment as recovery
from amem.chapters.hypersphere.recovery import figures as recovery_figures
from amem.chapters.hypersphere.terms import NORMS
from amem.chapters.hypersphere.view import experiment as view
from amem.energies import heads
from amem.experiment import Config

BRIEF = models.Training(width=8, context=12, text=2000, steps=3, batch=2)
TINY: dict[str, Config] = {
    "view": view.Numbers(pixels=9),
    "identity": experiment.Numbers(draws=2),
    "gain": gain.Numbers(keys=8),
    "merging": merging.Numbers(tokens=10, layers=5),
    "ascent": ascent.Numbers(draws=2, layers=5),
    "accuracy": accuracy.Numbers(n=(3, 10, 64, 128, 512), exponents=(-2.0, 0.0, 2.0)),
    "recovery": recovery.Numbers(
        sampling=recovery.Sampling(points=2000), fitting=recovery.Fitting(points=300, seeds=1)
    ),
    "language": language.Numbers(training=BRIEF, seeds=1, test=2),
}


def measured(claim_id: str, table: pd.DataFrame) -> bool:
    """Whether a claim's interval holds what it finds in a table."""
    (claim,) = (claim for claim in claims.CLAIMS if claim.id == f"claim-hypersphere-{claim_id}")
    return verdict(claim, table).text.startswith("reproduced")


def identity() -> pd.DataFrame:
    with joblib.parallel_config("sequential"):
        return experiment.identity(TINY["identity"])


class TestPlantedMistakes:
    """Claims notice the errors that are easily made in the rewriting."""

    def spoil(self, monkeypatch: pytest.MonkeyPatch, change: Callable[..., heads.HeadMixtures]) -> pd.DataFrame:
        right = heads.pre_norm_heads
        monkeypatch.setattr(random_heads, "pre_norm_heads", lambda *args, **kwargs: change(right(*args, **kwargs)))
        return identity()

    def test_right(self) -> None:
        table = identity()
        assert measured("identity", table) and measured("gradient", table)

    def test_wrong_gradient(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """u_j with a component along (1, …, 1) more, which LayerNorm's sphere does not see."""
        right = experiment._gradient_gap
        monkeypatch.setattr(
            experiment, "_gradient_gap", lambda head, tokens, found, pull: right(head, tokens, found, pull + 1e-3)
        )
        assert not measured("gradient", identity())

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
        right = identity()
        monkeypatch.setattr(heads, "log_normaliser", lambda kappa, n: wrong(kappa, n + 1))
        table = identity()
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


def test_text_has_a_floor_that_no_model_is_below(results: dict[str, Recorded]) -> None:
    table = results["language"].table
    floor = table.loc[table["what"] == "information", "loss"].unique()
    assert len(floor) == 1
    assert (table.loc[table["what"].isin(["test", "training"]), "loss"] > floor[0]).all()


def test_seconds_of_training_are_counted_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the weights are there they are read: the same model and losses, and nothing is added."""
    monkeypatch.setenv("AMEM_OUTPUT", str(tmp_path))
    with checkpoints.asked() as files:
        model, losses = models.learned(BRIEF, "untied", 0)
    taken = checkpoints.seconds(files)
    assert len(files) == 1 and taken > 0
    monkeypatch.setattr(models, "train", None)
    again, same = models.learned(BRIEF, "untied", 0)
    assert checkpoints.seconds(files) == taken
    assert losses == same and all(map(torch.equal, model.state_dict().values(), again.state_dict().values()))
    before = models.untrained(BRIEF, "untied", 0).state_dict()
    assert not any(torch.equal(before[name], weights) for name, weights in model.state_dict().items())


class TestFigures:
    def test_identity_shows_every_pair(self, results: dict[str, Recorded]) -> None:
        table = results["identity"].table
        drawn = figures.identity(table)
        for axes, norm in zip(drawn.axes, NORMS, strict=False):
            rows = table[(table["what"] == "pair") & (table["norm"] == norm) & (table["draw"] < 3)]
            points = [sorted(zip(*line.get_data(), strict=True)) for line in axes.lines]
            for name in ("attention", "uniform"):
                assert sorted(zip(rows["responsibility"], rows[name], strict=True)) in points
                least = min(axes.get_xlim()[0], axes.get_ylim()[0])
                assert rows[["responsibility", name]].min().min() > least, "none is left out"

    def test_accuracy_shows_the_map(self, results: dict[str, Recorded]) -> None:
        table = results["accuracy"].table
        drawn = accuracy_figures.accuracy(table)
        methods = ("Bessel function", "scaled Bessel function", "large κ", "this book")
        for axes, method in zip(drawn.axes, methods, strict=False):
            (mesh,) = axes.collections
            error = table[table["method"] == method].pivot_table(index="n", columns="kappa", values="error")
            assert np.allclose(mesh.get_array(), np.log10(error.clip(lower=1e-16)))

    def test_tie_shows_every_key_of_the_first_seed(self, results: dict[str, Recorded]) -> None:
        table = results["language"].table
        drawn = language_figures.tie(table)
        kinds = (("tied", "key, at the start"), ("tied", "key, trained"), ("untied", "key, trained"))
        for axes, (attention, what) in zip(drawn.axes, kinds, strict=True):
            rows = table[(table["attention"] == attention) & (table["what"] == what) & (table["seed"] == 0)]
            for (block, head), keys in rows.groupby(["block", "head"]):
                (line,) = (line for line in axes.lines if line.get_label() == f"{block + 1}.{head + 1}")
                shown = sorted(zip(*line.get_data(), strict=True))
                assert shown == sorted(zip(keys["kappa"], keys["log_weight"], strict=True))
            assert len(axes.lines) == rows.groupby(["block", "head"]).ngroups + 1, "the heads and the tie"

    def test_merging_hides_no_mark(self, results: dict[str, Recorded]) -> None:
        """Where as many tokens are left of both kinds, the open mark goes around the filled one."""
        count = merging_figures.merging(results["merging"].table).axes[2]
        marks = [line for line in count.lines if line.get_linestyle() == "None"]
        sizes = {
            fill: {line.get_markersize() for line in marks if line.get_fillstyle() == fill} for fill in ("full", "none")
        }
        assert min(sizes["none"]) > max(sizes["full"]) + 2

    def test_no_two_things_have_one_colour(self) -> None:
        """However many there are, and the first have the book's."""
        colours = [colour(number) for number in range(40)]
        assert len(set(colours)) == 40 and colours[:6] == [to_rgb(name) for name in COLOURS[:6]]
        assert BLACK not in map(to_hex, colours)

    def test_recovery_shows_theory_and_draws(self, results: dict[str, Recorded]) -> None:
        table = results["recovery"].table
        left, right = recovery_figures.recovery(table).axes
        rows = table[(table["what"] == "sample") & (table["n"] == 16)]
        drawn = [list(line.get_ydata()) for line in left.lines]
        assert rows["exact"].tolist() in drawn and rows["measured"].tolist() in drawn
        fitted = table[table["what"] == "fit"]
        dots = np.concatenate([line.get_ydata() for line in right.lines if line.get_marker() == "o"])
        assert np.allclose(sorted(dots), sorted(fitted["fitted"] / fitted["planted"]))

"""The chapter on clustering: its claims, figures, chance, and planted mistakes that its tables must show."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import joblib
import numpy as np
import pandas as pd
import pytest
import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from panels import of
from torch import Tensor

from amem import datasets, store
from amem.book import Drawing, Recorded, verdict
from amem.chapters.clustering import experiments, figures
from amem.chapters.clustering.claims import CLAIMS
from amem.chapters.clustering.experiments import PRESETS

EXPERIMENTS = sorted({claim.experiment for claim in CLAIMS})
DRAWINGS = [value for value in vars(figures).values() if isinstance(value, Drawing)]
TINY = replace(
    PRESETS["quick"],
    preset="tiny",
    dynamics_steps=16,
    square_points=7,
    square_betas=(30.0,),
    square_curve=(10.0, 1000.0),
    collapse_ratios=(0.5, 2.0),
    collapse_updates=20,
    apart_sets=("iris",),
    apart_ratios=(0.5, 1.5),
    apart_seeds=2,
    updates=3,
    reference_sets=("iris",),
    reference_seeds=2,
    sharpness_sets=("iris",),
    sharpness_betas=(0.1, 1.0),
    sharpness_seeds=2,
    longer_updates=4,
    cloud_sizes=(12, 9, 6, 3),
    variant_seeds=2,
    sets=("iris",),
    ratios=(3.0, 30.0),
    rates=(0.01, 0.1),
    steps=(2,),
    sizes=(1.0,),
    seeds=2,
    sample=20,
    sweep_updates=2,
    silhouette_points=30,
    restaurant_alphas=(1.0,),
    restaurant_betas=(2.0,),
    draws=2,
    rest_steps=100,
)


@pytest.fixture(scope="module")
def table(results: dict[str, Recorded]) -> dict[str, pd.DataFrame]:
    return {name: result.table for name, result in results.items()}


def test_quick_needs_no_network_and_full_names_its_sets() -> None:
    """A published result must not depend on what happens to lie on the machine that shows it."""
    bundled = {name for name, source in datasets.SETS.items() if source.bundled}
    quick, full = PRESETS["quick"], PRESETS["full"]
    assert {*quick.sets, *quick.reference_sets, *quick.sharpness_sets, *experiments.SMALL} <= bundled
    assert set(full.sets) == set(full.reference_sets)
    assert bundled < set(full.sets) <= set(datasets.SETS)


def test_what_is_at_hand_makes_a_preset_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of full but its sets, which the config names: the same config, the same results."""
    monkeypatch.delenv("AMEM_DATA", raising=False)
    full, alone = PRESETS["full"], experiments._of_sets_at_hand(PRESETS["full"])
    bundled = ("iris", "wine", "breast_cancer", "digits")
    assert (alone.preset, alone.sets, alone.reference_sets, alone.apart_sets) == ("at_hand", *[bundled] * 3)
    same = {"preset": "full", "sets": full.sets, "reference_sets": full.sets, "apart_sets": full.apart_sets}
    assert replace(alone, **same) == full
    monkeypatch.setattr(experiments, "at_hand", lambda _: True)
    assert experiments._of_sets_at_hand(full) == replace(full, preset="at_hand")


def test_everything_came_to_rest(table: dict[str, pd.DataFrame]) -> None:
    assert table["basins"]["unfinished"].sum() == 0


def test_every_setting_is_there_once(table: dict[str, pd.DataFrame]) -> None:
    config, rows = PRESETS["quick"], table["benchmark"]
    keys = ["set", "model", "p", "ratio", "rate", "steps", "alpha", "beta", "seed"]
    assert not rows.duplicated(keys).any()
    swept = len(config.ratios) * len(config.rates) * len(config.steps) * config.seeds
    counted = rows.groupby(["set", "model", "p"]).size().unstack("model")
    offered = counted.drop(index=0, level="p")
    assert (offered[["CLAM", "CLAM+ELBO"]] == swept).all(axis=None)
    assert (offered[["K-means", "GMM", "VI-DP-GMM"]] == config.seeds).all(axis=None)


def test_what_stays_apart_on_the_digits_is_one_memory_on_a_few_points() -> None:
    """Points that have something where almost all others have nothing."""
    config, rng = PRESETS["quick"], experiments.generator("clustering", "apart", 0, "digits", 0)
    points = experiments._points("digits", config)
    beta = 0.95 * experiments.collapse_beta(points)
    start = experiments._starts(points, 10, [rng])[0]
    found = experiments.expectation_maximisation(points, start, beta, updates=config.apart_updates)
    far = torch.cdist(found.memories, found.memories).median(-1).values > 1
    assert far.sum() == 1
    held = points[experiments.nearest(points, found.memories) == int(far.int().argmax())]
    rare = (datasets.load("digits").features != 0).double().mean(0) < 0.05
    assert len(held) < 0.03 * len(points)
    assert held[:, rare].square().mean() > 10, "of all points it is 1"


def test_scores_are_within_their_bounds(table: dict[str, pd.DataFrame]) -> None:
    rows = table["benchmark"]
    bounds = {"rand": (0, 1), "ari": (-0.5, 1), "ami": (-0.5, 1), "nmi": (0, 1), "silhouette": (-1, 1)}
    assert all(rows[name].between(low, high).all() for name, (low, high) in bounds.items())
    alone = rows["used"] == 1
    assert alone.any() and (rows.loc[alone, "silhouette"] == -1).all() and rows.loc[alone, "calinski"].isna().all()
    assert rows.loc[~alone, ["calinski", "davies"]].notna().all(axis=None)


def test_scores_of_known_labels() -> None:
    """Perfect, and useless: all points in one cluster."""
    config = replace(TINY, silhouette_points=150)
    points = experiments._points("iris", config)
    classes = datasets.load("iris").labels.numpy()
    perfect = experiments._scores("iris", points, classes + 5, config)
    assert [perfect[name] for name in ("rand", "ari", "ami", "nmi", "used")] == [1, 1, 1, 1, 3]
    assert 0.3 < float(str(perfect["silhouette"])) < 0.5
    useless = experiments._scores("iris", points, 0 * classes, config)
    assert (useless["ari"], useless["silhouette"], useless["used"]) == (0, -1, 1)
    assert np.isnan(float(str(useless["davies"])))


def test_a_setting_of_the_sweep_is_a_fit_of_its_own() -> None:
    """The row of one β and rate does not depend on the others trained beside it."""
    together = experiments._swept(TINY, "iris", "CLAM", experiments._points("iris", TINY), 3, 2)
    fewer = replace(TINY, ratios=TINY.ratios[1:], rates=TINY.rates[:1])
    alone = experiments._swept(fewer, "iris", "CLAM", experiments._points("iris", TINY), 3, 2)
    found = {tuple(setting.values()): labels for setting, labels in together}
    assert len(alone) == TINY.seeds
    for setting, labels in alone:
        assert np.array_equal(found[tuple(setting.values())], labels)


class TestPlantedMistakes:
    def test_a_threshold_that_is_off_by_two(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """β in the other papers' unit, half of the book's."""
        config = replace(TINY, collapse_ratios=(0.8, 1.2, 1.8, 2.2), collapse_updates=400)
        claims = {claim.id: claim for claim in CLAIMS}
        claim = claims["claim-clustering-threshold-iris"]

        def parted() -> float:
            rows = experiments.separate(config, start="mean", set="iris", model="EM")
            table = pd.DataFrame([{"start": "mean", "set": "iris", "model": "EM", **row} for row in rows])
            return verdict(claim, table).measured or 0.0

        assert parted() == pytest.approx(1.0)
        genuine = experiments.expectation_maximisation
        monkeypatch.setattr(
            experiments, "expectation_maximisation", lambda x, mu, beta, **how: genuine(x, mu, beta / 2, **how)
        )
        assert parted() == pytest.approx(2.0)

    def test_gradients_that_do_not_reach_the_posterior(self, monkeypatch: pytest.MonkeyPatch) -> None:
        genuine = experiments.settle
        assert self.identity("envelope") < 1e-7
        monkeypatch.setattr(experiments, "settle", lambda joint, **_: genuine(joint, step=1.0))
        assert self.identity("envelope") > 1e-3 and self.identity("one step") > 1e-3

    def test_dynamics_that_fall_otherwise_than_the_expansion_says(self, monkeypatch: pytest.MonkeyPatch) -> None:
        genuine = experiments.attract
        assert self.identity("saddle") < 1e-3
        monkeypatch.setattr(experiments, "attract", lambda x, mu, beta, **how: genuine(x, mu, beta / 2, **how))
        assert self.identity("saddle") == pytest.approx(0.5, abs=1e-3)

    def test_memories_that_forget_where_they_began(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Starts on data points drawn to the mean: the outlier is lost."""
        claim = next(claim for claim in CLAIMS if claim.id == "claim-clustering-apart-outlier")
        config = replace(TINY, apart_updates=200)

        def judged() -> str:
            rows = experiments.separate(config, start="data", set="outlier", model="EM")
            table = pd.DataFrame([{"start": "data", "set": "outlier", "model": "EM", **row} for row in rows])
            return verdict(claim, table).text

        assert judged() == "reproduced"
        genuine = experiments.expectation_maximisation
        monkeypatch.setattr(
            experiments, "expectation_maximisation", lambda x, mu, beta, **how: genuine(x, mu / 20, beta, **how)
        )
        assert judged() == "not reproduced"

    def test_a_mask_that_hides_the_first_feature(self, monkeypatch: pytest.MonkeyPatch) -> None:
        claim = next(claim for claim in CLAIMS if claim.id == "claim-clustering-first-feature")
        monkeypatch.setattr(experiments, "published_masks", experiments.bernoulli_masks)
        table = pd.DataFrame([{"what": "wine", **row} for row in experiments.correct(TINY, what="wine")])
        assert verdict(claim, table).text == "not reproduced"

    @staticmethod
    def identity(name: str) -> float:
        rows = experiments.check(TINY, memories=5)
        return next(float(str(row["value"])) for row in rows if row["check"] == name)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_another_seed_gives_other_numbers(name: str) -> None:
    """Only the two pictures of fixed memories have no chance in them."""
    experiment: Callable[[experiments.Config], pd.DataFrame] = getattr(experiments, name)
    with joblib.parallel_config("sequential"):
        made = [store.csv(experiment(replace(TINY, seed=seed))) for seed in (0, 1)]
    assert (made[0] == made[1]) == (name in ("dynamics", "basins"))


def points(axes: Axes) -> set[tuple[float, float]]:
    drawn = [np.asarray(line.get_xydata(), dtype=float) for line in axes.lines]
    return {(round(x, 9), round(y, 9)) for line in drawn for x, y in line if np.isfinite([x, y]).all()}


def rows(table: pd.DataFrame, x: str, y: str) -> set[tuple[float, float]]:
    return {(round(a, 9), round(b, 9)) for a, b in table[[x, y]].to_numpy(float) if np.isfinite([a, b]).all()}


@pytest.fixture(scope="module")
def drawn(table: dict[str, pd.DataFrame]) -> dict[str, Figure]:
    return {drawing.id: drawing(table[drawing.experiment]) for drawing in DRAWINGS}


class TestFigures:
    def test_dynamics(self, table: dict[str, pd.DataFrame], drawn: dict[str, Figure]) -> None:
        plane, simplex, levels = drawn["fig-clustering-dynamics"].axes
        data = table["dynamics"]
        assert rows(of(data, model="CLAM", kind="path"), "x", "y") <= points(plane)
        assert rows(of(data, model="CLAM+ELBO", kind="path", item=0), "x", "y") <= points(plane)
        assert len(simplex.lines) == 2 * 5 + 3
        assert [len(line.get_xydata()) > 10 for line in levels.lines] == [True, True]
        corner = np.array([[0.5, 0.25, 0.25]]) @ figures.CORNERS
        shown = figures._corners(pd.DataFrame([{"q1": 0.5, "q2": 0.25, "q3": 0.25}]))
        assert np.allclose(np.array(shown)[:, 0], corner)

    def test_basins(self, table: dict[str, pd.DataFrame], drawn: dict[str, Figure]) -> None:
        *maps, curve = drawn["fig-clustering-basins"].axes
        data = table["basins"]
        for axes, (_, cells) in zip(maps, of(data, kind="grid").groupby("beta"), strict=True):
            painted = np.asarray(axes.collections[0].get_array()).ravel()
            assert np.bincount(painted.astype(int)).tolist() == np.bincount(cells["ends"]).tolist()
        for kind in ("at rest", "ten steps"):
            assert rows(of(data, kind=kind).query("differs > 0"), "beta", "differs") <= points(curve)

    def test_collapse(self, table: dict[str, pd.DataFrame], drawn: dict[str, Figure]) -> None:
        near, far = drawn["fig-clustering-collapse"].axes
        for axes, start in ((near, "mean"), (far, "data")):
            assert rows(of(table["collapse"], source="simulation", start=start), "ratio", "spread") <= points(axes)

    def test_sharpness(self, table: dict[str, pd.DataFrame], drawn: dict[str, Figure]) -> None:
        for axes, (name, data) in zip(
            drawn["fig-clustering-sharpness"].axes, table["sharpness"].groupby("set", sort=False), strict=True
        ):
            assert axes.get_title() == name
            for model in ("CLAM, masked", "CLAM, longer"):
                medians = of(data, model=model).groupby("beta")["ari"].median().reset_index()
                assert rows(medians, "beta", "ari") <= points(axes), model

    def test_variants(self, table: dict[str, pd.DataFrame], drawn: dict[str, Figure]) -> None:
        data, axes = table["variants"], drawn["fig-clustering-variants"].axes
        for panel, variant in zip(axes, ("K-means", "CLAM", "CLAM, masked: mean"), strict=False):
            assert rows(of(data, kind="point"), "x", "y") <= points(panel)
            assert rows(of(data, kind="memory", variant=variant), "x", "y") <= points(panel)
        fits = of(data, kind="fit")
        order = {name: place for place, name in enumerate(experiments.VARIANTS)}
        for panel, (_, found) in zip(axes[4:], fits.groupby("set", sort=False), strict=True):
            assert rows(found.assign(place=found["variant"].map(order)), "ari", "place") <= points(panel)
            assert [label.get_text() for label in axes[4].get_yticklabels()] == list(order)

    def test_reference(self, table: dict[str, pd.DataFrame], drawn: dict[str, Figure]) -> None:
        above, below = drawn["fig-clustering-reference"].axes
        for axes, column in ((above, "ari"), (below, "silhouette")):
            heights = sorted(height for _, height in points(axes))
            assert set(table["reference"][column].round(9)) <= set(heights)

    @pytest.mark.parametrize(("figure", "first"), [("supervised", "rand"), ("unsupervised", "calinski")])
    def test_distributions(self, figure: str, first: str, table: Any, drawn: dict[str, Figure]) -> None:
        """In the first panel, the median of every set and model."""
        axes = drawn[f"fig-clustering-{figure}"].axes[0]
        medians = table["benchmark"].groupby(["set", "model"])[first].median()
        shown = [float(np.asarray(line.get_xdata())[0]) for line in axes.lines if len(line.get_xdata()) == 1]
        assert sorted(shown) == sorted(medians.dropna().tolist())

    def test_errata(self, table: dict[str, pd.DataFrame], drawn: dict[str, Figure]) -> None:
        covariance, sign, time, fixed, shared, hidden = drawn["fig-clustering-errata"].axes
        data = table["errata"]
        assert rows(of(data, kind="covariance", form="Σ = 2I/β"), "x", "value") <= points(covariance)
        assert rows(of(data, kind="force", form="−∇log p"), "x", "value") <= points(sign)
        assert rows(of(data, kind="time"), "x", "value") <= points(time)
        assert rows(of(data, kind="fixed point"), "x", "value") <= points(fixed)
        assert rows(of(data, kind="shared"), "x", "value") <= points(shared)
        often = of(data, kind="hidden")
        assert rows(often.assign(x=often["x"] + 1), "x", "value") <= points(hidden)


def test_the_code_of_the_notebook_runs() -> None:
    """The fenced examples, with an array of random numbers."""
    source = (store.CHECKOUT / "notebooks/clustering.py").read_text()
    fenced = re.findall(r"# ```python\n(.*?)# ```", source, re.DOTALL)
    assert len(fenced) == 2
    for text in fenced:
        names: dict[str, Any] = {"array": np.random.default_rng(0).normal(size=(30, 2))}
        exec(re.sub(r"^# ?", "", text, flags=re.MULTILINE), names)
        if "end" in names:
            q: Tensor = names["end"].softmax(-1)
            assert torch.allclose(q, names["energy"].posterior(), atol=1e-6)
        else:
            assert names["labels"].shape == (30,)

"""The chapter on clustering: its claims, figures, chance, and planted mistakes that its tables must show."""

import re
from dataclasses import replace
from importlib import import_module
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
from amem.book import Claim, Recorded, verdict
from amem.book.drawings import drawings
from amem.chapters.clustering import points as chosen
from amem.chapters.clustering.basins import experiment as basins
from amem.chapters.clustering.benchmark import experiment as benchmark
from amem.chapters.clustering.collapse import experiment as collapse
from amem.chapters.clustering.dynamics import experiment as dynamics
from amem.chapters.clustering.dynamics.figures import CORNERS, _corners
from amem.chapters.clustering.errata import experiment as errata
from amem.chapters.clustering.identities import experiment as identities
from amem.chapters.clustering.points import points_of, starts
from amem.chapters.clustering.reference import experiment as reference
from amem.chapters.clustering.restaurants import Restaurants
from amem.chapters.clustering.scores import scores
from amem.chapters.clustering.sharpness import experiment as sharpness
from amem.chapters.clustering.terms import SMALL, VARIANTS
from amem.chapters.clustering.variants import experiment as variants
from amem.dynamics.assignment import nearest
from amem.experiment import Config, Experiment
from amem.files import CHECKOUT
from amem.learning.collapse import collapse_beta
from amem.learning.elbo import expectation_maximisation
from amem.seeds import generator

FEW = Restaurants(alphas=(1.0,), betas=(2.0,))
TINY: dict[str, Config] = {
    "dynamics": dynamics.Numbers(steps=16),
    "basins": basins.Numbers(points=7, betas=(30.0,), curve=(10.0, 1000.0)),
    "collapse": collapse.Numbers(
        ratios=(0.5, 2.0), updates=20, apart_sets=("iris",), apart_ratios=(0.5, 1.5), apart_seeds=2
    ),
    "sharpness": sharpness.Numbers(updates=3, longer=4, sets=("iris",), betas=(0.1, 1.0), seeds=2),
    "variants": variants.Numbers(updates=3, longer=4, sizes=(12, 9, 6, 3), seeds=2, sets=("clouds", "iris")),
    "reference": reference.Numbers(updates=3, sets=("iris",), seeds=2, restaurants=FEW, shown=30),
    "benchmark": benchmark.Numbers(
        updates=2, sets=("iris",), steps=(2,), sizes=(1.0,), seeds=2, sample=20, restaurants=FEW, shown=30
    ),
    "identities": identities.Numbers(draws=2, rest_steps=100, alone_updates=20),
    "errata": errata.Numbers(updates=3, draws=2, seeds=2),
}


def claim(question: str, id: str) -> Claim:
    claims = import_module(f"amem.chapters.clustering.{question}.claims").CLAIMS
    return next(one for one in claims if one.id == f"claim-clustering-{id}")


@pytest.fixture(scope="module")
def table(results: dict[str, Recorded]) -> dict[str, pd.DataFrame]:
    return {name: result.table for name, result in results.items()}


def test_quick_needs_no_network_and_full_names_its_sets() -> None:
    """A published result must not depend on what happens to lie on the machine that shows it."""
    bundled = {name for name, source in datasets.SETS.items() if source.bundled}
    swept, compared = benchmark.benchmark.numbers, reference.reference.numbers
    sharpened, parted = sharpness.sharpness.numbers("quick"), collapse.collapse.numbers("quick")
    assert {*swept("quick").sets, *compared("quick").sets, *sharpened.sets, *parted.apart_sets, *SMALL} <= bundled
    assert set(swept("full").sets) == set(compared("full").sets)
    assert bundled < set(swept("full").sets) <= set(datasets.SETS)


def test_everything_came_to_rest(table: dict[str, pd.DataFrame]) -> None:
    assert table["basins"]["unfinished"].sum() == 0


def test_every_setting_is_there_once(table: dict[str, pd.DataFrame]) -> None:
    config, rows = benchmark.benchmark.numbers("quick"), table["benchmark"]
    keys = ["set", "model", "p", "ratio", "rate", "steps", "alpha", "beta", "seed"]
    assert not rows.duplicated(keys).any()
    swept = len(config.ratios) * len(config.rates) * len(config.steps) * config.seeds
    counted = rows.groupby(["set", "model", "p"]).size().unstack("model")
    offered = counted.drop(index=0, level="p")
    assert (offered[["CLAM", "CLAM+ELBO"]] == swept).all(axis=None)
    assert (offered[["K-means", "GMM", "VI-DP-GMM"]] == config.seeds).all(axis=None)


def test_what_stays_apart_on_the_digits_is_one_memory_on_a_few_points() -> None:
    """Points that have something where almost all others have nothing."""
    rng, points = generator("clustering", "apart", 0, "digits", 0), points_of("digits", "cpu")
    beta = 0.95 * collapse_beta(points)
    start = starts(points, 10, [rng])[0]
    found = expectation_maximisation(points, start, beta, updates=collapse.collapse.numbers("quick").apart_updates)
    far = torch.cdist(found.memories, found.memories).median(-1).values > 1
    assert far.sum() == 1
    held = points[nearest(points, found.memories) == int(far.int().argmax())]
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


def test_a_set_that_cannot_be_had_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def load(name: str) -> None:
        if name == "zoo":
            raise ConnectionError

    monkeypatch.setattr(chosen, "load", load)
    assert chosen.had(["iris", "zoo", "ecoli"]) == ["iris", "ecoli"]


def test_scores_of_known_labels() -> None:
    """Perfect, and useless: all points in one cluster."""
    points, classes = points_of("iris", "cpu"), datasets.load("iris").labels.numpy()
    perfect, useless = (scores("iris", points, labels, seed=0, shown=150) for labels in (classes + 5, 0 * classes))
    assert [perfect[name] for name in ("rand", "ari", "ami", "nmi", "used")] == [1, 1, 1, 1, 3]
    assert 0.3 < float(str(perfect["silhouette"])) < 0.5
    assert (useless["ari"], useless["silhouette"], useless["used"]) == (0, -1, 1)
    assert np.isnan(float(str(useless["davies"])))


def test_a_setting_of_the_sweep_is_a_fit_of_its_own() -> None:
    """The row of one β and rate does not depend on the others trained beside it."""
    points = points_of("iris", "cpu")
    tiny = benchmark.Numbers(updates=2, seeds=2, sample=20)
    together = benchmark._swept(tiny, "iris", "CLAM", points, 3, 2)
    fewer = replace(tiny, ratios=tiny.ratios[1:], rates=tiny.rates[:1])
    alone = benchmark._swept(fewer, "iris", "CLAM", points, 3, 2)
    found = {tuple(setting.values()): labels for setting, labels in together}
    assert len(alone) == tiny.seeds
    for setting, labels in alone:
        assert np.array_equal(found[tuple(setting.values())], labels)


class TestPlantedMistakes:
    def test_a_threshold_that_is_off_by_two(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """β in the other papers' unit, half of the book's."""
        config = collapse.Numbers(ratios=(0.8, 1.2, 1.8, 2.2), updates=400)
        threshold = claim("collapse", "threshold-iris")

        def parted() -> float:
            rows = collapse.separate(config, start="mean", set="iris", model="EM")
            table = pd.DataFrame([{"start": "mean", "set": "iris", "model": "EM", **row} for row in rows])
            return verdict(threshold, table).measured or 0.0

        assert parted() == pytest.approx(1.0)
        genuine = collapse.expectation_maximisation
        monkeypatch.setattr(
            collapse, "expectation_maximisation", lambda x, mu, beta, **how: genuine(x, mu, beta / 2, **how)
        )
        assert parted() == pytest.approx(2.0)

    def test_gradients_that_do_not_reach_the_posterior(self, monkeypatch: pytest.MonkeyPatch) -> None:
        genuine = identities.settle
        assert self.identity("envelope") < 1e-7
        monkeypatch.setattr(identities, "settle", lambda joint, **_: genuine(joint, step=1.0))
        assert self.identity("envelope") > 1e-3 and self.identity("one step") > 1e-3

    def test_dynamics_that_fall_otherwise_than_the_expansion_says(self, monkeypatch: pytest.MonkeyPatch) -> None:
        genuine = identities.attract
        assert self.identity("saddle") < 1e-3
        monkeypatch.setattr(identities, "attract", lambda x, mu, beta, **how: genuine(x, mu, beta / 2, **how))
        assert self.identity("saddle") == pytest.approx(0.5, abs=1e-3)

    def test_memories_that_forget_where_they_began(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Starts on data points drawn to the mean: the outlier is lost."""
        outlier = claim("collapse", "apart-outlier")
        config = collapse.Numbers(apart_ratios=(0.5, 1.5), apart_updates=200)

        def judged() -> str:
            rows = collapse.separate(config, start="data", set="outlier", model="EM")
            table = pd.DataFrame([{"start": "data", "set": "outlier", "model": "EM", **row} for row in rows])
            return verdict(outlier, table).text

        assert judged() == "reproduced"
        genuine = collapse.expectation_maximisation
        monkeypatch.setattr(
            collapse, "expectation_maximisation", lambda x, mu, beta, **how: genuine(x, mu / 20, beta, **how)
        )
        assert judged() == "not reproduced"

    def test_a_mask_that_hides_the_first_feature(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(errata, "published_masks", errata.bernoulli_masks)
        tiny = errata.Numbers(updates=3, draws=2, seeds=2)
        table = pd.DataFrame([{"what": "wine", **row} for row in errata.correct(tiny, what="wine")])
        assert verdict(claim("errata", "first-feature"), table).text == "not reproduced"

    def test_indices_drawn_without_replacement(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def distinct(count: int, n: int, probability: float, rngs: list[torch.Generator], *, device: str) -> Any:
            def masks() -> Tensor:
                chosen = [
                    torch.rand(count, n - 1, generator=rng).argsort(-1)[:, : int(probability * n)] for rng in rngs
                ]
                hidden = torch.zeros(len(rngs), count, n, dtype=torch.bool, device=device)
                return hidden.scatter(-1, torch.stack(chosen).to(device) + 1, True)

            return masks

        def judged() -> str:
            rows = errata.correct(errata.Numbers(seeds=2), what="breast_cancer")
            table = pd.DataFrame([{"what": "breast_cancer", **row} for row in rows])
            return verdict(claim("errata", "rarely-hidden"), table).text

        assert judged() == "reproduced"
        monkeypatch.setattr(errata, "published_masks", distinct)
        assert judged() == "not reproduced"

    @staticmethod
    def identity(name: str) -> float:
        rows = identities.check(identities.Numbers(draws=2, rest_steps=100, alone_updates=2), memories=5)
        return next(float(str(row["value"])) for row in rows if row["check"] == name)


@pytest.mark.parametrize(
    "name", ["collapse", "sharpness", "variants", "reference", "benchmark", "identities", "errata"]
)
def test_another_seed_gives_other_numbers(name: str) -> None:
    """The two pictures of fixed memories have no chance in them, and no seed."""
    experiment: Experiment[Any] = getattr(import_module(f"amem.chapters.clustering.{name}.experiment"), name)
    tiny: Any = TINY[name]
    with joblib.parallel_config("sequential"):
        made = [store.csv(experiment(replace(tiny, seed=seed))) for seed in (0, 1)]
    assert made[0] != made[1]


def points(axes: Axes) -> set[tuple[float, float]]:
    drawn = [np.asarray(line.get_xydata(), dtype=float) for line in axes.lines]
    return {(round(x, 9), round(y, 9)) for line in drawn for x, y in line if np.isfinite([x, y]).all()}


def rows(table: pd.DataFrame, x: str, y: str) -> set[tuple[float, float]]:
    return {(round(a, 9), round(b, 9)) for a, b in table[[x, y]].to_numpy(float) if np.isfinite([a, b]).all()}


@pytest.fixture(scope="module")
def drawn(table: dict[str, pd.DataFrame]) -> dict[str, Figure]:
    ours = {id: one for id, one in drawings().items() if one.experiment.chapter == "clustering"}
    return {id: drawing(table[drawing.experiment.question]) for id, drawing in ours.items()}


class TestFigures:
    def test_dynamics(self, table: dict[str, pd.DataFrame], drawn: dict[str, Figure]) -> None:
        plane, simplex, levels = drawn["fig-clustering-dynamics"].axes
        data = table["dynamics"]
        assert rows(of(data, model="CLAM", kind="path"), "x", "y") <= points(plane)
        assert rows(of(data, model="CLAM+ELBO", kind="path", item=0), "x", "y") <= points(plane)
        assert len(simplex.lines) == 2 * 5 + 3
        assert [len(line.get_xydata()) > 10 for line in levels.lines] == [True, True]
        corner = np.array([[0.5, 0.25, 0.25]]) @ CORNERS
        shown = _corners(pd.DataFrame([{"q1": 0.5, "q2": 0.25, "q3": 0.25}]))
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
            drawn["fig-clustering-sharpness"].axes, table["sharpness"].groupby("set"), strict=True
        ):
            assert axes.get_title() == name
            for model in data["model"].unique():
                medians = of(data, model=model).groupby("beta")["ari"].median().reset_index()
                assert rows(medians, "beta", "ari") <= points(axes), model

    def test_variants(self, table: dict[str, pd.DataFrame], drawn: dict[str, Figure]) -> None:
        data, axes = table["variants"], drawn["fig-clustering-variants"].axes
        for panel in axes[:4]:
            variant = panel.get_title().replace("\n", " ")
            assert not of(data, kind="memory", variant=variant).empty, "the title says whose memories these are"
            assert rows(of(data, kind="point"), "x", "y") <= points(panel)
            assert rows(of(data, kind="memory", variant=variant), "x", "y") <= points(panel)
        fits = of(data, kind="fit")
        order = {name: place for place, name in enumerate(VARIANTS)}
        for panel in axes[4:]:
            found = of(fits, set=panel.get_title().replace(" ", "_"))
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
    source = (CHECKOUT / "notebooks/clustering.py").read_text()
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

"""The chapter on energies learned in context: its claims, its figures, its chance, and networks that are kept."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
import torch
from matplotlib.figure import Figure
from matplotlib.quiver import Quiver
from panels import has, of
from scipy.interpolate import RegularGridInterpolator

from amem import checkpoints, store
from amem.book import Drawing, Recorded
from amem.book.questions import experiment_of, part, questions
from amem.chapters.in_context import learners, looking
from amem.chapters.in_context.learners import PAPER_SIZE, SMALL, Learning
from amem.chapters.in_context.looking import NARROW, HeldOut, Shown
from amem.chapters.in_context.means import with_means
from amem.chapters.in_context.predictors import bandwidths, em_nll, kernel_nll
from amem.chapters.in_context.samples.experiment import walks
from amem.chapters.in_context.terms import (
    DIVERGENCE,
    EM,
    FAMILIES,
    INVARIANT,
    KDE,
    KDE_TEST,
    QUOTED,
    RANKING,
    SHORT,
)
from amem.energies import Energy, GaussianKDE
from amem.energies.in_context import InContextEnergy
from amem.experiment import Config
from amem.learning.training import History
from amem.seeds import generator
from amem.theory import in_context as theory

FOLDERS = [question for question in questions() if ".in_context." in question]
QUESTIONS = {experiment_of(folder).question: experiment_of(folder) for folder in FOLDERS}


def shortened(numbers: Learning) -> Learning:
    """A few updates on few points."""
    ways = {name: replace(getattr(numbers, name), updates=3) for name in ("divergence", "ranking", "lines")}
    return replace(numbers, batch=2, pool_samples=40, stages=(1, 2), **ways)


LITTLE = replace(shortened(SMALL), length=5, width=8, hidden=8)
HELD_OUT = HeldOut(tasks=3, queries=4, sizes=(0, 1, 3, 4), side=13)
OWN: dict[str, dict[str, object]] = {
    "training": {"quoted": replace(QUESTIONS["training"].numbers("quick").quoted, updates=3)},
    "samples": {"chains": 3},
    "orders": {"orders": 2, "early": 2},
    "families": {"tasks": 2},
    "regression": {"tasks": 3, "queries": 2, "side": 9},
    "pools": {"pools": (2, 0), "updates": 2},
    "wells": {"noises": (0.1, 0.5), "updates": 4, "particles": 8},
    "stability": {"steps": (0.1, 1.0), "noises": (0.1, 1.0), "updates": 2},
    "identities": {"side": 13, "draws": 800},
}


def small(preset: str, **shared: object) -> dict[str, Config]:
    """A preset of every question with other numbers: those that several have, and its own."""
    found: dict[str, Config] = {}
    for question, experiment in QUESTIONS.items():
        numbers = experiment.numbers(preset)
        names = {part.name for part in fields(numbers)}
        given = {name: value for name, value in shared.items() if name in names}
        found[question] = replace(numbers, **given, **OWN.get(question, {}))
    return found


TINY = small(
    "quick",
    network=LITTLE,
    held_out=HELD_OUT,
    shown=Shown(tasks=2, sizes=(0, 2, 4), side=7),
    sizes=HELD_OUT.sizes,
    seeds=2,
)


@pytest.fixture
def nothing_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """An empty folder for checkpoints."""
    monkeypatch.setenv("AMEM_OUTPUT", str(tmp_path))
    yield tmp_path / "checkpoints"


def drawings(question: str) -> list[Drawing]:
    figures = part(QUESTIONS[question].package, "figures")
    return [value for value in vars(figures).values() if isinstance(value, Drawing)] if figures else []


def draw(name: str, table: pd.DataFrame) -> Figure:
    """The figure that the function of this name draws."""
    (drawing,) = (each for question in QUESTIONS for each in drawings(question) if each.draw.__name__ == name)
    return drawing(table)


@pytest.mark.parametrize("question", QUESTIONS)
def test_claims_name_the_rows_that_they_read(question: str, results: dict[str, Recorded]) -> None:
    table = results[question].table
    for claim in getattr(part(QUESTIONS[question].package, "claims"), "CLAIMS", []):
        wanted = pytest.approx(claim.measure(table), rel=1e-12)
        assert claim.measure(table.iloc[::-1]) == wanted, claim.id
        assert claim.measure(table.sample(frac=1, random_state=0)) == wanted, claim.id


def test_the_step_is_a_unit_of_energy(results: dict[str, Recorded]) -> None:
    """With the penalty in that unit the scaled gaps hardly depend on the step; with a fixed one they do."""
    gaps = results["stability"].table.groupby(["penalty", "noise", "step"])["scaled_gap"].mean().abs()
    for noise in (0.3, 1.0):
        assert gaps["scaled", noise].max() < 2 * gaps["scaled", noise].min()
    assert gaps["fixed", 1.0, 3.16] > 20 * gaps["fixed", 1.0, 0.1]


def test_the_monitor_s_advice_is_in_the_table(results: dict[str, Recorded]) -> None:
    table = results["stability"].table
    for penalty, stopped in (("fixed", True), ("scaled", False)):
        rows = of(table, penalty=penalty)
        assert ((rows["updates"] < QUESTIONS["stability"].numbers("quick").updates) == stopped).all() and (
            (rows["gap"] < -10) == stopped
        ).all()
        assert (rows["stopped"].str.contains("a penalty") == stopped).all()


def test_ten_mixtures_teach_no_learning_in_context(results: dict[str, Recorded]) -> None:
    """On new tasks the longest context takes off less than a third of what it does after ever new tasks."""
    means = of(results["pools"].table, what="mean", where="new tasks")
    few, always_new = (of(means, pool=pool)["nll"].iloc[[0, -1]].diff().iloc[-1] for pool in (10, 0))
    assert always_new < 3 * few < 0


def test_no_bandwidth_is_chosen_at_the_edge(results: dict[str, Recorded]) -> None:
    """Of those that are offered, at either size: else a better one may lie beyond. Of one point EM is the kernel
    estimate, with coarser steps."""
    widths = bandwidths(SMALL)
    chosen = of(results["sharpening"].table, what="seed")
    for source in (KDE, KDE_TEST, EM):
        found = of(chosen, source=source)
        found = found[found["n"] > 1] if source == EM else found
        assert len(found) and found["beta"].between(widths[0], widths[-1], inclusive="neither").all(), source
    for n in (1, PAPER_SIZE.length - 1):
        _, contexts, queries = looking.held_out(PAPER_SIZE, looking.MANY, "validation", 0)
        losses = [kernel_nll(contexts[:, :n], queries, width) for width in bandwidths(PAPER_SIZE)]
        assert 0 < int(np.argmin(losses)) < len(losses) - 1


class TestNetworksAreKept:
    def test_from_nothing_or_from_a_file(self, nothing_kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        fresh, history = learners.learned(LITTLE, "mixtures", DIVERGENCE, 0, 3)
        files = {path: path.read_bytes() for path in nothing_kept.rglob("*.*")}
        assert sum(path.suffix == ".safetensors" for path in files) == 3, "two stages and the end"
        again, seen = learners.learned(LITTLE, "mixtures", DIVERGENCE, 0, 3)
        assert same(fresh, again) and torch.equal(history.loss, seen.loss)
        assert {path: path.read_bytes() for path in nothing_kept.rglob("*.*")} == files, "nor are seconds added"

    def test_a_longer_run_goes_on_from_a_stage(self, nothing_kept: Path) -> None:
        straight, history = learners.learned(replace(LITTLE, stages=()), "mixtures", RANKING, 0, 3)
        shutil.rmtree(nothing_kept)
        for updates in (1, 3, 2):
            staged, seen = learners.learned(LITTLE, "mixtures", RANKING, 0, updates)
            assert torch.equal(history.loss[:updates], seen.loss)
            assert same(straight, staged) == (updates == 3)

    def test_a_run_that_was_killed_is_taken_up(self, nothing_kept: Path) -> None:
        straight, history = learners.learned(LITTLE, "mixtures", DIVERGENCE, 0, 3)
        begun, end = (next(nothing_kept.rglob(f"*-0-{updates}-*.safetensors")) for updates in (1, 3))
        end.write_bytes(begun.read_bytes())
        spent = checkpoints.seconds([end])
        again, seen = learners.learned(LITTLE, "mixtures", DIVERGENCE, 0, 3)
        assert same(straight, again) and torch.equal(history.loss, seen.loss)
        assert checkpoints.seconds([end]) > spent, "and what it still costs is counted"

    def test_a_run_that_has_stopped_is_not_begun_again(self, nothing_kept: Path) -> None:
        wild = replace(
            LITTLE, stages=(60,), divergence=replace(LITTLE.divergence, runaway=1e-9, penalty=0.0, noise=9.0)
        )
        _, history = learners.learned(wild, "mixtures", DIVERGENCE, 0, 70)
        assert history.stopped and 50 <= len(history.loss) < 60
        files = {path: path.stat().st_mtime_ns for path in nothing_kept.rglob("*.*")}
        assert learners.learned(wild, "mixtures", DIVERGENCE, 0, 70)[1].stopped == history.stopped
        assert {path: path.stat().st_mtime_ns for path in nothing_kept.rglob("*.*")} == files

    def test_a_network_costs_what_its_way_has_cost(self, nothing_kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Each stage takes as many seconds as it has updates of its own, however often it is looked at."""
        clock = [0.0]
        monkeypatch.setattr(checkpoints.time, "perf_counter", lambda: clock[0])
        teach = learners.train

        def train(*given: object, **named: object) -> History:
            path = named["checkpoint"].path
            before = len(learners.kept(path)[0]["rows"]) if path.exists() else 0
            history = teach(*given, **named)
            clock[0] += len(history.loss) - before
            return history

        monkeypatch.setattr(learners, "train", train)
        for updates in (2, 3, 3, 1):
            with checkpoints.asked() as weights:
                learners.learned(LITTLE, "mixtures", RANKING, 0, updates)
            assert checkpoints.seconds(weights) == updates

    def test_other_numbers_train_another_network(self, nothing_kept: Path) -> None:
        one, _ = learners.learned(LITTLE, "mixtures", RANKING, 0, 2)
        other, _ = learners.learned(replace(LITTLE, rate=1e-2), "mixtures", RANKING, 0, 2)
        assert not same(one, other)
        assert len(list(nothing_kept.rglob("*-0-2-*.safetensors"))) == 2

    def test_a_longer_way_begins_with_the_same_stages(self, nothing_kept: Path) -> None:
        longer = replace(LITTLE, ranking=replace(LITTLE.ranking, updates=9), stages=(2, 7))
        for numbers in (LITTLE, longer):
            learners.learned(numbers, "mixtures", RANKING, 0, 2)
        assert len(list(nothing_kept.rglob("*-0-2-*.safetensors"))) == 1

    def test_a_pool_is_all_that_is_met(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """However many sequences are drawn, they are made of the points of the pool, and each of one of its tasks."""
        seen: list[torch.Tensor] = []

        def watch(network: InContextEnergy, draw: Callable[..., torch.Tensor], *_: object, **__: object) -> History:
            seen.append(draw(generator("tests", "pool")))
            return History(*torch.zeros(4, 1), stopped=None)

        monkeypatch.setattr(learners, "train", watch)
        for pool in (1, 2, 2):
            numbers = replace(LITTLE, pool=pool, pool_samples=6, batch=20)
            learners.taught(numbers, "mixtures", RANKING, 0, 1)
        one, two, again = seen
        assert len(one.flatten(0, 1).unique(dim=0)) == 6 and len(two.flatten(0, 1).unique(dim=0)) == 12
        assert torch.equal(two, again)
        near = torch.cdist(two, learners.pooled(numbers, 0).means.flatten(0, 1)[None]).unflatten(-1, (2, 3)).amin(-1)
        assert (near.amax(1).amin(-1) < 4 * LITTLE.scale).all()

    def test_lines_move_in_y_only(self) -> None:
        network, _ = learners.taught(LITTLE, "lines", DIVERGENCE, 0, 1)
        assert not any(parameter.requires_grad for parameter in network.parameters())


@pytest.mark.parametrize("question", QUESTIONS)
def test_same_bytes_with_networks_that_are_there(question: str, nothing_kept: Path) -> None:
    with joblib.parallel_config("sequential"):
        first = store.csv(QUESTIONS[question](TINY[question]))
        assert store.csv(QUESTIONS[question](TINY[question])) == first


def test_full_runs_at_its_size(nothing_kept: Path) -> None:
    """The paper's network and context, for a few updates with a short sampler; tables of few tasks on coarse grids."""
    numbers = replace(
        shortened(PAPER_SIZE),
        divergence=replace(PAPER_SIZE.divergence, updates=3, steps=3),
        ranking=replace(PAPER_SIZE.ranking, updates=3, negatives=4),
    )
    dry = small(
        "full",
        network=numbers,
        held_out=replace(HELD_OUT, sizes=(0, 4, 35)),
        shown=replace(looking.WIDE, tasks=2, sizes=(0, 35), side=7),
        sizes=(0, 4, 35),
        seeds=1,
        exact_size=4,
    )
    dry["stability"] = replace(dry["stability"], steps=(10.0,))
    dry["training"] = replace(dry["training"], quoted=replace(dry["training"].quoted, steps=3))
    network, history = learners.taught(numbers, "mixtures", DIVERGENCE, 0, 2)
    assert sum(parameter.numel() for parameter in network.parameters()) > 1_000_000
    assert len(history.loss) == 2 and torch.isfinite(history.loss).all()
    with joblib.parallel_config("sequential"):
        for question, experiment in QUESTIONS.items():
            table = experiment(dry[question])
            store.csv(table)
            for drawing in drawings(question):
                drawing(table)


class TestMeasures:
    """Energies whose likelihood is known, in the place of the network."""

    class Oracle(Energy):
        """The exact prediction, times a factor."""

        def __init__(self, contexts: torch.Tensor, factor: float) -> None:
            super().__init__()
            self.contexts, self.factor = contexts, factor

        def forward(self, state: torch.Tensor) -> torch.Tensor:
            numbers = {"components": 3, "spread": LITTLE.spread, "scale": LITTLE.scale}
            pairs = zip(self.contexts.double().numpy(), state.double().numpy(), strict=True)
            known = [theory.predictive_log_density(context, points, **numbers) for context, points in pairs]
            return -self.factor * torch.from_numpy(np.stack(known))

    class Reader(InContextEnergy):
        """Reads a context as the network does."""

        def __init__(self, factor: float) -> None:
            sizes = {"dimension": 2, "layers": 1, "heads": 1, "width": 2, "hidden": 2, "length": LITTLE.length}
            super().__init__(**sizes, positions=False, invariant=False, rng=generator("tests", "reader"))
            self.double()
            self.factor = factor

        def given(self, context: torch.Tensor) -> Energy:
            return TestMeasures.Oracle(context, self.factor)

    held_out = HeldOut(tasks=40, queries=40, side=33)

    def look(self, factor: float) -> looking.Look:
        return looking.look(LITTLE, self.held_out, self.Reader(factor), 0, (0, 4))

    def test_the_exact_prediction_is_as_good_through_the_grid(self) -> None:
        looked = self.look(1.0)
        tasks, contexts, queries = looking.held_out(LITTLE, self.held_out, "held out", 0)
        pairs = zip(contexts.numpy(), queries.numpy(), strict=True)
        numbers = {"components": 3, "spread": LITTLE.spread, "scale": LITTLE.scale}
        wanted = -np.mean([theory.predictive_log_density(c, q, **numbers).mean() for c, q in pairs])
        assert abs(looked.nll(1, 1.0) - wanted) < 1e-2, "but for what lies outside the box"
        assert len(tasks) == 40

    def test_a_factor_is_found_and_undone(self) -> None:
        plain, steep = self.look(1.0), self.look(5.0)
        assert abs(5 * steep.once / plain.once - 1) < 1e-6
        assert abs(steep.nll(1, steep.once) - plain.nll(1, plain.once)) < 1e-6
        assert abs(plain.once - 1) < 0.2

    def test_another_tasks_context_costs(self) -> None:
        looked = self.look(1.0)
        assert looked.swapped(0, 1.0) == pytest.approx(looked.nll(0, 1.0))
        assert looked.swapped(1, 1.0) > looked.nll(1, 1.0) + 1

    def test_ranks_of_the_truth_are_one(self) -> None:
        looked = self.look(1.0)
        looked.on_grid[0] = 3 * looked.truth + 7
        assert looked.ranks(0, near=False) == pytest.approx(1) and looked.ranks(0, near=True) == pytest.approx(1)


def test_means_come_with_their_interval() -> None:
    table = pd.DataFrame(
        {"n": [0, 0, 0], "seed": [0, 1, 2], "what": "seed", "nll": [1.0, 2.0, 3.0], "beta": [2.0, 4.0, 6.0]}
    )
    mean = of(with_means(table, ["n"], ("nll", "beta")), what="mean").iloc[0]
    assert mean["nll"] == 2 and mean["beta"] == 4
    assert mean["high"] - 2 == pytest.approx(4.302653 / np.sqrt(3)) and 2 - mean["low"] == pytest.approx(
        mean["high"] - 2
    )


def test_energies_in_parts_are_those_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rng, network = generator("tests", "parts"), learners.network(LITTLE, 0)
    contexts, points = (torch.randn(5, count, 2, generator=rng, dtype=torch.float64) for count in (3, 7))
    at_once = looking.energies(network, contexts, points)
    for count in (1, 10, 14):
        monkeypatch.setattr(looking, "AT_ONCE", count)
        assert torch.allclose(looking.energies(network, contexts, points), at_once, atol=1e-5)


def test_the_sampler_starts_everywhere_and_stays_in_its_box() -> None:
    way, network = LITTLE.divergence, learners.network(LITTLE, 0)
    contexts = torch.zeros(2, 3, 2, dtype=torch.float64)
    start, end = walks(way, network, contexts, 400, 0)
    assert start.abs().max() <= way.start and end.abs().max() <= way.box
    assert abs(float(start.square().mean()) / (way.start**2 / 3) - 1) < 0.1
    again = walks(way, network, contexts, 400, 0)
    assert torch.equal(start, again[0]) and torch.equal(end, again[1])


def test_kernels_are_the_energy_of_the_capacity_chapter() -> None:
    rng = generator("tests", "kernels")
    contexts, queries = (torch.randn(3, count, 2, generator=rng, dtype=torch.float64) for count in (4, 5))
    wanted = [GaussianKDE(c, 0.7).log_density(q).mean() for c, q in zip(contexts, queries, strict=True)]
    assert kernel_nll(contexts, queries, 0.7) == pytest.approx(-float(np.mean(wanted)), rel=1e-12)


def test_em_of_few_points_is_the_kernel_estimate_on_them() -> None:
    """With as many components as points each holds one: the added variance is the kernel's bandwidth."""
    rng = generator("tests", "em")
    contexts, queries = (10 * torch.randn(3, count, 2, generator=rng, dtype=torch.float64) for count in (3, 5))
    em, kernels = em_nll(contexts, queries, 0.7, components=3), kernel_nll(contexts, queries, 0.7)
    assert em == pytest.approx(kernels, rel=1e-3)


def same(one: torch.nn.Module, other: torch.nn.Module) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))


def sheet(rows: pd.DataFrame, values: str) -> np.ndarray:
    return rows.pivot_table(index="y", columns="x", values=values).to_numpy()


class TestFigures:
    def test_landscapes(self, results: dict[str, Recorded]) -> None:
        table = results["landscapes"].table
        panels = draw("landscapes", table).axes
        columns = len(NARROW.sizes) + 1
        assert len(panels) == NARROW.tasks * columns + 1, "the colour bar is the last"
        learned = of(table, what="energy", source="contrastive divergence")
        for task in range(NARROW.tasks):
            for column, n in enumerate(NARROW.sizes):
                axes = panels[task * columns + column]
                assert np.array_equal(axes.images[0].get_array(), sheet(of(learned, task=task, n=n), "energy"))
                context = of(table, what="context", task=task)
                assert has(axes, context[context["n"] < n], "x", "y") or n == 0
            true = of(table, what="energy", source="true density", task=task)
            assert np.array_equal(panels[task * columns + columns - 1].images[0].get_array(), sheet(true, "density"))

    def test_energies_are_centred_and_densities_integrate(self, results: dict[str, Recorded]) -> None:
        table = results["landscapes"].table
        energies = of(table, what="energy")
        means = of(energies, source=DIVERGENCE).groupby(["task", "n"])["energy"].mean()
        assert len(means) == 20 and means.abs().max() < 2**-9, "but for rounding"
        cell = (2 * NARROW.half / (NARROW.side - 1)) ** 2
        total = energies.dropna(subset="density").groupby(["source", "task"])["density"].sum() * cell
        assert len(total) == 16 and np.allclose(total, 1, atol=1e-3), "but for rounding"

    def test_field(self, results: dict[str, Recorded]) -> None:
        """Arrows point downhill: along the force the energy between neighbouring points of the grid falls."""
        table = results["landscapes"].table
        n = NARROW.sizes[-1]
        energy = of(table, what="energy", source="contrastive divergence", task=0, n=n)
        force = of(table, what="force", task=0, n=n)
        axis = np.sort(energy["x"].unique())
        slopes = np.gradient(sheet(energy, "energy"), axis, axis)
        places = force[["y", "x"]].to_numpy()
        up, across = (-RegularGridInterpolator((axis, axis), slope)(places) for slope in slopes)
        agree = force["force_x"] * across + force["force_y"] * up > 0
        assert len(agree) == 441 and agree.mean() > 0.95
        assert draw("field", table).axes[0].get_title() == "$n = 0$"

    def test_sharpening_and_swap(self, results: dict[str, Recorded]) -> None:
        means = of(results["sharpening"].table, what="mean")
        left, middle, right = draw("sharpening", results["sharpening"].table).axes
        for source in ("contrastive divergence", "ranking", "exact prediction", "EM", "kernel density", "no context"):
            rows = of(means, source=source)
            assert has(left, rows, "n", "nll")
            if source != "no context":
                drawn = [[tuple(end) for end in bar] for bars in left.collections for bar in bars.get_segments()]
                assert all([(n, low), (n, high)] in drawn for n, low, high in rows[["n", "low", "high"]].to_numpy())
        for source in ("contrastive divergence", "ranking", "exact prediction", "true density"):
            assert has(middle, of(means, source=source), "n", "entropy")
            assert has(right, of(means, source=source), "n", "wells")
        (axes,) = draw("swap", results["sharpening"].table).axes
        for source in ("contrastive divergence", "ranking"):
            rows = of(means, source=source)
            assert rows["swapped"].iloc[-1] > rows["nll"].iloc[0], "worse than with none"
        for source in ("contrastive divergence", "ranking"):
            assert has(axes, of(means, source=source), "n", "nll") and has(
                axes, of(means, source=source), "n", "swapped"
            )

    def test_samples(self, results: dict[str, Recorded]) -> None:
        table = results["samples"].table
        *maps, axes = draw("samples", table).axes
        assert has(axes, of(table, what="mean"), "n", "within")
        assert of(table, what="mean")["within"].iloc[-1] > 0.5, "more than half arrive"
        ends = ["start_x", "start_y", "end_x", "end_y"]
        centres = of(table, what="centre").sort_values(ends)
        tasks, _ = looking.shown_tasks(SMALL, NARROW)
        assert np.allclose(centres[["end_x", "end_y"]], sorted(tasks.centres()[0].tolist()))
        for panel, n in zip(maps, (0, 5, 15), strict=True):
            rows = of(table, what="chain", n=n).sort_values(ends)
            assert panel.get_title() == f"$n = {n}$"
            assert has(panel, rows, "end_x", "end_y") and has(panel, centres, "end_x", "end_y")
            (arrows,) = (each for each in panel.collections if isinstance(each, Quiver))
            assert np.allclose(arrows.get_offsets(), rows[["start_x", "start_y"]])
            assert np.allclose(np.stack([arrows.U, arrows.V], 1) + arrows.get_offsets(), rows[["end_x", "end_y"]])

    def test_regression(self, results: dict[str, Recorded]) -> None:
        table = results["regression"].table
        (axes,) = draw("regression", table).axes
        for source in ("contrastive divergence", "ranking", "least squares", "exact prediction", "expected"):
            assert has(axes, of(table, source=source, what="mean"), "n", "error")
        one = of(table, n=1, what="mean").set_index("source")["error"]
        assert one["least squares"] > 2 * one["ranking"], "far worse"
        gaps = of(table, source="contrastive divergence", what="seed").groupby("seed")["gap"].first()
        assert (gaps < -20).all() and len(gaps) == 3, "far beyond −10"

    def test_pools(self, results: dict[str, Recorded]) -> None:
        means = of(results["pools"].table, what="mean")
        (axes,) = draw("pools", results["pools"].table).axes
        assert len(axes.lines) == 3
        for _, rows in means.groupby(["pool", "where"]):
            assert has(axes, rows, "n", "nll")

    def test_wells(self, results: dict[str, Recorded]) -> None:
        """Where there is a prediction marks, where there is none arrows, and nowhere both."""
        table = results["wells"].table
        for axes, data in zip(draw("wells", table).axes, ("marginal", "component"), strict=True):
            drawn = [(line.get_marker(), *point) for line in axes.lines for point in line.get_xydata().tolist()]
            for _, row in of(table, data=data).iterrows():
                kinds = {kind for kind, x, y in drawn if (x, y) == (row["noise"], row["learned"])}
                assert kinds == {"^"} if np.isnan(row["predicted"]) else kinds and "^" not in kinds

    def test_stability(self, results: dict[str, Recorded]) -> None:
        table = results["stability"].table
        panels = draw("stability", table).axes
        wide = [line for axes in panels for line in axes.lines if line.get_label() == r"$\sigma = 1$"]
        assert [line.get_xdata().size for line in wide] == [2] * 4
        assert len({line.get_color() for line in wide}) == 1, "a noise has one colour"
        for number, penalty in enumerate(("fixed", "scaled")):
            for _, rows in of(table, penalty=penalty).groupby("noise"):
                for axes, value in ((panels[number], "scaled_gap"), (panels[2 + number], "nll")):
                    mean = rows.groupby("step", as_index=False)[value].mean()
                    assert has(axes, mean, "step", value)
                    for halted, style in ((False, "."), (True, "x")):
                        single = rows[(rows["stopped"] != "") == halted]
                        drawn = [line for line in axes.lines if line.get_marker() == style]
                        points = {tuple(point) for line in drawn for point in line.get_xydata().tolist()}
                        assert set(single[["step", value]].itertuples(index=False, name=None)) <= points

    def test_training(self, results: dict[str, Recorded]) -> None:
        table = results["training"].table
        left, middle, right = draw("training", table).axes
        for _, rows in of(table, what="update").groupby(["objective", "seed"]):
            assert has(left, rows, "update", "gap")
        for objective, rows in of(table, what="stage").groupby("objective"):
            assert has(middle, rows, "update", "nll")
            assert has(middle, rows.groupby("update", as_index=False)["nll"].mean(), "update", "nll")
            shown = objective != QUOTED
            assert has(right, rows, "update", "rank_box") == has(right, rows, "update", "rank_near") == shown

    def test_orders(self, results: dict[str, Recorded]) -> None:
        """Above each label the tasks of the network that it names, and their median."""
        table = results["orders"].table
        tokens = table.groupby("kind")["tokens"].first()
        assert 1.8 < tokens[INVARIANT] / tokens[SHORT] < 1.9, "nearly doubles the tokens"
        kinds = {DIVERGENCE: DIVERGENCE, RANKING: RANKING, "ranking, early": SHORT, "invariant, early": INVARIANT}
        for axes, column in zip(draw("orders", table).axes, ("energy_spread", "spread"), strict=True):
            labels = {
                place: tick.get_text().replace("\n", " ")
                for place, tick in zip(axes.get_xticks(), axes.get_xticklabels(), strict=True)
            }
            assert sorted(labels.values()) == sorted(kinds)
            for marks, median in zip(axes.lines[::2], axes.lines[1::2], strict=True):
                place = round(float(np.mean(marks.get_xdata())))
                rows = of(table, kind=kinds[labels[place]])
                assert marks.get_ydata().tolist() == rows[column].tolist()
                assert np.mean(median.get_xdata()) == place and median.get_ydata()[0] == rows[column].median()

    def test_families(self, results: dict[str, Recorded]) -> None:
        table = results["families"].table
        *maps, _, below = draw("families", table).axes
        families = list(FAMILIES)
        for axes, family in zip(maps, families, strict=True):
            assert axes.get_title() == family
            assert has(axes, of(table, family=family, what="context").sort_values(["x", "y"]), "x", "y")
        assert [tick.get_text().replace("\n", " ") for tick in below.get_xticklabels()] == families
        drawn = [line.get_ydata().tolist() for line in below.lines]
        assert all(rows["nll"].tolist() in drawn for _, rows in of(table, what="mean").groupby("source"))

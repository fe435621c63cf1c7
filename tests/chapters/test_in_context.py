"""The chapter on energies learned in context: its claims, its figures, its chance, and networks that are kept."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
import torch
from matplotlib.quiver import Quiver
from panels import has, of
from scipy.interpolate import RegularGridInterpolator

from amem import grids, store
from amem.book import Drawing, Recorded
from amem.chapters.in_context import experiments, figures, learners
from amem.chapters.in_context.claims import CLAIMS
from amem.energies import Energy, GaussianKDE
from amem.energies.in_context import InContextEnergy
from amem.learning.training import History
from amem.seeds import generator
from amem.theory import in_context as theory

EXPERIMENTS = sorted({claim.experiment for claim in CLAIMS})
SMALL = {
    "seeds": 2,
    "tasks": 3,
    "queries": 4,
    "side": 13,
    "shown_side": 7,
    "shown_tasks": 2,
    "chains": 3,
    "orders": 2,
    "family_tasks": 2,
    "pools": (2, 0),
    "pool_samples": 40,
    "early": 2,
    "quoted_updates": 3,
    "map_steps": (0.1, 1.0),
    "map_noises": (0.1,),
    "well_noises": (0.1, 0.5),
    "well_updates": 4,
    "well_particles": 8,
    "identity_draws": 800,
    "stages": (1, 2),
    "updates": 3,
    "ranking_updates": 3,
    "regression_updates": 3,
    "regression_side": 9,
    "regression_queries": 2,
    "batch": 2,
}
TINY = replace(
    experiments.PRESETS["quick"],
    preset="tiny",
    length=5,
    sizes=(0, 1, 3, 4),
    shown_sizes=(0, 2, 4),
    width=8,
    hidden=8,
    **SMALL,
)


@pytest.fixture
def nothing_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """An empty folder for checkpoints."""
    monkeypatch.setattr(store, "place", lambda inside, outside: tmp_path / outside)
    yield tmp_path / "checkpoints"


def final(results: dict[str, Recorded], objective: str) -> pd.DataFrame:
    """The last stage of each network."""
    return of(results["training"].table, what="stage", objective=objective).groupby("seed").tail(1)


def test_findings_say_what_was_found(results: dict[str, Recorded]) -> None:
    """The claims that do not hold come with statements, which do."""

    stages = of(results["training"].table, what="stage", objective=experiments.DIVERGENCE)
    first, middle, last = stages.groupby("update")["rank_box"].mean()
    assert first + 0.05 < middle < last - 0.05, "it rises"
    divergence, ranking = (
        final(results, objective).set_index("seed") for objective in (experiments.DIVERGENCE, experiments.RANKING)
    )
    assert (divergence["rank_box"] > ranking["rank_box"]).sum() >= 2, "in most pairs the whole box prefers …"
    assert (divergence["nll"] > ranking["nll"]).all(), "… the worse likelihood"
    quoted = of(results["training"].table, what="update", objective=experiments.QUOTED)
    assert quoted.groupby("seed")["gap"].apply(lambda gap: abs(gap.iloc[-10:].mean())).max() < 0.1
    scaled = of(results["stability"].table, penalty="scaled")
    off = np.exp(np.log(scaled["beta"] / scaled["well"]).groupby([scaled["noise"], scaled["step"]]).mean())
    beta = np.exp(np.log(scaled["beta"]).groupby([scaled["noise"], scaled["step"]]).mean())
    assert 30 < beta.max() / beta.min() < 50, "fortyfold"
    assert sorted(np.abs(np.log(off)) > np.log(1.6)) == [False, False, False, True] and off.idxmax() == (1.0, 0.1)
    judged = of(results["families"].table, what="mean").pivot(index="family", columns="source", values="nll")
    behind = judged[experiments.RANKING] - judged[experiments.KDE_TEST]
    assert behind.min() > 0 and behind.max() < 0.5, "about half a nat"
    elsewhere = ["six circles", "moons", "swiss roll"]
    assert (judged[experiments.RANKING] < judged[experiments.KDE])[elsewhere].all(), "its own bandwidth is not"
    assert (judged[experiments.EXACT] > judged[experiments.RANKING] + 1)[elsewhere].all(), "the exact prediction is"
    assert (judged[experiments.EXACT] < judged[experiments.RANKING])["three Gaussians"], "on his own ground"
    means = of(results["sharpening"].table, what="mean", source=experiments.DIVERGENCE)
    assert 1 < means["wells"].iloc[-1] < 2, "one or two wide basins"


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
        assert ((rows["updates"] < experiments.PRESETS["quick"].early) == stopped).all() and (
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
    widths = experiments.PRESETS["quick"].bandwidths
    chosen = of(results["sharpening"].table, what="seed")
    for source in experiments.BASELINES:
        found = of(chosen, source=source)
        found = found[found["n"] > 1] if source == experiments.EM else found
        assert len(found) and found["beta"].between(widths[0], widths[-1], inclusive="neither").all(), source
    full = experiments.PRESETS["full"]
    for n in (1, full.length - 1):
        _, contexts, queries = experiments._held_out(full, "validation", 0)
        losses = [experiments._kernel_fit(full, contexts[:, :n], queries, width) for width in full.bandwidths]
        assert 0 < int(np.argmin(losses)) < len(losses) - 1


class TestNetworksAreKept:
    def test_from_nothing_or_from_a_file(self, nothing_kept: Path) -> None:
        fresh, history = learners.learned(TINY, "mixtures", learners.DIVERGENCE, 0, 3)
        files = sorted(nothing_kept.rglob("*.safetensors"))
        assert len(files) == 1
        again, seen = learners.learned(TINY, "mixtures", learners.DIVERGENCE, 0, 3)
        assert same(fresh, again) and torch.equal(history.loss, seen.loss)
        assert sorted(nothing_kept.rglob("*.safetensors")) == files

    def test_a_longer_run_goes_on_from_a_stage(self, nothing_kept: Path) -> None:
        straight, history = learners.learned(TINY, "mixtures", learners.RANKING, 0, 3)
        shutil.rmtree(nothing_kept)
        for updates in (1, 2):
            learners.learned(TINY, "mixtures", learners.RANKING, 0, updates)
        staged, seen = learners.learned(TINY, "mixtures", learners.RANKING, 0, 3)
        assert same(straight, staged) and torch.equal(history.loss, seen.loss)
        assert len(seen.loss) == 3

    def test_other_numbers_train_another_network(self, nothing_kept: Path) -> None:
        one, _ = learners.learned(TINY, "mixtures", learners.RANKING, 0, 2)
        other, _ = learners.learned(replace(TINY, rate=1e-2), "mixtures", learners.RANKING, 0, 2)
        assert not same(one, other)
        assert len(list(nothing_kept.rglob("*.safetensors"))) == 2

    def test_another_look_trains_nothing(self, nothing_kept: Path) -> None:
        learners.learned(TINY, "mixtures", learners.RANKING, 0, 2)
        learners.learned(replace(TINY, tasks=7, side=5, updates=9, stages=(2,)), "mixtures", learners.RANKING, 0, 2)
        assert len(list(nothing_kept.rglob("*.safetensors"))) == 1

    def test_a_pool_is_all_that_is_met(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """However many sequences are drawn, they are made of the points of the pool, and each of one of its tasks."""
        seen: list[torch.Tensor] = []

        def watch(network: InContextEnergy, draw: Callable[..., torch.Tensor], *_: object, **__: object) -> History:
            seen.append(draw(generator("tests", "pool")))
            return History(*torch.zeros(4, 1), stopped=None)

        monkeypatch.setattr(learners, "train", watch)
        for pool in (1, 2, 2):
            config = replace(TINY, pool=pool, pool_samples=6, batch=20)
            learners.taught(config, "mixtures", learners.RANKING, 0, 1)
        one, two, again = seen
        assert len(one.flatten(0, 1).unique(dim=0)) == 6 and len(two.flatten(0, 1).unique(dim=0)) == 12
        assert torch.equal(two, again)
        near = torch.cdist(two, learners.pooled(config, 0).means.flatten(0, 1)[None]).unflatten(-1, (2, 3)).amin(-1)
        assert (near.amax(1).amin(-1) < 4 * TINY.scale).all()

    def test_lines_move_in_y_only(self) -> None:
        config = replace(TINY, updates=1)
        network, _ = learners.taught(config, "lines", learners.DIVERGENCE, 0, 1)
        assert not any(parameter.requires_grad for parameter in network.parameters())


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_same_bytes_with_networks_that_are_there(name: str, nothing_kept: Path) -> None:
    experiment: Callable[[experiments.Config], pd.DataFrame] = getattr(experiments, name)
    with joblib.parallel_config("sequential"):
        first = store.csv(experiment(TINY))
        assert store.csv(experiment(TINY)) == first


def test_full_runs_at_its_size(nothing_kept: Path) -> None:
    """The paper's network and context, for a few updates with a short sampler; tables of few tasks on coarse grids."""
    full = replace(
        experiments.PRESETS["full"],
        preset="dry",
        **(
            SMALL
            | {
                "seeds": 1,
                "sampler_steps": 3,
                "quoted_steps": 3,
                "ranking_negatives": 4,
                "sizes": (0, 4, 35),
                "shown_sizes": (0, 35),
                "exact_size": 4,
                "map_steps": (10.0,),
            }
        ),
    )
    network, history = learners.taught(full, "mixtures", learners.DIVERGENCE, 0, 2)
    assert sum(parameter.numel() for parameter in network.parameters()) > 1_000_000
    assert len(history.loss) == 2 and torch.isfinite(history.loss).all()
    with joblib.parallel_config("sequential"):
        for name in EXPERIMENTS:
            table = getattr(experiments, name)(full)
            store.csv(table)
            for drawing in filter(lambda each: isinstance(each, Drawing), vars(figures).values()):
                if drawing.experiment == name:
                    drawing(table)


class TestMeasures:
    """Energies whose likelihood is known, in the place of the network."""

    class Oracle(Energy):
        """The exact prediction, times a factor."""

        def __init__(self, contexts: torch.Tensor, factor: float) -> None:
            super().__init__()
            self.contexts, self.factor = contexts, factor

        def forward(self, state: torch.Tensor) -> torch.Tensor:
            numbers = {"components": 3, "spread": TINY.spread, "scale": TINY.scale}
            pairs = zip(self.contexts.double().numpy(), state.double().numpy(), strict=True)
            known = [theory.predictive_log_density(context, points, **numbers) for context, points in pairs]
            return -self.factor * torch.from_numpy(np.stack(known))

    class Reader(InContextEnergy):
        """Reads a context as the network does."""

        def __init__(self, factor: float) -> None:
            sizes = {"dimension": 2, "layers": 1, "heads": 1, "width": 2, "hidden": 2, "length": TINY.length}
            super().__init__(**sizes, positions=False, invariant=False, rng=generator("tests", "reader"))
            self.double()
            self.factor = factor

        def given(self, context: torch.Tensor) -> Energy:
            return TestMeasures.Oracle(context, self.factor)

    config = replace(TINY, side=33, tasks=40, queries=40)

    def look(self, factor: float) -> experiments._Look:
        return experiments._look(self.config, self.Reader(factor), 0, (0, 4))

    def test_the_exact_prediction_is_as_good_through_the_grid(self) -> None:
        looked = self.look(1.0)
        tasks, contexts, queries = experiments._held_out(self.config, "held out", 0)
        pairs = zip(contexts.numpy(), queries.numpy(), strict=True)
        numbers = {"components": 3, "spread": TINY.spread, "scale": TINY.scale}
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
    mean = of(experiments._with_means(table, ["n"], ("nll", "beta")), what="mean").iloc[0]
    assert mean["nll"] == 2 and mean["beta"] == 4
    assert mean["high"] - 2 == pytest.approx(4.302653 / np.sqrt(3)) and 2 - mean["low"] == pytest.approx(
        mean["high"] - 2
    )


def test_the_sampler_starts_everywhere_and_stays_in_its_box() -> None:
    config = replace(TINY, chains=400)
    network = learners.network(config, 0)
    contexts = torch.zeros(2, 3, 2, dtype=torch.float64)
    start, end = experiments._walks(config, network, contexts, 0)
    assert start.abs().max() <= config.start and end.abs().max() <= config.sampler_box
    assert abs(float(start.square().mean()) / (config.start**2 / 3) - 1) < 0.1
    again = experiments._walks(config, network, contexts, 0)
    assert torch.equal(start, again[0]) and torch.equal(end, again[1])


def test_wells_are_counted() -> None:
    """Of four hollows at points of the grid one lies at the rim and one too high."""
    box = grids.box(4.0, 9, 2, device="cpu", dtype=torch.float64)
    hollows = torch.tensor([[-2.0, 0.0], [2.0, 1.0], [4.0, -4.0], [0.0, 3.0]], dtype=torch.float64)
    above = torch.tensor([0.0, 1.0, 0.0, 6.0], dtype=torch.float64)
    energy = -(-3 * torch.cdist(box.points, hollows).square() - above).logsumexp(-1)
    assert experiments._wells(energy[None]) == 2
    assert experiments._wells(energy[None], beta=0.5) == 3
    assert experiments._wells(torch.stack([energy, box.points.square().sum(-1)])) == 1.5


def test_kernels_are_the_energy_of_the_capacity_chapter() -> None:
    rng = generator("tests", "kernels")
    contexts, queries = (torch.randn(3, count, 2, generator=rng, dtype=torch.float64) for count in (4, 5))
    wanted = [GaussianKDE(c, 0.7).log_density(q).mean() for c, q in zip(contexts, queries, strict=True)]
    assert experiments._kernel_fit(TINY, contexts, queries, 0.7) == pytest.approx(-float(np.mean(wanted)), rel=1e-12)


def test_em_of_few_points_is_the_kernel_estimate_on_them() -> None:
    """With as many components as points each holds one: the added variance is the kernel's bandwidth."""
    rng = generator("tests", "em")
    contexts, queries = (10 * torch.randn(3, count, 2, generator=rng, dtype=torch.float64) for count in (3, 5))
    em, kernels = (fit(TINY, contexts, queries, 0.7) for fit in (experiments._mixture_fit, experiments._kernel_fit))
    assert em == pytest.approx(kernels, rel=1e-3)


def same(one: torch.nn.Module, other: torch.nn.Module) -> bool:
    return all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))


def sheet(rows: pd.DataFrame, values: str) -> np.ndarray:
    return rows.pivot_table(index="y", columns="x", values=values).to_numpy()


class TestFigures:
    def test_landscapes(self, results: dict[str, Recorded]) -> None:
        table = results["landscapes"].table
        config = experiments.PRESETS["quick"]
        panels = figures.landscapes(table).axes
        columns = len(config.shown_sizes) + 1
        assert len(panels) == config.shown_tasks * columns + 1, "the colour bar is the last"
        learned = of(table, what="energy", source="contrastive divergence")
        for task in range(config.shown_tasks):
            for column, n in enumerate(config.shown_sizes):
                axes = panels[task * columns + column]
                assert np.array_equal(axes.images[0].get_array(), sheet(of(learned, task=task, n=n), "energy"))
                context = of(table, what="context", task=task)
                assert has(axes, context[context["n"] < n], "x", "y") or n == 0
            true = of(table, what="energy", source="true density", task=task)
            assert np.array_equal(panels[task * columns + columns - 1].images[0].get_array(), sheet(true, "density"))

    def test_energies_are_centred_and_densities_integrate(self, results: dict[str, Recorded]) -> None:
        table = results["landscapes"].table
        energies = of(table, what="energy")
        assert energies.groupby(["source", "task", "n"])["energy"].mean().abs().max() < 1e-6
        cell = (2 * experiments.PRESETS["quick"].shown_half / (experiments.PRESETS["quick"].shown_side - 1)) ** 2
        total = energies.dropna(subset="density").groupby(["source", "task"])["density"].sum() * cell
        assert len(total) == 16 and np.allclose(total, 1)

    def test_field(self, results: dict[str, Recorded]) -> None:
        """Arrows point downhill: along the force the energy between neighbouring points of the grid falls."""
        table = results["landscapes"].table
        n = experiments.PRESETS["quick"].shown_sizes[-1]
        energy = of(table, what="energy", source="contrastive divergence", task=0, n=n)
        force = of(table, what="force", task=0, n=n)
        axis = np.sort(energy["x"].unique())
        slopes = np.gradient(sheet(energy, "energy"), axis, axis)
        places = force[["y", "x"]].to_numpy()
        up, across = (-RegularGridInterpolator((axis, axis), slope)(places) for slope in slopes)
        agree = force["force_x"] * across + force["force_y"] * up > 0
        assert len(agree) == 441 and agree.mean() > 0.95
        assert figures.field(table).axes[0].get_title() == "$n = 0$"

    def test_sharpening_and_swap(self, results: dict[str, Recorded]) -> None:
        means = of(results["sharpening"].table, what="mean")
        left, middle, right = figures.sharpening(results["sharpening"].table).axes
        for source in ("contrastive divergence", "ranking", "exact prediction", "EM", "kernel density", "no context"):
            rows = of(means, source=source)
            assert has(left, rows, "n", "nll")
            if source != "no context":
                drawn = [[tuple(end) for end in bar] for bars in left.collections for bar in bars.get_segments()]
                assert all([(n, low), (n, high)] in drawn for n, low, high in rows[["n", "low", "high"]].to_numpy())
        for source in ("contrastive divergence", "ranking", "exact prediction", "true density"):
            assert has(middle, of(means, source=source), "n", "entropy")
            assert has(right, of(means, source=source), "n", "wells")
        (axes,) = figures.swap(results["sharpening"].table).axes
        for source in ("contrastive divergence", "ranking"):
            rows = of(means, source=source)
            assert rows["swapped"].iloc[-1] > rows["nll"].iloc[0], "worse than with none"
        for source in ("contrastive divergence", "ranking"):
            assert has(axes, of(means, source=source), "n", "nll") and has(
                axes, of(means, source=source), "n", "swapped"
            )

    def test_samples(self, results: dict[str, Recorded]) -> None:
        table = results["samples"].table
        *maps, axes = figures.samples(table).axes
        assert has(axes, of(table, what="mean"), "n", "within")
        assert of(table, what="mean")["within"].iloc[-1] > 0.5, "more than half arrive"
        centres = of(table, what="centre")
        tasks, _ = experiments._shown(experiments.PRESETS["quick"])
        assert np.allclose(centres[["end_x", "end_y"]], tasks.centres()[0])
        for panel, n in zip(maps, (0, 5, 15), strict=True):
            rows = of(table, what="chain", n=n)
            assert panel.get_title() == f"$n = {n}$"
            assert has(panel, rows, "end_x", "end_y") and has(panel, centres, "end_x", "end_y")
            (arrows,) = (each for each in panel.collections if isinstance(each, Quiver))
            assert np.allclose(arrows.get_offsets(), rows[["start_x", "start_y"]])
            assert np.allclose(np.stack([arrows.U, arrows.V], 1) + arrows.get_offsets(), rows[["end_x", "end_y"]])

    def test_regression(self, results: dict[str, Recorded]) -> None:
        table = results["regression"].table
        (axes,) = figures.regression(table).axes
        for source in ("contrastive divergence", "ranking", "least squares", "exact prediction", "expected"):
            assert has(axes, of(table, source=source, what="mean"), "n", "error")
        one = of(table, n=1, what="mean").set_index("source")["error"]
        assert one["least squares"] > 2 * one["ranking"], "far worse"
        gaps = of(table, source="contrastive divergence", what="seed").groupby("seed")["gap"].first()
        assert (gaps < -20).all() and len(gaps) == 3, "far beyond −10"

    def test_pools(self, results: dict[str, Recorded]) -> None:
        means = of(results["pools"].table, what="mean")
        (axes,) = figures.pools(results["pools"].table).axes
        assert len(axes.lines) == 3
        for _, rows in means.groupby(["pool", "where"]):
            assert has(axes, rows, "n", "nll")

    def test_wells(self, results: dict[str, Recorded]) -> None:
        """Where there is a prediction marks, where there is none arrows, and nowhere both."""
        table = results["wells"].table
        for axes, data in zip(figures.wells(table).axes, ("marginal", "component"), strict=True):
            drawn = [(line.get_marker(), *point) for line in axes.lines for point in line.get_xydata().tolist()]
            for _, row in of(table, data=data).iterrows():
                kinds = {kind for kind, x, y in drawn if (x, y) == (row["noise"], row["learned"])}
                assert kinds == {"^"} if np.isnan(row["predicted"]) else kinds and "^" not in kinds

    def test_stability(self, results: dict[str, Recorded]) -> None:
        table = results["stability"].table
        panels = figures.stability(table).axes
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
        left, middle, right = figures.training(table).axes
        for _, rows in of(table, what="update").groupby(["objective", "seed"]):
            assert has(left, rows, "update", "gap")
        for objective, rows in of(table, what="stage").groupby("objective"):
            assert has(middle, rows, "update", "nll")
            assert has(middle, rows.groupby("update", as_index=False)["nll"].mean(), "update", "nll")
            shown = objective != experiments.QUOTED
            assert has(right, rows, "update", "rank_box") == has(right, rows, "update", "rank_near") == shown

    def test_orders_and_families(self, results: dict[str, Recorded]) -> None:
        table = results["orders"].table
        tokens = table.groupby("kind")["tokens"].first()
        assert 1.8 < tokens["ranking, early, invariant"] / tokens["ranking, early"] < 1.9, "nearly doubles the tokens"
        for axes, column in zip(figures.orders(table).axes, ("energy_spread", "spread"), strict=True):
            drawn = [line.get_ydata().tolist() for line in axes.lines]
            assert all(rows[column].tolist() in drawn for _, rows in table.groupby("kind"))
        table = results["families"].table
        *maps, _, below = figures.families(table).axes
        families = list(dict.fromkeys(table["family"]))
        for axes, family in zip(maps, families, strict=True):
            assert axes.get_title() == family
            assert has(axes, of(table, family=family, what="context"), "x", "y")
        assert [tick.get_text().replace("\n", " ") for tick in below.get_xticklabels()] == families
        drawn = [line.get_ydata().tolist() for line in below.lines]
        assert all(rows["nll"].tolist() in drawn for _, rows in of(table, what="mean").groupby("source"))

"""The chapter on memories made on demand: its figures, its chance, and slips that it must notice."""

import numpy as np
import pandas as pd
import pytest
import torch
from panels import has, lines, of

from amem.book import Recorded
from amem.book.tables import along, number
from amem.chapters.new_memories.alone import experiment as alone
from amem.chapters.new_memories.alone import figures as alone_figures
from amem.chapters.new_memories.averages import leads
from amem.chapters.new_memories.benchmark import experiment as benchmark
from amem.chapters.new_memories.benchmark.experiment import Numbers as Benchmark
from amem.chapters.new_memories.calibration import experiment as calibration
from amem.chapters.new_memories.calibration import figures as calibration_figures
from amem.chapters.new_memories.dynamical_prior import experiment as dynamical_prior
from amem.chapters.new_memories.dynamical_prior import figures as dynamical_prior_figures
from amem.chapters.new_memories.errata import figures as errata_figures
from amem.chapters.new_memories.errata.experiment import Numbers as Errata
from amem.chapters.new_memories.following import Streams
from amem.chapters.new_memories.identities.experiment import Numbers as Identities
from amem.chapters.new_memories.knobs import figures as knobs_figures
from amem.chapters.new_memories.knobs.experiment import Numbers as Knobs
from amem.chapters.new_memories.marks import ranked
from amem.chapters.new_memories.monte_carlo import figures as monte_carlo_figures
from amem.chapters.new_memories.monte_carlo.experiment import Numbers as MonteCarlo
from amem.chapters.new_memories.orders import figures as orders_figures
from amem.chapters.new_memories.orders.experiment import Numbers as Orders
from amem.chapters.new_memories.planted import Planted
from amem.chapters.new_memories.prior import Prior
from amem.chapters.new_memories.recovery import experiment as recovery
from amem.chapters.new_memories.recovery import figures as recovery_figures
from amem.chapters.new_memories.rooms import experiment as rooms
from amem.chapters.new_memories.rooms import figures as rooms_figures
from amem.chapters.new_memories.seating import seating
from amem.chapters.new_memories.seats import figures as seats_figures
from amem.chapters.new_memories.seats.experiment import Numbers as Seats
from amem.chapters.new_memories.sphere import figures as sphere_figures
from amem.chapters.new_memories.sphere.experiment import Numbers as Sphere
from amem.chapters.new_memories.stream import figures as stream_figures
from amem.chapters.new_memories.terms import KERNELS
from amem.chapters.new_memories.weighing import aliased
from amem.experiment import Config
from amem.learning.kernels import oscillator
from amem.learning.restaurant import Restaurant
from amem.seeds import numpy_generator
from amem.theory import restaurant

PLANTED = Planted(points=300, seeds=2)
PRIOR = Prior(customers=12, alphas=(1.1, 15.37))
STREAMS = Streams(points=40, n=(3,), alphas=(5.0, 15.0), spreads=(100.0,), seeds=1)
TINY: dict[str, Config] = {
    "seats": Seats(customers=120, samples=50),
    "identities": Identities(planted=PLANTED, prior=PRIOR),
    "recovery": PLANTED,
    "knobs": Knobs(planted=PLANTED, points=60, steps=3, mixtures=1),
    "orders": Orders(planted=PLANTED, permutations=4),
    "benchmark": Benchmark(seeds=1, mixtures=1),
    "dynamical_prior": dynamical_prior.Numbers(customers=12, alphas=PRIOR.alphas, chains=2000),
    "monte_carlo": MonteCarlo(customers=12, alphas=PRIOR.alphas, sizes=(10, 100), repeats=3),
    "stream": STREAMS,
    "alone": alone.Numbers(streams=STREAMS, customers=40, samples=2),
    "sphere": Sphere(points=30, alphas=(2.5,), kappas=(25.0,), seeds=1),
    "errata": Errata(customers=12),
    "rooms": rooms.Numbers(steps=30, seeds=2),
    "calibration": calibration.Numbers(draws=40, points=5),
}


class TestMistakes:
    """What the chapter measures must show what it is for."""

    def test_recovery_notices_half_a_normaliser(self, monkeypatch: pytest.MonkeyPatch) -> None:
        right = Restaurant.log_joint

        def wrong(self: Restaurant, x: torch.Tensor) -> torch.Tensor:
            log_joint = right(self, x)
            half = x.shape[-1] / 4 * (1 + self.beta / self.rho).log()
            return torch.cat([log_joint[:, :-1], (log_joint[:, -1] + half)[:, None]], -1)

        monkeypatch.setattr(Restaurant, "log_joint", wrong)
        (middle,) = [row for row in recovery.recover(Planted(seeds=2), 10, True) if row["kind"] == "median"]
        assert middle["memories"] > 8  # type: ignore[operator]

    def test_calibration_notices_a_wrong_alpha(self, monkeypatch: pytest.MonkeyPatch) -> None:
        exact = restaurant.exact_posterior

        def chi_squared() -> object:
            rows = calibration.rank(calibration.Numbers(draws=1000), 1.0, 3.0)
            (test,) = [row for row in rows if row["posterior"] == "exact" and row["kind"] == "test"]
            return test["chi_squared"]

        def wrong(*arguments: object, alpha: float, **more: float) -> np.ndarray:
            return exact(*arguments, alpha=2 * alpha, **more)  # type: ignore[arg-type]

        assert chi_squared() < 26  # type: ignore[operator]
        monkeypatch.setattr(restaurant, "exact_posterior", wrong)
        assert chi_squared() > 50  # type: ignore[operator]

    def test_sampled_tables_notice_a_kernel_that_counts_too_little(self, monkeypatch: pytest.MonkeyPatch) -> None:
        config, seatings = dynamical_prior.Numbers(customers=30), restaurant.seatings

        def deviation() -> float:
            (tables,) = [row for row in dynamical_prior.sit(config, "exponential", 1.1) if row["kind"] == "tables"]
            return abs(tables["deviation"])  # type: ignore[arg-type]

        assert deviation() < 4
        monkeypatch.setattr(restaurant, "seatings", lambda weights, *more: seatings(0.9 * weights, *more))
        assert deviation() > 4


class TestSlips:
    def test_the_aliased_oscillator_is_right_once(self) -> None:
        """Its first reading is right; reading again without anything having happened changes it."""
        kernel = oscillator(0.7)
        slipped = aliased(kernel)
        state = kernel.start(2, torch.ones(1, dtype=torch.float64)) + 1
        later = [form.later(state, 1.0) for form in (kernel, slipped)]
        right, first = (form.occupancy(part) for form, part in zip((kernel, slipped), later, strict=True))
        assert torch.allclose(first, right)
        assert torch.allclose(kernel.occupancy(later[0]), right)
        assert not torch.allclose(slipped.occupancy(later[1]), right, atol=0.1)

    def test_the_printed_formula_is_right_with_one_table(self) -> None:
        rows = pd.DataFrame(seating())
        for seated, tables in rows.groupby("customers"):
            assert tables["chance"].sum() == pytest.approx(1)
            assert tables["literal"].sum() == pytest.approx(1) or seated > 1


def test_a_lead_is_that_on_the_same_streams() -> None:
    """Streams differ much, the two on each of them little: paired, the error is that of the little."""
    level, gap = np.random.default_rng(0).normal(size=(2, 50)) * [[1.0], [0.01]]
    scores = [
        {"algorithm": name, "case": place, "nmi": float(value)}
        for name, values in (("dynamical", level + gap + 0.1), ("recursive", level))
        for place, value in enumerate(values)
    ]
    (row,) = leads(scores)
    assert row["algorithm"] == "dynamical over recursive"
    assert row["lead"] == pytest.approx(0.1 + gap.mean()) and row["lead_error"] < 0.002


def test_alone_is_the_score_of_so_many_clusters() -> None:
    """2H/(H + log N), H being the entropy of the seating."""
    row = alone.seat_alone(alone.Numbers(customers=60, samples=2), "constant", 1.0, 5.0)
    rng = numpy_generator("new_memories", "alone", "constant", 1.0, 5.0)
    expected = []
    for seats in restaurant.seatings(np.ones((60, 60)), 5.0, 2, rng):
        chances = np.bincount(seats) / 60
        entropy = -(chances[chances > 0] * np.log(chances[chances > 0])).sum()
        expected.append(2 * entropy / (entropy + np.log(60)))
    assert row["nmi"] == pytest.approx(np.mean(expected), rel=1e-9)


def test_walks_go_from_place_to_place() -> None:
    """Hallways and rooms take turns, neighbours are a step apart, and landmarks are seen or not."""
    truth, positions, seen = rooms.building(rooms.Numbers(steps=200), 0)
    assert (truth[1::2] == 9).all() and (truth[::2] < 9).all() and seen.shape == (200, 100)
    assert np.allclose(np.abs(np.diff(positions, axis=0)).sum(-1), 0.5)
    assert set(np.unique(seen.numpy())) == {0.0, 1.0}


def test_a_set_that_cannot_be_had_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    load = benchmark.datasets.load

    def offline(name: str) -> object:
        if name == "zoo":
            raise ConnectionError("no network")
        return load(name)

    monkeypatch.setattr(benchmark.datasets, "load", offline)
    table = benchmark.benchmark(Benchmark(sets=("zoo", "iris"), seeds=1, mixtures=1))
    assert set(table["data"]) == {"iris"}


class TestReading:
    def test_a_number_stands_in_one_row(self) -> None:
        table = pd.DataFrame({"kernel": ["constant", "constant"], "n": [3, 9], "nmi": [0.8, 0.9]})
        assert number(table, "nmi", kernel="constant", n=9) == 0.9
        for row in ({"kernel": "constant"}, {"n": 15}):
            with pytest.raises(ValueError, match="table: wanted one row with"):
                number(table, "nmi", **row)

    def test_columns_come_in_the_order_of_the_first(self) -> None:
        table = pd.DataFrame({"x": [3.0, 1.0, 2.0], "y": [30.0, 10.0, 20.0], "knob": ["alpha", "alpha", "beta"]})
        x, y = along(table, "x", "y", knob="alpha")
        assert (x.tolist(), y.tolist()) == ([1.0, 3.0], [10.0, 30.0])

    def test_looks_go_by_size_and_never_run_out_unseen(self) -> None:
        assert ranked([5.0, 1.0]) == ranked([1.0, 5.0, 1.0]) and len(set(ranked(range(7)).values())) == 7
        with pytest.raises(ValueError):
            ranked(range(8))


class TestFigures:
    def test_seats(self, results: dict[str, Recorded]) -> None:
        table = results["seats"].table
        left, right = seats_figures.seats(table).axes
        widths = [patch.get_width() for patch in left.patches]
        assert widths == of(table, kind="seating")["chance"].tolist()
        for _, rows in of(table, kind="tables", source="theory").groupby(["alpha", "discount"]):
            assert has(right, rows, "customers", "tables")

    def test_recovery(self, results: dict[str, Recorded]) -> None:
        table = results["recovery"].table
        left, right = recovery_figures.recovery(table).axes
        for normalised in (True, False):
            for axes, column in ((left, "memories"), (right, "ari")):
                shown = [y for _, y in lines(axes)]
                assert of(table, normalised=normalised, kind="run")[column].tolist() in shown
                assert of(table, normalised=normalised, kind="median")[column].tolist() in shown

    def test_knobs(self, results: dict[str, Recorded]) -> None:
        table = results["knobs"].table
        panels = np.array(knobs_figures.knobs(table).axes).reshape(2, 2)
        for column, knob in enumerate(("alpha", "beta")):
            for row, quantity in enumerate(("memories", "ari")):
                for algorithm in ("network", "DP-means", "mixture"):
                    assert has(panels[row, column], of(table, knob=knob, algorithm=algorithm), "value", quantity)

    def test_orders(self, results: dict[str, Recorded]) -> None:
        table = results["orders"].table
        for axes, data in zip(orders_figures.orders(table).axes, ("planted", "iris"), strict=True):
            heights = [patch.get_height() for patch in axes.patches]
            assert heights == [*(of(table, data=data, kind="count").sort_values("passes", kind="stable")["share"])]

    def test_prior(self, results: dict[str, Recorded]) -> None:
        table = results["dynamical_prior"].table
        panels = dynamical_prior_figures.prior(table).axes[:8]
        for place, source in enumerate(("sampled", "exact")):
            for axes, kernel in zip(panels[4 * place : 4 * place + 4], KERNELS, strict=True):
                rows = of(table, kind="seat", kernel=kernel)
                image = np.asarray(axes.images[0].get_array())
                shown = image[rows["customer"].astype(int), rows["table"].astype(int)]
                assert np.array_equal(shown, rows[source].clip(lower=1e-9))

    def test_monte_carlo(self, results: dict[str, Recorded]) -> None:
        table = results["monte_carlo"].table
        for axes, kernel in zip(monte_carlo_figures.monte_carlo(table).axes, KERNELS, strict=True):
            for _, rows in of(table, kernel=kernel).groupby("alpha"):
                assert has(axes, rows, "samples", "expected") and has(axes, rows, "samples", "found")

    @pytest.mark.parametrize("name", ["stream", "sphere"])
    def test_scores(self, name: str, results: dict[str, Recorded]) -> None:
        table = results[name].table
        figures = {"stream": stream_figures, "sphere": sphere_figures}[name]
        for axes, kernel in zip(getattr(figures, name)(table).axes, KERNELS, strict=True):
            rows = of(table, kind="mean", kernel=kernel)
            for algorithm in set(rows["algorithm"]) & set(figures.SHOWN):
                assert has(axes, of(rows, algorithm=algorithm), "alpha", "nmi")

    def test_alone(self, results: dict[str, Recorded]) -> None:
        table = results["alone"].table
        for axes, kernel in zip(alone_figures.alone(table).axes, KERNELS, strict=True):
            rates = (0.05, 1.0) if kernel in ("exponential", "hyperbolic") else (0.05,)
            assert all(has(axes, of(table, kind="alone", kernel=kernel, rate=rate), "alpha", "nmi") for rate in rates)
            shown = [y for _, y in lines(axes)]
            for algorithm in alone.POSTER:
                assert of(table, kind="poster", kernel=kernel, algorithm=algorithm)["nmi"].tolist() in shown
                assert of(table, kind="mean", kernel=kernel, algorithm=algorithm)["nmi"].tolist() in shown

    def test_growth(self, results: dict[str, Recorded]) -> None:
        table = of(results["stream"].table, kind="growth")
        panels = np.array(stream_figures.growth(table).axes).reshape(2, 4)
        for row, n in enumerate((table["n"].min(), table["n"].max())):
            for axes, kernel in zip(panels[row], KERNELS, strict=True):
                for algorithm in ("true", "dynamical", "recursive"):
                    assert has(axes, of(table, kernel=kernel, n=n, algorithm=algorithm), "time", "made")

    def test_rooms(self, results: dict[str, Recorded]) -> None:
        table = results["rooms"].table
        plan, upper, lower = rooms_figures.rooms(table).axes
        places = of(table, kind="place", form="collapsed")
        assert [text.get_text() for text in plan.texts] == [f"{label + 1:.0f}" for label in places["label"]]
        assert len(plan.patches) == 21
        for axes, form in ((upper, "mean field"), (lower, "collapsed")):
            walk = of(table, kind="walk", form=form)
            shown = sum((np.isfinite(y).sum() for _, y in lines(axes)), 0)
            assert shown == len(walk)

    def test_calibration(self, results: dict[str, Recorded]) -> None:
        table = of(results["calibration"].table, alpha=3, spread=3)
        panels = np.array(calibration_figures.calibration(table).axes).reshape(2, 4)
        for column, posterior in enumerate(("exact", "collapsed", "mean field", "network")):
            upper, lower = panels[:, column]
            ranks, pairs = (of(table, posterior=posterior, kind=kind) for kind in ("rank", "pair"))
            assert [bar.get_height() for bar in upper.patches[1:]] == ranks["share"].tolist()
            assert has(lower, pairs, "said", "was")

    def test_errata(self, results: dict[str, Recorded]) -> None:
        table = results["errata"].table
        odds, count, kernel = errata_figures.errata(table).axes
        assert has(odds, of(table, quantity="log10 of added odds"), "at", "found")
        for name in ("as meant", "aliased"):
            assert has(count, of(table, quantity=f"occupancy, {name}"), "at", "found")
        for name in ("here", "as published"):
            assert of(table, quantity=f"kernel, {name}")["found"].tolist() in [y for _, y in lines(kernel)]

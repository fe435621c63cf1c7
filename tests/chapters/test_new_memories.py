"""The chapter on memories made on demand: its claims, its figures, its chance, and slips that it must notice."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from panels import has, lines, of

from amem.book import Recorded
from amem.chapters.new_memories import experiments, figures
from amem.learning import streams
from amem.learning.restaurant import Restaurant
from amem.theory import restaurant

TINY = replace(
    experiments.PRESETS["quick"],
    preset="tiny",
    seats_customers=120,
    seats_samples=50,
    planted_points=300,
    planted_seeds=2,
    knob_points=60,
    knob_steps=3,
    knob_seeds=2,
    knob_mixtures=1,
    permutations=4,
    chains=2000,
    chain_customers=12,
    chain_alphas=(1.1, 15.37),
    sizes=(10, 100),
    repeats=3,
    stream_points=40,
    stream_n=(3,),
    stream_alphas=(5.0, 15.0),
    stream_spreads=(100.0,),
    seeds=1,
    sphere_points=30,
    sphere_alphas=(2.5,),
    sphere_kappas=(25.0,),
    alone_points=40,
    alone_samples=2,
    sphere_seeds=1,
    rooms_steps=30,
    rooms_seeds=2,
    calibration_draws=40,
    calibration_points=5,
    benchmark_seeds=1,
    benchmark_mixtures=1,
)


class TestMistakes:
    """What the chapter measures must show what it is for."""

    def test_recovery_notices_half_a_normaliser(self, monkeypatch: pytest.MonkeyPatch) -> None:
        right = Restaurant.log_joint

        def wrong(self: Restaurant, x: torch.Tensor) -> torch.Tensor:
            log_joint = right(self, x)
            half = x.shape[-1] / 4 * (1 + self.beta / self.rho).log()
            return torch.cat([log_joint[:, :-1], (log_joint[:, -1] + half)[:, None]], -1)

        monkeypatch.setattr(Restaurant, "log_joint", wrong)
        found = experiments.recover(replace(TINY, planted_points=600), n=10, normalised=True)
        assert found[-1]["memories"] > 8  # type: ignore[operator]

    def test_calibration_notices_a_wrong_alpha(self, monkeypatch: pytest.MonkeyPatch) -> None:
        exact = restaurant.exact_posterior

        def wrong(*arguments: object, alpha: float, **more: float) -> np.ndarray:
            return exact(*arguments, alpha=2 * alpha, **more)  # type: ignore[arg-type]

        config = replace(TINY, calibration_draws=1000, calibration_points=8)
        tested = [row for row in experiments.rank(config, 1.0, 3.0) if row.get("posterior") == "exact"]
        assert tested[-1]["chi_squared"] < 26  # type: ignore[operator]
        monkeypatch.setattr(restaurant, "exact_posterior", wrong)
        tested = [row for row in experiments.rank(config, 1.0, 3.0) if row.get("posterior") == "exact"]
        assert tested[-1]["chi_squared"] > 50  # type: ignore[operator]

    def test_sampled_tables_notice_a_kernel_that_counts_too_little(self, monkeypatch: pytest.MonkeyPatch) -> None:
        config, seatings = replace(TINY, chains=5000, chain_customers=30), restaurant.seatings
        assert abs(experiments.sit(config, "exponential", 1.1)[0]["deviation"]) < 4  # type: ignore[arg-type]
        monkeypatch.setattr(restaurant, "seatings", lambda weights, *more: seatings(0.9 * weights, *more))
        assert abs(experiments.sit(config, "exponential", 1.1)[0]["deviation"]) > 4  # type: ignore[arg-type]


class TestSlips:
    def test_the_aliased_oscillator_is_right_once(self) -> None:
        """Its first reading is right; reading again without anything having happened changes it."""
        kernel = streams.oscillator(0.7)
        aliased = experiments.Aliased(kernel.name, kernel.rates, kernel.weights)
        state = kernel.start(2, torch.ones(1, dtype=torch.float64)) + 1
        later = [form.later(state, 1.0) for form in (kernel, aliased)]
        right, first = (form.occupancy(part) for form, part in zip((kernel, aliased), later, strict=True))
        assert torch.allclose(first, right)
        assert torch.allclose(kernel.occupancy(later[0]), right)
        assert not torch.allclose(aliased.occupancy(later[1]), right, atol=0.1)

    def test_the_printed_formula_is_right_with_one_table(self) -> None:
        rows = pd.DataFrame(experiments._seating())
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
    (row,) = experiments._leads(scores)
    assert row["algorithm"] == "dynamical over recursive"
    assert row["lead"] == pytest.approx(0.1 + gap.mean()) and row["lead_error"] < 0.002


def test_alone_is_the_score_of_so_many_clusters() -> None:
    """2H/(H + log N), H being the entropy of the seating."""
    config = replace(TINY, alone_points=60, alone_samples=2)
    row = experiments.seat_alone(config, "constant", 1.0, 5.0)
    rng = experiments._numpy("alone", "constant", 1.0, 5.0)
    expected = []
    for seating in restaurant.seatings(np.ones((60, 60)), 5.0, 2, rng):
        chances = np.bincount(seating) / 60
        entropy = -(chances[chances > 0] * np.log(chances[chances > 0])).sum()
        expected.append(2 * entropy / (entropy + np.log(60)))
    assert row["nmi"] == pytest.approx(np.mean(expected), rel=1e-9)


def test_streams_are_drawn_from_the_model() -> None:
    """Memories, points and times of a walk: hallways and rooms take turns, neighbours are a step apart."""
    truth, positions, seen = experiments._building(replace(TINY, rooms_steps=200), 0)
    assert (truth[1::2] == 9).all() and (truth[::2] < 9).all() and seen.shape == (200, 100)
    assert np.allclose(np.abs(np.diff(positions, axis=0)).sum(-1), 0.5)
    assert set(np.unique(seen.numpy())) == {0.0, 1.0}


class TestFigures:
    def test_seats(self, results: dict[str, Recorded]) -> None:
        table = results["seats"].table
        left, right = figures.seats(table).axes
        widths = [patch.get_width() for patch in left.patches]
        assert widths == of(table, kind="seating")["chance"].tolist()
        for _, rows in of(table, kind="tables", source="theory").groupby(["alpha", "discount"]):
            assert has(right, rows, "customers", "tables")

    def test_recovery(self, results: dict[str, Recorded]) -> None:
        table = results["recovery"].table
        left, right = figures.recovery(table).axes
        for normalised in (True, False):
            for axes, column in ((left, "memories"), (right, "ari")):
                shown = [y for _, y in lines(axes)]
                assert of(table, normalised=normalised, kind="run")[column].tolist() in shown
                assert of(table, normalised=normalised, kind="median")[column].tolist() in shown

    def test_knobs(self, results: dict[str, Recorded]) -> None:
        table = results["knobs"].table
        panels = np.array(figures.knobs(table).axes).reshape(2, 2)
        for column, knob in enumerate(("alpha", "beta")):
            for row, quantity in enumerate(("memories", "ari")):
                for algorithm in ("network", "DP-means", "mixture"):
                    assert has(panels[row, column], of(table, knob=knob, algorithm=algorithm), "value", quantity)

    def test_orders(self, results: dict[str, Recorded]) -> None:
        table = results["orders"].table
        for axes, data in zip(figures.orders(table).axes, ("planted", "iris"), strict=True):
            heights = [patch.get_height() for patch in axes.patches]
            assert heights == [*(of(table, data=data, kind="count").sort_values("passes", kind="stable")["share"])]

    def test_prior(self, results: dict[str, Recorded]) -> None:
        table = results["dynamical_prior"].table
        panels = figures.prior(table).axes[:8]
        for place, source in enumerate(("sampled", "exact")):
            for axes, kernel in zip(panels[4 * place : 4 * place + 4], figures.KERNELS, strict=True):
                rows = of(table, kind="seat", kernel=kernel)
                image = np.asarray(axes.images[0].get_array())
                shown = image[rows["customer"].astype(int), rows["table"].astype(int)]
                assert np.array_equal(shown, rows[source].clip(lower=1e-9))

    def test_monte_carlo(self, results: dict[str, Recorded]) -> None:
        table = results["monte_carlo"].table
        for axes, kernel in zip(figures.monte_carlo(table).axes, figures.KERNELS, strict=True):
            for _, rows in of(table, kernel=kernel).groupby("alpha"):
                assert has(axes, rows, "samples", "expected") and has(axes, rows, "samples", "found")

    @pytest.mark.parametrize("name", ["stream", "sphere"])
    def test_scores(self, name: str, results: dict[str, Recorded]) -> None:
        table = results[name].table
        drawing, looks = getattr(figures, name), figures.STREAMS if name == "stream" else figures.ROUND
        for axes, kernel in zip(drawing(table).axes, figures.KERNELS, strict=True):
            rows = of(table, kind="mean", kernel=kernel)
            for algorithm in set(rows["algorithm"]) & set(looks):
                assert has(axes, of(rows, algorithm=algorithm), "alpha", "nmi")

    def test_alone(self, results: dict[str, Recorded]) -> None:
        table = results["alone"].table
        for axes, kernel in zip(figures.alone(table).axes, figures.KERNELS, strict=True):
            rates = (0.05, 1.0) if kernel in ("exponential", "hyperbolic") else (0.05,)
            assert all(has(axes, of(table, kind="alone", kernel=kernel, rate=rate), "alpha", "nmi") for rate in rates)
            shown = [y for _, y in lines(axes)]
            for algorithm in experiments.POSTER:
                assert of(table, kind="poster", kernel=kernel, algorithm=algorithm)["nmi"].tolist() in shown
                assert of(table, kind="mean", kernel=kernel, algorithm=algorithm)["nmi"].tolist() in shown

    def test_growth(self, results: dict[str, Recorded]) -> None:
        table = of(results["stream"].table, kind="growth")
        panels = np.array(figures.growth(table).axes).reshape(2, 4)
        for row, n in enumerate((table["n"].min(), table["n"].max())):
            for axes, kernel in zip(panels[row], figures.KERNELS, strict=True):
                for algorithm in ("true", "dynamical", "recursive"):
                    assert has(axes, of(table, kernel=kernel, n=n, algorithm=algorithm), "time", "made")

    def test_rooms(self, results: dict[str, Recorded]) -> None:
        table = results["rooms"].table
        plan, upper, lower = figures.rooms(table).axes
        places = of(table, kind="place", form="collapsed")
        assert [text.get_text() for text in plan.texts] == [f"{label + 1:.0f}" for label in places["label"]]
        assert len(plan.patches) == 21
        for axes, form in ((upper, "mean field"), (lower, "collapsed")):
            walk = of(table, kind="walk", form=form)
            shown = sum((np.isfinite(y).sum() for _, y in lines(axes)), 0)
            assert shown == len(walk)

    def test_calibration(self, results: dict[str, Recorded]) -> None:
        table = of(results["calibration"].table, alpha=3, spread=3)
        panels = np.array(figures.calibration(table).axes).reshape(2, 4)
        for column, posterior in enumerate(("exact", "collapsed", "mean field", "network")):
            upper, lower = panels[:, column]
            ranks, pairs = (of(table, posterior=posterior, kind=kind) for kind in ("rank", "pair"))
            assert [bar.get_height() for bar in upper.patches[1:]] == ranks["share"].tolist()
            assert has(lower, pairs, "said", "was")

    def test_errata(self, results: dict[str, Recorded]) -> None:
        table = results["errata"].table
        odds, count, kernel = figures.errata(table).axes
        assert has(odds, of(table, quantity="log10 of added odds"), "at", "found")
        for name in ("as meant", "aliased"):
            assert has(count, of(table, quantity=f"occupancy, {name}"), "at", "found")
        for name in ("here", "as published"):
            assert of(table, quantity=f"kernel, {name}")["found"].tolist() in [y for _, y in lines(kernel)]

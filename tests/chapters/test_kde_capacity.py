"""The chapter on the capacity of kernel density estimators: its claims, figures, chance, and an exact law."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from panels import has, lines, of
from scipy.integrate import quad

from amem.book import Recorded, verdict
from amem.book.questions import part
from amem.chapters.kde_capacity.bandwidths import experiment as bandwidths
from amem.chapters.kde_capacity.bandwidths import figures as bandwidths_figures
from amem.chapters.kde_capacity.certificates import experiment as certificates
from amem.chapters.kde_capacity.certificates import figures as certificates_figures
from amem.chapters.kde_capacity.fixed_concentration import experiment as fixed_concentration
from amem.chapters.kde_capacity.fixed_concentration import figures as fixed_concentration_figures
from amem.chapters.kde_capacity.fraction_stored import experiment as fraction_stored
from amem.chapters.kde_capacity.fraction_stored import figures as fraction_stored_figures
from amem.chapters.kde_capacity.guarantees import experiment as guarantees
from amem.chapters.kde_capacity.identities import experiment as identities
from amem.chapters.kde_capacity.rates import experiment as rates
from amem.chapters.kde_capacity.rates import figures as rates_figures
from amem.chapters.kde_capacity.rule_of_thumb import experiment as rule_of_thumb
from amem.chapters.kde_capacity.rule_of_thumb import figures as rule_of_thumb_figures
from amem.chapters.kde_capacity.thresholds import half, with_thresholds
from amem.chapters.kde_capacity.two_points import experiment as two_points
from amem.chapters.kde_capacity.two_points import figures as two_points_figures
from amem.chapters.kde_capacity.wells import experiment as wells
from amem.chapters.kde_capacity.wells import figures as wells_figures
from amem.experiment import Config
from amem.measures import proportion
from amem.theory import kde

FEW = fraction_stored.Numbers(trials=16, steps=2000, largest_n=(6, 4), theory_n=10)
TINY: dict[str, Config] = {
    "bandwidths": bandwidths.Numbers(trials=16, steps=2000, n=(4,), p=8),
    "certificates": certificates.Numbers(trials=16, steps=2000, cases=((3.0, 8),), p=(8,)),
    "fixed_concentration": fixed_concentration.Numbers(trials=16, steps=2000, n=(4, 6)),
    "fraction_stored": FEW,
    "guarantees": guarantees.Numbers(trials=16, steps=2000, cases=((2.0, 20),)),
    "identities": identities.Numbers(steps=2000),
    "rates": rates.Numbers(),
    "rule_of_thumb": rule_of_thumb.Numbers(trials=16, steps=2000, n=(3, 5), p=(20,)),
    "two_points": two_points.Numbers(steps=2000),
    "wells": wells.Numbers(),
}
CLAIMS = {
    claim.id: (question, claim)
    for question in TINY
    if (claims := part(f"amem.chapters.kde_capacity.{question}", "claims"))
    for claim in claims.CLAIMS
}


def test_every_query_came_to_rest(results: dict[str, Recorded]) -> None:
    counted = [result.table["unfinished"] for result in results.values() if "unfinished" in result.table]
    assert len(counted) == 5
    assert sum(column.fillna(0).sum() for column in counted) == 0


@pytest.mark.parametrize(
    ("claim", "column", "rows", "wrong"),
    [
        ("slope", "p", "source == 'threshold' and n == 8", lambda p: 2 * p),
        ("mean-field", "p", "source == 'mean field' and radius_ratio == 1", lambda p: 3 * p),
        ("mean-field-wide", "p", "source == 'mean field' and radius_ratio == 1.5 and n == 4", lambda p: p / 10),
        ("numbers", "p", "source == 'threshold' and radius_ratio == 1 and n == 8", lambda p: 1.5 * p),
        ("numbers-wide", "p", "source == 'threshold' and radius_ratio == 1.5 and n == 8", lambda p: 1.5 * p),
        ("promise", "stored", "n == 75", lambda part: part - 0.001),
        ("certified", "certified_stored", "n == 24", lambda part: part - 0.001),
        ("contraction", "spread", "n == 8", lambda apart: apart + 1e-5),
        ("displacement", "excess", "n == 16", lambda over: over + 1.0),
        ("rate", "predicted", "radius_ratio == 2", lambda rate: rate + 0.002),
        ("two-points", "right", "distance < 1.5", lambda x: x + 0.1),
        ("transition", "bandwidth", "source == 'mean field'", lambda width: 1.1 * width),
        ("limit", "p", "source == 'limit'", lambda p: p / 10),
        ("saturation-8", "p", "source == 'threshold' and concentration == 8", lambda p: 2 * p),
        ("scott", "stored", "cloud == 'sphere' and p == 3000 and n == 8", lambda part: part + 0.3),
    ],
)
def test_a_claim_sees_a_wrong_number(
    claim: str, column: str, rows: str, wrong: Callable[[pd.Series], pd.Series], results: dict[str, Recorded]
) -> None:
    question, judged = CLAIMS[f"claim-kde-capacity-{claim}"]
    spoiled = results[question].table.copy()
    index = spoiled.query(rows).index
    assert len(index)
    spoiled.loc[index, column] = wrong(spoiled.loc[index, column].astype(float))
    assert verdict(judged, spoiled).text == "not reproduced"


def test_wells_merge(results: dict[str, Recorded]) -> None:
    modes = results["wells"].table.query("kind == 'mode'").groupby("bandwidth").size()
    assert modes.tolist() == [12, 3, 1]


class TestExactLaw:
    """Two random points on a sphere: the density of their angle and the pitchfork give the fraction stored exactly."""

    @staticmethod
    def fraction(n: int, radius: float, bandwidth: float) -> float:
        def stored(angle: float) -> bool:
            d = 2 * radius * math.sin(angle / 2)
            return d / 2 - kde.two_point_mode(d, bandwidth) < 0.1 * radius

        low, high = 1e-6, math.pi
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (low, middle) if stored(middle) else (middle, high)
        density = lambda angle: math.sin(angle) ** (n - 2)  # noqa: E731
        return quad(density, high, math.pi)[0] / quad(density, 0, math.pi)[0]

    def z(self, n: int, ratio: float, bandwidth: float = 1.0) -> float:
        config = replace(FEW, trials=1000)
        found = fraction_stored.count_stored(config, radius_ratio=ratio, n=n, p=2)
        exact = self.fraction(n, ratio * math.sqrt(n), bandwidth)
        pairs = found["tested"] / 2  # two points are stored, or not, together
        return (found["stored"] - exact) / math.sqrt(exact * (1 - exact) / pairs)

    @pytest.mark.parametrize(("n", "ratio"), [(4, 1.0), (6, 1.0), (4, 1.5)])
    def test_holds(self, n: int, ratio: float) -> None:
        assert abs(self.z(n, ratio)) <= 4

    def test_would_notice_a_kernel_without_its_half(self) -> None:
        assert abs(self.z(4, 1.0, bandwidth=math.sqrt(0.5))) > 4

    def test_would_notice_a_wrong_radius(self) -> None:
        assert abs(self.z(4, 1.0, bandwidth=math.sqrt(4 / 3))) > 4, "M = K√(n−1) for K√n"


def test_intervals_count_two_points_as_one_trial() -> None:
    """Of two points both are stored or none; intervals that took them for independent would be too short by √2."""
    found = fraction_stored.count_stored(replace(FEW, trials=60), radius_ratio=1.0, n=4, p=2)
    stored = round(found["stored"] * found["tested"])
    assert stored % 2 == 0
    assert (found["low"], found["high"]) == proportion(stored // 2, found["tested"] // 2)[1:]


def test_certificates_notice_a_theorem_that_certifies_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kde, "certified", lambda points, bandwidth: np.ones(len(points), dtype=bool))
    row = certificates.certify(certificates.Numbers(trials=16, steps=2000), radius_ratio=1.0, n=6, p=64)
    assert row["certified_stored"] < 0.1


def test_thresholds_find_where_planted_curves_cross_one_half() -> None:
    p = np.array([2, 4, 8, 11, 16, 23, 32, 45, 64])
    curves = [
        pd.DataFrame({"n": n, "p": p, "stored": stored, "low": stored - 0.1, "high": stored + 0.1})
        for n, stored in ((5, 1 / (1 + np.exp((p - 20.0) / 4))), (6, np.exp(-p * math.log(2) / 12)))
    ]
    table = with_thresholds(pd.concat(curves), [{"source": "mean field", "n": 5, "p": 21.0}], ["n"])
    found = of(table, source="threshold")
    assert found["n"].tolist() == [5, 6]
    assert np.allclose(found["p"], [20, 12], rtol=0.02), "a symmetric and an exponential one"
    assert found["p_low"].tolist() == [16, 8] and found["p_high"].tolist() == [23, 16], "no reading between the points"
    assert (table["source"] == "simulation").sum() == 2 * len(p) and table["source"].iloc[-1] == "mean field"


def test_a_ripple_above_one_half_is_no_crossing() -> None:
    assert half(np.array([2, 4, 8, 16]), np.array([0.9, 0.7, 0.72, 0.2])) > 8


def test_guarantees_of_fewer_than_two_points_are_left_out() -> None:
    rows = pd.DataFrame(fraction_stored.predictions(1.0, replace(FEW, theory_n=40)))
    assert rows["p"].min() >= 2
    assert rows.groupby("source")["n"].min().to_dict() == {
        "asymptotic rate": 6,
        "mean field": 4,
        "theorem A": 38,
        "theorem B": 10,
    }


def test_other_numbers_draw_other_chance() -> None:
    assert fraction_stored.count_stored(replace(FEW, trials=400), 1.0, 4, 4) != fraction_stored.count_stored(
        FEW, 1.0, 4, 4
    )


class TestFigures:
    def test_fraction_stored(self, results: dict[str, Recorded]) -> None:
        table = results["fraction_stored"].table.query("radius_ratio == 1")
        (axes,) = fraction_stored_figures.fraction_stored(table).axes
        for n, rows in of(table, source="simulation").groupby("n"):
            assert has(axes, rows, "p", "stored")
            assert [text for text in axes.texts if str(n) in text.get_text()]
            predicted = of(table, source="mean field", n=n)["p"].item()
            assert ([predicted], [-0.06]) in lines(axes)

    def test_growth(self, results: dict[str, Recorded]) -> None:
        table = results["fraction_stored"].table
        left, right = fraction_stored_figures.growth(table).axes
        for _, rows in of(table, source="threshold").groupby("radius_ratio"):
            assert has(left, rows, "n", "p")
        for source in ("mean field", "asymptotic rate", "theorem A", "theorem B", "threshold"):
            assert has(right, of(table, source=source, radius_ratio=1), "n", "p")

    def test_bandwidth(self, results: dict[str, Recorded]) -> None:
        table = results["bandwidths"].table
        (axes,) = bandwidths_figures.bandwidth(table).axes
        for n, rows in of(table, source="simulation").groupby("n"):
            assert has(axes, rows, "bandwidth", "stored")
            predicted = of(table, source="mean field", n=n)["bandwidth"].item()
            assert ([predicted, predicted], [0, 1]) in lines(axes)

    def test_exponential_in_what(self, results: dict[str, Recorded]) -> None:
        table = results["fixed_concentration"].table
        (axes,) = fixed_concentration_figures.exponential_in_what(table).axes
        for concentration in (8, 12):
            for source in ("threshold", "mean field", "limit"):
                assert has(axes, of(table, source=source, concentration=concentration), "n", "p")

    def test_certificates(self, results: dict[str, Recorded]) -> None:
        table = results["certificates"].table
        panels = certificates_figures.certificates(table).axes
        cases = [rows for _, rows in table.groupby(["radius_ratio", "n"], sort=False)]
        for axes, rows in zip(panels, cases, strict=True):
            assert all(has(axes, rows, "p", column) for column in ("stored", "by_a", "by_b"))

    def test_rule_of_thumb(self, results: dict[str, Recorded]) -> None:
        table = results["rule_of_thumb"].table
        (axes,) = rule_of_thumb_figures.rule_of_thumb(table).axes
        assert all(has(axes, rows, "n", "stored") for _, rows in table.groupby(["cloud", "p"]))
        legend = axes.get_legend()
        assert legend and len(legend.get_texts()) == len(table.groupby(["cloud", "p"]))

    def test_rates_and_two_points(self, results: dict[str, Recorded]) -> None:
        table = results["rates"].table
        (axes,) = rates_figures.rates(table).axes
        assert all(has(axes, table, "radius_ratio", column) for column in ("predicted", "theorem A", "theorem B"))
        table = results["two_points"].table
        (axes,) = two_points_figures.two_points(table).axes
        assert all(has(axes, table, "distance", column) for column in ("left", "right", "predicted"))

    def test_wells(self, results: dict[str, Recorded]) -> None:
        table = results["wells"].table
        panels = [axes for axes in wells_figures.wells(table).axes if axes.get_title()]
        for axes, (bandwidth, rows) in zip(panels, table.groupby("bandwidth"), strict=True):
            assert axes.get_title().startswith(f"$h = {bandwidth:g}$")
            assert has(axes, of(rows, kind="point"), "x", "y")
            assert has(axes, of(rows, kind="mode"), "x", "y")
            assert all(has(axes, path, "x", "y") for _, path in of(rows, kind="path").groupby("path"))

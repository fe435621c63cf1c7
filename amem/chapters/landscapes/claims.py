"""What the papers state in numbers, and the intervals in which we expect to measure them."""

import math
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from amem.book import Claim, numbers


def _coefficient(error: float, table: pd.DataFrame) -> float:
    return float(numbers(table, "coefficient", memory="quadratic", error=error)[0])


def _farthest_from_exact(memory: str, table: pd.DataFrame) -> float:
    """The largest number of standard errors between simulation and exact law."""
    return float(np.abs(numbers(table, "deviation", memory=memory, source="simulation")).max())


def _farthest_from_gaussian(memory: str, table: pd.DataFrame) -> float:
    """The largest relative distance to the Gaussian limit, for z in [2, 3.3] where at least 300 errors were seen."""
    found, limit = (
        numbers(table, "error", memory=memory, source=source) for source in ("simulation", "theory, Gaussian limit")
    )
    load, errors = (numbers(table, name, memory=memory, source="simulation") for name in ("load", "errors"))
    counted = (load >= 3.3**-2) & (load <= 2**-2) & (errors >= 300)
    return float(np.abs(found / limit - 1)[counted].max())


def _thresholds(memory: str, kept: str, source: str, table: pd.DataFrame) -> NDArray[np.float64]:
    """Sizes and threshold loads, (2, sizes)."""
    chosen = {"memory": memory, "kept": kept, "quantity": "threshold", "source": source}
    return np.stack([numbers(table, name, **chosen) for name in ("n", "load")])


def _log_ratio(memory: str, kept: str, table: pd.DataFrame) -> float:
    """The largest |ln(measured/exact)| over the sizes."""
    found, exact = (_thresholds(memory, kept, source, table)[1] for source in ("simulation", "theory, exact"))
    return float(np.abs(np.log(found / exact)).max())


def _growth(memory: str, kept: str, source: str, table: pd.DataFrame) -> float:
    """The slope of ln load against n for the exponential memory, against ln n for the others."""
    n, load = _thresholds(memory, kept, source, table)
    return float(np.polyfit(n if memory == "exponential" else np.log(n), np.log(load), 1)[0])


def _growth_beside_exact(memory: str, kept: str, table: pd.DataFrame) -> float:
    return _growth(memory, kept, "simulation", table) - _growth(memory, kept, "theory, exact", table)


def _nearing_formula(memory: str, table: pd.DataFrame) -> float:
    """The measured threshold over the formula's: this ratio at the largest size over that at the smallest."""
    found, formula = (
        _thresholds(memory, "one pattern", source, table)[1] for source in ("simulation", "theory, asymptotic")
    )
    return float(found[-1] / formula[-1] * formula[0] / found[0])


def _birthday_crossing(table: pd.DataFrame) -> float:
    """The load at which half of the draws keep all patterns, off the counts at the largest size, over the law's."""
    n = _thresholds("exponential", "all patterns", "theory, asymptotic", table)[0].max()
    chosen = {"kept": "all patterns", "n": n, "source": "simulation", "quantity": "rate"}
    load, rate = (numbers(table, name, **chosen) for name in ("load", "rate"))
    order = np.argsort(load)
    crossing = np.exp(np.interp(-0.5, -rate[order], np.log(load[order])))
    return float(crossing / _thresholds("exponential", "all patterns", "theory, asymptotic", table)[1][-1])


def _recall_change(kept: str, rate: float, flipped: float, table: pd.DataFrame) -> float:
    """Recall at the largest size minus recall at the smallest."""
    n, restored, part = (
        numbers(table, name, kept=kept, rate=rate, source="simulation") for name in ("n", "restored", "flipped")
    )
    n, restored = n[np.isclose(part, flipped)], restored[np.isclose(part, flipped)]
    return float(restored[n.argmax()] - restored[n.argmin()])


def _effective(low: float, high: float, table: pd.DataFrame) -> float:
    """The effective number of memories, averaged over the β in an interval."""
    beta, effective = (numbers(table, name, patterns="clustered") for name in ("beta", "effective"))
    return float(effective[(beta >= low) & (beta <= high)].mean())


def _outside_bounds(table: pd.DataFrame) -> float:
    return max(-numbers(table, "energy_lowest").min(), numbers(table, "energy_highest").max() - 1, 0.0)


def _largest(name: str, table: pd.DataFrame) -> float:
    return float(np.nanmax(numbers(table, name)))


def _final_overlap(models: tuple[str, ...], table: pd.DataFrame) -> float:
    """The smallest overlap at the end among some models."""
    return min(float(numbers(table, "overlap", model=model)[-1]) for model in models)


def _epanechnikov(table: pd.DataFrame) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Memories and attractors in the plane, and the reach of the kernels."""
    memories, attractors = (
        np.stack([numbers(table, name, energy="Epanechnikov", kind=kind) for name in "xy"], axis=-1)
        for kind in ("memory", "attractor")
    )
    return memories, attractors, float(numbers(table, "parameter", energy="Epanechnikov")[0])


def _isolated_off(table: pd.DataFrame) -> float:
    """How far the farthest memory without a neighbour in reach is from the nearest attractor."""
    memories, attractors, reach = _epanechnikov(table)
    apart = np.linalg.norm(memories[:, None] - memories, axis=-1) + np.diag(np.full(len(memories), math.inf))
    alone = memories[apart.min(-1) > reach]
    return float(np.linalg.norm(alone[:, None] - attractors, axis=-1).min(-1).max())


def _emergent(table: pd.DataFrame) -> float:
    """How many attractors are not memories."""
    memories, attractors, _ = _epanechnikov(table)
    return float((np.linalg.norm(attractors[:, None] - memories, axis=-1).min(-1) > 0.01).sum())


def _steeper_is_better(table: pd.DataFrame) -> float:
    """The smallest gain in recall, averaged over cues and loads, from one memory to the next steeper one."""
    order = ("quadratic", "cubic", "exponential", "log-sum-exp")
    return float(np.diff([numbers(table, "recalled", memory=memory).mean() for memory in order]).min())


CLAIMS = [
    Claim(
        id="claim-landscapes-alpha-036",
        says="In the Gaussian limit the quadratic memory holds $p = 0.138\\,n$ patterns when 0.36 % of the bits may "
        "err.",
        source="krotov2016dense, eq. 6",
        mark="PAPER",
        experiment="coefficients",
        measure=partial(_coefficient, 0.0036),
        stated=0.138,
        expect=(0.1375, 0.1385),
        because="the number is given to three digits",
    ),
    Claim(
        id="claim-landscapes-alpha-050",
        says="In that limit, at an error of 0.5 %, it holds $p = 0.151\\,n$.",
        source="krotov2016dense, eq. 6",
        mark="PAPER",
        experiment="coefficients",
        measure=partial(_coefficient, 0.005),
        stated=0.151,
        expect=(0.1505, 0.1515),
        because="the number is given to three digits",
    ),
    *(
        Claim(
            id=f"claim-landscapes-exact-{memory}",
            says=f"One-step bit error, {memory} memory: most standard errors between simulation and exact law.",
            source="krotov2016dense, eq. 2; the exact law is ours",
            mark="RECONSTRUCTED",
            experiment="one_step_error",
            measure=partial(_farthest_from_exact, memory),
            expect=(0, 4),
            because="four standard errors at the worst of eight loads",
        )
        for memory in ("quadratic", "cubic", "quartic")
    ),
    *(
        Claim(
            id=f"claim-landscapes-gaussian-{memory}",
            says=f"One-step bit error, {memory} memory, $n$ = 100: largest relative distance to $Q(z)$, $2≤z≤3.3$.",
            source="krotov2016dense, eq. 5; the tolerance is ours",
            mark="RECONSTRUCTED",
            experiment="one_step_error",
            measure=partial(_farthest_from_gaussian, memory),
            expect=(0, 0.35),
            because="a tolerance of 35 % on loads with at least 300 observed errors",
            finding=finding,
        )
        for memory, finding in (
            (
                "quadratic",
                "Not the simulation's fault: it follows the exact law, at $p = 10$ only half of $Q(z)$. The limit has "
                "$p$ where the cross-talk has $p-1$ terms, and at even $p$ some fields are zero, which is no error.",
            ),
            ("cubic", ""),
        )
    ),
    Claim(
        id="claim-landscapes-sequential-descent",
        says=(
            "Changing one spin after the other never raises the energy: largest rise from sweep to sweep, relative to "
            "the energy."
        ),
        source="krotov2016dense, eq. 2; demircigil2017model, eq. 5",
        mark="PAPER",
        experiment="descent",
        measure=partial(_largest, "rise"),
        expect=(-1, 1e-14),
        because="rounding; 200 random starts, 50 spins, four memories",
    ),
    *(
        Claim(
            id=f"claim-landscapes-threshold-{memory}",
            says=f"Threshold load of one given pattern, {memory} memory: largest $|\\ln|$ of measured over exact law.",
            source="krotov2016dense, sec. 3; the exact law is ours",
            mark="RECONSTRUCTED",
            experiment="capacity",
            measure=partial(_log_ratio, memory, "one pattern"),
            expect=(0, 0.25),
            because="the law takes a pattern's bits as independent, which they are not quite at small sizes",
        )
        for memory in ("quadratic", "cubic", "quartic")
    ),
    *(
        Claim(
            id=f"claim-landscapes-exponent-{memory}",
            says=f"Growth exponent of the threshold, {memory} memory: measured minus exact law's at the same sizes "
            f"(as $n→∞$ it is {order - 1}, approached from below as $1/\\ln n$).",
            source="krotov2016dense, eq. 6",
            mark="PAPER",
            experiment="capacity",
            measure=partial(_growth_beside_exact, memory, "one pattern"),
            expect=(-0.2, 0.2),
            because="thresholds known to about a tenth over a factor of three in size",
        )
        for memory, order in (("quadratic", 2), ("cubic", 3), ("quartic", 4))
    ),
    *(
        Claim(
            id=f"claim-landscapes-formula-{memory}",
            says=f"Threshold, {memory} memory, over $n^{{{order - 1}}}/(2({2 * order - 3})!!\\ln n)$, its limit: "
            "this ratio at the largest size over that at the smallest.",
            source="krotov2016dense, eq. 7",
            mark="PAPER",
            experiment="capacity",
            measure=partial(_nearing_formula, memory),
            expect=(0, 1),
            because="the formula asks that errors vanish, the threshold that they spoil half of the patterns; their "
            "ratio falls, from about two, as slowly as $\\ln\\ln n/\\ln n$",
        )
        for memory, order in (("quadratic", 2), ("cubic", 3), ("quartic", 4))
    ),
    Claim(
        id="claim-landscapes-exponential-one-rate",
        says="Exponential memory, one given pattern: the threshold grows as $e^{0.675\\,n}$.",
        source="chaudhry2023long, capacity of one transition; the rate for a fixed point is ours",
        mark="RECONSTRUCTED",
        experiment="capacity",
        measure=partial(_growth, "exponential", "one pattern", "simulation"),
        expect=(0.60, 0.69),
        because=(
            "at these sizes the factor $1/(2\\ln n)$ takes 0.03 off the slope; as much again for what else is finite"
        ),
        finding="The rate is a limit. At $n$ ≤ 20 a handful of near patterns make most of the cross-talk, then far "
        "from Gaussian: the exact law at the same sizes has the measured slope (next claim).",
    ),
    Claim(
        id="claim-landscapes-exponential-one-exact",
        says="The same slope, measured minus exact law's at the same sizes.",
        source="demircigil2017model, eq. 5; the exact law is ours",
        mark="RECONSTRUCTED",
        experiment="capacity",
        measure=partial(_growth_beside_exact, "exponential", "one pattern"),
        expect=(-0.03, 0.03),
        because="thresholds known to about a tenth over eight neurons or more",
    ),
    Claim(
        id="claim-landscapes-exponential-all-rate",
        says="Exponential memory, all patterns at once: the threshold grows as $2^{n/2} = e^{0.347\\,n}$.",
        source="demircigil2017model, thm. 3 at ρ = 0",
        mark="PAPER",
        experiment="capacity",
        measure=partial(_growth, "exponential", "all patterns", "simulation"),
        expect=(0.27, 0.34),
        because=(
            "pairs that differ in one spin are $n$ times as many as equal pairs, which takes about 0.04 off the "
            "slope; ± 0.03"
        ),
    ),
    Claim(
        id="claim-landscapes-exponential-birthday",
        says="All patterns at once: largest $|\\ln|$ of the measured threshold over the birthday law.",
        source="demircigil2017model, thm. 3; the constant is ours",
        mark="RECONSTRUCTED",
        experiment="capacity",
        measure=partial(_log_ratio, "exponential", "all patterns"),
        expect=(0, 0.15),
        because="the interval of a fitted threshold is about ± 5 %, of which the worst of several sizes",
    ),
    Claim(
        id="claim-landscapes-birthday-crossing",
        says="All patterns at once, largest size: the load at which half of the draws keep all, over "
        "$\\sqrt{2\\ln2\\cdot2^n/n}$.",
        source="demircigil2017model, thm. 3; the constant is ours",
        mark="RECONSTRUCTED",
        experiment="capacity",
        measure=_birthday_crossing,
        expect=(0.93, 1.07),
        because="a rate of one half is known to ± 0.05, a load therefore to about 7 %",
    ),
    Claim(
        id="claim-landscapes-recall-below",
        says=(
            "A fifth of the bits flipped, $\\alpha$ = 0.15: recall of a given pattern rises with $n$ (largest size "
            "minus smallest)."
        ),
        source="demircigil2017model, thm. 3; the one-pattern threshold 0.193 is ours",
        mark="RECONSTRUCTED",
        experiment="exponential_recall",
        measure=partial(_recall_change, "one pattern", 0.15, 0.2),
        expect=(0.1, 1),
        because=(
            "below the one-pattern threshold the error vanishes, slowly; above the all-patterns threshold of 0.096 "
            "it need not"
        ),
    ),
    *(
        Claim(
            id=f"claim-landscapes-recall-above-{round(100 * rate):03d}",
            says=f"At $\\alpha$ = {rate} it falls (largest size minus smallest).",
            source="demircigil2017model, thm. 3; the one-pattern threshold 0.193 is ours",
            mark="RECONSTRUCTED",
            experiment="exponential_recall",
            measure=partial(_recall_change, "one pattern", rate, 0.2),
            expect=(-1, -0.01),
            because="above the threshold recall vanishes",
        )
        for rate in (0.22, 0.24, 0.26)
    ),
    Claim(
        id="claim-landscapes-recall-all",
        says="A tenth of the bits flipped, $\\alpha$ = 0.15, threshold 0.184: the chance that *all* patterns "
        "are restored in one step rises with $n$ (largest size minus smallest).",
        source="demircigil2017model, thm. 3",
        mark="PAPER",
        experiment="exponential_recall",
        measure=partial(_recall_change, "all patterns", 0.15, 0.1),
        expect=(0.05, 1),
        because="the theorem says that it tends to 1",
    ),
    Claim(
        id="claim-landscapes-energy-bounds",
        says="$0 ≤ E ≤ 2M^2$ along every path of attention: how far outside, over $2M^2$.",
        source="ramsauer2021hopfield, lemma A1",
        mark="RECALLED",
        experiment="temperatures",
        measure=_outside_bounds,
        expect=(0, 1e-12),
        because="a theorem, up to rounding",
    ),
    Claim(
        id="claim-landscapes-attention-descent",
        says="A step of attention never raises the energy, from the cue on: largest rise over $2M^2$.",
        source="ramsauer2021hopfield, thm. 1",
        mark="PAPER",
        experiment="temperatures",
        measure=partial(_largest, "energy_rise"),
        expect=(-1, 1e-12),
        because="a theorem, up to the rounding of $\\beta^{-1}\\ln p$ at small $\\beta$",
    ),
    *(
        Claim(
            id=f"claim-landscapes-regime-{name}",
            says=f"Ten clusters of five: effective number of memories in a fixed point at {where}.",
            source="ramsauer2021hopfield, sec. 2",
            mark="RECALLED",
            experiment="temperatures",
            measure=partial(_effective, *interval),
            expect=expect,
            because=because,
        )
        for name, where, interval, expect, because in (
            ("global", "$\\beta ≤ 0.02$", (0, 0.02), (49, 50), "the average of all fifty"),
            ("cluster", "$0.2 ≤ \\beta ≤ 0.5$", (0.2, 0.5), (4.5, 5.5), "the average of a cluster of five"),
            ("single", "$\\beta ≥ 4$", (3.9, math.inf), (1, 1.01), "one pattern"),
        )
    ),
    Claim(
        id="claim-landscapes-two-layer-descent",
        says=(
            "The energy of the two-layer network never rises in any of the four models: largest rise in an Euler "
            "step, over max |E|."
        ),
        source="krotov2021large, eq. 3",
        mark="PAPER",
        experiment="two_layer",
        measure=partial(_largest, "rise"),
        expect=(-1, 2e-12),
        because="the theorem holds in continuous time; rounding and Euler steps of 0.002",
    ),
    Claim(
        id="claim-landscapes-two-layer-recall",
        says="In our draw, models A, B and C end at the cued memory: smallest overlap.",
        source="krotov2021large, sec. 3; settings are ours",
        mark="RECONSTRUCTED",
        experiment="two_layer",
        measure=partial(_final_overlap, ("A, dense memory", "B, attention", "C, on the sphere")),
        expect=(0.99, 1.000001),
        because="twelve memories are few for a steep energy",
    ),
    Claim(
        id="claim-landscapes-two-layer-overload",
        says="In the same draw Hopfield's model does not, with twelve memories in thirty neurons: its overlap.",
        source="krotov2021large, sec. 3; settings are ours",
        mark="RECONSTRUCTED",
        experiment="two_layer",
        measure=partial(_final_overlap, ("Hopfield",)),
        expect=(-1, 0.9),
        because="twelve is three times $0.14\\,n$",
    ),
    Claim(
        id="claim-landscapes-epanechnikov-exact",
        says=(
            "The Epanechnikov energy keeps memories without a neighbour in reach exactly: largest distance to where "
            "paths end."
        ),
        source="hoover2025epanechnikov",
        mark="PAPER",
        experiment="landscapes",
        measure=_isolated_off,
        expect=(0, 1e-5),
        because="paths stop when a stride is below 10⁻⁷",
    ),
    Claim(
        id="claim-landscapes-epanechnikov-emergent",
        says="It adds memories that were never stored: how many.",
        source="hoover2025epanechnikov",
        mark="PAPER",
        experiment="landscapes",
        measure=_emergent,
        expect=(1, 6),
        because="one or more, in this layout",
    ),
    Claim(
        id="claim-landscapes-images",
        says=(
            "The steeper the energy, the more images come back: smallest gain from one of the four memories to the "
            "next."
        ),
        source="krotov2016dense, sec. 1; settings are ours",
        mark="RECONSTRUCTED",
        experiment="image_recall",
        measure=_steeper_is_better,
        expect=(0.02, 1),
        because="a gain above the sampling error, averaged over cues and loads",
    ),
]

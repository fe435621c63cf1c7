"""What is said of the capacities, as numbers."""

from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from amem.book import Claim, numbers
from amem.chapters.landscapes.sources import ALL_RATE, BIRTHDAY, CAPACITY, EXPONENTIAL, FORMULA, LIMIT, ONE_RATE


def thresholds(memory: str, kept: str, source: str, table: pd.DataFrame) -> NDArray[np.float64]:
    """Sizes, from the smallest on, and threshold loads, (2, sizes)."""
    chosen = {"memory": memory, "kept": kept, "quantity": "threshold", "source": source}
    return np.stack([numbers(table.sort_values("n"), name, **chosen) for name in ("n", "load")])


def _log_ratio(memory: str, kept: str, table: pd.DataFrame) -> float:
    """The largest |ln(measured/exact)| over the sizes."""
    found, exact = (thresholds(memory, kept, source, table)[1] for source in ("simulation", "theory, exact"))
    return float(np.abs(np.log(found / exact)).max())


def growth(memory: str, kept: str, source: str, table: pd.DataFrame) -> float:
    """The slope of ln load against n for the exponential memory, against ln n for the others."""
    n, load = thresholds(memory, kept, source, table)
    return float(np.polyfit(n if memory == "exponential" else np.log(n), np.log(load), 1)[0])


def _growth_beside_exact(memory: str, kept: str, table: pd.DataFrame) -> float:
    return growth(memory, kept, "simulation", table) - growth(memory, kept, "theory, exact", table)


def _nearing_formula(memory: str, table: pd.DataFrame) -> float:
    """The measured threshold over the formula's: this ratio at the largest size over that at the smallest."""
    sizes, found = thresholds(memory, "one pattern", "simulation", table)
    formula = thresholds(memory, "one pattern", "theory, asymptotic", table)[1]
    largest, smallest = sizes.argmax(), sizes.argmin()
    return float(found[largest] / formula[largest] * formula[smallest] / found[smallest])


def birthday_crossing(table: pd.DataFrame) -> float:
    """The load at which half of the draws keep all patterns, off the counts at the largest size, over the law's."""
    sizes, law = thresholds("exponential", "all patterns", "theory, asymptotic", table)
    chosen = {"kept": "all patterns", "n": sizes.max(), "source": "simulation", "quantity": "rate"}
    load, rate = (numbers(table.sort_values("load"), name, **chosen) for name in ("load", "rate"))
    return float(np.exp(np.interp(-0.5, -rate, np.log(load))) / law[sizes.argmax()])


CLAIMS = [
    *(
        Claim(
            f"claim-landscapes-threshold-{memory}",
            CAPACITY,
            (0, 0.25),
            partial(_log_ratio, memory, "one pattern"),
            says=f"Threshold load of one given pattern, {memory} memory: largest $|\\ln|$ of measured over exact law.",
            because="the law takes a pattern's bits as independent, which they are not quite at small sizes",
        )
        for memory in ("quadratic", "cubic", "quartic")
    ),
    *(
        Claim(
            f"claim-landscapes-exponent-{memory}",
            LIMIT,
            (-0.2, 0.2),
            partial(_growth_beside_exact, memory, "one pattern"),
            says=f"Growth exponent of the threshold, {memory} memory: measured minus exact law's at the same sizes "
            f"(as $n→∞$ it is {order - 1}, approached from below as $1/\\ln n$).",
            because="thresholds known to about a tenth over a factor of three in size",
        )
        for memory, order in (("quadratic", 2), ("cubic", 3), ("quartic", 4))
    ),
    *(
        Claim(
            f"claim-landscapes-formula-{memory}",
            FORMULA,
            (0, 1),
            partial(_nearing_formula, memory),
            says=f"Threshold, {memory} memory, over $n^{{{order - 1}}}/(2({2 * order - 3})!!\\ln n)$, its limit: "
            "this ratio at the largest size over that at the smallest.",
            because="the formula asks that errors vanish, the threshold that they spoil half of the patterns; their "
            "ratio falls, from about two, as slowly as $\\ln\\ln n/\\ln n$",
        )
        for memory, order in (("quadratic", 2), ("cubic", 3), ("quartic", 4))
    ),
    Claim(
        "claim-landscapes-exponential-one-rate",
        ONE_RATE,
        (0.60, 0.69),
        partial(growth, "exponential", "one pattern", "simulation"),
        says="Exponential memory, one given pattern: the threshold grows as $e^{0.675\\,n}$.",
        because="at these sizes the factor $1/(2\\ln n)$ takes 0.03 off the slope; as much again for what else is "
        "finite",
        finding="The rate is a limit. At $n$ ≤ [[one_largest]] a handful of near patterns make most of the "
        "cross-talk, then far from Gaussian: the exact law at the same sizes has a slope of [[one_slope_exact]], and "
        "[[measured]] was measured.",
    ),
    Claim(
        "claim-landscapes-exponential-one-exact",
        EXPONENTIAL,
        (-0.03, 0.03),
        partial(_growth_beside_exact, "exponential", "one pattern"),
        says="The same slope, measured minus exact law's at the same sizes.",
        because="thresholds known to about a tenth over eight neurons or more",
    ),
    Claim(
        "claim-landscapes-exponential-all-rate",
        ALL_RATE,
        (0.27, 0.34),
        partial(growth, "exponential", "all patterns", "simulation"),
        says="Exponential memory, all patterns at once: the threshold grows as $2^{n/2} = e^{0.347\\,n}$.",
        because="pairs that differ in one spin are $n$ times as many as equal pairs, which takes about 0.04 off the "
        "slope; ± 0.03",
    ),
    Claim(
        "claim-landscapes-exponential-birthday",
        BIRTHDAY,
        (0, 0.15),
        partial(_log_ratio, "exponential", "all patterns"),
        says="All patterns at once: largest $|\\ln|$ of the measured threshold over the birthday law.",
        because="the interval of a fitted threshold is about ± 5 %, of which the worst of several sizes",
    ),
    Claim(
        "claim-landscapes-birthday-crossing",
        BIRTHDAY,
        (0.93, 1.07),
        birthday_crossing,
        says="All patterns at once, largest size: the load at which half of the draws keep all, over "
        "$\\sqrt{2\\ln2\\cdot2^n/n}$.",
        because="a rate of one half is known to ± 0.05, a load therefore to about 7 %",
    ),
]

"""What is claimed of the normaliser, and of the usual ways to compute it."""

from collections.abc import Callable

import pandas as pd

from amem.book import Claim, numbers
from amem.chapters.hypersphere.measuring import largest
from amem.chapters.hypersphere.sources import BESSEL, DENSITY, EXPANSION

SIX_DIGITS = "six decimals of the formula, evaluated with fifty digits, before the expansion was written"


def _value(n: int) -> Callable[[pd.DataFrame], float]:
    return lambda table: numbers(table, "value", method="value", n=n).item()


def _first_failure(table: pd.DataFrame) -> float:
    error = numbers(table, "error", method="scaled Bessel function")
    return float(numbers(table, "n", method="scaled Bessel function")[error > 1].min())


def last_failure(table: pd.DataFrame) -> float:
    """The largest concentration of the map at which the scaled Bessel function fails in 768 dimensions."""
    error = numbers(table, "error", method="scaled Bessel function", n=768)
    return float(numbers(table, "kappa", method="scaled Bessel function", n=768)[error > 1].max())


CLAIMS = [
    Claim(
        "claim-hypersphere-value-10",
        DENSITY,
        (-4.3824885, -4.3824875),
        _value(10),
        says="$\\log C_{10}(5) = -4.382488$",
        because=SIX_DIGITS,
    ),
    Claim(
        "claim-hypersphere-value-64",
        DENSITY,
        (34.3337245, 34.3337255),
        _value(64),
        says="$\\log C_{64}(30) = 34.333725$",
        because=SIX_DIGITS,
    ),
    Claim(
        "claim-hypersphere-value-128",
        DENSITY,
        (95.0614685, 95.0614695),
        _value(128),
        says="$\\log C_{128}(100) = 95.061469$",
        because=SIX_DIGITS,
    ),
    Claim(
        "claim-hypersphere-underflow",
        BESSEL,
        (84.0, 100.0),
        _first_failure,
        says="The scaled Bessel function underflows at $\\kappa = 10^{-6}$ from dimension 84 on: first dimension of"
        " the map where it fails",
        because="(κ/2)^ν/Γ(ν+1), what is left of I_ν at small κ, is below 2·10⁻³⁰⁸, the least normal double, from"
        " ν = 41; the map's next dimensions are 96 and 100",
    ),
    Claim(
        "claim-hypersphere-underflow-768",
        BESSEL,
        (31.0, 51.0),
        last_failure,
        says="In 768 dimensions, the width of GPT-2, it underflows up to $\\kappa\\approx 50$: largest $\\kappa$ of the"
        " map where it fails",
        because="(κ/2)^383 e^−κ/383! falls below 10⁻³⁰⁸ at κ = 51, and SciPy gives 0 from 52 down; the map goes in"
        " steps of √10",
    ),
    Claim(
        "claim-hypersphere-accuracy",
        EXPANSION,
        (0.0, 1e-13),
        largest("error", method="this book"),
        says="Our $\\log C_n(\\kappa)$ is right on the whole map: largest error, relative to $\\max(1, |\\log C_n|)$",
        because="terms of up to some hundreds cancel where log C passes through zero",
    ),
    Claim(
        "claim-hypersphere-mean-length",
        DENSITY,
        (0.0, 2e-15),
        largest("error", method="mean length"),
        says="So is its derivative $-A_n(\\kappa)$: largest relative error",
        because="nothing cancels: some units in the last place",
    ),
    Claim(
        "claim-hypersphere-slope",
        DENSITY,
        (0.0, 1e-11),
        largest("error", method="slope"),
        says="And its second derivative $-A_n'(\\kappa)$: largest relative error",
        because="inside the circle of 40 it is a difference, which loses up to four digits",
    ),
]

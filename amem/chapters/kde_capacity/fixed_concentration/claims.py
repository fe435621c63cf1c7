"""What is said of the capacity at a fixed ratio of radius to bandwidth, as numbers."""

import numpy as np
import pandas as pd

from amem.book import Claim, numbers
from amem.chapters.kde_capacity.quoted import by_n, factor
from amem.chapters.kde_capacity.sources import OURS, PAPER, RATE


def saturation(table: pd.DataFrame, concentration: float) -> dict[int, float]:
    """Measured p₅₀ by n at one concentration."""
    return by_n(table.query("source == 'threshold' and concentration == @concentration"))


def lasting_rate(table: pd.DataFrame) -> float:
    """The exponent per dimension between the two largest n at κ = 12 over that between the two smallest."""
    measured = saturation(table, 12.0)
    smallest, second, *_, last_but_one, largest = measured
    rate = lambda n, m: np.log(measured[m] / measured[n]) / (m - n)  # noqa: E731
    return float(rate(last_but_one, largest) / rate(smallest, second))


def limits(table: pd.DataFrame) -> dict[float, float]:
    """The mean field's limit by κ, from the smallest on."""
    rows = table.query("source == 'limit'")
    return dict(sorted(zip(numbers(rows, "concentration").tolist(), numbers(rows, "p").tolist(), strict=True)))


def below_limit(table: pd.DataFrame) -> float:
    """The largest measured capacity over the mean field's limit at the same κ."""
    return max(max(saturation(table, at).values()) / limit for at, limit in limits(table).items())


CLAIMS = [
    Claim(
        "claim-kde-capacity-fixed-ratio",
        PAPER,
        (0.5, 2.0),
        lasting_rate,
        says="The capacity for well-separated points on a sphere is exponential in the dimension, in the reading that "
        "the ratio of radius to bandwidth is fixed.",
        because="an exponential law keeps its rate; this is the rate at the largest dimensions over that at the "
        "smallest",
        finding="This reading fails. At a fixed $M/h$ the capacity is exponential in $M^2/h^2$ and tends to a limit "
        "as $n$ grows; the claim needs an $M^2/h^2$ that grows like $n$.",
    ),
    Claim(
        "claim-kde-capacity-saturation-8",
        OURS,
        (1.0, 1.42),
        lambda table: factor(saturation(table, 8.0), {8: 23, 16: 47, 32: 90, 64: 91, 128: 144}),
        says="At $\\kappa = M^2/h^2 = 8$, $p_{50}$ = 23, 47, 90, 91, 144 for $n$ = 8, 16, 32, 64, 128.",
        because="a factor; the quoted numbers lie on a grid with steps of √2",
    ),
    Claim(
        "claim-kde-capacity-saturation-12",
        OURS,
        (1.0, 1.42),
        lambda table: factor(saturation(table, 12.0), {8: 86, 16: 466, 32: 1446, 64: 2896, 128: 2896}),
        says="At $\\kappa = 12$, $p_{50}$ = 86, 466, 1446, 2896, 2896 for the same $n$.",
        because="a factor; the quoted numbers lie on a grid with steps of √2",
    ),
    Claim(
        "claim-kde-capacity-limit",
        RATE,
        (0.0, 1.0),
        below_limit,
        says="At a fixed $\\kappa$ no dimension stores more than the mean field's limit, $\\max_s "
        "\\frac{1-s}{s}e^{\\kappa s}$.",
        because="largest measured capacity over the limit",
    ),
]

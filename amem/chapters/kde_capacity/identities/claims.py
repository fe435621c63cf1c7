"""What is said of the kernel estimator as a Hopfield network, as numbers."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from amem.book import Claim, numbers
from amem.chapters.kde_capacity.sources import DERIVED, ENERGY, SEPARATION, UPDATE


def largest(name: str) -> Callable[[pd.DataFrame], float]:
    return lambda table: float(np.nanmax(numbers(table, name)))


CLAIMS = [
    Claim(
        "claim-kde-capacity-identity",
        ENERGY,
        (0.0, 1e-12),
        largest("energy"),
        says="On a sphere the energy of the estimator is that of the modern Hopfield network at $\\beta = 1/h^2$, "
        "up to a constant.",
        because="how much the difference varies from state to state; an identity, but for rounding",
    ),
    Claim(
        "claim-kde-capacity-attention",
        UPDATE,
        (0.0, 1e-12),
        largest("update"),
        says="On a sphere mean shift is attention at $\\beta = 1/h^2$.",
        because="an identity, but for rounding",
    ),
    Claim(
        "claim-kde-capacity-separation",
        SEPARATION,
        (0.0, 1e-12),
        largest("separation"),
        says="On a sphere the separation $\\Delta_i$ is half the squared distance to the nearest neighbour.",
        because="an identity, but for rounding",
    ),
    Claim(
        "claim-kde-capacity-curvature",
        DERIVED,
        (0.0, 1e-12),
        largest("curvature"),
        says="The Hessian of the energy is $I - \\mathrm{Cov}/h^2$, the covariance of the points under their "
        "posterior.",
        because="an identity, but for rounding",
    ),
    Claim(
        "claim-kde-capacity-narrow",
        DERIVED,
        (0.0, 1e-9),
        largest("narrow"),
        says="As $h \\to 0$ every point is stored: its mode is the point.",
        because="largest displacement over $M$, with neighbours no closer than $10 h$, whose weights vanish in "
        "rounding",
    ),
    Claim(
        "claim-kde-capacity-wide",
        DERIVED,
        (0.0, 1e-9),
        largest("wide"),
        says="As $h \\to \\infty$ there is one mode, which all starts reach.",
        because="how far the ends lie apart over $M$, at $h = 10 M$",
    ),
    Claim(
        "claim-kde-capacity-mean",
        DERIVED,
        (0.0, 0.01),
        largest("off_mean"),
        says="As $h \\to \\infty$ that mode is the mean of the points.",
        because="over $M$, at $h = 10 M$; the distance shrinks like $(M/h)^2$",
    ),
]

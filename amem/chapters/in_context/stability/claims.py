"""What is claimed of run-aways and of the energy's scale."""

import math
from collections.abc import Callable
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from amem.book import Claim, numbers
from amem.chapters.in_context.reading import pivot
from amem.chapters.in_context.sources import OURS
from amem.chapters.in_context.terms import FIXED, SCALED


def misses(table: pd.DataFrame, predicted: NDArray[np.float64] | float) -> NDArray[np.float64]:
    """The logarithm of the factor by which β (geometric mean over seeds) misses what is predicted, noises by steps."""
    return pivot(table.assign(off=np.log(numbers(table, "beta")) - np.log(predicted)), "noise", "step", "off", "mean")


def _worst(table: pd.DataFrame, predicted: NDArray[np.float64] | float) -> float:
    """The largest such factor, up or down."""
    return float(np.exp(np.abs(misses(table, predicted)).max()))


def scale_of_well(table: pd.DataFrame) -> float:
    """How far off the inverse temperature of one well is, at worst."""
    rows = cast("pd.DataFrame", table[table["penalty"] == SCALED])
    return _worst(rows, rows["well"].to_numpy(float))


def scale_of_likelihood(table: pd.DataFrame) -> float:
    """How far off one is, at worst."""
    return _worst(cast("pd.DataFrame", table[table["penalty"] == SCALED]), 1.0)


def stopped(penalty: str) -> Callable[[pd.DataFrame], float]:
    """The fraction of the runs with the widest noise that were stopped because the gap had run away."""

    def measure(table: pd.DataFrame) -> float:
        wide = table["noise"] == table["noise"].to_numpy(float).max()
        advice = list(table["stopped"][wide & (table["penalty"] == penalty)])
        return float(np.mean(["run away" in str(each) for each in advice]))

    return measure


def cost_of_wide_noise(table: pd.DataFrame) -> float:
    wide, narrow = (numbers(table, "nll", penalty=SCALED, noise=noise).mean() for noise in (1.0, 0.3))
    return float(wide - narrow)


CLAIMS = [
    Claim(
        "claim-in-context-scale",
        OURS,
        (1.0, 2.0),
        scale_of_well,
        says="Contrastive divergence gives energies at the scale that its sampler sets, penalty in the unit of the "
        "step: inverse temperature without context against that of one quadratic well with the same "
        "sampler, worst factor over steps and noises",
        because="the marginal is one Gaussian, but the network's energy need not be a parabola: a factor of two",
        finding="The worst factor, [[measured]], is that of noise [[worst_noise]] at step [[worst_step]]; all others "
        "are at most [[second]].",
    ),
    Claim(
        "claim-in-context-scale-likelihood",
        OURS,
        (4.0, math.inf),
        scale_of_likelihood,
        says="while the guess that energies are log-likelihoods, $\\beta=1$, is off by a factor of",
        because="the steps differ thirtyfold, and only one unit can be that of likelihood; a half of the least such"
        " factor on a log scale is four or so",
    ),
    Claim(
        "claim-in-context-runaway-noise",
        OURS,
        (1.0, 1.0),
        stopped(FIXED),
        says="A noise wider than a component with a weak fixed penalty does run away: fraction of the runs that "
        "the monitor stops at a gap of −10",
        because="one well predicts that nothing else can happen, if nothing holds the energies",
    ),
    Claim(
        "claim-in-context-runaway-penalty",
        OURS,
        (0.0, 0.0),
        stopped(SCALED),
        says="and a penalty in the unit of the step holds it: fraction stopped",
        because="a bounded energy has a bounded gap",
    ),
    Claim(
        "claim-in-context-wide-noise",
        OURS,
        (-1.0, 0.1),
        cost_of_wide_noise,
        says="Then noise far wider than a component costs no likelihood: NLL at $\\sigma=1$ less that at "
        "$\\sigma=0.3$, mean over steps and networks",
        because="a tenth of a nat is half of what networks differ by",
    ),
]

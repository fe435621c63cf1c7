"""What is claimed to hold in any case."""

from collections.abc import Callable
from typing import cast

import numpy as np
import pandas as pd

from amem.book import Claim, numbers
from amem.chapters.in_context.reading import one
from amem.chapters.in_context.sources import OURS

CHANCE = "|z| ≤ 4, fixed seeds"


def _largest(name: str, identity: str) -> Callable[[pd.DataFrame], float]:
    return lambda table: float(np.nanmax(np.abs(numbers(table, name, identity=identity))))


def _unseen(table: pd.DataFrame) -> float:
    hidden = table["what"].str.contains("seen|target")
    return float(cast("pd.DataFrame", table[hidden])["error"].to_numpy(float).max())


def _found(what: str) -> Callable[[pd.DataFrame], float]:
    """The mean of −log of the marginal density over drawn points."""
    return lambda table: one(table, "value", identity="no context", what=what)


CLAIMS = [
    Claim(
        "claim-in-context-one-pass",
        OURS,
        (0.0, 1e-5),
        lambda table: float(
            np.max(
                [
                    numbers(table, "error", identity="one pass", what=f"prefix by prefix, {kind}")
                    for kind in ("causal", "invariant")
                ]
            )
        ),
        says="One pass with a mask equals a pass for each prefix and each negative: largest difference, single "
        "precision",
        because="an identity, up to rounding in single precision",
    ),
    Claim(
        "claim-in-context-unseen",
        OURS,
        (0.0, 0.0),
        _unseen,
        says="Later points, and a negative's own target, change nothing: largest change of an energy",
        because="what is masked does not enter",
    ),
    Claim(
        "claim-in-context-gradient",
        OURS,
        (0.0, 4.0),
        _largest("z", "exact gradient"),
        says="With exact samples of $E=\\frac k2x^2$ the gradient of contrastive divergence is $\\frac12(\\langle "
        "x_+^2\\rangle-1/k)$: largest $|z|$",
        because=CHANCE,
    ),
    Claim(
        "claim-in-context-stationary",
        OURS,
        (0.0, 4.0),
        _largest("z", "stationary variance"),
        says="In a well of curvature $k$ the sampler has the variance $\\sigma^2/(\\alpha k(2-\\alpha k))$, and "
        "noise first $(1-\\alpha k)^2$ times as much: largest $|z|$",
        because=CHANCE,
    ),
    Claim(
        "claim-in-context-oracle",
        OURS,
        (0.0, 1e-2),
        _largest("error", "oracle"),
        says="The true mixtures' energies, normalised on the grid, have their Monte Carlo entropy as NLL: difference",
        because="the grid resolves a component by less than its standard deviation; 10⁻² was set beforehand",
    ),
    Claim(
        "claim-in-context-formula",
        OURS,
        (0.0, 4.0),
        _largest("z", "no context"),
        says="A point of an unknown mixture is Gaussian with variance $S^2+s^2$: largest $|z|$ of its entropy",
        because=CHANCE,
    ),
    Claim(
        "claim-in-context-formula-small",
        OURS,
        (4.253, 4.273),
        _found("S = 2, s = 0.4"),
        says="so that without context, $S=2$, $s=0.4$, the NLL is $1+\\ln2\\pi(S^2+s^2)$: mean over drawn points",
        because="four standard errors of the mean about 4.263",
        stated=4.263,
    ),
    Claim(
        "claim-in-context-formula-large",
        OURS,
        (6.051, 6.071),
        _found("S = 5, s = 0.33"),
        says="and with the paper's $S=5$, $s=0.33$",
        because="four standard errors of the mean about 6.061",
        stated=6.061,
    ),
]

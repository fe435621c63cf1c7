"""What is claimed of networks on their way."""

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from amem.book import Claim, numbers, select
from amem.chapters.in_context.reading import along
from amem.chapters.in_context.sources import OURS
from amem.chapters.in_context.terms import DIVERGENCE, QUOTED, RANKING


def final_gap(objective: str) -> Callable[[pd.DataFrame], float]:
    """The mean gap E₊ − E₋ over the last fifth of the updates."""

    def measure(table: pd.DataFrame) -> float:
        gap, update = (numbers(table, name, what="update", objective=objective) for name in ("gap", "update"))
        return float(gap[update > 0.8 * update.max()].mean())

    return measure


def least_gap(table: pd.DataFrame) -> float:
    """The lowest that the gap of the quoted run gets, over a fiftieth of it; mean over seeds."""
    gaps = select(table, objective=QUOTED, what="update").pivot_table(index="update", columns="seed", values="gap")
    return float(gaps.to_numpy(float).min(0).mean())


def stage(table: pd.DataFrame, name: str, objective: str, *, before_the_end: int = 0) -> NDArray[np.float64]:
    """At the last stage of training, or at one before it; an entry a seed."""
    at = {"what": "stage", "objective": objective}
    stages = sorted(set(numbers(table, "update", **at)), reverse=True)
    return along(table, "seed", name, **at, update=stages[before_the_end])


def ranks_apart(name: str) -> Callable[[pd.DataFrame], float]:
    """The least over seeds of ranking's rank correlation less that of contrastive divergence, at the end."""
    return lambda table: float((stage(table, name, RANKING) - stage(table, name, DIVERGENCE)).min())


def worse_early(table: pd.DataFrame) -> float:
    """By how much the quoted run's NLL at the stage before the last at least exceeds contrastive divergence's, over
    seeds."""
    quoted, own = (stage(table, "nll", objective, before_the_end=1) for objective in (QUOTED, DIVERGENCE))
    return float((quoted - own).min())


def sooner(table: pd.DataFrame) -> float:
    """By how much ranking's NLL at the stage before the last exceeds contrastive divergence's at its last, at most over
    seeds."""
    return float((stage(table, "nll", RANKING, before_the_end=1) - stage(table, "nll", DIVERGENCE)).max())


def change(name: str) -> Callable[[pd.DataFrame], float]:
    """Of contrastive divergence from the first stage to the last, mean over seeds."""

    def measure(table: pd.DataFrame) -> float:
        at = {"what": "stage", "objective": DIVERGENCE}
        first = numbers(table, "update", **at).min()
        return float(stage(table, name, DIVERGENCE).mean() - along(table, "seed", name, **at, update=first).mean())

    return measure


CLAIMS = [
    Claim(
        "claim-in-context-gap",
        OURS,
        (-5.0, 0.5),
        final_gap(DIVERGENCE),
        says="Healthy contrastive divergence has a small negative gap $E_+-E_-$: mean over the end of training",
        because="about −2 is called healthy and −10 a run-away; the unit depends on the sampler",
        stated=-2.0,
    ),
    Claim(
        "claim-in-context-runaway",
        OURS,
        (-math.inf, -10.0),
        least_gap,
        says="A large step, little noise and a weak penalty ($\\alpha=1$, $\\sigma=0.01$, $\\lambda=10^{-3}$ in "
        "quick; the paper's sampler in full) make it run away: lowest gap, mean over networks",
        because="−10 is where a run-away is said to begin",
        stated=-33.0,
        finding="Its gap stays within [[quoted_gap]] of zero in every run. What does run away is a sampler whose noise "
        "is wider than a component, under a weak penalty.",
    ),
    Claim(
        "claim-in-context-runaway-likelihood",
        OURS,
        (0.0, math.inf),
        worse_early,
        says="Its likelihood is worse than that of the chapter's own run after as many updates, in every "
        "network: least difference of NLL",
        because="a sign, in each of the networks",
    ),
    Claim(
        "claim-in-context-rank-box",
        OURS,
        (-1.0, -0.05),
        change("rank_box"),
        says="Over the whole box the rank correlation of $E$ with $-\\log p$ falls during training (contrastive "
        "divergence, longest context): change",
        because="from 0.83 to 0.48 was quoted for one run, at unknown stages; a fall is the point",
        stated=-0.35,
        finding="It rises. The warning stands in another form: over the whole box this measure prefers contrastive "
        "divergence to ranking, whose likelihood is the better, in [[misled]] of [[pairs]] pairs of networks.",
    ),
    Claim(
        "claim-in-context-rank-nll",
        OURS,
        (-3.0, -0.1),
        change("nll"),
        says="while the NLL improves: change",
        because="a tenth of a nat is more than the draw of the tasks, which are the same at every stage",
    ),
    Claim(
        "claim-in-context-rank-near",
        OURS,
        (0.0, 1.0),
        ranks_apart("rank_near"),
        says="Near the data rank correlation prefers the better likelihood, of ranking, to contrastive "
        "divergence, in every network: least difference",
        because="a sign",
    ),
    Claim(
        "claim-in-context-rank-misleads",
        OURS,
        (-1.0, 0.0),
        ranks_apart("rank_box"),
        says="and over the whole box it does not: least difference",
        because="a sign: one network that it puts the wrong way round is enough",
    ),
    Claim(
        "claim-in-context-sooner",
        OURS,
        (-math.inf, 0.0),
        sooner,
        says="Ranking is better sooner, in every network: its NLL after 200 updates (1500 in full) less that of "
        "contrastive divergence in the end, at most",
        because="a sign, in each of the networks",
    ),
]

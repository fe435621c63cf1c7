"""What is claimed of the context's worth."""

import math
from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from amem.book import Claim, numbers
from amem.chapters.in_context.reading import along, one, within
from amem.chapters.in_context.sources import OURS, PICTURES
from amem.chapters.in_context.terms import DIVERGENCE, EM, EXACT, KDE_TEST, RANKING, TRUTH


def curve(table: pd.DataFrame, name: str, source: str) -> NDArray[np.float64]:
    """The means over seeds, from the smallest context to the longest."""
    return along(table, "n", name, what="mean", source=source)


def longest(name: str, source: str) -> Callable[[pd.DataFrame], float]:
    """The mean over seeds with the longest context."""
    return lambda table: one(table, name, what="mean", source=source, n=table["n"].max())


def fall(name: str, source: str) -> Callable[[pd.DataFrame], float]:
    """From no context to the longest."""
    return lambda table: one(table, name, what="mean", source=source, n=0) - longest(name, source)(table)


def steepest_rise(name: str, source: str) -> Callable[[pd.DataFrame], float]:
    return lambda table: float(np.diff(curve(table, name, source)).max())


def over_exact(source: str) -> Callable[[pd.DataFrame], float]:
    """The least excess of the NLL over the exact prediction's, at the sizes of context over which that is summed."""

    def measure(table: pd.DataFrame) -> float:
        known = numbers(table, "n", what="mean", source=EXACT)
        ours, exact = (curve(within(table, "n", known), "nll", each) for each in (source, EXACT))
        return float((ours - exact).min())

    return measure


def _without_context(source: str) -> Callable[[pd.DataFrame], float]:
    """The excess of the NLL without context over the best, on the same tasks."""

    def measure(table: pd.DataFrame) -> float:
        ours, exact = (one(table, "nll", what="mean", source=each, n=0) for each in (source, EXACT))
        return ours - exact

    return measure


def under_kernels(source: str) -> Callable[[pd.DataFrame], float]:
    """By how much the NLL is at least below that of the best kernel estimate on the same tasks, over seeds, from one to
    four points."""

    def measure(table: pd.DataFrame) -> float:
        few = within(table, "n", (1, 2, 3, 4))
        kernels, ours = (along(few, ["n", "seed"], "nll", what="seed", source=each) for each in (KDE_TEST, source))
        return float((kernels - ours).min())

    return measure


def over(other: str) -> Callable[[pd.DataFrame], float]:
    """By how much ranking's NLL with the longest context at least exceeds another's on the same tasks, over seeds."""

    def measure(table: pd.DataFrame) -> float:
        at = {"what": "seed", "n": table["n"].max()}
        ours, theirs = (along(table, "seed", "nll", source=source, **at) for source in (RANKING, other))
        return float((ours - theirs).min())

    return measure


def _missing_wells(source: str) -> Callable[[pd.DataFrame], float]:
    return lambda table: longest("wells", TRUTH)(table) - longest("wells", source)(table)


def _swap(source: str) -> Callable[[pd.DataFrame], float]:
    return lambda table: longest("swapped", source)(table) - longest("nll", source)(table)


CLAIMS = [
    Claim(
        "claim-in-context-gain",
        OURS,
        (0.8, 5.0),
        fall("nll", DIVERGENCE),
        says="Contrastive divergence learns in context: NLL without context less NLL with the longest, in nats",
        because="0.8 was set beforehand for a small network, whose reference run gained 1.1; it cannot gain more "
        "than there is to know",
    ),
    Claim(
        "claim-in-context-monotone",
        OURS,
        (-5.0, 0.05),
        steepest_rise("nll", DIVERGENCE),
        says="and each further point helps: the largest rise of its NLL from one size of context to the next",
        because="monotone to within 0.05 was set beforehand",
    ),
    Claim(
        "claim-in-context-ranking",
        OURS,
        (1.0, 2.8),
        longest("nll", RANKING),
        says="The network trained by ranking: NLL with the longest context, in nats",
        because="at most 2.8 was set beforehand; the mixtures' own entropy is about 2",
        stated=2.58,
    ),
    Claim(
        "claim-in-context-nothing-known",
        OURS,
        (-0.05, 0.2),
        _without_context(RANKING),
        says="Without context the best is to predict the marginal; excess of the ranking network over it, same tasks",
        because="the reference run is 0.05 off; a few hundredths are the draw of the tasks",
    ),
    Claim(
        "claim-in-context-nothing-known-divergence",
        OURS,
        (-0.05, 0.4),
        _without_context(DIVERGENCE),
        says="The same for contrastive divergence",
        because="the reference run is 0.1 off; its energies are not likelihoods",
    ),
    Claim(
        "claim-in-context-bound",
        OURS,
        (-0.05, 5.0),
        over_exact(RANKING),
        says="Nothing beats the exact prediction: least excess of ranking over it",
        because="a theorem about the mean over tasks; a few hundredths are the draw of the tasks",
    ),
    Claim(
        "claim-in-context-sharpening",
        PICTURES,
        (0.2, 5.0),
        fall("entropy", DIVERGENCE),
        says="The landscape sharpens: entropy of the normalised energies (contrastive divergence), from no "
        "context to the longest, falls by",
        because="the paper shows it in pictures only; a fifth of a nat is visible",
    ),
    Claim(
        "claim-in-context-sharpening-ranking",
        PICTURES,
        (0.8, 5.0),
        fall("entropy", RANKING),
        says="The same for ranking",
        because="as likelihoods sharpen, 0.8 nats at least must go if the NLL falls as much",
    ),
    Claim(
        "claim-in-context-kernels",
        OURS,
        (0.0, math.inf),
        under_kernels(DIVERGENCE),
        says="With one to four points contrastive divergence is better than a kernel density estimate of the "
        "best bandwidth, in every network: least difference of NLL",
        because="a sign, in each of the networks; the kernels may even choose their bandwidth on the test",
    ),
    Claim(
        "claim-in-context-kernels-overtake",
        OURS,
        (0.0, math.inf),
        over(KDE_TEST),
        says="With the longest context the kernel estimate has overtaken ranking, in every network: least "
        "difference of NLL",
        because="a sign, in each of the networks",
    ),
    Claim(
        "claim-in-context-em",
        OURS,
        (0.0, math.inf),
        over(EM),
        says="and so has EM, which is told the number of components",
        because="a sign, in each of the networks",
    ),
    Claim(
        "claim-in-context-wells-found",
        PICTURES,
        (-0.5, 0.5),
        _missing_wells(DIVERGENCE),
        says="With the longest context there is a well for each cluster: local minima of the true $-\\log p$ less"
        " those of the energies (contrastive divergence), mean over tasks",
        because="three wells are what the pictures show; a half would be one task in two with a well too few",
        finding="The network makes [[wells_divergence]] wells on average, where the true mixtures have "
        "[[wells_truth]].",
    ),
    Claim(
        "claim-in-context-wells-found-ranking",
        PICTURES,
        (-0.5, 0.5),
        _missing_wells(RANKING),
        says="The same for ranking",
        because="as before",
    ),
    Claim(
        "claim-in-context-swap",
        OURS,
        (1.0, math.inf),
        _swap(DIVERGENCE),
        says="Another task's context costs contrastive divergence more than a nat with the longest context",
        because="one nat was set beforehand",
    ),
    Claim(
        "claim-in-context-swap-ranking",
        OURS,
        (1.0, math.inf),
        _swap(RANKING),
        says="and ranking",
        because="one nat was set beforehand",
    ),
    Claim(
        "claim-in-context-calibrated",
        OURS,
        (0.8, 1.25),
        longest("beta", RANKING),
        says="Ranking gives energies at the scale of likelihoods: the inverse temperature that fits",
        because="one is exact for a perfect learner; a quarter is for an imperfect one",
        stated=1.0,
    ),
]

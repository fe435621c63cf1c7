"""What is said off the prior."""

import itertools
from collections.abc import Mapping

import pandas as pd

from amem.book import Statement, exchange
from amem.chapters.in_context.families.claims import least_over_kernels, losses, most_over_kernels
from amem.chapters.in_context.reading import in_words, part, said, within
from amem.chapters.in_context.terms import EXACT, KDE, KDE_TEST, RANKING

FAR = ("six circles", "moons", "swiss roll")
OWN = ("three Gaussians",)


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    network, behind = part(config, "network"), losses(table, EXACT) - losses(table, RANKING)
    return {
        "components": in_words(network["components"]),
        "least": said(least_over_kernels(table)),
        "most": said(most_over_kernels(table)),
        "exact": said(float(behind.max()), 1),
        "own": said(
            -float((losses(within(table, "family", OWN), EXACT) - losses(within(table, "family", OWN), RANKING))[0])
        ),
    }


def below(table: pd.DataFrame, families: tuple[str, ...], *sources: str) -> bool:
    """On each of the families each source lies below the next, in the mean."""
    rows = within(table, "family", families)
    return all(bool((losses(rows, one) < losses(rows, other)).all()) for one, other in itertools.pairwise(sources))


STATEMENTS = [
    Statement(
        "the network lies above the best kernel estimates on all of them",
        lambda table: least_over_kernels(table) > 0,
        exchange("source", RANKING, KDE_TEST),
    ),
    Statement(
        "the exact prediction lies below both on three Gaussians",
        lambda table: below(table, OWN, EXACT, KDE_TEST, RANKING),
        exchange("source", EXACT, RANKING),
    ),
    Statement(
        "far above them on six circles, moons and the swiss roll",
        lambda table: (
            float((losses(within(table, "family", FAR), EXACT) - losses(within(table, "family", FAR), RANKING)).min())
            > 1
        ),
        exchange("source", EXACT, RANKING),
    ),
    Statement(
        "On six circles, moons and the swiss roll it is better than kernels of the bandwidth that suits mixtures",
        lambda table: below(table, FAR, RANKING, KDE),
        exchange("source", KDE, RANKING),
    ),
]

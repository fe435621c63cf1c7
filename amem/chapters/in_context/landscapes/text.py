"""What is said of energies and densities over the plane."""

from collections.abc import Mapping
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from amem.book import Statement, exchange, reverse, select
from amem.book import numbers as values
from amem.chapters.in_context.reading import in_words, part, pivot, said
from amem.chapters.in_context.terms import DIVERGENCE, EXACT, RANKING, TRUTH

NARROWER = (DIVERGENCE, RANKING, EXACT, TRUTH)


def areas(table: pd.DataFrame) -> NDArray[np.float64]:
    """The area of a uniform density with the same entropy, tasks by sources."""
    shown = cast("pd.DataFrame", table[table["density"].notna()])
    x, density = np.unique(values(shown, "x")), values(shown, "density")
    nats = -density * np.log(np.maximum(density, 1e-300)) * (x[1] - x[0]) ** 2
    by_source = [select(shown.assign(nats=nats), source=source) for source in NARROWER]
    return np.exp(np.concatenate([pivot(rows, "task", "source", "nats", "sum") for rows in by_source], 1))


def inwards(table: pd.DataFrame) -> float:
    """The fraction of places at which the force without context has a part towards the middle."""
    x, y, across, up = (values(table, name, what="force", n=0) for name in ("x", "y", "force_x", "force_y"))
    return float((across * x + up * y < 0).mean())


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    network, mean = part(config, "network"), dict(zip(NARROWER, areas(table).mean(0), strict=True))
    return {
        "components": in_words(network["components"]),
        "spread": f"{network['spread']:g}",
        "layers": in_words(network["layers"]),
        "heads": in_words(network["heads"]),
        "width": str(network["width"]),
        "inwards": f"{100 * inwards(table):.0f}",
        "area_divergence": said(mean[DIVERGENCE], 0),
        "area_ranking": said(mean[RANKING], 0),
        "area_exact": said(mean[EXACT], 0),
        "area_truth": said(mean[TRUTH], 0),
    }


def learned(table: pd.DataFrame) -> pd.DataFrame:
    return select(table, what="energy", source=DIVERGENCE)


def same_for_all(table: pd.DataFrame) -> bool:
    nothing = pivot(select(learned(table), n=0), ["x", "y"], "task", "energy", "mean")
    return float(np.ptp(nothing, axis=1).max()) < 1e-6


def deeper(table: pd.DataFrame) -> bool:
    """In every task with every size of context."""
    return bool((np.diff(pivot(learned(table), "task", "n", "energy", "min")) < 0).all())


def crosses_in_blue(table: pd.DataFrame) -> bool:
    """The energy at the place of the grid that is nearest to a point of the context is below the mean, zero."""
    crosses, energies = select(table, what="context"), learned(table)
    for n, task, x, y in crosses[["n", "task", "x", "y"]].to_numpy(float):
        at = select(energies, task=task)
        at = cast("pd.DataFrame", at[at["n"] > n])
        distance = (values(at, "x") - x) ** 2 + (values(at, "y") - y) ** 2
        if values(at, "energy")[distance == distance.min()].max() >= 0:
            return False
    return True


def narrower(table: pd.DataFrame) -> bool:
    """From each source to the next, in every task."""
    return bool((np.diff(areas(table)) < 0).all())


def turned(table: pd.DataFrame) -> pd.DataFrame:
    """A mistake: no context in the place of the longest."""
    return exchange("n", 0, table["n"].max())(table)


STATEMENTS = [
    Statement("the same bowl for every task", same_for_all, turned),
    Statement("all rows show the same pale bowl", same_for_all, turned),
    Statement("the lowest energy lies lower from each panel to the next", deeper, turned),
    Statement("every cross lies where the energy is below its mean", crosses_in_blue, reverse("energy")),
    Statement("the crosses lie in the blue", crosses_in_blue, reverse("energy")),
    Statement(
        "the clouds of contrastive divergence are the widest, those of ranking narrower, those of the exact prediction "
        "narrower still, and those of the truth the narrowest",
        narrower,
        exchange("source", DIVERGENCE, TRUTH),
    ),
    Statement("Ranking draws the clouds tighter", narrower, exchange("source", DIVERGENCE, RANKING)),
    Statement("the exact prediction draws them tighter still", narrower, exchange("source", RANKING, EXACT)),
]

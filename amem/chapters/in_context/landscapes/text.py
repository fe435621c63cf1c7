"""What is said of energies and densities over the plane."""

from collections.abc import Mapping
from typing import cast

import numpy as np
import pandas as pd

from amem.book import Statement, exchange, reverse, select
from amem.book import numbers as values
from amem.chapters.in_context.reading import in_words, part, said
from amem.chapters.in_context.terms import DIVERGENCE, EXACT, RANKING, TRUTH

NARROWER = (DIVERGENCE, RANKING, EXACT, TRUTH)


def areas(table: pd.DataFrame) -> pd.DataFrame:
    """The area of a uniform density with the same entropy, tasks by sources."""
    shown = cast("pd.DataFrame", table[table["density"].notna()])
    x = np.unique(values(shown, "x"))
    cell = (x[1] - x[0]) ** 2
    shown = shown.assign(nats=-shown["density"] * np.log(shown["density"].clip(lower=1e-300)) * cell)
    return cast("pd.DataFrame", np.exp(shown.groupby(["task", "source"])["nats"].sum().unstack()))


def inwards(table: pd.DataFrame) -> float:
    """The fraction of places at which the force without context has a part towards the middle."""
    force = select(table, what="force", n=0)
    return float((force["force_x"] * force["x"] + force["force_y"] * force["y"] < 0).mean())


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    network, mean = part(config, "network"), areas(table).mean()
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
    nothing = select(learned(table), n=0).groupby(["x", "y"])["energy"]
    return float((nothing.max() - nothing.min()).max()) < 1e-6


def deeper(table: pd.DataFrame) -> bool:
    """In every task with every size of context."""
    lowest = learned(table).groupby(["task", "n"])["energy"].min().unstack()
    return bool((np.diff(lowest.to_numpy(float)) < 0).all())


def crosses_in_blue(table: pd.DataFrame) -> bool:
    """The energy at the place of the grid that is nearest to a point of the context is below the mean, zero."""
    crosses = select(table, what="context")
    for (task, n), rows in learned(table).groupby(["task", "n"]):
        shown = crosses[(crosses["task"] == task) & (crosses["n"] < n)]
        for x, y in shown[["x", "y"]].to_numpy(float):
            nearest = np.argmin((values(rows, "x") - x) ** 2 + (values(rows, "y") - y) ** 2)
            if values(rows, "energy")[nearest] >= 0:
                return False
    return True


def narrower(table: pd.DataFrame) -> bool:
    """From each source to the next, in every task."""
    return bool((np.diff(areas(table)[list(NARROWER)].to_numpy(float)) < 0).all())


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

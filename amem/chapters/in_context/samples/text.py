"""What is said of the sampler."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from amem.book import Statement, select
from amem.book import numbers as values
from amem.chapters.in_context.reading import along, exchanged, in_words, mirror, one, part, said
from amem.chapters.in_context.samples.claims import rise, steepest_fall


def inwards(table: pd.DataFrame) -> tuple[int, int]:
    """Of the chains that are drawn without context: how many end nearer the middle than they began, and how many there
    are."""
    at = {"what": "chain", "n": 0}
    before, after = (
        np.hypot(values(table, f"{where}_x", **at), values(table, f"{where}_y", **at)) for where in ("start", "end")
    )
    return int((after < before).sum()), len(after)


def nearer(table: pd.DataFrame) -> int:
    """How many of those drawn with the longest context end nearer a true mean than they began."""
    chains = select(table, what="chain", n=table["n"].max())
    means = select(table, what="centre")[["end_x", "end_y"]].to_numpy(float)
    before, after = (
        np.linalg.norm(chains[[f"{where}_x", f"{where}_y"]].to_numpy(float)[:, None] - means, axis=-1).min(1)
        for where in ("start", "end")
    )
    return int((after < before).sum())


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    inner, chains = inwards(table)
    none, longest = (one(table, "within", what="mean", n=n) for n in (0, table["n"].max()))
    return {
        "steps": in_words(part(config, "network")["divergence"]["steps"]),
        "inwards": str(inner),
        "nearer": str(nearer(table)),
        "chains": str(chains),
        "none": f"{100 * none:.0f}",
        "longest": f"{100 * longest:.0f}",
        "start": said(one(table, "within_start", what="mean", n=0)),
    }


def carries_more(table: pd.DataFrame) -> bool:
    """A rise, and no fall beyond what is claimed."""
    return rise(table) > 0.1 and steepest_fall(table) <= 0.03


def above(table: pd.DataFrame) -> bool:
    """At every size of the context, in the mean."""
    return bool((along(table, "n", "within", what="mean") > along(table, "n", "within_start", what="mean")).all())


STATEMENTS = [
    Statement("carries more negatives into the clusters", carries_more, mirror("n")),
    Statement("the fraction of ends near a true mean grows", carries_more, mirror("n")),
    Statement("above a flat line of the starts", above, exchanged("within", "within_start")),
]

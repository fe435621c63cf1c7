"""What is said of the knobs."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from amem.book import Statement, exchange, select
from amem.book.tables import median
from amem.chapters.clustering.variants.claims import changed

MEAN, LEAST, GREATEST = "CLAM, masked: mean", "CLAM, masked: least", "CLAM, masked: greatest"
LEARNED, LONGER = "CLAM+ELBO, learned β", "CLAM+ELBO, learned β, longer"


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    """How the models are trained."""
    return {name: f"{config[name]:g}" for name in ("updates", "longer", "rate", "mask", "ratio")}


def _medians(table: pd.DataFrame) -> pd.DataFrame:
    """Of the adjusted Rand index: a row a variant, a column a set."""
    return select(table, kind="fit").pivot_table(index="variant", columns="set", values="ari", aggfunc="median")


def _masks_matter_most(table: pd.DataFrame) -> bool:
    found = _medians(table)
    change = (found - found.loc["CLAM"]).abs().max(axis=1)
    masked = change.index.str.contains("masked")
    return float(change[masked].max()) > float(change[~masked].max())


def _betas(table: pd.DataFrame) -> dict[str, float]:
    """The median β on the clouds, fixed and learned."""
    return {
        variant: median(table, "beta", kind="fit", set="clouds", variant=variant)
        for variant in ("CLAM+ELBO", LEARNED, LONGER)
    }


def _needs_more(table: pd.DataFrame) -> bool:
    beta = _betas(table)
    return beta[LEARNED] < 0.9 * beta[LONGER]


def _falls_first(table: pd.DataFrame) -> bool:
    beta = _betas(table)
    return beta[LEARNED] < beta["CLAM+ELBO"] and beta[LEARNED] < beta[LONGER]


def _missed(table: pd.DataFrame, variant: str) -> float:
    """How far the nearest memory is from that place of a centre of K-means where it is farthest."""
    centres, memories = (
        select(table, kind="memory", variant=name)[["x", "y"]].to_numpy() for name in ("K-means", variant)
    )
    return float(np.linalg.norm(centres[:, None] - memories, axis=-1).min(1).max())


def _beside(table: pd.DataFrame) -> bool:
    return max(_missed(table, "CLAM"), _missed(table, LONGER)) < 0.25 and _missed(table, MEAN) > 0.5


def _farthest_left(table: pd.DataFrame) -> bool:
    return float(_medians(table).idxmin().str.contains("masked").mean()) > 0.5


def _costs(table: pd.DataFrame) -> bool:
    found = _medians(table)[["clouds", "wine"]]
    return bool((found.loc["CLAM, spherical"] < found.loc["CLAM"] - 0.05).all())


def _worse_off(table: pd.DataFrame) -> bool:
    found = _medians(table)
    return float((found.loc[[LEAST, GREATEST]] < found.loc[MEAN]).all().mean()) > 0.5


def _masks_for_steps(table: pd.DataFrame) -> pd.DataFrame:
    """A mistake: masks with extreme values have the names of other numbers of steps, and the reverse."""
    return exchange("variant", LEAST, "CLAM, T = 3")(exchange("variant", GREATEST, "CLAM, T = 30")(table))


STATEMENTS = [
    Statement("Of all these knobs the masks matter most", _masks_matter_most, _masks_for_steps),
    Statement("on the clouds a learned $\\beta$ needs more updates", _needs_more, exchange("variant", LEARNED, LONGER)),
    Statement("one in each cloud, except with masks", _beside, exchange("variant", "CLAM", MEAN)),
    Statement("in most panels a row with masks lies farthest to the left", _farthest_left, _masks_for_steps),
    Statement(
        "the number of steps, from one to thirty, makes no difference worth the name, and neither do learned weights",
        lambda table: changed("CLAM, T = 1", "CLAM, T = 3", "CLAM, T = 30", "CLAM, weighted")(table) < 0.1,
        exchange("variant", "CLAM, T = 30", LEAST),
    ),
    Statement("costs something on the clouds and on wine", _costs, exchange("variant", "CLAM", "CLAM, spherical")),
    Statement("is worse off still, on most sets", _worse_off, exchange("variant", MEAN, LEAST)),
    Statement("$\\beta$ falls before it rises", _falls_first, exchange("variant", LEARNED, LONGER)),
]

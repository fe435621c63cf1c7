"""What is said of the two dynamics."""

import numpy as np
import pandas as pd

from amem.book import Claim, select
from amem.chapters.clustering.reading import largest
from amem.chapters.clustering.sources import BRIDGING, BRIDGING_OURS
from amem.chapters.clustering.terms import ROUNDING

BELIEFS = ["q1", "q2", "q3"]


def rise(table: pd.DataFrame) -> float:
    """The largest rise of an energy from one kept state to the next."""
    paths = select(table, kind="path").sort_values("time").groupby(["model", "item"])["energy"]
    return largest(paths.diff())


def begins_where_it_ends(table: pd.DataFrame) -> float:
    """From CLAM's first belief to CLAM+ELBO's last, from equal belief."""
    first = select(table, model="CLAM", kind="path", time=0.0)[BELIEFS].to_numpy()
    last = select(table, model="CLAM+ELBO", kind="path", item=0, time=table["time"].max())[BELIEFS].to_numpy()
    return float(np.abs(first - last).max())


CLAIMS = [
    Claim(
        "claim-clustering-starts-at-the-posterior",
        BRIDGING_OURS,
        (0, 1e-4),
        begins_where_it_ends,
        says="CLAM sets out from the posterior, in which CLAM+ELBO ends.",
        because="the limit of a flow, followed for a finite time",
    ),
    Claim(
        "claim-clustering-energies-fall",
        BRIDGING,
        (-1, 1e-12),
        rise,
        says="Both energies fall along their dynamics.",
        because=ROUNDING,
    ),
]

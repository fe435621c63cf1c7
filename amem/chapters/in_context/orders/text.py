"""What is said of the order of the context."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from amem.book import Statement, exchange
from amem.book import numbers as values
from amem.chapters.in_context.orders.claims import excess
from amem.chapters.in_context.reading import exchanged, part, said
from amem.chapters.in_context.terms import DIVERGENCE, INVARIANT, RANKING, SHORT

CAUSAL = (DIVERGENCE, RANKING, SHORT)


def medians(table: pd.DataFrame, name: str) -> NDArray[np.float64]:
    """Over tasks, of the causal networks."""
    return np.array([np.median(values(table, name, kind=kind)) for kind in CAUSAL])


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    network = part(config, "network")
    tokens = {kind: float(values(table, "tokens", kind=kind).max()) for kind in (INVARIANT, SHORT)}
    energy, nll = medians(table, "energy_spread"), medians(table, "spread")
    invariant = max(float(values(table, name, kind=INVARIANT).max()) for name in ("energy_spread", "spread"))
    return {
        "length": str(network["length"]),
        "negatives": str(network["ranking"]["negatives"]),
        "tokens": f"{tokens[INVARIANT] / tokens[SHORT]:.1f}",
        "energy_least": said(energy.min()),
        "energy_most": said(energy.max()),
        "nll_least": said(nll.min()),
        "nll_most": said(nll.max()),
        "invariant": said(1e6 * invariant, 1),
        "excess": said(excess(table)),
    }


def invariant_is_least(table: pd.DataFrame) -> bool:
    """In every task, by a thousand times at least."""
    return all(
        1000 * values(table, name, kind=INVARIANT).max() < values(table, name, kind=kind).min()
        for name in ("energy_spread", "spread")
        for kind in CAUSAL
    )


def less_than_tasks(table: pd.DataFrame) -> bool:
    """The median spread over orders, of any causal network, is below a fifth of any one's standard deviation over
    tasks."""
    tasks = min(values(table, "nll", kind=kind).std(ddof=1) for kind in CAUSAL)
    return float(medians(table, "spread").max()) < float(tasks) / 5


STATEMENTS = [
    Statement("an invariant one is", invariant_is_least, exchange("kind", INVARIANT, RANKING)),
    Statement("far less than tasks differ by", less_than_tasks, exchanged("nll", "spread")),
]

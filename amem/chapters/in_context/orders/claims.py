"""What is claimed of the order of the context."""

import numpy as np
import pandas as pd

from amem.book import Claim, numbers
from amem.chapters.in_context.sources import OURS
from amem.chapters.in_context.terms import RANKING


def _median(table: pd.DataFrame, name: str, kind: str) -> float:
    return float(np.median(numbers(table, name, kind=kind)))


def _invariant_excess(table: pd.DataFrame) -> float:
    invariant, causal = (numbers(table, "nll", kind=kind) for kind in ("ranking, early, invariant", "ranking, early"))
    return float((invariant - causal).mean())


CLAIMS = [
    Claim(
        "claim-in-context-order",
        OURS,
        (1e-3, 0.5),
        lambda table: _median(table, "spread", RANKING),
        says="A causal network is not exactly blind to the order of its context: median spread of a task's NLL "
        "over orders (ranking), in nats",
        because="more than rounding, less than what the context is worth",
    ),
    Claim(
        "claim-in-context-invariant",
        OURS,
        (0.0, 1e-4),
        lambda table: float(numbers(table, "energy_spread", kind="ranking, early, invariant").max()),
        says="A network whose context points all see one another is: largest spread of an energy over orders, relative",
        because="a property of the wiring; single precision rounds at 10⁻⁷ of terms that may cancel",
    ),
    Claim(
        "claim-in-context-invariant-learns",
        OURS,
        (-0.2, 0.2),
        _invariant_excess,
        says="It learns as well with as many updates: its NLL with the longest context less the causal "
        "network's, mean over tasks",
        because="one network of each kind, and networks differ by as much",
    ),
]

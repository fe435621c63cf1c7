"""What is claimed of the order of the context."""

import numpy as np
import pandas as pd

from amem.book import Claim, numbers
from amem.chapters.in_context.reading import along
from amem.chapters.in_context.sources import OURS
from amem.chapters.in_context.terms import INVARIANT, RANKING, SHORT


def _spread(table: pd.DataFrame) -> float:
    return float(np.median(numbers(table, "spread", kind=RANKING)))


def _largest_energy_spread(table: pd.DataFrame) -> float:
    return float(numbers(table, "energy_spread", kind=INVARIANT).max())


def excess(table: pd.DataFrame) -> float:
    """The invariant network's NLL less that of the causal one with as many updates, mean over tasks."""
    invariant, causal = (along(table, "task", "nll", kind=kind) for kind in (INVARIANT, SHORT))
    return float((invariant - causal).mean())


CLAIMS = [
    Claim(
        "claim-in-context-order",
        OURS,
        (1e-3, 0.5),
        _spread,
        says="A causal network is not exactly blind to the order of its context: median spread of a task's NLL "
        "over orders (ranking), in nats",
        because="more than rounding, less than what the context is worth",
    ),
    Claim(
        "claim-in-context-invariant",
        OURS,
        (0.0, 1e-4),
        _largest_energy_spread,
        says="A network whose context points all see one another is: largest spread of an energy over orders, relative",
        because="a property of the wiring; single precision rounds at 10⁻⁷ of terms that may cancel",
    ),
    Claim(
        "claim-in-context-invariant-learns",
        OURS,
        (-0.2, 0.2),
        excess,
        says="It learns as well with as many updates: its NLL with the longest context less the causal "
        "network's, mean over tasks",
        because="one network of each kind, and networks differ by as much",
    ),
]

"""What is said of data with known classes."""

from collections.abc import Mapping

import pandas as pd

from amem.book import Statement, exchange
from amem.book.tables import number
from amem.chapters.new_memories.benchmark.claims import leads

EXPLODED: dict[str, object] = {"data": "iris", "algorithm": "network", "alpha": 10.0, "beta": 0.5}


def standing(other: str, table: pd.DataFrame) -> str:
    """On how many sets the network's best setting is ahead of another algorithm, and where most."""
    found = leads(other, table)
    sides = {"ahead": {name: lead for name, lead in found.items() if lead > 0}}
    sides["behind"] = {name: -lead for name, lead in found.items() if lead <= 0}
    said: list[str] = []
    for side, sets in sides.items():
        words = f"{side} on {len(sets) or 'none'} of {len(found)} sets"
        if sets:
            most = max(sets, key=lambda name: sets[name])
            words += f", most on {most.replace('_', ' ')}, by {sets[most]:.2f}"
        said.append(words)
    return "; ".join(said)


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    return {
        "against_mixture": standing("variational mixture", table),
        "against_k_means": standing("k-means", table),
        "exploded": f"{number(table, 'memories', **EXPLODED):.0f}",
    }


def as_well_on_iris(table: pd.DataFrame) -> bool:
    """Within a twentieth, by which medians scatter; on the others ahead by more than that."""
    found = leads("variational mixture", table)
    return abs(found["iris"]) < 0.05 and min(found["wine"], found["breast_cancer"]) > 0.05


def worse_on_three(table: pd.DataFrame) -> bool:
    found = leads("k-means", table)
    return max(found[name] for name in ("iris", "wine", "breast_cancer")) < 0


STATEMENTS = [
    Statement(
        "On iris the network at its best setting does about as well as the variational mixture, on wine and breast "
        "cancer better",
        as_well_on_iris,
        exchange("algorithm", "network", "variational mixture"),
    ),
    Statement("on all three worse than k-means", worse_on_three, exchange("algorithm", "network", "k-means")),
    Statement(
        "memories of one flower each",
        lambda table: number(table, "memories", **EXPLODED) == 150,
        exchange("alpha", 1.0, 10.0),
    ),
]

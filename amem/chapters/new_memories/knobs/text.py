"""What is said of the two knobs."""

from collections.abc import Mapping
from typing import cast

import numpy as np
import pandas as pd

from amem.book import Statement, exchange, reverse
from amem.book import numbers as column
from amem.book.tables import Array, along, number
from amem.chapters.new_memories.knobs.claims import alpha_against_beta, peak


def made(knob: str, algorithm: str, table: pd.DataFrame) -> Array:
    """Memories in the order of the knob's values."""
    return along(table, "value", "memories", knob=knob, algorithm=algorithm)[1]


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    clusters = cast("Mapping[str, int]", config["planted"])["clusters"]
    alpha, beta = made("alpha", "network", table), made("beta", "network", table)
    return {
        "clusters": str(clusters),
        "components": str(3 * clusters),
        "points": str(config["points"]),
        "alpha_least": f"{alpha[0]:.0f}",
        "alpha_one": f"{number(table, 'memories', knob='alpha', algorithm='network', value=1.0):.0f}",
        "alpha_most": f"{alpha[-1]:.0f}",
        "beta_least": f"{beta[0]:.0f}",
        "beta_most": f"{beta[-1]:.0f}",
        "mixture": f"{column(table, 'ari', algorithm='mixture').min():.2f}",
    }


def better(table: pd.DataFrame) -> bool:
    """The mixture than the network at any setting at which both have run."""
    rows = table.pivot(index=["knob", "value"], columns="algorithm", values="ari").dropna()
    return bool((rows["mixture"] > rows["network"]).all())


def more(table: pd.DataFrame) -> bool:
    return bool((made("alpha", "DP-means", table) > made("alpha", "network", table)).all())


def planted_number(table: pd.DataFrame) -> bool:
    return bool((column(table, "memories", algorithm="mixture") == column(table, "true", algorithm="mixture")).all())


def less(table: pd.DataFrame) -> bool:
    return alpha_against_beta(1e-6, 1.0, table) < 1


KNOBS, ENDS = exchange("knob", "alpha", "beta"), exchange("value", 1e-6, 1e6)
MIXTURE = exchange("algorithm", "network", "mixture")
STATEMENTS = [
    Statement("the sharpness matters more until the other reaches one", less, KNOBS),
    Statement("six decades of it do less than one decade of $\\beta$", less, KNOBS),
    Statement("Above one it explodes", lambda table: alpha_against_beta(1.0, 1e6, table) > 1, ENDS),
    Statement(
        "the network's memories rise slowly from",
        lambda table: bool((np.diff(made("alpha", "network", table)) > 0).all()),
        ENDS,
    ),
    Statement("its agreement peaks near alpha one", lambda table: abs(peak("alpha", table)) <= 1, reverse("ari")),
    Statement("DP-means makes more memories at every alpha", more, exchange("algorithm", "network", "DP-means")),
    Statement(
        "with the best agreement close to the true inverse variance",
        lambda table: abs(peak("beta", table)) < 0.5,
        reverse("ari"),
    ),
    Statement("The variational mixture stays at the planted number", planted_number, MIXTURE),
    Statement("on this task it is simply better", better, MIXTURE),
]

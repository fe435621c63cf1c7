"""What the text says of tokens that merge."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from amem.book import Statement, exchange, reverse
from amem.book import numbers as column
from amem.book.text import listed
from amem.chapters.hypersphere.measuring import matrix
from amem.chapters.hypersphere.merging.claims import deepest_fall, fewer, head_start, left
from amem.chapters.hypersphere.merging.figures import SHOWN


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    kappas = np.unique(column(table, "kappa")).tolist()
    ends = {keys: [int(left(table, keys, kappa)[-1]) for kappa in kappas] for keys in ("at rest", "moving along")}
    return {
        "tokens": str(config["tokens"]),
        "kappa": f"{SHOWN:g}",
        "kappas": listed(f"{kappa:g}" for kappa in kappas),
        "modes": str(ends["at rest"][kappas.index(SHOWN)]),
        "left": listed(ends["at rest"]),
        "left_moving": listed(ends["moving along"]),
    }


def _rise_and_level_off(table: pd.DataFrame) -> bool:
    """All tokens that are drawn: above their start at the end, and a tenth of the layers before as high as then."""
    paths = matrix(table, "log_density", "layer", "token", what="token", keys="at rest", kappa=SHOWN)
    first, before, last = paths[0], paths[-1 - len(paths) // 10], paths[-1]
    return bool(np.all(last > first) and np.all(last - before < 0.01 * (last - first)))


def _sooner_everywhere(table: pd.DataFrame) -> bool:
    """Half of the tokens merge sooner, and at no layer are there more."""
    rest, moving = (
        matrix(table, "distinct", "kappa", "layer", what="layer", keys=keys) for keys in ("at rest", "moving along")
    )
    return head_start(table) >= 1 and bool((moving <= rest).all())


MOVING = exchange("keys", "at rest", "moving along")
STATEMENTS = [
    Statement("never falls", lambda table: deepest_fall(table) > -1e-12, reverse("layer")),
    Statement("that all rise and level off", _rise_and_level_off, reverse("layer")),
    Statement("they merge sooner", _sooner_everywhere, MOVING),
    Statement("and never end in more groups", lambda table: fewer(table) >= 0, MOVING),
    Statement(
        "tokens merge sooner, and end in no more groups",
        lambda table: _sooner_everywhere(table) and fewer(table) >= 0,
        MOVING,
    ),
    Statement("always sooner when keys move along", _sooner_everywhere, MOVING),
]

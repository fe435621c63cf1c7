"""What the text says of the view."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from amem.book import Statement, reverse
from amem.book import numbers as column
from amem.book.text import listed


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    outshone = _outshone(table)
    return {
        "tokens": str(config["tokens"]),
        "outshone": listed(key + 1 for key in outshone),
        "own": listed(key + 1 for key in _keys(table) if key not in outshone),
    }


def _most(table: pd.DataFrame, **equal: object) -> NDArray[np.int64]:
    """The keys that get most attention, place by place."""
    names = sorted((name for name in table if str(name).startswith("share_")), key=lambda name: int(str(name)[6:]))
    shares = np.stack([column(table, str(name), **equal) for name in names], -1)
    return shares[~np.isnan(shares).any(-1)].argmax(-1)


def _outshone(table: pd.DataFrame) -> dict[int, int]:
    """The keys to which a token in their own direction does not attend most, and the neighbours that it prefers."""
    most = {key: int(_most(table, what="key", side="front", label=key)[0]) for key in _keys(table)}
    return {key: other for key, other in most.items() if key != other}


def _keys(table: pd.DataFrame) -> list[int]:
    return [int(key) for key in np.unique(column(table, "label", what="key"))]


def _larger(name: str, table: pd.DataFrame) -> bool:
    """Whether each of these neighbours has the larger number."""
    outshone = _outshone(table)
    values = {key: column(table, name, what="key", side="front", label=key).item() for key in _keys(table)}
    return bool(outshone) and all(values[other] > values[key] for key, other in outshone.items())


def _every_key_has_its_part(table: pd.DataFrame) -> bool:
    return set(_most(table, what="pixel").tolist()) == set(_keys(table))


STATEMENTS = [
    Statement("divides a sphere among its keys", _every_key_has_its_part, lambda table: table.assign(share_0=0.0)),
    Statement(
        "even in their own direction a more concentrated neighbour gets more attention",
        lambda table: _larger("kappa", table),
        reverse("kappa"),
    ),
    Statement("in that of a neighbour with a smaller ring", lambda table: _larger("kappa", table), reverse("kappa")),
    Statement("for it has the larger mixing weight too", lambda table: _larger("weight", table), reverse("weight")),
    Statement(
        "The neighbour has the smaller ring and the larger $\\pi$.",
        lambda table: _larger("kappa", table) and _larger("weight", table),
        reverse("kappa"),
    ),
]

"""What the text says of the view."""

from collections.abc import Mapping

import pandas as pd

from amem.book import Statement, reverse, select
from amem.chapters.hypersphere.measuring import listed


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    keys, outshone = _keys(table), _outshone(table)
    return {
        "tokens": str(config["tokens"]),
        "outshone": listed(sorted(key + 1 for key in outshone)),
        "own": listed(sorted(key + 1 for key in keys.index if key not in outshone)),
    }


def _keys(table: pd.DataFrame) -> pd.DataFrame:
    return select(table, what="key").drop_duplicates("label").set_index("label").sort_index()


def _most(rows: pd.DataFrame) -> pd.Series:
    """The key that gets most attention at each place."""
    return rows.filter(regex="^share_").dropna().idxmax(axis=1).str.removeprefix("share_").astype(int)


def _outshone(table: pd.DataFrame) -> dict[int, int]:
    """The keys to which a token in their own direction does not attend most, and the neighbours that it prefers."""
    most = _most(_keys(table))
    return {key: other for key, other in zip(most.index, most, strict=True) if key != other}


def _larger(name: str, table: pd.DataFrame) -> bool:
    """Whether each of these neighbours has the larger number."""
    values, outshone = _keys(table)[name], _outshone(table)
    return bool(outshone) and all(values[other] > values[key] for key, other in outshone.items())


def _every_key_has_its_part(table: pd.DataFrame) -> bool:
    return set(_most(select(table, what="pixel"))) == set(_keys(table).index)


STATEMENTS = [
    Statement("divides a sphere among its keys", _every_key_has_its_part, lambda table: table.assign(share_0=0.0)),
    Statement(
        "even in their own direction a more concentrated neighbour gets more attention",
        lambda table: _larger("kappa", table),
        reverse("kappa"),
    ),
    Statement("for it has the larger mixing weight too", lambda table: _larger("weight", table), reverse("weight")),
    Statement(
        "The neighbour has the smaller ring and the larger $\\pi$.",
        lambda table: _larger("kappa", table) and _larger("weight", table),
        reverse("kappa"),
    ),
]

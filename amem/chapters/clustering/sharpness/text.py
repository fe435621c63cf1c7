"""What is said of training below the critical β."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from amem.book import Statement, exchange, reverse, select
from amem.book import numbers as column
from amem.book.tables import median
from amem.chapters.clustering.reading import largest, least
from amem.chapters.clustering.sharpness.claims import blind, longer


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    """How CLAM is trained."""
    return {name: f"{config[name]}" for name in ("updates", "longer", "rate", "mask")}


def _below(table: pd.DataFrame, set: str, model: str) -> pd.Series:
    """The median of the adjusted Rand index at each β below β_c, the smallest first."""
    rows = select(table, set=set, model=model).query("beta < beta_c")
    return pd.Series(rows.groupby("beta")["ari"].median())


def _ends(table: pd.DataFrame, set: str, model: str) -> tuple[float, float]:
    """That at the smallest β and at the largest below β_c."""
    found = _below(table, set, model).to_numpy()
    return float(found[0]), float(found[-1])


def _declines(table: pd.DataFrame, *models: str) -> bool:
    ends = [_ends(table, set, model) for set in ("iris", "wine") for model in models]
    return all(low < high - 0.1 for low, high in ends)


def _climbs(table: pd.DataFrame) -> bool:
    above = select(table, model="CLAM+ELBO").query("beta > beta_c").groupby(["set", "beta"])["ari"].median()
    return abs(blind(table)) < 0.05 and least(above) > 0.2


def _above_the_filled(table: pd.DataFrame) -> bool:
    return all(_ends(table, set, "CLAM, longer")[0] > _ends(table, set, "CLAM")[0] for set in ("iris", "wine"))


def _iris_declines(table: pd.DataFrame) -> bool:
    """CLAM still agrees where CLAM+ELBO does not, and loses more than half of it at the smallest β."""
    low, high = _ends(table, "iris", "CLAM")
    return high > 0.5 > 0.05 > abs(_ends(table, "iris", "CLAM+ELBO")[1]) and low < high / 2


def _hardly(table: pd.DataFrame) -> bool:
    found = _below(table, "iris", "CLAM, longer")
    return least(found) > 0.85 * largest(found)


def _worse_with_masks(table: pd.DataFrame) -> bool:
    return all(
        _below(table, set, "CLAM, masked").mean() < _below(table, set, "CLAM").mean() for set in ("iris", "wine")
    )


def _suffers(table: pd.DataFrame) -> bool:
    masked, plain = (
        median(table, "ari", set="wine", beta=table["beta"].max(), model=model) for model in ("CLAM, masked", "CLAM")
    )
    return masked < plain - 0.1


def _later(table: pd.DataFrame) -> bool:
    found = _below(table, "iris", "CLAM, masked")
    return median(table, "ari", set="iris", model="CLAM, masked", beta=0.1) > 0.2 > least(found)


def _uneven(table: pd.DataFrame) -> bool:
    return float(np.ptp(column(table, "ari", set="iris", model="CLAM, masked", beta=0.1))) > 0.3


LONGER = exchange("model", "CLAM", "CLAM, longer")
MASKED = exchange("model", "CLAM", "CLAM, masked")
ELBO = exchange("model", "CLAM", "CLAM+ELBO")
NOTHING = exchange("model", "CLAM, masked", "CLAM+ELBO")
STATEMENTS = [
    Statement("CLAM+ELBO sees a single cluster", lambda table: abs(blind(table)) < 0.05, ELBO),
    Statement("CLAM does worse at small $\\beta$", lambda table: _declines(table, "CLAM"), reverse("beta")),
    Statement("it clusters all the way down", lambda table: longer(table) > 0.5, LONGER),
    Statement("The orange curve is zero left of the dashed line and climbs right of it", _climbs, ELBO),
    Statement(
        "the two blue curves of CLAM fall towards small beta, that with masks on iris to zero",
        lambda table: _declines(table, "CLAM", "CLAM, masked") and abs(_ends(table, "iris", "CLAM, masked")[0]) < 0.05,
        exchange("set", "iris", "wine"),
    ),
    Statement("open blue circles lie above the filled ones at the smallest beta", _above_the_filled, LONGER),
    Statement("CLAM's agreement on iris declines too, at smaller $\\beta$", _iris_declines, LONGER),
    Statement("it hardly does", _hardly, LONGER),
    Statement("finds a single cluster below $\\beta_c$ on both sets", lambda table: abs(blind(table)) < 0.05, ELBO),
    Statement("masked training does worse, on average, than training without masks", _worse_with_masks, MASKED),
    Statement("on wine also at the largest $\\beta$", _suffers, MASKED),
    Statement("Ours gives way at a lower $\\beta$", _later, NOTHING),
    Statement("differs from seed to seed", _uneven, NOTHING),
]

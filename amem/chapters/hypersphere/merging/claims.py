"""What is claimed of tokens that attend to one another."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from amem.book import Claim, numbers, select
from amem.chapters.hypersphere.sources import OURS


def deepest_fall(table: pd.DataFrame) -> float:
    """The least change of a token's log-density in one layer, keys at rest."""
    kappas, tokens = np.unique(numbers(table, "kappa")), np.unique(numbers(table, "token", what="token"))
    by_layer = select(table, keys="at rest", what="token").sort_values("layer")
    paths = [numbers(by_layer, "log_density", kappa=k, token=t) for k in kappas for t in tokens]
    return float(min(np.diff(path).min() for path in paths))


def left(table: pd.DataFrame, keys: str, kappa: float) -> NDArray[np.float64]:
    """How many tokens stay apart, from layer 0 to the last."""
    return numbers(table.sort_values("layer"), "distinct", keys=keys, kappa=kappa, what="layer")


def head_start(table: pd.DataFrame) -> float:
    """How many layers sooner half of the tokens have merged if keys move along, at the least favourable κ."""

    def half(keys: str, kappa: float) -> int:
        still = left(table, keys, kappa)
        return int(np.argmax(still <= still[0] / 2))

    return float(min(half("at rest", k) - half("moving along", k) for k in np.unique(numbers(table, "kappa"))))


def fewer(table: pd.DataFrame) -> float:
    """How many fewer tokens stay apart in the last layer if keys move along, at the least favourable κ."""
    end = select(table, layer=table["layer"].max())
    kappas = np.unique(numbers(table, "kappa"))
    return float(min((left(end, "at rest", k) - left(end, "moving along", k)).item() for k in kappas))


CLAIMS = [
    Claim(
        "claim-hypersphere-falls",
        OURS,
        (-1e-12, 1.0),
        deepest_fall,
        says="The same for tokens that attend to one another, keys at rest",
        because="a theorem, up to rounding",
    ),
    Claim(
        "claim-hypersphere-merging-sooner",
        OURS,
        (1.0, 50.0),
        head_start,
        says="Keys that move along with the tokens merge half of them sooner, at every concentration: layers fewer,"
        " at least",
        because="the density sharpens as they gather; layers are whole numbers",
    ),
    Claim(
        "claim-hypersphere-merging-further",
        OURS,
        (0.0, 39.0),
        fewer,
        says="In the end they leave no more tokens apart than keys at rest, at any concentration: tokens fewer, at"
        " least",
        because="equal numbers are allowed: a sharper density may keep the modes that it has",
    ),
]

"""What is said of the guarantees, as numbers."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from amem.book import Claim, numbers
from amem.chapters.kde_capacity.sources import DERIVED, FROM_THEOREM_A, OURS, THEOREM_A


def setting(table: pd.DataFrame, name: str, ratio: float, n: int) -> float:
    return numbers(table, name, radius_ratio=ratio, n=n).item()


def off_promise(table: pd.DataFrame, name: str, quoted: Mapping[tuple[float, int], float]) -> float:
    """The largest relative deviation from quoted guarantees."""
    return max(abs(setting(table, name, ratio, n) / p - 1) for (ratio, n), p in quoted.items())


CLAIMS = [
    Claim(
        "claim-kde-capacity-promise",
        DERIVED,
        (1.0, 1.0),
        lambda table: float(np.nanmin(numbers(table, "stored"))),
        says="Of as many random points as theorem B promises with probability 0.999, all are stored.",
        because="a theorem; at $K = 1$, $n = 75$ it promises two hundred thousand points, of which we start a part",
    ),
    Claim(
        "claim-kde-capacity-lambert-3",
        THEOREM_A,
        (3.1546, 3.1547),
        lambda table: setting(table, "constant", 3.0, 20),
        says="Theorem A's constant is $c$ = 3.1546 at $K = 3$, $n = 20$.",
        because="rounded or cut after four decimals",
        stated=3.1546,
    ),
    Claim(
        "claim-kde-capacity-lambert-1",
        THEOREM_A,
        (1.3718, 1.3719),
        lambda table: setting(table, "constant", 1.0, 75),
        says="Theorem A's constant is $c$ = 1.3718 at $K = 1$, $n = 75$.",
        because="cut after four decimals; rounded it is 1.3719",
        stated=1.3718,
    ),
    Claim(
        "claim-kde-capacity-promised-by-b",
        OURS,
        (0.0, 0.005),
        lambda table: off_promise(table, "by_b", {(3.0, 20): 464, (2.0, 20): 41, (1.0, 50): 840, (1.0, 75): 1.99e5}),
        says="Theorem B promises 464, 41, 840 and $1.99\\cdot10^5$ points at $(K, n)$ = (3, 20), (2, 20), (1, 50), "
        "(1, 75).",
        because="relative; quoted to two or three digits",
    ),
    Claim(
        "claim-kde-capacity-promised-by-a",
        FROM_THEOREM_A,
        (0.0, 0.007),
        lambda table: off_promise(table, "by_a", {(3.0, 20): 7.4, (1.0, 75): 11}),
        says="Theorem A promises only 7.4 and 11 points at $(K, n)$ = (3, 20) and (1, 75).",
        because="relative; quoted to two digits",
    ),
    Claim(
        "claim-kde-capacity-loose",
        FROM_THEOREM_A,
        (1.7e4, 1.9e4),
        lambda table: setting(table, "by_b", 1.0, 75) / setting(table, "by_a", 1.0, 75),
        says="As a quantitative guide theorem A is very loose: at $K = 1$, $n = 75$ theorem B promises 18 000 times "
        "as many.",
        because="$2\\cdot10^5$ over 11, each rounded",
    ),
]

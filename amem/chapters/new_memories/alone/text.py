"""What is said of the poster's streams."""

from collections.abc import Mapping
from itertools import product
from typing import cast

import numpy as np
import pandas as pd

from amem.book import Statement, exchange, select
from amem.book import numbers as column
from amem.book.tables import Array, along, number
from amem.book.text import percent
from amem.chapters.new_memories.alone.claims import (
    FADING,
    STEADY,
    alone_as_poster,
    alone_at_the_rate_of_the_code,
    dp_means_as_poster,
    k_means_as_poster,
)

MIXTURE = {"kind": "mean", "algorithm": "variational mixture"}


def on_poster(algorithm: str, table: pd.DataFrame) -> Array:
    """Levels that were read off, under the kernels that fade."""
    read = [column(table, "nmi", kind="poster", kernel=kernel, algorithm=algorithm) for kernel in FADING]
    return np.concatenate(read)


def here(algorithm: str, table: pd.DataFrame) -> Array:
    """Levels of our runs at rate one, under the same kernels."""
    return column(table, "nmi", kind="mean", algorithm=algorithm)


def mixture_at(end: int, table: pd.DataFrame) -> float:
    """The variational mixture with the hyperbolic kernel, at the smallest α or at the last."""
    return float(along(table, "alpha", "nmi", kernel="hyperbolic", **MIXTURE)[1][end])


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    streams = cast("Mapping[str, float]", config["streams"])
    steady = [along(table, "alpha", "nmi", kind="alone", kernel=kernel, rate=streams["rate"])[1] for kernel in STEADY]
    firsts, lasts = ([curve[end] for curve in steady] for end in (0, -1))
    poster = on_poster("dynamical", table)
    runs = select(table, kind="mean", algorithm="alone")
    opened = (runs["true"] / streams["points"]).to_numpy()
    alphas = column(table, "alpha", kind="poster")
    baselines = np.concatenate([on_poster(name, table) for name in ("k-means", "DP-means")])
    return {
        "customers": str(config["customers"]),
        "slow": str(streams["rate"]),
        "alpha_least": f"{alphas.min():g}",
        "alpha_most": f"{alphas.max():g}",
        "steady_first": " or ".join(f"{value:.2f}" for value in firsts),
        "steady_last": " or ".join(f"{value:.2f}" for value in lasts),
        "mixture_left": f"{mixture_at(0, table):.2f}",
        "poster_least": f"{poster.min():.2f}",
        "poster_most": f"{poster.max():.2f}",
        "poster_mean": f"{poster.mean():.2f}",
        "poster_behind": f"{(on_poster('k-means', table) - poster).mean():.1f}",
        "poster_baselines": f"{baselines.min():.2f}",
        "ours_least": f"{here('dynamical', table).min():.2f}",
        "k_means_least": f"{here('k-means', table).min():.2f}",
        "opened_least": percent(opened.min()),
        "opened_most": percent(opened.max()),
    }


def near_poster(table: pd.DataFrame) -> bool:
    return bool(max(dp_means_as_poster(table), k_means_as_poster(table)) < 0.05)


def mixture_but_once(table: pd.DataFrame) -> bool:
    """Below a tenth everywhere but with the hyperbolic kernel at the smallest α."""
    return bool((here("variational mixture", table) > 0.1).sum() == 1) and mixture_at(0, table) > 0.1


def restaurant_apart(table: pd.DataFrame) -> bool:
    """By more than a fifth at each place."""
    return bool(here("dynamical", table).min() - on_poster("dynamical", table).max() > 0.2)


def above_dotted(table: pd.DataFrame) -> bool:
    """Within a twentieth of every point alone at rate one, and above that at the rate of the code by more."""
    alphas = np.unique(column(table, "alpha", kind="poster")).tolist()
    for kernel, alpha in product(FADING, alphas):
        rows = select(table, kernel=kernel, alpha=alpha)
        slow, fast = (number(rows, "nmi", kind="alone", rate=rate) for rate in (0.05, 1.0))
        read = [number(rows, "nmi", kind="poster", algorithm=name) for name in ("DP-means", "k-means")]
        if not all(abs(level - fast) < 0.05 < level - slow for level in read):
            return False
    return True


RATES, POSTER = exchange("rate", 0.05, 1.0), exchange("algorithm", "DP-means", "dynamical")
ALPHAS = exchange("alpha", 5.0, 25.0)
GREY = exchange("algorithm", "variational mixture", "k-means")
STATEMENTS = [
    Statement("DP-means and k-means come out near where the poster has them", near_poster, POSTER),
    Statement(
        "The variational mixture does so too, except with the hyperbolic kernel at the smallest $\\alpha$",
        mixture_but_once,
        ALPHAS,
    ),
    Statement("grey circles below 0.1 but for one", mixture_but_once, ALPHAS),
    Statement("The dynamical restaurant does not", restaurant_apart, POSTER),
    Statement("the others come up to the poster's level", near_poster, POSTER),
    Statement("the restaurant rises above its own", restaurant_apart, POSTER),
    Statement("works better here than its authors report", restaurant_apart, POSTER),
    Statement("lie close to the black line of points alone", lambda table: alone_as_poster(table) < 0.05, RATES),
    Statement("pink and green crosses lie near the solid line for rate one, above the dotted one", above_dotted, RATES),
    Statement(
        "grey crosses lie at zero",
        lambda table: bool((on_poster("variational mixture", table) == 0).all()),
        GREY,
    ),
    Statement("It scores what the poster says", lambda table: alone_as_poster(table) < 0.05, RATES),
    Statement(
        "and not the [[alone.slow]] that we took from the code",
        lambda table: alone_at_the_rate_of_the_code(table) > 0.05,
        RATES,
    ),
    Statement("only with the hyperbolic kernel at the smallest $\\alpha$ it still scores", mixture_but_once, ALPHAS),
    Statement(
        "Nearly nothing at the largest $\\alpha$, but still",
        lambda table: mixture_at(-1, table) < 0.1 < 0.2 < mixture_at(0, table),
        ALPHAS,
    ),
    Statement(
        "finds nearly everything on these streams",
        lambda table: bool(here("dynamical", table).min() > 0.95),
        exchange("algorithm", "dynamical", "recursive"),
    ),
    Statement(
        "It finds nearly everything.",
        lambda table: bool(here("dynamical", table).min() > 0.95),
        exchange("algorithm", "dynamical", "recursive"),
    ),
]

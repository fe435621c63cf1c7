"""What the poster's streams were, if its DP-means made every point a cluster."""

from functools import partial

import pandas as pd

from amem.book import Claim, select
from amem.book.tables import number
from amem.chapters.new_memories.scores import nmi
from amem.chapters.new_memories.sources import MIXTURES_CODE, OUR_MIXTURES

STEADY, FADING = ("constant", "oscillator"), ("exponential", "hyperbolic")


def off_poster(kernels: tuple[str, ...], algorithm: str, found: str, table: pd.DataFrame, **rows: object) -> float:
    """The largest difference of an algorithm's NMI on the poster, at each α that was read off, from one found here."""
    apart: list[float] = []
    for kernel in kernels:
        read = select(table, kind="poster", kernel=kernel, algorithm=algorithm)
        for alpha, level in read[["alpha", "nmi"]].to_numpy():
            apart.append(abs(number(table, "nmi", kernel=kernel, algorithm=found, alpha=alpha, **rows) - level))
    return max(apart)


def alone_as_poster(table: pd.DataFrame) -> float:
    """Every point alone beside DP-means on the poster: constant kernel and oscillator, and the others at rate one."""
    return max(
        off_poster(kernels, "DP-means", "alone", table, kind="alone", rate=rate)
        for rate, kernels in ((0.05, STEADY), (1.0, FADING))
    )


def alone_at_the_rate_of_the_code(table: pd.DataFrame) -> float:
    return off_poster(FADING, "DP-means", "alone", table, kind="alone", rate=0.05)


def dp_means_as_poster(table: pd.DataFrame) -> float:
    return off_poster(FADING, "DP-means", "DP-means", table, kind="mean")


def k_means_as_poster(table: pd.DataFrame) -> float:
    return off_poster(FADING, "k-means", "k-means", table, kind="mean")


CLAIMS = [
    Claim(
        "claim-new-memories-alone-poster",
        OUR_MIXTURES,
        (0.0, 0.05),
        alone_as_poster,
        says="DP-means on the poster scores the same as every point alone: NMI of 1000 points each on its own, the "
        "fading kernels at rate one (largest difference, four kernels, two $\\alpha$).",
        because="read off a poster, from curves of three seeds",
    ),
    Claim(
        "claim-new-memories-alone-slow",
        MIXTURES_CODE,
        (0.0, 0.05),
        alone_at_the_rate_of_the_code,
        says="The same with the fading kernels at the rate 0.05 that we took from the code.",
        because="read off a poster, from curves of three seeds",
        finding="No. So on the poster the streams with fading kernels seem to have been drawn at another rate. "
        "Rate one fits (claim above).",
    ),
    Claim(
        "claim-new-memories-fast-kmeans",
        OUR_MIXTURES,
        (0.0, 0.05),
        k_means_as_poster,
        says="At rate one k-means scores what it does on the poster (largest difference, two kernels, two $\\alpha$).",
        because="read off a poster",
    ),
    *(
        Claim(
            f"claim-new-memories-fast-mixture-{kernel}",
            OUR_MIXTURES,
            (0.0, 0.1),
            partial(nmi, kernel, "variational mixture"),
            says=f"At rate one, {kernel} kernel, the variational mixture finds nothing, as on the poster: NMI.",
            because="a curve on the axis",
            finding=finding,
        )
        for kernel, finding in (
            ("exponential", ""),
            ("hyperbolic", "Nearly nothing at the largest $\\alpha$, but still [[mixture_left]] at the smallest."),
        )
    ),
    *(
        Claim(
            f"claim-new-memories-fast-dynamical-{kernel}",
            OUR_MIXTURES,
            (0.56, 0.76),
            partial(nmi, kernel, "dynamical"),
            says=f"At rate one, {kernel} kernel, the dynamical restaurant scores about 0.66, as on the poster: NMI.",
            because="read off a poster",
            finding="It finds nearly everything. What held it back there we do not know: whether it was told another "
            "rate, or how it names a new memory. Damped means are not enough (claim above).",
        )
        for kernel in ("exponential", "hyperbolic")
    ),
]

"""Claims: what a paper states as a number, and whether a table agrees."""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass

import pandas as pd

from amem.book.display import check_words

MARKS = ("PAPER", "CODE", "RECONSTRUCTED", "RECALLED")


@dataclass(frozen=True)
class Source:
    """Where a number comes from: a bib key, who gives it, and the place in the paper.

    `mark` says whether it is the paper, its code, or we who reconstructed or recalled it.
    Raises ValueError for any other mark and for an empty key.
    """

    key: str
    mark: str
    place: str = ""

    def __post_init__(self) -> None:
        if self.mark not in MARKS:
            raise ValueError(f"mark of {self.key} must be one of {', '.join(MARKS)}, got {self.mark!r}")
        if not self.key.strip():
            raise ValueError("key of a source must be that of an entry of the bibliography, got none")


@dataclass(frozen=True)
class Claim:
    """A number that a paper states, and the interval in which we expect to measure it.

    `stated` is that number where there is a single one. `because` is the reason for the interval's width. `finding`
    is what we know of a claim that is not reproduced. Without `measure` it cannot be tested here.

    Raises ValueError naming the wrong field.
    """

    id: str
    source: Source
    expect: tuple[float, float]
    measure: Callable[[pd.DataFrame], float] | None
    _: KW_ONLY
    says: str
    because: str
    stated: float | None = None
    finding: str = ""

    def __post_init__(self) -> None:
        check_words(self.id, "claim", says=self.says, because=self.because)
        low, high = self.expect
        if not low <= high:
            raise ValueError(f"expect of {self.id} must be a lower and an upper bound, got {self.expect}")
        if self.stated == 0:
            raise ValueError(f"stated of {self.id} must not be 0, from which no distance in per cent can be told")


@dataclass(frozen=True)
class Verdict:
    """What a table says of a claim."""

    measured: float | None
    text: str


def verdict(claim: Claim, table: pd.DataFrame) -> Verdict:
    """Measure a claim's number: it is reproduced if the expected interval, bounds included, holds it.

    Where the paper states a single number, the verdict says within how many per cent of it.
    """
    if claim.measure is None:
        return Verdict(None, "cannot be tested here")
    measured = float(claim.measure(table))
    low, high = claim.expect
    if not low <= measured <= high:
        return Verdict(measured, "not reproduced")
    if claim.stated is None:
        return Verdict(measured, "reproduced")
    return Verdict(measured, f"reproduced within {max(0.1, 100 * abs(measured / claim.stated - 1)):.2g} %")

"""The verbs of a chapter: record, show and judge; and what its figures and claims are made of."""

from amem.book.claims import Claim, Source, Verdict, verdict
from amem.book.drawings import Drawing, figure
from amem.book.judging import judge
from amem.book.recording import Recorded, published, record
from amem.book.showing import show
from amem.book.tables import numbers, select

__all__ = [
    "Claim",
    "Drawing",
    "Recorded",
    "Source",
    "Verdict",
    "figure",
    "judge",
    "numbers",
    "published",
    "record",
    "select",
    "show",
    "verdict",
]

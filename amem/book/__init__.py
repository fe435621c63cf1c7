"""The verbs of a chapter: record, show and judge; and what its figures and claims are made of."""

from amem.book.claims import Claim, Source, Verdict, verdict
from amem.book.drawings import Drawing, figure
from amem.book.judging import judge
from amem.book.recording import Recorded, published, record
from amem.book.showing import show
from amem.book.tables import numbers, select
from amem.book.text import Statement, exchange, reverse

__all__ = [
    "Claim",
    "Drawing",
    "Recorded",
    "Source",
    "Statement",
    "Verdict",
    "exchange",
    "figure",
    "judge",
    "numbers",
    "published",
    "record",
    "reverse",
    "select",
    "show",
    "verdict",
]

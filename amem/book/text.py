"""Words that rest on a table: numbers filled in where a text is printed, and comparisons that can fail.

A `text.py` beside an experiment holds `numbers(table, config)`, words by their names, and STATEMENTS. Captions, alt
texts and findings name a number as [[name]], a notebook's paragraphs as [[question.name]].
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

import pandas as pd

from amem.book.display import plain
from amem.book.questions import part
from amem.store import OWN, Recorded

NUMBER = re.compile(r"\[\[([a-z0-9_.]+)\]\]")
Change = Callable[[pd.DataFrame], pd.DataFrame]


@dataclass(frozen=True)
class Statement:
    """A comparison that a caption, an alt text or a paragraph makes in these words, and what the table says of it.

    `mistaken` makes of the table one of which the statement is not true: by `exchange` or `reverse`, say. The tests
    demand that `holds` notices.
    """

    says: str
    holds: Callable[[pd.DataFrame], bool]
    mistaken: Change


def exchange(column: str, one: object, other: object) -> Change:
    """A mistake: two groups of rows have each other's name."""

    def exchanged(table: pd.DataFrame) -> pd.DataFrame:
        return table.assign(**{column: table[column].replace({one: other, other: one})})

    return exchanged


def reverse(column: str) -> Change:
    """A mistake: a column's values are mirrored, the largest in the place of the smallest."""

    def reversed(table: pd.DataFrame) -> pd.DataFrame:
        values = table[column]
        return table.assign(**{column: values.min() + values.max() - values})

    return reversed


def percent(part: float) -> str:
    """A part of one in words."""
    return f"{100 * part:.0f} %"


def listed(things: Iterable[object]) -> str:
    """In a sentence.

    >>> listed((1, 2, 3)), listed([1])
    ('1, 2 and 3', '1')
    """
    *others, last = map(str, things)
    return f"{', '.join(others)} and {last}" if others else last


def numbers_of(recorded: Recorded) -> Mapping[str, str]:
    """The numbers of a question's text, read off a result.

    A reader's own table may lack the rows that they stand in: then there is a dash in the place of each.
    """
    found = getattr(part(recorded.experiment.package, "text"), "numbers", None)
    if found is None:
        return {}
    with suppress(*_unsaid(recorded)):
        return cast("dict[str, str]", found(recorded.table, recorded.card["config"]))
    return defaultdict(lambda: "–")


def statements_of(recorded: Recorded) -> list[Statement]:
    """The comparisons that are made of a question's table."""
    return getattr(part(recorded.experiment.package, "text"), "STATEMENTS", [])


def checked(recorded: Recorded, words: str) -> dict[str, bool]:
    """The comparisons that these words make, and whether the table bears them out."""
    numbers, outcome = numbers_of(recorded), dict[str, bool]()
    for statement in statements_of(recorded):
        if plain(statement.says) in plain(words):
            with suppress(*_unsaid(recorded)):
                says = fill(statement.says, numbers, recorded.experiment.id)
                outcome[says] = bool(statement.holds(recorded.table))
    return outcome


def _unsaid(recorded: Recorded) -> tuple[type[Exception], ...]:
    """What may be raised in silence: a preset's words must be there, those about a reader's own numbers may fail."""
    return (Exception,) if recorded.preset == OWN else ()


def fill(text: str, numbers: Mapping[str, str], where: str) -> str:
    """The text with every [[name]] replaced. Raises ValueError for a name that the numbers do not have."""

    def word(match: re.Match[str]) -> str:
        try:
            return numbers[match[1]]
        except KeyError:
            known = ", ".join(numbers) or "none"
            raise ValueError(f"{where} names the number {match[1]!r}, wanted one of {known}") from None

    return NUMBER.sub(word, text)

"""Who is measured, at what: a file for each family of models, whose first contender in a row is amem."""

from collections.abc import Callable
from typing import NamedTuple

Task = Callable[[], object]


class Contender(NamedTuple):
    """A way to do a row's work: ``prepare(queries)`` makes the task, which is timed; slow peers get fewer queries."""

    name: str
    prepare: Callable[[int], Task]
    queries: int = 10_000


class Row(NamedTuple):
    """One line of the benchmark: what is done, in a word and in a sentence that says what a query is, how many
    operations a query needs, and who does it, amem first. If all do the same, their answers are compared."""

    title: str
    says: str
    operations: int
    contenders: list[Contender]
    same: bool = False

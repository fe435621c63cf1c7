"""What is said of the walk."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from amem.book import Statement, exchange
from amem.book import numbers as column
from amem.book.tables import Array
from amem.chapters.new_memories.rooms.claims import mean
from amem.chapters.new_memories.terms import HALLWAY


def answering(form: str, table: pd.DataFrame) -> Array:
    """Which memory answered, and where, at each step of the walk that is shown."""
    return np.stack([column(table, name, kind="walk", form=form) for name in ("label", "place")])


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    return {
        **{name: str(config[name]) for name in ("steps", "landmarks")},
        "walk_collapsed": str(len(np.unique(answering("collapsed", table)[0]))),
        "walk_mean_field": str(len(np.unique(answering("mean field", table)[0]))),
        "collapsed": f"{mean('memories', 'collapsed', table):.0f}",
        "places": f"{mean('true', 'collapsed', table):.0f}",
    }


def hallways_alike(table: pd.DataFrame) -> bool:
    """One memory answers most often in all of them, and in no room."""
    places, labels = (column(table, name, kind="place", form="collapsed") for name in ("place", "label"))
    hallways, rooms = set(labels[places == HALLWAY]), set(labels[places != HALLWAY])
    return len(hallways) == 1 and not hallways & rooms


def new_at_every_visit(table: pd.DataFrame) -> bool:
    """More than nine memories for ten visits to rooms."""
    labels, places = answering("mean field", table)
    inside = labels[places != HALLWAY]
    return len(np.unique(inside)) > 0.9 * len(inside)


def a_tenth(table: pd.DataFrame) -> bool:
    return 0.07 < mean("memories", "collapsed", table) / mean("memories", "mean field", table) < 0.13


def in_part(table: pd.DataFrame) -> bool:
    """Some places have a main memory of their own, some share it; and not all visits go to the main one."""
    return 0 < mean("own", "collapsed", table) < 1 and mean("loyal", "collapsed", table) < 1


def nearly_twice(table: pd.DataFrame) -> bool:
    return 1.5 < mean("memories", "collapsed", table) / mean("true", "collapsed", table) < 2


def one_each(table: pd.DataFrame) -> pd.DataFrame:
    """A mistake: every place has one memory, its own."""
    return table.assign(own=1.0, loyal=1.0)


FORMS, PLACES = exchange("form", "collapsed", "mean field"), exchange("place", HALLWAY, 0)
STATEMENTS = [
    Statement("Hallways that look alike become one memory", hallways_alike, PLACES),
    Statement("all the small squares have the same colour and number, the rooms have others", hallways_alike, PLACES),
    Statement("makes a new memory at almost every visit to a room", new_at_every_visit, FORMS),
    Statement("opens a memory at almost every visit to a room", new_at_every_visit, FORMS),
    Statement("it makes about a tenth as many", a_tenth, FORMS),
    Statement("about a tenth of these memories are left", a_tenth, FORMS),
    Statement("Nearly twice as many, but about a tenth of the mean field's", a_tenth, FORMS),
    Statement("Nearly twice as many", nearly_twice, FORMS),
    Statement("recognises some rooms, while others share a memory or have several", in_part, one_each),
    Statement("some rooms share a memory, others have several", in_part, one_each),
    Statement("and yet some rooms share one", in_part, one_each),
    Statement(
        "The hallways do become one memory",
        lambda table: min(mean("hallway", form, table) for form in ("collapsed", "mean field")) > 0.8,
        lambda table: table.assign(hallway=1 - table["hallway"]),
    ),
]

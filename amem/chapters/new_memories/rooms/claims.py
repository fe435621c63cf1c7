"""What a walk through rooms should leave behind."""

from functools import partial

import pandas as pd

from amem.book import Claim, numbers
from amem.chapters.new_memories.sources import OUR_ROOMS, ROOMS


def mean(column: str, form: str, table: pd.DataFrame) -> float:
    """Over walks."""
    return float(numbers(table, column, kind="score", form=form).mean())


CLAIMS = [
    *(
        Claim(
            f"claim-new-memories-hallways-{slug}",
            ROOMS,
            (0.8, 1.0),
            partial(mean, "hallway", form),
            says=f"Hallways that look alike share one memory, {form}: largest part of the visits to them that went to "
            "one.",
            because="most of them",
        )
        for form, slug in (("mean field", "mean-field"), ("collapsed", "collapsed"))
    ),
    Claim(
        "claim-new-memories-rooms",
        OUR_ROOMS,
        (0.9, 1.0),
        partial(mean, "nmi", "collapsed"),
        says="Collapsed, it recognises the rooms too: mutual information of memories and places.",
        because="a hundred landmarks tell ten places apart many times over",
        finding="Only in part: some rooms share a memory, others have several, and a filter that never looks back "
        "cannot merge these.",
    ),
    Claim(
        "claim-new-memories-mean-field",
        OUR_ROOMS,
        (30.0, 400.0),
        partial(mean, "memories", "mean field"),
        says="As a mean field the stream makes many more memories than there are places: made, ten being there.",
        because="each of a hundred features costs the difference between a logarithm's mean and its mean's logarithm",
    ),
    Claim(
        "claim-new-memories-collapsed",
        OUR_ROOMS,
        (7.0, 14.0),
        partial(mean, "memories", "collapsed"),
        says="Measured by the rod of a new memory it makes about as many memories as there are places, ten.",
        because="ten, within a factor of the square root of two",
        finding="Nearly twice as many, but about a tenth of the mean field's.",
    ),
]

"""What the text says of the recalled pictures."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from amem.book import Statement, exchange
from amem.book import numbers as column
from amem.chapters.landscapes.reading import at_most, span
from amem.chapters.landscapes.terms import CUES, IMAGES, RECALLERS

BITS = "in black and white"


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    return {
        "stored": str(config["stored"]),
        "patch": str(config["patch"]),
        "wrong": span([_wrong("exponential", "digits", cue, table) for cue in CUES if cue != "blurred"], 0),
        "off": at_most(max(_off(cue, table) for cue in CUES)),
    }


def _picture(shows: str, images: str, cue: str, table: pd.DataFrame) -> NDArray[np.float64]:
    return column(table.sort_values(["row", "column"]), "value", shows=shows, images=images, cue=cue)


def _wrong(memory: str, images: str, cue: str, table: pd.DataFrame) -> int:
    """Pixels unlike the black-and-white image."""
    return int((_picture(memory, images, cue, table) != _picture(BITS, images, cue, table)).sum())


def _off(cue: str, table: pd.DataFrame) -> float:
    """How far the grey values of log-sum-exp's digit are from the stored one's, at most."""
    recalled, stored = (_picture(shows, "digits", cue, table) for shows in ("log-sum-exp", "stored"))
    return float(np.abs(recalled - stored).max())


def _alike(memory: str, images: str, table: pd.DataFrame) -> bool:
    """The same answer to every cue."""
    first, *others = (_picture(memory, images, cue, table) for cue in CUES)
    return all(np.array_equal(first, other) for other in others)


def _likeness(memory: str, table: pd.DataFrame) -> float:
    """The correlation with the image, for the first three in black and white, averaged over images and cues."""
    target = "stored" if memory == "log-sum-exp" else BITS
    pairs = [
        (_picture(memory, images, cue, table), _picture(target, images, cue, table))
        for images in IMAGES
        for cue in CUES
    ]
    return float(np.mean([np.corrcoef(*pair)[0, 1] for pair in pairs]))


def _steeper_is_better(table: pd.DataFrame) -> bool:
    return bool(np.all(np.diff([_likeness(memory, table) for memory in RECALLERS]) > 0))


def _quadratic_is_deaf(table: pd.DataFrame) -> bool:
    return all(_alike("quadratic", images, table) for images in IMAGES)


def _bars(table: pd.DataFrame) -> bool:
    return _alike("quadratic", "digits", table) and _alike("cubic", "digits", table)


def _blurred_only(table: pd.DataFrame) -> bool:
    wrong = {cue: _wrong("exponential", "digits", cue, table) for cue in CUES}
    return wrong.pop("blurred") == 0 and min(wrong.values()) > 0


def _eaves(table: pd.DataFrame) -> bool:
    wrong = {cue: _wrong("cubic", "photographs", cue, table) for cue in CUES}
    exponential = [_wrong("exponential", "photographs", cue, table) for cue in CUES]
    return wrong.pop("blurred") > 0 and max(*wrong.values(), *exponential) == 0


DEAF = exchange("shows", "quadratic", "exponential")
CUE = exchange("cue", "blurred", "noisy")
STATEMENTS = [
    Statement("the quadratic memory answers every cue with one blend", _quadratic_is_deaf, DEAF),
    Statement("the steeper the energy, the more of the image itself returns", _steeper_is_better, DEAF),
    Statement("the quadratic and the cubic memory each answer every cue with one and the same bar", _bars, DEAF),
    Statement("the exponential one returns the black-and-white digit for the blurred cue only", _blurred_only, CUE),
    Statement("the cubic one fails on the blurred cue only", _eaves, CUE),
    Statement("returns the same blend whatever it is asked", _quadratic_is_deaf, DEAF),
]

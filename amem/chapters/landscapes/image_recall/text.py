"""What the text says of the recall of images."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from amem.book import Statement, exchange
from amem.book import numbers as column
from amem.chapters.landscapes.image_recall.claims import smallest_gain
from amem.chapters.landscapes.reading import at_most, span
from amem.chapters.landscapes.terms import CUES, IMAGES, RECALLERS


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    loads = column(table, "p")
    fewest, most = loads.min(), loads.max()
    digits, photographs = (
        {
            (memory, p): column(table, "recalled", images=kind, memory=memory, p=p)
            for memory in RECALLERS
            for p in (fewest, most)
        }
        for kind in IMAGES
    )
    return {
        "differing": f"{100 * float(str(config['differing'])):g} %",
        "fewest": f"{fewest:.0f}",
        "most": f"{most:.0f}",
        "best": f"{at_most(100 * digits['quadratic', fewest].max(), 0)} %",
        "low": at_most(max(digits[memory, most].max() for memory in ("quadratic", "cubic"))),
        "digits_exponential": span(digits["exponential", most]),
        "digits_log_sum_exp": span(digits["log-sum-exp", most]),
        "photographs_quadratic": at_most(photographs["quadratic", most].max()),
        "photographs_cubic": span(photographs["cubic", most]),
        "photographs_exponential": span(photographs["exponential", most]),
        "photographs_log_sum_exp": span(photographs["log-sum-exp", most]),
        "blurred_exponential": f"{_mean('exponential', 'digits', 'blurred', table):.2f}",
        "blurred_log_sum_exp": f"{_mean('log-sum-exp', 'digits', 'blurred', table):.2f}",
    }


def _mean(memory: str, images: str, cue: str, table: pd.DataFrame) -> float:
    return float(column(table, "recalled", memory=memory, images=images, cue=cue).mean())


def _in_order_in_each_panel(table: pd.DataFrame) -> bool:
    means = [[_mean(memory, images, cue, table) for memory in RECALLERS] for images in IMAGES for cue in CUES]
    return bool(np.all(np.diff(means) > 0))


def _lead(cue: str, table: pd.DataFrame) -> float:
    return _mean("log-sum-exp", "digits", cue, table) - _mean("exponential", "digits", cue, table)


def _blurring_costs_the_lead(table: pd.DataFrame) -> bool:
    return 0 < _lead("blurred", table) < min(_lead(cue, table) for cue in CUES if cue != "blurred") / 2


SWAPPED = exchange("memory", "exponential", "log-sum-exp")
STATEMENTS = [
    Statement("Averaged over the loads, the steeper memory is ahead in every panel", _in_order_in_each_panel, SWAPPED),
    Statement(
        "the memories come in the order of this chapter: quadratic, cubic, exponential, log-sum-exp",
        lambda table: smallest_gain(table) > 0,
        SWAPPED,
    ),
    Statement(
        "on blurred digits, which turn into good black-and-white ones, less than half of its lead is left",
        _blurring_costs_the_lead,
        exchange("cue", "blurred", "noisy"),
    ),
]

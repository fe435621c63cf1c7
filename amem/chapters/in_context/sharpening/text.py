"""What is said of the context's worth."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from amem.book import Statement, exchange, reverse
from amem.book import numbers as values
from amem.chapters.in_context.reading import exchanged, mirror, one, ordered, part, said
from amem.chapters.in_context.sharpening.claims import curve, fall, longest, over, steepest_rise, under_kernels
from amem.chapters.in_context.terms import DIVERGENCE, EM, EXACT, KDE, KDE_TEST, NOTHING, OBJECTIVES, RANKING, TRUTH


def off_the_start(table: pd.DataFrame) -> float:
    """The largest excess without context of a network's NLL over what it must be."""
    must = one(table, "nll", what="mean", source=NOTHING, n=0)
    return max(abs(one(table, "nll", what="mean", source=source, n=0) - must) for source in OBJECTIVES)


def widest_bar(table: pd.DataFrame) -> float:
    """Of the kernel estimates and EM, from the mean to its end."""
    return max(
        float(
            np.max(values(table, "high", what="mean", source=source) - values(table, "nll", what="mean", source=source))
        )
        for source in (KDE, KDE_TEST, EM)
    )


def known(table: pd.DataFrame) -> int:
    """The longest context over which the exact prediction is summed."""
    return int(values(table, "n", what="mean", source=EXACT).max())


def least_swapped(table: pd.DataFrame) -> float:
    """By how much another task's longest context is worse than none, at least over objectives."""
    return min(longest("swapped", source)(table) - curve(table, "nll", source)[0] for source in OBJECTIVES)


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    longest_sum = known(table)
    exact = {name: one(table, name, what="mean", source=EXACT, n=longest_sum) for name in ("nll", "wells")}
    return {
        "longest": str(part(config, "network")["length"] - 1),
        "summed": str(longest_sum),
        "start": said(off_the_start(table)),
        "bar": said(widest_bar(table), 1),
        "gain_divergence": said(fall("nll", DIVERGENCE)(table)),
        "gain_ranking": said(fall("nll", RANKING)(table)),
        "exact_left": said(exact["nll"] - longest("nll", TRUTH)(table)),
        "wells_exact": said(exact["wells"], 1),
        "wells_ranking": said(longest("wells", RANKING)(table), 1),
        "wells_divergence": said(longest("wells", DIVERGENCE)(table), 1),
        "wells_truth": said(longest("wells", TRUTH)(table), 1),
        "swapped": said(least_swapped(table), 1),
    }


def means(*sources: str) -> list[dict[str, object]]:
    return [{"what": "mean", "source": source} for source in sources]


def falls(name: str, table: pd.DataFrame) -> bool:
    """From each size to the next, for both objectives, in the mean."""
    return all(steepest_rise(name, source)(table) < 0 for source in OBJECTIVES)


def crosses(table: pd.DataFrame) -> bool:
    """The kernel estimate, from above both networks with one point to below both with the longest context."""
    with_one = [one(table, "nll", what="mean", source=source, n=1) for source in (KDE, *OBJECTIVES)]
    with_all = [longest("nll", source)(table) for source in (KDE, *OBJECTIVES)]
    return with_one[0] > max(with_one[1:]) and with_all[0] < min(with_all[1:])


def faster(table: pd.DataFrame) -> bool:
    """What the exact prediction gains from as many points as it can sum over, above what either network gains."""
    exact = curve(table, "nll", EXACT)
    gains = [
        one(table, "nll", what="mean", source=each, n=0) - one(table, "nll", what="mean", source=each, n=known(table))
        for each in OBJECTIVES
    ]
    return float(exact[0] - exact[-1]) > max(gains)


def worse_than_none(table: pd.DataFrame) -> bool:
    """With every size of another task's context, in the mean."""
    return all(
        bool((curve(table, "swapped", source)[1:] > curve(table, "nll", source)[0]).all()) for source in OBJECTIVES
    )


def below_the_line(table: pd.DataFrame) -> bool:
    """From one point on, in the mean."""
    line = one(table, "nll", what="mean", source=NOTHING, n=0)
    return all(bool((curve(table, "nll", source)[1:] < line).all()) for source in OBJECTIVES)


def order_of_wells(table: pd.DataFrame) -> bool:
    wells = [longest("wells", source)(table) for source in (DIVERGENCE, RANKING, TRUTH)]
    return wells == sorted(wells)


DIVERGENCE_FOR_TRUTH = exchange("source", DIVERGENCE, TRUTH)
OWN_FOR_ANOTHERS = exchanged("nll", "swapped")
STATEMENTS = [
    Statement("the better the energy predicts the next", lambda table: falls("nll", table), reverse("nll")),
    Statement("the sharper it becomes", lambda table: falls("entropy", table), reverse("entropy")),
    Statement(
        "ranking lies above the black curve of the exact prediction and below contrastive divergence",
        lambda table: ordered(table, "nll", *means(EXACT, RANKING, DIVERGENCE)),
        exchange("source", RANKING, DIVERGENCE),
    ),
    Statement(
        "The kernel estimate begins above both networks and ends below both", crosses, exchange("source", KDE, RANKING)
    ),
    Statement(
        "entropies fall in the same order",
        lambda table: falls("entropy", table) and ordered(table, "entropy", *means(EXACT, RANKING, DIVERGENCE)),
        exchange("source", RANKING, DIVERGENCE),
    ),
    Statement(
        "that of the exact prediction rises from one",
        lambda table: bool((np.diff(curve(table, "wells", EXACT)) > 0).all() and curve(table, "wells", EXACT)[0] == 1),
        mirror("n"),
    ),
    Statement("fewer than the true mixtures have", order_of_wells, DIVERGENCE_FOR_TRUTH),
    Statement(
        "they are better than the kernel estimate could be at any one bandwidth",
        lambda table: min(under_kernels(source)(table) for source in OBJECTIVES) > 0,
        exchange("source", RANKING, KDE_TEST),
    ),
    Statement(
        "the kernel estimate, which knows nothing of mixtures, has overtaken them both, and so has EM",
        lambda table: crosses(table) and min(over(KDE_TEST)(table), over(EM)(table)) > 0,
        exchange("source", RANKING, EM),
    ),
    Statement("It falls faster", faster, exchange("source", DIVERGENCE, EXACT)),
    Statement("the two filled curves fall below a dotted line", below_the_line, OWN_FOR_ANOTHERS),
    Statement("the networks do worse than with none", worse_than_none, OWN_FOR_ANOTHERS),
]

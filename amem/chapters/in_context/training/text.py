"""What is said of networks on their way."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from amem.book import Statement, exchange, reverse
from amem.book import numbers as values
from amem.chapters.in_context.reading import in_words, mirror, ordered, part, said
from amem.chapters.in_context.terms import DIVERGENCE, QUOTED, RANKING
from amem.chapters.in_context.training.claims import (
    change,
    final_gap,
    least_gap,
    ranks_apart,
    sooner,
    stage,
    worse_early,
)

RUNAWAY = -10
"""The gap at which a run-away is said to begin."""


def widest_gap(table: pd.DataFrame) -> float:
    """The farthest from zero that the gap of a quoted run gets, over a fiftieth of it."""
    return float(np.abs(values(table, "gap", what="update", objective=QUOTED)).max())


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    network, quoted = part(config, "network"), part(config, "quoted")
    own, ranking = network["divergence"], network["ranking"]
    misled = stage(table, "rank_box", DIVERGENCE) > stage(table, "rank_box", RANKING)
    settings = {
        name: f"{where[name]:g}"
        for name, where in {"step": own, "noise": own, "penalty": own, "norm": own, "rate": network}.items()
    }
    return {
        **settings,
        **{f"quoted_{name}": f"{quoted[name]:g}" for name in (*settings, "steps")},
        "steps": in_words(own["steps"]),
        "divergence_updates": str(own["updates"]),
        "divergence_negatives": in_words(own["negatives"]),
        "ranking_updates": str(ranking["updates"]),
        "ranking_negatives": str(ranking["negatives"]),
        "early": str(network["stages"][-1]),
        "gap": said(final_gap(DIVERGENCE)(table), 1),
        "ranking_gap": said(final_gap(RANKING)(table), 1),
        "quoted_gap": said(widest_gap(table)),
        "quoted_worse": said(worse_early(table)),
        "misled": in_words(int(misled.sum())),
        "pairs": in_words(len(misled)),
    }


def losses_ordered(table: pd.DataFrame) -> bool:
    """At each stage that they share, and at the end of each, in the mean."""
    ways = (RANKING, DIVERGENCE, QUOTED)
    early = ordered(table, "nll", *({"what": "stage", "objective": way} for way in ways), axis="update")
    ends = [stage(table, "nll", way).mean() for way in ways]
    return early and ends == sorted(ends)


def grows(table: pd.DataFrame) -> bool:
    """The mean size of ranking's gap, from the first fifth of the updates to the last."""
    gap, update = (values(table, name, what="update", objective=RANKING) for name in ("gap", "update"))
    early, late = (gap[update < update.max() / 5], gap[update > 0.8 * update.max()])
    return bool(late.mean() < early.mean() < 0)


def near_lies_above(table: pd.DataFrame) -> bool:
    ways = ({"what": "stage", "objective": way} for way in (DIVERGENCE, RANKING))
    return ordered(table, "rank_near", *ways, axis="update")


def box_misleads(table: pd.DataFrame) -> bool:
    """In the mean at the end, though the likelihoods of all networks are in the other order."""
    better, worse = (stage(table, "rank_box", way).mean() for way in (RANKING, DIVERGENCE))
    return bool(better < worse and (stage(table, "nll", RANKING) < stage(table, "nll", DIVERGENCE)).all())


RANKING_FOR_DIVERGENCE = exchange("objective", RANKING, DIVERGENCE)
QUOTED_FOR_DIVERGENCE = exchange("objective", QUOTED, DIVERGENCE)
STATEMENTS = [
    Statement(
        "it is closer to zero, which is no better",
        lambda table: (
            widest_gap(table) < -final_gap(DIVERGENCE)(table) < -RUNAWAY
            and stage(table, "nll", QUOTED).mean() > stage(table, "nll", DIVERGENCE).mean()
        ),
        QUOTED_FOR_DIVERGENCE,
    ),
    Statement("it grows as the energies become likelihoods", grows, mirror("update")),
    Statement(
        "ranking lowest, then contrastive divergence, and the large step highest", losses_ordered, reverse("nll")
    ),
    Statement("near the data ranking lies above contrastive divergence", near_lies_above, RANKING_FOR_DIVERGENCE),
    Statement("over the whole box it ends below", box_misleads, RANKING_FOR_DIVERGENCE),
    Statement(
        "Ours do not", lambda table: least_gap(table) > RUNAWAY, lambda table: table.assign(gap=table["gap"] * 100)
    ),
    Statement(
        "in every network worse than that of the chapter's own run",
        lambda table: worse_early(table) > 0,
        QUOTED_FOR_DIVERGENCE,
    ),
    Statement(
        "Near the data it puts the two objectives in the order of their likelihood",
        lambda table: ranks_apart("rank_near")(table) > 0,
        RANKING_FOR_DIVERGENCE,
    ),
    Statement("It rises.", lambda table: change("rank_box")(table) > 0, mirror("update")),
    Statement(
        "it is ahead of where contrastive divergence ends",
        lambda table: sooner(table) < 0,
        RANKING_FOR_DIVERGENCE,
    ),
]

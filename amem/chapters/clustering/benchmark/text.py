"""What is said of scores over all settings."""

from collections.abc import Mapping, Sequence
from typing import cast

import numpy as np
import pandas as pd

from amem.book import Statement, exchange, reverse, select
from amem.book import numbers as column
from amem.book.tables import median, only
from amem.chapters.clustering.benchmark.claims import winners
from amem.chapters.clustering.marks import listed_sets
from amem.chapters.clustering.reading import largest, least
from amem.chapters.clustering.terms import SMALL

KNOWING = ["rand", "ari", "ami", "nmi"]
"""The scores that know the classes."""


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    """How the models are trained, and where one wins."""
    slowest, updates = min(cast("Sequence[float]", config["rates"])), cast("int", config["updates"])
    return {
        "sample": f"{config['sample']}",
        "updates": f"{updates}",
        "slowest": f"{slowest:g}",
        "reach": f"{slowest * updates:g}",
        "offered": f"{only(_offered(table)['p']):g}",
        "won": listed_sets(winners(table)),
    }


def _offered(table: pd.DataFrame) -> pd.DataFrame:
    """Fits on iris with twice as many memories as classes."""
    return select(table, set="iris").query("p == 2 * classes")


def _overlap(table: pd.DataFrame) -> bool:
    """Of every score the middle halves of any two methods on a set have something in common."""
    scores = table.groupby(["set", "model"])[KNOWING]
    lower, upper = scores.quantile(0.25), scores.quantile(0.75)
    return bool(np.all(np.asarray(lower.groupby("set").max()) <= np.asarray(upper.groupby("set").min())))


def _begin_at_zero(table: pd.DataFrame) -> bool:
    rows = table[table["set"].isin(SMALL) & (table["model"] != "CLAM+CRP+ELBO")]
    begin = rows.groupby(["set", "model"])[KNOWING].quantile(0.05)
    return largest(begin.drop(columns="rand").abs()) < 0.01 and least(begin["rand"]) > 0.1


def _minus_one(table: pd.DataFrame) -> bool:
    begin = table[table["set"].isin(SMALL)].groupby(["set", "model"])["silhouette"].quantile(0.05)
    return float(np.mean(np.asarray(begin) == -1)) > 0.5


def _number_varies_most(table: pd.DataFrame) -> bool:
    rows = table[table["set"].isin(SMALL) & (table["p"] > 0)]
    methods = rows.groupby(["set", "model"])["ari"].median().unstack()
    sizes = rows.groupby(["set", "model", "p"])["ari"].median().unstack()
    varies = (sizes.max(axis=1) - sizes.min(axis=1)).unstack().min(axis=1)
    return bool((methods.max(axis=1) - methods.min(axis=1) < varies).all())


def _leads(table: pd.DataFrame) -> dict[str, float]:
    """Of each set the better mixture's median of the adjusted Rand index, less the best of the others'."""
    told = table.query("p == classes")
    leads: dict[str, float] = {}
    for name in told["set"].unique():
        mixture, other = (
            max(median(told, "ari", set=name, model=model) for model in models)
            for models in (("GMM", "VI-DP-GMM"), ("K-means", "CLAM", "CLAM+ELBO"))
        )
        leads[name] = mixture - other
    return leads


def _lead_on_most(table: pd.DataFrame) -> bool:
    leads = _leads(table)
    return sum(lead > 0 for lead in leads.values()) > len(leads) / 2 and leads["iris"] > 0.1


def _unused(table: pd.DataFrame) -> bool:
    rows = _offered(table)
    clam, elbo = (
        float(column(rows, "used", model=model, ratio=least(rows["ratio"])).mean()) / only(rows["p"])
        for model in ("CLAM", "CLAM+ELBO")
    )
    return elbo < 0.8 and clam > 0.9


def _kmeans_beyond(table: pd.DataFrame) -> pd.DataFrame:
    """A mistake: the scores of K-means in another unit."""
    return table.assign(**{name: table[name] + (table["model"] == "K-means") for name in KNOWING})


def _mixtures_for_memories(table: pd.DataFrame) -> pd.DataFrame:
    """A mistake: the mixtures have the names of the memories, and the reverse."""
    return exchange("model", "GMM", "CLAM")(exchange("model", "VI-DP-GMM", "CLAM+ELBO")(table))


STATEMENTS = [
    Statement("Over all settings, none tuned, methods overlap", _overlap, _kmeans_beyond),
    Statement("Within each group the thick bars overlap", _overlap, _kmeans_beyond),
    Statement("overlap in every group", _overlap, _kmeans_beyond),
    Statement(
        "all bars but those of CLAM+CRP+ELBO begin at zero, except in the panel of the Rand index",
        _begin_at_zero,
        exchange("model", "CLAM", "CLAM+CRP+ELBO"),
    ),
    Statement("most bars of the silhouette begin at minus one", _minus_one, reverse("silhouette")),
    Statement(
        "what varies most there is not the method but the number of memories",
        _number_varies_most,
        lambda table: table.assign(p=table["p"].clip(upper=1)),
    ),
    Statement(
        "one of the mixtures with full covariances leads on most sets, and on iris clearly",
        _lead_on_most,
        _mixtures_for_memories,
    ),
    Statement(
        "a mixture with full covariances wins on",
        lambda table: {*winners(table).values()} <= {"GMM", "VI-DP-GMM"},
        _mixtures_for_memories,
    ),
    Statement(
        "CLAM+ELBO leaves some of them unused if $\\beta$ is moderate, and CLAM uses nearly all",
        _unused,
        exchange("model", "CLAM", "CLAM+ELBO"),
    ),
]

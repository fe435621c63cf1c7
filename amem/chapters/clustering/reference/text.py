"""What is said of the models beside K-means."""

from collections.abc import Mapping
from typing import cast

import pandas as pd

from amem.book import Statement, exchange
from amem.chapters.clustering.marks import listed_sets
from amem.chapters.clustering.reference.claims import ahead, behind, lead
from amem.chapters.clustering.terms import SMALL

PARTED = 0.05
"""Medians that lie farther apart are said to part."""


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    """The settings, and on which sets a model parts from K-means."""
    networks = cast("Mapping[str, list[float]]", config["restaurants"])
    return {
        "beta": f"{config['beta']:g}",
        "settings": f"{len(networks['alphas']) * len(networks['betas'])}",
        "parted": f"{PARTED:g}",
        "clam_behind": _parted(table, "CLAM", -1),
        "clam_ahead": _parted(table, "CLAM", 1),
        "elbo_behind": _parted(table, "CLAM+ELBO", -1),
        "elbo_ahead": _parted(table, "CLAM+ELBO", 1),
        "network_ahead": listed_sets(name for name, gap in ahead(table).items() if gap > 0),
    }


def _parted(table: pd.DataFrame, model: str, sign: int) -> str:
    return listed_sets(name for name in table["set"].unique() if sign * lead(table, name, model) > PARTED)


def _alike(table: pd.DataFrame) -> bool:
    return max(behind("CLAM")(table), behind("CLAM+ELBO")(table)) < 0.1


def _higher_on_iris(table: pd.DataFrame) -> bool:
    others = [lead(table, "iris", model) for model in table["model"].unique() if model != "GMM"]
    return lead(table, "iris", "GMM") > max(others) + 0.1


def _below_them(table: pd.DataFrame) -> bool:
    return all(
        lead(table, name, "CLAM+CRP+ELBO") < min(lead(table, name, model) for model in ("K-means", "CLAM", "CLAM+ELBO"))
        for name in SMALL
    )


def _lower(table: pd.DataFrame) -> bool:
    return max(lead(table, name, "VI-DP-GMM") for name in ("wine", "breast_cancer")) < -0.2


def _better(table: pd.DataFrame) -> bool:
    return lead(table, "iris", "GMM") > 0.2 > lead(table, "breast_cancer", "GMM") > 0.05


def _pay(table: pd.DataFrame) -> bool:
    told_nothing = ("VI-DP-GMM", "CLAM+CRP+ELBO")
    return max(lead(table, name, model) for name in ("wine", "breast_cancer") for model in told_nothing) < -0.1


VARIATIONAL = exchange("model", "VI-DP-GMM", "K-means")
MIXTURE = exchange("model", "GMM", "K-means")
STATEMENTS = [
    Statement("do about as K-means does on iris, wine and breast cancer", _alike, VARIATIONAL),
    Statement("lie at nearly the same height", _alike, VARIATIONAL),
    Statement("CLAM, CLAM+ELBO and K-means find about the same", _alike, VARIATIONAL),
    Statement("the mixture with full covariances higher on iris", _higher_on_iris, MIXTURE),
    Statement(
        "the medians of CLAM+CRP+ELBO, green, lie below them", _below_them, exchange("model", "CLAM", "CLAM+CRP+ELBO")
    ),
    Statement("those of the variational mixture, amber, lie lower on wine and breast cancer", _lower, VARIATIONAL),
    Statement("does much better on iris, and a little on breast cancer", _better, MIXTURE),
    Statement("pay for that on wine and breast cancer", _pay, VARIATIONAL),
]

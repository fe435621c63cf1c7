"""What is said of the models beside K-means."""

from collections.abc import Mapping
from typing import cast

import pandas as pd

from amem.book import Statement, exchange
from amem.chapters.clustering.marks import listed
from amem.chapters.clustering.reference.claims import ahead, behind
from amem.chapters.clustering.terms import SMALL

PARTED = 0.05
"""Medians that lie farther apart are said to part."""


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    """The settings, and on which sets a model parts from K-means."""
    gap, networks = _gap(table), cast("Mapping[str, list[float]]", config["restaurants"])
    return {
        "beta": f"{config['beta']:g}",
        "settings": f"{len(networks['alphas']) * len(networks['betas'])}",
        "parted": f"{PARTED:g}",
        "clam_behind": _where(gap["CLAM"] < -PARTED),
        "clam_ahead": _where(gap["CLAM"] > PARTED),
        "elbo_behind": _where(gap["CLAM+ELBO"] < -PARTED),
        "elbo_ahead": _where(gap["CLAM+ELBO"] > PARTED),
        "network_ahead": listed(name for name, lead in ahead(table).items() if lead > 0),
    }


def _gap(table: pd.DataFrame) -> pd.DataFrame:
    """A model's median of the adjusted Rand index less that of K-means: a row a set, a column a model."""
    found = table.pivot_table(index="set", columns="model", values="ari", aggfunc="median")
    return found.sub(found["K-means"], axis=0)


def _where(true: pd.Series) -> str:
    return listed(true.index[true])


def _alike(table: pd.DataFrame) -> bool:
    return max(behind("CLAM")(table), behind("CLAM+ELBO")(table)) < 0.1


def _higher_on_iris(table: pd.DataFrame) -> bool:
    iris = _gap(table).loc["iris"]
    return float(iris["GMM"]) > float(iris.drop("GMM").max()) + 0.1


def _below_them(table: pd.DataFrame) -> bool:
    gap = _gap(table).loc[[*SMALL]]
    return bool((gap["CLAM+CRP+ELBO"] < gap[["K-means", "CLAM", "CLAM+ELBO"]].min(axis=1)).all())


def _lower(table: pd.DataFrame) -> bool:
    return float(_gap(table).loc[["wine", "breast_cancer"], "VI-DP-GMM"].max()) < -0.2


def _better(table: pd.DataFrame) -> bool:
    gap = _gap(table)["GMM"]
    return float(gap["iris"]) > 0.2 > float(gap["breast_cancer"]) > 0.05


def _pay(table: pd.DataFrame) -> bool:
    gap = _gap(table).loc[["wine", "breast_cancer"], ["VI-DP-GMM", "CLAM+CRP+ELBO"]]
    return float(gap.max(axis=None)) < -0.1


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

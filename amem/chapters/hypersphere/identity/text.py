"""What the text says of the identity."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from amem.book import Statement, reverse, select
from amem.book import numbers as column
from amem.chapters.hypersphere.identity.claims import gap
from amem.chapters.hypersphere.identity.figures import SHOWN
from amem.chapters.hypersphere.measuring import copy, decades, largest, power
from amem.chapters.hypersphere.terms import NORMS


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    pairs, by_spread = _shown(table), select(table, what="epsilon").sort_values("spread")
    off = np.log10(pairs["uniform"] / pairs["attention"]).abs().max()
    shares = pairs.groupby("norm")["attention"]
    longest = by_spread.groupby("spread")[["length", "residue"]].max()
    return {
        "width": str(config["width"]),
        "head_width": str(config["head_width"]),
        "tokens": str(config["tokens"]),
        "heads": str(pairs["draw"].nunique()),
        "epsilon": power(float(str(config["epsilon"]))),
        "gap": power(gap("attention", "responsibility")(table)),
        "decades": str(decades((shares.max() / shares.min()).min())),
        "off": f"{off:.1f}",
        "shortest": f"{longest['length'].min():.2f}",
        "residue_first": f"{longest['residue'].max():.2f}",
        "residue_last": power(longest["residue"].min()),
        "product": f"{largest('product_error', what='pair')(table):.0f}",
    }


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    return table[(table["what"] == "pair") & (table["draw"] < SHOWN)]


def _rises(name: str, table: pd.DataFrame) -> bool:
    """With the spread, after either norm."""
    by_spread = table.sort_values("spread")
    return all((np.diff(column(by_spread, name, what="epsilon", norm=norm)) > 0).all() for norm in NORMS)


def _uniform_differs(table: pd.DataFrame) -> bool:
    return all(gap("attention", "uniform", norm=norm)(table) > 0.1 for norm in NORMS)


def _inside(table: pd.DataFrame) -> bool:
    return _rises("length", table) and largest("length", what="epsilon")(table) < 1


def _residue_falls(table: pd.DataFrame) -> bool:
    return _rises("residue", table.assign(residue=-table["residue"]))


STATEMENTS = [
    Statement(
        "lies on the diagonal",
        lambda table: gap("attention", "responsibility")(table) < 1e-12,
        copy("uniform", "attention"),
    ),
    Statement("which is *not* what attention computes", _uniform_differs, copy("attention", "uniform")),
    Statement("treat all clusters as equally likely", _uniform_differs, copy("attention", "uniform")),
    Statement("holds tokens of small spread $\\tau$ inside the sphere", _inside, reverse("length")),
    Statement("which rises with its spread", _inside, reverse("length")),
    Statement("the residue of the identity, which falls", _residue_falls, reverse("residue")),
]

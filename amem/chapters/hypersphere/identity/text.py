"""What the text says of the identity."""

from collections.abc import Mapping
from typing import cast

import numpy as np
import pandas as pd

from amem.book import Statement, reverse
from amem.book import numbers as column
from amem.chapters.hypersphere.identity.claims import gap
from amem.chapters.hypersphere.identity.figures import SHOWN
from amem.chapters.hypersphere.measuring import copy, decades, largest, matrix, power
from amem.chapters.hypersphere.terms import NORMS


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    shown = cast("pd.DataFrame", table[table["draw"] < SHOWN])
    shares = [column(shown, "attention", what="pair", norm=norm) for norm in NORMS]
    off = np.log10(column(shown, "uniform", what="pair") / column(shown, "attention", what="pair"))
    residue = matrix(table, "residue", "norm", "spread", what="epsilon").max(0)
    return {
        "width": str(config["width"]),
        "head_width": str(config["head_width"]),
        "tokens": str(config["tokens"]),
        "heads": str(len(np.unique(column(shown, "draw", what="pair")))),
        "epsilon": power(float(str(config["epsilon"]))),
        "gap": power(gap("attention", "responsibility")(table)),
        "decades": str(min(decades(share.max() / share.min()) for share in shares)),
        "off": f"{np.abs(off).max():.1f}",
        "shortest": f"{column(table, 'length', what='epsilon').min():.2f}",
        "residue_first": f"{residue[0]:.2f}",
        "residue_last": power(residue[-1]),
        "product": f"{largest('product_error', what='pair')(table):.0f}",
    }


def _rises(name: str, table: pd.DataFrame) -> bool:
    """With the spread, after either norm."""
    return bool((np.diff(matrix(table, name, "norm", "spread", what="epsilon")) > 0).all())


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
    Statement("uniform ones give another attention matrix", _uniform_differs, copy("attention", "uniform")),
    Statement("holds tokens of small spread $\\tau$ inside the sphere", _inside, reverse("length")),
    Statement("which rises with its spread", _inside, reverse("length")),
    Statement("the residue of the identity, which falls", _residue_falls, reverse("residue")),
]

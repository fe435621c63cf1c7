"""What the text says of trained models, with the tie and without."""

import math
from collections.abc import Mapping
from typing import Any, cast

import numpy as np
import pandas as pd

from amem.book import Statement, exchange, select
from amem.book import numbers as column
from amem.chapters.hypersphere.language.claims import above_floor, early, explained, half_widths, sharpening
from amem.chapters.hypersphere.measuring import copy, listed, negate

START, TRAINED, UNIFORM = "key, at the start", "key, trained", "test, uniform weights"


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    training = cast("Mapping[str, Any]", config["training"])
    losses = select(table, what="training").groupby("step")["loss"]
    low, high = (losses.agg(which).sort_index() for which in ("min", "max"))
    return {
        "context": str(training["context"]),
        "seeds": str(config["seeds"]),
        "parameters": listed(f"{size:.0f}" for size in np.unique(column(table, "loss", what="parameters"))),
        "sharpening": f"{sharpening(table):.1f}",
        "information": f"{column(table, 'loss', what='information').max():.3f}",
        "first_low": f"{math.floor(10 * low.iloc[0]) / 10:.1f}",
        "last_low": f"{low.iloc[-1]:.2f}",
        "last_high": f"{high.iloc[-1]:.2f}",
    }


def _keys(table: pd.DataFrame, attention: str, what: str) -> pd.DataFrame:
    """Those that are drawn, the first seed's."""
    keys = select(table, attention=attention, what=what, seed=0)
    return keys.assign(above=keys["log_weight"] - keys["tie"])


def _sharper_is_likelier(table: pd.DataFrame) -> bool:
    """In every tied head the ranks of concentration and weight go together, before training and after."""
    tied = [select(table, attention="tied", what=what) for what in (START, TRAINED)]
    heads = [rows for keys in tied for _, rows in keys.groupby(["seed", "block", "head"])]
    return all(rows["kappa"].rank().corr(rows["log_weight"].rank()) > 0.2 for rows in heads)


def _on_the_curve(table: pd.DataFrame) -> bool:
    keys = _keys(table, "tied", START)
    return bool(keys["above"].abs().max() < 1e-4 * keys["tie"].max())


def _further(table: pd.DataFrame) -> bool:
    names = ["kappa", "log_weight"]
    before, after = (_keys(table, "tied", what)[names].max() for what in (START, TRAINED))
    return bool((after > 2 * before).all())


def _fan(table: pd.DataFrame) -> bool:
    """A quarter at least on either side of the curve, and farther from it at large concentrations."""
    keys = _keys(table, "tied", TRAINED)
    sharp = keys["kappa"] > keys["kappa"].median()
    share = (keys["above"] > 0).mean()
    return bool(0.25 < share < 0.75 and keys["above"][sharp].std() > keys["above"][~sharp].std())


def _left(table: pd.DataFrame) -> bool:
    """The curve explains less than half of the weights' variance, where in the tied model it explains more."""
    return explained("untied", TRAINED)(table) < 0.5


def _both_signs(table: pd.DataFrame) -> bool:
    return bool(0.25 < (_keys(table, "untied", TRAINED)["log_weight"] < 0).mean() < 0.75)


def _faster(table: pd.DataFrame) -> bool:
    return early(table) < 0.98


def _lead_shrinks(table: pd.DataFrame) -> bool:
    """The untied loss is lower early; over the last tenth of the way less than half of its largest lead is left."""
    means = select(table, what="training").groupby(["step", "attention"])["loss"].mean().unstack().sort_index()
    lead = 1 - means["untied"] / means["tied"]
    return bool(_faster(table) and lead.iloc[-len(lead) // 10 :].mean() < lead.max() / 2)


def _breaks_both(table: pd.DataFrame) -> bool:
    kinds = ("tied", "untied")
    usual, uniform = ([column(table, "loss", attention=k, what=w) for k in kinds] for w in ("test", UNIFORM))
    return all(broken.min() > 2 * whole.max() for broken, whole in zip(uniform, usual, strict=True))


def _above_information(table: pd.DataFrame) -> bool:
    return above_floor(table) > 1.2


KINDS = exchange("attention", "tied", "untied")
TRAINING = exchange("what", START, TRAINED)
WEIGHTS = exchange("what", "test", UNIFORM)
ON_CURVE = copy("tie", "log_weight")


def _at_the_floor(table: pd.DataFrame) -> pd.DataFrame:
    """A mistake: all losses are the information in the text."""
    return table.assign(loss=table["loss"].where(table["what"] != "test", column(table, "loss", what="information")[0]))


def _seeds_alike(table: pd.DataFrame) -> pd.DataFrame:
    """A mistake: kinds that differ by a tenth and seeds that do not."""
    return table.assign(loss=np.where(table["attention"] == "tied", 1.0, 1.1) + 1e-3 * table["seed"])


STATEMENTS = [
    Statement("a sharper key is also chosen more often beforehand", _sharper_is_likelier, negate("log_weight")),
    Statement("all of them on one rising curve", _on_the_curve, TRAINING),
    Statement("At random weights all lie on the curve", _on_the_curve, TRAINING),
    Statement("they reach much further up and right", _further, TRAINING),
    Statement("in a fan about the curve", _fan, ON_CURVE),
    Statement("keys come to lie above and below the curve, in a fan", _fan, ON_CURVE),
    Statement("The tie holds on the whole", lambda table: explained("tied", TRAINED)(table) > 0.5, KINDS),
    Statement("they leave the curve", _left, KINDS),
    Statement("after training its keys have left the curve", _left, KINDS),
    Statement("scatter to both sides of zero", _both_signs, ON_CURVE),
    Statement("The untied ones learn faster and lose most of the lead", _lead_shrinks, KINDS),
    Statement("those of the untied models fall earlier", _faster, KINDS),
    Statement("Then the lead shrinks", _lead_shrinks, KINDS),
    Statement("which breaks both", _breaks_both, WEIGHTS),
    Statement("far above them", _breaks_both, WEIGHTS),
    Statement("both kinds break down when their mixing weights are made equal", _breaks_both, WEIGHTS),
    Statement("still well above the dashed line", _above_information, _at_the_floor),
    Statement("all losses are still well above the information in the text", _above_information, _at_the_floor),
    Statement("differ by no more than seeds do", lambda table: abs(half_widths(table)) <= 1, _seeds_alike),
]

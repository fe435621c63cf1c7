"""What the text says of trained models, with the tie and without."""

from collections.abc import Mapping
from typing import Any, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from amem.book import Statement, exchange
from amem.book import numbers as column
from amem.book.text import listed
from amem.chapters.hypersphere.language.claims import above_floor, early, explained, half_widths, heads, sharpening
from amem.chapters.hypersphere.measuring import copy, floored, matrix, negate

START, TRAINED, UNIFORM = "key, at the start", "key, trained", "test, uniform weights"


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    training = cast("Mapping[str, Any]", config["training"])
    steps = column(table, "step", what="training")
    first, last = (column(table, "loss", what="training", step=step) for step in (steps.min(), steps.max()))
    return {
        "context": str(training["context"]),
        "seeds": str(config["seeds"]),
        "parameters": listed(f"{size:.0f}" for size in np.unique(column(table, "loss", what="parameters"))),
        "sharpening": floored(sharpening(table)),
        "information": f"{column(table, 'loss', what='information').max():.3f}",
        "first_low": floored(first.min()),
        "last_low": f"{last.min():.2f}",
        "last_high": f"{last.max():.2f}",
    }


def _drawn(table: pd.DataFrame, attention: str, what: str) -> tuple[NDArray[np.float64], ...]:
    """κ, log π and what log π is by the tie alone, of the keys of the first seed."""
    rows = {"attention": attention, "what": what, "seed": 0}
    kappa, weight, tie = (column(table, name, **rows) for name in ("kappa", "log_weight", "tie"))
    return kappa, weight, tie


def _sharper_is_likelier(table: pd.DataFrame) -> bool:
    """In every tied head the ranks of concentration and weight go together, before training and after."""
    ranks: list[float] = []
    for what in (START, TRAINED):
        for head in heads(table, "tied", what):
            kappa, weight = (column(table, name, **head).argsort().argsort() for name in ("kappa", "log_weight"))
            ranks.append(float(np.corrcoef(kappa, weight)[0, 1]))
    return min(ranks) > 0.2


def _on_the_curve(table: pd.DataFrame) -> bool:
    _, weight, tie = _drawn(table, "tied", START)
    return bool(np.abs(weight - tie).max() < 1e-4 * tie.max())


def _further(table: pd.DataFrame) -> bool:
    before, after = (np.max(_drawn(table, "tied", what)[:2], axis=1) for what in (START, TRAINED))
    return bool((after > 2 * before).all())


def _fan(table: pd.DataFrame) -> bool:
    """A quarter at least on either side of the curve, and farther from it at large concentrations."""
    kappa, weight, tie = _drawn(table, "tied", TRAINED)
    above, sharp = weight - tie, kappa > np.median(kappa)
    return bool(0.25 < (above > 0).mean() < 0.75 and above[sharp].std() > above[~sharp].std())


def _left(table: pd.DataFrame) -> bool:
    """The curve explains less than half of the weights' variance."""
    return explained("untied", TRAINED)(table) < 0.5


def _both_signs(table: pd.DataFrame) -> bool:
    _, weight, _ = _drawn(table, "untied", TRAINED)
    return bool(0.25 < (weight < 0).mean() < 0.75)


def _faster(table: pd.DataFrame) -> bool:
    return early(table) < 0.98


def _lead_shrinks(table: pd.DataFrame) -> bool:
    """The untied loss is lower early; over the last tenth of the way less than half of its largest lead is left."""
    tied, untied = (
        matrix(table, "loss", "step", "seed", what="training", attention=kind).mean(1) for kind in ("tied", "untied")
    )
    lead = 1 - untied / tied
    return bool(_faster(table) and lead[-(len(lead) // 10) :].mean() < lead.max() / 2)


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
    Statement("the others come closer towards the end", _lead_shrinks, KINDS),
    Statement("early on their loss is lower", _faster, KINDS),
    Statement("Then the lead shrinks", _lead_shrinks, KINDS),
    Statement("which breaks both", _breaks_both, WEIGHTS),
    Statement("far above them", _breaks_both, WEIGHTS),
    Statement("a broken model", _breaks_both, WEIGHTS),
    Statement("both kinds break down when their mixing weights are made equal", _breaks_both, WEIGHTS),
    Statement("still well above the dotted line", _above_information, _at_the_floor),
    Statement("all losses are still well above the information in the text", _above_information, _at_the_floor),
    Statement("differ by no more than seeds do", lambda table: abs(half_widths(table)) <= 1, _seeds_alike),
]

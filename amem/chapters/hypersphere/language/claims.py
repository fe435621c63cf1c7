"""What is claimed of the tie in trained models, and of models without it."""

import math
from collections.abc import Callable

import numpy as np
import pandas as pd

from amem.book import Claim, numbers
from amem.chapters.hypersphere.sources import OURS, PAPER, SUGGESTED

STUDENT = {2: 4.303, 4: 2.776}
"""Degrees of freedom, and how many standard errors hold 95 % of Student's law."""


def heads(table: pd.DataFrame, attention: str, what: str) -> list[dict[str, object]]:
    """What the rows of each head have in common."""
    rows: dict[str, object] = {"attention": attention, "what": what}
    names = ("seed", "block", "head")
    places = np.unique([numbers(table, name, **rows) for name in names], axis=1).T
    return [rows | dict(zip(names, place, strict=True)) for place in places]


def explained(attention: str, what: str) -> Callable[[pd.DataFrame], float]:
    """The share of the variance of log π over a head's keys that −log C(κ) explains, median over heads."""

    def measure(table: pd.DataFrame) -> float:
        shares: list[float] = []
        for head in heads(table, attention, what):
            weight, tie = numbers(table, "log_weight", **head), numbers(table, "tie", **head)
            shares.append(1 - float((weight - tie).var() / weight.var()))
        return float(np.median(shares))

    return measure


def sharpening(table: pd.DataFrame) -> float:
    """How many times larger tied concentrations are after training: median over keys, least over seeds."""

    def median(what: str, seed: float) -> float:
        return float(np.median(numbers(table, "kappa", attention="tied", what=what, seed=seed)))

    seeds = np.unique(numbers(table, "seed"))
    return min(median("key, trained", seed) / median("key, at the start", seed) for seed in seeds)


def _loss(table: pd.DataFrame, attention: str, what: str = "test") -> float:
    return float(numbers(table, "loss", attention=attention, what=what).mean())


def early(table: pd.DataFrame) -> float:
    """Training loss from a tenth to three tenths of the way, untied over tied."""
    step = numbers(table, "step", what="training")
    end = step.max() + step[step > 0].min()

    def mean(attention: str) -> float:
        rows = {"attention": attention, "what": "training"}
        way = numbers(table, "step", **rows) / end
        return float(numbers(table, "loss", **rows)[(way >= 0.1) & (way < 0.3)].mean())

    return mean("untied") / mean("tied")


def above_floor(table: pd.DataFrame) -> float:
    """The lowest loss of any model on unseen text, over the information in the text."""
    (information,) = np.unique(numbers(table, "loss", what="information"))
    return float(numbers(table, "loss", what="test").min() / information)


def half_widths(table: pd.DataFrame) -> float:
    """The difference of the two kinds' losses on unseen text, in half-widths of its 95 % interval over seeds."""
    tied, untied = (numbers(table, "loss", attention=kind, what="test") for kind in ("tied", "untied"))
    error = math.sqrt((tied.var(ddof=1) + untied.var(ddof=1)) / len(tied))
    return float((untied.mean() - tied.mean()) / (STUDENT[2 * len(tied) - 2] * error))


CLAIMS = [
    Claim(
        "claim-hypersphere-tie-start",
        PAPER,
        (0.999, 1.0),
        explained("tied", "key, at the start"),
        says="Before training $\\log\\pi_j = -\\log C(\\kappa_j)$ up to a constant: explained share of its variance",
        because="without biases the tie is an identity; single precision",
    ),
    Claim(
        "claim-hypersphere-tie-trained",
        PAPER,
        (0.5, 1.0),
        explained("tied", "key, trained"),
        says="After training mixing and concentration are still tied: explained share of the variance, median"
        " over heads",
        because="the norm's bias adds a part c_j that is free; we call it tied if that is the smaller part",
    ),
    Claim(
        "claim-hypersphere-sharpening",
        OURS,
        (1.5, math.inf),
        sharpening,
        says="Training concentrates the clusters of a tied model: how many times larger the median κ gets, least seed",
        because="half as much again is more than the seeds' scatter at the start, which is a few per cent",
    ),
    Claim(
        "claim-hypersphere-tie-untied",
        OURS,
        (-math.inf, 0.5),
        explained("untied", "key, trained"),
        says="Where they are free, training does not restore the tie: the same share",
        because="negative if −log C varies more than the weights do",
    ),
    Claim(
        "claim-hypersphere-trained-uniform",
        OURS,
        (1.5, 100.0),
        lambda table: _loss(table, "tied", "test, uniform weights") / _loss(table, "tied"),
        says="A trained model needs its mixing weights: loss with uniform ones over loss",
        because="a factor that nobody would miss",
    ),
    Claim(
        "claim-hypersphere-untying-early",
        SUGGESTED,
        (0.5, 0.98),
        early,
        says="Free concentration and mixing are learned faster, at equal parameters: training loss from a tenth to"
        " three tenths of the way, untied over tied",
        because="suggested without a prediction; the full curves were seen before the claim was made. Below 1 is"
        " faster, and two per cent is how far the mean over a kind's seeds scatters",
    ),
    Claim(
        "claim-hypersphere-untying",
        SUGGESTED,
        (-0.05, 0.05),
        lambda table: _loss(table, "untied") / _loss(table, "tied") - 1,
        says="In the end little is left of the lead, below five per cent: relative change of the loss on unseen text",
        because="less than five per cent either way is no difference that a model of this size can show",
    ),
    Claim(
        "claim-hypersphere-untying-seeds",
        SUGGESTED,
        (-1.0, 1.0),
        half_widths,
        says="Nor is what is left more than seeds differ by: the change in half-widths of its 95 % interval",
        because="Student's law with the degrees of freedom that two or three seeds of a kind leave",
    ),
    Claim(
        "claim-hypersphere-unfinished",
        SUGGESTED,
        (1.2, math.inf),
        above_floor,
        says="Neither kind has learned all there is: least loss on unseen text, over the information in it",
        because="a fifth above the floor leaves room for either kind to win with longer training",
    ),
    Claim(
        "claim-hypersphere-parameters",
        SUGGESTED,
        (0.0, 0.0),
        lambda table: _loss(table, "untied", "parameters") - _loss(table, "tied", "parameters"),
        says="Both models have the same number of parameters: difference",
        because="hidden units are traded for features",
    ),
]

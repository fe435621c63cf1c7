"""What was printed, and what holds."""

import numpy as np
import pandas as pd

from amem.book import Claim, numbers, select
from amem.book.tables import only
from amem.chapters.clustering.reading import Measure, largest
from amem.chapters.clustering.sources import CLAM_CODE, CLAM_OURS, MIXTURE, MIXTURE_OURS, WORKSHOP_OURS
from amem.chapters.clustering.terms import ROUNDING


def _value(kind: str, x: float) -> Measure:
    return lambda table: only(numbers(table, "value", kind=kind, x=x))


def misfit(form: str) -> Measure:
    """The largest distance between a mixture's log-density and −βE, after the mean difference is taken away."""

    def measure(table: pd.DataFrame) -> float:
        curves = select(table, kind="covariance").pivot(index="x", columns="form", values="value")
        gap = curves[form] - curves["−βE"]
        return float(np.abs(gap - gap.mean()).max())

    return measure


def rate(table: pd.DataFrame) -> float:
    rows = select(table, kind="time")
    return largest((rows["value"] * rows["x"] - 1).abs())


def shown_first(table: pd.DataFrame) -> float:
    """How often, at most, the published masks hide the first feature of a set."""
    return float(numbers(table, "value", kind="hidden", form="published", x=0).max())


def hidden_of_iris(table: pd.DataFrame) -> float:
    return float(numbers(table, "value", kind="hidden", form="published", what="iris").max())


def _off_the_rule(table: pd.DataFrame) -> float:
    """Of the features from the second on, how far the fraction hidden is from 1 − (1 − 1/(n − 1))^⌊0.2 n⌋, at most."""
    gaps: list[float] = []
    for _, rows in select(table, kind="hidden", form="published").groupby("what"):
        often, n = rows.query("x > 0")["value"], len(rows)
        gaps.append(largest((often - 1 + (1 - 1 / (n - 1)) ** int(0.2 * n)).abs()))
    return max(gaps)


def _moved_on_iris(form: str) -> Measure:
    return lambda table: only(numbers(table, "value", kind="moved", form=form, what="iris"))


CLAIMS = [
    Claim(
        "claim-clustering-covariance",
        MIXTURE_OURS,
        (0, 1e-12),
        misfit("Σ = I/2β"),
        says="The covariance of the mixture behind CLAM is $I/2\\beta$ in the published unit.",
        because=ROUNDING,
    ),
    Claim(
        "claim-clustering-covariance-as-stated",
        MIXTURE,
        (0, 1e-12),
        misfit("Σ = 2I/β"),
        says="The covariance is $2\\beta^{-1}I$.",
        because="it would be an identity; the largest misfit along a line, in nats",
        finding="A slip of a factor of four: with the covariance of the row above the identity holds to rounding.",
    ),
    Claim(
        "claim-clustering-sign",
        WORKSHOP_OURS,
        (2 - 1e-9, 2 + 1e-9),
        _value("sign", 1.0),
        says="$+\\nabla\\log p$, not minus it, is $2\\beta\\sum_k\\sigma_k(\\mu_k - x)$ in the published unit.",
        stated=2.0,
        because="the slope of one along the other, over $\\beta$; as printed it would be −1",
    ),
    Claim(
        "claim-clustering-time",
        WORKSHOP_OURS,
        (0, 1e-5),
        rate,
        says="$\\dot E = -\\frac1{2\\tau}\\lVert\\nabla E\\rVert^2$: the printed equation lacks the $\\tau$.",
        because="central differences in time, for $\\tau$ from 0.5 to 4",
    ),
    *(
        Claim(
            f"claim-clustering-not-fixed-{published:g}",
            WORKSHOP_OURS,
            expect,
            _value("fixed point", published),
            says=f"$v^* = \\sum_kp(k|x)\\mu_k$ is no fixed point of CLAM: it moves on by {stated:g} at $\\beta = "
            f"{published:g}$ (published unit).",
            stated=stated,
            because="the median over draws of five memories in three dimensions beside one example: " + because,
        )
        for published, stated, expect, because in (
            (1.0, 0.156, (0.02, 0.8), "a factor of five or so"),
            (5.0, 0.021, (0.001, 0.3), "an order of magnitude or so"),
            (20.0, 8e-8, (0.0, 1e-3), "small"),
        )
    ),
    Claim(
        "claim-clustering-first-step",
        WORKSHOP_OURS,
        (0, 1e-12),
        lambda table: float(numbers(table, "value", kind="one step").max()),
        says="What $v^*$ is: the state after one step of mean shift from the input.",
        because=ROUNDING,
    ),
    Claim(
        "claim-clustering-not-shared",
        WORKSHOP_OURS,
        (0.05, 1),
        _value("shared", 1.0),
        says="CLAM and CLAM+ELBO do not share fixed points: at rest they believe differently.",
        because="half the summed differences of the beliefs, the median over draws at the published $\\beta = 1$",
    ),
    Claim(
        "claim-clustering-shared-when-sharp",
        WORKSHOP_OURS,
        (0, 1e-3),
        _value("shared", 20.0),
        says="They agree as $\\beta\\to\\infty$.",
        because="the same at $\\beta = 20$",
    ),
    Claim(
        "claim-clustering-first-feature",
        CLAM_CODE,
        (0, 0),
        shown_first,
        says="The rule of the published code, $\\lfloor0.2\\,n\\rfloor$ indices drawn from 1 upwards, never hides the "
        "first feature.",
        because="so the rule says; counted in masks drawn by our copy of it, the published code itself is not run",
    ),
    Claim(
        "claim-clustering-rarely-hidden",
        CLAM_CODE,
        (0, 0.012),
        _off_the_rule,
        says="It hides any other feature with chance $1 - (1 - 1/(n-1))^{\\lfloor0.2\\,n\\rfloor}$, less often than "
        "asked.",
        because="the largest distance of a counted fraction from this chance, over three sets: about four standard "
        "deviations where they are largest",
    ),
    Claim(
        "claim-clustering-nothing-hidden",
        CLAM_CODE,
        (0, 0),
        hidden_of_iris,
        says="Of sets with four features, such as iris, that rule hides nothing.",
        because="so the rule says, $\\lfloor0.2\\cdot4\\rfloor = 0$; counted in masks drawn by our copy of it",
    ),
    Claim(
        "claim-clustering-nothing-learned",
        CLAM_CODE,
        (0, 0),
        _moved_on_iris("published"),
        says="Our training with such empty masks leaves the memories where they were put.",
        because="the loss and its gradient are exactly zero, and Adam must not divide one by the other",
    ),
    Claim(
        "claim-clustering-something-learned",
        CLAM_OURS,
        (0.1, 10),
        _moved_on_iris("independent"),
        says="Independent masks with at least one hidden entry a point teach on iris, too.",
        because="the largest move of a coordinate, in standard deviations",
    ),
]

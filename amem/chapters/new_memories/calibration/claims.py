"""Which posteriors are right on average."""

from functools import partial

import pandas as pd

from amem.book import Claim
from amem.book.tables import largest
from amem.chapters.new_memories.sources import CALIBRATION


def worst_test(posterior: str, test: str, table: pd.DataFrame) -> float:
    return largest(table, test, kind="test", posterior=posterior)


CLAIMS = [
    *(
        Claim(
            f"claim-new-memories-ranks-{slug}",
            CALIBRATION,
            (0.0, 26.0),
            partial(worst_test, posterior, "chi_squared"),
            says=f"{title}: ranks of the number of memories are uniform (largest $\\chi^2$ of four settings, ten "
            "bins).",
            because="nine degrees of freedom: 9 ± 4 · √18; exceeded by one in five hundred",
            finding=finding,
        )
        for posterior, slug, title, finding in (
            ("exact", "exact", "The exact posterior", ""),
            (
                "collapsed",
                "collapsed",
                "The stream, collapsed",
                "Close, but a filter that never looks back is not exact, and with enough draws it shows.",
            ),
            (
                "mean field",
                "mean-field",
                "The stream, mean field",
                "It makes memories too easily: the memories that are there are measured by exp E log, a new one by E.",
            ),
            (
                "network",
                "network",
                "CLAM+CRP+ELBO",
                "It gives a single number for what is uncertain. Its truth lies in the middle too rarely.",
            ),
        )
    ),
    *(
        Claim(
            f"claim-new-memories-pairs{slug}",
            CALIBRATION,
            (0.0, 0.03),
            partial(worst_test, posterior, "gap"),
            says=f"{title}: its chance that two points share a memory is how often they do (largest mean gap of four "
            "settings).",
            because="the mean gap of a right posterior with a thousand draws in five bins",
            finding=finding,
        )
        for posterior, slug, title, finding in (
            ("exact", "", "The exact posterior", ""),
            (
                "collapsed",
                "-collapsed",
                "The stream, collapsed",
                "Its chances of two points are a product of two, as if they had been assigned independently; what one "
                "says about the other is lost. It is worse here than the mean field.",
            ),
            ("mean field", "-mean-field", "The stream, mean field", "For the same reason."),
            ("network", "-network", "CLAM+CRP+ELBO", "For the same reason, and because it decides at every point."),
        )
    ),
]

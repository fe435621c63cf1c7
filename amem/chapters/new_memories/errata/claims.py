"""What the slips do."""

from functools import partial

import numpy as np
import pandas as pd

from amem.book import Claim, select
from amem.book.tables import number
from amem.chapters.new_memories.sources import (
    ENERGY,
    HYPERBOLIC_CODE,
    OSCILLATOR_CODE,
    OUR_HYPERBOLIC,
    SECOND_FORMULA,
)


def counted(table: pd.DataFrame) -> float:
    """What the overwritten oscillator counts over what it should, after 50 customers."""
    after = {"quantity": "occupancy, aliased", "at": 50.0}
    return number(table, "found", **after) / number(table, "right", **after)


def off_hyperbolic(table: pd.DataFrame) -> float:
    rows = select(table, quantity="kernel, here")
    return float(np.abs(rows["found"] - rows["right"]).max())


CLAIMS = [
    Claim(
        "claim-new-memories-odds",
        ENERGY,
        (9.9, 10.1),
        partial(number, name="found", quantity="log10 of added odds", at=10.0),
        says="Without normalisers a new memory is favoured by $(1+\\beta/\\rho)^{n/2}$: powers of ten, $n$ = 10, "
        "$\\beta/\\rho$ = 100.",
        because="$5\\,\\log_{10}101$",
    ),
    Claim(
        "claim-new-memories-index",
        SECOND_FORMULA,
        (1.0, 1.0),
        partial(number, name="found", quantity="sum of all chances", at=8.0),
        says="With $\\mathbb I(c_n = c)$ in the sum the chances at tables of 5, 2, 1 do not add up to one.",
        because="chances",
        finding="Each table gets the weight of all customers. The index is a slip, $c_{n'}$ is meant; nothing hangs "
        "on it.",
    ),
    Claim(
        "claim-new-memories-aliasing",
        OSCILLATOR_CODE,
        (0.4, 0.6),
        counted,
        says="The overwritten oscillator counts half of the customers that it should, after 50 of them.",
        because="our reading of the code, at a frequency of one",
    ),
    *(
        Claim(
            f"claim-new-memories-quadrature-{gap}",
            HYPERBOLIC_CODE,
            (stated - 0.004, stated + 0.004),
            partial(number, name="found", quantity="kernel, as published", at=gap),
            says=f"The published 250 exponentials give {stated} at $\\Delta$ = {gap} for $1/(1+0.05\\,\\Delta)$.",
            because="the rates' grid is known up to a small shift",
        )
        for gap, stated in ((0, 0.957), (1, 0.908), (5, 0.749), (20, 0.425))
    ),
    Claim(
        "claim-new-memories-exponentials",
        OUR_HYPERBOLIC,
        (0.0, 5e-8),
        off_hyperbolic,
        says="Our 48 exponentials are the hyperbolic kernel: largest error up to a delay of 1000.",
        because="the trapezoidal rule's $2\\sqrt{2\\pi y}\\,e^{-\\pi y/2}$ at $y = 4\\pi$",
    ),
]

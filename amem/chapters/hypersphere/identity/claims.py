"""What is claimed of the identity, of what must not change it and of what must."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from amem.book import Claim, numbers
from amem.chapters.hypersphere.measuring import largest
from amem.chapters.hypersphere.sources import OURS, PAPER, POSTER
from amem.chapters.hypersphere.terms import EXACT, ROUNDING


def gap(one: str, other: str, **equal: object) -> Callable[[pd.DataFrame], float]:
    """The largest difference of two columns over all pairs of query and key."""

    def measure(table: pd.DataFrame) -> float:
        difference = numbers(table, one, what="pair", **equal) - numbers(table, other, what="pair", **equal)
        return float(np.abs(difference).max())

    return measure


def _one_draw(norm: str) -> Callable[[pd.DataFrame], float]:
    """The largest change of attention under uniform weights in one head, typically (median over draws)."""

    def measure(table: pd.DataFrame) -> float:
        draws = np.unique(numbers(table, "draw", what="pair"))
        return float(np.median([gap("attention", "uniform", norm=norm, draw=draw)(table) for draw in draws]))

    return measure


def _length(table: pd.DataFrame) -> float:
    difference = numbers(table, "length", what="epsilon") - numbers(table, "predicted", what="epsilon")
    return float(np.abs(difference).max())


CLAIMS = [
    Claim(
        "claim-hypersphere-identity",
        PAPER,
        EXACT,
        gap("attention", "responsibility"),
        says="Attention after LayerNorm or RMSNorm equals the responsibilities of a mixture of von Mises–Fisher"
        " densities, $\\epsilon = 0$: largest difference",
        because=ROUNDING,
    ),
    Claim(
        "claim-hypersphere-residue",
        OURS,
        (1e-7, 1e-5),
        largest("residue", what="epsilon", spread=1.0),
        says="With $\\epsilon=10^{-5}$ and tokens of unit spread, taken to lie on the sphere, a residue is left",
        because="the token is shorter by ε/2 = 5·10⁻⁶, times scores of order one",
    ),
    Claim(
        "claim-hypersphere-inside",
        OURS,
        EXACT,
        largest("inside", what="epsilon"),
        says="The residue is all in the token's length: inside the sphere, where $\\epsilon$ puts it, the"
        " identity is exact",
        because=ROUNDING,
    ),
    Claim(
        "claim-hypersphere-length",
        OURS,
        EXACT,
        _length,
        says="That length is $(1+\\epsilon/\\tau^2)^{-1/2}$, $\\tau$ the spread of the raw token: largest difference",
        because=ROUNDING,
    ),
    Claim(
        "claim-hypersphere-projection",
        OURS,
        EXACT,
        gap("attention", "shifted", norm="LayerNorm"),
        says="After LayerNorm a multiple of $(1, \\dots, 1)$, another for each key, can be added to $u_j$ and"
        " changes nothing",
        because=ROUNDING,
    ),
    Claim(
        "claim-hypersphere-projection-rms",
        OURS,
        (0.1, 1.0),
        gap("attention", "shifted", norm="RMSNorm"),
        says="After RMSNorm it does change attention",
        because="the sphere has all dimensions there; a change of weights is at most one",
    ),
    Claim(
        "claim-hypersphere-scale",
        OURS,
        EXACT,
        gap("attention", "rescaled"),
        says="Attention does not see the scale of the raw token, $\\epsilon = 0$",
        because=ROUNDING,
    ),
    Claim(
        "claim-hypersphere-gradient",
        OURS,
        EXACT,
        largest("gradient_gap", what="pair"),
        says="Attention whose values are $u_j$ is the gradient of $\\log\\sum_j e^{\\hat x\\cdot u_j + c_j}$",
        because=ROUNDING,
    ),
    Claim(
        "claim-hypersphere-still",
        OURS,
        (0.0, 1e-7),
        gap("still", "prior"),
        says="$\\kappa\\to0$: every component is uniform and attention is $\\mathrm{softmax}(c)$",
        because="κ is of order 10⁻⁸ here, and so is what it changes",
    ),
    Claim(
        "claim-hypersphere-uniform-layernorm",
        OURS,
        (0.1, 1.0),
        _one_draw("LayerNorm"),
        says="Uniform mixing weights instead of the tied ones change some attention weight of a head, LayerNorm, by"
        " more than 0.1: largest change, median over draws",
        because="we call a tenth of all attention a change that counts; how large it is depends on the scale of the"
        " weights, and 1 is all there is",
    ),
    Claim(
        "claim-hypersphere-uniform-rmsnorm",
        OURS,
        (0.1, 1.0),
        _one_draw("RMSNorm"),
        says="The same after RMSNorm",
        because="as before",
    ),
    Claim(
        "claim-hypersphere-product",
        POSTER,
        (0.0, 1e-9),
        largest("product_error", what="pair"),
        says="$e^{q\\cdot k} = e^{\\lVert k\\rVert\\cos}\\,e^{\\lVert q\\rVert}$, so that the mixing is uniform:"
        " orders of magnitude between the two sides, at worst",
        because="an equation",
        finding="The two sides are up to [[product]] orders of magnitude apart: the exponent is the product"
        " $\\lVert q\\rVert\\lVert k\\rVert\\cos$, not a sum. The mixing weights are tied to the concentrations"
        " instead.",
    ),
]

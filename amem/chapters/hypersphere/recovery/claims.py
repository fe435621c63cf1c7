"""What is claimed of the sampler and of the fit."""

import numpy as np
import pandas as pd

from amem.book import Claim, numbers
from amem.chapters.hypersphere.measuring import largest
from amem.chapters.hypersphere.sources import FITTING, GRADIENT, SAMPLER


def fit_error(table: pd.DataFrame) -> float:
    """The largest deviation of a fitted concentration, in standard errors."""
    fitted, planted, error = (numbers(table, name, what="fit") for name in ("fitted", "planted", "standard_error"))
    return float((np.abs(fitted - planted) / error).max())


def _likelihood_gain(table: pd.DataFrame) -> float:
    """Twice the log-likelihood that all points gain over the planted mixture, mean over seeds."""
    first = {"what": "fit", "component": 0}
    return float((2 * numbers(table, "points", **first) * numbers(table, "log_likelihood_gain", **first)).mean())


CLAIMS = [
    Claim(
        "claim-hypersphere-sampler",
        SAMPLER,
        (0.0, 4.0),
        largest("z", what="sample"),
        says="Drawn points have the exact mean resultant length: largest deviation in standard errors",
        because="24 Gaussian deviations of known width",
    ),
    Claim(
        "claim-hypersphere-reparametrised",
        GRADIENT,
        (0.0, 4.0),
        largest("gradient_z", what="sample"),
        says="Differentiating the draws in $\\kappa$ gives $A_n'(\\kappa)$ on average: largest deviation in standard"
        " errors",
        because="24 averages over at least 2000 draws, close to Gaussian",
    ),
    Claim(
        "claim-hypersphere-recovery",
        FITTING,
        (0.0, 4.0),
        fit_error,
        says="EM finds planted concentrations: largest deviation in standard errors",
        because="components hardly overlap, so the error is that of known labels",
    ),
    Claim(
        "claim-hypersphere-likelihood",
        FITTING,
        (54.0, 114.0),
        _likelihood_gain,
        says="The fit is likelier than the truth by as much as its parameters allow: twice the gain in nats,"
        " mean over seeds",
        because="Wilks: χ² with 84 degrees of freedom, mean 84 and standard deviation 13 a seed; four of them over"
        " three seeds",
    ),
]

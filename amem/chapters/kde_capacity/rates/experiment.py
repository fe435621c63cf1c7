"""The exponent of the capacity in the limit of many dimensions."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from amem.experiment import Config, experiment
from amem.theory import kde


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """The K of which exponents are claimed, and how many more from the least to the largest."""

    claimed: tuple[float, ...] = (0.5, 1.0, 1.5, 2.0, 3.0)
    least: float = 0.25
    largest: float = 4.0
    number: int = 33


@experiment(quick=Numbers(), full=Numbers())
def rates(config: Numbers) -> pd.DataFrame:
    """The exponent of the capacity per dimension against K = M/(h√n): guaranteed by each theorem, and predicted."""
    ratios = sorted({*config.claimed, *np.geomspace(config.least, config.largest, config.number).round(4).tolist()})
    return pd.DataFrame([
        {
            "radius_ratio": ratio,
            "theorem A": kde.transferred_rate(ratio),
            "theorem B": kde.certified_rate(ratio),
            "predicted": kde.critical_rate(ratio**2),
        }
        for ratio in ratios
    ])  # fmt: skip

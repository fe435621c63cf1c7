"""What is said of the error of sampling."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from amem.book import Statement, reverse


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    return {name: str(config[name]) for name in ("customers", "repeats")}


def close(table: pd.DataFrame) -> bool:
    """Within a quarter, on axes of three decades."""
    return bool((np.abs(np.log(table["found"] / table["expected"])) < 0.25).all())


STATEMENTS = [Statement("markers of four colours lie close to parallel lines", close, reverse("found"))]

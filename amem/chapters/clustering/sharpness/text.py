"""Numbers in the words on training below the critical β."""

from collections.abc import Mapping

import pandas as pd


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    """For how many updates CLAM is trained."""
    return {"updates": f"{config['updates']}", "longer": f"{config['longer']}"}

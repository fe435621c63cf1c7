"""What the text says of the descent."""

import pandas as pd

from amem.book import Statement


def _uphill(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(rise=-table["rise"])


STATEMENTS = [Statement("No change is positive", lambda table: bool((table["rise"] <= 0).all()), _uphill)]

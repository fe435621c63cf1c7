"""How many digits a table keeps."""


def rounded(value: float) -> float:
    """Four digits, so that the table stays small."""
    return float(f"{float(value):.4g}")

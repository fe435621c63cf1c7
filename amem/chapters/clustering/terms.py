"""Words that tables, figures and claims share."""

SMALL = ("iris", "wine", "breast_cancer")
"""The sets of which the reconstructed numbers speak."""
ROUNDING = "an identity: rounding in double precision, nothing else"

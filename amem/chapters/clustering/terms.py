"""Words that tables, figures and claims share."""

SMALL = ("iris", "wine", "breast_cancer")
"""The sets of which the reconstructed numbers speak."""
VARIANTS = (
    "K-means",
    "CLAM",
    "CLAM, T = 1",
    "CLAM, T = 3",
    "CLAM, T = 30",
    "CLAM, weighted",
    "CLAM, spherical",
    "CLAM, masked: mean",
    "CLAM, masked: least",
    "CLAM, masked: greatest",
    "CLAM+ELBO",
    "CLAM+ELBO, equal weights",
    "CLAM+ELBO, learned β",
    "CLAM+ELBO, learned β, longer",
)
"""In the order in which they are shown."""
ROUNDING = "an identity: rounding in double precision, nothing else"

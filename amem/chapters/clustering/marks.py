"""The colour and the marker of a model and of a set, the same in all figures, in the order in which they are shown."""

from collections.abc import Iterable

from amem.book.look import AMBER, BLACK, BLUE, GREEN, GREY, ORANGE, PINK, SKY
from amem.book.text import listed

MODELS = {
    "K-means": (BLACK, "s"),
    "GMM": (GREY, "D"),
    "VI-DP-GMM": (AMBER, "v"),
    "CLAM": (BLUE, "o"),
    "CLAM, masked": (SKY, "X"),
    "CLAM+ELBO": (ORANGE, "^"),
    "CLAM+CRP+ELBO": (GREEN, "h"),
}
SETS = {
    "clouds": (BLACK, "o"),
    "iris": (BLUE, "o"),
    "wine": (ORANGE, "s"),
    "breast_cancer": (GREEN, "^"),
    "digits": (PINK, "v"),
    "zoo": (GREY, "h"),
    "ecoli": (AMBER, "P"),
    "libras_movement": (GREY, "*"),
    "image_segmentation": (SKY, "X"),
    "outlier": (BLACK, "D"),
}


def shown(column: Iterable[str], declared: Iterable[str]) -> list[str]:
    """The words of a column, each once, in the order in which they are declared. Raises ValueError for any other."""
    words, order = set(column), list(declared)
    if strange := words - set(order):
        raise ValueError(f"column: wanted words among {', '.join(order)}, got {', '.join(sorted(strange))}")
    return [word for word in order if word in words]


def name(set: str, between: str = " ") -> str:
    """A set as it is printed."""
    return set.replace("_", between)


def listed_sets(sets: Iterable[str]) -> str:
    """Sets as they are printed, one after the other: "iris, wine and zoo"."""
    return listed([name(set) for set in shown(sets, SETS)] or ["none"])

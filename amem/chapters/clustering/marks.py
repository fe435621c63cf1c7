"""The colour and the marker of a model and of a set, the same in all figures."""

from amem.book.look import AMBER, BLACK, BLUE, GREEN, GREY, ORANGE, PINK, SKY

MODELS = {
    "K-means": (BLACK, "s"),
    "GMM": (GREY, "D"),
    "VI-DP-GMM": (AMBER, "v"),
    "CLAM": (BLUE, "o"),
    "CLAM, masked": (SKY, "X"),
    "CLAM+ELBO": (ORANGE, "^"),
    "CLAM+CRP+ELBO": (GREEN, "h"),
}
SETS = {"iris": (BLUE, "o"), "wine": (ORANGE, "s"), "breast_cancer": (GREEN, "^")}
FAR = {"outlier": (BLACK, "D"), "digits": (PINK, "v"), "ecoli": (AMBER, "P"), "image_segmentation": (SKY, "X")}

"""Labelled data sets: scikit-learn's own, and others from a folder of the user's or from OpenML; and a text of tales.

Four are bundled with scikit-learn. Any other is read from a file in the folder `uci` of the folder named by the
environment variable AMEM_DATA if it is there, and else fetched, once, through scikit-learn.
"""

import math
import os
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

import numpy as np
import pandas as pd
import torch
from jaxtyping import Float, Int
from numpy.typing import NDArray
from sklearn import datasets
from torch import Tensor

from amem import checks, shapes


@dataclass(frozen=True)
class Labelled:
    """Points and the class of each: features (count, n) in float64, labels (count,) from 0 in int64, on the CPU."""

    features: Float[Tensor, "count n"]
    labels: Int[Tensor, " count"]

    @property
    def classes(self) -> int:
        return int(self.labels.max()) + 1


@dataclass(frozen=True)
class Source:
    """Where a set comes from, and its size by which we know it again: points, features and classes.

    bundled: scikit-learn's loader. file: its name in the folder `uci`, else `<name>.csv`. openml: name and version.
    fetcher: scikit-learn's own for sets that it fetches from elsewhere.
    """

    shape: tuple[int, int, int]
    bundled: Callable[..., object] | None = None
    file: str = ""
    openml: tuple[str, int] | None = None
    fetcher: Callable[..., object] | None = None


SETS: dict[str, Source] = {
    "iris": Source((150, 4, 3), bundled=datasets.load_iris),
    "wine": Source((178, 13, 3), bundled=datasets.load_wine),
    "breast_cancer": Source((569, 30, 2), bundled=datasets.load_breast_cancer),
    "digits": Source((1797, 64, 10), bundled=datasets.load_digits),
    "zoo": Source((101, 16, 7), openml=("zoo", 1)),
    "ecoli": Source((336, 7, 8), file="ecoli.data", openml=("ecoli", 1)),
    "libras_movement": Source((360, 90, 15), file="movement_libras.csv", openml=("libras_move", 1)),
    "image_segmentation": Source((2310, 19, 7), file="segment.dat", openml=("segment", 1)),
    "boston_housing": Source((506, 13, 229), openml=("boston", 1)),  # no classes: every price is its own
    "usps": Source((9298, 256, 10), openml=("usps", 2)),
    "fashion_mnist": Source((70_000, 784, 10), openml=("Fashion-MNIST", 1)),
    "olivetti_faces": Source((400, 4096, 40), fetcher=datasets.fetch_olivetti_faces),
    "forest_covertype": Source((581_012, 54, 7), fetcher=datasets.fetch_covtype),
    "kddcup99": Source((494_021, 41, 23), fetcher=datasets.fetch_kddcup99),
    "yale_faces": Source((165, 1024, 15)),
    "microarray_gcm": Source((190, 16_063, 14)),
}
"""The sets by name. The last two, as far as we know, are in no collection that scikit-learn reaches."""


def load(name: str) -> Labelled:
    """The set of that name: scikit-learn's own, the user's file, or fetched.

    A user's file has a point a line, its class last, entries separated by commas or blanks.

    Raises ValueError for an unknown name and for data of another size than the set's, ConnectionError saying what to
    do if it must be fetched and cannot be.
    """
    source = _source(name)
    if source.bundled is not None:
        features, labels = _split(source.bundled)
    elif at_hand(name):
        comma = "," in _file(name).read_text("utf-8").partition("\n")[0]
        table = pd.read_csv(_file(name), header=None, sep="," if comma else r"\s+")
        features, labels = table.iloc[:, :-1], table.iloc[:, -1]
    else:
        features, labels = _fetched(name, source)
    return _labelled(name, source, features, labels)


def at_hand(name: str) -> bool:
    """Whether a set can be had without a network: bundled with scikit-learn, or a file of the user's.

    Raises ValueError for an unknown name.
    """
    return _source(name).bundled is not None or ("AMEM_DATA" in os.environ and _file(name).is_file())


def standardised(features: Float[Tensor, "count n"]) -> Float[Tensor, "count n"]:
    """Every feature with mean 0 and variance 1 over the points; one that never changes is 0.

    Raises ValueError or TypeError for features that are not a finite floating matrix.
    """
    centred = shapes.matrix("features", features) - features.mean(0)
    spread = features.std(0, correction=0)
    # a constant column's mean is off by rounding, and so is its spread
    changes = spread > 8 * torch.finfo(features.dtype).eps * features.abs().amax(0)
    return torch.where(changes, centred / torch.where(changes, spread, 1), 0)


NAMES = ("mira", "tom", "ada", "ravi", "lena", "otto", "yuki", "sol")
COLOURS = ("red", "blue", "green", "black", "white", "golden")
THINGS = ("kite", "drum", "lamp", "boat", "ring", "hat", "map", "bell")
PLACES = ("river", "market", "tower", "garden", "harbour", "forest")
MOODS = ("glad", "tired", "hungry", "proud", "quiet", "late")
GIVING = ("gives", "lends", "throws")


@dataclass(frozen=True)
class Text:
    """A text, and the information in it: minus the log-probability with which the grammar writes it, in nats."""

    characters: str
    information: float


def tales(least: int, rng: torch.Generator) -> Text:
    """Tales of at least so many characters, from a small grammar in which names and things come back.

    Every choice is uniform, so that the information per character, which no model can go below on average, is known.
    Raises ValueError or TypeError if least is not a whole number of at least 1 or rng no generator.
    """
    least = checks.count("least", least)
    shapes.generator("rng", rng)
    told: list[str] = []
    length, information = 0, 0.0

    def choose(words: tuple[str, ...]) -> str:
        nonlocal information
        information += math.log(len(words))
        return words[int(torch.randint(len(words), (), generator=rng))]

    while length < least:
        one = choose(NAMES)
        other = choose(tuple(name for name in NAMES if name != one))
        if choose(("giving", "walking")) == "giving":
            colour, thing = choose(COLOURS), choose(THINGS)
            told.append(
                f"{one} has a {colour} {thing}. {one} {choose(GIVING)} the {thing} to {other}. "
                f"now {other} has the {colour} {thing}. "
            )
        else:
            place, mood = choose(PLACES), choose(MOODS)
            told.append(
                f"{one} and {other} walk to the {place}. {other} is {mood}. "
                f"so {one} and the {mood} {other} leave the {place}. "
            )
        length += len(told[-1])
    return Text("".join(told), information)


def _source(name: str) -> Source:
    if name not in SETS:
        raise ValueError(f"name: wanted one of {', '.join(SETS)}, got {name!r}")
    return SETS[name]


def _file(name: str) -> Path:
    return Path(os.environ["AMEM_DATA"], "uci", SETS[name].file or f"{name}.csv")


def _split(loader: Callable[..., object]) -> tuple[pd.DataFrame, pd.Series]:
    features, labels = loader(return_X_y=True)  # pyright: ignore[reportGeneralTypeIssues]
    return pd.DataFrame(features), pd.Series(labels)


def _fetched(name: str, source: Source) -> tuple[pd.DataFrame, pd.Series]:
    wanted = f"a file {SETS[name].file or name + '.csv'} in the folder uci of the folder named by AMEM_DATA"
    if source.openml is None and source.fetcher is None:
        raise ConnectionError(f"{name}: wanted {wanted}, for it cannot be fetched; got none")
    try:
        with warnings.catch_warnings(action="ignore"):  # scikit-learn's, of trying again
            if source.fetcher is not None:
                return _split(source.fetcher)
            title, version = source.openml or ("", 0)
            features, labels = datasets.fetch_openml(title, version=version, as_frame=True, return_X_y=True)
    except (URLError, OSError) as error:
        raise ConnectionError(f"{name}: wanted a network to fetch it, or {wanted}; got {error}") from error
    return features.drop(columns="animal", errors="ignore"), labels  # the name of each animal in the zoo


def _labelled(name: str, source: Source, features: pd.DataFrame, labels: pd.Series) -> Labelled:
    """Numbers for words: a column that is not numeric becomes the rank of its values in their order."""
    columns = [_numbers(features.iloc[:, index]) for index in range(features.shape[1])]
    classes, ranks = np.unique(_numbers(labels), return_inverse=True)
    if (size := (len(features), len(columns), len(classes))) != source.shape:
        raise ValueError(f"{name}: wanted (points, features, classes) = {source.shape}, got {size}")
    points = torch.from_numpy(np.stack(columns, axis=1))
    return Labelled(shapes.matrix(name, points), torch.from_numpy(ranks.astype(np.int64)))


def _numbers(column: pd.Series) -> NDArray[np.float64]:
    if pd.api.types.is_numeric_dtype(column):
        return column.to_numpy(np.float64)
    return np.unique(column.astype(str), return_inverse=True)[1].astype(np.float64)

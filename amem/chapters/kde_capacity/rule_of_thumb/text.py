"""The words on the rule of thumb."""

from collections.abc import Mapping

import pandas as pd

from amem.book import Statement, exchange, reverse, select
from amem.book import numbers as column
from amem.book.text import listed
from amem.chapters.kde_capacity.rule_of_thumb.claims import memorising_dimension
from amem.chapters.kde_capacity.terms import AT_REST

CLOUDS = ["sphere", "normal", "digits"]


def sizes(table: pd.DataFrame, cloud: str) -> list[int]:
    return sorted(set(select(table, cloud=cloud)["p"].tolist()))


def halves(table: pd.DataFrame, cloud: str) -> list[float]:
    """Where half are stored, for each number of points."""
    return [memorising_dimension(table, cloud, p) for p in sizes(table, cloud)]


def rise(table: pd.DataFrame) -> bool:
    """Every curve from below a tenth to above nine tenths."""
    stored = table.sort_values("n").groupby(["cloud", "p"])["stored"]
    return bool(stored.first().max() < 0.1 and stored.last().min() > 0.9)


def steeper(table: pd.DataFrame) -> bool:
    """From a tenth to nine tenths in fewer dimensions on the sphere than for as many normal points."""

    def width(cloud: str, p: int) -> float:
        return memorising_dimension(table, cloud, p, 0.9) - memorising_dimension(table, cloud, p, 0.1)

    return all(width("sphere", p) < 0.9 * width("normal", p) for p in sizes(table, "normal"))


def last(table: pd.DataFrame) -> bool:
    """The digits, by more than two dimensions."""
    return min(halves(table, "digits")) > 2 + max(halves(table, "normal") + halves(table, "sphere"))


def random_points(table: pd.DataFrame, n: int) -> tuple[float, float]:
    """The least and the most that is stored of three thousand."""
    stored = column(table.query("cloud != 'digits'"), "stored", p=3000, n=n)
    return float(stored.min()), float(stored.max())


def nearly_all(table: pd.DataFrame) -> bool:
    random = column(table.query("cloud != 'digits'"), "stored", n=15)
    return bool(min(random.min(), column(table, "stored", cloud="digits", n=30).min()) > 0.95)


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    """The settings, and where half are stored."""
    each = [(cloud, p) for cloud in CLOUDS for p in sizes(table, cloud)]
    border = [(memorising_dimension(table, "sphere", p), p) for p in sizes(table, "sphere")]
    return {
        "tolerance": f"{config['tolerance']}",
        "digits": f"{config['digits']}",
        "smallest_n": f"{table['n'].min()}",
        "largest_n": f"{table['n'].max()}",
        "halves": listed(f"{memorising_dimension(table, cloud, p):.1f} ({cloud}, p = {p})" for cloud, p in each),
        "borders": listed(f"{where:.1f} dimensions for {p} points" for where, p in border),
    }


STATEMENTS = [
    Statement("rise from near zero to near one", rise, reverse("n")),
    Statement("rise more steeply than those of normal points", steeper, exchange("cloud", "sphere", "normal")),
    Statement("the curve of the digits rises last", last, exchange("cloud", "digits", "normal")),
    Statement("it takes more dimensions", last, exchange("cloud", "digits", "normal")),
    Statement(
        "In fifteen dimensions nearly every random point, and in thirty nearly every digit, is stored",
        nearly_all,
        exchange("n", 15, 3),
    ),
    Statement("with thirty principal components they, too, are stored", nearly_all, exchange("n", 30, 3)),
    Statement("the estimate smooths in six dimensions", lambda t: random_points(t, 6)[1] < 0.2, exchange("n", 6, 12)),
    Statement(
        "In twelve it remembers nearly every point", lambda t: random_points(t, 12)[0] > 0.9, exchange("n", 6, 12)
    ),
    AT_REST,
]

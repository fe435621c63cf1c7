"""Numbers read off a table, and what numbered things look like."""

from collections.abc import Callable
from itertools import product

import pandas as pd
import pytest

from amem.book.look import COLOURS, MARKERS, colour, darker, marker
from amem.book.tables import along, largest, median, number, only

TABLE = pd.DataFrame({"kind": list("aabba"), "n": [3, 1, 2, 1, 2], "error": [0.5, -4.0, 7.0, 8.0, 1.0]})


@pytest.mark.parametrize("order", [range(5), [4, 2, 0, 3, 1], range(4, -1, -1)])
def test_what_is_read_does_not_depend_on_the_order_of_rows(order: list[int]) -> None:
    table = TABLE.iloc[order]
    x, y = along(table, "n", "error", kind="a")
    assert x.tolist() == [1, 2, 3] and y.tolist() == [-4.0, 1.0, 0.5]
    assert number(table, "error", kind="b", n=2) == 7.0
    assert largest(table, "error", kind="a") == 4.0, "the largest size, of either sign"
    assert median(table, "error", kind="a") == 0.5 and median(table, "error", kind="b") == 7.5
    assert largest(table, "error") == 8.0


def test_a_number_stands_in_just_one_row_and_only_is_one_number() -> None:
    for row in ({"kind": "a"}, {"kind": "c"}, {"kind": "b", "n": 3}):
        with pytest.raises(ValueError, match="wanted one row"):
            number(TABLE, "error", **row)
    assert only(pd.Series([2, 2.0, 2])) == 2.0
    for values in ([], [1.0, 1.5]):
        with pytest.raises(ValueError, match="wanted a single number"):
            only(values)


def test_colours_and_markers_of_numbers_are_never_used_up() -> None:
    several = range(3 * len(COLOURS))
    assert len({(colour(number), marker(number)) for number in several}) == len(several)
    assert {marker(number) for number in several} == set(MARKERS)
    assert colour(0) == darker(COLOURS[0], 0) and colour(len(COLOURS) - 1) == darker(COLOURS[0])
    for one, other in product(several, repeat=2):
        assert one == other or colour(one) != colour(other)
    assert all(0 <= part <= 1 for number in several for part in colour(number))
    lighter: Callable[[int], float] = lambda number: sum(colour(number))  # noqa: E731
    assert all(lighter(number + len(COLOURS) - 1) < lighter(number) for number in several)

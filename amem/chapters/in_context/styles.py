"""Colour, marker and line of what is drawn: the same in all figures of the chapter."""

from typing import Any

from amem.book.look import BLUE, GREEN, GREY, ORANGE, PINK
from amem.chapters.in_context.terms import (
    DIVERGENCE,
    EM,
    EXACT,
    INVARIANT,
    KDE,
    KDE_TEST,
    LEAST_SQUARES,
    QUOTED,
    RANKING,
    SHORT,
)

Style = dict[str, Any]
OPEN: Style = {"linestyle": "--", "fillstyle": "none"}
STYLES: dict[str, Style] = {
    DIVERGENCE: {"color": BLUE, "marker": "o", "linestyle": "-"},
    RANKING: {"color": ORANGE, "marker": "s", "linestyle": "-"},
    QUOTED: {"color": GREEN, "marker": "^", "linestyle": "--"},
    SHORT: {"color": PINK, "marker": "s", "linestyle": "-"},
    INVARIANT: {"color": GREEN, "marker": "D", "linestyle": "-"},
    EXACT: {"color": "black", "marker": "", "linestyle": "-"},
    KDE: {"color": GREY, "marker": "^", "linestyle": "--"},
    KDE_TEST: {"color": GREY, "marker": "^", "linestyle": ":", "fillstyle": "none"},
    EM: {"color": GREY, "marker": "D", "linestyle": "-."},
    LEAST_SQUARES: {"color": GREY, "marker": "^", "linestyle": "--"},
}

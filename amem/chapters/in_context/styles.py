"""Colour, marker and line of what is drawn: the same in all figures of the chapter."""

from amem.book.look import BLUE, ORANGE
from amem.chapters.in_context.terms import DIVERGENCE, RANKING

OBJECTIVES = {DIVERGENCE: (BLUE, "o", "-"), RANKING: (ORANGE, "s", "-")}

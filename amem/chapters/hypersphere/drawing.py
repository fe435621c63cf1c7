"""Colours and markers of things that are numbered: the same in every figure of the chapter, and never used up."""

from matplotlib.colors import to_rgb

from amem.book.look import COLOURS, MARKERS

HUES = COLOURS[:-1]  # black is for theory


def colour(number: int) -> tuple[float, float, float]:
    """One of the book's colours, after the last of them a darker one, and so on."""
    times, place = divmod(number, len(HUES))
    return darker(HUES[place], times)


def marker(number: int) -> str:
    """One of the book's markers in their turn; with the colour of the same number, a pair that does not come again."""
    return MARKERS[number % len(MARKERS)]


def darker(colour: str | tuple[float, float, float], times: int = 1) -> tuple[float, float, float]:
    red, green, blue = (0.7**times * part for part in to_rgb(colour))
    return red, green, blue

"""The look of every figure, and how its files are written: the same bytes for the same picture."""

import io
from collections.abc import Generator
from contextlib import contextmanager

import matplotlib
import oxipng
from cycler import cycler
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.transforms import Bbox

# Okabe and Ito's colours without the pale yellow, each with its own line for print in grey.
COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"]
BLUE, ORANGE, GREEN, PINK, AMBER, SKY, BLACK = COLOURS
GREY = "#666666"
LINES = ["-", "--", "-.", ":", (0, (5, 1, 1, 1, 1, 1)), (0, (8, 3)), (0, (1, 1))]
MARKERS = ["o", "s", "^", "D", "v", "P", "X", "<", ">"]
LOOK = matplotlib.RcParams({
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.prop_cycle": cycler(color=COLOURS) + cycler(linestyle=LINES),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": "medium",
    "figure.constrained_layout.use": True,
    "figure.figsize": (7.0, 4.2),
    "font.sans-serif": ["DejaVu Sans"],
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    "image.cmap": "cividis",
    "legend.edgecolor": "none",
    "lines.markersize": 5,
    "svg.fonttype": "path",
    "svg.hashsalt": "amem",
})  # fmt: skip


@contextmanager
def look() -> Generator[None]:
    """Within it, matplotlib draws as the book does."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(LOOK)
        yield


def settled(figure: Figure) -> Figure:
    """The figure with its panels where they come to rest, to a millionth of its size.

    The solver of the layout adds up in another order each time, and an SVG names what it clips by every digit.
    """
    for _ in range(2):
        figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for axes in figure.axes:
        axes.set_position(Bbox(axes.get_position(original=True).get_points().round(6)))
    return figure


LEFT_OUT = {"svg": ["Date", "Creator"], "png": ["Software"], "pdf": ["CreationDate", "Creator", "Producer"]}
"""Dates and versions, which would differ from run to run."""


def picture(figure: Figure, kind: str) -> bytes:
    """The figure as SVG, PNG or PDF."""
    file = io.BytesIO()
    with look():
        figure.savefig(file, format=kind, dpi=150, metadata=dict.fromkeys(LEFT_OUT[kind]))
    return oxipng.optimize_from_memory(file.getvalue(), level=1) if kind == "png" else file.getvalue()


HUES = COLOURS[:-1]
"""Of what is numbered; black is for theory."""


def colour(number: int) -> tuple[float, float, float]:
    """Of a thing with a number: one of the book's colours, after the last of them a darker one, and so on."""
    times, place = divmod(number, len(HUES))
    return darker(HUES[place], times)


def marker(number: int) -> str:
    """One of the book's markers in their turn; with the colour of the same number, a pair that does not come again."""
    return MARKERS[number % len(MARKERS)]


def darker(colour: str | tuple[float, float, float], times: int = 1) -> tuple[float, float, float]:
    """The colour with so many times three tenths of its light taken away."""
    red, green, blue = (0.7**times * part for part in to_rgb(colour))
    return red, green, blue

"""The look of every figure, and how its files are written: the same bytes for the same picture."""

import io
from collections.abc import Generator
from contextlib import contextmanager

import matplotlib
from cycler import cycler
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
        figure.savefig(file, format=kind, dpi=200, metadata=dict.fromkeys(LEFT_OUT[kind]))
    return file.getvalue()

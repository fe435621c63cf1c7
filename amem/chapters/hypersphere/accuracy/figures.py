"""The picture of the question."""

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure

from amem.book import figure, select
from amem.book.look import ORANGE


@figure(
    "fig-hypersphere-accuracy",
    caption="""Where the normaliser can be trusted. Error of four ways to compute $\\log C_n(\\kappa)$ in double
        precision against fifty digits, relative to the larger of 1 and $|\\log C_n|$: the lighter, the better; black:
        an error above 1, in the upper panels no number at all (overflow, or the logarithm of an underflow). The Bessel
        function itself fails to both sides; scaled by $e^{-\\kappa}$ (SciPy's distribution does the same) it still
        underflows in high dimension at small concentration; save in $n=3$, where it lacks only
        $-\\log(1-e^{-2\\kappa})$, the textbook's approximation for large $\\kappa$ has six digits only where $\\kappa$
        is hundreds of times $n$ (its black cells at $\\kappa\\ge10$ are where $\\log C_n$ passes through zero, so that
        nothing large divides the error). Dashed: $\\kappa = n$. The expansion of this book is right everywhere: its
        largest error is [[largest]]. The warning is {cite:t}`schaeffer2024bridging`'s topic made precise; the map is
        ours.""",
    alt="""Four maps of error over dimension, [[n_low]] to [[n_high]], and concentration, [[kappa_low]] to
        [[kappa_high]]. The first is black in the upper left and on the right and light between, the second is black
        only in the upper left, above a stepped edge, the third is black at small concentrations and grows lighter to
        the lower right, and the last is light throughout.""",
)
def accuracy(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 5.6))
    panels = {
        "Bessel function": "$\\log I_\\nu(\\kappa)$",
        "scaled Bessel function": "$\\log(e^{-\\kappa}I_\\nu(\\kappa))+\\kappa$, as SciPy",
        "large κ": "large-$\\kappa$ approximation",
        "this book": "uniform expansion, this book",
    }
    shades = matplotlib.colormaps["cividis_r"](np.linspace(0, 0.85, 8))
    colours = ListedColormap(shades).with_extremes(over="black")
    scale, first = Normalize(-16, 0), None
    for place, (method, title) in enumerate(panels.items()):
        first = axes = drawing.add_subplot(2, 2, place + 1, sharex=first, sharey=first)
        rows = select(table, method=method)
        error = rows.pivot(index="n", columns="kappa", values="error").clip(lower=1e-16)
        n, kappa = error.index.to_numpy(float), error.columns.to_numpy(float)
        levels = np.log10(error.to_numpy())
        axes.pcolormesh(_edges(kappa), _edges(n), levels, cmap=colours, norm=scale, rasterized=True)
        axes.plot(n, n, "--", color=ORANGE, linewidth=1.5)
        axes.set(xscale="log", yscale="log", title=title, xlim=_edges(kappa)[[0, -1]], ylim=_edges(n)[[0, -1]])
        axes.set_yticks((2, 10, 100, 1000, 4096), ("2", "10", "100", "1000", "4096"))
        axes.minorticks_off()
        axes.grid(visible=False)
        if place % 2 == 0:
            axes.set_ylabel("dimension $n$")
        if place > 1:
            axes.set_xlabel("concentration $\\kappa$ (dimensionless)")
    bar = drawing.colorbar(
        ScalarMappable(scale, colours),
        ax=drawing.axes,
        extend="max",
        shrink=0.8,
        label="relative error (black: above 1, or no number)",
    )
    bar.set_ticks([-16, -12, -8, -4, 0], labels=["$10^{-16}$", "$10^{-12}$", "$10^{-8}$", "$10^{-4}$", "1"])
    return drawing


def _edges(values: np.ndarray) -> np.ndarray:
    """Borders of cells around increasing values, halfway on a logarithmic axis."""
    logs = np.log(values)
    middle = (logs[1:] + logs[:-1]) / 2
    return np.exp(np.concatenate([[2 * logs[0] - middle[0]], middle, [2 * logs[-1] - middle[-1]]]))

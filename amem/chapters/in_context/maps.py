"""Energies and densities over the plane as maps."""

from typing import cast

import matplotlib
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize, PowerNorm
from matplotlib.figure import Figure
from numpy.typing import NDArray


def colours(rows: pd.DataFrame) -> Normalize:
    """A scale about zero, as wide as the energies but for the rare highest."""
    energy = rows["energy"].to_numpy(float)
    widest = max(float(-energy.min()), float(np.quantile(energy, 0.99)))
    return Normalize(-widest, widest)


def energy_map(axes: Axes, rows: pd.DataFrame, scale: Normalize) -> None:
    x, y, energy = sheet(rows, "energy")
    extent = (x[0], x[-1], y[0], y[-1])
    axes.imshow(
        energy, cmap="coolwarm", norm=scale, origin="lower", extent=extent, interpolation="bicubic", rasterized=True
    )
    levels = np.linspace(cast("float", scale.vmin), cast("float", scale.vmax), 19)
    axes.contour(x, y, energy, levels, colors="black", linewidths=0.3, linestyles="-", alpha=0.45)
    bare(axes)


def density(axes: Axes, rows: pd.DataFrame) -> None:
    x, y, density = sheet(rows, "density")
    extent = (x[0], x[-1], y[0], y[-1])
    scale = PowerNorm(0.5, vmin=0, vmax=float(density.max()))
    axes.imshow(
        density, cmap="Blues", norm=scale, origin="lower", extent=extent, interpolation="bicubic", rasterized=True
    )
    bare(axes)
    axes.spines[:].set(visible=True, color="#999999")


def crosses(axes: Axes, points: pd.DataFrame) -> None:
    axes.plot(points["x"], points["y"], "x", color="black", markersize=3.6, markeredgewidth=1.0)


def bar(drawing: Figure, panels: NDArray[np.object_], scale: Normalize) -> None:
    drawing.colorbar(
        ScalarMappable(scale, matplotlib.colormaps["coolwarm"]),
        ax=panels,
        location="bottom",
        shrink=0.6,
        aspect=45,
        pad=0.02,
        extend="max",
        label="energy, centred",
    )


def sheet(rows: pd.DataFrame, values: str) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    sheet = rows.pivot_table(index="y", columns="x", values=values)
    return sheet.columns.to_numpy(float), sheet.index.to_numpy(float), sheet.to_numpy(float)


def bare(axes: Axes) -> None:
    axes.set(xticks=[], yticks=[])
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)

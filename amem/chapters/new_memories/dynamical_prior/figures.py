"""Who sits where, drawn."""

import pandas as pd
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure

from amem.book import figure, select
from amem.chapters.new_memories.terms import FORMULAS, KERNELS


@figure(
    "fig-new-memories-prior",
    caption=r"""Who sits where, when the past fades or comes back: sampled, and computed exactly. The chance $p(c_n
        = c)$ that customer $n$ of [[customers]] sits at the $c$-th table to be opened, $\alpha =$ [[alpha]], for four
        kernels at rates of one; top, [[chains]] sampled restaurants; bottom, the recursion of
        {cite:t}`schaeffer2022streaming`. The exponential kernel sends almost every customer to a table of one's own
        (the diagonal); the constant kernel is the ordinary Chinese restaurant.""",
    alt="""Eight heat maps in two rows of four, customers downwards and tables across, with a logarithmic colour
        scale. The upper and lower map of each column look the same. With the constant kernel the colour stays near the
        first half of the tables; with the exponential it hugs the diagonal; the oscillator and the hyperbolic kernel
        lie between.""",
)
def prior(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 3.6))
    panels = drawing.subplots(2, 4, sharex=True, sharey=True)
    seats = select(table, kind="seat")
    shown = None
    for column, kernel in enumerate(KERNELS):
        rows = select(seats, kernel=kernel)
        for row, source in enumerate(("sampled", "exact")):
            chances = rows.pivot(index="customer", columns="table", values=source).to_numpy()
            axes = panels[row, column]
            shown = axes.imshow(chances.clip(1e-9), norm=LogNorm(1e-3, 1), cmap="cividis", origin="upper")
            axes.grid(visible=False)
            axes.set(xticks=(0, 20, 40), yticks=(0, 20, 40))
        panels[0, column].set_title(FORMULAS[kernel])
        panels[1, column].set_xlabel("table (number)")
    panels[0, 0].set_ylabel("sampled\ncustomer (number)")
    panels[1, 0].set_ylabel("recursion\ncustomer (number)")
    if shown is not None:
        drawing.colorbar(shown, ax=panels, label="chance (dimensionless)", shrink=0.7, extend="min")
    return drawing

"""Scores on the sphere, drawn."""

import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure
from amem.chapters.new_memories.marks import scores

SHOWN = (
    "dynamical", "recursive", "dynamical, aliased", "dynamical, no normaliser", "recursive, no normaliser",
    "dynamical, as published",
)  # fmt: skip


@figure(
    "fig-new-memories-sphere",
    caption=r"""On the sphere, a normaliser left out costs over a third of the score. Normalised mutual information
        with planted von Mises–Fisher clusters against $\alpha$, one panel a kernel, averaged over concentrations
        $\kappa$, dimensions and seeds. With $\log C_n(\kappa)$ in the likelihood (blue; orange with a constant kernel)
        the restaurant finds the clusters. Left out, as in the published code, the memories that there are look better
        than any new one, and only [[made_least]] to [[made_most]] memories are made for every planted cluster (pale
        blue, pale orange). In the oscillator's panel, dotted: the oscillator's constant overwritten, with the
        normaliser kept (blue) and without (pale blue). Task of {cite:t}`schaeffer2022streaming`; our reading of the
        code is reconstructed.""",
    alt="""Four panels of normalised mutual information against alpha. Blue and orange curves lie close together, at
        [[with_least]] or above in all panels. Pale blue and pale orange curves, without the normaliser, lie far lower,
        between [[without_least]] and [[without_most]]. In the oscillator's panel a dotted blue curve, from
        [[aliased_least]] to [[aliased_most]], lies between the orange one and the pale blue one; a dotted pale blue one
        lies below that, near [[published]].""",
)
def sphere(table: pd.DataFrame) -> Figure:
    return scores(table, SHOWN, (0.3, 1.02))

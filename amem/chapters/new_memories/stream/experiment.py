"""Normalised mutual information on streams of Gaussian clusters."""

import pandas as pd

from amem.chapters.new_memories.averages import over_dimensions
from amem.chapters.new_memories.following import FULL, Streams, follow
from amem.chapters.new_memories.weighing import kernels
from amem.experiment import experiment
from amem.sweep import grid, sweep


@experiment(quick=Streams(), full=FULL)
def stream(config: Streams) -> pd.DataFrame:
    """Normalised mutual information with what was planted, for streams drawn from the dynamical restaurant.

    Rows of kind "score" average over seeds and variances, "mean" rows over dimensions too; "lead" rows hold the mean
    difference of two algorithms on the same streams, and its standard error; "growth" rows follow memories made over
    the stream, as a fraction of the true number at its end. "alone" makes every point a cluster.
    """
    return over_dimensions(sweep(follow, grid(kernel=list(kernels(1, 1)), n=config.n), config))

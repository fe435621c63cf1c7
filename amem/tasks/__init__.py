"""Families of tasks for learning in context: a task is a distribution of points, a sequence is drawn from one task.

A family draws tasks, tasks draw sequences; both on the CPU in float64, to be moved afterwards. Where the density of a
task has a closed form the tasks know it: that is the oracle with which a learner is compared. Points lie in the plane.
One family a file.
"""

from amem.tasks.base import Family, Source, Tasks, endless, pool
from amem.tasks.curves import CURVES, Curves, PlacedCurves
from amem.tasks.lines import LinearRegressions, Lines
from amem.tasks.mixtures import GaussianMixtures, Mixtures
from amem.tasks.rectangles import Rectangles, TwoRectangles
from amem.tasks.rings import Circles, Rings

__all__ = [
    "CURVES",
    "Circles",
    "Curves",
    "Family",
    "GaussianMixtures",
    "LinearRegressions",
    "Lines",
    "Mixtures",
    "PlacedCurves",
    "Rectangles",
    "Rings",
    "Source",
    "Tasks",
    "TwoRectangles",
    "endless",
    "pool",
]

"""The words that tables, figures and claims of the chapter share."""

DIVERGENCE, RANKING = "contrastive divergence", "ranking"
OBJECTIVES = (DIVERGENCE, RANKING)
QUOTED = "large step, little noise"
SHORT, INVARIANT = "ranking, early", "ranking, early, invariant"
KDE, KDE_TEST, EM = "kernel density", "kernel density, bandwidth chosen on the test", "EM"
EXACT, TRUTH, NOTHING = "exact prediction", "true density", "no context"
LEAST_SQUARES, EXPECTED = "least squares", "expected"
SHAPES = ("three circles", "six circles", "two rectangles", "moons", "swiss roll")
"""Families that are no mixtures of Gaussians."""
FAMILIES = ("three Gaussians", "five Gaussians", "sheared", *SHAPES)
NEW_TASKS, OWN_TASKS = "new tasks", "tasks of the pool"
MARGINAL, COMPONENT = "marginal", "component"
FIXED, SCALED = "fixed", "scaled"

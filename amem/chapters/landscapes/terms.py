"""Words that tables, figures and claims of the chapter share, in the order in which they are shown."""

IMAGES = ("digits", "photographs")
CUES = ("half masked", "noisy", "blurred")
RECALLERS = ("quadratic", "cubic", "exponential", "log-sum-exp")
STATES = ("stored", "in black and white", "cue", *RECALLERS)
ENERGIES = ("quadratic", "log-sum-exp", "Epanechnikov")

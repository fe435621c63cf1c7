"""Words that tables, figures and claims of the chapter share."""

KERNELS = ("constant", "exponential", "oscillator", "hyperbolic")
"""In the order in which panels stand."""
FORMULAS = {
    "constant": "constant\n$k = 1$",
    "exponential": "exponential\n$k = e^{-r\\Delta}$",
    "oscillator": "oscillator\n$k = (1+\\cos\\omega\\Delta)/2$",
    "hyperbolic": "hyperbolic\n$k = 1/(1+r\\Delta)$",
}
HALLWAY = 9
"""The place that all hallways are, after nine rooms from 0."""

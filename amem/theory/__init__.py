"""Theory: the papers' predictions, computed without simulating. NumPy and SciPy only, so that agreement means
something."""

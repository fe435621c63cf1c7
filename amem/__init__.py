"""A reproducible companion to the papers on associative memory.

An energy is a negative log-likelihood. Descending it retrieves a memory; sampling it generates; fitting it
learns. So there is one noun, `Energy`, one way to move, an update driven by `run`, and chapters that only choose
and measure.
"""

__version__ = "0.1.0"
__url__ = "https://associative-memory.github.io/amem"

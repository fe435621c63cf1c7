"""Dynamics: rules from a state to the next state, and `run`, the one way to apply them. One rule family a file."""

from amem.dynamics.attention import attend, mean_shift
from amem.dynamics.base import Sequential, Trajectory, Update, run
from amem.dynamics.descent import gradient_flow, langevin
from amem.dynamics.noisy import NoisyDescent
from amem.dynamics.sphere import mode_seeking
from amem.dynamics.spins import asynchronous, glauber, synchronous
from amem.dynamics.two_layer import relax

__all__ = [
    "NoisyDescent",
    "Sequential",
    "Trajectory",
    "Update",
    "asynchronous",
    "attend",
    "glauber",
    "gradient_flow",
    "langevin",
    "mean_shift",
    "mode_seeking",
    "relax",
    "run",
    "synchronous",
]

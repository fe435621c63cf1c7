"""Energies: scalar landscapes over states, low where something is remembered. One family a file."""

from amem.energies.assignment import AssignmentEnergy
from amem.energies.base import Energy, SpinEnergy
from amem.energies.dense import Exponential, Polynomial
from amem.energies.in_context import InContextEnergy
from amem.energies.kernels import Epanechnikov, GaussianKDE
from amem.energies.logsumexp import LogSumExp
from amem.energies.quadratic import Hopfield
from amem.energies.sphere import SphericalMixture, VonMisesFisher, VonMisesFisherMixture
from amem.energies.two_layer import KrotovHopfield

__all__ = [
    "AssignmentEnergy",
    "Energy",
    "Epanechnikov",
    "Exponential",
    "GaussianKDE",
    "Hopfield",
    "InContextEnergy",
    "KrotovHopfield",
    "LogSumExp",
    "Polynomial",
    "SphericalMixture",
    "SpinEnergy",
    "VonMisesFisher",
    "VonMisesFisherMixture",
]

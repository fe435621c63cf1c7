"""The prior of the dynamical restaurant at which sampling and recursion are compared."""

from dataclasses import dataclass

from amem.experiment import Config


@dataclass(frozen=True, kw_only=True)
class Prior(Config):
    """So many customers, at each of these concentrations."""

    customers: int = 50
    alphas: tuple[float, ...] = (1.1, 10.78, 15.37, 30.91)

"""How much the past still counts: the four kernels of the dynamical restaurant, and one with a slip."""

from jaxtyping import Float
from torch import Tensor

from amem.learning.kernels import Kernel, constant, exponential, hyperbolic, oscillator


def kernels(rate: float, frequency: float) -> dict[str, Kernel]:
    """The four kernels of the paper."""
    every = (constant(), exponential(rate), oscillator(frequency), hyperbolic(rate))
    return {kernel.name: kernel for kernel in every}


class Aliased(Kernel):
    """The oscillator with its constant overwritten whenever the occupancy is read: C ← C + A cos + B sin, in place."""

    def occupancy(self, state: Tensor) -> Float[Tensor, "runs room"]:
        state[:, 0] += state[:, 1].real
        return (state[:, 0].real / 2).clamp_min(0)


def aliased(kernel: Kernel) -> Aliased:
    """An oscillator with that slip."""
    return Aliased(kernel.name, kernel.rates, kernel.weights)

"""How much a visit counts after a time, as exponentials that a stream can carry along [schaeffer2022streaming]."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import ArrayLike, NDArray
from torch import Tensor

from amem import checks


@dataclass(frozen=True)
class Kernel:
    """k(Δ) = Re Σ_j w_j e^{−r_j Δ}: how much a visit Δ ago still counts, as numbers that a stream can carry along.

    Raises ValueError unless there are as many weights as rates; called, TypeError for gaps that are no numbers.
    """

    name: str
    rates: tuple[complex, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.rates) != len(self.weights) or not self.rates:
            raise ValueError(f"weights: wanted one for each of {len(self.rates)} rates, got {len(self.weights)}")

    def __call__(self, gap: ArrayLike) -> NDArray[np.float64]:
        terms = np.asarray(self.weights) * np.exp(-checks.numbers("gap", gap)[..., None] * np.asarray(self.rates))
        return np.asarray(terms.sum(-1).real)

    def matrix(self, times: ArrayLike) -> NDArray[np.float64]:
        """K_nm = max(k(|t_n − t_m|), 0): how much each visit counts at the time of each other, rounding below zero cut.

        Raises TypeError for times that are no numbers, ValueError unless they are one finite row of them.
        """
        moments = checks.numbers("times", times)
        if moments.ndim != 1 or not np.isfinite(moments).all():
            raise ValueError(f"times: wanted a row of finite numbers, got {checks.describe(moments)}")
        gaps, place = np.unique(np.abs(moments[:, None] - moments), return_inverse=True)  # each gap is asked for once
        return np.clip(self(gaps), 0, None)[place].reshape(2 * moments.shape)

    def start(self, room: int, like: Float[Tensor, "runs"]) -> Tensor:
        """The state (runs, terms, room) before anyone has come: zero."""
        real = all(complex(rate).imag == 0 for rate in self.rates)
        kind = like.dtype if real else torch.promote_types(like.dtype, torch.complex64)
        return torch.zeros(len(like), len(self.rates), room, dtype=kind, device=like.device)

    def later(self, state: Tensor, gap: float) -> Tensor:
        """The state a time later."""
        decay = [np.exp(-gap * complex(rate)) for rate in self.rates]
        factors = torch.tensor(decay if state.is_complex() else np.real(decay), dtype=state.dtype, device=state.device)
        return state * factors[:, None]

    def occupancy(self, state: Tensor) -> Float[Tensor, "runs room"]:
        """N_c, at least 0 whatever rounding says."""
        weights = torch.tensor(self.weights, dtype=state.dtype, device=state.device)
        return (state * weights[:, None]).sum(1).real.clamp_min(0)

    def ceiling(self, state: Tensor) -> Float[Tensor, "runs room"]:
        """The most that N_c can be from now on if nobody comes: Σ_j w_j |state_j|."""
        size = state.abs()
        return (size * size.new_tensor(self.weights)[:, None]).sum(1)


def constant() -> Kernel:
    """k(Δ) = 1: nothing is forgotten; the ordinary Chinese restaurant."""
    return Kernel("constant", (0.0,), (1.0,))


def exponential(rate: float) -> Kernel:
    """k(Δ) = e^{−rate Δ}. Raises ValueError or TypeError if rate is not above 0."""
    return Kernel("exponential", (checks.positive("rate", rate),), (1.0,))


def oscillator(frequency: float) -> Kernel:
    """k(Δ) = ½ + ½ cos(frequency Δ): what comes back in rhythm. Raises ValueError or TypeError if it is not above 0."""
    return Kernel("oscillator", (0.0, 1j * checks.positive("frequency", frequency)), (0.5, 0.5))


def hyperbolic(rate: float) -> Kernel:
    """k(Δ) = 1/(1 + rate Δ) = ∫ e^{−u(1 + rate Δ)} du, as 48 exponentials: the trapezoidal rule in log u at step h = ½,
    off by at most 2√(2πy) e^{−πy/2} = 5·10⁻⁸, y = 2π/h, at any Δ.

    Raises ValueError or TypeError if rate is not above 0.
    """
    rate = checks.positive("rate", rate)
    u = np.exp(np.arange(-20.0, 4.0, 0.5))
    return Kernel("hyperbolic", tuple((rate * u).tolist()), tuple((0.5 * u * np.exp(-u)).tolist()))

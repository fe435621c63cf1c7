"""Densities and draws on the sphere, in double precision as SciPy's."""

import numpy as np
import torch

from amem.energies.concentration import log_normaliser
from amem.energies.sphere import SphericalMixture, VonMisesFisher
from amem.patterns import sphere
from amem.seeds import generator
from contenders import Contender, Row, Task

NUMBERS, DIMENSION, COMPONENTS, KAPPA = 1_000_000, 64, 64, 100.0


def concentrations(queries: int) -> torch.Tensor:
    return 200 * torch.rand(queries, generator=generator("bench", "concentrations"), dtype=torch.float64) + 1


def normaliser_amem(queries: int) -> Task:
    kappa = concentrations(queries)
    return lambda: log_normaliser(kappa, DIMENSION)


def normaliser_bessel(queries: int) -> Task:
    from scipy.special import ive

    kappa, order = concentrations(queries).numpy(), DIMENSION / 2 - 1
    return lambda: order * np.log(kappa) - DIMENSION / 2 * np.log(2 * np.pi) - np.log(ive(order, kappa)) - kappa


def normaliser_scipy(queries: int) -> Task:
    from scipy.stats import vonmises_fisher

    kappa, first = concentrations(queries).numpy(), np.eye(DIMENSION)[0]
    return lambda: [vonmises_fisher.logpdf(first, first, float(k)) - k for k in kappa]


def states(count: int, name: str) -> torch.Tensor:
    return sphere(count, DIMENSION, generator("bench", name), radius=1.0, device="cpu", dtype=torch.float64)


def mixture_amem(queries: int) -> Task:
    kappa, cues = concentrations(COMPONENTS), states(queries, "cues")
    energy = SphericalMixture(states(COMPONENTS, "memories"), kappa, torch.zeros_like(kappa))
    return lambda: energy.log_density(cues)


def mixture_scipy(queries: int) -> Task:
    from scipy.special import logsumexp
    from scipy.stats import vonmises_fisher

    directions, cues = states(COMPONENTS, "memories").numpy(), states(queries, "cues").numpy()
    laws = [vonmises_fisher(m, float(k)) for m, k in zip(directions, concentrations(COMPONENTS), strict=True)]
    return lambda: logsumexp([law.logpdf(cues) for law in laws], axis=0) - np.log(COMPONENTS)


def sampler_amem(queries: int) -> Task:
    law = VonMisesFisher(torch.eye(DIMENSION, dtype=torch.float64)[0], torch.tensor(KAPPA, dtype=torch.float64))
    rng = generator("bench", "sampler")
    return lambda: law.sample((queries,), generator=rng)


def sampler_scipy(queries: int) -> Task:
    from scipy.stats import vonmises_fisher

    law, rng = vonmises_fisher(np.eye(DIMENSION)[0], KAPPA), np.random.default_rng(0)
    return lambda: law.rvs(queries, random_state=rng)


ROWS = [
    Row(
        "log-normaliser on the sphere",
        f"A query is a concentration between 1 and 201, in {DIMENSION} dimensions. SciPy's distribution takes one at a "
        "time, in a loop of Python; its Bessel function takes an array, and is the fair rival.",
        2 * 104,  # 13 terms of the expansion
        [
            Contender("amem", normaliser_amem, NUMBERS),
            Contender("SciPy's Bessel function", normaliser_bessel, NUMBERS),
            Contender("SciPy's distribution", normaliser_scipy, 1000),
        ],
        same=True,
    ),
    Row(
        "mixture density on the sphere, double precision",
        f"A query is a unit vector of {DIMENSION} numbers, among {COMPONENTS} components.",
        2 * COMPONENTS * DIMENSION,
        [Contender("amem", mixture_amem), Contender("SciPy", mixture_scipy)],
        same=True,
    ),
    Row(
        "a draw from the sphere, double precision",
        f"A query is a unit vector of {DIMENSION} numbers drawn at concentration {KAPPA:g}. Both reject in the same "
        "way, and spend their time on normal deviates, not on products of matrices.",
        4 * DIMENSION,
        [Contender("amem", sampler_amem, 100_000), Contender("SciPy", sampler_scipy, 100_000)],
    ),
]

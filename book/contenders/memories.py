"""Recall and densities of many memories at once, and a sweep of capacity."""

import numpy as np
import torch

from amem.dynamics import asynchronous, attend, run
from amem.energies import GaussianKDE, Hopfield
from amem.measures import recalled
from amem.patterns import flip, sphere, spins
from amem.seeds import generator
from contenders import Contender, Row, Task

MEMORIES, DIMENSION = 10_000, 64
SPINS, LOADS, FLIPPED, SWEEPS = 200, (10, 20, 30, 40), 0.1, 5


def points(count: int, name: str) -> torch.Tensor:
    return sphere(count, DIMENSION, generator("bench", name), radius=8.0, device="cpu", dtype=torch.float32)


def retrieval_amem(queries: int) -> Task:
    memories, cues = points(MEMORIES, "memories"), points(queries, "cues")
    step = attend(memories, 1.0)
    return lambda: step(cues)


def retrieval_naive(queries: int) -> Task:
    memories, cues = points(MEMORIES, "memories"), points(queries, "cues")
    return lambda: torch.softmax(cues @ memories.T, -1) @ memories


def retrieval_unguarded(queries: int) -> Task:
    memories, cues = points(MEMORIES, "memories"), points(queries, "cues")
    return lambda: torch.nn.functional.scaled_dot_product_attention(cues, memories, memories, scale=1.0)


def density_amem(queries: int) -> Task:
    memories, cues = points(MEMORIES, "memories"), points(queries, "cues")
    energy = GaussianKDE(memories, 1.0)
    return lambda: energy.log_density(cues)


def density_naive(queries: int) -> Task:
    memories, cues = points(MEMORIES, "memories"), points(queries, "cues")
    return lambda: torch.logsumexp(-torch.cdist(cues, memories).square() / 2, -1)


def density_scipy(queries: int) -> Task:
    from scipy.stats import gaussian_kde

    estimator = gaussian_kde(points(MEMORIES, "memories").numpy().T)
    cues = points(queries, "cues").numpy().T
    return lambda: estimator.logpdf(cues)


def density_sklearn(queries: int) -> Task:
    from sklearn.neighbors import KernelDensity

    estimator = KernelDensity(bandwidth=1.0).fit(points(MEMORIES, "memories").numpy())
    cues = points(queries, "cues").numpy()
    return lambda: estimator.score_samples(cues)


def score_amem(queries: int) -> Task:
    memories, cues = points(MEMORIES, "memories"), points(queries, "cues")
    energy = GaussianKDE(memories, 1.0)
    return lambda: energy.force(cues)


def score_naive(queries: int) -> Task:
    memories, cues = points(MEMORIES, "memories"), points(queries, "cues").requires_grad_()
    return lambda: torch.autograd.grad(torch.logsumexp(-torch.cdist(cues, memories).square() / 2, -1).sum(), cues)[0]


def capacity_amem(queries: int) -> Task:
    def sweep() -> list[float]:
        rates: list[float] = []
        for p in LOADS:
            memories = spins(p, SPINS, generator("bench", p), device="cpu", dtype=torch.float32)
            rng = generator("bench", "cues", p)
            cues = flip(memories, FLIPPED, rng).repeat(queries // sum(LOADS), 1)
            final = run(asynchronous(Hopfield(memories), rng), cues, steps=SWEEPS, tolerance=0.0).state
            rates.append(float(recalled(final, memories.repeat(queries // sum(LOADS), 1), 0.0).double().mean()))
        return rates

    return sweep


def capacity_hopfieldnetwork(queries: int) -> Task:
    from hopfieldnetwork import HopfieldNetwork

    def sweep() -> list[float]:
        rates: list[float] = []
        for p in LOADS:
            memories = spins(p, SPINS, generator("bench", p), device="cpu", dtype=torch.float32)
            cues = flip(memories, FLIPPED, generator("bench", "cues", p)).repeat(queries // sum(LOADS), 1)
            network = HopfieldNetwork(N=SPINS)
            for memory in memories.numpy():
                network.train_pattern(memory)
            right = 0
            for index, cue in enumerate(cues.numpy().copy()):
                network.set_initial_neurons_state(cue)
                network.update_neurons(iterations=SWEEPS, mode="async")
                right += np.array_equal(network.S, memories[index % p].numpy())
            rates.append(right / len(cues))
        return rates

    return sweep


ROWS = [
    Row(
        "one retrieval step",
        f"A query is a cue of {DIMENSION} numbers that attends once to {MEMORIES:,} memories, in single precision.",
        4 * MEMORIES * DIMENSION,
        [
            Contender("amem", retrieval_amem),
            Contender("torch, naive", retrieval_naive),
            Contender("torch, fused, 2-D inputs", retrieval_unguarded),
        ],
        same=True,
    ),
    Row(
        "KDE log density",
        f"A query is a place in {DIMENSION} dimensions, among {MEMORIES:,} points with one bandwidth; SciPy's "
        "estimator has a covariance of its own.",
        2 * MEMORIES * DIMENSION,
        [
            Contender("amem", density_amem),
            Contender("torch, naive", density_naive),
            Contender("SciPy", density_scipy, 200),
            Contender("scikit-learn", density_sklearn, 200),
        ],
    ),
    Row(
        "KDE score",
        "The gradient of the log density, at the same places.",
        4 * MEMORIES * DIMENSION,
        [Contender("amem", score_amem), Contender("torch, naive autograd", score_naive)],
        same=True,
    ),
    Row(
        "capacity sweep",
        f"A query is the recall of a pattern of {SPINS} spins in {SWEEPS} asynchronous sweeps, at "
        f"{' to '.join(str(p) for p in LOADS[::3])} patterns.",
        SPINS * SPINS * SWEEPS * 2,
        [Contender("amem", capacity_amem, 1000), Contender("hopfieldnetwork", capacity_hopfieldnetwork, 100)],
    ),
]

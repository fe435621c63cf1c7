"""Speed, measured: amem beside its peers and the matrix-product peak of the same machine, in one run.

``python book/bench.py`` writes book/results/bench/<machine>.json. Every contender works in a process of its own, so
that its peak memory is its own; rounds are interleaved, so that a machine that drifts does so for all; the best round
counts. Speeds are fractions of the peak (useful floating-point operations per second over those of a large matrix
product), so they can be compared across machines. Nothing here is a test.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from matplotlib.figure import Figure
from torch import nn

from amem.dynamics import asynchronous, attend, run
from amem.dynamics.noisy import NoisyDescent
from amem.energies import GaussianKDE, Hopfield
from amem.energies.concentration import log_normaliser
from amem.energies.in_context import InContextEnergy
from amem.energies.sphere import SphericalMixture, VonMisesFisher
from amem.learning.contrastive import ContrastiveDivergence, Training, train, uniform
from amem.measures import recalled
from amem.patterns import flip, sphere, spins
from amem.seeds import generator

QUERIES = MEMORIES = 10_000
DIMENSION = 64
SPINS, LOADS, FLIPPED, SWEEPS = 200, (10, 20, 30, 40), 0.1, 5
NUMBERS, COMPONENTS, KAPPA = 1_000_000, 64, 100.0
LAYERS, HEADS, WIDTH, HIDDEN, SHOWN, BATCH, NEGATIVES, STEPS = 2, 4, 32, 128, 16, 16, 2, 8
ROUNDS = 5

Task = Callable[[], object]


class Contender(NamedTuple):
    """A way to do a row's work: ``prepare(queries)`` makes the task, which is timed; slow peers get fewer queries."""

    name: str
    prepare: Callable[[int], Task]
    queries: int = QUERIES


class Row(NamedTuple):
    """One line of the benchmark: what is done, how many operations a query needs, and who does it. The first is
    amem."""

    title: str
    operations: int
    contenders: list[Contender]


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
    return lambda: torch.autograd.grad(torch.logsumexp(-torch.cdist(cues, memories).square() / 2, -1).sum(), cues)


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


def mixture() -> tuple[torch.Tensor, torch.Tensor]:
    """Mean directions and concentrations, in double precision as SciPy's."""
    return points(COMPONENTS, "memories").double() / 8, concentrations(COMPONENTS)


def mixture_amem(queries: int) -> Task:
    directions, kappa = mixture()
    directions = torch.nn.functional.normalize(directions, dim=-1)
    energy = SphericalMixture(directions, kappa, torch.zeros_like(kappa))
    states = torch.nn.functional.normalize(points(queries, "cues").double(), dim=-1)
    return lambda: energy.log_density(states)


def mixture_scipy(queries: int) -> Task:
    from scipy.special import logsumexp
    from scipy.stats import vonmises_fisher

    directions, kappa = mixture()
    unit = torch.nn.functional.normalize(directions, dim=-1).numpy()
    states = torch.nn.functional.normalize(points(queries, "cues").double(), dim=-1).numpy()
    laws = [vonmises_fisher(direction, float(k)) for direction, k in zip(unit, kappa, strict=True)]
    return lambda: logsumexp([law.logpdf(states) for law in laws], axis=0) - np.log(COMPONENTS)


def sampler_amem(queries: int) -> Task:
    law = VonMisesFisher(torch.eye(DIMENSION, dtype=torch.float64)[0], torch.tensor(KAPPA, dtype=torch.float64))
    rng = generator("bench", "sampler")
    return lambda: law.sample((queries,), generator=rng)


def sampler_scipy(queries: int) -> Task:
    from scipy.stats import vonmises_fisher

    law, rng = vonmises_fisher(np.eye(DIMENSION)[0], KAPPA), np.random.default_rng(0)
    return lambda: law.rvs(queries, random_state=rng)


def sequences(rng: torch.Generator) -> torch.Tensor:
    return 2 * torch.randn(BATCH, SHOWN, 2, generator=rng, dtype=torch.float64)


def update_amem(queries: int) -> Task:
    network = InContextEnergy(
        dimension=2,
        layers=LAYERS,
        heads=HEADS,
        width=WIDTH,
        hidden=HIDDEN,
        length=SHOWN,
        positions=False,
        invariant=False,
        rng=generator("bench", "network"),
    )
    sampler = NoisyDescent(step=0.1, noise=0.1, noise_first=True, clip=10.0, box=8.0)
    objective = ContrastiveDivergence(sampler=sampler, steps=STEPS, penalty=0.01, replay=0.0, runaway=None)
    training = Training(updates=queries, negatives=NEGATIVES, rate=1e-3, epsilon=1e-4, decay=1e-5, norm=0.1, seed=0)
    return lambda: train(network, sequences, uniform(6.0), objective, training)


def update_naive(queries: int) -> Task:
    """A pass of PyTorch's encoder for every prefix, with autograd for every step of the sampler."""
    layer = nn.TransformerEncoderLayer(WIDTH, HEADS, HIDDEN, 0.0, "gelu", batch_first=True, norm_first=True)
    encoder = nn.TransformerEncoder(layer, LAYERS, nn.LayerNorm(WIDTH), enable_nested_tensor=False)
    enter, leave = nn.Linear(2, WIDTH), nn.Linear(WIDTH, 1)
    parameters = [parameter for module in (enter, encoder, leave) for parameter in module.parameters()]
    optimiser = torch.optim.Adam(parameters, lr=1e-3, eps=1e-4, weight_decay=1e-5)
    rng = generator("bench", "naive")

    def energies(shown: torch.Tensor, points: torch.Tensor) -> torch.Tensor:
        columns: list[torch.Tensor] = []
        for n in range(SHOWN):
            context = shown[:, None, :n].expand(-1, points.shape[1], -1, -1)
            tokens = torch.cat([context, points[:, :, n : n + 1]], 2).flatten(0, 1)
            mask = nn.Transformer.generate_square_subsequent_mask(n + 1)
            columns.append(leave(encoder(enter(tokens), mask=mask, is_causal=True)[:, -1]))
        return torch.cat(columns, 1)

    def updates() -> None:
        for _ in range(queries):
            shown = sequences(rng).float()
            x = 12 * torch.rand(BATCH, NEGATIVES, SHOWN, 2, generator=rng) - 6
            for _ in range(STEPS):
                x = (x + 0.1 * torch.randn(x.shape, generator=rng)).requires_grad_()
                (gradient,) = torch.autograd.grad(energies(shown, x).sum(), x)
                x = (x - (0.1 * gradient).clamp(-10, 10)).clamp(-8, 8).detach()
            positive, negative = energies(shown, shown[:, None]), energies(shown, x)
            size = positive.square().mean() + negative.square().mean()
            loss = positive.mean() - negative.mean() + 0.01 * size
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(parameters, 0.1)
            optimiser.step()

    return updates


def update_operations() -> int:
    """A token costs twice its weights and scores a pass; a gradient in the points two passes, in the weights three."""
    token = 2 * LAYERS * (4 * WIDTH**2 + 2 * WIDTH * HIDDEN + SHOWN * WIDTH)
    return BATCH * SHOWN * token * (2 * STEPS * NEGATIVES + 3 * (NEGATIVES + 1))


def matrix_product(queries: int) -> Task:
    left, right = torch.ones(2048, 2048), torch.ones(2048, 2048)
    return lambda: left @ right


PEAK = Row("matrix product", 2 * 2048**3, [Contender("torch", matrix_product, 1)])
ROWS = [
    Row(
        "one retrieval step",
        4 * MEMORIES * DIMENSION,
        [
            Contender("amem", retrieval_amem),
            Contender("torch, naive", retrieval_naive),
            Contender("torch, fused, 2-D inputs", retrieval_unguarded),
        ],
    ),
    Row(
        "KDE log density",
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
        4 * MEMORIES * DIMENSION,
        [Contender("amem", score_amem), Contender("torch, naive autograd", score_naive)],
    ),
    Row(
        "capacity sweep",
        SPINS * SPINS * SWEEPS * 2,
        [
            Contender("amem", capacity_amem, 1000),
            Contender("hopfieldnetwork", capacity_hopfieldnetwork, 100),
        ],
    ),
    Row(
        "log-normaliser on the sphere, a number; 13 terms of the expansion",
        2 * 104,
        [
            Contender("amem", normaliser_amem, NUMBERS),
            Contender("SciPy's scaled Bessel function", normaliser_bessel, NUMBERS),
            Contender("SciPy's distribution, one by one", normaliser_scipy, 1000),
        ],
    ),
    Row(
        "log density of a mixture on the sphere, double precision",
        2 * COMPONENTS * DIMENSION,
        [Contender("amem", mixture_amem), Contender("SciPy", mixture_scipy)],
    ),
    Row(
        "a draw from the sphere, double precision",
        4 * DIMENSION,
        [Contender("amem", sampler_amem, 100_000), Contender("SciPy", sampler_scipy, 100_000)],
    ),
    Row(
        "an update of contrastive divergence in context, with its sampler",
        update_operations(),
        [Contender("amem", update_amem, 20), Contender("torch, a pass for every prefix", update_naive, 2)],
    ),
]


def perform(row: int, contender: int) -> None:
    """Do one contender's work in this process and print its seconds and extra bytes; one round a line read."""
    chosen = [PEAK, *ROWS][row].contenders[contender]
    chosen.prepare(min(chosen.queries, 100))()
    task = chosen.prepare(chosen.queries)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in sys.stdin:
        start = time.perf_counter()
        task()
        seconds = time.perf_counter() - start
        extra = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024
        print(json.dumps({"seconds": seconds, "extra_bytes": extra}), flush=True)


def measure(rounds: int) -> dict[str, object]:
    """All rows and the peak, interleaved round by round."""
    rows = [PEAK, *ROWS]
    workers = {
        (r, c): subprocess.Popen(
            [sys.executable, __file__, "--perform", str(r), str(c)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for r, row in enumerate(rows)
        for c in range(len(row.contenders))
    }
    best: dict[tuple[int, int], dict[str, float]] = {}
    try:
        for number in range(rounds):
            for key, worker in workers.items():
                assert worker.stdin and worker.stdout
                print(file=worker.stdin, flush=True)
                line = json.loads(worker.stdout.readline())
                best[key] = {
                    name: min(value, best[key][name]) if name == "seconds" and key in best else value
                    for name, value in line.items()
                }
            print(f"round {number + 1} of {rounds}", file=sys.stderr)
    finally:
        for worker in workers.values():
            worker.terminate()
    peak = PEAK.operations / best[0, 0]["seconds"]
    results: list[dict[str, object]] = []
    for r, row in enumerate(ROWS, start=1):
        first = best[r, 0]["seconds"] / row.contenders[0].queries
        for c, contender in enumerate(row.contenders):
            per_query = best[r, c]["seconds"] / contender.queries
            results.append(
                {
                    "row": row.title,
                    "contender": contender.name,
                    "queries": contender.queries,
                    "seconds_per_query": per_query,
                    "of_peak": row.operations / per_query / peak,
                    "extra_megabytes": best[r, c]["extra_bytes"] / 1e6,
                    "amem_times_faster": per_query / first,
                }
            )
    return {
        "machine": platform.machine(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "peak_gigaflops": peak / 1e9,
        "versions": {"python": platform.python_version(), "torch": torch.__version__, "numpy": np.__version__},
        "settings": {"memories": MEMORIES, "dimension": DIMENSION, "dtype": "float32", "rounds": rounds},
        "results": results,
    }


def processor() -> str:
    """The processor's name where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def draw(report: dict[str, list[dict[str, float | str]]]) -> Figure:
    """Speed as a fraction of the matrix-product peak, a panel a row, on a logarithmic axis."""
    results = report["results"]
    rows = list(dict.fromkeys(str(result["row"]) for result in results))
    heights = [sum(result["row"] == row for result in results) for row in rows]
    figure = Figure(figsize=(7, 0.45 * sum(heights) + 0.5 * len(rows)), layout="constrained")
    panels = figure.subplots(len(rows), 1, sharex=True, height_ratios=heights, squeeze=False)[:, 0]
    for axes, row in zip(panels, rows, strict=True):
        chosen = [result for result in results if result["row"] == row][::-1]
        names = [str(result["contender"]) for result in chosen]
        speeds = [float(result["of_peak"]) for result in chosen]
        axes.barh(names, speeds, color=["#0072B2" if name == "amem" else "#9a9a9a" for name in names])
        for position, (name, speed) in enumerate(zip(names, speeds, strict=True)):
            slower = float(chosen[position]["amem_times_faster"])
            note = f"{speed:.2g}" + ("" if name == "amem" else f", amem {slower:.2g} times faster")
            box = {"facecolor": "white", "edgecolor": "none", "pad": 1}
            axes.annotate(
                note, (speed, position), (5, 0), textcoords="offset points", va="center", fontsize=8, bbox=box
            )
        axes.set_title(row, loc="left")
        axes.set_xscale("log")
        axes.axvline(1, color="black", linewidth=1, linestyle="--")
        axes.grid(axis="y", visible=False)
    panels[0].set_xlim(min(float(result["of_peak"]) for result in results) / 2, 30)
    panels[-1].set_xlabel("speed over the matrix-product peak, dashed (dimensionless)")
    return figure


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--perform", nargs=2, type=int, metavar=("ROW", "CONTENDER"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.perform:
        return perform(*arguments.perform)
    report = measure(ROUNDS)
    name = "-".join("".join(c if c.isalnum() else " " for c in str(report["processor"])).lower().split())
    path = Path(__file__).parent / "results" / "bench" / f"{name}-{report['cores']}-cores.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    for result in report["results"]:  # type: ignore[union-attr]
        print(
            f"{result['row']:<20} {result['contender']:<38} {result['of_peak']:9.3g} of peak"
            f" {result['extra_megabytes']:9.1f} MB  amem {result['amem_times_faster']:.3g}x faster"
        )
    print(path)


if __name__ == "__main__":
    main()

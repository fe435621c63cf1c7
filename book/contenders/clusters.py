"""Clusters learned at many settings at once, and memories made on streams."""

import torch

from amem.learning.clam import fit_clam
from amem.learning.conjugate import Gaussian
from amem.learning.estimators import RestaurantClustering
from amem.learning.kernels import exponential
from amem.learning.restaurant import Restaurant, settings
from amem.learning.streams import DynamicalRestaurant
from amem.seeds import generator
from contenders import Contender, Row, Task

POINTS, FEATURES, CLUSTERS, UPDATES, UNROLLED = 150, 4, 3, 20, 10  # the size of iris
RUNS, MEMORIES, DIMENSION = 64, 32, 16


def clusterings(queries: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Points, and for every setting a start among them and an inverse temperature."""
    rng = generator("bench", "clusterings")
    data = torch.randn(POINTS, FEATURES, generator=rng, dtype=torch.float64)
    starts = torch.stack([data[torch.randperm(POINTS, generator=rng)[:CLUSTERS]] for _ in range(queries)])
    return data, starts, 0.5 + torch.rand(queries, generator=rng, dtype=torch.float64)


def clustering_batched(queries: int) -> Task:
    data, starts, beta = clusterings(queries)
    return lambda: fit_clam(data, starts, beta, rate=0.05, updates=UPDATES, steps=UNROLLED).memories


def clustering_one_by_one(queries: int) -> Task:
    data, starts, beta = clusterings(queries)

    def loop() -> list[torch.Tensor]:
        settings = zip(starts, beta.tolist(), strict=True)
        return [fit_clam(data, start, b, rate=0.05, updates=UPDATES, steps=UNROLLED).memories for start, b in settings]

    return loop


def stream(queries: int) -> torch.Tensor:
    """Points of clusters far apart, in so many equal streams as there are runs: (runs, count, n), double precision."""
    rng = generator("bench", "stream")
    runs = min(RUNS, queries)
    means = 10 * torch.randn(runs, MEMORIES, DIMENSION, generator=rng, dtype=torch.float64)
    chosen = torch.randint(MEMORIES, (runs, queries // runs, 1), generator=rng)
    noise = torch.randn(runs, queries // runs, DIMENSION, generator=rng, dtype=torch.float64)
    return means.gather(1, chosen.expand(noise.shape)) + noise


def stream_amem(queries: int) -> Task:
    points = stream(queries)
    return lambda: Restaurant(DIMENSION, **settings(alpha=[1.0] * len(points), beta=1.0, rho=0.01)).learn(points)


def stream_one_amem(queries: int) -> Task:
    points, model = stream(RUNS * queries)[0].numpy(), RestaurantClustering(beta=1.0, rho=0.01)
    return lambda: model.fit(points)


def stream_dynamical_amem(queries: int) -> Task:
    points = stream(queries)
    kernel, gaussian = exponential(0.001), Gaussian(1.0, 0.01)
    return lambda: DynamicalRestaurant(points.new_ones(len(points)), kernel, gaussian, collapsed=True).learn(points)


def stream_sklearn(queries: int) -> Task:
    from sklearn.mixture import BayesianGaussianMixture

    points = stream(RUNS * queries)[0].numpy()
    model = BayesianGaussianMixture(n_components=min(MEMORIES, len(points)), covariance_type="spherical", max_iter=500)
    return lambda: model.fit(points)


ROWS = [
    Row(
        "CLAM at a hundred settings, double precision",
        f"A query is a setting: {UPDATES} updates of {CLUSTERS} memories on {POINTS} points of {FEATURES} features, "
        f"through {UNROLLED} unrolled steps.",
        3 * 4 * POINTS * CLUSTERS * FEATURES * UNROLLED * UPDATES,
        [
            Contender("amem", clustering_batched, 100),
            Contender("amem, one after another", clustering_one_by_one, 100),
        ],
    ),
    Row(
        f"a point of a stream of {MEMORIES} clusters",
        f"A query is a point of {DIMENSION} numbers. The restaurants read {RUNS} streams side by side, each point once "
        "and in its turn; the mixture has all points of one stream before it and goes over them until it converges.",
        3 * MEMORIES * DIMENSION,
        [
            Contender("amem", stream_amem, RUNS * 1000),
            Contender("amem, dynamical restaurant", stream_dynamical_amem, RUNS * 1000),
            Contender("amem, one stream alone", stream_one_amem, 1000),
            Contender("scikit-learn's mixture, all at once", stream_sklearn, 1000),
        ],
    ),
]

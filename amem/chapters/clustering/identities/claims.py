"""What must hold exactly."""

from amem.book import Claim, numbers
from amem.book.tables import only
from amem.chapters.clustering.reading import Measure
from amem.chapters.clustering.sources import BRIDGING, BRIDGING_OURS, CLAM_OURS
from amem.chapters.clustering.terms import ROUNDING


def _worst(check: str) -> Measure:
    """The largest failure of an identity, over the numbers of memories."""
    return lambda table: float(numbers(table, "value", check=check).max())


CLAIMS = [
    Claim(
        "claim-clustering-likelihood",
        BRIDGING,
        (0, 1e-12),
        _worst("likelihood"),
        says="CLAM's $-\\beta E$ is, up to a constant, the log-density of equal Gaussians of covariance $I/\\beta$.",
        because=ROUNDING,
    ),
    Claim(
        "claim-clustering-force",
        BRIDGING,
        (0, 1e-8),
        _worst("force"),
        says="The closed form of $-\\nabla_vE$ of CLAM+ELBO, in $O(K)$, is the gradient.",
        because=ROUNDING,
    ),
    Claim(
        "claim-clustering-conserved",
        BRIDGING_OURS,
        (0, 1e-10),
        _worst("conserved"),
        says="The sum of the logits is conserved.",
        because="rounding of 200 steps",
    ),
    Claim(
        "claim-clustering-posterior",
        BRIDGING,
        (0, 1e-4),
        _worst("posterior"),
        says="CLAM+ELBO ends in the posterior from any start.",
        because="rest after 20 000 steps; memories of tiny $q_k$ move slowly",
    ),
    Claim(
        "claim-clustering-monotone",
        BRIDGING_OURS,
        (-1, 1e-12),
        _worst("rise"),
        says="An Euler step of length 1 never raises the energy of CLAM+ELBO.",
        because="rounding, relative to the energy",
    ),
    Claim(
        "claim-clustering-one-step",
        BRIDGING_OURS,
        (0, 1e-12),
        _worst("one step"),
        says="From equal belief, one Euler step of length $K$ lands on the posterior.",
        because=ROUNDING,
    ),
    Claim(
        "claim-clustering-slow-steps",
        BRIDGING_OURS,
        (100, 1600),
        lambda table: only(numbers(table, "value", check="steps 1")),
        says="Steps of length 1 take about 400 steps to come within $10^{-6}$ of it for $K = 5$.",
        stated=400.0,
        because="within a factor of four: the number depends on the least likely memory, and the example is not given",
    ),
    Claim(
        "claim-clustering-slower-steps",
        BRIDGING_OURS,
        (9, 11),
        lambda table: only(numbers(table, "value", check="steps 0.1")) / only(numbers(table, "value", check="steps 1")),
        says="A tenth of the step takes ten times as many.",
        stated=10.0,
        because="both follow the same flow, the longer step less closely",
    ),
    Claim(
        "claim-clustering-envelope",
        BRIDGING_OURS,
        (0, 1e-7),
        _worst("envelope"),
        says="At the posterior, gradients through the dynamics and past it agree.",
        because=ROUNDING,
    ),
    Claim(
        "claim-clustering-em",
        BRIDGING_OURS,
        (0, 1e-10),
        _worst("EM"),
        says="A gradient step of length $(\\beta\\sum_xq_k)^{-1}$ is the update of expectation–maximisation.",
        because=ROUNDING,
    ),
    Claim(
        "claim-clustering-sharp",
        BRIDGING,
        (0, 1e-3),
        _worst("sharp"),
        says="As $\\beta\\to\\infty$ both assign every point to the nearest memory.",
        because="a fraction of the points; at $\\beta = 10^5$ only points on a border may differ",
    ),
    Claim(
        "claim-clustering-blunt",
        BRIDGING_OURS,
        (0, 1e-4),
        _worst("blunt"),
        says="As $\\beta\\to0$ all memories are believed equally.",
        because="$\\beta = 10^{-6}$ times squared distances of order ten",
    ),
    Claim(
        "claim-clustering-one-memory",
        CLAM_OURS,
        (0, 1e-3),
        _worst("one memory"),
        says="A single memory learns the mean of the data.",
        because="800 updates of Adam at rate 0.05",
    ),
    Claim(
        "claim-clustering-saddle",
        CLAM_OURS,
        (0, 1e-3),
        _worst("saddle"),
        says="At no $\\beta$ are collapsed memories a minimum of CLAM's loss: a small push lowers it, by as much as "
        "its second derivative says.",
        because="second order in pushes of a thousandth, for $\\beta$ from 0.001 to 1; a fraction of the fall",
    ),
]

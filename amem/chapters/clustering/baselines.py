"""scikit-learn's clusterings by their names in the tables, one start a seed; mixtures have full covariances."""

from collections.abc import Callable

from torch import Tensor

from amem.learning.peers import Labels, gaussian_mixture, k_means, variational_mixture

BASELINES: dict[str, Callable[[Tensor, int, int], Labels]] = {
    "K-means": k_means,
    "GMM": gaussian_mixture,
    "VI-DP-GMM": variational_mixture,
}

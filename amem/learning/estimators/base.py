"""What the clustering estimators share."""

import warnings
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import validate_data
from torch import Tensor

from amem import checks


class Clustering(ClusterMixin, BaseEstimator):
    """An estimator of scikit-learn that clusters the rows of arrays, in double precision on its device.

    `fit` and `partial_fit` take all rows in or, when they raise, none, and leave the estimator as it was.
    """

    device: str

    def _points(self, X: ArrayLike, *, first: bool, least: int = 1) -> Tensor:
        """The rows of X (count, n), at least so many. The first array sets the number of columns of all later ones.

        Raises ValueError or TypeError for an array that is no finite matrix or has too few rows or other columns.
        """
        if getattr(getattr(X, "dtype", None), "kind", None) in ("m", "M"):
            checks.numbers("X", X)
        words: Any = {"dtype": np.float64, "ensure_min_samples": least}  # the stub takes its defaults for types
        rows = cast("NDArray[np.float64]", validate_data(self, cast("str", X), reset=first, **words))
        return torch.tensor(np.ascontiguousarray(rows), device=self.device)


def warn_of_repeats(points: Tensor, clusters: int) -> None:
    """Warn as scikit-learn does when there are fewer distinct points than clusters."""
    if len(points[: 8 * clusters].unique(dim=0)) >= clusters:  # nearly always, and soon known
        return
    if (distinct := len(points.unique(dim=0))) < clusters:
        warnings.warn(
            f"Number of distinct points ({distinct}) found smaller than n_clusters ({clusters}). Possibly due to "
            "duplicate points in X.",
            ConvergenceWarning,
            stacklevel=3,
        )

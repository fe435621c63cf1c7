"""What the clustering estimators share."""

from typing import Any, cast

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils.validation import validate_data
from torch import Tensor


class Clustering(ClusterMixin, BaseEstimator):
    """An estimator of scikit-learn that clusters the rows of arrays, in double precision on its device."""

    device: str

    def _points(self, X: ArrayLike, *, first: bool, least: int = 1) -> Tensor:
        """The rows of X (count, n), at least so many. The first array sets the number of columns of all later ones.

        Raises ValueError for an array that is no finite matrix or has too few rows or other columns.
        """
        words: Any = {"dtype": np.float64, "ensure_min_samples": least}  # the stub takes its defaults for types
        rows = cast("NDArray[np.float64]", validate_data(self, cast("str", X), reset=first, **words))
        return torch.tensor(rows, device=self.device)

"""Who else predicts points from points: kernel estimates, mixtures fitted by EM, and the exact prediction."""

import math
import warnings

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture
from torch import Tensor

from amem.chapters.in_context.learners import Learning
from amem.theory import in_context as theory

EXACT_SIZE = 15
"""The longest context over which the exact prediction is summed."""


def bandwidths(numbers: Learning) -> tuple[float, ...]:
    """Among which the kernel estimate chooses, and EM its least standard deviation: from well below a component's
    standard deviation to well above that of the means."""
    return tuple(np.geomspace(numbers.scale / 4, 1.6 * numbers.spread, 16).tolist())


def exact(numbers: Learning, context: Tensor, points: Tensor) -> NDArray[np.floating]:
    """The exact predictive log density of points."""
    return theory.predictive_log_density(
        context.numpy(), points.numpy(), components=numbers.components, spread=numbers.spread, scale=numbers.scale
    )


def kernel_nll(contexts: Tensor, queries: Tensor, bandwidth: float) -> float:
    """The NLL of further points under a Gaussian kernel estimate of each context."""
    score = -torch.cdist(queries, contexts).square() / (2 * bandwidth**2)
    return math.log(contexts.shape[1] * 2 * math.pi * bandwidth**2) - float(score.logsumexp(-1).mean())


def em_nll(contexts: Tensor, queries: Tensor, width: float, *, components: int) -> float:
    """The NLL of further points under a mixture that EM fits to each context.

    As many isotropic components as the task has, or as there are points if these are fewer, and width² added to every
    variance, without which a component that holds one point would have none.
    """
    losses: list[float] = []
    for context, points in zip(contexts.numpy(), queries.numpy(), strict=True):
        if len(context) == 1:  # scikit-learn wants two
            losses.append(kernel_nll(torch.from_numpy(context)[None], torch.from_numpy(points)[None], width))
            continue
        mixture = GaussianMixture(
            min(components, len(context)),
            covariance_type="spherical",
            reg_covar=width**2,
            init_params="k-means++",
            random_state=0,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # a hundred sweeps are enough for a baseline
            losses.append(-float(mixture.fit(context).score(points)))
    return float(np.mean(losses))

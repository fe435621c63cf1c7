"""Learners as clustering estimators of scikit-learn, one learner a file."""

from amem.learning.estimators.clam import CLAM
from amem.learning.estimators.clam_elbo import CLAMELBO
from amem.learning.estimators.dp_means import DPMeans
from amem.learning.estimators.restaurant import RestaurantClustering
from amem.learning.estimators.streams import DynamicalRestaurantClustering

__all__ = ["CLAM", "CLAMELBO", "DPMeans", "DynamicalRestaurantClustering", "RestaurantClustering"]

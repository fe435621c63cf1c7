"""Where the numbers of the chapter's claims come from."""

from amem.book import Source

_ENERGY, _NETWORK, _STREAM = "schaeffer2023probabilistic_lens", "schaeffer2024bridging", "schaeffer2022streaming"

ENERGY = Source(_ENERGY, "RECONSTRUCTED", "energy with a Chinese restaurant")
SECOND_FORMULA = Source(_ENERGY, "PAPER", "energy with a Chinese restaurant, second formula")
NETWORK = Source(_NETWORK, "RECONSTRUCTED", "CLAM+CRP+ELBO")
PITMAN = Source("pitman2006combinatorial", "RECALLED", "sec. 3.3")
DP_MEANS = Source("kulis2012dpmeans", "RECONSTRUCTED", "sec. 3")
DP_MEANS_IN_PASSES = Source("kulis2012dpmeans", "PAPER", "alg. 1")
CALIBRATION = Source("talts2018validating", "RECONSTRUCTED", "sec. 4")

PRIOR = Source(_STREAM, "PAPER", "prior")
OUR_PRIOR = Source(_STREAM, "RECONSTRUCTED", "prior")
RECURSION = Source(_STREAM, "PAPER", "recursion")
MONTE_CARLO = Source(_STREAM, "PAPER", "analytic against Monte Carlo")
OUR_MONTE_CARLO = Source(_STREAM, "RECONSTRUCTED", "analytic against Monte Carlo")
MIXTURES = Source(_STREAM, "PAPER", "Gaussian mixtures")
OUR_MIXTURES = Source(_STREAM, "RECONSTRUCTED", "Gaussian mixtures")
MIXTURES_CODE = Source(_STREAM, "CODE", "Gaussian mixtures")
INFERENCE_CODE = Source(_STREAM, "CODE", "inference")
GROWTH = Source(_STREAM, "PAPER", "clusters over time")
SPHERE = Source(_STREAM, "PAPER", "von Mises–Fisher mixtures")
SPHERE_CODE = Source(_STREAM, "CODE", "von Mises–Fisher mixtures")
ROOMS = Source(_STREAM, "PAPER", "rooms")
OUR_ROOMS = Source(_STREAM, "RECONSTRUCTED", "rooms")
OSCILLATOR_CODE = Source(_STREAM, "CODE", "oscillating kernel")
HYPERBOLIC_CODE = Source(_STREAM, "CODE", "hyperbolic kernel")
OUR_HYPERBOLIC = Source(_STREAM, "RECONSTRUCTED", "hyperbolic kernel")

"""Memories made on demand.

Reproduces the network that creates memories by a Chinese restaurant [schaeffer2023probabilistic_lens],
[schaeffer2024bridging], with DP-means [kulis2012dpmeans] as its limit, and the dynamical Chinese restaurant for
streams that change [schaeffer2022streaming]; calibrated by simulation [talts2018validating].

Its questions, in the order of the page: seats, identities, recovery, knobs, orders, benchmark; of the dynamical
restaurant dynamical_prior, monte_carlo, stream, alone, sphere, errata, rooms; and calibration.
"""

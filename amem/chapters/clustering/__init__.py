"""Clustering with an associative memory [saha2023clam], read as a mixture of Gaussians and given the posterior over
memories for its state [schaeffer2024bridging], [schaeffer2023probabilistic_lens]; beside memories made on demand.

Its questions in the order of the page: dynamics, basins, collapse, sharpness, variants, reference, benchmark, errata,
identities. β is the inverse temperature of the book, 1/σ².
"""

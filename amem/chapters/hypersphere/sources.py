"""Where the numbers of the chapter's claims come from."""

from amem.book import Source

PAPER = Source("schaeffer2024bridging", "PAPER", "sec. 4")
OURS = Source("schaeffer2024bridging", "RECONSTRUCTED", "sec. 4")
POSTER = Source("schaeffer2023probabilistic_lens", "PAPER", "poster")
SUGGESTED = Source("schaeffer2023probabilistic_lens", "RECONSTRUCTED")
DENSITY = Source("banerjee2005clustering", "RECONSTRUCTED", "sec. 2")
FITTING = Source("banerjee2005clustering", "RECONSTRUCTED", "sec. 3")
BESSEL = Source("olver1974asymptotics", "RECONSTRUCTED")
EXPANSION = Source("olver1974asymptotics", "RECONSTRUCTED", "ch. 10")
SAMPLER = Source("wood1994simulation", "RECONSTRUCTED")
GRADIENT = Source("figurnov2018implicit", "RECONSTRUCTED")

"""Where the numbers of the claims come from."""

from amem.book import Source

BRIDGING = Source("schaeffer2024bridging", "PAPER", "sec. 2")
BRIDGING_OURS = Source("schaeffer2024bridging", "RECONSTRUCTED", "sec. 2")
CLAM = Source("saha2023clam", "PAPER")
CLAM_OURS = Source("saha2023clam", "RECONSTRUCTED")
CLAM_CODE = Source("saha2023clam", "CODE", "code")
POSTER = Source("schaeffer2023probabilistic_lens", "PAPER", "poster")
WORKSHOP_OURS = Source("schaeffer2023probabilistic_lens", "RECONSTRUCTED")
MIXTURE = Source("schaeffer2023probabilistic_lens", "PAPER", "eqs. 5 and 8")
MIXTURE_OURS = Source("schaeffer2023probabilistic_lens", "RECONSTRUCTED", "eqs. 5 and 8")

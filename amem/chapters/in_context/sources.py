"""Where the numbers of the chapter's claims come from."""

from amem.book import Source

OURS = Source("schaeffer2024bridging", "RECONSTRUCTED", "sec. 1")
PICTURES = Source("schaeffer2024icl_energy", "PAPER")
CODE = Source("schaeffer2024icl_energy", "CODE")
REGRESSION = Source("schaeffer2024icl_energy", "RECONSTRUCTED")

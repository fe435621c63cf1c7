"""Where the numbers come from that the chapter claims."""

from amem.book import Source

PAPER = Source("schaeffer2024bridging", "RECONSTRUCTED", "capacity claim")
RATE = Source("lucibello2024exponential", "RECONSTRUCTED", "random-energy argument")
OURS = Source("schaeffer2024bridging", "RECONSTRUCTED", "our numbers for its capacity claim, from an earlier program")
DERIVED = Source("schaeffer2024bridging", "RECONSTRUCTED", "derived here from its kernel density")
THEOREM_A = Source("ramsauer2021hopfield", "PAPER", "thm 3")
FROM_THEOREM_A = Source("ramsauer2021hopfield", "RECONSTRUCTED", "thm 3")
ENERGY = Source("ramsauer2021hopfield", "PAPER", "eq. 2")
UPDATE = Source("ramsauer2021hopfield", "PAPER", "eq. 3")
SEPARATION = Source("ramsauer2021hopfield", "RECONSTRUCTED", "def. 2")

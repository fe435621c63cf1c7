"""Where the numbers come from that the chapter claims."""

from amem.book import Source

LIMIT = Source("krotov2016dense", "PAPER", "eq. 6")
ENERGY = Source("krotov2016dense", "RECONSTRUCTED", "eq. 2; the exact law is ours")
GAUSSIAN = Source("krotov2016dense", "RECONSTRUCTED", "eq. 5; the tolerance is ours")
DESCENT = Source("krotov2016dense", "PAPER", "eq. 2; demircigil2017model, eq. 5")
CAPACITY = Source("krotov2016dense", "RECONSTRUCTED", "sec. 3; the exact law is ours")
FORMULA = Source("krotov2016dense", "PAPER", "eq. 7")
ONE_RATE = Source("chaudhry2023long", "RECONSTRUCTED", "capacity of one transition; the rate for a fixed point is ours")
EXPONENTIAL = Source("demircigil2017model", "RECONSTRUCTED", "eq. 5; the exact law is ours")
ALL_RATE = Source("demircigil2017model", "PAPER", "thm. 3 at ρ = 0")
BIRTHDAY = Source("demircigil2017model", "RECONSTRUCTED", "thm. 3; the constant is ours")
ONE_THRESHOLD = Source("demircigil2017model", "RECONSTRUCTED", "thm. 3; the one-pattern threshold 0.193 is ours")
ALL_THRESHOLD = Source("demircigil2017model", "PAPER", "thm. 3")
BOUNDS = Source("ramsauer2021hopfield", "RECALLED", "lemma A1")
CONVERGENCE = Source("ramsauer2021hopfield", "PAPER", "thm. 1")
REGIMES = Source("ramsauer2021hopfield", "RECALLED", "sec. 2")
TWO_LAYERS = Source("krotov2021large", "PAPER", "eq. 3")
TWO_LAYERS_SET = Source("krotov2021large", "RECONSTRUCTED", "sec. 3; settings are ours")
EPANECHNIKOV = Source("hoover2025epanechnikov", "PAPER")
IMAGES = Source("krotov2016dense", "RECONSTRUCTED", "sec. 1; settings are ours")

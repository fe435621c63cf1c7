"""What the text says of mode seeking under random heads."""

from amem.book import Statement
from amem.chapters.hypersphere.ascent.claims import lowest_step
from amem.chapters.hypersphere.measuring import negate

STATEMENTS = [
    Statement("What looks like a fall is rounding.", lambda table: lowest_step(table) > -1e-12, negate("lowest_step")),
]

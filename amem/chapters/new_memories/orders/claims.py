"""What the order of the points does."""

from functools import partial

from amem.book import Claim
from amem.book.tables import number
from amem.chapters.new_memories.sources import NETWORK

CLAIMS = [
    Claim(
        "claim-new-memories-orders",
        NETWORK,
        (0.3, 3.0),
        partial(number, name="memories_std", data="planted", passes=1, kind="mean"),
        says="The number of memories depends on the order of the points: its standard deviation over orders, one pass.",
        because="some orders make other numbers of memories than most, but few by more than three",
    ),
]

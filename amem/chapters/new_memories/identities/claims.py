"""What theory says of the network exactly, or in a limit."""

from functools import partial

from amem.book import Claim
from amem.book.tables import largest, number
from amem.chapters.new_memories.sources import DP_MEANS, DP_MEANS_IN_PASSES, NETWORK

CLAIMS = [
    Claim(
        "claim-new-memories-threshold",
        NETWORK,
        (0.0, 0.0),
        partial(number, name="value", quantity="decisions unlike theory"),
        says="A memory is made if and only if the point is farther from all memories than the distance in closed form: "
        "fraction of other decisions.",
        because="an identity, at 5000 random settings, about half of which make one",
    ),
    Claim(
        "claim-new-memories-dp-means",
        DP_MEANS,
        (0.99, 1.0),
        partial(number, name="value", quantity="agreement with DP-means", at=30.0),
        says="As $\\beta → ∞$ with $\\alpha$ tied to it, the network becomes DP-means in its online form: agreement of "
        "the two at $\\beta$ = 30.",
        because="a limit; the threshold is still off by $2\\ln(N)/\\beta$",
    ),
    Claim(
        "claim-new-memories-dp-means-passes",
        DP_MEANS_IN_PASSES,
        (0.9, 1.0),
        partial(number, name="value", quantity="DP-means in passes and online"),
        says="And so DP-means as it was published, which starts at the mean and reads the points again and again: "
        "agreement with the online form.",
        because="the same price for the same clusters, which lie far apart",
        finding="No: starting from one cluster at the mean, the two find other clusters. The limit is that of the "
        "stream.",
    ),
    Claim(
        "claim-new-memories-extremes",
        NETWORK,
        (0.0, 0.0),
        partial(largest, name="value", quantity="memories"),
        says="As $\\alpha → 0$ there is one memory, as $\\alpha → ∞$ one a point: largest departure.",
        because="limits, at $10^{\\mp300}$",
    ),
    Claim(
        "claim-new-memories-steps",
        NETWORK,
        (0.95, 1.0),
        partial(number, name="value", quantity="agreement of so many steps", at=1.0),
        says="The network need not wait: after a single step of its dynamics from equal logits it clusters as at the "
        "posterior (agreement of the two).",
        because="the order of logits is right from the first step; only the parts in which a point is shared differ",
    ),
]

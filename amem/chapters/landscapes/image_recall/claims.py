"""What is said of the recall of images, as numbers."""

import numpy as np
import pandas as pd

from amem.book import Claim, numbers
from amem.chapters.landscapes.sources import IMAGES
from amem.chapters.landscapes.terms import RECALLERS


def smallest_gain(table: pd.DataFrame) -> float:
    """The smallest gain in recall, averaged over cues and loads, from one memory to the next steeper one."""
    table = table.sort_values(["images", "cue", "p"])
    return float(np.diff([numbers(table, "recalled", memory=memory).mean() for memory in RECALLERS]).min())


CLAIMS = [
    Claim(
        "claim-landscapes-images",
        IMAGES,
        (0.02, 1),
        smallest_gain,
        says="The steeper the energy, the more images come back: smallest gain from one of the four memories to the "
        "next.",
        because="a gain above the sampling error, averaged over cues and loads",
    ),
]

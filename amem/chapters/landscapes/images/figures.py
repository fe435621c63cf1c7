"""Images, spoiled and recalled."""

from itertools import product

import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure
from amem.chapters.landscapes.terms import CUES, IMAGES, STATES


@figure(
    "fig-landscapes-images",
    caption=r"""Real images, recalled. [[stored]] handwritten digits of 8 × 8 pixels (upper rows) or
        [[stored]] patches of [[patch]] × [[patch]] pixels from two photographs (lower rows) are stored; one
        of them is spoiled in three ways and handed to four memories. The first three hold black-and-white
        versions of the images and set one spin after the other; log-sum-exp holds the grey values. Masked
        pixels are zero, which tells a memory nothing. Real images resemble one another, and the quadratic
        memory answers every cue with one blend; the steeper the energy, the more of the image itself returns.
        Images: scikit-learn. Experiment: ours.""",
    alt="""Small grey pictures in six rows and seven columns: the stored image, the same in black and
        white, the cue, and what the quadratic, the cubic, the exponential and the log-sum-exp memory recall.
        Upper rows, a digit: the quadratic and the cubic memory each answer every cue with one and the same
        bar; the exponential one returns the black-and-white digit for the blurred cue only and is wrong in
        [[wrong]] pixels else; log-sum-exp comes within [[off]] of the stored grey values every time. Lower
        rows, the eaves of a roof: the quadratic memory answers with a blot, the cubic one fails on the
        blurred cue only, the other two are right.""",
)
def images(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7, 6.4))
    lines = drawing.subplots(len(IMAGES) * len(CUES), len(STATES))
    for line, (kind, cue) in zip(lines, product(IMAGES, CUES), strict=True):
        for axes, shows in zip(line, STATES, strict=True):
            pixels = table.query(f"images == '{kind}' and cue == '{cue}' and shows == '{shows}'")
            picture = pixels.pivot(index="row", columns="column", values="value").to_numpy()
            colours = "gray" if kind == "photographs" else "gray_r"
            axes.imshow(picture, cmap=colours, vmin=-1.3, vmax=1.8, interpolation="nearest")
            axes.set(xticks=[], yticks=[])
            axes.grid(False)
            axes.spines[:].set_visible(True)
        line[0].set_ylabel(f"{kind},\n{cue}", fontsize=8)
    for axes, title in zip(lines[0], STATES, strict=True):
        axes.set_title(title.replace(" and", "\nand"), fontsize=8)
    return drawing

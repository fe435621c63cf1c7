"""The pictures of the question."""

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from amem.book import figure, select
from amem.book.look import BLUE, ORANGE, colour, marker


@figure(
    "fig-hypersphere-tie",
    caption="""Concentration and mixing weight are tied: a sharper key is also chosen more often beforehand. Every dot
        is a key in one head of a character model that reads [[context]] characters of unseen text: its concentration
        $\\kappa_j$ and its mixing weight $\\log\\pi_j$, on the scale where a uniform component has weight 0. Left:
        random weights, magnified in the inset; middle: the same heads after training; right: an equally large model
        whose $\\kappa_j$ and $\\log\\pi_j$ are separate features, after training. Line: $\\log C_{n-1}(0)-\\log
        C_{n-1}(\\kappa)$, the weight that the tie alone gives; in the middle, what is left over is $c_j$, which the
        norm's bias makes. Colour and marker tell block and head. The tie is {cite:t}`schaeffer2024bridging`'s; the
        trained models are ours.""",
    alt="""Three scatter plots of log mixing weight against concentration. In the first the dots of all heads lie close
        to the origin, and the inset shows all of them on one rising curve. In the second they reach much further up and
        right, in a fan about the curve. In the third they leave the curve and scatter to both sides of zero.""",
)
def tie(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 3.3))
    panels = (
        ("tied", "key, at the start", "random"),
        ("tied", "key, trained", "trained"),
        ("untied", "key, trained", "trained, untied"),
    )
    first = select(table, seed=0)
    shown = [select(first, attention=kind, what=what).sort_values(["kappa", "log_weight"]) for kind, what, _ in panels]
    every = pd.concat(shown).sort_values(["kappa", "tie"])
    heads = sorted({(int(block), int(head)) for block, head in zip(every["block"], every["head"], strict=True)})
    left = None
    for place, (rows, (_, _, title)) in enumerate(zip(shown, panels, strict=True)):
        left = axes = drawing.add_subplot(1, 3, place + 1, sharex=left, sharey=left)
        axes.set(title=title, xlabel="concentration $\\kappa_j$", xlim=(0, 1.05 * every["kappa"].max()))
        both = [axes]
        if place == 0:
            axes.set_ylabel("log mixing weight $\\log\\pi_j$ (nats)")
            both.append(axes.inset_axes((0.17, 0.5, 0.78, 0.47)))
            both[1].set(xlim=(0, 1.1 * rows["kappa"].max()), ylim=(-0.05, 1.1 * rows["log_weight"].max()))
            both[1].tick_params(labelsize="x-small")
        for here in both:
            for number, (block, head) in enumerate(heads):
                dots = select(rows, block=block, head=head)
                here.plot(
                    dots["kappa"],
                    dots["log_weight"],
                    marker(number),
                    color=colour(number),
                    markersize=2.5,
                    alpha=0.6,
                    rasterized=True,
                    label=f"{block + 1}.{head + 1}",
                )
            here.plot(every["kappa"], every["tie"], "-", color="black", linewidth=1.2, zorder=5)
    handles, labels = drawing.axes[0].get_legend_handles_labels()
    drawing.legend(handles, labels, title="block.head", loc="outside lower center", ncols=8, markerscale=2)
    return drawing


@figure(
    "fig-hypersphere-untied",
    caption="""Does it pay to untie? Left: training loss of a small character model with ordinary attention (tied) and
        of one in which each key's concentration and mixing weight are features of their own, at equal numbers of
        parameters ([[parameters]]); one line for each seed. The untied ones learn faster and lose most of the lead.
        Dotted: the information in the text, which no model can go below on average. Right: loss on unseen text, a mark
        for each seed, side by side; open marks: the same models when all mixing weights are made equal, which breaks
        both. The experiment was suggested by {cite:t}`schaeffer2023probabilistic_lens`, who claim no outcome; the
        models, the generated text and the outcome are ours.""",
    alt="""Left, loss against training step for two kinds of model: curves fall from over [[first_low]] nats to between
        [[last_low]] and [[last_high]] nats, still well above the dotted line at [[information]]; those of the untied
        models fall earlier and the others come closer towards the end. Right, the final losses for every seed, and far
        above them the losses with uniform mixing weights.""",
)
def untied(table: pd.DataFrame) -> Figure:
    drawing = Figure(figsize=(7.0, 3.4))
    left, right = drawing.subplots(1, 2, width_ratios=(1.6, 1))
    (information,) = select(table, what="information")["loss"].unique()
    kinds = {"tied": (BLUE, "o", "-"), "untied": (ORANGE, "s", "--")}
    for place, (kind, (shade, mark, line)) in enumerate(kinds.items()):
        rows = select(table, attention=kind)
        for number, (_, losses) in enumerate(select(rows, what="training").sort_values("step").groupby("seed")):
            label = kind if number == 0 else None
            left.plot(losses["step"], losses["loss"], line, color=shade, linewidth=1.3, label=label)
        for what, fill in (("test", "full"), ("test, uniform weights", "none")):
            final = select(rows, what=what).sort_values("seed")["loss"]
            spread = np.linspace(-0.2, 0.2, len(final)) if len(final) > 1 else np.zeros(1)
            right.plot(place + spread, final, mark, color=shade, fillstyle=fill, markersize=6)
    for axes in (left, right):
        axes.axhline(information, color="black", linestyle=(0, (2, 2)), linewidth=1)
        axes.set(yscale="log")
        axes.set_yticks((0.1, 0.2, 0.5, 1, 2, 4), ("0.1", "0.2", "0.5", "1", "2", "4"))
        axes.minorticks_off()
    left.text(
        0.02,
        information * 1.04,
        "information in the text",
        transform=left.get_yaxis_transform(),
        va="bottom",
        fontsize="small",
    )
    left.legend(loc="upper right")
    left.set(xlabel="training step", ylabel="loss (nats per character)")
    right.set_xticks(range(len(kinds)), list(kinds))
    right.set(xlim=(-0.6, 1.6), ylabel="loss on unseen text (nats per character)", xlabel="attention")
    right.set_ylim(top=9)
    right.text(0.5, 0.98, "open: uniform $\\pi$", transform=right.transAxes, ha="center", va="top", fontsize="small")
    return drawing

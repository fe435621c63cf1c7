"""What is said of run-aways and of the energy's scale."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from amem.book import Statement, exchange, select
from amem.book import numbers as values
from amem.chapters.in_context.reading import ordered, part, pivot, said
from amem.chapters.in_context.stability.claims import (
    cost_of_wide_noise,
    misses,
    scale_of_likelihood,
    scale_of_well,
    stopped,
)
from amem.chapters.in_context.terms import FIXED, SCALED


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    step, noise = values(table, "step"), values(table, "noise")
    scaled = select(table, penalty=SCALED)
    gaps = np.abs(pivot(scaled, "noise", "step", "scaled_gap", "mean"))
    off, betas = np.abs(misses(scaled, values(scaled, "well"))), misses(scaled, 1.0)
    wide, small = np.unravel_index(off.argmax(), off.shape)
    halted = values(table, "updates", penalty=FIXED)
    return {
        "updates": str(config["updates"]),
        "halted_least": f"{halted.min():.0f}",
        "halted_most": f"{halted.max():.0f}",
        "limit": f"−{part(config, 'network')['divergence']['runaway']:g}",
        "steps": f"{step.max() / step.min():.0f}",
        "gaps": said(float((gaps.max(1) / gaps.min(1)).max()), 1),
        "widest": f"{noise.max():g}",
        "components": f"{noise.max() / part(config, 'network')['scale']:.1f}",
        "better": said(-cost_of_wide_noise(table)),
        "range": f"{np.exp(betas.max() - betas.min()):.0f}",
        "off_well": said(scale_of_well(table), 1),
        "off_likelihood": f"{scale_of_likelihood(table):.0f}",
        "worst_noise": f"{np.unique(values(scaled, 'noise'))[wide]:g}",
        "worst_step": f"{np.unique(step)[small]:g}",
        "second": said(float(np.exp(np.sort(off, axis=None)[-2])), 1),
    }


def plunge(table: pd.DataFrame) -> bool:
    """In the left column the gap lies lower at every larger step, in the mean."""
    return bool((np.diff(pivot(select(table, penalty=FIXED), "noise", "step", "scaled_gap", "mean")) < 0).all())


def lower_on_the_right(table: pd.DataFrame) -> bool:
    return float(values(table, "nll", penalty=SCALED).max()) < float(values(table, "nll", penalty=FIXED).min())


def larger_gap(table: pd.DataFrame) -> bool:
    """At the widest noise, at every step, in the mean."""
    ends = ({"penalty": SCALED, "noise": table["noise"].max()}, {"penalty": SCALED, "noise": table["noise"].min()})
    return ordered(table, "scaled_gap", *ends, axis="step")


def lowest_when_wide(table: pd.DataFrame) -> bool:
    losses = pivot(select(table, penalty=SCALED), "noise", "penalty", "nll", "mean")
    return int(losses.argmin()) == len(losses) - 1


def turned(table: pd.DataFrame) -> pd.DataFrame:
    return exchange("noise", table["noise"].min(), table["noise"].max())(table)


OTHER_PENALTY = exchange("penalty", FIXED, SCALED)
STATEMENTS = [
    Statement(
        "Noise wider than a component runs away under a weak penalty",
        lambda table: stopped(FIXED)(table) == 1,
        OTHER_PENALTY,
    ),
    Statement(
        "costs nothing under a fitting one",
        lambda table: cost_of_wide_noise(table) < 0.1 and not stopped(SCALED)(table),
        turned,
    ),
    Statement(
        "on the left they plunge with the step and are marked by crosses",
        lambda table: plunge(table) and bool((select(table, penalty=FIXED)["stopped"] != "").all()),
        OTHER_PENALTY,
    ),
    Statement("losses are lower on the right", lower_on_the_right, OTHER_PENALTY),
    Statement("and lowest for the widest noise", lowest_when_wide, turned),
    Statement("The gap is larger, as it must be", larger_gap, turned),
    Statement(
        "every one of these runs was stopped by the monitor", lambda table: stopped(FIXED)(table) == 1, OTHER_PENALTY
    ),
]

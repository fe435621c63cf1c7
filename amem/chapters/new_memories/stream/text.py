"""What is said of streams of Gaussian clusters."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from amem.book import Statement, exchange, reverse, select
from amem.book.tables import Array, largest
from amem.chapters.new_memories.scores import change, errors_ahead, lead, levels, made
from amem.chapters.new_memories.stream.claims import pace
from amem.chapters.new_memories.stream.figures import SHOWN
from amem.chapters.new_memories.terms import KERNELS

OTHERS = KERNELS[1:]


def at_the_end(table: pd.DataFrame, algorithm: str) -> dict[str, Array]:
    """Memories made over planted ones at the end of the stream, by kernel: in the fewest and in the most dimensions."""
    growth = select(table, kind="growth", algorithm=algorithm)
    last = select(growth, time=growth["time"].max()).set_index(["kernel", "n"])["made"]
    ends = growth["n"].min(), growth["n"].max()
    return {kernel: np.array([last[kernel, n] for n in ends]) for kernel in KERNELS}


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    grown = np.array(list(at_the_end(table, "dynamical").values()))
    blue = levels(table)["dynamical"]
    ratios = made(table)["DP-means"]
    return {
        "rate": str(config["rate"]),
        "frequency": str(config["frequency"]),
        "level_least": f"{blue.min():.2f}",
        "level_most": f"{blue.max():.2f}",
        "growth_least": f"{grown.min():.1f}",
        "growth_most": f"{grown.max():.1f}",
        "dp_least": f"{ratios.min():.1f}",
        "dp_most": f"{ratios.max():.1f}",
        "oscillator_lead": f"{lead('oscillator', 'dynamical', 'recursive', table):.3f}",
        "damped_cost": f"{-lead('constant', 'dynamical, damped', 'dynamical', table):.3f}",
        "pace": f"{pace(table):.2f}",
    }


def leads(table: pd.DataFrame) -> bool:
    """No algorithm that is drawn scores more, of any kernel at any α."""
    shown = levels(table)[list(SHOWN)]
    return bool((shown["dynamical"] >= shown.max(axis=1)).all())


def below(lower: str, upper: str, kernels: tuple[str, ...], table: pd.DataFrame) -> bool:
    rows = levels(table).loc[list(kernels)]
    return bool((rows[lower] < rows[upper]).all())


def rises(sign: int, algorithm: str, table: pd.DataFrame) -> bool:
    """Or falls, from each α to the next, of every kernel."""
    wide = levels(table)[algorithm].unstack("kernel").sort_index()
    return bool((sign * wide.diff().iloc[1:] > 0).all().all())


def falls_most(table: pd.DataFrame) -> bool:
    changes = {kernel: change(kernel, "variational mixture", table) for kernel in KERNELS}
    return rises(-1, "variational mixture", table) and min(changes, key=lambda kernel: changes[kernel]) == "exponential"


def near_alone(table: pd.DataFrame) -> bool:
    return largest(table, "lead", kind="mean lead", algorithm="DP-means over alone") < 0.03


def kernel_helps(table: pd.DataFrame) -> bool:
    return min(errors_ahead(kernel, "dynamical", "recursive", table) for kernel in ("exponential", "hyperbolic")) > 2


def others_behind(table: pd.DataFrame) -> bool:
    fading = ("exponential", "hyperbolic")
    return max(lead(kernel, name, "dynamical", table) for kernel in fading for name in ("k-means", "DP-means")) < 0


def ends_above(table: pd.DataFrame) -> bool:
    return all(bool((grown > 1).all()) for grown in at_the_end(table, "dynamical").values())


def more_in_few(table: pd.DataFrame) -> bool:
    grown = at_the_end(table, "dynamical")
    return [kernel for kernel in KERNELS if grown[kernel][0] > grown[kernel][1]] == list(OTHERS)


def orange_lower(table: pd.DataFrame) -> bool:
    blue, orange = (at_the_end(table, name) for name in ("dynamical", "recursive"))
    on = np.array_equal(blue["constant"], orange["constant"])
    return on and all(bool((orange[kernel] < blue[kernel]).all()) for kernel in OTHERS)


def turned_growth(table: pd.DataFrame) -> pd.DataFrame:
    """A mistake: the fewest dimensions in the place of the most, in the rows of growth."""
    ends = table["n"].min(), table["n"].max()
    return exchange("n", *ends)(table)


BLUE_FOR_GREEN = exchange("algorithm", "dynamical", "k-means")
BLUE_FOR_ORANGE = exchange("algorithm", "dynamical", "recursive")
STATEMENTS = [
    Statement("On streams of Gaussian clusters the dynamical restaurant leads", leads, BLUE_FOR_GREEN),
    Statement("the dynamical restaurant leads on all four streams", leads, BLUE_FOR_GREEN),
    Statement("The right kernel helps where the past fades", kernel_helps, reverse("lead")),
    Statement("it scores nearly what one scores who makes every point a cluster", near_alone, reverse("lead")),
    Statement("its curve is nearly the score of making every point a cluster", near_alone, reverse("lead")),
    Statement(
        "the orange curve with a constant kernel lies below it, but in the first panel on it",
        lambda table: (
            below("recursive", "dynamical", OTHERS, table)
            and change("constant", "dynamical", table) == change("constant", "recursive", table)
        ),
        BLUE_FOR_ORANGE,
    ),
    Statement("K-means lies below blue", lambda table: below("k-means", "dynamical", KERNELS, table), BLUE_FOR_GREEN),
    Statement(
        "DP-means rises with alpha, near the black dots",
        lambda table: rises(1, "DP-means", table) and near_alone(table),
        exchange("algorithm", "DP-means", "variational mixture"),
    ),
    Statement(
        "The variational mixture falls with alpha, most steeply for the exponential kernel",
        falls_most,
        exchange("kernel", "constant", "exponential"),
    ),
    Statement(
        "It finds a part, and less the larger $\\alpha$",
        lambda table: rises(-1, "variational mixture", table),
        exchange("algorithm", "DP-means", "variational mixture"),
    ),
    Statement(
        "the dotted blue curve runs below k-means",
        lambda table: below("dynamical, aliased", "k-means", ("oscillator",), table),
        exchange("algorithm", "dynamical, aliased", "k-means"),
    ),
    Statement(
        "The other way round",
        others_behind,
        exchange("algorithm", "k-means over dynamical", "dynamical over recursive"),
    ),
    Statement("at the end there are more", ends_above, exchange("algorithm", "dynamical", "true")),
    Statement("with all kernels but the constant one more in few dimensions", more_in_few, turned_growth),
    Statement("in all columns but the first further above in the row for few dimensions", more_in_few, turned_growth),
    Statement("orange dashed curves lie on the blue ones in the first column", orange_lower, BLUE_FOR_ORANGE),
    Statement("It hardly changes", lambda table: abs(change("constant", "dynamical", table)) < 0.02, BLUE_FOR_GREEN),
    Statement("at about the right pace", lambda table: 0.8 < pace(table) < 1.3, reverse("made")),
]

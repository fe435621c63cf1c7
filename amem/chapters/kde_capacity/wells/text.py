"""The words on the wells."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from amem.book import Statement, exchange, select
from amem.book.text import listed

Places = NDArray[np.float64]


def places(table: pd.DataFrame, kind: str) -> list[Places]:
    """Points, modes or the two ends of every path, at each bandwidth from the narrowest on."""
    found: list[Places] = []
    for width in sorted(set(table["bandwidth"])):
        rows = select(table, bandwidth=width, kind=kind).sort_values(["path", "step"])
        if kind == "path":
            ends = [pd.concat([path.head(1), path.tail(1)]) for _, path in rows.groupby("path")]
            found.append(np.stack([end[["x", "y"]].to_numpy(dtype=float) for end in ends]))
        else:
            found.append(rows[["x", "y"]].to_numpy(dtype=float))
    return found


def nearest(places: Places, to: Places) -> Places:
    """Which of `to` is nearest to each place, and how far it is."""
    apart = np.linalg.norm(places[..., None, :] - to, axis=-1)
    return np.stack([apart.argmin(-1), apart.min(-1)])


def merge(table: pd.DataFrame) -> bool:
    """A mode at each point, one for each four, one at their mean."""
    points, modes = places(table, "point")[0], places(table, "mode")
    at_points, at_mean = nearest(modes[0], points)[1].max(), nearest(modes[-1], points.mean(0)[None])[1].max()
    counts = [len(found) for found in modes]
    return counts == [len(points), len(points) // 4, 1] and bool(at_points < 0.01 and at_mean < 0.05)


def jump(table: pd.DataFrame) -> bool:
    """At the smallest bandwidth every path ends at the point that is nearest to its start."""
    ends = nearest(places(table, "path")[0], places(table, "point")[0])[0]
    return bool((ends[:, 0] == ends[:, 1]).all())


def share(table: pd.DataFrame) -> bool:
    """At the middle bandwidth the path from a point ends at the mode nearest to it, four at each."""
    points, modes, paths = places(table, "point")[1], places(table, "mode")[1], places(table, "path")[1]
    ends = nearest(paths, modes)[0][nearest(paths[:, 0], points)[1] == 0]
    return bool((ends[:, 0] == ends[:, 1]).all() and (np.unique(ends[:, 1], return_counts=True)[1] == 4).all())


def meet(table: pd.DataFrame) -> bool:
    """At the largest bandwidth all paths end in one place."""
    ends = places(table, "path")[-1][:, 1]
    return bool(np.ptp(ends, axis=0).max() < 1e-3)


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    """How many points, and how many modes at each bandwidth."""
    modes = table[table["kind"] == "mode"].groupby("bandwidth").size()
    return {"points": f"{len(places(table, 'point')[0])}", "modes": listed(modes.tolist())}


MERGE = exchange("bandwidth", 0.12, 1.2)
STATEMENTS = [
    Statement("the wells of single points merge into wells of clusters, and these into one at the mean", merge, MERGE),
    Statement("wells of single points fuse into wells of clusters and those into one bowl", merge, MERGE),
    Statement("every point has its own star", merge, MERGE),
    Statement("paths from the rim jump to the nearest point", jump, MERGE),
    Statement("the paths from all points of a cluster run to its star", share, exchange("bandwidth", 0.4, 0.12)),
    Statement("all paths meet", meet, MERGE),
]

"""What is said of the two dynamics."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from amem.book import Statement, exchange, reverse, select
from amem.chapters.clustering.dynamics.claims import BELIEFS, begins_where_it_ends, rise


def numbers(table: pd.DataFrame, config: Mapping[str, object]) -> dict[str, str]:
    """The inverse temperature."""
    return {"beta": f"{config['beta']:g}"}


def _path(table: pd.DataFrame, model: str) -> pd.DataFrame:
    """The states in the order of time, from equal belief."""
    return select(table, model=model, kind="path", item=0).sort_values("time").reset_index(drop=True)


def _comes_to_the_diamond(table: pd.DataFrame) -> bool:
    end = _path(table, "CLAM+ELBO")[["x", "y"]].to_numpy()[-1]
    return bool(np.allclose(end, select(table, kind="posterior mean")[["x", "y"]].to_numpy()[0], atol=1e-3))


def _leaves(table: pd.DataFrame) -> bool:
    beliefs = _path(table, "CLAM")[BELIEFS].to_numpy()
    return begins_where_it_ends(table) < 1e-4 and float(np.abs(beliefs[-1] - beliefs[0]).max()) > 0.1


def _all_end_there(table: pd.DataFrame) -> bool:
    paths = select(table, model="CLAM+ELBO", kind="path")
    ends = select(paths, time=paths["time"].max())[BELIEFS].to_numpy()
    return len(ends) == 5 and float(np.ptp(ends, axis=0).max()) < 1e-3


def _runs_up(table: pd.DataFrame) -> bool:
    memories = select(table, model="CLAM", kind="memory")[["x", "y"]].to_numpy()
    end = _path(table, "CLAM")[["x", "y"]].to_numpy()[-1]
    return int(np.linalg.norm(memories - end, axis=1).argmin()) == int(memories[:, 1].argmax())


def _more_certain(table: pd.DataFrame) -> bool:
    surest = _path(table, "CLAM")[BELIEFS].max(axis=1).to_numpy()
    return float(np.diff(surest).min()) > -1e-9 and float(surest[-1]) > float(surest[0]) + 0.1


def _waits(table: pd.DataFrame) -> bool:
    """When CLAM has lost less than half of what there is to lose, CLAM+ELBO has lost more."""
    left: dict[str, float] = {}
    for model in ("CLAM", "CLAM+ELBO"):
        energy = _path(table, model)["energy"].to_numpy()
        left[model] = float((energy[4] - energy.min()) / (energy[0] - energy.min()))
    return left["CLAM"] > 0.5 > left["CLAM+ELBO"]


STATEMENTS = [
    Statement(
        "to which CLAM+ELBO's average (triangles, from equal belief) comes",
        _comes_to_the_diamond,
        exchange("kind", "posterior mean", "input"),
    ),
    Statement("CLAM *starts* at the posterior and leaves it", _leaves, reverse("time")),
    Statement("from the centre and from four other beliefs (dotted), ends there", _all_end_there, reverse("time")),
    Statement("each energy falls all the way", lambda table: rise(table) < 1e-12, reverse("time")),
    Statement("runs up towards the topmost square", _runs_up, reverse("y")),
    Statement("that of CLAM after a long shelf", _waits, exchange("model", "CLAM", "CLAM+ELBO")),
    Statement("becomes more certain", _more_certain, reverse("time")),
]

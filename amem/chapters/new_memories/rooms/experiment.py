"""A walk through rooms and hallways, by binary landmarks."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from sklearn.metrics import normalized_mutual_info_score
from torch import Tensor

from amem.chapters.new_memories.terms import HALLWAY
from amem.experiment import Config, experiment
from amem.learning import conjugate
from amem.learning.kernels import exponential
from amem.learning.streams import DynamicalRestaurant
from amem.seeds import numpy_generator
from amem.sweep import Row, grid, sweep


@dataclass(frozen=True, kw_only=True)
class Numbers(Config):
    """Visits of a walk, landmarks of a place, and walks, each in a building of its own."""

    steps: int = 400
    landmarks: int = 100
    seeds: int = 4


@experiment(quick=Numbers(), full=Numbers(seeds=30))
def rooms(config: Numbers) -> pd.DataFrame:
    """A walk through nine rooms and the hallways between them, which all look alike, by binary landmarks.

    Rows of kind "walk" are the visits of the first run: place, and the memory that answered; "place" rows hold which
    answered most often where. "score" rows hold, run by run, the mutual information, the memories, what part of the
    visits to a hallway went to one memory, what part of the places have a main memory of their own, and what part of
    the visits to rooms were answered by the room's main memory.
    """
    return sweep(walk, grid(form=("collapsed", "mean field")), config)


def walk(config: Numbers, form: str) -> list[Row]:
    """Buildings, walks and landmarks side by side; a memory's past counts by an exponential kernel, α = 2."""
    walks = [building(config, seed) for seed in range(config.seeds)]
    network = DynamicalRestaurant(
        torch.full((len(walks),), 2.0, dtype=torch.float64, device=config.device),
        exponential(0.01),
        conjugate.Categorical((4.0, 0.75)),
        collapsed=form == "collapsed",
    )
    found = network.learn(torch.stack([seen for *_, seen in walks]).to(config.device)).labels.cpu().numpy()
    rows: list[Row] = []
    for seed, ((truth, _, _), labels) in enumerate(zip(walks, found, strict=True)):
        hallway = np.bincount(labels[truth == HALLWAY])
        main = {place: int(np.bincount(labels[truth == place]).argmax()) for place in np.unique(truth)}
        room = truth < HALLWAY
        rows.append({
            "kind": "score", "seed": seed, "nmi": float(normalized_mutual_info_score(truth, labels)),
            "memories": float(len(np.unique(labels))), "true": float(len(np.unique(truth))),
            "hallway": float(hallway.max() / hallway.sum()),
            "own": float(np.mean([list(main.values()).count(memory) == 1 for memory in main.values()])),
            "loyal": float(np.mean(np.vectorize(main.get)(truth[room]) == labels[room])),
        })  # fmt: skip
    truth, positions, _ = walks[0]
    labels = np.unique(found[0], return_inverse=True)[1]
    for step in range(len(truth)):
        row, column = positions[step]
        rows.append({
            "kind": "walk", "step": step, "x": column, "y": row, "place": int(truth[step]), "label": int(labels[step])
        })  # fmt: skip
    for row, column in np.unique(positions, axis=0):
        here = (positions == (row, column)).all(-1)
        most = int(np.bincount(labels[here]).argmax())
        place = int(truth[here][0])
        rows.append({"kind": "place", "x": float(column), "y": float(row), "place": place, "label": most})
    return rows


def building(config: Numbers, seed: int) -> tuple[NDArray[np.int64], NDArray[np.float64], Tensor]:
    """Places in the order of a random walk (0 to 8 rooms, 9 a hallway), their positions, and the landmarks seen."""
    rng = numpy_generator("new_memories", "rooms", seed)
    looks = rng.beta(0.75, 4.0, (10, config.landmarks))
    row, column = 1, 1
    places, positions = [4], [(1.0, 1.0)]
    while len(places) < config.steps:
        steps = [(row + r, column + c) for r, c in ((0, 1), (1, 0), (0, -1), (-1, 0))]
        inside = [step for step in steps if min(step) >= 0 and max(step) < 3]
        r, c = inside[rng.integers(len(inside))]
        places += [HALLWAY, 3 * r + c]
        positions += [((row + r) / 2, (column + c) / 2), (float(r), float(c))]
        row, column = r, c
    truth = np.array(places[: config.steps])
    seen = rng.random((len(truth), config.landmarks)) < looks[truth]
    return truth, np.array(positions[: config.steps]), torch.from_numpy(seen.astype(float))

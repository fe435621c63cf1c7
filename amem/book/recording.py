"""Results: kept ones read, new ones computed; and which of them the book publishes."""

import time
import warnings
from contextlib import nullcontext
from functools import cache
from typing import Any

import joblib
from joblib.parallel import get_active_backend

from amem import checkpoints, files, store
from amem.experiment import PRESETS, C, Experiment, on
from amem.source import source_hash
from amem.store import OWN, Recorded


def record(experiment: Experiment[C], numbers: str | C, device: str = "auto") -> Recorded:
    """The kept result of an experiment with these numbers if it is still true, else a new one, computed and kept.

    numbers: the name of a preset, or a config with numbers of one's own. device: "auto" is CUDA if there is one, else
    the CPU, whose sweeps use every core unless the caller has chosen a backend with `joblib.parallel_config`.

    Raises TypeError for what is no experiment, ValueError for a preset or a device that is not there, PermissionError
    where the result cannot be written.
    """
    if not isinstance(experiment, Experiment):
        raise TypeError(f"experiment: wanted one made by @experiment, got {experiment!r}")
    preset, config = (numbers, experiment.numbers(numbers)) if isinstance(numbers, str) else (OWN, numbers)
    if device not in ("auto", "cpu", "cuda"):
        raise ValueError(f"device: wanted auto, cpu or cuda, got {device!r}")
    if device == "cuda" and not _has_cuda():
        raise ValueError("device: wanted auto or cpu, for torch finds no CUDA here, got 'cuda'")
    if (kept := store.read(experiment, preset, config)) is not None:
        return kept
    files.prepare(store.results(preset))
    config = on(config, "cuda" if device != "cpu" and _has_cuda() else "cpu")
    # joblib makes up a new default backend at every question, but gives the same one again once somebody chose it
    backend, jobs = get_active_backend()
    chosen = backend is get_active_backend()[0] or jobs is not None or config.device == "cuda"
    cores = joblib.cpu_count()
    here = nullcontext() if chosen else joblib.parallel_config("loky", n_jobs=cores, inner_max_num_threads=1)
    source_hash(experiment.module)  # what the files say now is what is run
    start = time.perf_counter()
    with here, warnings.catch_warnings(), checkpoints.asked() as weights:
        # loky replaces a worker that has grown large, and says so
        warnings.filterwarnings("ignore", "A worker stopped while some jobs", UserWarning)
        table = experiment(config)
    taken = time.perf_counter() - start
    return store.write(experiment, preset, config, table, seconds=taken, training=checkpoints.seconds(weights))


def published(recorded: Recorded) -> Recorded:
    """The kept result of the largest preset of the same experiment that is still true, else the given one.

    A result with numbers of one's own stays what it is.
    """
    if recorded.preset not in PRESETS:
        return recorded
    larger = PRESETS[PRESETS.index(recorded.preset) + 1 :]
    there = [preset for preset in reversed(larger) if preset in recorded.experiment.presets]
    kept = (_kept(recorded.experiment, preset, store.state(recorded.experiment, preset)) for preset in there)
    return next((result for result in kept if result is not None), recorded)


@cache
def _kept(experiment: Experiment[Any], preset: str, state: tuple[object, ...]) -> Recorded | None:
    """Read once for every state of the files: a chapter asks at each of its figures and claims."""
    return store.read(experiment, preset, experiment.presets[preset])


def _has_cuda() -> bool:
    import torch  # a reader of results needs none

    return torch.cuda.is_available()

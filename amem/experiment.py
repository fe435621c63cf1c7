"""What an experiment is: a function from its numbers to a table, and its numbers in each preset."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from functools import update_wrapper
from typing import Generic, TypeVar

import pandas as pd

PRESETS = ("quick", "large", "full")
"""From the smallest to the papers' own; a page shows the largest that was computed and is still true."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """The numbers of an experiment: plain numbers, strings, tuples of them and other configs.

    device is where it runs and not what is computed. Raises TypeError for any other value, ValueError for an unknown
    device.
    """

    device: str = "cpu"

    def __post_init__(self) -> None:
        if self.device not in ("cpu", "cuda"):
            raise ValueError(f"device: wanted cpu or cuda, got {self.device!r}")
        for name, value in self.numbers().items():
            if not _is_plain(value):
                raise TypeError(f"{name}: wanted a number, a string, a config or a tuple of them, got {value!r}")

    def numbers(self) -> dict[str, object]:
        """All that shapes a table: every field but the device, those of the configs in it in dicts of their own."""
        values = {part.name: getattr(self, part.name) for part in fields(self) if part.name != "device"}
        return {name: value.numbers() if isinstance(value, Config) else value for name, value in values.items()}


C = TypeVar("C", bound=Config)


def on(config: C, device: str) -> C:
    """The same numbers on a device, those of the configs in it, too."""
    inner = {part.name: getattr(config, part.name) for part in fields(config)}
    moved = {name: on(value, device) for name, value in inner.items() if isinstance(value, Config)}
    return replace(config, device=device, **moved)


class Experiment(Generic[C]):
    """A function from a config to a table, in `<chapter>/<question>/experiment.py` and named like the question.

    Raises ValueError for a function that is not.
    """

    def __init__(self, compute: Callable[[C], pd.DataFrame], presets: Mapping[str, C]) -> None:
        self.chapter, self.question, file = ["", "", *compute.__module__.split(".")][-3:]
        if file != "experiment" or compute.__qualname__ != self.question or not self.chapter:
            wanted = "a function in <chapter>/<question>/experiment.py that is named like the question"
            raise ValueError(f"experiment: wanted {wanted}, got {compute.__qualname__} in {compute.__module__}")
        self.compute, self.presets = compute, presets
        update_wrapper(self, compute)

    def __call__(self, config: C) -> pd.DataFrame:
        return self.compute(config)

    def numbers(self, preset: str) -> C:
        """The numbers of a preset. Raises ValueError for one that the experiment does not have."""
        if preset not in self.presets:
            raise ValueError(f"preset: wanted one of {', '.join(self.presets)} for {self.id}, got {preset!r}")
        return self.presets[preset]

    @property
    def id(self) -> str:
        return f"{self.chapter}/{self.question}"

    @property
    def module(self) -> str:
        return self.compute.__module__

    @property
    def package(self) -> str:
        """The question's folder, as a module."""
        return self.module.rpartition(".")[0]


def experiment(
    *, quick: C, large: C | None = None, full: C | None = None
) -> Callable[[Callable[[C], pd.DataFrame]], Experiment[C]]:
    """Make a function an experiment. `full` has the papers' numbers, `large` what two cores finish in two hours where
    those want a GPU, `quick` what takes seconds."""
    presets = {
        name: numbers for name, numbers in zip(PRESETS, (quick, large, full), strict=True) if numbers is not None
    }
    return lambda compute: Experiment(compute, presets)


def _is_plain(value: object) -> bool:
    if isinstance(value, tuple | dict):
        return all(map(_is_plain, value.values() if isinstance(value, dict) else value))
    return isinstance(value, int | float | str)

"""The questions of all chapters, found by their folders `amem/chapters/<chapter>/<question>/`."""

import importlib
import importlib.util
import pkgutil
from functools import cache
from types import ModuleType
from typing import Any

from amem.experiment import Experiment


def questions() -> list[str]:
    """The folders of all questions, as modules."""
    chapters = importlib.import_module("amem.chapters")
    names = [topic.name for topic in pkgutil.iter_modules(chapters.__path__)]
    topics = [importlib.import_module(f"amem.chapters.{name}") for name in names]
    return [
        f"{topic.__name__}.{question.name}"
        for topic in topics
        for question in pkgutil.iter_modules(topic.__path__)
        if question.ispkg
    ]


@cache
def part(question: str, name: str) -> ModuleType | None:
    """A file of a question's folder, None if there is none of that name."""
    found = importlib.util.find_spec(f"{question}.{name}")
    return importlib.import_module(f"{question}.{name}") if found else None


def experiment_of(question: str) -> Experiment[Any]:
    """The experiment of a question. Raises ValueError for a folder that holds none."""
    name = question.rpartition(".")[2]
    found = getattr(part(question, "experiment"), name, None)
    if not isinstance(found, Experiment):
        raise ValueError(f"{question}: wanted an experiment called {name} in experiment.py, got none")
    return found

"""Figures: functions from a table to a picture, with the words that go with it, and the files they are kept in."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib
import pandas as pd
from matplotlib.figure import Figure

from amem import store
from amem.book import look
from amem.book.display import check_words, title
from amem.book.questions import experiment_of, part, questions
from amem.experiment import Experiment
from amem.files import place, put
from amem.source import source_hash
from amem.store import Recorded

if TYPE_CHECKING:
    from amem.book.claims import Claim


@dataclass(frozen=True)
class Drawing:
    """A figure of the book: a function from an experiment's table to a Figure, and the words that go with it.

    Raises ValueError for an id that is not `fig-…` in lower case and for empty words.
    """

    draw: Callable[[pd.DataFrame], Figure]
    id: str
    caption: str
    alt: str

    def __post_init__(self) -> None:
        check_words(self.id, "fig", caption=self.caption, alt=self.alt)

    def __call__(self, table: pd.DataFrame) -> Figure:
        with look.look():
            return look.settled(self.draw(table))

    @property
    def title(self) -> str:
        """The caption's first sentence."""
        return title(self.caption)

    @property
    def question(self) -> str:
        """The folder that it stands in, as a module."""
        return self.draw.__module__.rpartition(".")[0]

    @property
    def experiment(self) -> Experiment[Any]:
        return experiment_of(self.question)

    @property
    def claims(self) -> "list[Claim]":
        """What is claimed of the question."""
        claims = part(self.question, "claims")
        return claims.CLAIMS if claims else []

    def publish(self, shown: Recorded, given: Recorded | None = None) -> list[str]:
        """Write `<id>.svg`, `.png`, `.pdf`, the table and its card and run `.json`; return the files' names.

        Of a `given` result that is not the one shown, `<id>.<preset>.svg` is drawn, too. What is there already, from
        the same code and the same tables, is not drawn again.

        Raises ValueError for the table of another experiment.
        """
        if shown.experiment.id != self.experiment.id:
            raise ValueError(f"{self.id} draws {self.experiment.id}, got the table of {shown.experiment.id}")
        others = [given] if given is not None and given is not shown else []
        tables = [result.card["sha256"] for result in (shown, *others)]
        made = json.dumps([source_hash(self.draw.__module__), matplotlib.__version__, tables])
        drawn = hashlib.sha256(made.encode()).hexdigest()
        if (files := self._kept(drawn)) is None:
            picture, data = self(shown.table), store.csv(shown.table)
            files = {f"{self.id}.{kind}": look.picture(picture, kind) for kind in look.LEFT_OUT}
            table = store.file_name(self.id, data)
            files[table] = store.packed(table, data)
            files |= {f"{self.id}.{other.preset}.svg": look.picture(self(other.table), "svg") for other in others}
        sums = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
        origin = {"figure": self.id, "drawn": drawn, "card": shown.card, "run": shown.run, "files": sums}
        files[f"{self.id}.json"] = (json.dumps(origin, indent=2, ensure_ascii=False) + "\n").encode()
        put(figures_folder(), files)
        return list(files)

    def _kept(self, drawn: str) -> dict[str, bytes] | None:
        """The files of an earlier drawing by the same code from the same tables, None unless all are whole."""
        try:
            origin = json.loads((figures_folder() / f"{self.id}.json").read_bytes())
            files = {name: (figures_folder() / name).read_bytes() for name in origin["files"]}
            whole = all(hashlib.sha256(data).hexdigest() == origin["files"][name] for name, data in files.items())
            return files if origin["drawn"] == drawn and whole else None
        except (OSError, ValueError, KeyError):
            return None


def figure(id: str, *, caption: str, alt: str) -> Callable[[Callable[[pd.DataFrame], Figure]], Drawing]:
    """Make a drawing function of a question's `figures.py` a figure of the book: an id for ever, caption and alt text.

    Caption and alt text may hold MyST: mathematics in dollars, citations.
    """
    return lambda draw: Drawing(draw, id, caption, alt)


def figures_folder() -> Path:
    """Where figures are written."""
    return place("build/figures", "figures")


def drawings() -> dict[str, Drawing]:
    """Every figure of the book by its id. Raises ValueError for an id that two of them share."""
    found: dict[str, Drawing] = {}
    for question in questions():
        for drawing in vars(figures).values() if (figures := part(question, "figures")) else ():
            if isinstance(drawing, Drawing) and found.setdefault(drawing.id, drawing) is not drawing:
                raise ValueError(f"figure ids must be unique, got {drawing.id} twice")
    return found

"""Figures on a page, with their captions and where they come from."""

import math

from amem.book.citing import bibtex
from amem.book.display import CAPTION, FIGURE, display, plain
from amem.book.drawings import Drawing, figures_folder
from amem.book.recording import published
from amem.book.text import checked, fill, numbers_of
from amem.store import Recorded


def show(figure: Drawing, recorded: Recorded) -> None:
    """Display a figure of the published table with its caption and where it comes from, and write its files.

    Raises TypeError for what is no figure or no result, ValueError for the result of another experiment.
    """
    for name, value, kind in (("figure", figure, Drawing), ("recorded", recorded, Recorded)):
        if not isinstance(value, kind):
            raise TypeError(f"{name}: wanted a {kind.__name__}, got {value!r}")
    shown = published(recorded)
    files, said = figure.publish(shown, recorded), numbers_of(shown)
    caption, alt = (fill(words, said, figure.id) for words in (figure.caption, figure.alt))
    about = {
        "id": figure.id,
        "caption": caption,
        "alt": alt,
        "numbers": dict(said),
        "statements": checked(shown, f"{figure.caption} {figure.alt}"),
        "chapter": shown.experiment.chapter,
        "drawing": f"{figure.draw.__module__}.{figure.draw.__name__}",
        "experiment": f"{shown.experiment.module}.{shown.experiment.question}",
        "preset": shown.preset,
        "seconds": shown.run["seconds"],
        "training": shown.run["training"],
        "device": shown.run["device"],
        "rows": shown.card["rows"],
        "files": files,
        "bibtex": bibtex(figure, shown),
    }
    picture = (figures_folder() / f"{figure.id}.svg").read_text("utf-8")
    display({"image/svg+xml": picture, "text/plain": alt, FIGURE: about})
    below = f"{plain(caption)}\n\n*{provenance(shown)}*"
    display({"text/markdown": below, "text/plain": below, CAPTION: figure.id})


def provenance(recorded: Recorded) -> str:
    """Where a table comes from in a line: preset, seconds, device and rows."""
    run, cost = recorded.run, f"{math.ceil(recorded.run['seconds'])} s"
    if run["training"]:
        cost += f" and {math.ceil(run['training'])} s of training before"
    return f"{recorded.preset} preset, {cost} on {run['device'].upper()}, {recorded.card['rows']} rows"

"""The figures of the book from the command line: list them, cite one, rebuild one or all of them."""

import argparse
import difflib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from amem import store
from amem.book.citing import bibtex
from amem.book.drawings import drawings, figures_folder
from amem.book.questions import experiment_of, questions
from amem.book.recording import record
from amem.book.showing import provenance
from amem.experiment import PRESETS


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m amem", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("figures", help="list the figures")
    cite = commands.add_parser("cite", help="print BibTeX for a figure and for the papers behind it")
    cite.add_argument("id")
    rebuild = commands.add_parser("rebuild", help="draw a figure, and compute its table unless that is still true")
    which = rebuild.add_mutually_exclusive_group(required=True)
    which.add_argument("id", nargs="?")
    which.add_argument("--all", action="store_true", help="every figure, and every table of a claim")
    rebuild.add_argument("--preset", default="quick", choices=PRESETS, help="quick (default), large or full")
    rebuild.add_argument("--device", default="auto", help="auto (default), cpu or cuda")
    rebuild.add_argument("--output", type=Path, help="a folder for what is written, in place of this checkout")
    options = parser.parse_args(arguments)

    figures = drawings()
    wanted: str | None = getattr(options, "id", None)
    if wanted is not None and wanted not in figures:
        close = " or ".join(difflib.get_close_matches(wanted, figures)) or "one that `python -m amem figures` lists"
        parser.error(f"there is no figure {wanted!r}; did you mean {close}?")
    if options.command == "figures":
        for drawing in figures.values():
            print(f"{drawing.id}  {drawing.title}")
    elif options.command == "cite":
        drawing = figures[options.id]
        presets = drawing.experiment.presets
        kept = (store.read(drawing.experiment, preset, presets[preset]) for preset in reversed(list(presets)))
        print(bibtex(drawing, next(filter(None, kept), None)))
    else:
        if options.output:
            os.environ["AMEM_OUTPUT"] = str(options.output)
        try:
            for question in questions() if wanted is None else [figures[wanted].question]:
                rebuild_question(question, options.preset, options.device, wanted)
        except (ValueError, PermissionError) as error:
            parser.error(str(error))


def rebuild_question(question: str, preset: str, device: str, wanted: str | None) -> None:
    """Record a question's table and draw its figures, or the wanted one; all of a book are asked for where a question
    has no such preset: then nothing."""
    experiment = experiment_of(question)
    if wanted is None and preset not in experiment.presets:
        return
    recorded = record(experiment, preset, device)
    for drawing in drawings().values():
        if drawing.question == question and wanted in (None, drawing.id):
            files = drawing.publish(recorded)
            print(f"{drawing.id}: {provenance(recorded)}", *(figures_folder() / name for name in files), sep="\n  ")


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # a terminal may know ASCII only
    try:
        main()
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read has heard enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())

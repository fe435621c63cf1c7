"""The figures of the book from the command line: list them, cite one, rebuild one or all of them."""

import argparse
import difflib
from collections.abc import Sequence

from amem import store
from amem.book import bibtex, configure, drawings, figures_folder, provenance, record


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
    rebuild.add_argument("--preset", default="quick", help="quick (default), full or another of the chapter's")
    rebuild.add_argument("--device", default="auto", help="auto (default), cpu or cuda")
    options = parser.parse_args(arguments)

    figures, wanted = drawings(), getattr(options, "id", None)
    if wanted is not None and wanted not in figures:
        close = " or ".join(difflib.get_close_matches(wanted, figures)) or "one that `python -m amem figures` lists"
        parser.error(f"there is no figure {wanted!r}; did you mean {close}?")
    for drawing in figures.values() if wanted is None else [figures[wanted]]:
        experiments = drawing.experiments
        experiment = getattr(experiments, drawing.experiment)
        if options.command == "figures":
            print(f"{drawing.id}  {drawing.title}")
        elif options.command == "cite":
            kept = (store.read(experiment, experiments.PRESETS[preset]) for preset in ("full", "quick"))
            print(bibtex(drawing, next(filter(None, kept), None)))
        else:
            try:
                config = configure(experiments.PRESETS, options.preset, options.device)
            except ValueError as error:
                parser.error(str(error))
            recorded = record(experiment, config)
            files = drawing.publish(recorded)
            print(f"{drawing.id}: {provenance(recorded)}", *(figures_folder() / name for name in files), sep="\n  ")
    if getattr(options, "all", False):
        asked = ((drawing.experiments, claim) for drawing in figures.values() for claim in drawing.claims)
        for experiments, name in dict.fromkeys((module, claim.experiment) for module, claim in asked if claim.measure):
            record(getattr(experiments, name), configure(experiments.PRESETS, options.preset, options.device))


if __name__ == "__main__":
    main()

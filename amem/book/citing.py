"""BibTeX for a figure and for the papers that it rests on."""

import re
from collections.abc import Iterator
from importlib import import_module, resources

from amem import __url__, __version__
from amem.book.drawings import Drawing
from amem.store import Recorded


def bibtex(drawing: Drawing, recorded: Recorded | None) -> str:
    """BibTeX for a figure, and for the papers that its chapter, its caption or the claims of its question name."""
    fields = {
        "title": "{" + re.sub(r"([&%#])", r"\\\1", drawing.title) + "}",  # in braces, else styles take its capitals
        "author": "{amem contributors}",
        "howpublished": "amem, a reproducible companion to the papers on associative memory",
        "version": __version__,
        **({"year": recorded.run["date"][:4]} if recorded else {}),
        "url": f"{__url__}/figures/{drawing.id}.html",
        "note": f"Figure {drawing.id}" + (f", SHA-256 of its table {recorded.card['sha256']}" if recorded else ""),
    }
    lines = [f"@misc{{{drawing.id},", *(f"  {name} = {{{text}}}," for name, text in fields.items()), "}"]
    return "\n\n".join(["\n".join(lines), *_papers(drawing)])


def bibliography() -> str:
    """The book's references, which travel with the package."""
    return resources.files("amem").joinpath("references.bib").read_text("utf-8")


def _papers(drawing: Drawing) -> Iterator[str]:
    chapter = import_module(drawing.question.rpartition(".")[0])
    words = [chapter.__doc__ or "", drawing.caption, *(claim.source.key for claim in drawing.claims)]
    named = set(re.findall(r"\w+", " ".join(words)))
    for entry in re.split(r"^(?=@)", bibliography(), flags=re.M):
        if (key := re.match(r"@\w+{([^,]+),", entry)) and key[1] in named:
            yield entry.strip()

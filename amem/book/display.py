"""What a cell displays: for the reader, and the same as JSON for the book to be made of."""

import re
from contextlib import suppress

FIGURE = "application/vnd.amem.figure+json"
CAPTION = "application/vnd.amem.caption+json"
CLAIMS = "application/vnd.amem.claims+json"


def display(bundle: dict[str, object]) -> None:
    """Display in Jupyter; elsewhere print the plain text."""
    with suppress(ImportError):
        from IPython import get_ipython
        from IPython.display import display

        if get_ipython() is not None:
            display(bundle, raw=True)
            return
    print(bundle["text/plain"])


def plain(text: str) -> str:
    """One line without the names of MyST roles, for readers that know none."""
    return " ".join(re.sub(r"{[a-z:]+}`([^`]*)`", r"\1", text).split())


def title(caption: str) -> str:
    """A caption's first sentence is its figure's title."""
    return re.split(r"(?<=[.?!])\s", plain(caption))[0].rstrip(".")


def check_words(id: str, prefix: str, **words: str) -> None:
    """Raise ValueError for an id that is not `<prefix>-…` in lower case, and for empty words."""
    if re.fullmatch(rf"{prefix}(-[a-z0-9]+)+", id) is None:
        raise ValueError(f"id must be {prefix}-… in words of a-z and 0-9 joined by hyphens, got {id!r}")
    for name, text in words.items():
        if not text.strip():
            raise ValueError(f"{name} of {id} must not be empty")

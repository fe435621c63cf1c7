"""Numbers typed into captions, alt texts, findings and paragraphs: each is on a list with its reason, so that a new
one, which nothing computes, is noticed."""

import re

import jupytext
import pytest
import yaml
from conftest import ROOT
from test_structure import TOPICS

from amem.book.drawings import drawings
from amem.book.questions import part, questions

REASONS = {"cited", "mathematics", "definition"}
NO_WORDS = re.compile(
    r"```.*?```|`[^`]*`|\[\[[^\]]*\]\]|\]\([^)]*\)|\{[a-z:]+\}`[^`]*`"  # code, computed numbers, links, roles
    r"|\$\$.*?\$\$|\$(?![-+−\d.,\s\\%{}^×]+\$)[^$]*\$",  # formulas, but not a bare number between dollars
    re.DOTALL,
)


def texts(topic: str) -> list[str]:
    """Everything that a chapter says in its own words."""
    cells = jupytext.read(ROOT / f"notebooks/{topic}.py").cells
    said = [cell.source for cell in cells if cell.cell_type == "markdown"]
    for drawing in drawings().values():
        if drawing.experiment.chapter == topic:
            said += [drawing.caption, drawing.alt]
    for question in (question for question in questions() if question.split(".")[-2] == topic):
        claims = part(question, "claims")
        said += [claim.finding for claim in (claims.CLAIMS if claims else [])]
    return [" ".join(text.split()) for text in said]


@pytest.mark.parametrize("topic", TOPICS)
def test_every_number_in_a_text_is_computed_or_has_its_reason(topic: str) -> None:
    listed = yaml.safe_load((ROOT / f"tests/chapters/literals/{topic}.yml").read_text())
    assert listed.keys() <= REASONS
    excused = sorted((" ".join(words.split()) for phrases in listed.values() for words in phrases), key=len)[::-1]
    said = texts(topic)
    assert [words for words in excused if not any(words in text for text in said)] == [], "nobody says this any more"
    for text in said:
        rest = text
        for words in excused:
            rest = rest.replace(words, " ")
        rest = NO_WORDS.sub(" ", rest)
        typed = [rest[max(0, at.start() - 40) : at.end() + 40] for at in re.finditer(r"\d[\d.,]*", rest)]
        assert typed == [], "computed by nothing and on no list"

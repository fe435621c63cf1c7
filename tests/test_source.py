"""What code a result depends on: all that an experiment imports, and nothing that is only prose."""

import ast
import io
import re
import tokenize

import pytest
import toy_chapter

from amem import files, source

toy = toy_chapter.toy


def now():
    """The hash that a new process would find."""
    toy_chapter.reread()
    return source.source_hash("toy.wave.experiment")


def test_a_process_reads_each_module_once(toy, monkeypatch):
    first, looked = now(), []
    monkeypatch.setattr(source, "_without_prose", lambda *arguments: looked.append(arguments))
    assert source.source_hash("toy.wave.experiment") == first and looked == []


EDITS = {  # file, what is there, what stands there instead, and whether results are stale
    "a number": ("helper.py", "2.0", "3.0", True),
    "a number two imports away": ("wave/experiment.py", "config.n)", "config.n + 1)", True),
    "a comment": ("wave/experiment.py", "# seen by the tests", "# seen", False),
    "a comment line": ("helper.py", "    return", "    # twice\n    return", False),
    "a docstring": ("wave/experiment.py", '"""One point."""', '"""One point,\n\n    # no comment.\n    """', False),
    "a module docstring": ("wave/experiment.py", '"""What the toy computes."""', '"""Numbers."""', False),
    "a first docstring": ("helper.py", "    return", '    "Twice."\n    return', False),
    "blank lines": ("helper.py", "    return", "\n\n   \n    return", False),
    "Windows line ends": ("helper.py", "\n", "\r\n", False),
    "a hash in a string": ("helper.py", "2.0", "len('# ')", True),
    "a blank line in a string": ("helper.py", "return 2.0", 'return len("""a\n\nb""")', True),
    "code behind a docstring": ("helper.py", "    return 2.0", '    "Twice."; return 2.0', True),
    "the chapter's own package": ("__init__.py", '"""A wave', 'one = 1\n"""A wave', True),
    "a figure": ("wave/figures.py", "Two phases", "Three phases", False),
}  # fmt: skip


@pytest.mark.parametrize("edit", EDITS)
def test_what_an_edit_of_the_source_makes_stale(toy, edit):
    before = now()
    name, old, new, stale = EDITS[edit]
    path = toy.folder / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new), newline="")
    assert (now() != before) == stale


def test_what_only_looks_like_prose_counts(toy):
    """A hash or a blank line inside a string, and code on the line of a docstring."""
    texts = ['"""a\n\nb"""', '"""a\nb"""', '"""a\n# c\nb"""', 'f"""a\n\n{1}"""', 'f"""a\n{1}"""', "'#1'", "'#2'"]
    sources = [f"def scale():\n    return len({text})\n" for text in texts]
    sources += [f'def scale(): """Prose."""; return {n}\n' for n in (1, 2)]
    sources += [f'def scale():\n    """Prose.\n    """; return {n}\n' for n in (1, 2)]
    sources += [f'def scale():\n    x = {n}; """Prose."""\n    return x\n' for n in (1, 2)]
    hashes = set()
    for text in sources:
        (toy.folder / "helper.py").write_text(text)
        hashes.add(now())
    assert len(hashes) == len(sources)


@pytest.mark.parametrize(
    "imported", ["import toy.helper", "from toy import helper", "from .. import helper", "from ..helper import scale"]
)
def test_every_way_to_import_is_followed(toy, imported):
    (toy.folder / "wave/experiment.py").write_text(f"def f():\n    {imported}\n")
    before = now()
    (toy.folder / "helper.py").write_text("def scale():\n    return 7.0\n")
    assert now() != before


@pytest.mark.parametrize(
    ("imported", "file", "text", "stale"),
    [
        ("from toy.parts import first", "one.py", "def first(): return 2\n", True),
        ("from toy.parts import first", "two.py", "def second(): return 3\n", False),
        ("from toy.parts import first", "__init__.py", "from toy.parts.one import first, third\n", False),
        ("from toy.parts import first", "__init__.py", "from toy.parts.two import second as first\n", True),
        ("from toy.parts import first", "__init__.py", "from toy.parts.one import first\nfirst = min\n", True),
        ("from toy.parts import *", "two.py", "def second(): return 3\n", True),
        ("from toy import parts", "two.py", "def second(): return 3\n", True),
        ("import toy.parts", "two.py", "def second(): return 3\n", True),
        ("from toy.parts.one import first", "two.py", "def second(): return 3\n", False),
    ],
)
def test_a_package_that_only_passes_names_on_counts_by_the_names_taken(toy, imported, file, text, stale):
    """A new energy in the package's list leaves the results of all others fresh."""
    parts = toy.folder / "parts"
    parts.mkdir()
    (parts / "__init__.py").write_text(
        '"""Parts."""\n\nfrom .one import first\nfrom .two import second\n\n__all__ = []\n'
    )
    (parts / "one.py").write_text("def first(): return 1\ndef third(): return 1\n")
    (parts / "two.py").write_text("def second(): return 2\n")
    (toy.folder / "wave/experiment.py").write_text(f"{imported}\n")
    before = now()
    (parts / file).write_text(text)
    assert (now() != before) == stale


def words(text):
    """The second road to what counts in a source: its tokens, less comments, layout and strings that stand alone."""
    layout = {tokenize.COMMENT, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    tokens = [t for t in tokenize.generate_tokens(io.StringIO(text).readline) if t.type not in layout]
    strings = ["\1" if token.type == tokenize.NEWLINE else token.string for token in tokens]
    statements = re.split("\0?\1\0?", "\0".join(strings))
    alone = re.compile(r"([\"']{3}|[\"'])((?!\1).)*\1", re.DOTALL)
    return [statement for statement in statements if statement and not alone.fullmatch(statement)]


def test_nothing_but_prose_is_taken_from_the_package():
    for path in files.CHECKOUT.glob("amem/**/*.py"):
        text = path.read_text("utf-8")
        assert words(source._without_prose(text, ast.parse(text))) == words(text), path


def test_the_hash_is_the_same_on_every_python():
    text = '"""Prose."""\n\nimport os  # why\n\n# but\nclass A:\n    """Prose."""\n\n    b = f"{os}#"\n    """b."""\n'
    assert source._without_prose(text, ast.parse(text)) == 'import os\nclass A:\n    b = f"{os}#"'

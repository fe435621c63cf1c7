"""The house is in order: each chapter has all its parts, notebooks equal their pairs, nothing is kept that must not."""

import ast
import re
import subprocess
import tomllib
from importlib import import_module
from pathlib import Path

import jupytext
import press
import pytest
import yaml
from conftest import ROOT

from amem.book import Drawing
from amem.book.questions import experiment_of, part, questions

TOPICS = sorted(path.parent.name for path in (ROOT / "amem/chapters").glob("*/__init__.py"))
SOURCES = sorted((ROOT / "amem").rglob("*.py"))
BIBLIOGRAPHY = set(re.findall(r"^@\w+\{(\S+),$", (ROOT / "amem/references.bib").read_text(), re.MULTILINE))
PARTS = {"__init__.py", "experiment.py", "figures.py", "claims.py", "text.py", "live.py"}
QUESTIONS = [".".join(question.split(".")[-2:]) for question in questions()]
KEY = r"[a-z]+\d{4}[a-z_]+"


def texts() -> list[Path]:
    """Every text file of the project that is under version control or about to be."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    kept = (ROOT / name for name in names if Path(name).suffix not in (".png", ".pdf", ".npz", ".safetensors"))
    return [path for path in kept if path.is_file() and path != Path(__file__)]


def test_the_book_lists_every_chapter_and_no_other() -> None:
    assert sorted(press.topics()) == TOPICS
    assert TOPICS


@pytest.mark.parametrize("topic", TOPICS)
class TestChapter:
    def test_has_all_its_parts(self, topic: str) -> None:
        parts = [
            f"amem/chapters/{topic}/__init__.py",
            *(f"notebooks/{topic}.{kind}" for kind in ("py", "ipynb")),
            f"tests/chapters/test_{topic}.py",
        ]
        assert [part for part in parts if not (ROOT / part).is_file()] == []

    def test_names_its_papers(self, topic: str) -> None:
        named = set(re.findall(KEY, import_module(f"amem.chapters.{topic}").__doc__ or ""))
        assert named & BIBLIOGRAPHY
        assert named <= BIBLIOGRAPHY

    def test_notebook_equals_its_pair(self, topic: str) -> None:
        text, paired = (jupytext.read(ROOT / f"notebooks/{topic}.{kind}") for kind in ("py", "ipynb"))
        cells = [
            [(cell.cell_type, cell.source, cell.metadata.get("tags", [])) for cell in notebook.cells]
            for notebook in (text, paired)
        ]
        assert cells[0] == cells[1], f"run: .venv/bin/jupytext --to ipynb --update notebooks/{topic}.py"
        assert text.metadata.kernelspec == paired.metadata.kernelspec
        code = [cell for cell in paired.cells if cell.cell_type == "code"]
        assert [cell for cell in code if cell.outputs or cell.execution_count] == []

    def test_notebook_only_narrates(self, topic: str) -> None:
        cells = jupytext.read(ROOT / f"notebooks/{topic}.py").cells
        code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
        allowed = {"amem.book", f"amem.chapters.{topic}", "dataclasses"}
        allowed |= {f"amem.chapters.{question}" for question in QUESTIONS if question.startswith(f"{topic}.")}
        allowed |= {f"amem.chapters.{topic}.{path.stem}" for path in (ROOT / f"amem/chapters/{topic}").glob("*.py")}
        assert imported(ast.parse(code)) <= allowed

    def test_a_cell_uses_only_the_experiment_that_it_imports(self, topic: str) -> None:
        """The path to the code stands on the page: an experiment or a figure is named in the cell that uses it."""
        cells = jupytext.read(ROOT / f"notebooks/{topic}.py").cells
        for cell in (cell for cell in cells if cell.cell_type == "code"):
            tree = ast.parse(cell.source)
            taken = {
                alias.asname or alias.name
                for node in ast.walk(tree)
                if isinstance(node, ast.ImportFrom)
                for alias in node.names
            }
            for call in (
                node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            ):
                if call.func.id in ("record", "show"):
                    first = call.args[0]
                    assert isinstance(first, ast.Attribute) and ast.unparse(first.value) in taken, cell.source


@pytest.mark.parametrize("question", QUESTIONS)
class TestQuestion:
    def test_its_folder_holds_the_known_files(self, question: str) -> None:
        folder = ROOT / "amem/chapters" / question.replace(".", "/")
        files = {path.name for path in folder.iterdir() if path.name != "__pycache__"}
        assert {"__init__.py", "experiment.py"} <= files <= PARTS
        assert files & {"figures.py", "claims.py"}, "nothing is shown and nothing is claimed"
        assert len((import_module(f"amem.chapters.{question}").__doc__ or "").strip().splitlines()) == 1

    def test_has_presets_and_sources(self, question: str) -> None:
        assert {"quick", "full"} <= experiment_of(f"amem.chapters.{question}").presets.keys()
        claims = part(f"amem.chapters.{question}", "claims")
        assert [claim.id for claim in (claims.CLAIMS if claims else []) if claim.source.key not in BIBLIOGRAPHY] == []

    def test_titles_its_figures(self, question: str) -> None:
        figures = part(f"amem.chapters.{question}", "figures")
        for drawing in (value for value in vars(figures).values() if isinstance(value, Drawing)) if figures else ():
            first = re.split(r"(?<=[.?!])\s", " ".join(drawing.caption.split()))[0]
            assert len(first) <= 120 and "{" + "cite" not in first, drawing.id  # it heads the figure's page


def test_no_file_of_a_chapter_is_long() -> None:
    lines = {path: len(path.read_text().splitlines()) for path in (ROOT / "amem/chapters").rglob("*.py")}
    assert {str(path.relative_to(ROOT)): count for path, count in lines.items() if count > 250} == {}


def imported(tree: ast.AST) -> set[str]:
    """The modules that a program imports, `.` in front of a relative one."""
    modules = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return modules | {
        "." * node.level + (node.module or "") for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
    }


def test_every_cited_key_is_in_the_bibliography() -> None:
    cited = {}
    for path in [*SOURCES, *(ROOT / "book").glob("*.md"), *(ROOT / "notebooks").glob("*.py")]:
        text = path.read_text()
        keys = re.findall(rf"\[({KEY})[,\]]", text)
        for roles in re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", text):
            keys += [key.strip() for key in roles.split(",")]
        cited.update({key: path.name for key in keys})
    assert cited
    assert {key: name for key, name in cited.items() if key not in BIBLIOGRAPHY} == {}


def test_no_pickle_no_global_chance_no_relative_import() -> None:
    found = []
    for path in SOURCES:
        tree = ast.parse(path.read_text())
        found += [f"{path.name}: {module}" for module in imported(tree) if module.startswith((".", "pickle"))]
        for node in ast.walk(tree):
            named = ast.unparse(node) if isinstance(node, ast.Attribute) else ""
            kept = isinstance(node, ast.keyword) and node.arg == "allow_pickle"
            if kept or re.search(r"manual_seed$|random\.seed$|joblib\.Memory$|torch\.(load|save)$", named):
                found.append(f"{path.name}:{node.lineno}")
    # a generator of one's own may be seeded, from its name, in one place
    assert [use for use in found if not use.startswith("seeds.py")] == []


def test_no_module_for_odds_and_ends() -> None:
    assert [path.name for path in SOURCES if path.stem in ("utils", "helpers", "common", "misc")] == []


def test_no_path_of_one_machine() -> None:
    pattern = re.compile(r"/(?:home|Users|root|mnt)/\w|[A-Z]:\\\\Users|file:///")
    lines = [(path.name, line) for path in texts() for line in path.read_text().splitlines()]
    assert [line for line in lines if pattern.search(line[1])] == []


def test_the_lock_pins_every_dependency() -> None:
    lines = [line for line in (ROOT / "requirements.lock").read_text().splitlines() if not line.startswith("#")]
    pinned = {re.match(r"([a-z0-9.-]+)==[\w.!+-]+( ;.*)?$", line) for line in lines}
    assert None not in pinned
    names = {match[1] for match in pinned}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = sum(project["optional-dependencies"].values(), project["dependencies"])
    assert {re.split(r"[\[<>=]", requirement)[0] for requirement in wanted} - names == set()


def test_the_environment_installs_the_lock() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    assert environment["dependencies"][-1]["pip"] == ["-r requirements.lock", "-e ."]


def test_make_lists_its_targets() -> None:
    targets = re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert set(targets) == {"help", "book", "test", "figures", "full", "bench", "lint", "lab", "serve", "clean"}


def test_the_repository_is_named_once() -> None:
    url = yaml.safe_load((ROOT / "_config.yml").read_text())["repository"]["url"]
    assert [str(path.relative_to(ROOT)) for path in texts() if url in path.read_text()] == ["_config.yml"]


@pytest.mark.parametrize("topic", TOPICS)
def test_kept_results_of_a_chapter_stay_small(topic: str) -> None:
    files = (ROOT / "book/results").glob(f"*/{topic}/*")
    assert sum(path.stat().st_size for path in files) <= (2e6 if topic == "in_context" else 1.4e6)

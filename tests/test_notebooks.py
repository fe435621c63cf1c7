"""Every notebook, run by papermill in a clean kernel under the quick preset, as the press runs it for the site."""

import re
from pathlib import Path

import nbformat
import pages
import press
import pytest

TOPICS = press.topics()


@pytest.fixture(params=TOPICS)
def notebook(request: pytest.FixtureRequest, site: Path) -> nbformat.NotebookNode:
    topic = request.param
    assert press.is_current(topic, "quick", "auto")
    return nbformat.read(press.executed(topic, "quick") / "notebook.ipynb", as_version=4)


def test_every_cell_ran_in_order_and_in_silence(notebook: nbformat.NotebookNode) -> None:
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    outputs = [output for cell in code for output in cell.outputs]
    assert [output for output in outputs if output.output_type == "error" or output.get("name") == "stderr"] == []


def test_every_show_left_a_picture(notebook: nbformat.NotebookNode) -> None:
    for cell in (cell for cell in notebook.cells if cell.cell_type == "code"):
        pictures = [output.data for output in cell.outputs if pages.FIGURE in output.get("data", {})]
        assert len(pictures) == len(re.findall(r"^show\(", cell.source, re.MULTILINE)), cell.source
        for data in pictures:
            assert data["image/svg+xml"].lstrip().startswith("<?xml")
            assert data["image/svg+xml"].count("<path") > 5  # more than an empty frame
            assert data["text/plain"] == data[pages.FIGURE]["alt"]


def test_the_claims_were_judged(notebook: nbformat.NotebookNode) -> None:
    claims = [claim for table in pages.shown(notebook, pages.CLAIMS) for claim in table["claims"]]
    assert claims
    assert [claim["id"] for claim in claims if claim["verdict"] == "not reproduced" and not claim["finding"]] == []

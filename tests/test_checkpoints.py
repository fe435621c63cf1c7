"""Names of files for learned weights: the same for the same thing, another for any other."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from amem import checkpoints
from amem.chapters.in_context.learners import PAPER_SIZE, SMALL, learned, taught
from amem.checkpoints import checkpoint

HERE = checkpoint(learned, SMALL, "a kind", 0)


def test_the_same_thing_has_the_same_name() -> None:
    assert checkpoint(learned, replace(SMALL), "a kind", 0) == HERE
    assert HERE.suffix == ".safetensors" and HERE.name.startswith("learned-a-kind-0-")
    assert checkpoint(learned, SMALL, "a kind", np.int64(0)) == HERE
    assert HERE.parts[-3:-1] == ("checkpoints", "in_context")


@pytest.mark.parametrize(
    "other",
    [
        checkpoint(learned, replace(SMALL, width=64), "a kind", 0),
        checkpoint(learned, PAPER_SIZE, "a kind", 0),
        checkpoint(learned, replace(SMALL, device="cuda"), "a kind", 0),
        checkpoint(learned, SMALL, "another kind", 0),
        checkpoint(learned, SMALL, "a kind", 1),
        checkpoint(learned, SMALL, "a-kind", 0),
        checkpoint(taught, SMALL, "a kind", 0),
    ],
)
def test_anything_else_has_another(other: Path) -> None:
    assert other != HERE


def test_changed_code_reads_no_old_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "source_hash", lambda module: "the source after an edit")
    assert checkpoint(learned, SMALL, "a kind", 0) != HERE

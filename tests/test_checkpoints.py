"""Names of files for learned weights: the same for the same thing, another for any other."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from amem import checkpoints
from amem.chapters.in_context.experiments import PRESETS
from amem.chapters.in_context.learners import learned, taught
from amem.checkpoints import checkpoint

QUICK = PRESETS["quick"]
HERE = checkpoint(learned, QUICK, "a kind", 0)


def test_the_same_thing_has_the_same_name() -> None:
    assert checkpoint(learned, replace(QUICK), "a kind", 0) == HERE
    assert HERE.suffix == ".safetensors" and HERE.name.startswith("learned-a-kind-0-")
    assert checkpoint(learned, QUICK, "a kind", np.int64(0)) == HERE
    assert HERE.parts[-3:-1] == ("checkpoints", "in_context")


@pytest.mark.parametrize(
    "other",
    [
        checkpoint(learned, replace(QUICK, width=64), "a kind", 0),
        checkpoint(learned, PRESETS["full"], "a kind", 0),
        checkpoint(learned, replace(QUICK, device="cuda"), "a kind", 0),
        checkpoint(learned, QUICK, "another kind", 0),
        checkpoint(learned, QUICK, "a kind", 1),
        checkpoint(learned, QUICK, "a-kind", 0),
        checkpoint(taught, QUICK, "a kind", 0),
    ],
)
def test_anything_else_has_another(other: Path) -> None:
    assert other != HERE


def test_changed_code_reads_no_old_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkpoints, "_source", lambda module: "the source after an edit")
    assert checkpoint(learned, QUICK, "a kind", 0) != HERE

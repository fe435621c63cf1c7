"""Training shared by two processes gives the weights of one: gradients are those of the whole batch.

Run as a program, this file is one of the processes.
"""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.distributed as dist
from test_contrastive import BOX, DIVERGENCE, TRAINING, flat, kept_at, network, pairs, rows

from amem.learning import networks, weights
from amem.learning.contrastive import train
from amem.learning.objectives import Ranking, uniform

PROCESSES = 2
RUNS: dict[str, Any] = {"divergence": DIVERGENCE, "ranking": Ranking(), "begun": DIVERGENCE, "not averaged": DIVERGENCE}


def share(rank: int, folder: Path) -> None:
    """Take part in all runs, and keep what this process has got."""
    meeting = f"file://{folder / 'meeting'}"
    dist.init_process_group(
        "gloo", init_method=meeting, rank=rank, world_size=PROCESSES, timeout=timedelta(seconds=300)
    )
    average = dist.all_reduce
    for name, objective in RUNS.items():
        dist.all_reduce = (lambda _: None) if name == "not averaged" else average
        made, checkpoint = network(), kept_at(folder / f"{name}.run") if objective is DIVERGENCE else None
        history = train(made, pairs, uniform(BOX), objective, TRAINING, checkpoint=checkpoint, report_every=2)
        networks.save(folder / f"{name}.{rank}.safetensors", made, {"rows": rows(history).tolist()})
    try:
        train(network(), lambda rng: pairs(rng)[:3], uniform(BOX), Ranking(), TRAINING)
    except ValueError as error:
        (folder / f"refused.{rank}").write_text(str(error))
    dist.destroy_process_group()


if __name__ == "__main__":
    torch.set_num_threads(1)
    share(int(sys.argv[1]), Path(sys.argv[2]))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """What two processes have left in a folder, where a run had been begun by one, and what they have said."""
    folder = tmp_path_factory.mktemp("shared")
    half = replace(TRAINING, updates=2)
    train(network(), pairs, uniform(BOX), DIVERGENCE, half, checkpoint=kept_at(folder / "begun.run"))
    command = [sys.executable, __file__]
    processes = [
        subprocess.Popen([*command, str(rank), str(folder)], stderr=subprocess.PIPE, text=True)
        for rank in range(PROCESSES)
    ]
    try:
        said = [process.communicate(timeout=600)[1] for process in processes]
    finally:
        for process in processes:
            process.kill()
    assert [process.returncode for process in processes] == [0] * PROCESSES, said
    return folder, said


def got(folder: Path, name: str, rank: int) -> tuple[torch.Tensor, torch.Tensor]:
    made, card = networks.load(folder / f"{name}.{rank}.safetensors")
    return flat(made), torch.tensor(card["rows"], dtype=torch.float64)


@pytest.mark.parametrize("name", ["divergence", "ranking", "begun"])
def test_two_processes_are_one(name: str, shared: tuple[Path, list[str]]) -> None:
    """To the rounding of a sum: weights, losses and the norms of the gradients; and both have the same bits."""
    one = network()
    seen = rows(train(one, pairs, uniform(BOX), RUNS[name], TRAINING))
    (first, first_seen), (second, second_seen) = (got(shared[0], name, rank) for rank in range(PROCESSES))
    assert torch.equal(first, second) and torch.equal(first_seen, second_seen)
    assert (first - flat(one)).abs().max() < 1e-13
    assert (first_seen - seen).abs().max() < 1e-13 * (1 + seen.abs().max())


def test_gradients_that_are_not_averaged_are_seen(shared: tuple[Path, list[str]]) -> None:
    one = network()
    train(one, pairs, uniform(BOX), DIVERGENCE, TRAINING)
    both = [got(shared[0], "not averaged", rank)[0] for rank in range(PROCESSES)]
    assert all((found - flat(one)).abs().max() > 1e-4 for found in both) and not torch.equal(*both)


def test_checkpoint_is_of_the_whole_batch(shared: tuple[Path, list[str]], tmp_path: Path) -> None:
    """One process goes on from it as from its own."""
    train(network(), pairs, uniform(BOX), DIVERGENCE, TRAINING, checkpoint=kept_at(tmp_path / "run"))
    for name in ("divergence", "begun"):
        (theirs, card), (ours, own) = weights.kept(shared[0] / f"{name}.run"), weights.kept(tmp_path / "run")
        assert card == own and theirs.keys() == ours.keys()
        assert all((theirs[key] - ours[key]).abs().max() < 1e-13 for key in ours)
    longer = replace(TRAINING, updates=6)
    (shared[0] / "go on.run").write_bytes((shared[0] / "divergence.run").read_bytes())
    one, other = network(), network()
    train(one, pairs, uniform(BOX), DIVERGENCE, longer, checkpoint=kept_at(shared[0] / "go on.run"))
    train(other, pairs, uniform(BOX), DIVERGENCE, longer)
    assert (flat(one) - flat(other)).abs().max() < 1e-13


def test_one_process_speaks(shared: tuple[Path, list[str]]) -> None:
    first, second = ([line for line in said.splitlines() if line.startswith("update")] for said in shared[1])
    assert len(first) == 7 and not second


def test_batch_that_cannot_be_shared_is_refused(shared: tuple[Path, list[str]]) -> None:
    said = {json.dumps((shared[0] / f"refused.{rank}").read_text()) for rank in range(PROCESSES)}
    assert said == {json.dumps("draw: wanted a batch that 2 processes share equally, got 3")}

"""Learning an energy from points and their negatives: contrastive divergence, and ranking as the road beside it.

The trainer runs in one process or, under ``torchrun``, in as many as there are devices. Chance is drawn for the whole
batch in every process, by the name of the update, and each takes its part: the weights do not depend on the number of
processes, and a run that was killed goes on as if nothing had happened.
"""

import json
import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from functools import partial
from typing import cast

import torch
import torch.distributed as dist
from torch import Tensor

from amem import checks
from amem.dynamics.noisy import NoisyDescent
from amem.energies.in_context import InContextEnergy
from amem.files import prepare
from amem.learning.objectives import WINDOW, ContrastiveDivergence, Draw, Ranking, Start
from amem.learning.training import Checkpoint, History, Training
from amem.learning.weights import keep, kept, sayable
from amem.seeds import generator

Walk = Callable[[Tensor, Tensor, Tensor], Tensor]
"""Where the sampler ends, from sequences, negatives and the normal numbers of all its steps."""


@torch.inference_mode(False)
@torch.enable_grad()
def train(
    network: InContextEnergy,
    draw: Draw,
    start: Start,
    objective: ContrastiveDivergence | Ranking,
    training: Training,
    *,
    checkpoint: Checkpoint | None = None,
    report_every: int = 0,
) -> History:
    """Teach the network, in place, the energies of the sequences that `draw` gives.

    A run that finds its own checkpoint goes on from it, to the same bits. Every `report_every` updates a line goes to
    standard error. Training that cannot go on, because a number is not finite or the gap has run away, stops and says
    why. Waits for the device once an update.

    Raises ValueError for a checkpoint that is not whole or of another run (another network or precision, objective or
    training, or one that is said to be about something else), for sequences and negatives of other shapes than the
    network and `training` ask for, for a batch that the processes cannot share equally, and for a network that was made
    under `torch.inference_mode`; PermissionError, before the first update, for a checkpoint that cannot be written.
    """
    report_every = checks.count("report_every", report_every, least=0)
    if any(parameter.is_inference() for parameter in network.parameters()):
        raise ValueError("network: wanted one that can learn, got one made under torch.inference_mode")
    run = _Run(network, draw, start, objective, training)
    if checkpoint is not None:
        sayable("checkpoint", run.card(checkpoint.about))
        prepare(checkpoint.path.parent)
        if checkpoint.path.exists():
            run.resume(checkpoint)
    while run.stopped is None and run.done < training.updates:
        run.update()
        over = run.stopped is not None or run.done == training.updates
        if checkpoint is not None and (over or (checkpoint.every and run.done % checkpoint.every == 0)):
            run.keep(checkpoint)
        if report_every and run.rank == 0 and (over or run.done % report_every == 0):
            print(run.line(), file=sys.stderr, flush=True)
    return run.history()


def _walk(
    network: InContextEnergy, sampler: NoisyDescent, sequences: Tensor, negatives: Tensor, noise: Tensor
) -> Tensor:
    """As many steps as there is noise, (steps, batch, r, t, d), in landscapes that are read once and have no graph."""
    with torch.no_grad():
        landscape = network.prefixes(sequences)
    for draw in noise:
        negatives = sampler.move(landscape, negatives, draw)
    return negatives


def _captured(walk: Walk, *first: Tensor) -> Walk:
    """On a GPU one CUDA graph of all steps, which reads where the first batch stays; elsewhere the walk itself."""
    if first[0].device.type != "cuda":
        return walk
    return cast("Walk", torch.cuda.make_graphed_callables(walk, tuple(tensor.clone() for tensor in first)))


class _Run:
    """A run, in one of the processes that share it."""

    def __init__(
        self,
        network: InContextEnergy,
        draw: Draw,
        start: Start,
        objective: ContrastiveDivergence | Ranking,
        training: Training,
    ) -> None:
        self.network, self.draw, self.start, self.objective, self.training = network, draw, start, objective, training
        self.rank, self.processes = (dist.get_rank(), dist.get_world_size()) if dist.is_initialized() else (0, 1)
        self.parameters = list(network.parameters())
        self.device, self.dtype = self.parameters[0].device, self.parameters[0].dtype
        self.optimiser = torch.optim.Adam(
            self.parameters, lr=training.rate, eps=training.epsilon, weight_decay=training.decay, fused=True
        )
        self.stopped: str | None = None
        self.rows: list[list[float]] = []
        self.shown: tuple[Tensor, Tensor] | None = None
        self.walk: Walk | None = None
        self.replay = objective.replay if isinstance(objective, ContrastiveDivergence) else 0.0

    @property
    def done(self) -> int:
        return len(self.rows)

    def update(self) -> None:
        """One step of the optimiser, or none and a reason to stop."""
        sequences, negatives = self._begin()
        # the graph of the sampler allows no cache of converted weights
        with torch.autocast(self.device.type, torch.bfloat16, self.training.bfloat16, cache_enabled=False):
            if isinstance(self.objective, ContrastiveDivergence):
                negatives = self._walked(self.objective, sequences, negatives)
            energies = self.network.prefixes(sequences)(torch.cat([sequences[:, None], negatives], 1)).to(self.dtype)
        positive, negative = energies[:, 0], energies[:, 1:]
        loss = self.objective.loss(positive, negative)
        self.optimiser.zero_grad()
        loss.backward()
        seen = self._shared(torch.stack([loss, positive.mean(), negative.mean()]).detach())
        norm = torch.nn.utils.clip_grad_norm_(self.parameters, self.training.norm)
        self.rows.append([*seen.double().tolist(), norm.item()])
        self.stopped = self._trouble()
        if all(map(math.isfinite, self.rows[-1])):
            self.optimiser.step()
        if self.replay:
            self.shown = sequences, negatives

    def _begin(self) -> tuple[Tensor, Tensor]:
        """Sequences, and where their negatives begin: new ones, and those that are shown once more."""
        drawn = self.draw(self._chance("sequences"))
        if drawn.ndim != 3 or drawn.shape[1] > self.network.length or drawn.shape[2] != self.network.dimension:
            wanted = f"(batch, t, {self.network.dimension}) with t at most {self.network.length}"
            raise ValueError(f"draw: wanted sequences of shape {wanted}, got {tuple(drawn.shape)}")
        begun = self.start(drawn, self.training.negatives, self._chance("start"))
        if begun.shape != (wanted := (len(drawn), self.training.negatives, *drawn.shape[1:])):
            raise ValueError(f"start: wanted negatives of shape {wanted}, got {tuple(begun.shape)}")
        sequences, negatives = self._part(drawn), self._part(begun)
        if self.shown is not None:
            chance = torch.rand(len(drawn), generator=self._chance("replay"), dtype=torch.float64)
            again = self._part(chance) < self.replay
            sequences = torch.where(again[:, None, None], self.shown[0], sequences)
            negatives = torch.where(again[:, None, None, None], self.shown[1], negatives)
        return sequences, negatives

    def _walked(self, objective: ContrastiveDivergence, sequences: Tensor, negatives: Tensor) -> Tensor:
        """Where the sampler leads the negatives."""
        shape = (self.processes * len(negatives), objective.steps, *negatives.shape[1:])
        noise = self._part(torch.randn(shape, generator=self._chance("noise"), dtype=torch.float64)).movedim(1, 0)
        if self.walk is None:
            self.walk = _captured(partial(_walk, self.network, objective.sampler), sequences, negatives, noise)
        return self.walk(sequences, negatives, noise)

    def _shared(self, seen: Tensor) -> Tensor:
        """Average the gradients, and what was seen, over the processes."""
        if self.processes == 1:
            return seen
        gradients = [parameter.grad for parameter in self.parameters if parameter.grad is not None]
        flat = torch.cat([*(gradient.flatten() for gradient in gradients), seen]) / self.processes
        dist.all_reduce(flat)
        *means, seen = flat.split([*(gradient.numel() for gradient in gradients), len(seen)])
        for gradient, mean in zip(gradients, means, strict=True):
            gradient.copy_(mean.view_as(gradient))
        return seen

    def _trouble(self) -> str | None:
        """Why training cannot go on, and what may help."""
        if not all(map(math.isfinite, self.rows[-1])):
            return (
                f"the loss or its gradient is not finite at update {self.done}: "
                "a smaller step or rate, clipping of the sampler's moves or a box may help"
            )
        if isinstance(self.objective, ContrastiveDivergence) and self.done >= WINDOW:
            return self.objective.trouble([row[1] - row[2] for row in self.rows[-WINDOW:]], self.done)
        return None

    def _chance(self, what: str) -> torch.Generator:
        return generator("contrastive", self.training.seed, self.done, what)

    def _part(self, whole: Tensor) -> Tensor:
        """This process's share of a batch, where the network is."""
        if len(whole) % self.processes:
            raise ValueError(f"draw: wanted a batch that {self.processes} processes share equally, got {len(whole)}")
        share = len(whole) // self.processes
        return whole[self.rank * share : (self.rank + 1) * share].to(self.device, self.dtype)

    def history(self) -> History:
        rows = torch.tensor(self.rows, dtype=torch.float64).reshape(-1, 4)
        return History(*rows.T, stopped=self.stopped)

    def line(self) -> str:
        loss, positive, negative, norm = self.rows[-1]
        numbers = f"loss {loss:.3g}, gap {positive - negative:.3g}, E₊ {positive:.3g}, gradient {norm:.3g}"
        return f"update {self.done} of {self.training.updates}: {numbers}{'; ' + self.stopped if self.stopped else ''}"

    def card(self, about: Mapping[str, object]) -> dict[str, object]:
        """What makes a run this run."""
        training = asdict(self.training)
        del training["updates"]  # a longer run goes on where a shorter one has ended
        objective = {"name": type(self.objective).__name__, **asdict(self.objective)}
        made = {"network": self.network.config, "dtype": str(self.dtype), "objective": objective, "training": training}
        return {**made, "about": about}

    def keep(self, checkpoint: Checkpoint) -> None:
        """Write the state of the run, all processes' parts of it, by the first of them."""
        tensors = {f"network.{name}": tensor for name, tensor in self.network.state_dict().items()}
        for number, moments in self.optimiser.state_dict()["state"].items():
            tensors |= {f"adam.{number}.{name}": moment for name, moment in moments.items()}
        if self.shown is not None:
            for name, part in zip(("sequences", "negatives"), self.shown, strict=True):
                parts = [torch.empty_like(part) for _ in range(self.processes)]
                if self.processes > 1:
                    dist.all_gather(parts, part.contiguous())
                tensors[name] = torch.cat(parts) if self.processes > 1 else part
        tensors["rows"] = torch.tensor(self.rows, dtype=torch.float64)
        if self.rank == 0:
            keep(checkpoint.path, tensors, {**self.card(checkpoint.about), "stopped": self.stopped})

    def resume(self, checkpoint: Checkpoint) -> None:
        """Take up the state that `keep` has written."""
        tensors, card = kept(checkpoint.path)
        stopped, own = card.pop("stopped", None), self.card(checkpoint.about)
        if card != json.loads(json.dumps(own)):
            raise ValueError(f"checkpoint: wanted one of the run {own}, got {card}")
        if len(tensors["rows"]) > self.training.updates:
            raise ValueError(f"checkpoint: wanted at most {self.training.updates} updates, got {len(tensors['rows'])}")
        moments: dict[int, dict[str, Tensor]] = {number: {} for number in range(len(self.parameters))}
        weights: dict[str, Tensor] = {}
        for name, value in tensors.items():
            match name.split("."):
                case ["network", *rest]:
                    weights[".".join(rest)] = value
                case ["adam", number, moment]:
                    moments[int(number)][moment] = value
                case _:
                    pass
        self.network.load_state_dict(weights)
        self.optimiser.load_state_dict({**self.optimiser.state_dict(), "state": moments})
        self.stopped = None if stopped is None else str(stopped)
        self.rows = tensors["rows"].tolist()
        if self.replay:
            self.shown = self._part(tensors["sequences"]), self._part(tensors["negatives"])

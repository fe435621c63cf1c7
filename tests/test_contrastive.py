"""Contrastive training against the straightforward way to do it, and against exact likelihoods; and wrong ways."""

import copy
import json
import math
import pickle
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from strategies import refused, type_checker_away
from torch import Tensor, nn

from amem.dynamics.noisy import NoisyDescent
from amem.energies.in_context import InContextEnergy
from amem.learning import contrastive, networks
from amem.learning.contrastive import train
from amem.learning.objectives import ContrastiveDivergence, Ranking, uniform
from amem.learning.training import Checkpoint, History, Training
from amem.seeds import generator

BATCH, LENGTH, BOX = 4, 4, 3.0
SAMPLER = NoisyDescent(step=0.3, noise=0.2, noise_first=True, clip=0.2, box=BOX)
DIVERGENCE = ContrastiveDivergence(sampler=SAMPLER, steps=3, penalty=0.05, replay=0.5, runaway=None)
TRAINING = Training(updates=4, negatives=2, rate=0.02, epsilon=1e-3, decay=0.1, norm=0.05, seed=3)


def network() -> InContextEnergy:
    """Small and in double precision; its weights are large enough for wells within the box."""
    made = InContextEnergy(
        dimension=2,
        layers=2,
        heads=2,
        width=8,
        hidden=12,
        length=LENGTH + 1,
        positions=True,
        invariant=False,
        rng=generator("tests", "contrastive"),
    )
    return made.double()


def pairs(rng: torch.Generator) -> Tensor:
    """Sequences around a mean of their own."""
    centre = torch.randn(BATCH, 1, 2, generator=rng, dtype=torch.float64)
    return centre + 0.3 * torch.randn(BATCH, LENGTH, 2, generator=rng, dtype=torch.float64)


def flat(made: InContextEnergy) -> Tensor:
    return torch.cat([parameter.detach().flatten() for parameter in made.parameters()])


kept_at = partial(Checkpoint, about={"data": "pairs", "start": BOX})


def trained(
    objective: ContrastiveDivergence | Ranking, training: Training = TRAINING, path: Path | None = None
) -> Tensor:
    made = network()
    train(made, pairs, uniform(BOX), objective, training, checkpoint=None if path is None else kept_at(path))
    return flat(made)


# --- the straightforward way: a pass for every prefix, autograd for every step, every formula written out -------------


def prefix_energies(made: InContextEnergy, sequences: Tensor, points: Tensor, late: int = 0) -> Tensor:
    """(b, r, t) from points (b, r, t, d)."""
    columns = [made.given(sequences[:, : n + late])(points[:, :, n]) for n in range(LENGTH)]
    return torch.stack(columns, -1)


def walked(made: InContextEnergy, rule: NoisyDescent, sequences: Tensor, x: Tensor, noise: Tensor, flaw: str) -> Tensor:
    x = x.requires_grad_()
    first = rule.noise_first != (flaw == "noise on the other side")
    for draw in noise.unbind(1):
        draw = noise[:, 0] if flaw == "the same noise at every step" else draw
        x = x + rule.noise * draw if first else x
        energy = prefix_energies(made, sequences, x).sum()
        (gradient,) = torch.autograd.grad(energy, x, create_graph=True)
        move = (rule.step * gradient).clamp(-rule.clip, rule.clip)  # pyright: ignore[reportOptionalOperand]
        x = x - move if first else x - move + rule.noise * draw
        x = x.clamp(-BOX, BOX) if flaw != "no box" else x
    return x if flaw == "gradient through the sampler" else x.detach()


def straightforward(objective: ContrastiveDivergence | Ranking, training: Training, flaw: str = "") -> Tensor:
    made = network()
    parameters = list(made.parameters())
    first_moment, second_moment = ([torch.zeros_like(p) for p in parameters] for _ in range(2))
    shown: tuple[Tensor, Tensor] | None = None
    for update in range(training.updates):

        def chance(what: str, update: int = update) -> torch.Generator:
            return generator("contrastive", training.seed, update, what)

        sequences = pairs(chance("sequences"))
        negatives = uniform(BOX)(sequences, training.negatives, chance("start"))
        if isinstance(objective, ContrastiveDivergence):
            again = torch.rand(BATCH, generator=chance("replay"), dtype=torch.float64) < objective.replay
            if shown is not None and flaw != "no replay":
                for index in again.nonzero().flatten().tolist():
                    if flaw != "old negatives under a new sequence":
                        sequences[index] = shown[0][index]
                    if flaw != "an old sequence with new negatives":
                        negatives[index] = shown[1][index]
            shape = (BATCH, objective.steps, *negatives.shape[1:])
            noise = torch.randn(shape, generator=chance("noise"), dtype=torch.float64)
            negatives = walked(made, objective.sampler, sequences, negatives, noise, flaw)
            shown = sequences, negatives.detach().clone()
        late = int(flaw == "a negative sees its own target")
        positive = prefix_energies(made, sequences, sequences[:, None])
        negative = prefix_energies(made, sequences, negatives, late)
        if isinstance(objective, ContrastiveDivergence):
            penalty = -objective.penalty if flaw == "penalty of the other sign" else objective.penalty
            size = positive.square().mean()
            size = size + (0 if flaw == "penalty on the points alone" else negative.square().mean())
            lowered = negative.sum(1).mean() if flaw == "a sum over negatives" else negative.mean()
            loss = (positive.mean() - lowered) * (-1 if flaw == "the wrong way" else 1) + penalty * size
        else:
            others = (-negative).exp().sum(1, keepdim=True)
            total = others + (0 if flaw == "the point is not among them" else (-positive).exp())
            loss = (positive + total.log()).mean()
        gradients = torch.autograd.grad(loss, parameters)
        length = torch.cat([gradient.flatten() for gradient in gradients]).norm()
        for index, (parameter, gradient) in enumerate(zip(parameters, gradients, strict=True)):
            shrunk = gradient if flaw == "no bound on the norm" else gradient * min(1, training.norm / (length + 1e-6))
            if flaw == "a bound on every entry":
                shrunk = gradient.clamp(-training.norm, training.norm)
            with torch.no_grad():
                if flaw == "decay apart from the gradient":
                    parameter.mul_(1 - training.rate * training.decay)
                else:
                    shrunk = shrunk + training.decay * parameter
                first_moment[index].mul_(0.9).add_(0.1 * shrunk)
                second_moment[index].mul_(0.999).add_(0.001 * shrunk.square())
                mean, square = (
                    first_moment[index] / (1 - 0.9 ** (update + 1)),
                    second_moment[index] / (1 - 0.999 ** (update + 1)),
                )
                epsilon = training.epsilon
                root = (square + epsilon).sqrt() if flaw == "ε inside the root" else square.sqrt() + epsilon
                parameter.sub_(training.rate * mean / root)
    return flat(made)


DIVERGENCE_FLAWS = [
    "gradient through the sampler",
    "noise on the other side",
    "the same noise at every step",
    "no box",
    "no replay",
    "old negatives under a new sequence",
    "an old sequence with new negatives",
    "a negative sees its own target",
    "penalty of the other sign",
    "penalty on the points alone",
    "a sum over negatives",
    "the wrong way",
    "no bound on the norm",
    "a bound on every entry",
    "decay apart from the gradient",
    "ε inside the root",
]
RANKING_FLAWS = ["a negative sees its own target", "the point is not among them", "no bound on the norm"]


@pytest.fixture(scope="module")
def by_divergence() -> Tensor:
    return trained(DIVERGENCE)


@pytest.fixture(scope="module")
def by_ranking() -> Tensor:
    return trained(Ranking())


def test_training_is_the_straightforward_way(by_divergence: Tensor, by_ranking: Tensor) -> None:
    for objective, found in ((DIVERGENCE, by_divergence), (Ranking(), by_ranking)):
        assert (found - straightforward(objective, TRAINING)).abs().max() < 1e-11
        assert (found - flat(network())).abs().max() > 0.01
    late = replace(DIVERGENCE, sampler=replace(SAMPLER, noise_first=False))
    assert (trained(late) - straightforward(late, TRAINING)).abs().max() < 1e-11


@pytest.mark.parametrize("flaw", DIVERGENCE_FLAWS)
def test_mutant_of_contrastive_divergence_is_rejected(flaw: str, by_divergence: Tensor) -> None:
    assert (by_divergence - straightforward(DIVERGENCE, TRAINING, flaw)).abs().max() > 1e-5


@pytest.mark.parametrize("flaw", RANKING_FLAWS)
def test_mutant_of_ranking_is_rejected(flaw: str, by_ranking: Tensor) -> None:
    assert (by_ranking - straightforward(Ranking(), TRAINING, flaw)).abs().max() > 1e-5


# --- what the losses are ----------------------------------------------------------------------------------------------


def plain(penalty: float = 0.0) -> ContrastiveDivergence:
    return replace(DIVERGENCE, penalty=penalty)


class TestLoss:
    def test_gradient_in_each_energy(self) -> None:
        """(1 + 2λE₊)/bt of a point, (2λE₋ − 1)/brt of a negative: data go down, negatives up, both towards zero."""
        rng = generator("tests", "loss")
        positive = torch.randn(3, 5, generator=rng, dtype=torch.float64, requires_grad=True)
        negative = torch.randn(3, 2, 5, generator=rng, dtype=torch.float64, requires_grad=True)
        up, down = torch.autograd.grad(plain(0.3).loss(positive, negative), (positive, negative))
        assert torch.allclose(up, (1 + 0.6 * positive) / 15, atol=1e-15)
        assert torch.allclose(down, (0.6 * negative - 1) / 30, atol=1e-15)

    @pytest.mark.parametrize("k", [0.25, 1.0, 9.2])
    def test_exact_sampling_of_a_gaussian(self, k: float) -> None:
        """T1.3: with E = kx²/2 and negatives from exp(−E), the slope in k is ½(mean x₊² − 1/k): |z| ≤ 4."""
        rng, count = generator("tests", "gaussian", k), 200_000
        data = 0.7 * torch.randn(count, 1, generator=rng, dtype=torch.float64)
        negatives = torch.randn(count, 1, 1, generator=rng, dtype=torch.float64) / math.sqrt(k)
        curvature = torch.tensor(k, dtype=torch.float64, requires_grad=True)
        loss = plain().loss(curvature * data.square() / 2, curvature * negatives.square() / 2)
        (slope,) = torch.autograd.grad(loss, curvature)
        assert math.isclose(slope.item(), (data.square().mean() - negatives.square().mean()).item() / 2, rel_tol=1e-12)
        expected = (data.square().mean().item() - 1 / k) / 2
        z = (slope.item() - expected) / (math.sqrt(2 / count) / k / 2)
        assert abs(z) <= 4, f"z = {z:.2f}"

    def test_ranking_is_the_cross_entropy_of_the_point(self) -> None:
        rng = generator("tests", "loss")
        positive, negative = torch.randn(3, 5, generator=rng), torch.randn(3, 2, 5, generator=rng)
        logits = -torch.cat([positive[:, None], negative], 1).movedim(1, -1).flatten(0, 1)
        wanted = nn.functional.cross_entropy(logits, torch.zeros(15, dtype=torch.long))
        assert torch.allclose(Ranking().loss(positive, negative), wanted)

    @pytest.mark.parametrize("count", [1, 5])
    @pytest.mark.parametrize(
        ("energy", "at_rest"), [("−log p + 3", True), ("−log p / 2", False), ("−log p + x", False)]
    )
    def test_ranking_rests_at_the_likelihood(self, count: int, energy: str, at_rest: bool) -> None:
        """At E = −log p + constant no change of a histogram's energies lowers it, at any number of negatives; at
        another E some do: z of the slope in every bin."""
        rng, cases = generator("tests", "ranking", count), 40_000
        log_p = torch.tensor([0.1, 0.4, 0.2, 0.25, 0.05], dtype=torch.float64).log()
        level = {"−log p + 3": 3 - log_p, "−log p / 2": -log_p / 2, "−log p + x": -log_p + torch.arange(5) / 5}[energy]
        data = torch.multinomial(log_p.exp().expand(cases, -1), 1, generator=rng)
        negatives = torch.randint(5, (cases, count, 1), generator=rng)
        table = level.expand(cases, -1).clone().requires_grad_()
        loss = Ranking().loss(table.gather(1, data), table[:, None].expand(-1, count, -1).gather(2, negatives))
        (slopes,) = torch.autograd.grad(loss * cases, table)
        z = slopes.mean(0) / slopes.std(0) * math.sqrt(cases)
        assert (z.abs().max().item() <= 4) is at_rest, f"z = {z.tolist()}"


class Grid:
    """The energies of a network on a grid in the box: there likelihoods and their gradients are sums."""

    def __init__(self, made: InContextEnergy, sequences: Tensor, across: int) -> None:
        axis = torch.linspace(-BOX, BOX, across, dtype=torch.float64)
        self.points, self.sequences, self.made = torch.cartesian_prod(axis, axis), sequences, made
        self.area = (axis[1] - axis[0]).item() ** 2
        on_grid = self.points[None, :, None].expand(BATCH, -1, LENGTH, -1)
        self.energies = made.negatives(sequences, on_grid)

    def likelihood_gradient(self) -> Tensor:
        """Of the mean −log p(x_n | x_{<n}), normalised on the grid."""
        nll = (self.made(self.sequences) + (-self.energies).logsumexp(1) + math.log(self.area)).mean()
        return torch.cat([g.flatten() for g in torch.autograd.grad(nll, list(self.made.parameters()))])

    def draw(self, count: int, rng: torch.Generator) -> Tensor:
        """Points from exp(−E)/Z, (b, count, t, d)."""
        chance = (-self.energies.detach()).softmax(1).transpose(1, 2).flatten(0, 1)
        chosen = torch.multinomial(chance, count, replacement=True, generator=rng)
        return self.points[chosen].unflatten(0, (BATCH, LENGTH)).transpose(1, 2)


def divergence_gradient(made: InContextEnergy, sequences: Tensor, negatives: Tensor) -> Tensor:
    loss = plain().loss(made(sequences), made.negatives(sequences, negatives))
    return torch.cat([g.flatten() for g in torch.autograd.grad(loss, list(made.parameters()))])


def cosine(one: Tensor, other: Tensor) -> float:
    return nn.functional.cosine_similarity(one, other, dim=0).item()


class TestGradientOfTheLikelihood:
    def test_exact_negatives(self) -> None:
        """With negatives from exp(−E) contrastive divergence follows the exact likelihood; uniform ones do not."""
        made, sequences = network(), pairs(generator("tests", "grid"))
        grid = Grid(made, sequences, 61)
        exact = grid.likelihood_gradient()
        rng = generator("tests", "grid", "negatives")
        batches = torch.stack([divergence_gradient(made, sequences, grid.draw(200, rng)) for _ in range(40)])
        assert cosine(batches.mean(0), exact) > 0.999
        for name in range(5):  # unbiased along any direction
            way = torch.randn(len(exact), generator=generator("tests", "way", name), dtype=torch.float64)
            along = (batches - exact) @ way
            assert abs(along.mean() / along.std()) * math.sqrt(40) <= 4
        wrong = divergence_gradient(made, sequences, uniform(BOX)(sequences, 8000, rng))
        assert cosine(wrong, exact) < 0.99 and ((wrong - exact).norm() > 5 * (batches.mean(0) - exact).norm())

    def test_sampled_negatives(self) -> None:
        """With σ = √(2α) and a small step the sampler's negatives follow it too, from anywhere in the box."""
        made, sequences = network(), pairs(generator("tests", "grid"))
        exact = Grid(made, sequences, 61).likelihood_gradient()
        walk = NoisyDescent(step=0.05, noise=math.sqrt(0.1), noise_first=True, box=BOX)
        landscape, x = made.prefixes(sequences), uniform(BOX)(sequences, 2000, generator("tests", "walk"))
        update = walk.update(landscape, generator("tests", "walk", "noise"))
        for _ in range(60):
            x = update(x)
        assert cosine(divergence_gradient(made, sequences, x), exact) > 0.98


# --- a run ------------------------------------------------------------------------------------------------------------


class KilledError(Exception):
    pass


class Source:
    """Sequences, until it is killed; it counts the updates it has given."""

    def __init__(self, updates: int) -> None:
        self.left, self.given = updates, 0

    def __call__(self, rng: torch.Generator) -> Tensor:
        if self.given == self.left:
            raise KilledError
        self.given += 1
        return pairs(rng)


def rows(history: History) -> Tensor:
    return torch.stack([history.loss, history.positive, history.negative, history.norm])


class TestRun:
    @pytest.mark.parametrize("objective", [DIVERGENCE, Ranking()], ids=lambda objective: type(objective).__name__)
    @pytest.mark.parametrize("update", [0, 1, 2, 5])
    def test_goes_on_after_a_kill(self, update: int, objective: Any, tmp_path: Path) -> None:
        """To the same bits of weights, moments, chains and history, without doing again what was kept."""
        training, path, start = replace(TRAINING, updates=6), tmp_path / "run.safetensors", uniform(BOX)
        whole, again, rest = network(), network(), Source(6)
        wanted = train(whole, pairs, start, objective, training, checkpoint=kept_at(tmp_path / "whole", every=2))
        with pytest.raises(KilledError):
            train(network(), Source(update), start, objective, training, checkpoint=kept_at(path, every=2))
        assert path.exists() is (update >= 2)
        found = train(again, rest, start, objective, training, checkpoint=kept_at(path, every=2))
        assert torch.equal(flat(whole), flat(again)) and torch.equal(rows(wanted), rows(found))
        assert path.read_bytes() == (tmp_path / "whole").read_bytes()
        assert rest.given == 6 - update // 2 * 2

    def test_longer_run_goes_on_where_a_shorter_one_ended(self, tmp_path: Path) -> None:
        made, path = network(), tmp_path / "run"
        for updates in (2, 4, 4):
            train(made, pairs, uniform(BOX), DIVERGENCE, replace(TRAINING, updates=updates), checkpoint=kept_at(path))
        assert torch.equal(flat(made), trained(DIVERGENCE))

    def test_another_run_s_checkpoint_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "run"
        trained(DIVERGENCE, path=path)
        others = [
            (DIVERGENCE, replace(TRAINING, seed=4)),
            (DIVERGENCE, replace(TRAINING, updates=3)),
            (replace(DIVERGENCE, sampler=replace(SAMPLER, noise=0.1)), TRAINING),
            (Ranking(), TRAINING),
        ]
        for objective, training in others:
            refused("checkpoint", lambda o=objective, t=training: trained(o, t, path))

    def test_other_data_and_another_precision_are_another_run(self, tmp_path: Path) -> None:
        path = tmp_path / "run"
        trained(DIVERGENCE, path=path)
        calls = {"data": {"data": "rings", "start": BOX}, "start": {"data": "pairs", "start": BOX / 2}}
        for about in calls.values():
            other = Checkpoint(path, about)
            refused(
                "checkpoint", lambda c=other: train(network(), pairs, uniform(BOX), DIVERGENCE, TRAINING, checkpoint=c)
            )
        single = network().float()
        refused(
            "checkpoint",
            lambda: train(single, pairs, uniform(BOX), DIVERGENCE, TRAINING, checkpoint=kept_at(path)),
        )

    def test_a_file_that_is_not_whole_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "run"
        trained(DIVERGENCE, path=path)
        whole = path.read_bytes()
        networks.save(tmp_path / "other.safetensors", network(), {})
        for data in (whole[:-10], whole[:20], b"", (tmp_path / "other.safetensors").read_bytes()):
            path.write_bytes(data)
            refused("checkpoint", lambda: trained(DIVERGENCE, path=path))

    def test_shapes_that_do_not_fit_are_refused(self) -> None:
        def narrow(rng: torch.Generator) -> Tensor:
            return pairs(rng)[..., :1]

        def long(rng: torch.Generator) -> Tensor:
            return pairs(rng).repeat(1, 2, 1)

        def one(rng: torch.Generator) -> Tensor:
            return pairs(rng)[0]

        for draw in (narrow, long, one):
            refused("draw", lambda draw=draw: train(network(), draw, uniform(BOX), DIVERGENCE, TRAINING))

        def few(sequences: Tensor, negatives: int, rng: torch.Generator) -> Tensor:
            return uniform(BOX)(sequences, negatives - 1, rng)

        def broad(sequences: Tensor, negatives: int, rng: torch.Generator) -> Tensor:
            return uniform(BOX)(sequences, negatives, rng)[:, 0]

        for start in (few, broad):
            refused("start", lambda start=start: train(network(), pairs, start, DIVERGENCE, TRAINING))

    def test_kill_while_it_writes(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The file of before is still there, whole."""
        path = tmp_path / "run"
        trained(DIVERGENCE, replace(TRAINING, updates=2), path)
        before = path.read_bytes()

        def killed(*_: object) -> None:
            raise KilledError

        for step in ("os.fsync", "pathlib.Path.replace"):
            with monkeypatch.context() as patch, pytest.raises(KilledError):
                patch.setattr(step, killed)
                trained(DIVERGENCE, path=path)
            assert path.read_bytes() == before
        assert torch.equal(trained(DIVERGENCE, path=path), trained(DIVERGENCE))

    def test_depends_on_nothing_but_its_seed(self) -> None:
        before = torch.get_rng_state()
        assert torch.equal(trained(DIVERGENCE), trained(DIVERGENCE))
        assert not torch.equal(trained(DIVERGENCE), trained(DIVERGENCE, replace(TRAINING, seed=4)))
        assert torch.equal(torch.get_rng_state(), before)

    def test_history(self, capsys: pytest.CaptureFixture[str]) -> None:
        """What the first update sees is what the untrained network says."""
        made = network()
        history = train(made, pairs, uniform(BOX), Ranking(), TRAINING, report_every=3)
        sequences = pairs(generator("contrastive", 3, 0, "sequences"))
        negatives = uniform(BOX)(sequences, 2, generator("contrastive", 3, 0, "start"))
        positive, negative = network()(sequences), network().negatives(sequences, negatives)
        assert math.isclose(history.gap[0].item(), (positive.mean() - negative.mean()).item(), rel_tol=1e-12)
        assert math.isclose(history.loss[0].item(), Ranking().loss(positive, negative).item(), rel_tol=1e-12)
        assert history.stopped is None and rows(history).shape == (4, 4)
        out, err = capsys.readouterr()
        assert out == "" and [line.split(":")[0] for line in err.splitlines()] == ["update 3 of 4", "update 4 of 4"]
        assert f"gap {history.gap[2]:.3g}" in err

    def test_run_away_stops_with_advice(self, tmp_path: Path) -> None:
        """A sampler that stays where it starts raises nothing where it should: energies of data fall without end."""
        still = replace(SAMPLER, step=1e-9, noise=0.0)
        objective = ContrastiveDivergence(sampler=still, steps=1, penalty=0.0, replay=0.0, runaway=2.0)
        training = replace(TRAINING, updates=400, decay=0.0, norm=1.0)
        history = train(network(), pairs, uniform(BOX), objective, training, checkpoint=kept_at(tmp_path / "run"))
        assert history.stopped and "run away" in history.stopped and "penalty" in history.stopped
        assert 50 <= len(history.gap) < 400
        assert history.gap[-50:].mean() < -2 and (history.gap.unfold(0, 50, 1).mean(-1)[:-1] >= -2).all()
        again = train(network(), Source(0), uniform(BOX), objective, training, checkpoint=kept_at(tmp_path / "run"))
        assert again.stopped == history.stopped
        free = train(network(), pairs, uniform(BOX), replace(objective, runaway=None), replace(training, updates=120))
        assert free.stopped is None and len(free.gap) == 120

    def test_number_that_is_not_finite_stops_with_advice(self) -> None:
        """Before it enters the weights."""
        made, one = network(), network()

        def broken(rng: torch.Generator) -> Tensor:
            return pairs(rng) * (math.nan if rng.initial_seed() == second else 1)

        second = generator("contrastive", TRAINING.seed, 1, "sequences").initial_seed()
        history = train(made, broken, uniform(BOX), Ranking(), TRAINING)
        assert history.stopped and "not finite at update 2" in history.stopped and len(history.loss) == 2
        train(one, pairs, uniform(BOX), Ranking(), replace(TRAINING, updates=1))
        assert torch.equal(flat(made), flat(one))

    def test_invariant_network(self) -> None:
        """Trains as the others do: the loss of a fixed batch falls."""
        config: dict[str, Any] = {**network().config, "positions": False, "invariant": True}
        made = InContextEnergy(**config, rng=generator("tests", "invariant")).double()
        history = train(made, lambda _: BATCHES, uniform(BOX), Ranking(), replace(TRAINING, updates=40, norm=1.0))
        assert history.loss[-10:].mean() < history.loss[:10].mean() - 0.1

    def test_eight_bits(self) -> None:
        """Energies of a trained network err by less than a hundredth of their spread, forces by less than a fiftieth of
        their size; and the option is seen."""
        made, training = network().float(), replace(TRAINING, updates=150, decay=0.0, norm=1.0, negatives=8)
        train(made, pairs, uniform(BOX), Ranking(), training)
        x = uniform(BOX)(BATCHES, 50, generator("tests", "eight bits")).float()
        landscape = made.prefixes(BATCHES.float())
        energies, forces = landscape(x), landscape.force(x)
        with torch.autocast("cpu", torch.bfloat16):
            landscape = made.prefixes(BATCHES.float())
            rounded, rough = landscape(x).float(), landscape.force(x)
        error = ((rounded - energies).square().mean().sqrt() / energies.std()).item()
        force_error = ((rough - forces).norm() / forces.norm()).item()
        assert 1e-4 < error < 0.01 and 1e-4 < force_error < 0.02
        weights32, weights8 = (
            trained_in(torch.float32, replace(TRAINING, bfloat16=rounding)) for rounding in (False, True)
        )
        assert weights8.dtype is torch.float32 and 0 < (weights8 - weights32).abs().max() < 0.02


BATCHES = pairs(generator("tests", "batches"))


def trained_in(dtype: torch.dtype, training: Training) -> Tensor:
    made = network().to(dtype)
    train(made, pairs, uniform(BOX), DIVERGENCE, training)
    return flat(made)


def test_single_precision_follows_double(by_divergence: Tensor) -> None:
    assert (trained_in(torch.float32, TRAINING).double() - by_divergence).abs().max() < 1e-4


def test_a_graph_may_write_where_it_wrote_before(by_divergence: Tensor, monkeypatch: pytest.MonkeyPatch) -> None:
    """A CUDA graph reads and writes the same places at every replay: nothing may be needed after the next."""

    def captured(walk: contrastive.Walk, *first: Tensor) -> contrastive.Walk:
        places, written = [tensor.clone() for tensor in first], torch.empty_like(first[1])

        def replay(*inputs: Tensor) -> Tensor:
            for place, tensor in zip(places, inputs, strict=True):
                place.copy_(tensor)
            return written.copy_(walk(*places)).detach()

        return replay

    monkeypatch.setattr(contrastive, "_captured", captured)
    assert torch.equal(trained(DIVERGENCE), by_divergence)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_graph_of_the_sampler(by_divergence: Tensor) -> None:
    """On a GPU, where the sampler is one CUDA graph, the weights are the CPU's."""
    made = network().to("cuda")
    train(made, pairs, uniform(BOX), DIVERGENCE, TRAINING)
    assert (flat(made).cpu() - by_divergence).abs().max() < 1e-9


# --- files of weights -------------------------------------------------------------------------------------------------


class TestWeights:
    def test_come_back(self, tmp_path: Path) -> None:
        made, path = network(), tmp_path / "made" / "energy.safetensors"
        networks.save(path, made, {"updates": 7, "objective": "ranking"})
        copy, card = networks.load(path)
        assert copy.config == made.config and torch.equal(flat(copy), flat(made))
        assert (card["updates"], card["objective"], card["network"]) == (7, "ranking", made.config)
        assert sorted(file.name for file in path.parent.iterdir()) == ["energy.json", "energy.safetensors"]
        assert json.loads(path.with_suffix(".json").read_text("utf-8")) == card

    def test_others_are_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "energy.safetensors"
        with pytest.raises(FileNotFoundError):
            networks.load(path)
        networks.save(path, network(), {})
        data = bytearray(path.read_bytes())
        data[-1] ^= 1
        path.write_bytes(data)
        refused("path", lambda: networks.load(path))


def test_bad_input() -> None:
    wrong = {"steps": (0, 1.5), "penalty": (-1.0, None), "replay": (-0.1, 1.1), "runaway": (0.0, "1")}
    for name, bads in wrong.items():
        for bad in bads:
            refused(name, lambda name=name, bad=bad: replace(DIVERGENCE, **{name: bad}))
    for name in ("updates", "negatives"):
        for bad in (0, -1, 1.5, None):
            refused(name, lambda name=name, bad=bad: replace(TRAINING, **{name: bad}))
    for name in ("rate", "epsilon", "norm"):
        for bad in (0.0, -1.0, math.nan, None):
            refused(name, lambda name=name, bad=bad: replace(TRAINING, **{name: bad}))
    for bad in (-1.0, math.inf):
        refused("decay", lambda bad=bad: replace(TRAINING, decay=bad))
    refused("seed", lambda: replace(TRAINING, seed=-1))
    for bad in (None, "langevin"):
        refused("sampler", lambda bad=bad: replace(DIVERGENCE, sampler=bad))  # pyright: ignore[reportArgumentType]
    for bad in (-1, 1.5, None):
        refused("every", lambda bad=bad: kept_at(Path("run"), every=bad))
    for bad in (0.0, -1.0, None):
        refused("half_width", lambda bad=bad: uniform(bad))  # pyright: ignore[reportArgumentType]


# --- before the first update, and in every mode -----------------------------------------------------------------------


class Never:
    """Data that are asked for too early."""

    def __call__(self, rng: torch.Generator) -> Tensor:
        raise AssertionError("an update was begun")


class TestACheckpointIsLookedAtFirst:
    @pytest.mark.parametrize("bad", [np.float32(0.1), math.nan, {1, 2}, torch.ones(2)], ids=repr)
    def test_what_a_card_cannot_say(self, bad: Any, tmp_path: Path) -> None:
        with type_checker_away(), pytest.raises(TypeError, match=r"^about: wanted plain finite numbers and words"):
            Checkpoint(tmp_path / "run", {"noise": bad})
        with type_checker_away(), pytest.raises(TypeError, match=r"^about: wanted"):
            networks.save(tmp_path / "run.safetensors", network(), {"noise": bad})
        assert list(tmp_path.iterdir()) == []

    def test_what_the_objective_cannot_say(self, tmp_path: Path) -> None:
        odd = replace(DIVERGENCE)
        object.__setattr__(odd, "penalty", np.float32(0.1))
        with pytest.raises(TypeError, match=r"^checkpoint: wanted plain"):
            train(network(), Never(), uniform(BOX), odd, TRAINING, checkpoint=kept_at(tmp_path / "run"))

    def test_a_path_may_be_a_string(self, tmp_path: Path) -> None:
        path = tmp_path / "run"
        with type_checker_away():
            train(network(), pairs, uniform(BOX), Ranking(), TRAINING, checkpoint=kept_at(str(path)))
            networks.save(str(tmp_path / "net.safetensors"), network(), {})
        assert path.is_file() and torch.equal(flat(networks.load(tmp_path / "net.safetensors")[0]), flat(network()))

    @pytest.mark.parametrize("bad", [7, None, "", "."], ids=repr)
    def test_what_is_no_path(self, bad: Any) -> None:
        refused("path", lambda: kept_at(bad))

    def test_a_folder_that_cannot_be(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        with pytest.raises(PermissionError, match="cannot write"):
            train(network(), Never(), uniform(BOX), DIVERGENCE, TRAINING, checkpoint=kept_at(tmp_path / "file" / "run"))


def test_numbers_of_numpy_are_plain_afterwards() -> None:
    with type_checker_away():
        other = Training(
            updates=np.int32(4),
            negatives=np.int64(2),
            rate=np.float64(0.02),
            epsilon=np.array(1e-3),
            decay=torch.tensor(0.1, dtype=torch.float64),
            norm=np.float64(0.05),
            seed=np.int64(3),
        )
        assert other == TRAINING and json.dumps(asdict(other)) == json.dumps(asdict(TRAINING))
        assert torch.equal(trained(Ranking(), other), trained(Ranking()))


@pytest.mark.parametrize("mode", [torch.inference_mode, torch.no_grad])
@pytest.mark.parametrize("objective", [DIVERGENCE, Ranking()], ids=["divergence", "ranking"])
def test_it_learns_in_every_mode(objective: ContrastiveDivergence | Ranking, mode: Any) -> None:
    made = network()
    with mode():
        train(made, pairs, uniform(BOX), objective, TRAINING)
    assert torch.equal(flat(made), trained(objective))


def test_a_network_made_for_inference_is_refused() -> None:
    with torch.inference_mode():
        made = network()
    refused("network", lambda: train(made, Never(), uniform(BOX), Ranking(), TRAINING))


def test_starts_can_be_copied_and_sent() -> None:
    start, sequences = uniform(BOX), torch.zeros(2, 3, 2, dtype=torch.float64)
    for other in (copy.deepcopy(start), pickle.loads(pickle.dumps(start))):
        drawn = [each(sequences, 4, generator("tests", "sent")) for each in (start, other)]
        assert torch.equal(*drawn) and other == start

"""The character model: its text, its two kinds of attention, its training."""

import math
import re

import pytest
import torch
from strategies import refused

from amem.datasets import tales
from amem.energies.heads import HeadMixtures
from amem.learning.language import ALPHABET, CharacterModel, encode, train, windows
from amem.seeds import generator


def model(untied: bool, context: int = 12) -> CharacterModel:
    rng = generator("tests", "language", untied)
    made = CharacterModel(width=12, heads=3, blocks=2, hidden=20, context=context, untied=untied, rng=rng)
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.add_(0.1 * torch.randn(parameter.shape, generator=rng))
    return made.double()


def text(count: int = 3, length: int = 12) -> torch.Tensor:
    return windows(encode(tales(500, generator("tests", "tale")).characters), count, length, generator("tests", "cut"))


class TestTales:
    def test_things_come_back(self) -> None:
        told = tales(20_000, generator("tests", "tales")).characters
        assert 20_000 <= len(told) < 20_200 and set(told) <= set(ALPHABET)
        first, second = r"(\w+) has a (\w+) (\w+)\. ", r"(\w+) (?:gives|lends|throws) the (\w+) to (\w+)\. "
        sentence = first + second + r"now (\w+) has the (\w+) (\w+)\. "
        found = re.findall(sentence, told)
        assert len(found) > 50
        for one, colour, thing, again, it, other, holder, hue, same in found:
            assert one == again != other == holder and thing == it == same and colour == hue

    def test_information_is_minus_the_log_probability(self) -> None:
        """Choices counted from the text: ln(8·7·2·6·8·3) in a tale of giving, ln(8·7·2·6·6) in one of walking."""
        told = tales(5000, generator("tests", "information"))
        giving, walking = told.characters.count(" has a "), told.characters.count(" walk to ")
        known = giving * math.log(8 * 7 * 2 * 6 * 8 * 3) + walking * math.log(8 * 7 * 2 * 6 * 6)
        assert math.isclose(told.information, known, rel_tol=1e-12)

    def test_encode(self) -> None:
        assert encode("ab .").tolist() == [0, 1, 26, 27]
        refused("text", lambda: encode("a\u00e9"))

    def test_windows(self) -> None:
        whole = encode("abcdefghij")
        cut = windows(whole, 500, 3, generator("tests", "windows"))
        assert (cut.diff(dim=1) == 1).all() and set(cut[:, 0].tolist()) == set(range(8))
        refused("text", lambda: windows(whole, 2, 11, generator("tests")))
        refused("least", lambda: tales(0, generator("tests")))
        refused("rng", lambda: tales(5, None))  # pyright: ignore[reportArgumentType]


class TestBlock:
    @pytest.mark.parametrize("untied", [False, True])
    @pytest.mark.parametrize("uniform", [False, True])
    def test_scores_are_the_mixture_s(self, untied: bool, uniform: bool) -> None:
        """Of both kinds of attention, in their own way and with equal weights."""
        made = model(untied)
        tokens = made.entering(text()[:1])[1].detach()
        block = made.blocks[1]
        found = block.mixtures(tokens[0])
        weights = 0 * found.log_weights if uniform else found.log_weights
        read = HeadMixtures(found.states, found.mean_directions, found.concentrations, weights, found.visible)
        with torch.no_grad():
            attention = block.scores(tokens, uniform).softmax(-1)[0]
        assert (read.responsibilities() - attention).abs().max() < 1e-10
        # the norm's ε is part of the token's length
        assert (found.states.norm(dim=-1) <= 1 + 1e-12).all()

    def test_untied_concentrations_and_weights_are_free(self) -> None:
        """Without the norm's bias tied weights are in the order of the concentrations; free ones need not be."""
        for untied in (False, True):
            made = model(untied)
            with torch.no_grad():
                made.blocks[0].norm.bias.zero_()
            found = made.blocks[0].mixtures(torch.eye(12).double())
            same = torch.equal(found.log_weights.argsort(), found.concentrations.argsort())
            assert same != untied


@pytest.mark.parametrize("untied", [False, True])
def test_the_future_is_not_seen(untied: bool) -> None:
    made, pieces = model(untied), text()
    changed = pieces.clone()
    changed[:, 7:] = (changed[:, 7:] + 5) % 28
    assert torch.allclose(made(pieces)[:, :7], made(changed)[:, :7], atol=1e-13)
    assert not torch.allclose(made(pieces)[:, 7:], made(changed)[:, 7:], atol=1e-3)


def test_both_models_have_one_size() -> None:
    sizes = {untied: model(untied).size() for untied in (False, True)}
    assert sizes[False] == sizes[True]


@pytest.mark.parametrize("untied", [False, True])
def test_gradients_reach_every_parameter(untied: bool) -> None:
    made = model(untied)
    made.loss(text()).backward()
    assert all(parameter.grad is not None and parameter.grad.abs().max() > 0 for parameter in made.parameters())


@pytest.mark.parametrize("untied", [False, True])
def test_training_learns_and_is_repeatable(untied: bool) -> None:
    written, runs = encode(tales(4000, generator("tests", "written")).characters), []
    for _ in range(2):
        made = CharacterModel(
            width=12, heads=3, blocks=1, hidden=20, context=16, untied=untied, rng=generator("tests", "train")
        )
        runs.append(train(made, written, steps=40, batch=4, rate=1e-2, rng=generator("tests", "batches")))
    assert runs[0] == runs[1] and len(runs[0]) == 40
    assert sum(runs[0][-5:]) < 0.85 * sum(runs[0][:5])


def test_bad_input() -> None:
    good = {
        "width": 12,
        "heads": 3,
        "blocks": 1,
        "hidden": 20,
        "context": 8,
        "untied": False,
        "rng": generator("tests"),
    }
    for name in ("width", "heads", "blocks", "hidden", "context"):
        for bad in (0, -1, 1.5, None):
            refused(name, lambda name=name, bad=bad: CharacterModel(**{**good, name: bad}))
    refused("width", lambda: CharacterModel(**{**good, "width": 13}))
    refused("hidden", lambda: CharacterModel(**{**good, "hidden": 3}))
    made, rng = model(False), generator("tests")
    refused("steps", lambda: train(made, text()[0], steps=0, batch=2, rate=0.1, rng=rng))
    refused("rate", lambda: train(made, text()[0], steps=1, batch=2, rate=0.0, rng=rng))

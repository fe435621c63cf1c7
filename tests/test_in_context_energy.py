"""The in-context energy: one reading of a context against the textbook, prefix by prefix; and wrong masks."""

import copy
import math
import pickle
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
import test_energies
import torch
from conftest import DEVICES, TOLERANCE
from energies_list import Array, Case, Number
from scipy.special import erf
from strategies import refused
from torch import Tensor

from amem.dynamics import gradient_flow
from amem.energies.in_context import InContextEnergy, Landscape, _Block  # pyright: ignore[reportPrivateUsage]
from amem.seeds import generator

CAUSAL, PLACED, INVARIANT = (False, False), (True, False), (False, True)
KINDS = {"causal": CAUSAL, "with positions": PLACED, "invariant": INVARIANT}
LENGTH = 6
Change = Callable[[InContextEnergy], None]


def network(kind: str, change: Change | None = None, *, dimension: int = 2, length: int = LENGTH) -> InContextEnergy:
    """A small network in double precision, all of whose parameters count."""
    rng = generator("tests", "in context", kind)
    positions, invariant = KINDS[kind]
    made = InContextEnergy(
        dimension=dimension,
        layers=3,
        heads=2,
        width=8,
        hidden=12,
        length=length,
        positions=positions,
        invariant=invariant,
        rng=rng,
    ).double()
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.add_(0.2 * torch.randn(parameter.shape, generator=rng, dtype=torch.float64))
    if change:
        change(made)
    return made


def points(*shape: int, name: str = "points") -> Tensor:
    return 2 * torch.randn(*shape, generator=generator("tests", "in context", name, *shape), dtype=torch.float64)


# --- the textbook: a whole pass of a transformer for every point, in NumPy --------------------------------------------


def normalised(x: Array, weights: dict[str, Array], name: str) -> Array:
    centred = x - x.mean(-1, keepdims=True)
    scale = np.sqrt(np.square(centred).mean(-1, keepdims=True) + 1e-5)
    return centred / scale * weights[f"{name}.weight"] + weights[f"{name}.bias"]


def textbook(made: InContextEnergy, context: Array, point: Array) -> np.longdouble:
    """The energy of one point: of the last token, in a pass over the context and it, every token at its place."""
    weights = {name: value.detach().numpy().astype(np.longdouble) for name, value in made.state_dict().items()}

    def linear(x: Array, name: str) -> Array:
        return x @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    tokens = np.concatenate([context, point[None]])
    n = len(tokens)
    x = linear(tokens, "enter") + (weights["position"][:n] if made.position is not None else 0)
    sees = np.tril(np.ones((n, n), dtype=bool))
    if made.invariant:
        sees[:-1, :-1] = True
    for number, block in enumerate(made.layers()):
        name = f"blocks.{number}"
        projected = linear(normalised(x, weights, f"{name}.norm"), f"{name}.projections")
        queries, keys, values = projected.reshape(n, 3, block.heads, -1).transpose(1, 2, 0, 3)
        scores = np.where(sees, queries @ keys.transpose(0, 2, 1) / np.sqrt(np.longdouble(keys.shape[-1])), -np.inf)
        shares = np.exp(scores - scores.max(-1, keepdims=True))
        mixed = shares / shares.sum(-1, keepdims=True) @ values
        x = x + linear(mixed.transpose(1, 0, 2).reshape(n, -1), f"{name}.output")
        risen = linear(normalised(x, weights, f"{name}.second_norm"), f"{name}.rise")
        x = x + linear(risen * (1 + erf(risen.astype(np.float64) / math.sqrt(2))) / 2, f"{name}.fall")
    return linear(normalised(x, weights, "norm"), "leave")[-1, 0]


def exactly(tensor: Tensor) -> Array:
    return tensor.detach().numpy().astype(np.longdouble)


def loop(made: InContextEnergy, sequence: Tensor, negatives: Tensor) -> Tensor:
    """(r, t) energies of one sequence's negatives (r, t, d), one pass each."""
    shown = exactly(sequence)
    rows = [[textbook(made, shown[:n], point) for n, point in enumerate(row)] for row in exactly(negatives)]
    return torch.from_numpy(np.array(rows, dtype=np.float64))


# --- what must be true ------------------------------------------------------------------------------------------------


def check_one_pass(made: InContextEnergy) -> None:
    """T1.1: the energies of all indices from one reading are those of a pass for each prefix."""
    sequences, negatives = points(2, LENGTH, 2), points(2, 3, LENGTH, 2, name="negatives")
    wanted = torch.stack([loop(made, *pair) for pair in zip(sequences, negatives, strict=True)])
    real = torch.stack([loop(made, sequence, sequence[None])[0] for sequence in sequences])
    for dtype, tolerance in ((torch.float64, 1e-12), (torch.float32, 1e-5)):
        cast = made.to(dtype)
        assert (cast.negatives(sequences.to(dtype), negatives.to(dtype)) - wanted).abs().max() < tolerance
        assert (cast(sequences.to(dtype)) - real).abs().max() < tolerance
        made.double()


def check_given(made: InContextEnergy) -> None:
    """A context of any size, none too, and its landscape."""
    shown = points(LENGTH, 2)
    for n in range(LENGTH):
        landscape = made.given(shown[:n])
        for x in points(3, 2, name="queries"):
            assert abs(landscape(x).item() - float(textbook(made, exactly(shown[:n]), exactly(x)))) < 1e-12


def check_future(made: InContextEnergy) -> None:
    """T1.2: x_m, m ≥ n, does not enter E(· | x_{<n}), not by a bit; every x_m before does."""
    sequence, negatives = points(LENGTH, 2), points(1, LENGTH, 2, name="negatives")
    before = made.negatives(sequence, negatives)[0]
    for m in range(LENGTH):
        changed = sequence.clone()
        changed[m] += 1
        after = made.negatives(changed, negatives)[0]
        assert torch.equal(after[: m + 1], before[: m + 1])
        assert ((after - before)[m + 1 :].abs() > 1e-6).all()


def check_alone(made: InContextEnergy) -> None:
    """A negative changes its own energy and no other."""
    sequence, negatives = points(LENGTH, 2), points(3, LENGTH, 2, name="negatives")
    before = made.negatives(sequence, negatives)
    for r, n in ((0, 0), (1, 3), (2, LENGTH - 1)):
        changed = negatives.clone()
        changed[r, n] += 1
        moved = (made.negatives(sequence, changed) - before).abs() > 1e-9
        assert moved[r, n] and moved.sum() == 1


def check_order(made: InContextEnergy) -> None:
    """An invariant network does not see the order of its context; a causal one of more than a layer does."""
    shown, x = points(5, 2), points(4, 2, name="queries")
    spread = (made.given(shown)(x) - made.given(shown[[3, 0, 4, 2, 1]])(x)).abs()
    assert (spread < 1e-13).all() if made.invariant else (spread > 1e-6).any()


CHECKS = [check_one_pass, check_given, check_future, check_alone, check_order]


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("kind", KINDS)
def test_in_context(kind: str, check: Callable[[InContextEnergy], None]) -> None:
    check(network(kind))


# --- mutants ----------------------------------------------------------------------------------------------------------


def reads(change: Callable[[Tensor, Tensor], tuple[Tensor, Tensor]], first: int = 0) -> Change:
    """A network whose prefixes are read with other masks, made of the right `among` and `seen`."""

    def flawed(made: InContextEnergy) -> None:
        def prefixes(sequence: Tensor) -> Landscape:
            t = sequence.shape[-2]
            before = torch.ones(1, t, t, dtype=torch.bool).tril(-1)
            return Landscape(made, sequence, *change(before, before), first=first)

        made.prefixes = prefixes

    return flawed


def given_without_the_last(made: InContextEnergy) -> None:
    made.given = lambda context: InContextEnergy.given(made, context[..., :-1, :] if len(context) else context)


def blocks(wrong: type[_Block]) -> Change:
    def flawed(made: InContextEnergy) -> None:
        for block in made.blocks:
            block.__class__ = wrong

    return flawed


class NotItself(_Block):
    def mix(self, x: Any, query: Any, key: Any, value: Any, keys: Any, values: Any, mask: Any) -> Tensor:
        """A token that sees only others, and nothing if there are none."""
        return super().mix(x, query, key - 1e3 * query, value, keys, values, mask)


class TwiceAsSharp(_Block):
    def mix(self, x: Any, query: Any, *rest: Any) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        return super().mix(x, query * math.sqrt(query.shape[-1]), *rest)


class NotResidual(_Block):
    def mix(self, x: Any, *rest: Any) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        return super().mix(x, *rest) - x


class HeadsMixedUp(_Block):
    def project(self, x: Any) -> Any:
        query, key, value = super().project(x)
        return query, key.flip(1), value


class CrossTalk(_Block):
    def mix(self, x: Any, *rest: Any) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride]
        """What one token becomes depends a little on all that are asked for at once."""
        mixed = super().mix(x, *rest)
        return mixed + 1e-3 * mixed.mean(1, keepdim=True)


def eye(mask: Tensor) -> Tensor:
    return torch.eye(mask.shape[-1], dtype=torch.bool)[None]


def same_codes(made: InContextEnergy) -> None:
    made.tokens = lambda points, places: InContextEnergy.tokens(made, points, range(len(places)))


def coded(made: InContextEnergy) -> None:
    made.position = torch.nn.Parameter(points(LENGTH, 8, name="codes"))


MUTANTS: dict[str, tuple[str, Change]] = {
    "a negative sees its own target": ("causal", reads(lambda among, seen: (among, seen | eye(seen)))),
    "a negative misses the last point": ("causal", reads(lambda among, seen: (among, seen.tril(-2)))),
    "a negative sees all": ("causal", reads(lambda among, seen: (among, torch.ones_like(seen)))),
    "the context sees the future": ("causal", reads(lambda among, seen: (~eye(among), seen))),
    "the context misses the last point": ("causal", reads(lambda among, seen: (among.tril(-2), seen))),
    "a context point sees itself twice": ("causal", reads(lambda among, seen: (among | eye(among), seen))),
    "invariant, but the context is causal": ("invariant", reads(lambda among, seen: (among, seen))),
    "invariant, but with positions": ("invariant", coded),
    "a negative has the first place": ("with positions", same_codes),
    "the newest point is not read": ("causal", given_without_the_last),
    "a token does not see itself": ("causal", blocks(NotItself)),
    "scores are not divided by √d": ("causal", blocks(TwiceAsSharp)),
    "no residual": ("causal", blocks(NotResidual)),
    "another head's keys": ("causal", blocks(HeadsMixedUp)),
    "negatives see one another": ("causal", blocks(CrossTalk)),
}


def rejects(check: Callable[[InContextEnergy], None], mutant: str) -> bool:
    try:
        check(network(*MUTANTS[mutant]))
    except AssertionError:
        return True
    return False


@pytest.mark.parametrize("mutant", MUTANTS)
def test_mutant_is_rejected(mutant: str) -> None:
    assert any(rejects(check, mutant) for check in CHECKS)


@pytest.mark.parametrize("check", CHECKS)
def test_check_can_fail(check: Callable[[InContextEnergy], None]) -> None:
    assert any(rejects(check, mutant) for mutant in MUTANTS)


# --- as an energy -----------------------------------------------------------------------------------------------------


def landscape(kind: str, patterns: Tensor, beta: float) -> Landscape:
    made = network(kind, dimension=patterns.shape[1], length=len(patterns) + 1)
    return made.requires_grad_(False).to(patterns.dtype).to(patterns.device).given(patterns)


def reference(kind: str, patterns: Array, beta: float, state: Array) -> tuple[Number, Number]:
    made = network(kind, dimension=patterns.shape[1], length=len(patterns) + 1)
    return textbook(made, patterns, state), 10.0


def nothing(*_: object) -> Any:
    raise NotImplementedError


def case(kind: str) -> Case:
    return Case(
        name=f"in context, {kind}",
        make=partial(landscape, kind),
        reference=partial(reference, kind),
        rule=lambda energy: gradient_flow(energy, 1e-3),
        one_pattern=nothing,
        symmetry=nothing,
        limit=nothing,
        stored="key0",
        n=3,
    )


CONTRACT = [
    test_energies.check_shape,
    test_energies.check_place,
    test_energies.check_force,
    test_energies.check_batch,
    test_energies.check_reference,
    test_energies.check_pure,
    test_energies.check_rule,
    test_energies.check_saved,
]


@pytest.mark.parametrize("device", DEVICES, ids=str)
@pytest.mark.parametrize(
    ("kind", "dtype", "check"),
    [
        pytest.param(kind, dtype, check, id=f"{kind}-{str(dtype)[6:]}-{check.__name__[6:]}")
        for kind in KINDS
        for dtype in TOLERANCE
        for check in [
            *CONTRACT,
            *([test_energies.check_order] if kind == "invariant" else []),
            *([test_energies.check_gradients] if dtype is torch.float64 else []),
        ]
    ],
)
def test_contract(kind: str, dtype: torch.dtype, check: test_energies.Check, device: torch.device) -> None:
    """What every energy keeps, of the landscape of a context."""
    check(case(kind), case(kind).build(dtype, device))


@pytest.mark.parametrize("kind", KINDS)
def test_many_contexts_at_once(kind: str) -> None:
    """A batch of contexts is one after another, and so are its points, of any shape."""
    made, shown, x = network(kind), points(2, 3, 4, 2), points(2, 3, 5, 1, 2, name="queries")
    together = made.given(shown)(x)
    alone = [made.given(shown[i, j])(x[i, j]) for i in range(2) for j in range(3)]
    assert torch.allclose(together, torch.stack(alone).reshape(2, 3, 5, 1), atol=1e-13)
    sequences, negatives = points(2, 3, LENGTH, 2), points(2, 3, 4, LENGTH, 2, name="negatives")
    together = made.negatives(sequences, negatives)
    alone = [made.negatives(sequences[i, j], negatives[i, j]) for i in range(2) for j in range(3)]
    assert torch.allclose(together, torch.stack(alone).reshape(2, 3, 4, LENGTH), atol=1e-13)


@pytest.mark.parametrize("kind", KINDS)
def test_force_of_all_prefixes(kind: str) -> None:
    """One backward pass of the summed energies gives each negative its own force."""
    made, sequence, negatives = network(kind), points(LENGTH, 2), points(3, LENGTH, 2, name="negatives")
    together = made.prefixes(sequence).force(negatives)
    for n in range(LENGTH):
        assert torch.allclose(together[:, n], made.given(sequence[:n]).force(negatives[:, n]), atol=1e-13)


@pytest.mark.parametrize("kind", KINDS)
def test_every_parameter_learns(kind: str) -> None:
    """The slope of the energies along any change of the parameters is what autograd says, through the context too."""
    made, sequence, negatives = network(kind), points(LENGTH, 2), points(3, LENGTH, 2, name="negatives")
    weight = points(4, LENGTH, name="weight")

    def objective() -> Tensor:
        energies = made.prefixes(sequence)(torch.cat([sequence[None], negatives]))
        return (weight * energies).sum()

    objective().backward()
    for name, parameter in made.named_parameters():
        assert parameter.grad is not None
        size = parameter.grad.abs().max()
        # a key's bias moves all scores of a query alike
        if not name.endswith("projections.bias"):
            assert (parameter.grad.abs() > 1e-9 * size).all() and size > 1e-6, name
        change = torch.randn(parameter.shape, generator=generator("tests", "change", name), dtype=torch.float64)
        slope = (parameter.grad * change).sum().item()
        with torch.no_grad():
            parameter.add_(1e-5 * change)
            above = objective()
            parameter.sub_(2e-5 * change)
            below = objective()
            parameter.add_(1e-5 * change)
        assert math.isclose(slope, (above - below).item() / 2e-5, rel_tol=1e-6, abs_tol=1e-6), name


def test_chance_is_in_the_generator() -> None:
    before = torch.get_rng_state()
    one, other = network("with positions"), network("with positions")
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), other.parameters(), strict=True))
    assert torch.equal(torch.get_rng_state(), before)


def test_bad_input() -> None:
    right = {"dimension": 2, "layers": 1, "heads": 2, "width": 8, "hidden": 4, "length": 3}
    more = {"positions": False, "invariant": False, "rng": generator("tests")}
    for name in right:
        for bad in (0, -1, 1.5, None, True):
            refused(name, lambda name=name, bad=bad: InContextEnergy(**{**right, **more, name: bad}))  # pyright: ignore
    refused("width", lambda: InContextEnergy(**{**right, **more, "width": 7}))  # pyright: ignore
    refused("rng", lambda: InContextEnergy(**{**right, **more, "rng": 3}))  # pyright: ignore
    refused("positions", lambda: InContextEnergy(**{**right, **more, "positions": True, "invariant": True}))  # pyright: ignore
    made = network("causal")
    for bad in (points(LENGTH, 3), points(2), points(LENGTH, 2).int(), None):
        refused("context", lambda bad=bad: made.given(bad))  # pyright: ignore
        refused("sequence", lambda bad=bad: made(bad))
    refused("context", lambda: made.given(points(LENGTH, 2)))
    refused("sequence", lambda: made(points(LENGTH + 1, 2)))
    refused("sequence", lambda: made(points(0, 2)))


def test_points_that_do_not_fit_the_contexts_are_refused() -> None:
    """Not dealt out among them."""
    network = _small()
    contexts = torch.randn(2, 3, 2, generator=generator("tests", "contexts"))
    landscape, grid = network.given(contexts), torch.randn(10, 2, generator=generator("tests", "grid"))
    with pytest.raises(ValueError, match="state: wanted shape"):
        landscape(grid)
    with pytest.raises(ValueError, match="state: wanted shape"):
        network.prefixes(contexts)(torch.randn(2, 4, 6, 2))
    together = landscape(grid.expand(2, 10, 2))
    alone = torch.stack([network.given(context)(grid) for context in contexts])
    assert torch.allclose(together, alone, atol=1e-5)


@pytest.mark.parametrize("invariant", [False, True])
def test_a_landscape_can_be_copied(invariant: bool) -> None:
    """With a network of its own, whose weights it then depends on."""
    network = _small(invariant)
    landscape = network.given(torch.randn(3, 2, generator=generator("tests", "context")))
    points = torch.randn(5, 2, generator=generator("tests", "points"))
    for twin in (copy.deepcopy(landscape), pickle.loads(pickle.dumps(landscape))):
        assert torch.equal(twin(points), landscape(points))
        own, known = (
            torch.autograd.grad(one(points).sum(), list(one.network.parameters()), retain_graph=True)
            for one in (twin, landscape)
        )
        assert all(torch.equal(one, other) for one, other in zip(own, known, strict=True))
        assert next(twin.network.parameters()) is not next(network.parameters())


def _small(invariant: bool = False) -> InContextEnergy:
    sizes = {"dimension": 2, "layers": 2, "heads": 2, "width": 8, "hidden": 8, "length": 5}
    rng = generator("tests", "small network")
    return InContextEnergy(**sizes, positions=False, invariant=invariant, rng=rng)

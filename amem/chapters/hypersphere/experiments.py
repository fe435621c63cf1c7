"""Attention read as clustering on the sphere: the identity, what follows from it, and a trained model that shows it.

A head is drawn at random: gain and bias of the norm, query and key matrices with biases. Its tokens are Gaussian.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import mpmath
import numpy as np
import pandas as pd
import scipy.stats
import torch
from scipy.special import ive
from torch import Tensor

from amem import patterns, sweep
from amem.datasets import tales
from amem.dynamics import run
from amem.dynamics.sphere import mode_seeking
from amem.energies.concentration import log_normaliser, mean_length, slope
from amem.energies.heads import HeadMixtures, Norm, Projection, pre_norm_heads
from amem.energies.sphere import SphericalMixture, VonMisesFisher
from amem.learning.language import Block, CharacterModel, encode, train, windows
from amem.learning.mixture import fit_mixture, scattered
from amem.seeds import generator
from amem.sweep import grid

Row = Mapping[str, object]


@dataclass(frozen=True, kw_only=True)
class Config(sweep.Config):
    """The numbers of a run.

    view_*: the head on the ordinary sphere, of four features, and how finely the sphere is drawn.
    width, head_width, tokens, draws: of the random heads on which the identity is tested.
    epsilon, spreads: the norm's ε and the standard deviations of the tokens on which it acts.
    gain_*: standard deviations of log γ, and the heads of this width on which they act.
    merging_*: tokens on the ordinary sphere, their concentrations as keys, and the layers they pass.
    map_*: grid of the accuracy map, and where log C is written down.
    sampled_*, fitted_*: draws for the test of the sampler, and for EM on planted mixtures; of several starts the
        likeliest fit counts, for EM only climbs the hill on which it starts.
    model_*: the character model. The next size wants a GPU: width 384, 6 blocks, context 256.
    """

    view_tokens: int = 6
    view_seed: int = 331
    view_pixels: int = 51
    width: int = 32
    head_width: int = 8
    tokens: int = 9
    draws: int
    epsilon: float = 1e-5
    spreads: tuple[float, ...] = (1e-3, 3e-3, 1e-2, 3e-2, 0.1, 0.3, 1.0, 3.0)
    gain_spreads: tuple[float, ...] = (0.0, 0.1, 0.3, 0.6)
    gain_width: int = 64
    gain_keys: int
    merging_tokens: int = 40
    merging_kappas: tuple[float, ...] = (2.0, 8.0, 32.0)
    merging_layers: int = 50
    map_n: tuple[int, ...]
    map_exponents: tuple[float, ...]
    map_values: tuple[tuple[int, float], ...] = ((10, 5.0), (64, 30.0), (128, 100.0))
    sampled_n: tuple[int, ...] = (2, 3, 16, 256)
    sampled_kappas: tuple[float, ...] = (0.1, 1.0, 10.0, 100.0, 1000.0, 1e4)
    sampled: int
    fitted_n: int = 16
    fitted_kappas: tuple[float, ...] = (20.0, 40.0, 80.0, 160.0, 320.0)
    fitted: int
    fitted_seeds: int
    fitted_starts: int = 8
    model_seeds: int
    model_width: int
    model_heads: int
    model_blocks: int = 2
    model_context: int = 96
    model_steps: int
    model_batch: int
    model_rate: float = 1e-2
    model_text: int = 200_000
    model_test: int = 64
    model_shown: int = 1


PRESETS = {
    "quick": Config(
        preset="quick",
        draws=3,
        gain_keys=64,
        map_n=(2, 3, 8, 16, 32, 64, 100, 128, 256, 512, 768, 1024, 2048, 4096),
        map_exponents=tuple(k / 2 for k in range(-12, 11)),
        sampled=20_000,
        fitted=2000,
        fitted_seeds=3,
        model_seeds=2,
        model_width=32,
        model_heads=2,
        model_steps=600,
        model_batch=8,
    ),
    "full": Config(
        preset="full",
        draws=20,
        gain_keys=512,
        map_n=tuple(sorted({*(2**k for k in range(1, 13)), *(3 * 2**k for k in range(11)), 5, 7, 81, 82, 83, 100})),
        map_exponents=tuple(k / 2 for k in range(-12, 13)),
        sampled=100_000,
        fitted=20_000,
        fitted_seeds=10,
        model_seeds=3,
        model_width=48,
        model_heads=4,
        model_steps=2000,
        model_batch=12,
    ),
}


# --- one head, drawn at random ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Head:
    """A norm, and query and key projections of one head."""

    norm: Norm
    query: Projection
    key: Projection

    def mixtures(self, tokens: Tensor) -> HeadMixtures:
        return pre_norm_heads(self.norm, self.query, self.key, tokens, scale=self.scale, causal=False)

    def attention(self, tokens: Tensor) -> Tensor:
        """softmax(q·k/√d_k), as a transformer computes it."""
        return (self.scale * self.vectors(tokens)[0] @ self.vectors(tokens)[1].T).softmax(-1)

    def vectors(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        normalised = self.norm(tokens)
        return self.query(normalised)[0], self.key(normalised)[0]

    @property
    def scale(self) -> float:
        return 1 / math.sqrt(self.query.weight.shape[1])


def _head(
    width: int,
    head_width: int,
    kind: str,
    rng: torch.Generator,
    *,
    size: float,
    offset: float = 0.3,
    epsilon: float = 0.0,
) -> Head:
    """A head whose gain scatters by 0.3 around one, with biases of standard deviation `offset`."""

    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=rng, dtype=torch.float64)

    gain, bias = (0.3 * normal(width)).exp(), offset * normal(width)
    query, key = (
        Projection(size * normal(1, head_width, width) / math.sqrt(width), offset * normal(1, head_width))
        for _ in range(2)
    )
    centred = kind == "LayerNorm"
    return Head(Norm(gain, bias if centred else 0 * bias, epsilon, centred), query, key)


def _tokens(count: int, width: int, rng: torch.Generator, spread: float = 1.0) -> Tensor:
    return spread * torch.randn(count, width, generator=rng, dtype=torch.float64)


# --- 4a: a head that can be seen --------------------------------------------------------------------------------------


NO_NUMBERS: dict[str, object] = dict.fromkeys(("kappa", "weight", "log_density"), math.nan)


def view(config: Config) -> pd.DataFrame:
    """A LayerNorm head of four features puts its tokens on the ordinary sphere: all of it, seen from two sides."""
    return sweep.sweep(_view_cell, grid(side=("front", "back")), config)


def _view_cell(config: Config, side: str) -> list[Row]:
    rng = generator("hypersphere", "view", config.view_seed, config.view_tokens)
    head = _head(4, 4, "LayerNorm", rng, size=2.2, offset=0.0)
    mixtures = head.mixtures(_tokens(config.view_tokens, 4, rng))
    # turned, so that the keys are well seen: from where the second coordinate was least
    turn = torch.tensor([[1, 0, 0], [0, 0, -1], [0, 1, 0]], dtype=torch.float64)
    mixture = SphericalMixture(mixtures.mean_directions[0] @ turn, mixtures.concentrations[0], mixtures.log_weights[0])
    facing = 1.0 if side == "front" else -1.0

    def row(what: str, place: Tensor, label: int, share: Tensor | None, mixture_numbers: Row = NO_NUMBERS) -> Row:
        x, y, z = (place * torch.tensor([facing, 1.0, facing])).tolist()
        shares = [math.nan] * config.view_tokens if share is None else share.tolist()
        named = {f"share_{j}": part for j, part in enumerate(shares)}
        return {"what": what, "label": label, "x": x, "y": y, "z": z, **mixture_numbers, **named}

    rows: list[Row] = []
    axis = torch.linspace(-1, 1, config.view_pixels, dtype=torch.float64)
    y, x = torch.meshgrid(axis, axis, indexing="ij")
    z = (1 - x.square() - y.square()).clamp_min(0).sqrt()
    places = torch.stack([facing * x, y, facing * z], -1).flatten(0, 1)
    places = torch.nn.functional.normalize(places, dim=-1)
    inside = (x.square() + y.square()).flatten() <= 1.2  # a little more, so that the rim is painted
    shares, density = mixture.responsibilities(places), mixture.log_density(places)
    for index in range(len(places)):
        shown = torch.stack([facing * x.flatten()[index], y.flatten()[index], facing * z.flatten()[index]])
        log_density = {"log_density": float(density[index]) if inside[index] else math.nan}
        rows.append(row("pixel", shown, index, shares[index] if inside[index] else None, NO_NUMBERS | log_density))
    for j, direction in enumerate(mixture.mean_directions):
        kappa = float(mixture.concentrations[j])
        numbers = NO_NUMBERS | {"kappa": kappa, "weight": float(mixture.log_weights.softmax(0)[j])}
        rows.append(row("key", direction, j, mixture.responsibilities(direction), numbers))
        rows += [row("ring", place, j, None, numbers) for place in _circle(direction, 0.5 / kappa)]
    for i, state in enumerate(mixtures.states[0] @ turn):
        rows.append(row("token", state, i, mixture.responsibilities(state)))
    return rows


def _circle(direction: Tensor, versine: float) -> Tensor:
    """The points whose cosine with a direction is 1 − versine."""
    angle = torch.linspace(0, 2 * math.pi, 121, dtype=torch.float64)[:, None]
    across = torch.linalg.svd(direction[None]).Vh[1:]
    circle = angle.cos() * across[0] + angle.sin() * across[1]
    versine = min(versine, 2.0)
    return (1 - versine) * direction + math.sqrt(versine * (2 - versine)) * circle


# --- 4b: the identity -------------------------------------------------------------------------------------------------


def identity(config: Config) -> pd.DataFrame:
    """Attention beside the mixture's responsibilities, key by key, with all that must not or must change it, and the
    norm's ε."""
    pairs = sweep.sweep(_pairs_cell, grid(norm=("LayerNorm", "RMSNorm"), draw=range(config.draws)), config)
    residue = sweep.sweep(_epsilon_cell, grid(norm=("LayerNorm", "RMSNorm"), spread=config.spreads), config)
    return pd.concat([pairs.assign(what="pair"), residue.assign(what="epsilon")], ignore_index=True)


def _pairs_cell(config: Config, norm: str, draw: int) -> list[Row]:
    rng = generator("hypersphere", "identity", norm, draw, config.width, config.tokens)
    head = _head(config.width, config.head_width, norm, rng, size=1.5)
    tokens = _tokens(config.tokens, config.width, rng)
    mixtures, attention = head.mixtures(tokens), head.attention(tokens)
    uniform = HeadMixtures(
        mixtures.states, mixtures.mean_directions, mixtures.concentrations, 0 * mixtures.log_weights, mixtures.visible
    ).responsibilities()[0]
    q, k = head.vectors(tokens)
    q_length, k_length = (torch.linalg.vector_norm(v, dim=-1) for v in (q, k))
    cosine = (q @ k.T) / q_length[:, None] / k_length
    # how many orders of magnitude the poster's product of exponentials is away from exp(q·k)
    product_error = (k_length * cosine + q_length[:, None] - q @ k.T) / math.log(10)
    pull, offset = (
        head.scale * head.norm.gain * (k @ head.query.weight[0]),
        head.scale * k @ head.query(head.norm.bias[None])[0, 0],
    )
    # another multiple of (1, …, 1) for every key
    moved = pull + torch.arange(len(k), dtype=torch.float64)[:, None]
    shifted = (head.norm.bare(tokens) @ moved.T + offset).softmax(-1)
    still = Head(head.norm, Projection(1e-9 * head.query.weight, head.query.bias), head.key)
    columns = {
        "attention": attention,
        "responsibility": mixtures.responsibilities()[0],
        "uniform": uniform,
        "rescaled": head.attention(7.3 * tokens + (2.1 if norm == "LayerNorm" else 0)),
        "shifted": shifted,
        "still": still.mixtures(tokens).responsibilities()[0],
        "prior": (head.scale * k @ head.query.bias[0]).softmax(-1).expand_as(attention),
        "gradient_gap": _gradient_gap(head, tokens, mixtures, pull),
        "product_error": product_error,
    }
    flat = {name: value.flatten().tolist() for name, value in columns.items()}
    return [{name: values[index] for name, values in flat.items()} for index in range(config.tokens**2)]


def _gradient_gap(head: Head, tokens: Tensor, mixtures: HeadMixtures, pull: Tensor) -> Tensor:
    """Largest difference, for each query, of Σ_j a_j u_j and autograd's gradient of log Σ_j exp(x̂·u_j + c_j): of all
    its n coordinates, and of the part on the sphere, where the sum is the mixture's force."""
    root = math.sqrt(tokens.shape[1])
    mixture, basis = mixtures.mixture(0, 0), head.norm.basis()
    q, k = (v.detach() for v in head.vectors(tokens))
    bare = head.norm.bare(tokens).requires_grad_()
    scores = head.scale * head.query(head.norm.gain * bare + head.norm.bias)[0] @ k.T
    (gradient,) = torch.autograd.grad(scores.logsumexp(-1).sum(), bare)
    everywhere = gradient - mixtures.responsibilities()[0] @ pull
    on_sphere = gradient @ basis.T - mixture.force(mixtures.states[0]) / root
    return torch.cat([everywhere, on_sphere], -1).abs().amax(-1, keepdim=True).expand(len(q), len(k))


def _epsilon_cell(config: Config, norm: str, spread: float) -> dict[str, object]:
    rng = generator("hypersphere", "epsilon", norm, config.width, config.tokens)
    head = _head(config.width, config.head_width, norm, rng, size=1.5, epsilon=config.epsilon)
    tokens = _tokens(config.tokens, config.width, rng)
    plain = torch.ones(config.width, dtype=torch.float64)
    tokens = spread * Norm(plain, 0 * plain, 0.0, norm == "LayerNorm").bare(tokens)
    mixtures, attention = head.mixtures(tokens), head.attention(tokens)
    length = torch.linalg.vector_norm(mixtures.states[0], dim=-1)
    on_sphere = HeadMixtures(
        torch.nn.functional.normalize(mixtures.states, dim=-1),
        mixtures.mean_directions, mixtures.concentrations, mixtures.log_weights, mixtures.visible,
    )  # fmt: skip
    return {
        "length": float(length.mean()),
        "predicted": (1 + config.epsilon / spread**2) ** -0.5,
        "residue": float((on_sphere.responsibilities()[0] - attention).abs().max()),
        "inside": float((mixtures.responsibilities()[0] - attention).abs().max()),
    }


# --- 4d: the gain -----------------------------------------------------------------------------------------------------


def gain(config: Config) -> pd.DataFrame:
    """What a gain that differs from feature to feature does to the sphere, and to the keys' concentrations."""
    return sweep.sweep(_gain_cell, grid(spread=config.gain_spreads), config)


def _gain_cell(config: Config, spread: float) -> list[Row]:
    rng = generator("hypersphere", "gain", config.gain_width, config.gain_keys)
    tilt = torch.randn(config.gain_width, generator=rng, dtype=torch.float64)
    gamma = (spread * (tilt - tilt.mean()) / tilt.std()).exp()
    square = torch.randn(2, 1, config.gain_width, config.gain_width, generator=rng, dtype=torch.float64)
    rotations, nothing = torch.linalg.qr(square)[0], torch.zeros(1, config.gain_width, dtype=torch.float64)
    query, key = (Projection(rotation, nothing) for rotation in rotations)
    tokens = _tokens(config.gain_keys, config.gain_width, rng)

    def concentrations(gain: Tensor) -> Tensor:
        norm = Norm(gain, torch.zeros_like(gain), 0.0, centred=False)
        scale = 1 / math.sqrt(config.gain_width)
        return pre_norm_heads(norm, query, key, tokens, scale=scale, causal=False).concentrations[0]

    kappa, equal = concentrations(gamma), concentrations(torch.ones_like(gamma))
    tripled = concentrations(3 * torch.ones_like(gamma)) / equal
    rows: list[Row] = [
        {"what": "key", "angle": math.nan, "x": math.nan, "y": math.nan, "kappa": float(k), "tripled": float(t)}
        for k, t in zip(kappa, tripled, strict=True)
    ]
    # the slice through the features of the largest and of the smallest gain
    for angle in np.linspace(0, 2 * np.pi, 181):
        x, y = gamma.max().item() * math.cos(angle), gamma.min().item() * math.sin(angle)
        rows.append({"what": "slice", "angle": angle, "x": x, "y": y, "kappa": math.nan, "tripled": math.nan})
    return rows


# --- 4e: mode seeking -------------------------------------------------------------------------------------------------


def merging(config: Config) -> pd.DataFrame:
    """Tokens that attend to one another layer after layer, keys at rest or moving along."""
    points = grid(keys=("at rest", "moving along"), kappa=config.merging_kappas)
    return sweep.sweep(_merging_cell, points, config)


def _merging_cell(config: Config, keys: str, kappa: float) -> list[Row]:
    rng = generator("hypersphere", "merging", config.merging_tokens)
    centres = patterns.sphere(5, 3, rng, radius=1.0, device="cpu", dtype=torch.float64)
    spread = VonMisesFisher(centres[torch.arange(config.merging_tokens) % 5], torch.tensor(12.0).double())
    start = spread.sample(generator=rng)

    def mixture(tokens: Tensor) -> SphericalMixture:
        same = torch.zeros(len(tokens), dtype=torch.float64)
        return SphericalMixture(tokens, same + kappa, same)

    def layer(state: Tensor) -> Tensor:
        return mode_seeking(mixture(state if keys == "moving along" else start))(state)

    kept = run(layer, start, steps=config.merging_layers, keep_every=1).kept
    assert kept is not None
    rows: list[Row] = []
    for time, states in enumerate(kept):
        density = mixture(states if keys == "moving along" else start).log_density(states)
        distinct = _distinct(states)
        for token, (place, value) in enumerate(zip(states.tolist(), density.tolist(), strict=True)):
            where = dict(zip("xyz", place, strict=True))
            rows.append({"layer": time, "token": token, **where, "log_density": value, "distinct": distinct})
    return rows


def _distinct(states: Tensor, apart: float = 1e-2) -> int:
    """How many groups of states are left if two closer than this are one."""
    first_of_its_group = (torch.cdist(states, states) < apart).int().argmax(1)
    return len(first_of_its_group.unique())


def ascent(config: Config) -> pd.DataFrame:
    """Mode seeking under the mixtures of random heads: is there a step that goes down?"""
    return sweep.sweep(_ascent_cell, grid(norm=("LayerNorm", "RMSNorm"), draw=range(config.draws)), config)


def _ascent_cell(config: Config, norm: str, draw: int) -> list[Row]:
    rng = generator("hypersphere", "ascent", norm, draw, config.width)
    head = _head(config.width, config.head_width, norm, rng, size=2.0)
    mixtures = head.mixtures(_tokens(4 * config.tokens, config.width, rng))
    mixture = mixtures.mixture(0, 0)
    kept = run(mode_seeking(mixture), mixtures.states[0], steps=config.merging_layers, keep_every=1).kept
    assert kept is not None
    density = mixture.log_density(kept)
    steps = density.diff(dim=0)
    return [
        {"layer": time + 1, "lowest_step": float(step.min()), "mean_log_density": float(density[time + 1].mean())}
        for time, step in enumerate(steps)
    ]


# --- the map of accuracy ----------------------------------------------------------------------------------------------


def _scipy(n: int, kappa: np.ndarray) -> list[float]:
    first, law = np.eye(n)[0], cast("Any", scipy.stats.vonmises_fisher)
    return [float(law.logpdf(first, first, float(k))) - float(k) for k in kappa]


def _plain(n: int, kappa: np.ndarray) -> np.ndarray:
    order = n / 2 - 1
    return order * np.log(kappa) - n / 2 * math.log(2 * math.pi) - np.log(scipy.special.iv(order, kappa))


def _scaled(n: int, kappa: np.ndarray) -> np.ndarray:
    order = n / 2 - 1
    return order * np.log(kappa) - n / 2 * math.log(2 * math.pi) - np.log(ive(order, kappa)) - kappa


def _large_kappa(n: int, kappa: np.ndarray) -> np.ndarray:
    return (n - 1) / 2 * np.log(kappa / (2 * math.pi)) - kappa


def _here(n: int, kappa: np.ndarray) -> np.ndarray:
    return log_normaliser(torch.from_numpy(kappa), n).numpy()


NORMALISERS: dict[str, Callable[[int, np.ndarray], np.ndarray | list[float]]] = {
    "Bessel function": _plain,
    "scaled Bessel function": _scaled,
    "SciPy": _scipy,
    "large κ": _large_kappa,
    "this book": _here,
}


def accuracy(config: Config) -> pd.DataFrame:
    """The error of several ways to compute log C_n(κ), against fifty digits; and some of its values."""
    table = sweep.sweep(_accuracy_cell, grid(n=config.map_n), config)
    values: list[Row] = []
    for n, kappa in config.map_values:
        exact, value = float(_exact(n, kappa)[0]), log_normaliser(torch.tensor(kappa).double(), n).item()
        error = abs(value - exact) / max(1, abs(exact))
        values.append({"n": n, "method": "value", "kappa": kappa, "exact": exact, "value": value, "error": error})
    return pd.concat([table, pd.DataFrame(values)], ignore_index=True)


def _accuracy_cell(config: Config, n: int) -> list[Row]:
    kappa = 10.0 ** np.array(config.map_exponents)
    exact = [_exact(n, k) for k in kappa]
    rows: list[Row] = []
    with np.errstate(all="ignore"):
        values = {name: function(n, kappa) for name, function in NORMALISERS.items()}
    values |= {"mean length": mean_length(torch.from_numpy(kappa), n).tolist()}
    values |= {"slope": slope(torch.from_numpy(kappa), n).tolist()}
    for method, numbers in values.items():
        place = ["mean length", "slope"].index(method) + 1 if method in ("mean length", "slope") else 0
        for k, number, truth in zip(kappa, numbers, exact, strict=True):
            # log C relative to max(1, |log C|), for it passes through zero; the others relative to themselves
            size = max(1, abs(truth[0])) if place == 0 else truth[place]
            error = float(abs(truth[place] - float(number)) / size) if math.isfinite(number) else math.inf
            rows.append({"method": method, "kappa": k, "exact": float(truth[place]), "error": min(error, 1e300)})
    return rows


def _exact(n: int, kappa: float) -> tuple[Any, Any, Any]:
    """log C, A and A′ to fifty digits, in a context of their own: mpmath's usual one is shared by all threads."""
    digits = mpmath.mp.clone()
    digits.dps = 50
    order, k = digits.mpf(n) / 2 - 1, digits.mpf(kappa)
    lower, upper = (digits.besseli(order + shift, k, maxterms=10**8) for shift in (0, 1))
    length = upper / lower
    log_c = order * digits.log(k) - (order + 1) * digits.log(2 * digits.pi) - digits.log(lower)
    return log_c, length, 1 - length**2 - (n - 1) * length / k


# --- sampler and fit --------------------------------------------------------------------------------------------------


def recovery(config: Config) -> pd.DataFrame:
    """Drawn points beside the exact law they should follow, and mixtures fitted to points drawn from a planted one."""
    drawn = sweep.sweep(_sampled_cell, grid(n=config.sampled_n, kappa=config.sampled_kappas), config)
    fitted = sweep.sweep(_fitted_cell, grid(seed=range(config.fitted_seeds)), config)
    return pd.concat([drawn.assign(what="sample"), fitted.assign(what="fit")], ignore_index=True)


def _sampled_cell(config: Config, n: int, kappa: float) -> dict[str, object]:
    rng = generator("hypersphere", "sampler", n, kappa, config.sampled)
    count = max(2000, config.sampled * 16 // max(n, 16))
    direction = patterns.sphere(1, n, rng, radius=1.0, device="cpu", dtype=torch.float64)[0]
    # each point has a concentration of its own, so that each has a gradient
    sharpness = torch.full((count,), kappa, dtype=torch.float64, requires_grad=True)
    points = VonMisesFisher(direction, sharpness).rsample(generator=rng)
    # 1 − cos from the distance to the mean direction, which keeps its digits where points are close
    versine = (points - direction).square().sum(-1) / 2
    (gradient,) = torch.autograd.grad(-versine.sum(), sharpness)
    exact = torch.tensor(kappa, dtype=torch.float64)
    length, change = mean_length(exact, n), slope(exact, n)
    shortfall = 1 - length
    return {
        "count": count,
        "measured": float(1 - versine.mean().detach()),
        "exact": float(length),
        "z": float((shortfall - versine.mean().detach()) / (change / count).sqrt()),
        "gradient": float(gradient.mean()),
        "exact_gradient": float(change),
        "gradient_z": float((gradient.mean() - change) / (gradient.std() / math.sqrt(count))),
    }


def _fitted_cell(config: Config, seed: int) -> list[Row]:
    n, planted = config.fitted_n, torch.tensor(config.fitted_kappas, dtype=torch.float64)
    p = len(planted)
    rng = generator("hypersphere", "fit", seed, n, p, config.fitted)
    directions = patterns.sphere(p, n, rng, radius=1.0, device="cpu", dtype=torch.float64)
    weights = torch.softmax(0.5 * torch.randn(p, generator=rng, dtype=torch.float64), -1)
    truth = SphericalMixture(directions, planted, weights.log())
    points = truth.distribution().sample((config.fitted,), generator=rng)
    starts = [scattered(points, p, rng) for _ in range(config.fitted_starts)]
    fits = [fit_mixture(points, start, sweeps=200, tolerance=1e-12) for start in starts]
    fit = max(fits, key=lambda fit: fit.log_likelihood[-1])
    match = (directions @ fit.mixture.mean_directions.T).argmax(-1)
    found = fit.mixture.log_weights.softmax(-1)[match]
    rows: list[Row] = []
    for j in range(p):
        held = float(weights[j]) * config.fitted
        cosine = float(directions[j] @ fit.mixture.mean_directions[match[j]])
        rows.append(
            {
                "component": j,
                "planted": float(planted[j]),
                "fitted": float(fit.mixture.concentrations[match[j]]),
                # if every point's component were known
                "standard_error": float((held * slope(planted[j], n)).rsqrt()),
                "angle": math.acos(min(1.0, cosine)),
                "weight": float(weights[j]),
                "fitted_weight": float(found[j]),
                "matched_once": int((match == match[j]).sum() == 1),
                "log_likelihood_gain": fit.log_likelihood[-1] - float(truth.log_density(points).mean()),
                "points": config.fitted,
                "sweeps": len(fit.log_likelihood),
            }
        )
    return rows


# --- 4c and 4f: a trained model ---------------------------------------------------------------------------------------


def language(config: Config) -> pd.DataFrame:
    """A character model trained as usual and one whose concentration and mixing are free: losses, and their keys."""
    points = grid(attention=("tied", "untied"), seed=range(config.model_seeds))
    return sweep.sweep(_language_cell, points, config)


def _language_cell(config: Config, attention: str, seed: int) -> list[Row]:
    written = tales(config.model_text, generator("hypersphere", "text", config.model_text))
    unseen = tales(config.model_text // 10, generator("hypersphere", "unseen text", config.model_text))
    text, length = encode(written.characters), config.model_context + 1
    rng = generator("hypersphere", "test", config.model_test)
    test = windows(encode(unseen.characters), config.model_test, length, rng).to(config.device)
    model = CharacterModel(
        width=config.model_width,
        heads=config.model_heads,
        blocks=config.model_blocks,
        hidden=2 * config.model_width,
        context=config.model_context,
        untied=attention == "untied",
        rng=generator("hypersphere", "model", seed, config.model_width),
    ).to(config.device)
    blank: dict[str, object] = dict.fromkeys(("loss", "kappa", "log_weight", "tie"), math.nan)
    blank |= {"what": "", "step": -1, "block": -1, "head": -1}
    rows: list[Row] = [
        blank | {"what": "key, at the start"} | key for key in _keys(model, test[: config.model_shown, :-1])
    ]
    losses = train(
        model,
        text,
        steps=config.model_steps,
        batch=config.model_batch,
        rate=config.model_rate,
        rng=generator("hypersphere", "batches", seed, config.model_steps, config.model_batch),
    )
    every = max(1, config.model_steps // 50)
    for step in range(0, config.model_steps, every):
        rows.append(blank | {"what": "training", "step": step, "loss": float(np.mean(losses[step : step + every]))})
    with torch.no_grad():
        final = {"test": model.loss(test).item(), "test, uniform weights": model.loss(test, uniform=True).item()}
    final |= {"information": unseen.information / len(unseen.characters), "parameters": float(model.size())}
    rows += [blank | {"what": name, "step": config.model_steps, "loss": value} for name, value in final.items()]
    rows += [blank | {"what": "key, trained"} | key for key in _keys(model, test[: config.model_shown, :-1])]
    return rows


def _keys(model: CharacterModel, text: Tensor) -> list[dict[str, object]]:
    """κ_j of each key and log π_j, up to a constant: as it is, and −log C(κ_j), as the tie alone would have it."""
    rows: list[dict[str, object]] = []
    with torch.no_grad():
        for piece in text:
            for number, tokens in enumerate(model.entering(piece[None])[:-1]):
                block = cast("Block", model.blocks[number])
                found = block.mixtures(tokens[0])
                n = found.states.shape[-1]
                uniform = log_normaliser(torch.zeros_like(found.concentrations), n)
                tie = uniform - log_normaliser(found.concentrations, n)
                weight = found.log_weights if block.untied else found.log_weights + uniform
                for head, numbers in enumerate(zip(found.concentrations, weight, tie, strict=True)):
                    for one in torch.stack(numbers, -1).tolist():
                        names = ("kappa", "log_weight", "tie")
                        rows.append({"block": number, "head": head, **dict(zip(names, one, strict=True))})
    return rows

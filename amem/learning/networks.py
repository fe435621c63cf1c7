"""Trained networks as files: weights, and beside them a card that says what they are of."""

import hashlib
import json
from pathlib import Path

import torch
from safetensors.torch import load as from_bytes
from safetensors.torch import save as to_bytes

from amem.energies.in_context import InContextEnergy
from amem.files import put
from amem.learning.weights import Card, path_of, sayable


def save(path: Path | str, network: InContextEnergy, about: Card) -> None:
    """Keep a network as `path`, and beside it (.json) its card: its config, what else there is to say about it, and
    the SHA-256 of the weights.

    Raises ValueError or TypeError for a path that is none and for what a card cannot say.
    """
    path = path_of("path", path)
    sayable("about", about)
    data = to_bytes({name: tensor.contiguous() for name, tensor in network.state_dict().items()})
    card = {"network": network.config, **about, "sha256": hashlib.sha256(data).hexdigest()}
    text = json.dumps(card, indent=2, ensure_ascii=False) + "\n"
    put(path.parent, {path.name: data, path.with_suffix(".json").name: text.encode()})


def load(path: Path | str) -> tuple[InContextEnergy, dict[str, object]]:
    """The network that `save` has kept, on the CPU, and its card.

    Raises FileNotFoundError if there is none, ValueError if the weights are not those of the card.
    """
    path = path_of("path", path)
    data, card = path.read_bytes(), json.loads(path.with_suffix(".json").read_text("utf-8"))
    if (found := hashlib.sha256(data).hexdigest()) != card["sha256"]:
        raise ValueError(f"path: wanted weights with the card's SHA-256 {card['sha256']}, got {found}")
    weights = from_bytes(data)
    network = InContextEnergy(**card["network"], rng=torch.Generator()).to(next(iter(weights.values())).dtype)
    network.load_state_dict(weights)
    return network, card

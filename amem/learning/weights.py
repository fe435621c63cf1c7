"""Files of learned weights: there whole or not at all, with a card that says what they are, and nothing that runs."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load as from_bytes
from safetensors.torch import save as to_bytes
from torch import Tensor

from amem.energies.in_context import InContextEnergy
from amem.files import put

Card = Mapping[str, object]


def save(path: Path, network: InContextEnergy, about: Card) -> None:
    """Keep a network as `path`, and beside it (.json) its card: its config, what else there is to say about it, and
    the SHA-256 of the weights."""
    data = to_bytes({name: tensor.contiguous() for name, tensor in network.state_dict().items()})
    card = {"network": network.config, **about, "sha256": hashlib.sha256(data).hexdigest()}
    text = json.dumps(card, indent=2, ensure_ascii=False) + "\n"
    put(path.parent, {path.name: data, path.with_suffix(".json").name: text.encode()})


def load(path: Path) -> tuple[InContextEnergy, dict[str, object]]:
    """The network that `save` has kept, on the CPU, and its card.

    Raises FileNotFoundError if there is none, ValueError if the weights are not those of the card.
    """
    data, card = path.read_bytes(), json.loads(path.with_suffix(".json").read_text("utf-8"))
    if (found := hashlib.sha256(data).hexdigest()) != card["sha256"]:
        raise ValueError(f"path: wanted weights with the card's SHA-256 {card['sha256']}, got {found}")
    weights = from_bytes(data)
    network = InContextEnergy(**card["network"], rng=torch.Generator()).to(next(iter(weights.values())).dtype)
    network.load_state_dict(weights)
    return network, card


def keep(path: Path, tensors: Mapping[str, Tensor], card: Card) -> None:
    """Write tensors and a card as one file, which replaces the one before in one step."""
    data = to_bytes({name: tensor.contiguous() for name, tensor in tensors.items()}, {"card": json.dumps(card)})
    put(path.parent, {path.name: data})


def kept(path: Path) -> tuple[dict[str, Tensor], dict[str, object]]:
    """What `keep` has written. Raises FileNotFoundError if there is nothing, ValueError if it is not whole."""
    try:
        with safe_open(path, "pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except SafetensorError as error:
        raise ValueError(f"checkpoint: wanted a whole safetensors file, got {path} ({error})") from error
    if "card" not in metadata:
        raise ValueError(f"checkpoint: wanted a file with a card, got {path}")
    return tensors, json.loads(metadata["card"])

"""Files of learned weights: there whole or not at all, with a card that says what they are, and nothing that runs."""

import hashlib
import json
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import cast

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load as from_bytes
from safetensors.torch import save as to_bytes
from torch import Tensor

from amem import checks
from amem.energies.in_context import InContextEnergy
from amem.files import put

Card = Mapping[str, object]


def path_of(name: str, value: object) -> Path:
    """A path, or a string that names one, as a path. Raises ValueError or TypeError if it names no file."""
    if not isinstance(value, (str, PathLike)):
        raise TypeError(f"{name}: wanted a path, got {checks.describe(value)}")
    path = Path(cast("str", value))
    if not path.name or path.is_dir():
        raise ValueError(f"{name}: wanted the path of a file, got {str(value)!r}")
    return path


def sayable(name: str, about: object) -> str:
    """What there is to say, as a card has it. Raises TypeError for what is not plain numbers and words."""
    try:
        return json.dumps(about, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{name}: wanted plain finite numbers and words, got {about!r} ({error})") from error


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


def keep(path: Path, tensors: Mapping[str, Tensor], card: Card) -> None:
    """Write tensors and a card as one file, which replaces the one before in one step."""
    data = to_bytes({name: tensor.contiguous() for name, tensor in tensors.items()}, {"card": sayable("card", card)})
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

"""Files of learned weights: there whole or not at all, with a card that says what they are, and nothing that runs."""

import json
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import cast

from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_bytes
from torch import Tensor

from amem import checks
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

"""Checks of tensors, with the messages of `checks`."""

import torch
from torch import Tensor

from amem import checks


def states(name: str, value: object, n: int | None = None) -> Tensor:
    """A real floating tensor of shape (..., n), n ≥ 1; its values are not looked at."""
    if not isinstance(value, Tensor):
        raise TypeError(f"{name}: wanted a torch tensor, got {checks.describe(value)}")
    if not value.is_floating_point():
        raise TypeError(f"{name}: wanted a real floating dtype, got {checks.describe(value)}")
    if value.ndim == 0 or value.shape[-1] == 0 or (n is not None and value.shape[-1] != n):
        raise ValueError(f"{name}: wanted shape (..., {n or 'n'}), got {checks.describe(value)}")
    return value


def matrix(name: str, value: object) -> Tensor:
    """A finite real floating tensor of shape (p, n), p ≥ 1 and n ≥ 1."""
    tensor = states(name, value)
    if tensor.ndim != 2 or tensor.shape[0] == 0:
        raise ValueError(f"{name}: wanted shape (p, n) with p and n at least 1, got {checks.describe(value)}")
    if not torch.isfinite(tensor).all():
        raise ValueError(f"{name}: wanted finite values, got {checks.describe(value)} with NaN or infinity in it")
    return tensor


def signs(name: str, value: object) -> Tensor:
    """A matrix of shape (p, n) whose entries are all −1 or +1."""
    tensor = matrix(name, value)
    if not (tensor.abs() == 1).all():
        odd = tensor[tensor.abs() != 1][0].item()
        raise ValueError(f"{name}: wanted entries −1 or +1, got {checks.describe(value)} with {odd:g} in it")
    return tensor


def floating(name: str, value: object) -> torch.dtype:
    """A real floating dtype."""
    if not isinstance(value, torch.dtype) or not value.is_floating_point:
        raise TypeError(f"{name}: wanted a real floating dtype, got {checks.describe(value)}")
    return value


def generator(name: str, value: object) -> torch.Generator:
    """A torch.Generator: chance is always an argument."""
    if not isinstance(value, torch.Generator):
        raise TypeError(f"{name}: wanted a torch.Generator (see amem.seeds.generator), got {checks.describe(value)}")
    return value


def scale(name: str, value: object, like: Tensor) -> Tensor:
    """A number above zero as a tensor of no axes with the dtype and device of another; a learned parameter stays
    itself."""
    if isinstance(value, torch.nn.Parameter):
        checks.positive(name, value.item() if value.ndim == 0 else value)
        return value
    return torch.tensor(checks.positive(name, value), dtype=like.dtype, device=like.device)

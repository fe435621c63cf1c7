"""Argument checks: one message, *name: wanted this, got that*, for every mistake a user can make."""

import sys

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


def describe(value: object) -> str:
    """A short account of what was passed, for the *got* half of a message."""
    if isinstance(value, Tensor):
        return f"a {str(value.dtype).removeprefix('torch.')} tensor of shape {tuple(value.shape)}"
    return f"{value!r} ({type(value).__name__})"


def real(name: str, value: object) -> float:
    """A finite real number that is not a bool."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"{name}: wanted a real number, got {describe(value)}")
    if not abs(value) <= sys.float_info.max:
        raise ValueError(f"{name}: wanted a finite number, got {value!r}")
    return float(value)


def positive(name: str, value: object) -> float:
    """A finite real number above zero."""
    number = real(name, value)
    if number <= 0:
        raise ValueError(f"{name}: wanted a number above 0, got {value!r}")
    return number


def at_least_zero(name: str, value: object) -> float:
    """A finite real number that is not negative."""
    number = real(name, value)
    if number < 0:
        raise ValueError(f"{name}: wanted a number of at least 0, got {value!r}")
    return number


def fraction(name: str, value: object) -> float:
    """A real number in [0, 1]."""
    number = real(name, value)
    if not 0 <= number <= 1:
        raise ValueError(f"{name}: wanted a fraction between 0 and 1, got {value!r}")
    return number


def count(name: str, value: object, least: int = 1) -> int:
    """A whole number, at least `least`."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name}: wanted a whole number, got {describe(value)}")
    if value < least:
        raise ValueError(f"{name}: wanted a whole number of at least {least}, got {value}")
    return value


def states(name: str, value: object, n: int | None = None) -> Tensor:
    """A real floating tensor of shape (..., n), n ≥ 1; its values are not looked at."""
    if not isinstance(value, Tensor):
        raise TypeError(f"{name}: wanted a torch tensor, got {describe(value)}")
    if not value.is_floating_point():
        raise TypeError(f"{name}: wanted a real floating dtype, got {describe(value)}")
    if value.ndim == 0 or value.shape[-1] == 0 or (n is not None and value.shape[-1] != n):
        raise ValueError(f"{name}: wanted shape (..., {n or 'n'}), got {describe(value)}")
    return value


def matrix(name: str, value: object) -> Tensor:
    """A finite real floating tensor of shape (p, n), p ≥ 1 and n ≥ 1."""
    tensor = states(name, value)
    if tensor.ndim != 2 or tensor.shape[0] == 0:
        raise ValueError(f"{name}: wanted shape (p, n) with p and n at least 1, got {describe(value)}")
    if not torch.isfinite(tensor).all():
        raise ValueError(f"{name}: wanted finite values, got {describe(value)} with NaN or infinity in it")
    return tensor


def array(name: str, value: object) -> NDArray[np.float64]:
    """A finite real NumPy array of shape (p, n), p ≥ 2 and n ≥ 1: points that have neighbours."""
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiu":
        raise TypeError(f"{name}: wanted a real NumPy array, got {describe(value)}")
    if value.ndim != 2 or value.shape[0] < 2 or value.shape[1] == 0:
        raise ValueError(f"{name}: wanted shape (p, n) with p at least 2 and n at least 1, got {value.shape}")
    if not np.isfinite(value).all():
        raise ValueError(f"{name}: wanted finite values, got NaN or infinity among them")
    return value.astype(np.float64)


def signs(name: str, value: object) -> Tensor:
    """A matrix of shape (p, n) whose entries are all −1 or +1."""
    tensor = matrix(name, value)
    if not (tensor.abs() == 1).all():
        odd = tensor[tensor.abs() != 1][0].item()
        raise ValueError(f"{name}: wanted entries −1 or +1, got {describe(value)} with {odd:g} in it")
    return tensor


def floating(name: str, value: object) -> torch.dtype:
    """A real floating dtype."""
    if not isinstance(value, torch.dtype) or not value.is_floating_point:
        raise TypeError(f"{name}: wanted a real floating dtype, got {describe(value)}")
    return value


def generator(name: str, value: object) -> torch.Generator:
    """A torch.Generator: chance is always an argument."""
    if not isinstance(value, torch.Generator):
        raise TypeError(f"{name}: wanted a torch.Generator (see amem.seeds.generator), got {describe(value)}")
    return value


def scale(name: str, value: object, like: Tensor) -> Tensor:
    """A number above zero as a tensor of no axes with the dtype and device of another; a learned parameter stays
    itself."""
    if isinstance(value, torch.nn.Parameter):
        positive(name, value.item() if value.ndim == 0 else value)
        return value
    return torch.tensor(positive(name, value), dtype=like.dtype, device=like.device)

"""Argument checks: one message, *name: wanted this, got that*, for every mistake a user can make."""

import sys
from numbers import Integral, Real

import numpy as np
from numpy.typing import NDArray


def describe(value: object) -> str:
    """A short account of what was passed, for the *got* half of a message."""
    shape, dtype = getattr(value, "shape", ()), getattr(value, "dtype", None)
    if dtype is not None and shape:
        kind = "array" if isinstance(value, np.ndarray) else type(value).__name__.lower()
        return f"a {str(dtype).removeprefix('torch.')} {kind} of shape {tuple(shape)}"
    return f"{value!r} ({type(value).__name__})"


def real(name: str, value: object) -> float:
    """A finite real number that is not a bool: Python's, NumPy's or a tensor without axes."""
    number = _plain(value)
    if isinstance(number, bool) or not isinstance(number, Real):
        raise TypeError(f"{name}: wanted a real number, got {describe(value)}")
    if not abs(number) <= sys.float_info.max:  # type: ignore
        raise ValueError(f"{name}: wanted a finite number, got {value!r}")
    return float(number)


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
    """A whole number, at least `least`: Python's, NumPy's or a tensor without axes."""
    number = _plain(value)
    if isinstance(number, bool) or not isinstance(number, Integral):
        raise TypeError(f"{name}: wanted a whole number, got {describe(value)}")
    if number < least:
        raise ValueError(f"{name}: wanted a whole number of at least {least}, got {value}")
    return int(number)


def array(name: str, value: object) -> NDArray[np.float64]:
    """A finite real NumPy array of shape (p, n), p ≥ 2 and n ≥ 1: points that have neighbours."""
    if not isinstance(value, np.ndarray) or value.dtype.kind not in "fiu":
        raise TypeError(f"{name}: wanted a real NumPy array, got {describe(value)}")
    if value.ndim != 2 or value.shape[0] < 2 or value.shape[1] == 0:
        raise ValueError(f"{name}: wanted shape (p, n) with p at least 2 and n at least 1, got {value.shape}")
    if not np.isfinite(value).all():
        raise ValueError(f"{name}: wanted finite values, got NaN or infinity among them")
    return value.astype(np.float64)


def numbers(name: str, value: object) -> NDArray[np.float64]:
    """Real numbers in an array of any shape. Dates and durations count in a unit that they do not say: refused."""
    found = np.asarray(value)
    if found.dtype.kind not in "fiu":
        advice = "of dates, what has passed in a unit of your choice: (dates - dates[0]) / np.timedelta64(1, 'D')"
        raise TypeError(f"{name}: wanted real numbers ({advice}), got {describe(found)}")
    return found.astype(np.float64)


def _plain(value: object) -> object:
    """A NumPy number, or an array or tensor without axes, as Python's number; a date or a duration is none."""
    if isinstance(value, (np.datetime64, np.timedelta64)):
        return value
    item = getattr(value, "item", None)
    return item() if item is not None and getattr(value, "shape", None) == () else value

"""What every plot asks of its numbers: finite, of one length, and said so where they are not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._labels import missing

Floats = NDArray[np.float64]


def columns(**given: ArrayLike) -> list[Floats]:
    """Read columns of one length.

    Raises
    ------
    ValueError
        If one is not a finite, non-empty column, or their lengths differ.
    """
    arrays = {name: np.asarray(column, dtype=float) for name, column in given.items()}
    for name, array in arrays.items():
        if array.ndim != 1 or not len(array):
            raise ValueError(f"{name} has shape {array.shape}, expected (k,) with k of 1 or more")
    lengths = {name: len(array) for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"columns differ in length, expected one length for all: {lengths}")
    for name, array in arrays.items():
        forbid(~np.isfinite(array), array, name, "a finite number")
    return list(arrays.values())


def forbid(wrong: NDArray[np.bool_], column: Floats, name: str, expected: str) -> None:
    """Raise for the first row that is ``wrong``."""
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        raise ValueError(f"{name} is {column[row]:g} in row {row + 1}, expected {expected}")


def number(name: str, value: float) -> float:
    """Read one finite number."""
    if not np.isfinite(value):
        raise ValueError(f"{name} is {value}, expected a finite number")
    return float(value)


def names(name: str, given: Sequence[str], k: int) -> list[str]:
    """Read one text for each of ``k`` rows, which may be empty, not missing; each stays on one line."""
    if isinstance(given, str):
        raise ValueError(f"{name} is one text ({given!r}), expected {k} texts")
    if len(given) != k:
        raise ValueError(f"{name} has {len(given)} entries, expected {k}, one a row")
    for row, each in enumerate(given, start=1):
        if missing(each) and not isinstance(each, str):
            raise ValueError(f"{name} is missing in row {row}, expected a text")
    return [" ".join(str(each).split()) for each in given]


def padded(low: float, high: float, share: float = 0.06) -> tuple[float, float]:
    """Widen a range by ``share`` of its width at both ends; a range without width by a half."""
    room = (high - low) * share if high > low else 0.5
    return low - room, high + room

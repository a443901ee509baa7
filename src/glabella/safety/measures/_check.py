"""Refusal of counts that cannot be, naming the array, the place, what was found and what was expected."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def counts(**arrays: ArrayLike) -> list[Floats]:
    """Give the named arrays as floats of one common shape, each finite and 0 or more."""
    found = {name: np.asarray(array, dtype=float) for name, array in arrays.items()}
    for name, array in found.items():
        refuse(~(np.isfinite(array) & (array >= 0)), array, name, "a finite number, 0 or more")
    try:
        return list(np.broadcast_arrays(*found.values()))
    except ValueError:
        shapes = {name: array.shape for name, array in found.items()}
        raise ValueError(f"shapes differ, expected arrays that broadcast to one shape: {shapes}") from None


def within(part: Floats, whole: Floats, part_name: str, whole_name: str) -> None:
    """Refuse a part greater than its whole."""
    refuse(part > whole, part, part_name, f"at most {whole_name}")


def refuse(wrong: NDArray[np.bool_], array: Floats, name: str, expected: str) -> None:
    """Raise a ValueError at the first place marked wrong."""
    if wrong.any():
        place = np.unravel_index(int(np.argmax(wrong)), wrong.shape)
        where = f"[{', '.join(map(str, place))}]" if place else ""
        raise ValueError(f"{name}{where} is {np.broadcast_to(array, wrong.shape)[place]:g}, expected {expected}")


def check_level(level: float) -> None:
    """Refuse a confidence level that is none."""
    if not 0 < level < 1:
        raise ValueError(f"level is {level}, expected between 0 and 1")

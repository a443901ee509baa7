"""Results as plain values of JSON: what is not finite is null."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike


def number(value: float | None) -> float | None:
    """Give a finite number, or None."""
    return float(value) if value is not None and math.isfinite(value) else None


def interval(value: float | None, low: float | None = None, high: float | None = None) -> dict[str, float | None]:
    """Give a value with its limits."""
    return {"value": number(value), "low": number(low), "high": number(high)}


def numbers(values: ArrayLike) -> list[float]:
    """Give finite numbers as a list.

    Raises
    ------
    ValueError
        If one is not finite.
    """
    array = np.asarray(values, dtype=float)
    if not np.isfinite(array).all():
        raise ValueError(f"{int((~np.isfinite(array)).sum())} of {array.size} numbers are not finite")
    found: list[Any] = array.tolist()
    return found

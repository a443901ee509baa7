"""Results as plain values of JSON: what is not finite is null."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from glabella.mechanism._sensitivity import Tornado


def number(value: float | None) -> float | None:
    """Give a finite number, or None."""
    return float(value) if value is not None and math.isfinite(value) else None


def interval(value: float | None, low: float | None = None, high: float | None = None) -> dict[str, float | None]:
    """Give a value with its limits."""
    return {"value": number(value), "low": number(low), "high": number(high)}


def swings(found: Tornado) -> list[dict[str, Any]]:
    """Give how far each unknown moves a result."""
    return [
        {"name": name, "low": float(a), "high": float(b), "at_low": number(x), "at_high": number(y)}
        for name, a, b, x, y in zip(found.names, found.low, found.high, found.at_low, found.at_high, strict=True)
    ]


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

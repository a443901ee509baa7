"""When a curve has fallen, and values with their limits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """A value and its limits; infinite beyond the last day, NaN where nobody responds at all."""

    value: float
    low: float
    high: float


def falling(days: Floats, shares: Floats, part: float) -> Floats:
    """Give the day after its peak on which each row (m, t) has fallen to a part of it.

    Infinite where it has not by the last day, NaN where the peak is not above zero.
    """
    top = shares.max(axis=1)
    after = np.arange(len(days)) > shares.argmax(axis=1)[:, None]
    below = after & (shares < part * top[:, None])
    found = np.where(below.any(axis=1), _between(days, shares, below.argmax(axis=1), part * top), np.inf)
    return np.where(top > 0, found, np.nan)


def _between(days: Floats, shares: Floats, place: NDArray[np.intp], level: Floats) -> Floats:
    """Interpolate when rows cross a level between the day before a place and the place."""
    before, rows = np.maximum(place - 1, 0), np.arange(len(shares))
    change = shares[rows, place] - shares[rows, before]
    with np.errstate(invalid="ignore", divide="ignore"):
        part = np.where(change == 0, 1.0, (level - shares[rows, before]) / change)
    return np.asarray(days[before] + np.clip(part, 0, 1) * (days[place] - days[before]))


def interval_over(values: Floats, level: float) -> Interval:
    """Give median and limits; among infinite values without interpolation, which has no meaning there."""
    if not values.size:
        return Interval(np.nan, np.nan, np.nan)
    low, high = _ends(level)
    how: Any = "linear" if np.isfinite(values).all() else "inverted_cdf"
    return Interval(*(float(x) for x in np.quantile(values, [0.5, low, high], method=how)))


def _ends(level: float) -> tuple[float, float]:
    if not 0 < level < 1:
        raise ValueError(f"the level is {level}, expected between 0 and 1")
    return 0.5 - level / 2, 0.5 + level / 2

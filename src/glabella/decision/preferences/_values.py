"""Partial values: what an outcome is worth between the worst and the best that are considered, as 0 to 1."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def linear(x: ArrayLike, worst: ArrayLike, best: ArrayLike, *, clip: bool = False) -> Floats:
    """Give 0 at the worst end of the range, 1 at the best, and a straight line through both.

    Parameters
    ----------
    x : array_like
        Outcomes; criteria along the last axis where the ends differ by criterion.
    worst, best : array_like
        Ends of the range; ``best`` is the lower one where less is better.
    clip : bool
        Whether what lies outside the range counts as its nearer end; else the line goes on.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        If the ends are the same: nothing can be told apart between them.

    Examples
    --------
    >>> linear([0.1, 0.3, 0.4], worst=0.5, best=0.1).round(12)
    array([1.  , 0.5 , 0.25])
    """
    ends = np.asarray(worst, dtype=float), np.asarray(best, dtype=float)
    width = ends[1] - ends[0]
    if not (np.isfinite(width) & (width != 0)).all():
        raise ValueError(f"the range is {ends[0]} to {ends[1]}, expected two different numbers")
    value = np.asarray(np.asarray(x, dtype=float) - ends[0])
    value /= width
    return np.clip(value, 0.0, 1.0, out=value) if clip else value


def piecewise(x: ArrayLike, cutoffs: ArrayLike, values: ArrayLike) -> Floats:
    """Give values at cut-offs and straight lines between them; outside, the value of the nearer end.

    Parameters
    ----------
    x : array_like
        Outcomes.
    cutoffs, values : array_like, shape (n,)
        Cut-offs from low to high, and the value at each.

    Returns
    -------
    ndarray

    Raises
    ------
    ValueError
        If cut-offs do not rise, or not each has a value.

    Examples
    --------
    >>> piecewise([50, 90, 100, 10, 40, 101, 120], [50, 75, 90, 100], [1, 0.8, 0.5, 0])
    array([1. , 0.5, 0. , 1. , 1. , 0. , 0. ])
    """
    at, worth = np.asarray(cutoffs, dtype=float), np.asarray(values, dtype=float)
    if at.ndim != 1 or at.shape != worth.shape or at.size < 2:
        raise ValueError(f"{at.size} cut-offs and {worth.size} values, expected two or more, a value for each")
    if not (np.diff(at) > 0).all():
        raise ValueError(f"cut-offs are {at.tolist()}, expected each above the one before")
    return np.asarray(np.interp(np.asarray(x, dtype=float), at, worth))

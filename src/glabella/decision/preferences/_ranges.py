"""What the choice of ranges does to ranks: a weight is of the step across its range, so both move together."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.decision.preferences._smaa import first_shares
from glabella.decision.preferences._values import linear

Floats = NDArray[np.float64]


def hull(low: ArrayLike, high: ArrayLike, better: ArrayLike) -> Floats:
    """Give the range that the intervals of all options span together, for each criterion.

    Parameters
    ----------
    low, high : array_like, shape (options, criteria)
        Limits of the intervals.
    better : array_like of bool, shape (criteria,)
        Whether more is better.

    Returns
    -------
    ndarray, shape (criteria, 2)
        The worst end, then the best.

    Examples
    --------
    >>> hull([[0.2, 0.1], [0.3, 0.05]], [[0.4, 0.2], [0.5, 0.15]], [True, False]).tolist()
    [[0.2, 0.5], [0.2, 0.05]]
    """
    ends = np.stack([np.min(low, axis=0), np.max(high, axis=0)], axis=1)
    return np.where(np.asarray(better, dtype=bool)[:, None], ends, ends[:, ::-1])


def range_sensitivity(outcomes: ArrayLike, weights: ArrayLike, ranges: ArrayLike, others: ArrayLike) -> Floats:
    """Give how often each option is first with the range of one criterion after the other replaced.

    Parameters
    ----------
    outcomes : array_like, shape (draws, options, criteria)
        Draws of outcomes.
    weights : array_like, shape (draws, criteria)
        Draws of weights.
    ranges, others : array_like, shape (criteria, 2)
        Ranges as they are, and those in their place: the worst end, then the best.

    Returns
    -------
    ndarray, shape (criteria + 2, options)
        With the ranges as they are, with each one replaced, and last with all replaced.
    """
    x, w = np.asarray(outcomes, dtype=float), np.asarray(weights, dtype=float)
    (worst, best), (worst_other, best_other) = np.asarray(ranges).T, np.asarray(others).T
    values, other = linear(x, worst, best), linear(x, worst_other, best_other)
    found = [first_shares(values, w)]
    for criterion in range(x.shape[2]):
        kept = values[:, :, criterion].copy()
        values[:, :, criterion] = other[:, :, criterion]
        found.append(first_shares(values, w))
        values[:, :, criterion] = kept
    found.append(first_shares(other, w))
    return np.stack(found)

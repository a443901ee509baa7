"""What the choice of ranges does to ranks: a weight is of the step across its range, so both move together."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.decision.preferences._smaa import first_shares
from glabella.decision.preferences._values import linear

Floats = NDArray[np.float64]


def hull(outcomes: ArrayLike, better: ArrayLike, *, level: float = 0.95) -> Floats:
    """Give the range that the intervals of all options span together, for each criterion.

    Parameters
    ----------
    outcomes : array_like, shape (draws, options, criteria)
        Draws of outcomes.
    better : array_like of bool, shape (criteria,)
        Whether more is better.
    level : float
        Of the intervals.

    Returns
    -------
    ndarray, shape (criteria, 2)
        The worst end, then the best.
    """
    tails = (1 - level) / 2
    low, high = np.quantile(np.asarray(outcomes, dtype=float), [tails, 1 - tails], axis=0)
    ends = np.stack([low.min(axis=0), high.max(axis=0)], axis=1)
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
    usual, other = linear(x, worst, best), linear(x, worst_other, best_other)
    found = [first_shares(usual, w)]
    for criterion in range(x.shape[2]):
        values = usual.copy()
        values[:, :, criterion] = other[:, :, criterion]
        found.append(first_shares(values, w))
    found.append(first_shares(other, w))
    return np.stack(found)

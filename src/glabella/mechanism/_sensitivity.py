"""What a result owes to what is assumed, one unknown at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.mechanism._unknowns import Unknown, _distribution

Floats = NDArray[np.float64]
#: Values of the unknowns on their own scales (m, p) to the result (m,), all at once.
Result = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Tornado:
    """How far a result moves as one unknown moves, the farthest first.

    Attributes
    ----------
    centre : float
        The result with every unknown at its centre.
    names : tuple of str
    low, high : ndarray of shape (p,)
        Values of the unknown.
    at_low, at_high : ndarray of shape (p,)
        The result there; may be infinite.
    """

    centre: float
    names: tuple[str, ...]
    low: Floats
    high: Floats
    at_low: Floats
    at_high: Floats

    @property
    def swing(self) -> Floats:
        """Distance between the two results of each unknown."""
        return _distance(self.at_low, self.at_high)


def tornado(function: Result, centre: ArrayLike, low: ArrayLike, high: ArrayLike, names: Sequence[str]) -> Tornado:
    """Move one unknown at a time to its limits, the others staying at their centres.

    Parameters
    ----------
    function : callable
        Takes values of shape (m, p), gives results of shape (m,); called once.
    centre, low, high : array_like of shape (p,)
        Such as medians and limits of the prior or the posterior.
    names : sequence of str

    Returns
    -------
    Tornado

    Raises
    ------
    ValueError
        If lengths differ, limits are not in order, or a result is not a number; the message names how many.
    """
    middle, least, most = (np.asarray(each, dtype=float) for each in (centre, low, high))
    p = len(names)
    for what, each in (("centre", middle), ("low", least), ("high", most)):
        if each.shape != (p,):
            raise ValueError(f"{what} has shape {each.shape}, expected ({p},)")
    for place in np.flatnonzero(~((least <= middle) & (middle <= most)))[:1]:
        raise ValueError(
            f"{names[place]} lies at {middle[place]}, expected between {least[place]} and {most[place]}"
        )
    values = np.tile(middle, (2 * p + 1, 1))
    rows = np.arange(p)
    values[1 + rows, rows], values[1 + p + rows, rows] = least, most
    found = _results(function, values)
    at_low, at_high = found[1 : p + 1], found[p + 1 :]
    order = np.argsort(-_distance(at_low, at_high), kind="stable")
    ranked = tuple(names[place] for place in order)
    return Tornado(float(found[0]), ranked, least[order], most[order], at_low[order], at_high[order])


def quantile(unknown: Unknown, probability: ArrayLike) -> Floats:
    """Give quantiles of an unknown's prior, on its own scale."""
    if not unknown.family:
        raise ValueError(f"{unknown.name} has no prior")
    found = _distribution(unknown.family, tuple(sorted(unknown.parameters.items()))).ppf(probability)
    return np.asarray(found, dtype=float)


def _results(function: Result, values: Floats) -> Floats:
    found = np.asarray(function(values), dtype=float)
    if found.shape != (len(values),):
        raise ValueError(f"the function gave shape {found.shape} for {len(values)} rows, expected ({len(values)},)")
    bad = int(np.isnan(found).sum())
    if bad:
        raise ValueError(f"{bad} of {len(values)} results are not a number")
    return found


def _distance(low: Floats, high: Floats) -> Floats:
    """Give distances; none between two that are both infinite."""
    same = low == high
    return np.asarray(np.abs(np.where(same, 0.0, high) - np.where(same, 0.0, low)))

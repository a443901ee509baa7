"""Net benefit of an option beyond a control: what is gained less what is lost, in one kind of outcome."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
#: Of how many people.
PEOPLE = 1000


@dataclass(frozen=True, slots=True)
class NetBenefit:
    """Net benefit per 1,000 people, beyond the control, in outcomes of importance one.

    Attributes
    ----------
    mean, low, high : ndarray, shape (options,)
        Mean and limits over the draws.
    above_zero : ndarray, shape (options,)
        Share of draws in which the option does more good than the control.
    parts : ndarray, shape (options, criteria)
        What each criterion adds to the mean.
    per_draw : ndarray, shape (draws, options)
        The net benefit of each draw.
    """

    mean: Floats
    low: Floats
    high: Floats
    above_zero: Floats
    parts: Floats
    per_draw: Floats


def net_benefit(
    chances: ArrayLike, control: int, importance: ArrayLike, better: ArrayLike, *, level: float = 0.95
) -> NetBenefit:
    """Weigh differences of chances by how much one such outcome matters.

    Parameters
    ----------
    chances : array_like, shape (draws, options, criteria)
        Chances of each outcome, 0 to 1.
    control : int
        The option that the others are compared with.
    importance : array_like, shape (criteria,)
        How many outcomes of importance one, such as one more person who gets well, one such outcome counts.
    better : array_like of bool, shape (criteria,)
        Whether more of the outcome is better.
    level : float
        Of the limits.

    Returns
    -------
    NetBenefit

    Examples
    --------
    >>> found = net_benefit([[[0.3, 0.1], [0.5, 0.3]]], 0, [1.0, 0.5], [True, False])
    >>> found.mean.round(9).tolist(), found.parts[1].round(9).tolist()
    ([0.0, 100.0], [200.0, -100.0])
    """
    x = np.asarray(chances, dtype=float)
    signs = np.where(np.asarray(better, dtype=bool), 1.0, -1.0)
    worth = PEOPLE * np.asarray(importance, dtype=float) * signs
    draws = np.einsum("doc,c->do", x, worth)
    draws = draws - draws[:, [control]]
    mean_chance = x.mean(axis=0)
    tails = (1 - level) / 2
    low, high = np.quantile(draws, [tails, 1 - tails], axis=0)
    return NetBenefit(
        mean=draws.mean(axis=0),
        low=low,
        high=high,
        above_zero=(draws > 0).mean(axis=0),
        parts=(mean_chance - mean_chance[control]) * worth,
        per_draw=draws,
    )

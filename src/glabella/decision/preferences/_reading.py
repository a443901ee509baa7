"""What may be said of people who put one criterion first: the rule, without its words."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike

#: Shares of draws and confidence factors from which on an option would be chosen, or leant to.
CHOOSE, LEAN = 0.8, 0.6
SURE, FAIRLY_SURE = 0.7, 0.5


class Reading(StrEnum):
    """What is said: who would choose, who would lean, that it is not settled, or that evidence is the problem."""

    CHOOSE = "choose"
    LEAN = "lean"
    UNSETTLED = "unsettled"
    EVIDENCE = "evidence"


@dataclass(frozen=True, slots=True)
class Stated:
    """A reading, and of which option; that and its numbers are those of the option most often first."""

    reading: Reading
    option: int
    share: float
    confidence: float


def stated(shares: ArrayLike, confidence: ArrayLike) -> Stated:
    """Say what holds of people who put a criterion first.

    Parameters
    ----------
    shares : array_like, shape (options,)
        How often each option is first among weights that put the criterion first.
    confidence : array_like, shape (options,)
        Confidence factors over all weights; NaN counts as 0.

    Returns
    -------
    Stated

    Notes
    -----
    Where no option has a confidence factor of 0.5, the evidence is the problem, not values. Else the option most
    often first would be chosen (share from 0.8 on, confidence factor from 0.7 on), or leant to (from 0.6 and 0.5
    on); else the matter is not settled. The limits are choices.

    Examples
    --------
    >>> sure = [0.96, 0.37, 0.47]
    >>> str(stated([0.95, 0.03, 0.02], sure).reading), str(stated([0.37, 0.33, 0.30], sure).reading)
    ('choose', 'unsettled')
    """
    first, sure = np.asarray(shares, dtype=float), np.nan_to_num(np.asarray(confidence, dtype=float))
    option = int(first.argmax())
    share, own = float(first[option]), float(sure[option])
    if (sure < FAIRLY_SURE).all():
        reading = Reading.EVIDENCE
    elif share >= CHOOSE and own >= SURE:
        reading = Reading.CHOOSE
    elif share >= LEAN and own >= FAIRLY_SURE:
        reading = Reading.LEAN
    else:
        reading = Reading.UNSETTLED
    return Stated(reading, option, share, own)

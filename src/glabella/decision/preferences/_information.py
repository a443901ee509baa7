"""What knowing more is worth: the loss from deciding now, and what a trial would take of it.

A net benefit is of treating beyond not treating: above zero one would treat. Deciding now loses whatever the
other decision turns out to have been better by.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike

#: Of an estimate's standard error at one person a group, for a standardised mean difference of two equal groups.
STANDARDISED = 2.0
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Trial:
    """How probable it is that a trial settles a question.

    Attributes
    ----------
    above, below : float
        Chance that its interval ends up wholly above the threshold, or wholly below it.
    n : int
        People in each of its two groups.
    """

    above: float
    below: float
    n: int

    @property
    def settles(self) -> float:
        """Chance of one or the other."""
        return self.above + self.below


def unit_loss(z: float) -> float:
    """Give the expected loss of a standard normal net benefit whose mean is z above the threshold.

    >>> round(unit_loss(0.0), 12), round(unit_loss(2.0), 12)
    (0.398942280401, 0.008490702617)
    """
    density = math.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    # The difference loses its digits far out, and must not fall below nothing.
    return max(0.0, density - z * _below(-z))


def evpi_normal(mean: float, sd: float) -> float:
    """Give the expected value of perfect information on a normal net benefit.

    Parameters
    ----------
    mean, sd : float
        What is believed of it.

    Examples
    --------
    >>> round(evpi_normal(0.0, 100.0), 6), evpi_normal(50.0, 0.0)
    (39.894228, 0.0)
    """
    if not sd >= 0:
        raise ValueError(f"a spread of {sd:g}, expected 0 or more")
    return sd * unit_loss(abs(mean) / sd) if sd else 0.0


def evpi(net_benefits: ArrayLike) -> float:
    """Give the expected value of perfect information from draws of net benefit.

    Parameters
    ----------
    net_benefits : array_like, shape (draws, options)
        Of every option that may be chosen, doing nothing included.

    Examples
    --------
    >>> evpi([[0.0, 10.0], [0.0, -4.0]])
    2.0
    """
    draws = np.asarray(net_benefits, dtype=float)
    return max(0.0, float(draws.max(axis=1).mean() - draws.mean(axis=0).max()))


def evsi_normal(mean: float, sd: float, error: float) -> float:
    """Give the expected value of a trial's information on a normal net benefit.

    Parameters
    ----------
    mean, sd : float
        What is believed of the net benefit before the trial.
    error : float
        Standard error with which the trial would measure it.

    Returns
    -------
    float
        Never more than :func:`evpi_normal`, which a trial without error would reach.
    """
    if not error >= 0:
        raise ValueError(f"a standard error of {error:g}, expected 0 or more")
    return evpi_normal(mean, sd * sd / math.hypot(sd, error) if sd else 0.0)


def trial_settles(
    mean: float, sd: float, threshold: float, n: int, *, variance: float = STANDARDISED, level: float = 0.95
) -> Trial:
    """Give the chance that a trial's own interval lies wholly on one side of a threshold.

    Parameters
    ----------
    mean, sd : float
        What is believed of the effect.
    threshold : float
        The smallest effect that matters.
    n : int
        People in each of two groups.
    variance : float
        Of the trial's estimate with one person in each group; 2 for a standardised mean difference.
    level : float
        Of the trial's interval.

    Returns
    -------
    Trial

    Examples
    --------
    >>> found = trial_settles(0.42, 0.31, 0.24, 365)
    >>> round(found.above, 2), round(found.below, 2)
    (0.54, 0.15)
    """
    if n < 1 or not variance > 0 or not sd >= 0:
        raise ValueError(
            f"n is {n}, variance {variance:g}, spread {sd:g}; expected 1 or more, more than 0, 0 or more"
        )
    error = math.sqrt(variance / n)
    half = _NORMAL.inv_cdf((1 + level) / 2) * error
    spread = math.hypot(sd, error)
    above = _below((mean - threshold - half) / spread)
    below = _below((threshold - half - mean) / spread)
    return Trial(above, below, n)


def n_to_settle(
    mean: float,
    sd: float,
    threshold: float,
    chance: float,
    *,
    variance: float = STANDARDISED,
    level: float = 0.95,
    most: int = 1_000_000,
) -> int | None:
    """Give the fewest people in each group with whom a trial settles the question with at least such a chance.

    Parameters
    ----------
    mean, sd, threshold, variance, level
        As in :func:`trial_settles`.
    chance : float
        The chance that is wanted.
    most : int
        More people a group are not considered.

    Returns
    -------
    int or None
        None where so many people would not do.
    """

    def settles(n: int) -> float:
        return trial_settles(mean, sd, threshold, n, variance=variance, level=level).settles

    if settles(most) < chance:
        return None
    # More people always settle it more probably: the interval narrows, and nothing else moves but the spread.
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if settles(middle) >= chance else (middle, high)
    return high


def n_per_group(
    difference: float, *, power: float = 0.8, variance: float = STANDARDISED, level: float = 0.95
) -> int:
    """Give the people in each group with whom a trial finds a difference with such a power.

    >>> n_per_group(0.24), n_per_group(0.24, power=0.9)
    (273, 365)
    """
    if not difference:
        raise ValueError("a difference of 0, expected another")
    z = _NORMAL.inv_cdf((1 + level) / 2) + _NORMAL.inv_cdf(power)
    return math.ceil(variance * (z / difference) ** 2)


def _below(z: float) -> float:
    """Give the normal chance of less than z, to the last digits in both tails."""
    return 0.5 * math.erfc(-z / math.sqrt(2))

"""A number that is not known for sure, as quantiles on one fixed grid: nothing is drawn, so nothing varies.

The grid's first limits of a 95 % interval are points of it, so that an interval put in comes out as it was.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from glabella.synthesis import Distribution

Floats = NDArray[np.float64]

#: Points of the grid, each with as much probability; 0.025 and 0.975 are among them.
POINTS = 500
_AT: Floats = (np.arange(POINTS) + 0.5) / POINTS
#: Limits of every interval here.
LIMITS = (0.025, 0.975)


@dataclass(frozen=True, eq=False)
class Uncertain:
    """A number that is not known for sure.

    Attributes
    ----------
    middle : float
        The value that stands for it, as its source prints it.
    at : ndarray of shape (500,)
        Quantiles, ascending, each in the middle of as much probability.
    """

    middle: float
    at: Floats = field(repr=False)

    @property
    def interval(self) -> tuple[float, float]:
        """The limits between which it lies with 95 %, never leaving out the value itself."""
        low, high = limits(self.at)
        return min(low, self.middle), max(high, self.middle)

    def below(self, x: float) -> float:
        """Give the probability that it is below ``x``, half of what is exactly there counted.

        >>> exactly(2.0).below(3.0), exactly(2.0).below(2.0), round(normal(0, 1).below(1.0), 2)
        (1.0, 0.5, 0.84)
        """
        first, last = np.searchsorted(self.at, x, "left"), np.searchsorted(self.at, x, "right")
        if first != last or first in (0, POINTS):
            return float(first + last) / (2 * POINTS)
        return float(np.interp(x, self.at[first - 1 : first + 1], _AT[first - 1 : first + 1]))

    def drawn(self, u: ArrayLike) -> Floats:
        """Give its value for each number of a uniform distribution, to draw it with others.

        >>> normal(0, 1).drawn([0.5, 0.975]).round(2).tolist()
        [0.0, 1.96]
        """
        return np.asarray(np.interp(np.asarray(u, dtype=float), _AT, self.at))

    def plus(self, other: Uncertain) -> Uncertain:
        """Add another number that is independent of it.

        >>> normal(1, 3).plus(normal(2, 4)).middle, round(normal(1, 3).plus(normal(2, 4)).interval[1], 1)
        (3.0, 12.8)
        """
        every = np.sort((self.at[:, None] + other.at).ravel())
        # In the middle of each of as many equal parts of all sums.
        half = POINTS // 2
        return Uncertain(self.middle + other.middle, (every[half - 1 :: POINTS] + every[half::POINTS]) / 2)


def limits(values: Floats) -> tuple[float, float]:
    """Give the limits between which 95 % of values lie that have equal probability.

    >>> limits(np.repeat(exactly(3.0).at, 4))
    (3.0, 3.0)
    """
    low, high = np.quantile(values, LIMITS, method="averaged_inverted_cdf")
    return float(low), float(high)


def exactly(value: float) -> Uncertain:
    """Take a number as known.

    >>> exactly(0.4).interval
    (0.4, 0.4)
    """
    return Uncertain(float(value), np.full(POINTS, float(value)))


def normal(mean: float, sd: float) -> Uncertain:
    """Give a normal distribution.

    >>> [round(limit, 4) for limit in normal(0, 1).interval]
    [-1.96, 1.96]
    """
    from scipy.special import ndtri

    return Uncertain(float(mean), mean + sd * ndtri(_AT))


def between(middle: float, low: float, high: float, *, df: float = math.inf) -> Uncertain:
    """Give what has a printed 95 % interval: a half of a normal distribution, or of Student's, on each side.

    Parameters
    ----------
    middle, low, high : float
        As printed; half of the probability is on each side of the middle.
    df : float
        Degrees of freedom of Student's distribution.

    Examples
    --------
    >>> found = between(0.2, -0.1, 0.9)
    >>> found.middle, [round(limit, 12) for limit in found.interval]
    (0.2, [-0.1, 0.9])
    """
    from scipy.special import ndtri, stdtrit

    shape = ndtri(_AT) / ndtri(LIMITS[1]) if math.isinf(df) else stdtrit(df, _AT) / stdtrit(df, LIMITS[1])
    return Uncertain(float(middle), middle + np.where(shape < 0, middle - low, high - middle) * shape)


def share_counted(events: float, n: float) -> Uncertain:
    """Give the share of counted people with an event, by Jeffreys' prior.

    That is Beta(events + ½, n - events + ½).

    >>> found = share_counted(651, 1656)
    >>> round(found.middle, 3), [round(limit, 3) for limit in found.interval]
    (0.393, [0.37, 0.417])
    """
    from scipy.special import betaincinv

    return Uncertain(events / n, np.asarray(betaincinv(events + 0.5, n - events + 0.5, _AT)))


def share_printed(value: float, low: float, high: float) -> Uncertain:
    """Give a share with its printed interval: normal on the scale of log odds, on each side of its own width.

    A limit of nobody or everybody has no log odds; then it is normal on the scale of shares, and cut there.

    >>> [round(limit, 12) for limit in share_printed(0.375, 0.35, 0.40).interval]
    [0.35, 0.4]
    """
    if low <= 0 or high >= 1:
        cut = between(value, low, high)
        return Uncertain(cut.middle, np.clip(cut.at, 0.0, 1.0))
    inside = between(_logit(value), _logit(low), _logit(high))
    return Uncertain(value, 1 / (1 + np.exp(-inside.at)))


def posterior(found: Distribution, middle: float, low: float, high: float) -> Uncertain:
    """Give a posterior, each side of its median drawn out to limits that were set wider than its own.

    Parameters
    ----------
    found : Distribution
        A single one.
    middle, low, high : float
        Its median, and the limits that are shown.
    """
    at = np.asarray(found.quantile(_AT))
    own_low, own_high = limits(at)
    for limit, own, side in ((low, own_low, at < middle), (high, own_high, at > middle)):
        if abs(limit - middle) > abs(own - middle) > 0:
            at = np.where(side, middle + (at - middle) * (limit - middle) / (own - middle), at)
    return Uncertain(float(middle), at)


def _logit(share: float) -> float:
    return math.log(share) - math.log1p(-share)

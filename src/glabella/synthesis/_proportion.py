"""The interval of a single proportion, such as how many of so many people had an event."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._numbers import check_level, numbers

Floats = NDArray[np.float64]


def wilson(events: ArrayLike, n: ArrayLike, *, level: float = 0.95) -> tuple[Floats, Floats]:
    """Give Wilson's score interval of proportions.

    It lies between 0 and 1, and has a length where nobody or everybody had the event.

    Parameters
    ----------
    events, n : array_like
        How many had the event, of how many; fractions of people are allowed.
    level : float
        Of the interval.

    Returns
    -------
    tuple of ndarray and ndarray
        Lower and upper limits, of the shape of the arguments.

    Raises
    ------
    ValueError
        If a number is not one, ``n`` is not above 0, ``events`` is not between 0 and ``n``, or ``level`` is not
        between 0 and 1.

    References
    ----------
    Wilson EB. Probable inference, the law of succession, and statistical inference. J Am Stat Assoc
    1927;22:209-212.

    Examples
    --------
    >>> low, high = wilson([16, 0], [665, 236])
    >>> low.round(4).tolist(), high.round(4).tolist()
    ([0.0149, 0.0], [0.0387, 0.016])
    """
    check_level(level)
    seen, of = np.broadcast_arrays(numbers(events, "events"), numbers(n, "n"))
    _complain("n", of, (of > 0) & np.isfinite(of), "a number above 0")
    _complain("events", seen, (seen >= 0) & (seen <= of), "from 0 to n")
    z = NormalDist().inv_cdf(0.5 + level / 2)
    share, more = seen / of, z**2 / of
    middle = (share + more / 2) / (1 + more)
    half = np.sqrt(z**2 * share * (1 - share) / of + more**2 / 4) / (1 + more)
    # Rounding may leave a limit beyond what was seen, or beyond what can be.
    return np.clip(middle - half, 0, share), np.clip(middle + half, share, 1)


def _complain(name: str, values: Floats, right: NDArray[np.bool_], expected: str) -> None:
    """Name the first value that cannot be."""
    if not right.all():
        place = int(np.flatnonzero(~right)[0])
        raise ValueError(f"{name} is {values.flat[place]:g} in row {place + 1}, expected {expected}")

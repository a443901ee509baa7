"""Where a function of one number crosses zero."""

from __future__ import annotations

from collections.abc import Callable

#: Steps after which a search is given up; halving alone needs about a hundred.
_STEPS = 200


def root(value: Callable[[float], float], low: float, high: float, *, xtol: float, rtol: float) -> float:
    """Find a root between two ends at which a function has opposite signs.

    Brent's method: inverse quadratic and linear steps while they do well, else halving. It takes the very steps of
    ``scipy.optimize.brentq``, whose package costs a quarter of a second to import.

    Parameters
    ----------
    value : callable
        The function.
    low, high : float
        Ends.
    xtol, rtol : float
        How close to a root the result is: to half of ``xtol`` plus ``rtol`` times the root's size.

    Raises
    ------
    ValueError
        If both ends have the same sign.

    References
    ----------
    Brent RP. Algorithms for minimization without derivatives. Englewood Cliffs: Prentice-Hall 1973, chapter 4.

    Examples
    --------
    >>> round(root(lambda x: x * x - 2, 0, 2, xtol=1e-12, rtol=1e-12), 10)
    1.4142135624
    """
    before, now = float(low), float(high)
    at_before, at_now = value(before), value(now)
    for place, found in ((before, at_before), (now, at_now)):
        if found == 0:
            return place
    if (at_before < 0) == (at_now < 0):
        raise ValueError(f"the function is {at_before:g} and {at_now:g} at the ends, expected opposite signs")
    # The root lies between `now` and `other`; `step` is the last step, `last` the one before it.
    other, at_other, last, step = before, at_before, 0.0, 0.0
    for _ in range(_STEPS):
        if at_before != 0 and at_now != 0 and (at_before < 0) != (at_now < 0):
            other, at_other = before, at_before
            last = step = now - before
        if abs(at_other) < abs(at_now):
            before, now, other = now, other, now
            at_before, at_now, at_other = at_now, at_other, at_now
        near, half = (xtol + rtol * abs(now)) / 2, (other - now) / 2
        if at_now == 0 or abs(half) < near:
            return now
        tried = None
        if abs(last) > near and abs(at_now) < abs(at_before):
            if before == other:
                tried = -at_now * (now - before) / (at_now - at_before)
            else:
                one = (at_before - at_now) / (before - now)
                two = (at_other - at_now) / (other - now)
                tried = -at_now * (at_other * two - at_before * one) / (two * one * (at_other - at_before))
        if tried is not None and 2 * abs(tried) < min(abs(last), 3 * abs(half) - near):
            last, step = step, tried
        else:
            last = step = half
        before, at_before = now, at_now
        now += step if abs(step) > near else (near if half > 0 else -near)
        at_now = value(now)
    return now

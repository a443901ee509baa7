"""Quantiles, shortest intervals and modes of distributions, many rows at once.

A distribution is seen through a :class:`Curve`: its own coordinate z, the distribution function there and its first
two derivatives, and how x, the quantity itself, hangs on z.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Table = tuple[Floats, Floats, Floats]

_TURNS = 100
#: A root is found when a step is this small beside the distribution's width: Halley's next would be its cube, and
#: Newton's its square, beside that of the interval.
_FOUND, _SQUARED = 1e-5, 1e-7
#: Points of the polynomial that a mode is read from; its bracket spans two cells of a table.
_FIT = 24
#: An interval that misses its level by more before the last step, or whose log density dips by more between two
#: peaks, is sought anew: there may be several that have the same density at both ends.
_MISSED, _DIP = 2e-7, 0.02
#: A dip so far below the highest log density does not count.
_LOW = 20.0
#: Points of a search that closes in on the best of them, by a factor of about a third of their number a turn.
_SEARCH, _CLOSER = 33, 7
#: Log densities closer than this cannot be told apart: the density falls from the lower end of the support.
_LEVEL = 1e-11


class Curve(Protocol):
    """Distributions of one kind, one a row."""

    def rows(self, index: Any) -> Curve:
        """Give the same for some rows."""
        ...

    def table(self) -> Table:
        """Increasing z of shape (rows, m), and roughly the distribution function and the log density of x there."""
        ...

    def at(self, z: Floats) -> tuple[Floats, Floats, Floats]:
        """Distribution function at z of shape (rows, m), and its first two derivatives in z."""
        ...

    def x(self, z: Floats) -> tuple[Floats, Floats, Floats]:
        """Give x at z, log dx/dz, and the slope of the latter."""
        ...

    def z(self, x: Floats) -> Floats:
        """Give z at x within the support."""
        ...

    def log_density(self, x: Floats) -> Floats:
        """Log density of x, of shape (rows, m)."""
        ...


def quantiles(curve: Curve, p: Floats, table: Table) -> Floats:
    """Give z at which the distribution function is ``p``, of shape (rows, m), each strictly between 0 and 1."""
    z, f = table[0], table[1]
    place = _place(f, p)
    rows, last = np.arange(len(z))[:, None], z.shape[1] - 1
    outside = (place == 0) | (place > last)
    place = np.clip(place, 1, last)
    f_low, f_high = f[rows, place - 1], f[rows, place]
    share = np.clip((p - f_low) / np.where(f_high > f_low, f_high - f_low, 1.0), 0.0, 1.0)
    low, high = z[rows, np.maximum(place - 2, 0)], z[rows, np.minimum(place + 1, last)]
    start = z[rows, place - 1] + share * (z[rows, place] - z[rows, place - 1])
    wide = z[:, -1:] - z[:, :1]
    at, miss = _halley(curve, p, start, low, high, wide)
    # The table is rough: a bracket that it gave may not have held the quantile.
    lost = np.flatnonzero((outside | (np.abs(miss) > 1e-6 * np.minimum(p, 1 - p))).any(axis=1))
    if lost.size:
        some, goal = curve.rows(lost), p[lost]
        low, high = _widened(some, goal, np.broadcast_to(z[lost][:, :1], goal.shape), wide[lost])
        at[lost] = _halley(some, goal, 0.5 * (low + high), low, high, wide[lost])[0]
    return at


def _halley(curve: Curve, p: Floats, at: Floats, low: Floats, high: Floats, wide: Floats) -> tuple[Floats, Floats]:
    """Halley's method within a bracket, which every step narrows; a step that leaves it halves it instead.

    Gives z, and by how much the one before missed ``p``.
    """
    for _ in range(_TURNS):
        value, first, second = curve.at(at)
        miss = value - p
        low, high = np.where(miss < 0, at, low), np.where(miss < 0, high, at)
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            step = miss / first
            new = at - step / np.maximum(1 - 0.5 * step * second / first, 0.5)
        # A comparison with NaN, where the density is zero, is false too.
        new = np.where((new >= low) & (new <= high), new, 0.5 * (low + high))
        moved = np.abs(new - at)
        at = new
        if (moved <= _FOUND * wide).all():
            break
    return at, miss


def _widened(curve: Curve, p: Floats, start: Floats, wide: Floats) -> tuple[Floats, Floats]:
    """Give ends between which a quantile surely lies."""
    low, high = start, start + wide
    for _ in range(_TURNS):
        below, above = curve.at(low)[0] > p, curve.at(high)[0] < p
        if not (below | above).any():
            break
        low, high = np.where(below, low - wide, low), np.where(above, high + wide, high)
        wide = wide * 2
    return low, high


def _place(f: Floats, p: Floats) -> NDArray[np.intp]:
    """Count in each row the numbers of ``f``, ascending from 0 to 1, that are at most ``p``, ascending too."""
    apart = 3.0 * np.arange(len(f))[:, None]
    found = np.searchsorted((f + apart).ravel(), (np.minimum(p, 2.0) + apart).ravel(), side="right")
    count = found.reshape(p.shape) - f.shape[1] * np.arange(len(f))[:, None]
    return np.asarray(np.clip(count, 0, f.shape[1]))


def shortest(curve: Curve, level: float, table: Table, support: tuple[float, float]) -> tuple[Floats, Floats]:
    """Give the ends, as x, of the shortest interval that holds ``level``.

    Widths over the table show where it lies; there Newton's method finds the two ends that have the same density
    and hold the level between them. Where the density falls all the way from the lower end of the support, or rises
    to the upper one, the interval has that end.
    """
    z, f, log = table
    rows, last = np.arange(len(z)), z.shape[1] - 1
    right = _inverse(z, f, f + level)
    with np.errstate(invalid="ignore"):
        width = np.where(f + level < f[:, -1:], curve.x(right)[0] - curve.x(z)[0], np.inf)
    best = width.argmin(axis=1)
    found = np.empty((len(z), 2))
    inner, doubtful = np.ones(len(z), dtype=bool), _dips(log)
    least = width[rows, best]
    for side, end in enumerate(support):
        if np.isfinite(end):
            p = 1 - level if side else level
            other = curve.x(quantiles(curve, np.full((len(z), 1), p), table))[0]
            here = curve.log_density(np.full((len(z), 1), end)) >= curve.log_density(other) - _LEVEL
            size = np.abs(end - other[:, 0])
            ends_here = here[:, 0] & (size <= least * (1 + 1e-2))
            found[ends_here, side], found[ends_here, 1 - side] = end, other[ends_here, 0]
            inner &= ~ends_here
    if (some := np.flatnonzero(inner)).size:
        below, above = np.maximum(best - 2, 0), np.minimum(best + 2, last)
        reach = np.stack([z[rows, below], z[rows, above], right[rows, below], right[rows, above]])[:, some]
        ends = np.stack([z[rows, best], right[rows, best]], axis=1)[some]
        found[some], miss = _level_ends(curve.rows(some), ends, level, reach)
        doubtful[some] |= np.abs(miss) > _MISSED
    if (some := np.flatnonzero(doubtful)).size:
        z, f, log = (each[some] for each in table)
        new = _closing_in(curve.rows(some), level, (z, f, log))
        shorter = ~inner[some] & (found[some, 1] - found[some, 0] <= new[:, 1] - new[:, 0])
        found[some] = np.where(shorter[:, None], found[some], new)
    return found[:, 0], found[:, 1]


def _dips(log: Floats) -> NDArray[np.bool_]:
    """Whether a log density falls and rises again by more than a little."""
    log = np.maximum(log, log.max(axis=1, keepdims=True) - _LOW)
    left = np.maximum.accumulate(log, axis=1)
    right = np.maximum.accumulate(log[:, ::-1], axis=1)[:, ::-1]
    return np.asarray((np.minimum(left, right) - log > _DIP).any(axis=1))


def _closing_in(curve: Curve, level: float, table: Table) -> Floats:
    """Seek the shortest interval by the probability below it: slow, and sure unless a dip is narrow."""
    low, high = np.zeros((len(table[0]), 1)), np.full((len(table[0]), 1), 1 - level)
    share = 0.5 - 0.5 * np.cos(np.pi * (np.arange(_SEARCH) + 0.5) / _SEARCH)
    rows = np.arange(len(low))
    for _ in range(_CLOSER):
        p = low + (high - low) * share
        ends = [curve.x(quantiles(curve, below, table))[0] for below in (p, p + level)]
        best = (ends[1] - ends[0]).argmin(axis=1)
        low, high = p[rows, np.maximum(best - 1, 0)][:, None], p[rows, np.minimum(best + 1, _SEARCH - 1)][:, None]
    return np.stack([end[rows, best] for end in ends], axis=1)


def _inverse(z: Floats, f: Floats, p: Floats) -> Floats:
    """Read quantiles from a table, straight between its points."""
    rows = np.arange(len(z))[:, None]
    place = np.clip(_place(f, p), 1, z.shape[1] - 1)
    f_low, f_high = f[rows, place - 1], f[rows, place]
    share = np.clip((p - f_low) / np.where(f_high > f_low, f_high - f_low, 1.0), 0.0, 1.0)
    return np.asarray(z[rows, place - 1] + share * (z[rows, place] - z[rows, place - 1]))


def _level_ends(curve: Curve, ends: Floats, level: float, reach: Floats) -> tuple[Floats, Floats]:
    """Move two ends until they have the same density and hold the level between them.

    Gives them as x, and by how much they missed the level one step before. They stay within ``reach``: the least
    and the largest lower end, the least and the largest upper end.
    """
    least, largest = reach[[0, 2]].T, reach[[1, 3]].T
    left, miss = np.arange(len(ends)), np.empty(len(ends))
    for _ in range(_TURNS):
        some, at = curve.rows(left), ends[left]
        value, first, second = some.at(at)
        first = np.maximum(first, 1e-300)  # an interpolant may fall below zero where there is nothing
        _, jacobian, bend = some.x(at)
        slope = second / first - bend
        held = value[:, 1] - value[:, 0] - level
        miss[left] = held
        log = np.log(first) - jacobian
        apart = log[:, 0] - log[:, 1]
        det = first[:, 0] * slope[:, 1] - first[:, 1] * slope[:, 0]
        step = np.stack([-held * slope[:, 1] - first[:, 1] * apart, -held * slope[:, 0] - first[:, 0] * apart])
        new = at - step.T / det[:, None]
        # A step out of reach goes half way to its border.
        new = np.where(new < least[left], 0.5 * (at + least[left]), new)
        new = np.where(new > largest[left], 0.5 * (at + largest[left]), new)
        ends[left] = new
        # Newton's steps shrink as squares: the next would be nothing.
        small = np.abs(new - at).max(axis=1) <= _SQUARED * (at[:, 1] - at[:, 0])
        left = left[~small]
        if not left.size:
            break
    return curve.x(ends)[0], miss


def peaks(z: Floats, values: Floats, function: Callable[[Floats], Floats]) -> Floats:
    """Give z at which ``function`` is highest; -inf where it falls from the first point of its table.

    A polynomial through Chebyshev's points of the two cells about the highest point of the table has its slope's
    root sought by Newton's method.
    """
    rows, last = np.arange(len(z)), z.shape[1] - 1
    best = values.argmax(axis=1)
    low, high = z[rows, np.maximum(best - 1, 0)], z[rows, np.minimum(best + 1, last)]
    nodes, to_slope, to_bend = _chebyshev()
    middle, half = 0.5 * (low + high)[:, None], 0.5 * (high - low)[:, None]
    heights = function(middle + half * nodes)
    heights = np.where(np.isfinite(heights), heights, -1 / _LEVEL)  # beyond the support
    slope, bend = heights @ to_slope, heights @ to_bend
    order = np.arange(_FIT)
    at = nodes[heights.argmax(axis=1)]
    for _ in range(_TURNS):
        polynomials = np.cos(order * np.arccos(at)[:, None])
        down = np.vecdot(polynomials, bend)
        step = np.where(down < 0, np.vecdot(polynomials, slope) / np.where(down < 0, down, 1.0), 0.0)
        new = np.clip(at - step, -1.0, 1.0)
        moved, at = np.abs(new - at), new
        # Newton's steps shrink as squares: the next would be nothing.
        if (moved <= _SQUARED).all():
            break
    found = middle + half * at[:, None]
    # A polynomial cannot follow a peak that is narrow beside the cells.
    below = function(found)[:, 0] < heights.max(axis=1) - _LEVEL
    if below.any():
        top = (middle + half * nodes)[rows, heights.argmax(axis=1)][:, None]
        closer = _climbed(top, half * (4 / _FIT), low[:, None], high[:, None], function)
        found = np.where(below[:, None], closer, found)
    found = found[:, 0]
    return np.where(values[:, 0] >= values[rows, best] - _LEVEL, -np.inf, found)


def _climbed(at: Floats, half: Floats, low: Floats, high: Floats, function: Callable[[Floats], Floats]) -> Floats:
    """Close in on the highest point about ``at``, between two borders."""
    share = np.linspace(-1.0, 1.0, _SEARCH)
    for _ in range(_CLOSER):
        points = np.clip(at + half * share, low, high)
        at = np.take_along_axis(points, function(points).argmax(axis=1)[:, None], axis=1)
        half = half * (4 / _SEARCH)
    return at


@cache
def _chebyshev() -> tuple[Floats, Floats, Floats]:
    """Chebyshev's points, and what takes heights there to the series of the polynomial's slope and of its bend."""
    from numpy.polynomial import chebyshev

    nodes = chebyshev.chebpts1(_FIT)
    series = np.linalg.inv(chebyshev.chebvander(nodes, _FIT - 1))
    slope, bend = np.zeros((_FIT, _FIT)), np.zeros((_FIT, _FIT))
    slope[:-1], bend[:-2] = chebyshev.chebder(series), chebyshev.chebder(series, 2)
    return nodes, slope.T, bend.T

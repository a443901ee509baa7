"""Quantiles, shortest intervals and modes of distributions, many rows at once.

A distribution is seen through a :class:`Curve`: its own coordinate z, the distribution function there and its first
two derivatives, and how x, the quantity itself, hangs on z.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Table = tuple[Floats, Floats, Floats]

_TURNS = 100
#: A root is found when a step is this small beside the distribution's width; Halley's next would be its cube.
_FOUND = 1e-10
#: Points of the polynomial that a mode is read from; its bracket spans two cells of a table.
_FIT = 24
#: Log densities closer than this cannot be told apart: the density falls from the lower end of the support.
_LEVEL = 1e-11


class Curve(Protocol):
    """Distributions of one kind, one a row."""

    def rows(self, index: Any) -> Curve:
        """Give the same for some rows."""
        ...

    def table(self) -> Table:
        """Increasing z of shape (rows, m), distribution function, and log density of x there."""
        ...

    def at(self, z: Floats) -> tuple[Floats, Floats, Floats]:
        """Distribution function at z of shape (rows, m), and its first two derivatives in z."""
        ...

    def x(self, z: Floats) -> tuple[Floats, Floats]:
        """Give x at z, and the derivative of log dx/dz."""
        ...

    def z(self, x: Floats) -> Floats:
        """Give z at x within the support."""
        ...

    def log_density(self, x: Floats) -> Floats:
        """Log density of x, of shape (rows, m)."""
        ...


def quantiles(curve: Curve, p: Floats, table: Table) -> Floats:
    """Give z at which the distribution function is ``p``, of shape (rows, m), each strictly between 0 and 1.

    Halley's method within a bracket that a table gives and every step narrows; a step that leaves it halves it.
    """
    low, high, at = _brackets(curve, p, table)
    wide = table[0][:, -1:] - table[0][:, :1]
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
        if (moved <= _FOUND * np.minimum(wide, np.abs(at) + high - low + 1e-3 * wide)).all():
            break
    return at


def _brackets(curve: Curve, p: Floats, table: Table) -> tuple[Floats, Floats, Floats]:
    """Give ends between which a quantile lies, and a first guess."""
    z, f = table[0], table[1]
    place = (f[:, None, :] <= p[..., None]).sum(axis=-1)
    rows, last = np.arange(len(z))[:, None], z.shape[1] - 1
    below, above = np.maximum(place - 1, 0), np.minimum(place, last)
    low, high, f_low, f_high = z[rows, below], z[rows, above], f[rows, below], f[rows, above]
    outside = (place == 0) | (place > last)
    share = (p - f_low) / np.where(f_high > f_low, f_high - f_low, 1.0)
    guess = np.where(outside, 0.0, low + (high - low) * np.clip(share, 0.0, 1.0))
    if outside.any():
        reach = 0.25 * (z[:, -1:] - z[:, :1])
        wide = outside
        for _ in range(_TURNS):
            low = np.where(wide & (place == 0), low - reach, low)
            high = np.where(wide & (place > 0), high + reach, high)
            reach = reach * 2
            wide = outside & ((curve.at(low)[0] > p) | (curve.at(high)[0] < p))
            if not wide.any():
                break
        guess = np.where(outside, 0.5 * (low + high), guess)
    return low, high, guess


def shortest(curve: Curve, level: float, table: Table, lower: float) -> tuple[Floats, Floats]:
    """Give the ends, as x, of the shortest interval that holds ``level``.

    Widths over the table show where it lies; there Newton's method finds the two ends that have the same density
    and hold the level between them. Where the density falls from the lower end of the support, it starts there.
    """
    z, f, log = table
    rows = np.arange(len(z))
    right = _inverse(z, f, f + level)
    start_x = curve.x(z)[0]
    with np.errstate(invalid="ignore"):
        width = np.where(f + level < f[:, -1:], curve.x(right)[0] - start_x, np.inf)
    best = width.argmin(axis=1)
    ends = np.stack([z[rows, best], right[rows, best]], axis=1)
    found = np.empty((len(z), 2))
    at_start = np.zeros(len(z), dtype=bool)
    if np.isfinite(lower):
        upper_end = quantiles(curve, np.full((len(z), 1), level), table)
        found[:, 0], found[:, 1] = lower, curve.x(upper_end)[0][:, 0]
        falls = log[:, 0] >= curve.log_density(found[:, 1:])[:, 0] - _LEVEL
        at_start = falls & (found[:, 1] - lower <= width[rows, best] * (1 + 1e-2))
    inner = np.flatnonzero(~at_start)
    if inner.size:
        found[inner] = _level_ends(curve.rows(inner), ends[inner], level)
    return found[:, 0], found[:, 1]


def _inverse(z: Floats, f: Floats, p: Floats) -> Floats:
    """Read quantiles from a table, straight between its points."""
    rows = np.arange(len(z))[:, None]
    place = np.clip((f[:, None, :] <= p[..., None]).sum(axis=-1), 1, z.shape[1] - 1)
    f_low, f_high = f[rows, place - 1], f[rows, place]
    share = np.clip((p - f_low) / np.where(f_high > f_low, f_high - f_low, 1.0), 0.0, 1.0)
    return np.asarray(z[rows, place - 1] + share * (z[rows, place] - z[rows, place - 1]))


def _level_ends(curve: Curve, ends: Floats, level: float) -> Floats:
    """Move two ends until they have the same density and hold the level between them; give them as x."""
    for _ in range(_TURNS):
        value, first, second = curve.at(ends)
        x, bend = curve.x(ends)
        slope = second / first - bend
        held = value[:, 1] - value[:, 0] - level
        log = curve.log_density(x)
        apart = log[:, 0] - log[:, 1]
        det = first[:, 0] * slope[:, 1] - first[:, 1] * slope[:, 0]
        left = -held * slope[:, 1] - first[:, 1] * apart
        right = -held * slope[:, 0] - first[:, 0] * apart
        step = np.stack([left, right], axis=1) / det[:, None]
        # No end moves by more than a quarter of the interval at once.
        reach = 0.25 * (ends[:, 1] - ends[:, 0])
        size = np.abs(step).max(axis=1)
        ends = ends - step * np.minimum(1.0, reach / np.maximum(size, 1e-300))[:, None]
        # Newton's steps shrink as squares: the next would be nothing.
        if (size <= 1e-7 * reach).all():
            break
    return np.asarray(curve.x(ends)[0])


def peaks(z: Floats, values: Floats, function: Callable[[Floats], Floats]) -> Floats:
    """Give z at which ``function`` is highest; -inf where it falls from the first point of its table.

    A polynomial through Chebyshev's points of the two cells about the highest point of the table has its slope's
    root sought by Newton's method.
    """
    from numpy.polynomial import chebyshev

    rows, last = np.arange(len(z)), z.shape[1] - 1
    best = values.argmax(axis=1)
    low, high = z[rows, np.maximum(best - 1, 0)], z[rows, np.minimum(best + 1, last)]
    nodes = chebyshev.chebpts1(_FIT)
    middle, half = 0.5 * (low + high)[:, None], 0.5 * (high - low)[:, None]
    heights = function(middle + half * nodes)
    series = np.linalg.solve(chebyshev.chebvander(nodes, _FIT - 1), heights.T)
    slope, bend = chebyshev.chebder(series), chebyshev.chebder(series, 2)
    at = nodes[heights.argmax(axis=1)]
    for _ in range(12):
        down = chebyshev.chebval(at, bend, tensor=False)
        with np.errstate(invalid="ignore", divide="ignore"):
            step = chebyshev.chebval(at, slope, tensor=False) / down
        at = np.clip(at - np.where(down < 0, step, 0.0), -1.0, 1.0)
    found = middle[:, 0] + half[:, 0] * at
    return np.where(values[:, 0] >= values[rows, best] - _LEVEL, -np.inf, found)

"""Two independent groups compared: counts, rates and means; always group one minus group two."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from glabella.synthesis._columns import (
    NO_EVENT,
    ONLY_EVENTS,
    Floats,
    events_and_rest,
    fill_empty,
    forbid,
    forbid_time,
    forbid_uncountable,
    in_units_of,
    need,
    usual,
)

#: Why a study has no effect, and which studies.
LeftOut = dict[str, NDArray[np.bool_]]
#: A ratio of this logarithm has all its digits, one of 745 has none left.
_LOG_OF_FAR = 690


def correction(m: ArrayLike) -> Floats:
    """Exact small-sample correction J of Hedges for ``m`` degrees of freedom (Hedges 1981, eq. 6e)."""
    from scipy.special import poch

    m = np.asarray(m, dtype=float)
    # A ratio of gamma functions: the difference of their logarithms would lose eight digits at m = 10 million.
    return np.asarray(poch((m - 1) / 2, 0.5) / np.sqrt(m / 2), dtype=float)


def counts(
    measure: str, columns: dict[str, Floats], vtype: str, add: float | None, to: str
) -> tuple[Floats, Floats, LeftOut]:
    """OR, RR, RD, AS and PETO from 2×2 tables, and the tables of which a ratio can tell nothing.

    With ``add`` of None PETO and RD are computed from the counts as they are, and of RD the variance is corrected.
    """
    need(columns, "ai", "ci")
    table = (*events_and_rest(columns, "ai", "bi", "n1i"), *events_and_rest(columns, "ci", "di", "n2i"))
    a, b, c, d = table
    empty: LeftOut = {}
    if measure in ("OR", "RR", "PETO"):
        empty = {NO_EVENT: (a == 0) & (c == 0), ONLY_EVENTS: (b == 0) & (d == 0)}
    more = (0.0 if measure in ("AS", "PETO") else 0.5) if add is None else add
    if to != "only0" or not more:
        return *_two_by_two(measure, fill_empty(table, more, to), vtype), empty
    # Few studies have an empty cell: only they are computed again.
    yi, vi = _two_by_two(measure, table, vtype)
    rows = np.flatnonzero((a == 0) | (b == 0) | (c == 0) | (d == 0))
    filled, vi[rows] = _two_by_two(measure, tuple(cell[rows] + more for cell in table), vtype)
    if measure != "RD" or add is not None:
        # A difference is defined where a cell is empty: only its variance would be zero.
        yi[rows] = filled
    return yi, vi, empty


def _two_by_two(measure: str, cells: tuple[Floats, ...], vtype: str) -> tuple[Floats, Floats]:
    """Effect and variance from the cells as they are."""
    a, b, c, d = cells
    n1, n2 = a + b, c + d
    if measure == "OR":
        return np.log(a / b) - np.log(c / d), 1 / a + 1 / b + 1 / c + 1 / d
    if measure == "RR":
        return np.log(a / n1) - np.log(c / n2), 1 / a - 1 / n1 + 1 / c - 1 / n2
    if measure == "RD":
        loss = 1 if vtype == "UB" else 0
        return a / n1 - c / n2, a * b / (n1**2 * (n1 - loss)) + c * d / (n2**2 * (n2 - loss))
    if measure == "AS":
        return np.arcsin(np.sqrt(a / n1)) - np.arcsin(np.sqrt(c / n2)), 1 / (4 * n1) + 1 / (4 * n2)
    # PETO: events of group one beyond those expected, over their hypergeometric variance.
    n, events = n1 + n2, a + c
    variance = (n1 / n) * (n2 / n) * events * ((b + d) / (n - 1))
    return (a - n1 * events / n) / variance, 1 / variance


def rates(measure: str, columns: dict[str, Floats], add: float | None, to: str) -> tuple[Floats, Floats, LeftOut]:
    """IRR and IRD from events and person-time, and the studies of which a ratio can tell nothing.

    With ``add`` of None IRD is computed from the counts as they are, and its variance alone is corrected.
    """
    x1, t1, x2, t2 = need(columns, "x1i", "t1i", "x2i", "t2i")
    for name, x in (("x1i", x1), ("x2i", x2)):
        forbid(x < 0, x, name, "0 or more")
        forbid_uncountable(x, name)
    for name, t in (("t1i", t1), ("t2i", t2)):
        forbid_time(t, name)
    y1, y2 = fill_empty((x1, x2), 0.5 if add is None else add, to)
    if measure == "IRR":
        return np.log(y1 / t1) - np.log(y2 / t2), 1 / y1 + 1 / y2, {NO_EVENT: (x1 == 0) & (x2 == 0)}
    variance = y1 / t1**2 + y2 / t2**2
    if add is None:
        y1, y2 = x1, x2
    return y1 / t1 - y2 / t2, variance, {}


def means(measure: str, columns: dict[str, Floats], vtype: str) -> tuple[Floats, Floats]:
    """MD, SMD, SMDH and ROM from means, SDs and sizes."""
    m1, sd1, n1, m2, sd2, n2 = need(columns, "m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i")
    for name, sd in (("sd1i", sd1), ("sd2i", sd2)):
        forbid(sd <= 0, sd, name, "more than 0")
    least = 2 if measure == "SMDH" else 1
    for name, n in (("n1i", n1), ("n2i", n2)):
        forbid(n < least, n, name, f"{least} or more")
    if measure == "ROM":
        forbid(m1 == 0, m1, "m1i", "a mean other than 0")
        forbid(np.sign(m1) != np.sign(m2), m2, "m2i", "the sign of m1i")
    m = n1 + n2 - 2
    if measure in ("SMD", "SMDH") or vtype == "HO":
        lowest = 2 if measure in ("SMD", "SMDH") else 1
        forbid(m < lowest, n1 + n2, "n1i + n2i", f"{lowest + 2} or more")
    if measure == "ROM":
        return _log_ratio_of_means(m1, sd1, n1, m2, sd2, n2, vtype)
    difference = m1 - m2
    if measure in ("SMD", "SMDH") and not usual(sd1, sd2):
        sd1, sd2, difference = in_units_of(np.maximum(sd1, sd2), sd1, sd2, difference)
    if measure == "SMDH":
        return _smd_heteroscedastic(difference, sd1**2, sd2**2, n1, n2)
    if measure == "MD":
        v1, v2 = _variances(sd1, n1, sd2, n2, vtype)
        return difference, v1 / n1 + v2 / n2
    j = correction(m)
    yi = j * difference / np.sqrt(_pooled(sd1, n1, sd2, n2))
    if vtype == "LS":
        return yi, 1 / n1 + 1 / n2 + yi**2 / (2 * (n1 + n2))
    return yi, 1 / n1 + 1 / n2 + (1 - (m - 2) / (m * j**2)) * yi**2


def _pooled(sd1: Floats, n1: Floats, sd2: Floats, n2: Floats) -> Floats:
    return ((n1 - 1) * sd1**2 + (n2 - 1) * sd2**2) / (n1 + n2 - 2)


def _variances(sd1: Floats, n1: Floats, sd2: Floats, n2: Floats, vtype: str) -> tuple[Floats, Floats]:
    """Give each group's own, or for both the one of groups with the same SD."""
    if vtype == "HO":
        pooled = _pooled(sd1, n1, sd2, n2)
        return pooled, pooled
    return sd1**2, sd2**2


def _log_ratio_of_means(
    m1: Floats, sd1: Floats, n1: Floats, m2: Floats, sd2: Floats, n2: Floats, vtype: str
) -> tuple[Floats, Floats]:
    m1, m2 = np.abs(m1), np.abs(m2)
    yi = np.log(m1 / m2)
    if not usual(m1, sd1, m2, sd2):
        # The ratio itself may be beyond what a computer holds.
        yi = np.where(np.abs(yi) < _LOG_OF_FAR, yi, np.log(m1) - np.log(m2))
        if vtype == "HO":
            m1, sd1, m2, sd2 = in_units_of(np.maximum(sd1, sd2), m1, sd1, m2, sd2)
        else:
            (m1, sd1), (m2, sd2) = in_units_of(sd1, m1, sd1), in_units_of(sd2, m2, sd2)
    v1, v2 = _variances(sd1, n1, sd2, n2, vtype)
    return yi, v1 / (n1 * m1**2) + v2 / (n2 * m2**2)


def _smd_heteroscedastic(
    difference: Floats, v1: Floats, v2: Floats, n1: Floats, n2: Floats
) -> tuple[Floats, Floats]:
    """Standardise by the mean of the two variances, which may differ (Bonett 2009)."""
    j = correction(n1 + n2 - 2)
    mean = (v1 + v2) / 2
    yi = j * difference / np.sqrt(mean)
    of_spread = yi**2 * (v1**2 / (n1 - 1) + v2**2 / (n2 - 1)) / (8 * mean**2)
    of_means = (v1 / (n1 - 1) + v2 / (n2 - 1)) / mean
    return yi, j**2 * (of_spread + of_means)
